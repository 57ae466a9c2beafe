"""How far a score can be trusted (survey 9; chapter 4-models/supervised-learning)."""

import math

import torch


def bootstrap_interval(values, statistic=torch.mean, *, confidence=0.95, repeats=2000, seed=0):
    """Percentile interval of `statistic` over resampled examples (Efron 1979).

    Parameters
    ----------
    values : tensor (N, ...)
        One row an example, for instance 1.0 where the prediction is right and 0.0 elsewhere.
    statistic : callable, tensor (N, ...) -> 0-d tensor
    confidence : float in (0, 1)
    repeats : int
    seed : int

    Returns
    -------
    (low, high) : floats
        It covers the sampling of *test examples* only, not that of training sets or seeds.

    Examples
    --------
    >>> low, high = bootstrap_interval(torch.tensor([1.0] * 90 + [0.0] * 10))
    >>> round(low, 2), round(high, 2)
    (0.84, 0.96)
    """
    if not 0 < confidence < 1:
        raise ValueError(
            f"bootstrap_interval(confidence={confidence}): expected a number in (0, 1)"
        )
    draws = torch.Generator().manual_seed(seed)
    rows = torch.randint(len(values), (repeats, len(values)), generator=draws)
    found = torch.stack([statistic(values[row]) for row in rows]).double()
    tail = (1 - confidence) / 2
    low, high = found.quantile(torch.tensor([tail, 1 - tail], dtype=torch.float64))
    return float(low), float(high)


# Two-sided 95 % points of Student's t for 1 to 10 degrees of freedom.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def mean_and_interval(values):
    """Mean over a few runs and half the width of its 95 % interval (Student's t).

    Parameters
    ----------
    values : sequence of 2 to 11 floats
        The same score from runs with different seeds.

    Examples
    --------
    >>> mean, half = mean_and_interval([0.90, 0.92, 0.94])
    >>> round(mean, 2), round(half, 2)
    (0.92, 0.05)
    """
    if not 2 <= len(values) <= len(STUDENT) + 1:
        raise ValueError(
            f"mean_and_interval(): expected 2 to {len(STUDENT) + 1} runs, found {len(values)}"
        )
    values = torch.as_tensor([float(value) for value in values], dtype=torch.float64)
    spread = float(values.std()) / math.sqrt(len(values))
    return float(values.mean()), STUDENT[len(values) - 2] * spread
