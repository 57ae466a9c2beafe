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


def test_says_what_does_not_fit():
    with pytest.raises(ValueError, match="expected 2 hits and groups, found 2 and 1"):
        balanced_by_unit(torch.ones(2), torch.tensor([0, 1]), torch.tensor([0]))
