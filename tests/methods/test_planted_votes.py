"""Planted votes have the accuracies, silences and classes that were asked for."""

import pytest
import torch

from helpers.methods.labelling_functions import coverage, vote_accuracy
from helpers.methods.planted_votes import planted_votes


def test_accuracies_and_silence_are_as_planted():
    votes, y = planted_votes([0.3, 0.6, 0.9], rows=20_000, classes=4, silent=0.25)
    assert vote_accuracy(votes, y).tolist() == pytest.approx([0.3, 0.6, 0.9], abs=0.02)
    assert coverage(votes).tolist() == pytest.approx([0.75] * 3, abs=0.02)
    assert (y.bincount() / len(y)).tolist() == pytest.approx([0.25] * 4, abs=0.02)


def test_errors_fall_on_the_other_classes_alike_and_are_independent():
    votes, y = planted_votes([0.5, 0.5], rows=30_000, classes=3, silent=0.0, seed=1)
    wrong = (votes - y[:, None]) % 3
    assert (wrong[:, 0].bincount() / len(y)).tolist() == pytest.approx([0.5, 0.25, 0.25], abs=0.02)
    both = ((wrong[:, 0] == 0) & (wrong[:, 1] == 0)).double().mean()
    assert float(both) == pytest.approx(0.25, abs=0.02)


def test_a_seed_repeats_and_another_differs():
    a, b, c = (planted_votes([0.7], rows=50, seed=seed)[0] for seed in (3, 3, 4))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
