"""A network that sees far and never halves."""

import pytest
import torch
from torch import nn
from torch.nn.functional import conv2d

from helpers.models.dilated import SPREAD, Dilated


def test_it_is_ordinary_convolutions_with_zeros_between_the_taps():
    torch.manual_seed(0)
    net, x = Dilated(2, 3, 4).eval(), torch.rand(1, 2, 24, 24)
    out, convs = x, [layer for layer in net if isinstance(layer, nn.Conv2d)]
    for conv, by in zip(convs, SPREAD):
        wide = torch.zeros(*conv.weight.shape[:2], 2 * by + 1, 2 * by + 1)
        wide[..., ::by, ::by] = conv.weight
        out = (conv2d(out, wide, conv.bias, padding=by) / (1 + 1e-5) ** 0.5).relu()
    with torch.no_grad():
        assert torch.allclose(net(x), convs[-1](out), atol=1e-5)


def window(net, side=64):
    """Side of the square of pixels that the middle score sees, all weights made positive."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            layer.weight.data.abs_()
    x = torch.rand(1, 1, side, side, dtype=torch.double, requires_grad=True)
    net.double().eval()(x)[0, 0, side // 2, side // 2].backward()
    return int((x.grad[0, 0] != 0).any(0).sum())


def test_distances_widen_the_window():
    assert window(Dilated(1, 1, 2)) == 1 + 2 * sum(SPREAD)
    assert window(Dilated(1, 1, 2, spread=(1,) * len(SPREAD))) == 1 + 2 * len(SPREAD)


def test_it_has_fewer_weights_than_the_u_net_of_the_page():
    assert sum(part.numel() for part in Dilated(1, 3).parameters()) == 18_603


@pytest.mark.parametrize("spread", [(), (1, 0), (1, 2.0)])
def test_distances_that_are_none_are_refused(spread):
    with pytest.raises(ValueError, match="Dilated: expected whole distances"):
        Dilated(spread=spread)


def test_six_layers_that_spread_as_the_paper_says_if_nothing_is_said():
    net = Dilated()
    convs = [layer for layer in net if isinstance(layer, torch.nn.Conv2d)]
    assert [c.dilation[0] for c in convs] == [1, 1, 2, 4, 8, 1, 1]
    assert [c.out_channels for c in convs] == [20] * 6 + [2]
    assert [c.in_channels for c in convs] == [1] + [20] * 6
    assert [c.padding[0] for c in convs] == [1, 1, 2, 4, 8, 1, 0]
    assert [c.kernel_size[0] for c in convs] == [3] * 6 + [1]
    for spread in ((), (0,), (1, 1.5), (2, -1)):
        with pytest.raises(ValueError, match="expected whole distances from 1, found"):
            Dilated(spread=spread)
    assert Dilated(spread=(1,))[0].dilation == (1, 1)
