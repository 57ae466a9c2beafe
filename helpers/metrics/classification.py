"""Scores of a classifier, counted by scikit-learn (survey 4.1 and 9; chapter 4-models/supervised-learning).

Tensors of any device go in, 0-d float64 tensors on the CPU come out. What cannot be scored is
refused in one sentence (`helpers.metrics.gate`).
"""

import numpy as np
import torch
from sklearn import metrics

from helpers.metrics.gate import as_score, binary_scores, class_numbers, number_of_classes


def accuracy(prediction, target, *, ignore=None):
    """Share of examples that are right.

    Parameters
    ----------
    prediction : tensor (N, K, ...) of scores, or (N, ...) of class numbers
    target : tensor (N, ...) of class numbers
    ignore : int, optional
        Examples with this target, such as -100 or 255, do not count.

    Raises
    ------
    ValueError : for other shapes, numbers that are not whole, NaN, or a class out of range.

    Examples
    --------
    >>> float(accuracy(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 1, 1, 0])))
    0.75
    """
    guess, true = class_numbers("accuracy", prediction, target, ignore=ignore)
    return as_score(metrics.accuracy_score(true, guess))


def balanced_accuracy(prediction, target, *, ignore=None):
    """Mean over the classes in `target` of the share that is right in that class.

    Parameters
    ----------
    prediction, target, ignore
        As in `accuracy`.

    Examples
    --------
    Nine of ten right, but a whole class missed:

    >>> target = torch.tensor([0] * 9 + [1])
    >>> float(balanced_accuracy(torch.zeros(10, dtype=torch.long), target))
    0.5
    """
    guess, true = class_numbers("balanced_accuracy", prediction, target, ignore=ignore)
    return as_score(metrics.recall_score(true, guess, labels=np.unique(true), average="macro"))


def confusion_matrix(prediction, target, classes, *, ignore=None):
    """Counts (K, K): row the true class, column the predicted one.

    Parameters
    ----------
    prediction, target, ignore
        As in `accuracy`.
    classes : int, K

    Returns
    -------
    int64 tensor (K, K)

    Examples
    --------
    >>> confusion_matrix(torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    number_of_classes("confusion_matrix", classes)
    guess, true = class_numbers(
        "confusion_matrix", prediction, target, classes=classes, ignore=ignore
    )
    return torch.from_numpy(metrics.confusion_matrix(true, guess, labels=range(classes)))


def roc_auc(score, target, *, ignore=None):
    """Probability that a positive example scores above a negative one; ties count half.

    Parameters
    ----------
    score : tensor (N,), or (N, 2): scores, log-odds or probabilities of the classes 0 and 1
    target : tensor (N,) of 0 and 1
    ignore : int, optional
        As in `accuracy`.

    Raises
    ------
    ValueError : for other shapes, NaN, other classes, or if one of the two is missing.

    Examples
    --------
    >>> float(roc_auc(torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([0, 0, 1, 1])))
    0.75
    """
    score, true = binary_scores("roc_auc", score, target, ignore=ignore)
    return as_score(metrics.roc_auc_score(true, score))
