"""Planted votes have the accuracies, silences and classes that were asked for."""

import pytest
import torch

from helpers.ground.random import generator
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


def test_two_thousand_rows_of_three_classes_and_a_third_silent_if_nothing_is_said():
    votes, y = planted_votes([0.9, 0.6])
    assert (votes.shape, set(y.tolist())) == ((2000, 2), {0, 1, 2})
    assert float((votes < 0).double().mean()) == pytest.approx(0.3, abs=0.03)
    asked = planted_votes([0.9, 0.6], rows=2000, classes=3, silent=0.3, seed=0)
    assert torch.equal(votes, asked[0])
    assert torch.equal(y, asked[1])
    draws = generator(4)
    truth = torch.randint(4, (50,), generator=draws)
    right = torch.rand((50, 2), generator=draws) < torch.tensor([0.9, 0.6])
    other = (truth[:, None] + torch.randint(1, 4, (50, 2), generator=draws)) % 4
    silent = torch.rand((50, 2), generator=draws) < 0.1
    wanted = torch.where(right, truth[:, None], other).masked_fill(silent, -1)
    votes, y = planted_votes([0.9, 0.6], rows=50, classes=4, silent=0.1, seed=4)
    assert torch.equal(votes, wanted)
    assert torch.equal(y, truth)
