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


def test_the_stem_of_photographs_and_of_small_images():
    with torch.device("meta"):
        whole, small = ResNet(BasicBlock, (1, 1, 1)), ResNet(BasicBlock, (2,), 7, 8, small=True)
    assert str(whole.conv1) == str(
        torch.nn.Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)
    )
    assert str(small.conv1) == str(
        torch.nn.Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)
    )
    assert (whole.maxpool.kernel_size, whole.maxpool.stride, whole.maxpool.padding) == (3, 2, 1)
    assert (whole.fc.in_features, whole.fc.out_features) == (256, 1000)
    assert (small.fc.in_features, small.fc.out_features) == (8, 7)
    assert (whole.stages, small.stages) == (3, 1)
    assert [b.conv1.stride for b in (whole.layer1[0], whole.layer2[0])] == [(1, 1), (2, 2)]


def test_a_shortcut_is_bare_only_where_nothing_changes():
    assert BasicBlock(4, 4).downsample is None
    assert str(BasicBlock(4, 6).downsample[0]) == str(
        torch.nn.Conv2d(4, 6, kernel_size=(1, 1), stride=(1, 1), bias=False)
    )
    assert str(BasicBlock(4, 4, 2).downsample[0]) == str(
        torch.nn.Conv2d(4, 4, kernel_size=(1, 1), stride=(2, 2), bias=False)
    )
    assert Bottleneck(16, 4).downsample is None
    plain = Bottleneck(16, 4)
    assert (plain.conv2.in_channels, plain.conv2.groups, plain.conv2.stride) == (4, 1, (1, 1))
    assert Bottleneck(8, 128, groups=8, group_width=16).conv2.in_channels == 256
