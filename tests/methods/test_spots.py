"""Finding objects without a network."""

import numpy as np
import pytest
import torch
from scipy.ndimage import distance_transform_edt, gaussian_filter

from helpers.data.smears import simulated_smears
from helpers.methods import spots
from helpers.methods.spots import (
    around,
    boxes_of,
    choose_splitters,
    components,
    learn_colours,
    parted,
    same_for_all,
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
        (find,) = choose_splitters([], colours, (0.5, 0.7), train, valid, 3)
        assert find.chosen == ["components"] * 3
        assert low <= average_precision(find(data.x[20:]), truth[20:], 1) <= high


def test_boxes_of_an_empty_map_are_none():
    found = boxes_of([components], np.zeros((1, 1, 16, 16)), [0.5], [5.0])
    assert len(found[0].boxes) == 0


def test_the_usual_side_is_the_median():
    boxes = torch.tensor([[[0.0, 0, 4, 9], [0, 0, 6, 6], [0, 0, 30, 30]]])
    assert usual_side(boxes, torch.zeros(1, 3).long(), 0) == 6
    assert usual_side(boxes, torch.zeros(1, 3).long(), 1) == 2


def test_sums_of_a_box_stop_at_the_border_and_sizes_count_alike_both_ways():
    chance = np.random.default_rng(0).random((20, 30))
    boxes = np.array([[-4.0, -3, 6, 5], [25, 15, 40, 40], [3, 2, 3, 9], [2.4, 3.6, 9.5, 8.4]])
    found = scores(chance, boxes, 8.0)
    sizes = np.sqrt([80, 375, 1, 7.1 * 4.8])
    usual = np.minimum(sizes / 8, 8 / sizes) ** 2
    means = [chance[:5, :6].mean(), chance[15:, 25:].mean(), 0.0, chance[4:8, 2:10].mean()]
    assert found == pytest.approx(means * usual)


def test_colours_are_learnt_from_the_middle_of_each_box_by_scikit_learn():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    x = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    boxes = torch.tensor([[[1.0, 1, 9, 9], [8, 8, 15, 15]]] * 3)
    labels = torch.tensor([[0, 1], [1, -1], [0, 0]])
    pixels = smooth_pixels(x).reshape(-1, 3)
    y = np.full((3, 16, 16), 2)
    v, u = np.indices((16, 16)) + 0.5
    for image in range(3):
        for k in (0, 1):  # the larger box first
            left, top, right, bottom = boxes[image, k].numpy()
            inside = ((2 * u - left - right) / (right - left)) ** 2 + (
                (2 * v - top - bottom) / (bottom - top)
            ) ** 2 < 0.9
            if labels[image, k] >= 0:
                y[image][inside] = labels[image, k]
    some = np.random.default_rng(0).choice(y.size, y.size, replace=False)
    model = make_pipeline(
        PolynomialFeatures(2), StandardScaler(),
        LogisticRegression(C=10, max_iter=1000, tol=0.001, class_weight="balanced"),
    ).fit(pixels[some], y.ravel()[some])  # fmt: skip
    told = model.predict_proba(pixels).reshape(3, 16, 16, 3).transpose(0, 3, 1, 2)[:, :2]
    found = learn_colours(x, boxes, labels, 2)(x)
    assert found.shape == (3, 2, 16, 16)
    assert found == pytest.approx(told, abs=1e-6)


def test_of_many_pixels_some_are_drawn_each_once(monkeypatch):
    monkeypatch.setattr(spots, "PIXELS", 300)
    drawn = []
    choice = np.random.Generator.choice

    class Noted:
        def __init__(self, seed):
            self.own = np.random.Generator(np.random.PCG64(seed))

        def choice(self, *given, **how):
            drawn.append(choice(self.own, *given, **how))
            return drawn[-1]

    monkeypatch.setattr(spots.np.random, "default_rng", Noted)
    x = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    boxes, labels = torch.tensor([[[2.0, 2, 14, 14]]] * 2), torch.zeros(2, 1).long()
    learn_colours(x, boxes, labels, 1)
    assert len(drawn[0]) == len(set(drawn[0].tolist())) == 300


def test_a_filter_smooths_by_seven_tenths_and_the_median_is_nought():
    from scipy.ndimage import gaussian_filter

    x = torch.rand(2, 3, 9, 9)
    found = smooth_pixels(x)
    assert np.median(found, (1, 2)) == pytest.approx(np.zeros((2, 3)), abs=1e-12)
    one = gaussian_filter(x[1, 2].double().numpy(), 0.7)
    assert found[1, :, :, 2] == pytest.approx(one - np.median(one))


def test_boxes_come_best_first_and_without_the_unlikely():
    maps = np.stack([discs((12, 12)) * 0.9 + discs((34, 34)) * 0.6, discs((12, 34)) * 0.04])[None]
    (found,) = boxes_of([components, components], maps, [0.5, 0.02], [14.0, 14.0])
    assert found.labels.tolist() == [0, 0]
    assert found.boxes.tolist() == [[5, 5, 19, 19], [27, 27, 41, 41]]
    assert found.scores[0] > found.scores[1] > 0.05
    (found,) = boxes_of([components] * 2, maps, [0.5, 0.02], [14.0, 14.0], least=0.01)
    assert found.labels.tolist() == [0, 0, 1]
    assert found.scores.dtype == torch.float32


def test_a_splitter_is_chosen_where_discs_touch_and_another_where_one_map_does():
    """Both classes touch in the valid images; the second shows only in the sum of two maps."""
    shapes = [discs((14, 20), (25, 20)), discs((14, 34), (25, 34))]
    parts = np.stack([shapes[0], 0.55 * shapes[1], 0.55 * shapes[1]])[None]
    boxes = torch.tensor([[[7.0, 13, 20, 27], [20, 13, 32, 27], [7, 27, 20, 41], [20, 27, 32, 41]]])
    labels = torch.tensor([[0, 0, 1, 1]])
    x = torch.zeros(1, 3, 48, 48)
    truth = reference(boxes, labels)
    plain, find = choose_splitters(
        [parted], lambda x: parts, (0.5, 0.9), (x, boxes, labels), (x, truth), 3
    )
    assert plain.chosen == ["components"] * 3
    assert find.chosen[:2] == ["parted", "parted"]
    (found,) = find(x)
    kept = found.scores >= 0.5
    assert (found.labels[kept] == 0).sum() == (found.labels[kept] == 1).sum() == 2


def test_the_patches_of_one_map_are_rated_for_every_class():
    maps = np.random.default_rng(0).random((2, 20, 30))
    sides = [4.0, 9.0]
    apart = boxes_of([components] * 2, np.stack([maps] * 2, 1), [0.7] * 2, sides)
    for one, other in zip(same_for_all(maps, 0.7, sides), apart):
        assert all(torch.equal(a, b) for a, b in zip(one, other))
        assert len(one.boxes) > 0
    assert len(same_for_all(maps, 0.7, sides, least=0.9)[0].boxes) == 0


def test_seeds_are_as_far_apart_as_scikit_image_s_and_a_flat_top_has_one():
    from skimage.feature import peak_local_max

    both = np.maximum(discs((14, 20), (40, 40)), discs((26, 20), radius=6))  # none equally deep
    for side in (6, 14, 45):
        depth = distance_transform_edt(both > 0.5)
        depth = gaussian_filter(depth, 1.0)
        apart = {"min_distance": int(side / 3), "exclude_border": False, "threshold_abs": 1}
        assert len(parted(both, 0.5, side)) == len(peak_local_max(depth, **apart))
    bar = np.zeros((20, 40))
    bar[8:12, 5:35] = 1
    assert len(parted(bar, 0.5, 6)) == 1


def test_the_usual_side_is_two_at_least():
    boxes = torch.tensor([[[0.0, 0, 1, 1], [0, 0, 1, 1]]])
    assert usual_side(boxes, torch.zeros(1, 2).long(), 0) == 2
