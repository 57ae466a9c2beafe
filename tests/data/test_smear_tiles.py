"""Tiles of smears: cut without loss, ellipses as in a formula, photographs on one side."""

import math

import pytest
import torch

from helpers.data.smear_tiles import SIDES, ellipses, quartered, smear_tiles


def test_tiles_put_together_give_the_image():
    x = torch.randn(2, 3, 48, 64)
    cut = quartered(x)
    assert cut.shape == (8, 3, *SIDES)
    top = torch.cat([cut[0], cut[1]], 2)
    bottom = torch.cat([cut[2], cut[3]], 2)
    assert torch.equal(torch.cat([top, bottom], 1), x[0])


def test_an_ellipse_has_its_area_and_other_kinds_are_left_out():
    boxes = torch.tensor([[10.0, 5.0, 40.0, 35.0], [0.0, 0.0, 9.0, 9.0]])
    inside = ellipses(boxes, torch.tensor([1, 0]), 1, (48, 64))
    assert int(inside.sum()) == pytest.approx(math.pi / 4 * 30 * 30, rel=0.02)
    assert not bool(inside[:5].any())
    assert bool(inside[20, 25])


def test_photographs_stay_on_one_side_and_labels_follow_pixels():
    data = smear_tiles()
    parts = [set(data.groups[rows].tolist()) for rows in (data.train, data.valid, data.test)]
    assert [len(part) for part in parts] == [205, 87, 72]
    assert not (parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2])
    share = data.inside.double().mean((1, 2))
    assert torch.equal(data.y, (share > 0.02).float())
    train = data.x[data.train]
    assert train.mean((0, 2, 3)).tolist() == pytest.approx([0.0] * 3, abs=1e-4)
    assert train.std((0, 2, 3)).tolist() == pytest.approx([1.0] * 3, abs=1e-4)
