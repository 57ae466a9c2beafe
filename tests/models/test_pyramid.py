"""Feature pyramids."""

from collections import OrderedDict

import pytest
import torch
from torchvision.ops import FeaturePyramidNetwork

from helpers.models.pyramid import FPN, Alone, BiFPN, fuse, separable

WIDTHS, SIDES = (8, 16, 24), (16, 8, 4)


def maps():
    """Three maps, finest first, that keep gradients."""
    return [torch.randn(2, c, s, s, requires_grad=True) for c, s in zip(WIDTHS, SIDES)]


def test_fpn_is_torchvisions():
    theirs, ours, x = FeaturePyramidNetwork(list(WIDTHS), 12), FPN(WIDTHS, 12), maps()
    for k in range(3):
        ours.lateral[k].load_state_dict(theirs.inner_blocks[k][0].state_dict())
        ours.smooth[k].load_state_dict(theirs.layer_blocks[k][0].state_dict())
    expected = theirs(OrderedDict(enumerate(x))).values()
    for a, b in zip(ours(x), expected):
        torch.testing.assert_close(a, b)
    alone = Alone(WIDTHS, 12)
    alone.load_state_dict(ours.state_dict())
    assert not torch.allclose(alone(x)[0], ours(x)[0])


@pytest.mark.parametrize("kind", [Alone, FPN, BiFPN])
def test_sides_stay_and_channels_become_width(kind):
    assert [tuple(one.shape) for one in kind(WIDTHS, 12)(maps())] == [(2, 12, s, s) for s in SIDES]


@pytest.mark.parametrize(
    ("kind", "down", "up"), [(Alone, False, False), (FPN, True, False), (BiFPN, True, True)]
)
def test_who_hears_of_whom(kind, down, up):
    pyramid, x = kind(WIDTHS, 12).eval(), maps()
    out = pyramid(x)
    for output, given, expected in ((0, 2, down), (2, 0, up)):
        grad = torch.autograd.grad(
            out[output].square().sum(), x[given], allow_unused=True, retain_graph=True
        )[0]
        assert (grad is not None and bool(grad.abs().sum() > 0)) == expected


def test_fusion_is_a_weighted_mean_without_negative_weights():
    a, b = torch.randn(2, 1, 3, 4, 4)
    found = fuse([a, b], torch.tensor([1.0, 3.0]), eps=0.0)
    torch.testing.assert_close(found, 0.25 * a + 0.75 * b)
    torch.testing.assert_close(fuse([a, b], torch.tensor([1.0, -3.0]), eps=0.0), a)


def test_a_separable_convolution_has_few_weights():
    assert sum(p.numel() for p in separable(32).parameters()) == 32 * 9 + 32 * 32 + 64


def test_both_ways_of_a_bidirectional_pyramid_written_out():
    torch.manual_seed(0)
    net, x = BiFPN(WIDTHS, 12).eval(), maps()
    torch.nn.init.uniform_(net.down_weights, 0.2, 2)
    torch.nn.init.uniform_(net.up_weights, 0.2, 2)
    a, b, c = (layer(one) for layer, one in zip(net.lateral, x))
    wide = lambda one: one.repeat_interleave(2, 2).repeat_interleave(2, 3)  # noqa: E731
    half = lambda one: torch.nn.functional.max_pool2d(one, 2)  # noqa: E731

    def mean(weights, *parts):
        return sum(w * p for w, p in zip(weights, parts)) / (weights.sum() + 1e-4)

    middle = net.way_down[0](mean(net.down_weights[0], b, wide(c)))
    first = net.way_up[0](mean(net.up_weights[0, :2], a, wide(middle)))
    second = net.way_up[1](mean(net.up_weights[1], b, half(first), middle))
    third = net.way_up[2](mean(net.up_weights[2, :2], c, half(second)))
    for found, wanted in zip(net(x), (first, second, third)):
        assert torch.allclose(found, wanted, atol=1e-5)


def test_weights_begin_equal_and_fusion_adds_a_little_below():
    net = BiFPN((4, 4, 4, 4), 8)
    assert net.down_weights.tolist() == [[1, 1]] * 2
    assert net.up_weights.tolist() == [[1, 1, 1]] * 4
    assert (len(net.way_down), len(net.way_up)) == (2, 4)
    ones = torch.ones(1, 1, 2, 2)
    assert fuse([ones], torch.ones(1)).unique().item() == pytest.approx(1 / 1.0001)
    assert fuse([ones], torch.zeros(1)).eq(0).all()
    with pytest.raises(ValueError, match="zip"):
        fuse([ones, ones], torch.ones(3))


def test_a_separable_convolution_is_these_layers():
    assert [str(layer) for layer in separable(8)] == [
        str(torch.nn.SiLU()),
        str(
            torch.nn.Conv2d(
                8, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=8, bias=False
            )
        ),
        str(torch.nn.Conv2d(8, 8, kernel_size=(1, 1), stride=(1, 1), bias=False)),
        str(
            torch.nn.BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
        ),
    ]
    alone = Alone(WIDTHS, 12)
    assert [str(layer) for layer in alone.lateral] == [
        str(torch.nn.Conv2d(c, 12, kernel_size=(1, 1), stride=(1, 1))) for c in WIDTHS
    ]
    assert {str(layer) for layer in alone.smooth} == {
        str(torch.nn.Conv2d(12, 12, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1)))
    }
