import pytest
import torch
from torchvision.models.resnet import BasicBlock

from helpers.models.deep_stack import Pair, deep_stack, he_start


def inputs():
    return torch.randn(4, 8, 6, 6, generator=torch.Generator().manual_seed(0))


def test_with_norm_and_shortcut_it_is_torchvisions_basic_block():
    theirs, mine = BasicBlock(8, 8), Pair(8, norm=True, shortcut=True)
    mine.load_state_dict(theirs.state_dict())
    plain = Pair(8, norm=True, shortcut=False)
    plain.load_state_dict(theirs.state_dict())
    assert torch.allclose(mine(inputs()), theirs(inputs()), atol=1e-6)
    assert not torch.allclose(plain(inputs()), theirs(inputs()), atol=1e-2)


def test_he_s_start_keeps_the_mean_square_and_pytorch_s_does_not():
    torch.manual_seed(0)
    x = torch.randn(8, 32, 16, 16).relu()
    layer = torch.nn.Conv2d(32, 32, 3)
    before = layer(x).relu().square().mean() / x.square().mean()
    after = he_start(layer)(x).relu().square().mean() / x.square().mean()
    assert before < 0.25
    assert 0.7 < after < 1.4
    assert not layer.bias.any()


def test_it_is_as_deep_as_it_says():
    convolutions = [m for m in deep_stack(30, 10).modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(convolutions) == 31  # one of them is the stem
    assert deep_stack(4, 10, norm=True)(torch.zeros(2, 3, 8, 8)).shape == (2, 10)
    with pytest.raises(ValueError, match="an even number, found 3"):
        deep_stack(3, 10)


def test_layers_are_counted_in_pairs_between_a_stem_and_a_head():
    torch.manual_seed(0)
    net = deep_stack(6, 5)
    convs = [layer for layer in net.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [(c.in_channels, c.out_channels) for c in convs] == [(3, 8)] + [(8, 8)] * 6
    assert all(c.bias is not None and c.padding == (1, 1) for c in convs)
    assert (net[-1].in_features, net[-1].out_features) == (8, 5)
    assert net(torch.rand(2, 3, 8, 8)).shape == (2, 5)
    plain = deep_stack(2, 5)[2]
    assert not plain.shortcut
    assert isinstance(plain.bn1, torch.nn.Identity)
    assert deep_stack(2, 5, norm=True)[2].conv1.bias is None
    assert deep_stack(2, 5, width=4, shortcut=True)[2].conv1.out_channels == 4
    with pytest.raises(ValueError, match="expected an even number, found 3"):
        deep_stack(3, 5)


def test_he_s_start_has_his_spread_and_no_bias():
    torch.manual_seed(0)
    net = deep_stack(2, 5, width=32, he=True)
    conv = net[2].conv1
    assert float(conv.weight.detach().std()) == pytest.approx((2 / (9 * 32)) ** 0.5, rel=0.05)
    assert not conv.bias.any()
    usual = deep_stack(2, 5, width=32)[2].conv1
    assert usual.bias.any()
    assert float(usual.weight.detach().std()) < 0.7 * float(conv.weight.detach().std())
