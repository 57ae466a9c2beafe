"""Simulated blood smears."""

import numpy as np
import pytest
import torch

from helpers.data.boxes import padded
from helpers.data.smears import (
    GLASS,
    VIOLET,
    blot,
    field,
    free_place,
    platelet,
    red,
    simulated_smears,
    white,
)


def test_boxes_lie_in_the_field_and_frame_what_is_there():
    data = simulated_smears(12)
    known = data.y >= 0
    assert data.boxes[known].min() >= 0
    assert data.boxes[known].max() <= 96
    sides = (data.boxes[..., 2:] - data.boxes[..., :2]).amax(-1)
    median = [float(sides[data.y == k].median()) for k in range(3)]
    assert median[2] < 8 < median[0] < 18 < median[1]


def test_the_same_seed_gives_the_same_fields():
    a, b, c = simulated_smears(2, 48), simulated_smears(3, 48), simulated_smears(2, 48, seed=1)
    assert torch.equal(a.x, b.x[:2])
    assert not torch.equal(a.x, c.x)


@pytest.mark.parametrize(("draw", "radius"), [(red, 8.0), (white, 12.0), (platelet, 3.0)])
def test_a_cell_changes_the_image_within_its_box_and_near(draw, radius):
    image = np.tile(GLASS, (64, 64, 1))
    left, top, right, bottom = draw(image, (30.0, 34.0), radius, 1.0, np.random.default_rng(0))
    v, u = np.nonzero(np.abs(image - GLASS).max(-1) > 0.03)
    assert left - 2 < u.min() < left + 3
    assert bottom - 3 < v.max() < bottom + 2
    assert left < 30 < right
    assert top < 34 < bottom


def test_a_blot_of_no_strength_changes_nothing():
    image = np.tile(GLASS, (32, 32, 1))
    assert blot(image, (16, 16), (6, 4), 0.0, VIOLET, 0.0) == (10, 12, 22, 20)
    assert np.array_equal(image, np.tile(GLASS, (32, 32, 1)))


def test_places_are_free_or_none():
    rng = np.random.default_rng(0)
    x, y = free_place(96, 8, [(48, 48, 20)], rng)
    assert np.hypot(x - 48, y - 48) > 0.8 * 28
    assert free_place(20, 10, [(10, 10, 60)], rng) is None
    assert field(48, rng)[0].shape == (48, 48, 3)


def test_too_small_is_refused():
    with pytest.raises(ValueError, match="side must be a whole number from 48, found 20"):
        simulated_smears(2, 20)
    with pytest.raises(ValueError, match="count must be a whole number from 1, found 0"):
        simulated_smears(0)


def test_padding_keeps_what_was_there():
    boxes, labels = padded([[(0, 0, 1, 1)], [], [(1, 1, 2, 2), (3, 3, 4, 4)]], [[2], [], [0, 1]])
    assert boxes.shape == (3, 2, 4)
    assert labels.tolist() == [[2, -1], [-1, -1], [0, 1]]


def test_fields_are_those_that_the_stored_pages_rest_on(told):
    """Numbers of a recipe with three hundred constants: who changes one, changes the chapters."""
    data = simulated_smears(6, 64)
    assert told(data.x) == [0.80246, 0.08532, 0.40133]
    assert told(data.boxes[data.y >= 0]) == [34.15466, 19.41382, 17.57335]
    assert data.y.flatten().add(1).bincount().tolist() == [31, 26, 3, 6]
    data = simulated_smears(3)
    assert told(data.x) == [0.78408, 0.10286, 0.3926]
    assert data.x.shape == (3, 3, 96, 96)
    assert data.x.is_contiguous()
    assert data.rows == ["field 0", "field 1", "field 2"]
    assert torch.equal(data.x, simulated_smears(3, 96, 0).x)


def test_a_blot_is_a_soft_ellipse_of_its_colour_that_is_turned():
    image = np.zeros((41, 41, 3))
    box = blot(image, (20.5, 20.5), (12, 5), np.pi / 6, np.ones(3), 1.0)
    v, u = np.indices((41, 41)) + 0.5
    x, y = u - 20.5, v - 20.5
    along, across = x * 3**0.5 / 2 + y / 2, y * 3**0.5 / 2 - x / 2
    away = (np.hypot(along / 12, across / 5) - 1) * 5
    wanted = 1 / (1 + np.exp(np.clip(away / 0.4, -50, 50)))
    assert image[..., 0] == pytest.approx(wanted, abs=1e-3)
    half = np.hypot(12 * 3**0.5 / 2, 5 / 2), np.hypot(12 / 2, 5 * 3**0.5 / 2)
    assert box == pytest.approx((20.5 - half[0], 20.5 - half[1], 20.5 + half[0], 20.5 + half[1]))
    cut = np.zeros((10, 10, 3))
    blot(cut, (0.0, 9.0), (4, 4), 0, np.ones(3), 0.5)
    assert cut[8, 0, 0] == pytest.approx(0.5, abs=1e-2)
    assert cut[0, 9, 0] < 1e-3


@pytest.mark.parametrize("given", [{"count": 1.0}, {"side": 47}, {"side": 48.0}, {"count": -1}])
def test_counts_and_sides_are_whole(given):
    with pytest.raises(ValueError, match="must be a whole number from"):
        simulated_smears(**({"count": 1} | given))
    assert simulated_smears(1, 48).x.shape == (1, 3, 48, 48)
