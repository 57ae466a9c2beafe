"""Dawid-Skene agrees with EM written with scikit-learn, and finds what was planted."""

import pytest
import torch
from sklearn.naive_bayes import CategoricalNB

from helpers.methods.dawid_skene import LEAST, dawid_skene, expectation, maximisation, replies
from helpers.methods.labelling_functions import majority
from helpers.methods.planted_votes import planted_votes

ACCURACY = [0.45, 0.6, 0.75, 0.9]


@pytest.mark.parametrize("steps", [1, 4, 12])
def test_agrees_with_em_through_naive_bayes(steps):
    votes, _ = planted_votes(ACCURACY, rows=200, seed=steps)
    said, q = torch.where(votes < 0, 3, votes).numpy(), majority(votes, 3)
    for _ in range(steps):
        model = CategoricalNB(alpha=LEAST, min_categories=4)
        model.fit(said.repeat(3, 0), [0, 1, 2] * len(said), sample_weight=q.flatten().numpy())
        q = torch.from_numpy(model.predict_proba(said))
    ours = dawid_skene(votes, 3, steps=steps, change=0)
    torch.testing.assert_close(ours.posterior(votes), q, rtol=0, atol=1e-9)


def test_e_step_agrees_with_bayes_rule_by_enumeration():
    prior = torch.tensor([0.3, 0.7], dtype=torch.float64)
    tables = torch.tensor([[[0.8, 0.1, 0.1], [0.3, 0.5, 0.2]]] * 2, dtype=torch.float64)
    q, likelihood = expectation(replies(torch.tensor([[0, -1]]), 2), prior, tables)
    joint = [0.3 * 0.8 * 0.1, 0.7 * 0.3 * 0.2]
    assert q[0].tolist() == pytest.approx([joint[0] / sum(joint), joint[1] / sum(joint)])
    assert likelihood == pytest.approx(float(torch.tensor(sum(joint)).log()), abs=1e-6)


def test_the_likelihood_rises_and_the_tables_are_found():
    votes, y = planted_votes(ACCURACY, rows=4000, seed=1)
    found = dawid_skene(votes, 3)
    assert bool((torch.tensor(found.likelihood).diff() > -1e-5).all())
    spoken = 1 - found.tables[:, :, -1].mean(1)
    accuracy = found.tables.diagonal(dim1=1, dim2=2).mean(1) / spoken
    assert accuracy.tolist() == pytest.approx(ACCURACY, abs=0.04)
    assert found.tables.sum(2).flatten().tolist() == pytest.approx([1.0] * 12)
    assert float(found.prior.sum()) == pytest.approx(1)


def test_the_m_step_needs_the_right_rows():
    votes, _ = planted_votes(ACCURACY, rows=500, seed=2)
    said, q = replies(votes, 3), majority(votes, 3)
    right, wrong = maximisation(said, q)[1], maximisation(said, q.flip(0))[1]
    assert float((right - wrong).abs().max()) > 0.2


def test_says_what_is_no_step():
    with pytest.raises(ValueError, match="expected at least one step, found 0"):
        dawid_skene(torch.tensor([[0, 1]]), 2, steps=0)


def test_it_stops_when_nothing_moves_or_after_two_hundred_steps():
    votes, _ = planted_votes([0.9, 0.7, 0.8], rows=300, classes=2, silent=0.2, seed=1)
    found, asked = dawid_skene(votes, 2), dawid_skene(votes, 2, steps=200, change=1e-6)
    assert torch.equal(found.tables, asked.tables)
    assert len(found.likelihood) == 200  # it still moves
    assert len(dawid_skene(votes, 2, steps=1).likelihood) == 1
    plain = torch.tensor([[0, 0, 0]] * 30 + [[1, 1, 1]] * 30 + [[0, 0, 1]] * 2)
    few, many = (len(dawid_skene(plain, 2, change=c).likelihood) for c in (0.5, 1e-6))
    assert few < len(dawid_skene(plain, 2).likelihood) == many < 200
    for steps in (0, -1, 2.0, "3"):
        with pytest.raises(ValueError, match="^dawid_skene: expected at least one step, found"):
            dawid_skene(votes, 2, steps=steps)
    assert LEAST == 0.01


def test_silence_is_a_reply_of_its_own_and_a_class_nobody_has_stays_possible():
    assert replies(torch.tensor([[1, -1]]), 2).tolist() == [[[0, 1, 0], [0, 0, 1]]]
    said = replies(torch.tensor([[0], [0]]), 2)
    prior, tables = maximisation(said, torch.tensor([[1.0, 0.0]] * 2).double())
    assert prior.tolist() == pytest.approx([1, 1e-12], rel=1e-3)
    assert tables[0, 0].tolist() == pytest.approx([2.01 / 2.03, 0.01 / 2.03, 0.01 / 2.03])
    assert tables[0, 1].tolist() == pytest.approx([1 / 3] * 3)
