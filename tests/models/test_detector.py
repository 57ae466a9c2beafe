"""A small one-stage detector."""

import torch

from helpers.models.anchors import anchor_grid
from helpers.models.detector import Backbone, Detector, Residual, conv
from helpers.models.pyramid import FPN, Alone, BiFPN


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


def test_it_is_these_layers():
    net = Detector(3)
    assert [str(layer) for layer in net.head] == [
        str(torch.nn.Conv2d(32, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)),
        str(torch.nn.GroupNorm(4, 32, eps=1e-05, affine=True)),
        str(torch.nn.LeakyReLU(negative_slope=0.1)),
        str(torch.nn.Conv2d(32, 8, kernel_size=(1, 1), stride=(1, 1))),
    ]
    assert [str(layer) for layer in conv(5, 6, 3, 2)] == [
        str(torch.nn.Conv2d(5, 6, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)),
        str(
            torch.nn.BatchNorm2d(6, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
        ),
        str(torch.nn.LeakyReLU(negative_slope=0.1)),
    ]
    assert conv(5, 6, 1)[0].padding == (0, 0)
    assert [conv[0].out_channels for conv in (Residual(8).narrow, Residual(8).widen)] == [4, 8]
    assert [c[0].kernel_size for c in (Residual(8).narrow, Residual(8).widen)] == [(1, 1), (3, 3)]
    widths = [c.out_channels for c in net.backbone.modules() if isinstance(c, torch.nn.Conv2d)]
    assert widths == [16, 32, 16, 32, 48, 24, 48, 64, 32, 64]
    assert Detector(3, width=16, widths=(4, 8, 8, 8)).head[0].in_channels == 16
    assert (net.strides, isinstance(net.pyramid, FPN)) == ((4, 8, 16), True)


def test_only_the_bias_of_objects_says_one_in_a_hundred():
    bias = Detector(3).head[-1].bias.detach()
    assert (
        bias[4].sigmoid().item() == torch.tensor(0.01).item()
        or abs(bias[4].sigmoid() - 0.01) < 1e-6
    )
    assert bias[[0, 1, 2, 3, 5, 6, 7]].eq(0).all()


def test_answers_stand_map_by_map_and_row_by_row():
    torch.manual_seed(0)
    net, x = Detector(2).eval(), torch.rand(1, 3, 32, 48)
    maps = [net.head(one) for one in net.pyramid(net.backbone(x))]
    told = net(x)[0]
    width = 48 // 4
    assert torch.equal(told[2 * width + 5], maps[0][0, :, 2, 5])
    assert torch.equal(told[(32 // 4) * width + 1], maps[1][0, :, 0, 1])


def test_a_residual_block_adds_what_its_filters_find():
    torch.manual_seed(0)
    block, x = Residual(8).eval(), torch.randn(1, 8, 6, 6)
    assert torch.equal(block(x), x + block.widen(block.narrow(x)))
