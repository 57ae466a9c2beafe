"""KernelSHAP on coalitions that are all different (survey 7.1.2; chapter 7-interpretability/shapley-values)."""

import math

import torch

from helpers.interpret.shapley import additive_fit, kernel_weight


def kernel_once(value, players, *, samples, seed=0):
    """KernelSHAP that tries no coalition twice, as its authors' package does.

    Parameters
    ----------
    value : callable, bool (C, D) -> (C,)
    players : int >= 2
    samples : int >= 1
        Different coalitions to try, see `distinct_coalitions`.
    seed : int

    Returns
    -------
    tensor (D,), float64

    Raises
    ------
    ValueError : for fewer than two players or one sample, or for samples too few to determine
        every player's value.

    Examples
    --------
    Six coalitions are all there are between nobody and all three:

    >>> kernel_once(lambda s: s.double().sum(1), 3, samples=6).round(decimals=6).tolist()
    [1.0, 1.0, 1.0]
    """
    return additive_fit(value, *distinct_coalitions(players, samples, seed))


def distinct_coalitions(players, samples, seed):
    """Different coalitions and their weights: each size gets its share, small and large first.

    A size of which all coalitions are tried leaves the rest of its share to the next ones. Of
    the other sizes some are drawn, and stand in their weight for those that were not.

    Parameters
    ----------
    players : int >= 2
    samples : int >= 1
        Rounded up to an even number; at most the 2^players - 2 that there are.
    seed : int

    Returns
    -------
    bool tensor (samples, players) and tensor (samples,), float64
        Coalitions, after them their complements; what each weighs in the regression.
    """
    if players < 2 or samples < 1:
        raise ValueError(
            f"kernel_once(players={players}, samples={samples}): expected at least 2 and at least 1"
        )
    draws, left = torch.Generator().manual_seed(seed), (samples + 1) // 2
    share = [1 / (s * (players - s)) for s in range(1, players)]
    half, weights = [], []
    for size in range(1, players // 2 + 1):
        middle = 2 * size == players
        room = math.comb(players, size) // (1 + middle)  # pairs of a set and its complement
        rest = sum(share[size - 1 : players - size]) / (2 - middle)  # of sizes not yet dealt
        tried = min(room, left, math.ceil(left * share[size - 1] / rest))
        half += different_sets(players, size, tried, draws)
        weights += tried * [kernel_weight(players, size) * room / max(1, tried)]
        left -= tried
    chosen = torch.tensor(half)
    return torch.cat([chosen, ~chosen]), torch.tensor(2 * weights, dtype=torch.float64)


def different_sets(players, size, number, draws):
    """So many different sets of one size, as lists of booleans; none is another's complement.

    Parameters
    ----------
    players, size, number : ints
        At most as many as there are; of half the players, at most half as many.
    draws : torch.Generator
    """
    found = {}
    while len(found) < number:
        here = torch.zeros(players, dtype=torch.bool)
        here[torch.randperm(players, generator=draws)[:size]] = True
        here = here ^ (2 * size == players and not here[0])
        found[tuple(here.tolist())] = True
    return [list(chosen) for chosen in found]
