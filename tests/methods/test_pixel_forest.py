"""A forest that reads filtered pixels and guesses a box at each."""

import numpy as np
import pytest
import torch

from helpers.data.smears import simulated_smears
from helpers.methods import pixel_forest
from helpers.methods.pixel_forest import (
    boxes_at_peaks,
    choose_forest,
    filtered,
    learn_forest,
    sampled,
)
from helpers.metrics.boxes import reference
from helpers.metrics.detection import average_precision


def test_stain_and_lamp_do_not_matter():
    image = torch.rand(3, 24, 20)
    assert filtered(image).shape[:2] == (24, 20)
    assert np.allclose(filtered(image), filtered(image + 0.3), atol=1e-5)


def test_classes_get_equal_shares_and_background_one_half():
    y = np.full((2, 200, 200), 2)
    y[0, :60], y[1, :60], y[1, 60] = 0, 1, 0
    chosen = sampled(y, 2, np.random.default_rng(0))
    assert np.bincount(y.ravel()[chosen]).tolist() == [5_000, 5_000, 10_000]
    assert len(set(chosen)) == len(chosen)


class Told:
    """Forests that say what the features hold: probability, then four distances."""

    classes_ = np.array([0, 1])

    def predict_proba(self, features):
        """The first feature is the probability of class 0, the rest is background."""
        return np.stack([features[:, 0], 1 - features[:, 0]], 1)

    def predict(self, features):
        """The other features are the distances."""
        return features[:, 1:]


def test_a_box_stands_at_each_peak_and_doubles_are_dropped():
    features = np.zeros((30, 40, 5))
    features[10, 12] = (1, 4.5, 3.5, 5.5, 6.5)
    features[13, 13] = (0.9, 5.5, 6.5, 4.5, 3.5)  # the same box, seen from its other side
    features[22, 38] = (0.8, 2, 2, 9, 2)  # cut at the border
    found = boxes_at_peaks(features, Told(), Told(), 1)
    assert found.boxes[0].tolist() == [8, 7, 18, 17]
    assert found.boxes[1].tolist() == [36.5, 20.5, 40, 24.5]
    assert len(found.boxes) == 2
    assert found.scores[0] > found.scores[1]
    assert len(boxes_at_peaks(0 * features, Told(), Told(), 1).boxes) == 0


def test_cells_are_found_and_boxes_of_other_images_teach_nothing():
    data = simulated_smears(30)
    truth = reference(data.boxes, data.y)
    valid = data.x[20:], truth[20:]
    known = data.x[:20], data.boxes[:20], data.y[:20]
    wrong = data.x[:20], data.boxes[:20].flip(0), data.y[:20].flip(0)
    for train, low, high in ((known, 0.85, 1.0), (wrong, 0.0, 0.5)):
        found = choose_forest(train, valid, 3)(data.x[20:])
        assert low <= average_precision(found, truth[20:], 0) <= high


def test_boxes_without_a_middle_are_refused():
    x, boxes = torch.rand(1, 3, 32, 32), torch.tensor([[[4.0, 4, 5, 6]]])
    with pytest.raises(ValueError, match="three pixels or more, found none among 1 images"):
        learn_forest(x, boxes, torch.zeros(1, 1).long(), 1)


@pytest.mark.parametrize(("more", "trees"), [({}, 30), ({"trees": 7}, 7)])
def test_the_trees_are_scikit_learn_s_with_these_settings(more, trees, monkeypatch):
    made = []

    class Forest(Told):
        def __init__(self, **settings):
            made.append(settings)

        def fit(self, features, y):
            return self

    for kind in ("ExtraTreesClassifier", "ExtraTreesRegressor"):
        monkeypatch.setattr(pixel_forest, kind, Forest)
    data = simulated_smears(2, 48)
    learn_forest(data.x, data.boxes, data.y, 3, 5, **more)
    usual = {"min_samples_leaf": 3, "max_features": 0.3, "random_state": 5}
    assert made == [usual | {"n_estimators": trees}] * 2
    assert pixel_forest.MIDDLE == 0.25


def test_filters_reach_from_one_to_eight_pixels_about_the_median():
    from skimage.feature import multiscale_basic_features

    image = torch.rand(3, 20, 16)
    pixels = image.permute(1, 2, 0).numpy()
    pixels = pixels - np.median(pixels, (0, 1))
    for largest, same in ((8, True), (10, False)):
        theirs = multiscale_basic_features(
            pixels, sigma_min=1, sigma_max=largest, num_sigma=4, channel_axis=-1
        )
        assert np.allclose(filtered(image), theirs, atol=1e-6) is same


def test_a_peak_counts_from_a_twentieth_on_and_at_the_border_too():
    features = np.zeros((30, 40, 5))
    features[..., 1:] = 2
    features[5:12, 5:12, 0] = 1
    features[20:27, 30:37, 0] = 0.049
    features[20:27, 5:12, 0] = 0.06
    found = boxes_at_peaks(features, Told(), Told(), 1)
    assert len(found.boxes) == 2
    assert len(boxes_at_peaks(features, Told(), Told(), 1, least=0.04).boxes) == 3
    assert len(boxes_at_peaks(features, Told(), Told(), 1, least=0.5).boxes) == 1
    corner = np.zeros((30, 40, 5))
    corner[0, 0] = (1, 0.5, 0.5, 3.5, 3.5)
    assert boxes_at_peaks(corner, Told(), Told(), 1).boxes.tolist() == [[0, 0, 4, 4]]


def test_boxes_that_overlap_by_more_than_two_fifths_are_one():
    features = np.zeros((30, 60, 5))
    for left, chance in ((10, 1.0), (14, 0.9), (30, 0.8), (35, 0.7)):
        features[10, left] = (chance, 5, 5, 5, 5)
    found = boxes_at_peaks(features, Told(), Told(), 1)
    assert found.boxes[:, 0].tolist() == [5.5, 25.5, 30.5]  # 6/14 is more, 5/15 is less
    assert len(boxes_at_peaks(features, Told(), Told(), 1, overlap=0.5).boxes) == 4
