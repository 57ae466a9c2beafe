import pytest
import torch
from torch import nn
from torchvision import models

from helpers.models.vgg import PLANS, VGG


def images():
    return torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("depth", "norm", "make"), [(11, False, models.vgg11), (11, True, models.vgg11_bn)]
)
def test_torchvision_with_the_same_weights_gives_the_same_scores(depth, norm, make):
    theirs = make(weights=None).eval()
    mine = VGG(PLANS[depth], norm=norm).eval()
    mine.load_state_dict(theirs.state_dict())
    with torch.no_grad():
        expected = theirs(images())
        assert torch.allclose(mine(images()), expected, atol=1e-5)
        mine.features[0].weight.mul_(-1)
        assert not torch.allclose(mine(images()), expected, atol=1e-5)


def test_small_images_and_few_weights():
    model = VGG((16, "pool", 32, "pool"), classes=5, norm=True, small=True)
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 5)
    assert sum(p.numel() for p in model.parameters()) < 6000


def test_two_small_filters_see_as_far_as_one_large_one():
    pair = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 3, padding=1))
    x = torch.zeros(1, 1, 11, 11, requires_grad=True)
    pair(x)[0, 0, 5, 5].backward()
    assert int((x.grad != 0).sum()) == 25


def test_pools_halve_and_heads_have_these_layers():
    small = VGG((8, "pool", 16), 5, norm=True, small=True)
    assert [str(layer) for layer in small.features] == [
        str(torch.nn.Conv2d(3, 8, 3, padding=1)), str(torch.nn.BatchNorm2d(8)), "ReLU()",
        str(torch.nn.MaxPool2d(2)), str(torch.nn.Conv2d(8, 16, 3, padding=1)),
        str(torch.nn.BatchNorm2d(16)), "ReLU()",
    ]  # fmt: skip
    assert str(small.avgpool) == str(torch.nn.AdaptiveAvgPool2d(1))
    assert [str(layer) for layer in small.classifier] == [str(torch.nn.Linear(16, 5))]
    with torch.device("meta"):
        whole = VGG(PLANS[16])
    assert [layer.out_features for layer in whole.classifier[::3]] == [4096, 4096, 1000]
    assert [layer.p for layer in whole.classifier[2::3]] == [0.5, 0.5]
    convs = [layer.out_channels for layer in whole.features if hasattr(layer, "out_channels")]
    assert convs == [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    assert sum(isinstance(layer, torch.nn.MaxPool2d) for layer in whole.features) == 5
