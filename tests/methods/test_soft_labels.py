"""Weighted rows give the expected cross-entropy, as torch computes it from probabilities."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from torch.nn.functional import cross_entropy

from helpers.methods.soft_labels import weighted_rows


def soft(rows=60, classes=3, seed=0):
    """Inputs and probabilities."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, 4)), torch.from_numpy(rng.dirichlet(np.ones(classes), rows))


def test_agrees_with_torch_on_probabilities():
    x, q = soft()
    scores = torch.from_numpy(x[:, :3])
    rows, labels, weights = weighted_rows(q, balanced=False, least=0)
    ours = log_loss(labels, scores.softmax(1)[rows], sample_weight=weights, labels=[0, 1, 2])
    assert ours == pytest.approx(float(cross_entropy(scores, q)), abs=1e-9)


def test_hard_labels_are_plain_training():
    x, q = soft()
    y = q.argmax(1)
    rows, labels, weights = weighted_rows(torch.nn.functional.one_hot(y), balanced=True)
    ours = LogisticRegression().fit(x[rows], labels, sample_weight=weights)
    theirs = LogisticRegression(class_weight="balanced").fit(x, y.numpy())
    assert ours.coef_ == pytest.approx(theirs.coef_, abs=1e-4)


def test_balanced_classes_weigh_the_same_and_plain_ones_do_not():
    _, q = soft()
    q = torch.cat([q, torch.tensor([[1.0, 0, 0]] * 60)])
    for balanced in (True, False):
        _, labels, weights = weighted_rows(q, balanced=balanced, least=0)
        total = np.bincount(labels, weights)
        assert weights.sum() == pytest.approx(len(q))
        assert (total.max() / total.min() < 1.001) == balanced


def test_says_what_are_no_probabilities():
    with pytest.raises(ValueError, match="each row with the sum 1"):
        weighted_rows(torch.ones(3, 2))


def test_shares_of_a_thousandth_are_left_out_and_a_class_nobody_has_does_no_harm():
    q = np.array([[0.999, 0.001, 0.0], [0.25, 0.75, 0.0], [0.998, 0.002, 0.0]])
    rows, labels, weights = weighted_rows(q, balanced=False)
    assert rows.tolist() == [0, 1, 1, 2, 2]
    assert labels.tolist() == [0, 0, 1, 0, 1]
    assert weights.tolist() == [0.999, 0.25, 0.75, 0.998, 0.002]
    _, labels, weights = weighted_rows(q)
    assert weights[labels == 0].sum() == pytest.approx(weights[labels == 1].sum())
    assert weights.sum() == pytest.approx(2.999)
    assert len(weighted_rows(q, least=0.3)[0]) == 3
    for off, fine in ((9e-5, True), (2e-4, False), (-2e-4, False)):
        near = q.copy()
        near[1, 1] += off
        if fine:
            assert len(weighted_rows(near)[0]) == 5
        else:
            with pytest.raises(ValueError, match="^weighted_rows: expected probabilities"):
                weighted_rows(near)
    with pytest.raises(ValueError, match="found .3,.$"):
        weighted_rows(np.ones(3))
