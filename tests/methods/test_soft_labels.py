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
