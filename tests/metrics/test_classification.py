import pytest
import torch
from sklearn import metrics

from helpers.metrics.classification import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    expected_calibration_error,
    roc_auc,
)


def case(classes=4, n=60):
    g = torch.Generator().manual_seed(0)
    target = torch.randint(0, classes, (n,), generator=g)
    scores = torch.randn(n, classes, generator=g).round(decimals=1)
    scores[torch.arange(n), target] += 1
    return scores, target


def test_scores_agree_with_scikit_learn():
    scores, target = case()
    guess = scores.argmax(1)
    assert float(accuracy(scores, target)) == pytest.approx(metrics.accuracy_score(target, guess))
    expected = metrics.balanced_accuracy_score(target, guess)
    assert float(balanced_accuracy(scores, target)) == pytest.approx(expected)
    assert float(accuracy(scores, target)) != pytest.approx(expected, abs=1e-4)
    expected = metrics.confusion_matrix(target, guess)
    assert (confusion_matrix(scores, target, 4).numpy() == expected).all()


def test_roc_auc_agrees_with_scikit_learn_ties_included():
    scores, target = case(classes=2)
    expected = metrics.roc_auc_score(target, scores[:, 1])
    assert float(roc_auc(scores[:, 1], target)) == pytest.approx(expected)
    assert float(roc_auc(-scores[:, 1], target)) == pytest.approx(1 - expected)


def test_one_class_has_no_auc():
    with pytest.raises(ValueError, match=r"expected both classes 0 and 1 in target, found \[1.0\]"):
        roc_auc(torch.rand(3), torch.ones(3))


def test_calibration_error_agrees_with_torchmetrics():
    from torchmetrics.functional import calibration_error

    scores, target = case()
    for p in (scores.softmax(1), (3 * scores).softmax(1)):
        theirs = calibration_error(p, target, task="multiclass", num_classes=4, n_bins=10)
        assert float(expected_calibration_error(p, target, bins=10)) == pytest.approx(
            float(theirs), abs=1e-6
        )
        assert float(expected_calibration_error(p, target, bins=2)) < float(theirs)


def test_scores_are_not_probabilities():
    scores, target = case()
    with pytest.raises(ValueError, match="probabilities that sum to one, found a first row"):
        expected_calibration_error(scores, target)
