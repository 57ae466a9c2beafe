"""Rules of thumb that vote or abstain, and the majority of their votes (survey 5.4; chapter 5-methods/weak-supervision).

Ratner et al. 2017, Snorkel: rapid training data creation with weak supervision, section 2
(survey reference 188). N examples, J voters, K classes; a vote is 0..K-1, and -1 abstains.
"""

import torch

from helpers.ground.random import generator

ABSTAIN = -1


def votes_of(functions, examples):
    """Let every labelling function vote on every example.

    Parameters
    ----------
    functions : list of J callables, example -> class number 0..K-1, or -1 to abstain
    examples : sequence of N

    Returns
    -------
    Tensor (N, J), int64.

    Examples
    --------
    >>> rules = [lambda text: 1 if "not" in text else -1, lambda text: 0]
    >>> votes_of(rules, ["it binds", "it does not"]).tolist()
    [[-1, 0], [1, 0]]
    """
    return torch.tensor([[rule(example) for rule in functions] for example in examples])


def as_votes(where, votes, classes=None):
    """Votes as int64, or a sentence about what they are instead.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    votes : Tensor (N, J) of whole numbers
    classes : int or None
        The largest vote allowed is one less.

    Raises
    ------
    ValueError : for another shape, fractions, or votes outside -1..K-1.
    """
    whole = torch.is_tensor(votes) and not votes.is_floating_point() and votes.dtype != torch.bool
    if not whole or votes.ndim != 2 or not votes.numel():
        found = f"{tuple(votes.shape)} of {votes.dtype}" if torch.is_tensor(votes) else type(votes)
        raise ValueError(f"{where}: expected votes as whole numbers (N, J), found {found}")
    low, high = int(votes.min()), int(votes.max())
    if low < ABSTAIN or (classes is not None and high >= classes):
        last = "K - 1" if classes is None else classes - 1
        raise ValueError(f"{where}: expected votes from -1 to {last}, found {low} to {high}")
    return votes.long()


def counted(votes, classes):
    """How many voters name each class.

    Parameters
    ----------
    votes : Tensor (N, J), int64
    classes : int, K

    Returns
    -------
    Tensor (N, K), float64.

    Examples
    --------
    >>> counted(torch.tensor([[0, 0, -1], [1, 0, 1]]), 2).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    votes = as_votes("counted", votes, classes)
    return torch.stack([(votes == k).sum(1) for k in range(classes)], 1).double()  # (N, K)


def majority(votes, classes):
    """The majority of the votes: one for the class most often named, shared where several are.

    Parameters
    ----------
    votes : Tensor (N, J), int64
    classes : int, K

    Returns
    -------
    Tensor (N, K), float64, each row with the sum 1; where all abstain, 1/K for every class.

    Examples
    --------
    >>> majority(torch.tensor([[0, 0, 1], [1, 0, -1], [-1, -1, -1]]), 2).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.5, 0.5]]
    """
    count = counted(votes, classes)
    most = (count == count.amax(1, keepdim=True)).double()
    return most / most.sum(1, keepdim=True)


def decide(p, seed=0):
    """The most probable class of each row; ties are broken by lot.

    Parameters
    ----------
    p : Tensor (N, K)
    seed : int, of the lot

    Returns
    -------
    Tensor (N,), int64.

    Examples
    --------
    >>> decide(torch.tensor([[0.2, 0.8], [0.9, 0.1]])).tolist()
    [1, 0]
    """
    lot = torch.rand(p.shape, generator=generator(seed), dtype=torch.float64)
    return (p.double() + 1e-6 * lot).argmax(1)


def coverage(votes):
    """For each voter the share of examples on which it votes.

    Parameters
    ----------
    votes : Tensor (N, J), int64

    Returns
    -------
    Tensor (J,), float64.
    """
    return (as_votes("coverage", votes) != ABSTAIN).double().mean(0)


def overlap(votes):
    """For each voter the share of examples on which it and another one vote.

    Parameters
    ----------
    votes : Tensor (N, J), int64

    Returns
    -------
    Tensor (J,), float64, at most the coverage.

    Examples
    --------
    >>> overlap(torch.tensor([[0, 0, -1], [1, -1, -1]])).tolist()
    [0.5, 0.5, 0.0]
    """
    given = as_votes("overlap", votes) != ABSTAIN
    return (given & (given.sum(1, keepdim=True) > 1)).double().mean(0)


def conflict(votes):
    """For each voter the share of examples on which another one names another class.

    Parameters
    ----------
    votes : Tensor (N, J), int64

    Returns
    -------
    Tensor (J,), float64, at most the overlap.

    Examples
    --------
    >>> conflict(torch.tensor([[0, 0, -1], [1, 0, -1]])).tolist()
    [0.5, 0.5, 0.0]
    """
    votes = as_votes("conflict", votes)
    given = votes != ABSTAIN
    differ = (votes[:, :, None] != votes[:, None]) & given[:, :, None] & given[:, None]
    return differ.any(2).double().mean(0)


def vote_accuracy(votes, y):
    """For each voter the share of its votes that name the true class; NaN for one that never votes.

    Parameters
    ----------
    votes : Tensor (N, J), int64
    y : Tensor (N,), int64, the true classes; rows with -1, not known, are not counted

    Returns
    -------
    Tensor (J,), float64.

    Examples
    --------
    >>> vote_accuracy(torch.tensor([[0, -1], [1, 0]]), torch.tensor([0, 0])).tolist()
    [0.5, 1.0]
    """
    votes = as_votes("vote_accuracy", votes)
    if len(y) != len(votes):
        raise ValueError(f"vote_accuracy: expected {len(votes)} true classes, found {len(y)}")
    given = (votes != ABSTAIN) & (y >= 0)[:, None]
    return (given & (votes == y[:, None])).sum(0) / given.sum(0).double()
