import pytest
import torch
from torch import nn

from helpers.metrics.deformation import folding
from helpers.models.registration import VoxelMorph, enlarge
from helpers.models.spatial_transformer import exponential


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


def test_it_is_a_u_net_of_two_images_that_begins_at_nearly_nothing():
    torch.manual_seed(0)
    net = VoxelMorph()
    widths = [part[3].out_channels for part in net.unet.down]
    assert (widths, net.unet.down[0][0].in_channels, net.unet.head.out_channels) == (
        [16, 32, 32, 32],
        2,
        2,
    )
    deep = VoxelMorph((4, 8), dims=3)
    assert deep.unet.head.out_channels == 3
    assert float(net.unet.head.weight.detach().std()) == pytest.approx(0.01, rel=0.3)
    assert not net.unet.head.bias.any()
    assert (net.halvings, net.dims, deep.dims) == (None, 2, 3)
    x = torch.rand(1, 1, 8, 8, 8)
    assert deep(x, x).shape == (1, 3, 8, 8, 8)


def test_fields_are_found_at_half_the_sides_and_enlarged_corner_to_corner():
    torch.manual_seed(0)
    net = VoxelMorph((4, 8)).eval()
    moving, fixed = torch.rand(2, 1, 1, 16, 16)
    small = net.unet(torch.nn.functional.avg_pool2d(torch.cat([moving, fixed], 1), 2))
    field = net(moving, fixed)
    wide = torch.nn.functional.interpolate(
        small, size=(16, 16), mode="bilinear", align_corners=True
    )
    assert torch.allclose(field, wide)
    net.halvings = 3
    assert torch.allclose(net(moving, fixed), exponential(wide, 3), atol=1e-6)
    corner = enlarge(torch.tensor([[[[0.0, 3.0]], [[0.0, 3.0]]]]).expand(1, 2, 2, 2), (2, 4))
    assert corner[0, 0, 0].tolist() == [0, 1, 2, 3]
