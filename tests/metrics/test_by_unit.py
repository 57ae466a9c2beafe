"""The mean over units is scikit-learn's balanced accuracy."""

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score

from helpers.metrics.by_unit import balanced_by_unit


@pytest.mark.parametrize("seed", range(3))
def test_mean_agrees_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    y, guess = rng.choice(4, 200, p=[0.6, 0.2, 0.15, 0.05]), rng.integers(4, size=200)
    groups = torch.from_numpy(rng.integers(40, size=200))
    found = balanced_by_unit(torch.from_numpy(guess == y), torch.from_numpy(y), groups)
    assert len(found) == len(groups.unique())
    assert float(found.mean()) == pytest.approx(balanced_accuracy_score(y, guess))
    assert float(found.mean()) != pytest.approx((guess == y).mean())


def test_a_class_that_does_not_occur_does_not_count():
    y = torch.tensor([0, 2, 2])
    assert float(balanced_by_unit(torch.ones(3), y, torch.arange(3)).mean()) == pytest.approx(1)


@pytest.mark.parametrize(("hits", "rows", "groups"), [(2, 2, 1), (3, 2, 2), (1, 2, 1)])
def test_says_what_does_not_fit(hits, rows, groups):
    sentence = f"expected {rows} hits and groups, found {hits} and {groups}"
    with pytest.raises(ValueError, match=sentence):
        balanced_by_unit(torch.ones(hits), torch.arange(rows), torch.arange(groups))
