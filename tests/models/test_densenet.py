import torch
from torchvision import models

from helpers.models.densenet import DenseLayer, DenseNet


def test_torchvision_with_the_same_weights_gives_the_same_scores():
    theirs = models.densenet121(weights=None).eval()
    mine = DenseNet(32, (6, 12, 24, 16), 64).eval()
    mine.load_state_dict(theirs.state_dict())
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = theirs(x)
        assert torch.allclose(mine(x), expected, atol=1e-5)
        mine.features.transition1.conv.weight.mul_(-1)
        assert not torch.allclose(mine(x), expected, atol=1e-4)


def test_a_layer_keeps_all_before_it_and_adds_its_growth():
    x = torch.rand(1, 6, 4, 4)
    y = DenseLayer(6, growth=3)(x)
    assert y.shape == (1, 9, 4, 4)
    assert torch.equal(y[:, :6], x)


def test_small_images():
    assert DenseNet(8, (2, 2), 16, classes=5, small=True)(torch.zeros(2, 3, 16, 16)).shape == (2, 5)
