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
    """Name the two marked signs of a sequence in their order (after Hochreiter and Schmidhuber 1997, task 6a).

    Harder than theirs in one respect: signs without a mark are to be ignored, so that one weight
    for each letter and place cannot do it.

    Parameters
    ----------
    count, length : int N and T, T of at least 12
    seed : int

    Returns
    -------
    x : tensor (N, T, 6)
        One-hot: signs X and Y, the mark, three letters without meaning. Two marks stand in the
        first half, each directly before a sign; everything else is drawn from signs and letters.
    y : int64 tensor (N,)
        0 to 3 for XX, XY, YX, YY.

    Examples
    --------
    >>> x, y = order(4, 20)
    >>> x[:, :, 2].sum(1).tolist()
    [2.0, 2.0, 2.0, 2.0]
    """
    draws = torch.Generator().manual_seed(seed)
    letters = torch.tensor([0, 1, 3, 4, 5])[torch.randint(5, (count, length), generator=draws)]
    pairs = torch.rand(count, length // 4, generator=draws).topk(2).indices.sort(1).values
    signs = torch.randint(2, (count, 2), generator=draws)
    x = letters.scatter(1, 2 * pairs, 2).scatter(1, 2 * pairs + 1, signs)
    return F.one_hot(x, 6).float(), 2 * signs[:, 0] + signs[:, 1]
