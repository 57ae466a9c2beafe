import math

import pytest
import torch
from torchvision import models
from torchvision.models.efficientnet import _make_divisible

from helpers.models.efficientnet import STAGES, EfficientNet, MBConv, compound, round_width


def test_torchvision_with_the_same_weights_gives_the_same_features():
    """Compared in training mode, where batch norm keeps the features from vanishing."""
    theirs = models.efficientnet_b0(weights=None, stochastic_depth_prob=0.0).train()
    mine = EfficientNet().train()
    mine.load_state_dict(theirs.state_dict())
    x = torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = theirs.features(x)
        assert expected.std() > 0.1
        assert torch.allclose(mine.features(x), expected, atol=1e-4)
        mine.features[3][0].block[2].fc2.weight.mul_(-30)
        assert not torch.allclose(mine.features(x), expected, atol=1e-2)


def test_the_head_is_torchvisions():
    theirs, mine = models.efficientnet_b0(weights=None).eval(), EfficientNet().eval()
    mine.load_state_dict(theirs.state_dict())
    features = torch.rand(2, 1280, 2, 2)
    expected = theirs.classifier(theirs.avgpool(features).flatten(1))
    assert torch.allclose(mine.classifier(features.mean((2, 3))), expected, atol=1e-6)
    assert not torch.allclose(mine.classifier(features.amax((2, 3))), expected, atol=1e-2)


@pytest.mark.parametrize(
    ("width", "depth", "make"),
    [(1.0, 1.1, models.efficientnet_b1), (1.1, 1.2, models.efficientnet_b2)],
)
def test_compound_scaling_gives_the_published_shapes(width, depth, make):
    mine = {name: p.shape for name, p in EfficientNet(width, depth).state_dict().items()}
    theirs = {name: p.shape for name, p in make(weights=None).state_dict().items()}
    assert mine == theirs


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.1, 1.4])
def test_widths_round_as_in_torchvision(factor):
    widths = range(8, 400, 8)
    assert [round_width(w, factor) for w in widths] == [
        _make_divisible(w * factor, 8) for w in widths
    ]


def test_each_step_of_phi_doubles_the_cost():
    depth, width, resolution = compound(1)
    assert depth * width**2 * resolution**2 == pytest.approx(2, rel=0.05)


def test_a_block_adds_its_input_only_where_shapes_agree():
    assert MBConv(8, 8, 6, 3, 1).residual
    assert not MBConv(8, 8, 6, 3, 2).residual
    assert not MBConv(8, 16, 6, 3, 1).residual


def test_small_images():
    model = EfficientNet(classes=5, stages=((1, 3, 1, 16, 1), (4, 3, 2, 24, 1)), small=True)
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 5)


def test_the_stages_are_torchvision_s():
    from torchvision.models.efficientnet import _efficientnet_conf

    for phi, scale in ((0, (1.0, 1.0)), (1, (1.0, 1.1))):
        rows, _ = _efficientnet_conf(
            f"efficientnet_b{phi}", width_mult=scale[0], depth_mult=scale[1]
        )
        theirs = [(r.expand_ratio, r.kernel, r.stride, r.out_channels, r.num_layers) for r in rows]
        assert theirs == [(*row[:4], math.ceil(row[4] * scale[1])) for row in STAGES]


def test_factors_grow_by_powers_and_the_classes_are_a_thousand():
    assert compound(3) == (1.2**3, 1.1**3, 1.15**3)
    assert compound(2, 3, 5, 7) == (9, 25, 49)
    with torch.device("meta"):
        whole = EfficientNet()
    assert whole.classifier[1].out_features == 1000
    assert whole.classifier[0].p == 0.2
    assert whole.features[0][0].stride == (2, 2)


def test_a_small_one_keeps_its_sides_and_squeezes_to_a_quarter_of_the_input():
    model = EfficientNet(classes=5, stages=((1, 3, 1, 16, 1), (4, 5, 2, 24, 2)), small=True)
    assert model.features[0][0].stride == (1, 1)
    assert model.features[:3](torch.zeros(1, 3, 16, 16)).shape == (1, 24, 8, 8)
    assert (model.features[-1][0].out_channels, model.classifier[1].in_features) == (24, 24)
    second = model.features[2][1].block
    assert [part[0].kernel_size for part in (second[0], second[1])] == [(1, 1), (5, 5)]
    assert second[2].fc1.out_channels == 6
    assert MBConv(3, 8, 1, 3, 1).block[1].fc1.out_channels == 1
    assert round_width(1, 1.0) == 8
