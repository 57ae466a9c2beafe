import pytest
import torch
from torch import nn

from helpers.metrics.deformation import folding
from helpers.models.registration import VoxelMorph, enlarge


@pytest.mark.parametrize(("dims", "sides"), [(2, (16, 8)), (3, (8, 8, 16))])
def test_a_field_has_one_displacement_for_each_axis_and_begins_near_zero(dims, sides):
    torch.manual_seed(0)
    image = torch.rand(2, 1, *sides)
    field = VoxelMorph((4, 8), dims=dims).eval()(image, image.flip(-1))
    assert field.shape == (2, dims, *sides)
    assert field.abs().max() < 0.2


def test_a_velocity_folds_less_than_the_same_numbers_as_a_field():
    torch.manual_seed(0)
    one, other = torch.rand(2, 1, 1, 32, 32)
    nets = [VoxelMorph((4, 8), halvings=halvings).eval() for halvings in (None, 6)]
    nn.init.normal_(nets[0].unet.head.weight, std=100.0)
    nets[1].load_state_dict(nets[0].state_dict())
    folds = [float(folding(net(one, other)).mean()) for net in nets]
    assert folds[0] > 0.05 > folds[1]


def test_enlarging_keeps_corners_and_does_not_scale_displacements():
    field = torch.arange(4.0).view(1, 1, 2, 2).repeat(1, 2, 1, 1)
    large = enlarge(field, (5, 9))
    assert torch.equal(large[..., ::4, ::8], field)
    assert large.max() == 3
