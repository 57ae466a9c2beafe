"""Two simulated tasks that ask for something seen long ago (survey 4.5.4; chapter 4-models/recurrent-networks)."""

import torch
from torch.nn import functional as F


def adding(count, length, *, seed=0):
    """Add the two numbers that are marked (after Hochreiter and Schmidhuber 1997, task 4).

    Parameters
    ----------
    count, length : int N and T
    seed : int

    Returns
    -------
    x : tensor (N, T, 2)
        Numbers drawn from 0..1, and a mark, 1 at one step of each half and 0 elsewhere.
    y : tensor (N, 1)
        The sum of the two, whose variance is one sixth.

    Examples
    --------
    >>> x, y = adding(3, 10)
    >>> bool(torch.allclose((x[..., 0] * x[..., 1]).sum(1, keepdim=True), y))
    True
    """
    draws = torch.Generator().manual_seed(seed)
    numbers = torch.rand(count, length, generator=draws)
    early = torch.randint(0, length // 2, (count, 1), generator=draws)
    late = torch.randint(length // 2, length, (count, 1), generator=draws)
    marks = torch.zeros(count, length).scatter(1, early, 1.0).scatter(1, late, 1.0)
    return torch.stack([numbers, marks], 2), (numbers * marks).sum(1, keepdim=True)


def order(count, length, *, seed=0):
    """Name the two signs of a sequence in their order (after Hochreiter and Schmidhuber 1997, task 6a).

    Parameters
    ----------
    count, length : int N and T
    seed : int

    Returns
    -------
    x : tensor (N, T, 6)
        One-hot: sign X, sign Y, and four letters without meaning. The two signs stand anywhere in
        the first half; the second half is letters.
    y : int64 tensor (N,)
        0 to 3 for XX, XY, YX, YY.

    Examples
    --------
    >>> x, y = order(4, 20)
    >>> x[:, :, :2].sum((1, 2)).tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    draws = torch.Generator().manual_seed(seed)
    letters = torch.randint(2, 6, (count, length), generator=draws)
    places = torch.rand(count, length // 2, generator=draws).topk(2).indices.sort(1).values
    first, second = torch.randint(2, (2, count, 1), generator=draws)
    x = letters.scatter(1, places, torch.cat([first, second], 1))
    return F.one_hot(x, 6).float(), (2 * first + second)[:, 0]
