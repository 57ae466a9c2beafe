"""Boosted trees in two stages."""

import numpy as np
import pytest
import torch

from helpers.data.nuclei import simulated_nuclei
from helpers.methods.auto_context import boosted, learn_in_two_stages, seen
from helpers.methods.segmenters import filter_responses, learn_forest
from helpers.metrics.segmentation import dice_per_image


def test_two_stages_pass_the_forest_of_one():
    data = simulated_nuclei(24, 32, seed=1)
    known, new = slice(0, 16), slice(16, 24)

    def score(learn, setting):
        found = learn(data.x[known], data.y[known], 3, setting)(data.x[new])
        return np.mean(dice_per_image(found, data.y[new], 3))

    assert score(learn_in_two_stages, 31) > score(learn_forest, 1)
    shuffled = data.y[known].flip(0)
    wrong = learn_in_two_stages(data.x[known], shuffled, 3, 31)(data.x[new])
    assert np.mean(dice_per_image(wrong, data.y[new], 3)) < 0.4


def test_the_second_stage_sees_filters_of_the_first_guess():
    rng = np.random.default_rng(0)
    image, y = rng.random((1, 16, 16)), rng.integers(3, size=256)
    first = boosted(seen(image, [], 3), y, 7, 0)
    both = seen(image, [first], 3)
    alone = filter_responses(image)
    guess = first.predict_proba(alone).T.reshape(3, 16, 16)
    assert np.array_equal(both, np.hstack([alone, filter_responses(guess[1:])]))


def test_rare_classes_weigh_as_much_as_others():
    features, y = np.zeros((1000, 1)), (np.arange(1000) < 50).astype(int)
    assert np.allclose(boosted(features, y, 7, 0).predict_proba(features[:1]), 0.5, atol=0.02)


def test_one_class_is_always_said_and_one_image_is_refused():
    x, y = torch.rand(2, 1, 16, 16), torch.zeros(2, 16, 16, dtype=torch.int64)
    assert learn_in_two_stages(x, y, 3, 7)(x).eq(0).all()
    with pytest.raises(ValueError, match="two images or more, found 1"):
        learn_in_two_stages(x[:1], y[:1], 3, 7)
