"""Finding objects without a network."""

import numpy as np
import torch

from helpers.data.smears import simulated_smears
from helpers.methods.spots import (
    around,
    boxes_of,
    choose_splitter,
    components,
    learn_colours,
    parted,
    scores,
    smooth_pixels,
    usual_side,
)
from helpers.metrics.boxes import reference
from helpers.metrics.detection import average_precision


def discs(*centres, side=48, radius=7):
    """A map with discs of ones at (x, y)."""
    v, u = np.indices((side, side)) + 0.5
    return np.max([1.0 * (np.hypot(u - a, v - b) < radius) for a, b in centres], 0)


def test_components_are_boxes_around_patches():
    assert components(discs((12, 20)), 0.5, 14) == [(5, 13, 19, 27)]
    assert around(np.zeros((4, 4), dtype=int)) == []


def test_only_the_watershed_parts_discs_that_touch():
    both = discs((14, 20), (26, 20))
    assert len(components(both, 0.5, 14)) == 1
    assert len(parted(both, 0.5, 14)) == 2


def test_scores_are_means_and_fall_with_unusual_size():
    chance = np.random.default_rng(0).random((20, 30))
    box = np.array([[3.0, 2, 13, 12]])
    assert np.allclose(scores(chance, box, 10.0), chance[2:12, 3:13].mean())
    assert np.allclose(scores(chance, box, 20.0), chance[2:12, 3:13].mean() / 4)


def test_stain_and_lamp_do_not_matter():
    x = torch.rand(2, 3, 16, 16)
    assert np.allclose(smooth_pixels(x), smooth_pixels(x + 0.3), atol=1e-6)


def test_white_cells_are_found_by_colour_and_shuffled_boxes_teach_nothing():
    data = simulated_smears(30)
    truth = reference(data.boxes, data.y)
    train, valid = (data.x[:20], data.boxes[:20], data.y[:20]), (data.x[20:], truth[20:])
    for boxes, low, high in ((data.boxes[:20], 0.7, 1.0), (data.boxes[:20].flip(0), 0.0, 0.6)):
        known = (data.x[:20], boxes, data.y[:20])
        colours = learn_colours(*known, 3)
        find = choose_splitter([components], colours, (0.5, 0.7), train, valid, 3)
        assert find.chosen == ["components"] * 3
        assert low <= average_precision(find(data.x[20:]), truth[20:], 1) <= high


def test_boxes_of_an_empty_map_are_none():
    found = boxes_of([components], np.zeros((1, 1, 16, 16)), [0.5], [5.0])
    assert len(found[0].boxes) == 0


def test_the_usual_side_is_the_median():
    boxes = torch.tensor([[[0.0, 0, 4, 9], [0, 0, 6, 6], [0, 0, 30, 30]]])
    assert usual_side(boxes, torch.zeros(1, 3).long(), 0) == 6
    assert usual_side(boxes, torch.zeros(1, 3).long(), 1) == 2
