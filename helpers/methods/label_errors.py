"""Which labels are probably wrong: confident learning (survey 9; chapter 9-practice/explore-data).

Northcutt, Jiang and Chuang 2021, Confident learning: estimating uncertainty in dataset labels,
Journal of Artificial Intelligence Research 70, section 3.
"""

import torch

from helpers.metrics.gate import are_probabilities, class_numbers


def thresholds(p, y):
    """How sure a model is, on average, of the class that a row is labelled with.

    Parameters
    ----------
    p : Tensor (N, K), float
        Probabilities of the K classes, each row predicted by a model that has not seen it.
    y : Tensor (N,), int64
        The labels as given, 0..K-1, every class at least once.

    Returns
    -------
    Tensor (K,) : t_k, the mean of p_k over the rows labelled k (equation 2).

    Raises
    ------
    ValueError : for shapes that do not fit, labels outside 0..K-1, or a class without a row.

    Examples
    --------
    >>> p = torch.tensor([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]])
    >>> thresholds(p, torch.tensor([0, 0, 1]))
    tensor([0.8000, 0.8000])
    """
    y = _fit(p, y)
    return torch.stack([p[y == k, k].mean() for k in range(p.shape[1])])


def confident_class(p, y):
    """The class that a row confidently belongs to, or -1 where none passes its threshold.

    Parameters
    ----------
    p, y : as in `thresholds`.

    Returns
    -------
    Tensor (N,), int64 : among the classes with p_k >= t_k the one with the largest p_k.

    Raises
    ------
    ValueError : as in `thresholds`.
    """
    above = p >= thresholds(p, y) - 1e-6  # a class whose rows are all alike passes its own mean
    sure = p.masked_fill(~above, -1.0)
    return torch.where(above.any(1), sure.argmax(1), -1)


def confident_joint(p, y):
    """Count rows by the label they carry and the class they confidently belong to.

    Parameters
    ----------
    p, y : as in `thresholds`.

    Returns
    -------
    Tensor (K, K), int64 : row the label, column the class (equation 1); rows of the data that
    pass no threshold are not counted.

    Raises
    ------
    ValueError : as in `thresholds`.

    Examples
    --------
    >>> p = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.05, 0.95]])
    >>> confident_joint(p, torch.tensor([0, 0, 0, 1]))
    tensor([[2, 0],
            [0, 1]])
    """
    found, classes, y = confident_class(p, y), p.shape[1], _fit(p, y)
    sure = found >= 0
    return (y[sure] * classes + found[sure]).bincount(minlength=classes**2).view(classes, classes)


def suspects(p, y):
    """Rows that confidently belong to another class than the one they are labelled with.

    Parameters
    ----------
    p, y : as in `thresholds`.

    Returns
    -------
    Tensor (N,), bool.

    Raises
    ------
    ValueError : as in `thresholds`.
    """
    found, y = confident_class(p, y), _fit(p, y)
    return (found >= 0) & (found != y)


def _fit(p, y):
    """The labels as int64; refuses what is no table of probabilities with a label a row."""
    _, labels = class_numbers("confident learning", p, y)
    if not torch.is_tensor(p) or p.ndim != 2 or not are_probabilities(p):
        raise ValueError(
            "confident learning: expected probabilities (N, K), each row with the sum 1, found "
            f"{tuple(p.shape) if torch.is_tensor(p) else type(p).__name__} that are not"
        )
    empty = sorted(set(range(p.shape[1])) - set(labels.tolist()))
    if empty:
        raise ValueError(
            f"confident learning: expected a row with every label, found none with {empty[0]}"
        )
    return torch.from_numpy(labels)
