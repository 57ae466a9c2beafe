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
