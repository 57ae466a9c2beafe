"""Votes whose accuracies are known, simulated (survey 5.4; chapter 5-methods/weak-supervision)."""

import torch

from helpers.ground.random import generator


def planted_votes(accuracy, rows=2000, classes=3, silent=0.3, seed=0):
    """Draw votes from the model of independent voters.

    Parameters
    ----------
    accuracy : list of J floats, 0..1
        A voter's share of right votes; a wrong one falls on the other classes alike.
    rows, classes : int
        Classes are equally frequent.
    silent : float, 0..1, the share of votes that are withheld, by lot
    seed : int

    Returns
    -------
    votes : Tensor (N, J), int64, -1 where withheld
    y : Tensor (N,), int64

    Examples
    --------
    >>> votes, y = planted_votes([1.0, 0.0], silent=0.0)
    >>> bool((votes[:, 0] == y).all()), bool((votes[:, 1] == y).any())
    (True, False)
    """
    draws, shape = generator(seed), (rows, len(accuracy))
    y = torch.randint(classes, (rows,), generator=draws)
    right = torch.rand(shape, generator=draws) < torch.tensor(accuracy)
    other = (y[:, None] + torch.randint(1, classes, shape, generator=draws)) % classes
    votes = torch.where(right, y[:, None], other)
    withheld = torch.rand(shape, generator=draws) < silent
    return votes.masked_fill(withheld, -1), y
