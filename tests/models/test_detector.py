"""A small one-stage detector."""

import torch

from helpers.models.anchors import anchor_grid
from helpers.models.detector import Backbone, Detector, Residual, conv
from helpers.models.pyramid import Alone, BiFPN


def test_there_is_an_answer_for_each_anchor():
    for pyramid in (Alone, BiFPN):
        net = Detector(3, pyramid)
        told = net(torch.rand(2, 3, 64, 96))
        assert told.shape == (2, len(anchor_grid((64, 96), net.strides, (4, 8, 16))), 8)


def test_the_backbone_halves_four_times():
    assert [tuple(m.shape[1:]) for m in Backbone()(torch.rand(1, 3, 64, 64))] == [
        (32, 16, 16), (48, 8, 8), (64, 4, 4),
    ]  # fmt: skip


def test_at_the_start_objects_are_rare():
    sure = Detector(2).eval()(torch.rand(1, 3, 64, 64))[..., 4].sigmoid()
    assert 0.002 < sure.mean() < 0.05


def test_a_residual_block_with_silent_filters_changes_nothing():
    block, x = Residual(8).eval(), torch.randn(1, 8, 6, 6)
    assert not torch.equal(block(x), x)
    torch.nn.init.zeros_(block.widen[0].weight)
    assert torch.equal(block(x), x)


def test_a_convolution_keeps_or_halves_the_side():
    assert conv(3, 4, 3)(torch.rand(1, 3, 8, 8)).shape == (1, 4, 8, 8)
    assert conv(3, 4, 3, 2)(torch.rand(1, 3, 8, 8)).shape == (1, 4, 4, 4)
