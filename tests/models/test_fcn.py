import math
from collections import OrderedDict

import pytest
import torch
from torch import nn
from torch.nn.functional import conv_transpose2d, interpolate
from torchvision.models.segmentation.fcn import FCN as TheirFCN
from torchvision.models.segmentation.fcn import FCNHead

from helpers.models.fcn import FCN, bilinear_kernel, head


class Backbone(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return OrderedDict(out=self.model.features(x)[-1])


def images():
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def test_torchvisions_head_takes_our_weights():
    torch.manual_seed(0)
    mine, theirs = head(16, 5).eval(), FCNHead(16, 5).eval()
    theirs.load_state_dict(mine.state_dict())
    x = torch.rand(2, 16, 4, 4)
    assert torch.equal(mine(x), theirs(x))


def test_torchvisions_model_around_the_same_features_gives_the_same_scores():
    torch.manual_seed(0)
    mine = FCN(3, 5, (8, 16, 32), skips=0).eval()
    theirs = TheirFCN(Backbone(mine), FCNHead(32, 5)).eval()
    theirs.classifier.load_state_dict(mine.head.state_dict())
    with torch.no_grad():
        expected = theirs(images())["out"]
        assert torch.allclose(mine(images()), expected, atol=1e-6)
        finer = FCN(3, 5, (8, 16, 32), skips=1).eval()
        finer.load_state_dict(mine.state_dict(), strict=False)
        assert not torch.allclose(finer(images()), expected, atol=1e-3)


@pytest.mark.parametrize("factor", [2, 3, 4, 8])
def test_the_kernel_enlarges_as_bilinear_interpolation_does_inside(factor):
    x = torch.rand(1, 2, 6, 6, generator=torch.Generator().manual_seed(0))
    padding = math.ceil((factor - 1) / 2)
    kernel = bilinear_kernel(factor, 2)
    large = conv_transpose2d(x, kernel, stride=factor, padding=padding)
    inside = (..., slice(factor, 5 * factor), slice(factor, 5 * factor))
    expected = interpolate(x, scale_factor=factor, mode="bilinear")
    assert torch.allclose(large[inside], expected[inside], atol=1e-6)
    assert not torch.allclose(
        conv_transpose2d(x, kernel * 0 + 0.1, stride=factor, padding=padding)[inside],
        expected[inside],
        atol=1e-3,
    )


@pytest.mark.parametrize("skips", [0, 1, 2, 3])
def test_each_skip_adds_the_scores_of_the_next_finer_stage(skips):
    """Long et al. 2015, figure 3, written out; all stages have one width, so that any would fit."""
    torch.manual_seed(0)
    net = FCN(3, 2, (8, 8, 8, 8), skips=skips).eval()
    x = images()
    first, second, third, fourth = net.features(x)
    grow = {"scale_factor": 2, "mode": "bilinear"}
    expected = net.head(fourth)
    for score, finer in zip(net.scores, (third, second, first)):
        expected = interpolate(expected, **grow) + score(finer)
    left = 2 ** (4 - skips)
    expected = interpolate(expected, scale_factor=left, mode="bilinear")
    assert torch.allclose(net(x), expected, atol=1e-6)
    assert len(net.scores) == skips


def test_finer_skips_give_finer_scores():
    torch.manual_seed(0)
    coarse, fine = (FCN(3, 2, (8, 8, 8), skips=k).eval() for k in (0, 2))
    for net, smooth in ((coarse, True), (fine, False)):
        out = net(images())
        rough = interpolate(
            interpolate(out, scale_factor=1 / 8, mode="area"), size=(32, 32), mode="bilinear"
        )
        assert bool((out - rough).std() < 0.25 * out.std()) == smooth


def test_errors_say_what_was_expected():
    with pytest.raises(ValueError, match="skips from 0 to 1, found 2"):
        FCN(1, 2, (4, 8), skips=2)


def test_it_is_these_layers():
    net = FCN()
    assert [part[1].out_channels for part in net.stages] == [64, 128, 256, 512, 512]
    assert [str(layer) for layer in net.stages[1]] == [
        str(nn.MaxPool2d(2)), str(nn.Conv2d(64, 128, 3, padding=1)), str(nn.BatchNorm2d(128)),
        str(nn.ReLU()),
    ]  # fmt: skip
    assert [str(layer) for layer in head(16, 5)] == [
        str(nn.Conv2d(16, 4, 3, padding=1, bias=False)), str(nn.BatchNorm2d(4)), str(nn.ReLU()),
        str(nn.Dropout(0.1)), str(nn.Conv2d(4, 5, 1)),
    ]  # fmt: skip
    assert head(16, 5, 0.3)[3].p == 0.3
    assert net.head[-1].out_channels == 21
    assert [(s.in_channels, s.out_channels) for s in net.scores] == [(512, 21), (256, 21)]
    assert {s.kernel_size for s in net.scores} == {(1, 1)}
    assert net.stages[0][1].in_channels == 3
    for skips in (-1, 2):
        with pytest.raises(ValueError, match=f"skips from 0 to 1, found {skips}"):
            FCN(1, 2, (4, 8), skips=skips)


@pytest.mark.parametrize(
    ("factor", "row"), [(2, [0.25, 0.75, 0.75, 0.25]), (3, [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3])]
)
def test_the_kernel_is_an_outer_product_for_each_channel_alone(factor, row):
    kernel = bilinear_kernel(factor, 2)
    assert torch.allclose(kernel[0, 0], torch.outer(torch.tensor(row), torch.tensor(row)))
    assert torch.equal(kernel[0, 0], kernel[1, 1])
    assert not kernel[0, 1].any()
    assert bilinear_kernel(factor).shape == (1, 1, len(row), len(row))
