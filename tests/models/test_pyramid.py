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
