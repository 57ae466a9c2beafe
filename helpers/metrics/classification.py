"""Scores of a classifier (survey 4.1 and 9; chapter 4-models/supervised-learning)."""

import torch


def labels_of(prediction):
    """Class numbers (N,) from scores (N, K), or unchanged if they are class numbers already."""
    return prediction.argmax(1) if prediction.ndim == 2 else prediction


def accuracy(prediction, target):
    """Share of examples that are right.

    Parameters
    ----------
    prediction : tensor (N, K) of scores, or (N,) of class numbers
    target : tensor (N,) of class numbers

    Examples
    --------
    >>> float(accuracy(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 1, 1, 0])))
    0.75
    """
    return (labels_of(prediction) == target).float().mean()


def balanced_accuracy(prediction, target):
    """Mean over the classes in `target` of the share that is right in that class.

    Examples
    --------
    Nine of ten right, but a whole class missed:

    >>> target = torch.tensor([0] * 9 + [1])
    >>> float(balanced_accuracy(torch.zeros(10, dtype=torch.long), target))
    0.5
    """
    right = (labels_of(prediction) == target).float()
    return torch.stack([right[target == k].mean() for k in target.unique()]).mean()


def confusion_matrix(prediction, target, classes):
    """Counts (K, K): row the true class, column the predicted one.

    Examples
    --------
    >>> confusion_matrix(torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    pairs = target * classes + labels_of(prediction)
    return torch.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def roc_auc(score, target):
    """Probability that a positive example scores above a negative one; ties count half.

    Parameters
    ----------
    score : tensor (N,)
    target : tensor (N,) of 0 and 1

    Raises
    ------
    ValueError
        If one of the two classes is missing.

    Examples
    --------
    >>> float(roc_auc(torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([0, 0, 1, 1])))
    0.75
    """
    positive, negative = score[target == 1], score[target == 0]
    if not len(positive) or not len(negative):
        raise ValueError(
            f"roc_auc(): expected both classes 0 and 1 in target, found {target.unique().tolist()}"
        )
    gap = positive[:, None] - negative[None, :]
    return (gap > 0).float().mean() + 0.5 * (gap == 0).float().mean()


def expected_calibration_error(probability, target, *, bins=10):
    """Mean gap between confidence and accuracy over bins of confidence (Guo et al. 2017, eq. 3).

    Parameters
    ----------
    probability : tensor (N, K), rows in 0..1 that sum to one
    target : tensor (N,) of class numbers
    bins : int >= 1
        Equally wide bins of the largest probability; each is weighted by its examples.

    Raises
    ------
    ValueError
        If the rows are scores and not probabilities.

    Examples
    --------
    Always 75 % sure and right half of the time:

    >>> sure = torch.tensor([[0.75, 0.25]] * 4)
    >>> float(expected_calibration_error(sure, torch.tensor([0, 0, 1, 1])))
    0.25
    """
    if probability.min() < 0 or (probability.sum(1) - 1).abs().max() > 1e-3:
        raise ValueError(
            "expected_calibration_error(): expected rows of probabilities that sum to one, "
            f"found a first row {probability[0].tolist()}; take softmax(1) of scores first"
        )
    confidence, guess = probability.max(1)
    gap = (guess == target).double() - confidence.double()
    rows = (confidence * bins).ceil().long().clamp(1, bins) - 1
    return torch.zeros(bins, dtype=torch.float64).index_add(0, rows, gap).abs().sum() / len(target)
