"""Boosted trees in two stages."""

import numpy as np
import pytest
import torch
from sklearn.ensemble import HistGradientBoostingClassifier

from helpers.data.nuclei import simulated_nuclei
from helpers.methods.auto_context import (
    boosted,
    guessed,
    learn_in_one_stage,
    learn_in_two_stages,
    seen,
)
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


def test_the_trees_are_scikit_learn_s_with_these_settings(monkeypatch):
    from helpers.methods import auto_context

    rng = np.random.default_rng(0)
    features, y = rng.random((400, 3)), rng.integers(2, size=400)
    trees = boosted(features, y, 5, 7)
    wanted = {
        "learning_rate": 0.2, "max_iter": 40, "max_leaf_nodes": 5, "class_weight": "balanced",
        "early_stopping": False, "random_state": 7,
    }  # fmt: skip
    assert trees[-1].get_params() | wanted == trees[-1].get_params()
    monkeypatch.setattr(auto_context, "PIXELS", 50)
    seen = []
    monkeypatch.setattr(
        auto_context.HistGradientBoostingClassifier, "fit",
        lambda self, x, y: seen.append((x, y)) or self,
    )  # fmt: skip
    boosted(features, y, 5, 7)
    some = np.random.default_rng(7).permutation(400)[:50]
    assert np.array_equal(seen[0][0], features[some])
    assert np.array_equal(seen[0][1], y[some])


def test_the_first_stage_learns_from_every_second_image_and_the_second_from_the_others(monkeypatch):
    from helpers.methods import auto_context

    taught = []

    def boosted(features, y, leaves, seed):
        taught.append((len(features), sorted(set(y.tolist())), leaves, seed))
        from sklearn.dummy import DummyClassifier

        return DummyClassifier().fit(features, y)

    monkeypatch.setattr(auto_context, "boosted", boosted)
    x = torch.rand(3, 1, 8, 8)
    y = torch.arange(3)[:, None, None].expand(3, 8, 8)
    found = learn_in_two_stages(x, y, 3, 5, seed=9)(x)
    assert taught == [(128, [0, 2], 5, 9), (64, [1], 5, 9)]
    assert found.shape == (3, 8, 8)
    assert found.eq(1).all()


def test_one_stage_names_pixels_as_its_trees_do_and_learns_from_twice_the_pixels(monkeypatch):
    from helpers.methods import auto_context

    monkeypatch.setattr(auto_context, "PIXELS", 300)
    data = simulated_nuclei(6, 32, seed=2)
    rows = np.concatenate([filter_responses(image) for image in data.x[:4].double().numpy()])
    some = np.random.default_rng(5).permutation(len(rows))[:600]
    trees = HistGradientBoostingClassifier(
        learning_rate=0.2, max_iter=40, max_leaf_nodes=7, class_weight="balanced",
        early_stopping=False, random_state=5,
    ).fit(rows[some], data.y[:4].numpy().ravel()[some])  # fmt: skip
    found = learn_in_one_stage(data.x[:4], data.y[:4], 3, 7, seed=5)(data.x[4:])
    image = filter_responses(data.x[4].double().numpy())
    assert np.array_equal(trees.predict(image), found[0].numpy().ravel())
    other = learn_in_one_stage(data.x[:4], data.y[:4].flip(0), 3, 7, seed=5)(data.x[4:])
    assert not torch.equal(other, found)


def test_smoothing_leaves_fewer_specks():
    data = simulated_nuclei(12, 32, seed=3)
    raw, soft = (
        learn_in_one_stage(data.x[:8], data.y[:8], 3, 7, smooth=by)(data.x[8:]) for by in (0, 1)
    )

    def borders(maps):
        return int((maps[:, 1:] != maps[:, :-1]).sum())

    assert borders(soft) < borders(raw)


def test_a_class_that_no_pixel_had_has_probability_zero():
    features, y = np.random.default_rng(0).random((300, 2)), np.repeat([0, 2], 150)
    guess = guessed(boosted(features, y, 5, 0), features, 3)
    assert guess.shape == (3, 300)
    assert np.allclose(guess.sum(0), 1)
    assert not guess[1].any()
