"""Votes: majority agrees with snorkel and cleanlab, shares agree with counting by hand."""

import numpy as np
import pytest
import torch
from cleanlab.multiannotator import get_majority_vote_label

from helpers.ground.random import generator
from helpers.methods.labelling_functions import (
    as_votes,
    conflict,
    counted,
    coverage,
    decide,
    majority,
    overlap,
    vote_accuracy,
    votes_of,
)

VOTES = torch.tensor(
    [[2, 1, 2, 0], [2, 1, 2, 1], [2, 1, -1, 1], [0, 0, -1, 0], [2, 0, 0, -1], [1, -1, 0, -1]]
)
# snorkel 0.10.0, MajorityLabelVoter(cardinality=3).predict_proba, run once in a scratch environment
SNORKEL = [[0, 0, 1], [0, 0.5, 0.5], [0, 1, 0], [1, 0, 0], [1, 0, 0], [0.5, 0.5, 0]]


def random_votes(seed, rows=200, voters=5, classes=3):
    """Votes of which three in ten are withheld."""
    rng = np.random.default_rng(seed)
    votes = rng.integers(classes, size=(rows, voters))
    votes[rng.random(votes.shape) < 0.3] = -1
    return torch.from_numpy(votes)


def test_majority_agrees_with_snorkel():
    assert majority(VOTES, 3).tolist() == SNORKEL


@pytest.mark.parametrize("seed", range(3))
def test_majority_agrees_with_cleanlab_where_no_tie_is(seed):
    votes = random_votes(seed)
    clear = majority(votes, 3).amax(1) == 1
    told = votes[clear].double().where(votes[clear] >= 0, torch.nan)
    theirs = get_majority_vote_label(told.numpy())
    assert majority(votes, 3)[clear].argmax(1).tolist() == theirs.tolist()


def test_shares_agree_with_counting_row_by_row():
    votes = random_votes(7).tolist()
    n = len(votes)
    for j in range(5):
        given = [row for row in votes if row[j] >= 0]
        others = [[v for k, v in enumerate(row) if k != j and v >= 0] for row in given]
        differ = [any(v != row[j] for v in o) for row, o in zip(given, others, strict=True)]
        table = torch.tensor(votes)
        assert float(coverage(table)[j]) == pytest.approx(len(given) / n)
        assert float(overlap(table)[j]) == pytest.approx(sum(map(bool, others)) / n)
        assert float(conflict(table)[j]) == pytest.approx(sum(differ) / n)


def test_accuracy_counts_only_votes_given():
    y = torch.tensor([0, 1, 1])
    votes = torch.tensor([[0, -1], [0, -1], [-1, -1]])
    found = vote_accuracy(votes, y)
    assert float(found[0]) == 0.5
    assert bool(found[1].isnan())


def test_ties_are_broken_by_lot_and_certain_rows_are_not():
    p = torch.full((1000, 2), 0.5)
    assert 400 < int(decide(p).sum()) < 600
    assert decide(p, 0).tolist() == decide(p, 0).tolist()
    assert decide(p, 0).tolist() != decide(p, 1).tolist()
    assert bool((decide(torch.tensor([[0.6, 0.4]] * 50)) == 0).all())


def test_functions_vote_in_their_order():
    rules = [lambda x: 0 if x > 1 else -1, lambda x: 1]
    assert votes_of(rules, [0, 2]).tolist() == [[-1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("votes", "says"),
    [
        (torch.zeros(3, 2), "expected votes as whole numbers"),
        (torch.zeros(3, dtype=torch.int64), "expected votes as whole numbers"),
        (torch.tensor([[3]]), "expected votes from -1 to 2, found 3 to 3"),
        (torch.tensor([[-2]]), "expected votes from -1 to 2, found -2 to -2"),
    ],
)
def test_says_what_no_votes_are(votes, says):
    with pytest.raises(ValueError, match=says):
        as_votes("here", votes, 3)


def test_says_how_many_classes_are_missing():
    with pytest.raises(ValueError, match="expected 2 true classes, found 1"):
        vote_accuracy(torch.tensor([[0], [1]]), torch.tensor([0]))
    with pytest.raises(ValueError, match="found 0 to 2"):
        counted(torch.tensor([[0, 2]]), 2)


def test_seed_nought_if_nothing_is_said_and_lots_are_far_below_what_was_said():
    p = torch.full((200, 3), 1 / 3)
    assert torch.equal(decide(p), decide(p, seed=0))
    assert not torch.equal(decide(p), decide(p, seed=1))
    assert decide(p).bincount().min() > 40
    close = torch.tensor([[0.5, 0.5 + 2e-6]], dtype=torch.float64).expand(50, 2)
    assert decide(close).eq(1).all()
    lot = torch.rand((200, 3), generator=generator(4), dtype=torch.float64)
    assert torch.equal(decide(p, 4), lot.argmax(1))


@pytest.mark.parametrize(
    "votes",
    [
        torch.tensor([0, 1]),
        torch.zeros(2, 2),
        torch.zeros(2, 0).long(),
        torch.ones(2, 2).bool(),
        [[0]],
    ],
)
def test_votes_are_a_table_of_whole_numbers(votes):
    for name, score in (("coverage", coverage), ("overlap", overlap), ("conflict", conflict)):
        with pytest.raises(ValueError, match=f"^{name}: expected votes as whole numbers"):
            score(votes)
    with pytest.raises(ValueError, match="^vote_accuracy: expected votes"):
        vote_accuracy(votes, torch.zeros(2))
    with pytest.raises(
        ValueError, match=r"^coverage: expected votes from -1 to K - 1, found -2 to 5$"
    ):
        coverage(torch.tensor([[-2, 5]]))
    with pytest.raises(ValueError, match=r"^counted: expected votes from -1 to 1, found 0 to 2$"):
        counted(torch.tensor([[0, 2]]), 2)
    assert as_votes("f", torch.tensor([[1]], dtype=torch.uint8), 2).dtype == torch.int64
