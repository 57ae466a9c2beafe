import pytest
import timm
import torch
from torchvision import models

from helpers.models.resnet import BasicBlock, Bottleneck, ResNet

CASES = {
    "resnet18": (models.resnet18, {"block": BasicBlock, "depths": (2, 2, 2, 2)}),
    "resnet50": (models.resnet50, {"block": Bottleneck, "depths": (3, 4, 6, 3)}),
    "resnext50_32x4d": (
        models.resnext50_32x4d,
        {"block": Bottleneck, "depths": (3, 4, 6, 3), "groups": 32, "group_width": 4},
    ),
}


def images():
    return torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", CASES)
def test_torchvision_and_timm_with_the_same_weights_give_the_same_scores(name):
    make, plan = CASES[name]
    theirs, mine = make(weights=None).eval(), ResNet(**plan).eval()
    mine.load_state_dict(theirs.state_dict())
    third = timm.create_model(name, pretrained=False).eval()
    third.load_state_dict(theirs.state_dict())
    with torch.no_grad():
        expected = theirs(images())
        assert torch.allclose(mine(images()), expected, atol=1e-5)
        assert torch.allclose(third(images()), expected, atol=1e-4)
        mine.layer2[0].downsample[0].weight.zero_()
        assert not torch.allclose(mine(images()), expected, atol=1e-4)


def test_a_block_that_does_nothing_passes_its_input_on():
    block = BasicBlock(4, 4).eval()
    block.bn2.weight.data.zero_()
    x = torch.rand(1, 4, 5, 5)
    assert torch.equal(block(x), x)


def test_small_images_keep_their_resolution_in_the_stem():
    model = ResNet(BasicBlock, (1, 1), classes=5, width=8, small=True)
    assert model.conv1(torch.zeros(1, 3, 16, 16)).shape == (1, 8, 16, 16)
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 5)
