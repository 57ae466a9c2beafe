"""A balanced accuracy as a mean over units, so that units can be resampled (survey 9; chapter 5-methods/weak-supervision)."""

import torch


def balanced_by_unit(hit, y, groups):
    """One number a unit whose mean over the units is the balanced accuracy.

    A row of class k counts 1 / (K n_k), where n_k rows have the class and K classes occur; a unit has the
    sum over its rows, times the number of units. A single unit may exceed 1.

    Parameters
    ----------
    hit : Tensor (N,), 1 where a row is right, or a share of draws in which it is
    y : Tensor (N,), int64, the true classes
    groups : Tensor (N,), int64, the unit of each row

    Returns
    -------
    Tensor (G,), float64, in the order of the groups.

    Raises
    ------
    ValueError : if lengths differ.

    Examples
    --------
    >>> y, groups = torch.tensor([0, 0, 0, 1]), torch.tensor([5, 5, 6, 6])
    >>> balanced_by_unit(torch.tensor([1, 1, 1, 0]), y, groups).mean()
    tensor(0.5000, dtype=torch.float64)
    """
    if not len(hit) == len(y) == len(groups):
        raise ValueError(
            f"balanced_by_unit: expected {len(y)} hits and groups, found {len(hit)} and {len(groups)}"
        )
    counts = y.bincount().double()
    weight = 1 / ((counts > 0).sum() * counts[y])
    units, place = groups.unique(return_inverse=True)
    sums = torch.zeros(len(units), dtype=torch.float64).index_add_(0, place, weight * hit.double())
    return sums * len(units)
