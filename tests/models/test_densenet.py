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


def test_small_and_large_stems_and_the_widths_in_between():
    with torch.device("meta"):
        whole, small = DenseNet(32, (2, 3), 64), DenseNet(4, (1,), 8, 5, small=True)
    conv = whole.features.conv0
    assert (conv.out_channels, conv.kernel_size, conv.stride, conv.padding) == (
        64,
        (7, 7),
        (2, 2),
        (3, 3),
    )
    pool = whole.features.pool0
    assert (pool.kernel_size, pool.stride, pool.padding) == (3, 2, 1)
    assert whole.features.denseblock1.denselayer2.norm1.num_features == 96
    assert whole.features.denseblock1.denselayer1.conv1.out_channels == 128
    assert whole.features.transition1.conv.out_channels == 64
    assert (whole.classifier.in_features, whole.classifier.out_features) == (160, 1000)
    conv = small.features.conv0
    assert (conv.kernel_size, conv.stride, conv.padding, conv.bias) == (
        (3, 3),
        (1, 1),
        (1, 1),
        None,
    )
    assert (small.classifier.in_features, small.classifier.out_features) == (12, 5)
    assert not hasattr(small.features, "transition1")
