"""The label model agrees with the triplets in closed form and with Bayes' rule by enumeration."""

import pytest
import torch

from helpers.methods.label_model import agreed, label_model, triplet_accuracies, weighed
from helpers.methods.labelling_functions import majority
from helpers.methods.planted_votes import planted_votes

HALF = torch.tensor([0.5, 0.5])


@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_triplets(seed):
    votes, _ = planted_votes([0.9, 0.7, 0.8], rows=3000, classes=2, silent=0.0, seed=seed)
    ours = label_model(votes, HALF, strength=0.0, steps=5000, change=1e-11).accuracy
    torch.testing.assert_close(ours, triplet_accuracies(votes), rtol=0, atol=1e-4)
    assert ours.tolist() == pytest.approx([0.9, 0.7, 0.8], abs=0.05)


def test_weights_agree_with_bayes_rule_by_enumeration():
    a, prior = [0.8, 0.6], [0.2, 0.3, 0.5]
    joint = [
        p * (a[0] if k == 1 else (1 - a[0]) / 2) * (a[1] if k == 2 else (1 - a[1]) / 2)
        for k, p in enumerate(prior)
    ]
    q = weighed(
        torch.tensor([[1, 2]]), torch.tensor(a).double(), torch.tensor(prior, dtype=torch.float64)
    )
    assert q[0].tolist() == pytest.approx([j / sum(joint) for j in joint], abs=1e-6)


def test_silence_says_nothing():
    even = torch.full((3,), 1 / 3, dtype=torch.float64)
    q = weighed(torch.tensor([[-1, -1]]), torch.tensor([0.9, 0.8]).double(), even)
    assert q[0].tolist() == pytest.approx([1 / 3] * 3)


def test_the_belief_holds_where_votes_are_few():
    votes = torch.tensor([[0, 0, 1]] * 5)
    q = majority(votes, 2)
    weak, strong = (agreed(votes, q, strength, 0.7) for strength in (0.1, 1e6))
    assert float(weak[2]) < 0.1
    assert strong.tolist() == pytest.approx([0.7] * 3, abs=1e-3)


def test_one_class_rules_collapse_without_a_belief():
    draws = torch.Generator().manual_seed(0)
    y = (torch.rand(2000, generator=draws) < 0.35).long()
    fires = torch.rand((2000, 4), generator=draws) < torch.where(
        (y[:, None] == 0) == torch.tensor([True, True, True, False]), 0.6, 0.25
    )
    votes = torch.where(fires, torch.tensor([0, 0, 0, 1]), -1)
    free = label_model(votes, HALF, strength=1e-6).accuracy
    held = label_model(votes, HALF, strength=5000.0).accuracy
    assert float(free[3]) < 0.05
    assert float(held[3]) > 0.5


def test_says_what_is_wrong():
    with pytest.raises(ValueError, match="expected shares above 0 with the sum 1"):
        label_model(torch.tensor([[0, 1]]), [0.5, 0.6])
    with pytest.raises(ValueError, match="expected three voters of two classes, none silent"):
        triplet_accuracies(torch.tensor([[0, 1, -1]]))
    with pytest.raises(ValueError, match="expected voters that agree more often than by chance"):
        triplet_accuracies(torch.tensor([[0, 1, 0], [1, 0, 1]]))


def test_a_hundred_votes_at_seven_tenths_and_two_hundred_rounds_if_nothing_is_said():
    votes, _ = planted_votes([0.9, 0.7, 0.8], rows=400, classes=2, silent=0.2, seed=1)
    found = label_model(votes, HALF)
    asked = label_model(votes, HALF, strength=100.0, believed=0.7, steps=200, change=1e-6)
    assert torch.equal(found.accuracy, asked.accuracy)
    for other in ({"strength": 101.0}, {"believed": 0.71}, {"steps": 1}, {"change": 0.1}):
        assert not torch.equal(label_model(votes, HALF, **other).accuracy, found.accuracy)
    slow = {"strength": 0.0, "change": 0.0}
    rounds = [label_model(votes, HALF, **slow, **more).accuracy for more in ({}, {"steps": 200})]
    assert torch.equal(*rounds)


def test_one_round_is_bayes_rule_and_a_weighted_count():
    votes = torch.tensor([[0, 1, -1], [1, 1, 0], [0, -1, 0]])
    q = majority(votes, 2)
    said = [[0, 1], [1, 1, 0], [0, 0]]
    assert said[1] == votes[1].tolist()
    right = [float(q[0, 0] + q[1, 1] + q[2, 0]), float(q[0, 1] + q[1, 1]), float(q[1, 0] + q[2, 0])]
    count = [3, 2, 2]
    expected = [(r + 5 * 0.6) / (c + 5) for r, c in zip(right, count)]
    assert agreed(votes, q, 5, 0.6).tolist() == pytest.approx(expected)
    silent = torch.full((3, 3), -1)
    assert agreed(silent, majority(silent, 2), 0.0, 0.6).tolist() == [0, 0, 0]


def test_a_voter_that_is_never_wrong_leaves_a_finite_posterior():
    even = torch.tensor([0.5, 0.5], dtype=torch.float64)
    q = weighed(torch.tensor([[0, 1], [1, 1]]), torch.tensor([1.0, 0.0]).double(), even)
    assert q.isfinite().all()
    assert q[0].tolist() == pytest.approx([1, 0], abs=1e-9)
    one = weighed(torch.tensor([[0]]), torch.tensor([1.0]).double(), even)
    assert 1 - float(one[0, 0]) == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize(
    "prior", [[0.5, 0.5002], [0.5, 0.4998], [1.0, 0.0], [1.5, -0.5], [[0.5, 0.5]]]
)
def test_shares_of_classes_sum_to_one_and_none_is_nought(prior):
    with pytest.raises(ValueError, match="^label_model: expected shares above 0 with the sum 1"):
        label_model(torch.tensor([[0, 1]]), prior)
    assert label_model(torch.tensor([[0, 1]]), [0.5, 0.50005]).prior.dtype == torch.float64


def test_triplets_are_exact_for_counts_that_are():
    """Eight rows in which each pair agrees three times in four: the products are one half."""
    votes = torch.tensor([[0, 0, 0]] * 5 + [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert triplet_accuracies(votes).tolist() == pytest.approx([(1 + 0.5**0.5) / 2] * 3)
    uneven = torch.tensor([[0, 0, 0]] * 8 + [[0, 0, 1]] * 2 + [[0, 1, 0]])
    c01, c02, c12 = 9 / 11, 7 / 11, 5 / 11
    wanted = [c01 * c02 / c12, c01 * c12 / c02, c02 * c12 / c01]
    found = triplet_accuracies(uneven)
    assert found.tolist() == pytest.approx([(1 + min(w, 1) ** 0.5) / 2 for w in wanted])
    for bad in (uneven[:, :2], torch.cat([uneven, uneven[:, :1]], 1)):
        with pytest.raises(ValueError, match="expected three voters of two classes"):
            triplet_accuracies(bad)
