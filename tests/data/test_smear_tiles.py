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


def test_tiles_are_those_that_the_stored_page_rests_on(told):
    data = smear_tiles()
    assert data.x.shape == (1456, 3, 24, 32)
    assert data.inside.shape == (1456, 24, 32)
    assert told(data.x) == [0.01104, 1.00237, 0.01254]
    assert told(data.y) == [0.50069, 0.50017, 0.25199]
    assert told(data.inside) == [0.09261, 0.28989, 0.04797]
    assert data.classes == ["no white cell", "white cell"]
    assert torch.equal(data.groups, torch.arange(1456) // 4)
    assert data.y.dtype == torch.float32
    assert torch.equal(data.train, data.train.sort().values)
    parts = torch.cat([data.train, data.valid, data.test])
    assert torch.equal(parts.sort().values, torch.arange(1456))


def test_an_ellipse_is_that_of_its_formula():
    boxes = torch.tensor([[2.0, 1.0, 8.0, 5.0], [0.0, 0.0, 2.0, 2.0]])
    inside = ellipses(boxes, torch.tensor([1, 1]), 1, (6, 9))
    expected = torch.zeros(6, 9, dtype=torch.bool)
    for down in range(6):
        for across in range(9):
            first = ((across + 0.5 - 5) / 3) ** 2 + ((down + 0.5 - 3) / 2) ** 2 <= 1
            second = (across + 0.5 - 1) ** 2 + (down + 0.5 - 1) ** 2 <= 1
            expected[down, across] = first or second
    assert torch.equal(inside, expected)
    touching = ellipses(torch.tensor([[0.0, 0.0, 4.0, 4.0]]), torch.tensor([1]), 1, (4, 4))
    assert touching.sum() == 16 - 4  # the corners lie outside
