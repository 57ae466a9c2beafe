"""Confident learning agrees with cleanlab and with counting by hand."""

import numpy as np
import pytest
import torch
from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues

from helpers.methods.label_errors import confident_class, confident_joint, suspects, thresholds


def draws(rows=300, classes=2, wrong=30, seed=0):
    """Labels, some exchanged, and probabilities that lean to the true class."""
    rng = np.random.default_rng(seed)
    true = rng.integers(classes, size=rows)
    scores = rng.normal(size=(rows, classes)) + 3 * np.eye(classes)[true]
    p = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    given = true.copy()
    given[:wrong] = (given[:wrong] + 1) % classes
    return torch.from_numpy(p), torch.from_numpy(given), wrong


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_cleanlab(seed):
    p, y, _ = draws(seed=seed)
    theirs = compute_confident_joint(y.numpy(), p.numpy(), calibrate=False)
    assert confident_joint(p, y).tolist() == theirs.tolist()
    found = find_label_issues(y.numpy(), p.numpy(), filter_by="confident_learning")
    assert suspects(p, y).tolist() == found.tolist()


def test_agrees_with_counting_row_by_row():
    p, y, _ = draws(classes=4, seed=7)
    mean = [np.mean([p[n, k] for n in range(len(y)) if y[n] == k]) for k in range(4)]
    assert thresholds(p, y).tolist() == pytest.approx(mean)
    count = np.zeros((4, 4), int)
    for row, label in zip(p.tolist(), y.tolist(), strict=True):
        above = [k for k in range(4) if row[k] >= mean[k]]
        if above:
            count[label, max(above, key=lambda k: row[k])] += 1
    assert confident_joint(p, y).tolist() == count.tolist()


def test_finds_planted_labels_and_few_others():
    p, y, wrong = draws(rows=2000, wrong=200)
    found = suspects(p, y)
    assert found[:wrong].float().mean() > 0.6
    assert found[wrong:].float().mean() < 0.05
    clean, truth, _ = draws(rows=2000, wrong=0)
    assert suspects(clean, truth).float().mean() < 0.05


def test_a_row_that_passes_no_threshold_belongs_to_no_class():
    p = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.5, 0.5]])
    y = torch.tensor([0, 0, 1, 1, 1])
    assert confident_class(p, y).tolist() == [0, 0, 1, 1, -1]
    assert confident_joint(p, y).sum() == 4


@pytest.mark.parametrize(
    ("p", "y", "sentence"),
    [
        ([[0.5, 0.6], [0.5, 0.5]], [0, 1], "each row with the sum 1"),
        ([[0.5, 0.5], [0.5, 0.5]], [0, 0], "a row with every label, found none with 1"),
        ([[0.5, 0.5], [0.5, 0.5]], [0, 2], "confident learning: "),
        ([[0.5, 0.5]], [0, 1], "confident learning: "),
    ],
)
def test_refuses(p, y, sentence):
    for ask in (thresholds, confident_joint, suspects):
        with pytest.raises(ValueError, match=sentence):
            ask(torch.tensor(p), torch.tensor(y))
