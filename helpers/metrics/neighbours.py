"""What a map keeps: neighbours, labels, distances of groups (survey 2.3; chapter 2-considerations/dimensionality-reduction)."""

from numbers import Integral

import numpy as np
import torch

from helpers.metrics.gate import inside, tables, tensor, whole


def nearest(x, k=15):
    """Row numbers of the k nearest other rows, by scikit-learn.

    Parameters
    ----------
    x : array (N, D), Euclidean distances count.
    k : int, 1 to N - 1

    Returns
    -------
    int array (N, k), nearest first

    Raises
    ------
    ValueError : if there are not k other rows.

    Examples
    --------
    >>> nearest([[0.0], [1.0], [3.0]], k=1).tolist()
    [[1], [0], [1]]
    """
    from sklearn.neighbors import NearestNeighbors

    (x,) = (table.numpy() for table in tables("nearest", x))
    if not isinstance(k, Integral) or not 1 <= k < len(x):
        raise ValueError(f"nearest(k={k!r}): expected 1 to {len(x) - 1} for {len(x)} rows")
    return NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False)


def neighbours_kept(x, z, k=15):
    """For each row, the share of its k nearest rows in x that are also among those in z.

    Parameters
    ----------
    x, z : arrays (N, D) and (N, K)
        The data, and a map of the same rows.
    k : int, 1 to N - 1

    Returns
    -------
    float array (N,), 0 to 1. A map drawn at random has about k / (N - 1).

    Examples
    --------
    >>> neighbours_kept([[0.0], [1.0], [3.0]], [[0.0], [2.0], [3.0]], k=1).tolist()
    [1.0, 0.0, 1.0]
    """
    pairs = zip(nearest(x, k), nearest(z, k), strict=True)
    return np.array([len(np.intersect1d(a, b)) / k for a, b in pairs])


def _classes(where, z, y):
    """One class number from 0 for each row of z."""
    y = whole(where, "y", tensor(where, "y", y))
    if len(y) != len(z) or not len(y):
        raise ValueError(f"{where}: expected one class a row, found {len(z)} rows and {len(y)}")
    inside(where, "y", y, None)
    return y


def vote(z, y, k=15):
    """The class that most of the k nearest *other* rows have; the lowest class wins a tie.

    Parameters
    ----------
    z : array (N, K)
    y : (N,) class numbers from 0
    k : int, 1 to N - 1

    Returns
    -------
    int array (N,)

    Examples
    --------
    >>> vote([[0.0], [1.0], [2.0], [9.0]], [1, 1, 0, 0], k=2).tolist()
    [0, 0, 1, 0]
    """
    y = _classes("vote", z, y)
    return np.array([np.bincount(y[rows]).argmax() for rows in nearest(z, k)])


def between(z, y):
    """Distances between the means of the classes.

    Parameters
    ----------
    z : array (N, K)
    y : (N,) class numbers from 0, none of them empty

    Returns
    -------
    tensor (C, C)

    Examples
    --------
    >>> between([[0.0, 0.0], [2.0, 0.0], [1.0, 4.0]], [0, 0, 1])[0, 1].item()
    4.0
    """
    z, y = torch.as_tensor(np.asarray(z)).double(), torch.from_numpy(_classes("between", z, y))
    means = torch.stack([z[y == k].mean(0) for k in range(int(y.max()) + 1)])
    return torch.cdist(means, means)
