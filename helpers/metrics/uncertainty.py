"""How far a score can be trusted (survey 9; chapter 4-models/supervised-learning)."""

from numbers import Integral

import numpy as np
import torch
from scipy import stats

from helpers.metrics.gate import examples

BATCH = 2**22  # row numbers held at a time while resampling: 32 MiB


def bootstrap_interval(values, statistic=torch.mean, *, confidence=0.95, repeats=2000, seed=0):
    """Percentile interval of `statistic` over resampled examples (Efron 1979), by SciPy.

    Parameters
    ----------
    values : tensor (N, ...), N >= 2
        One row an example, for instance 1.0 where the prediction is right and 0.0 elsewhere.
    statistic : callable, tensor (N, ...) -> one number
    confidence : float in (0, 1)
    repeats : int >= 1
    seed : int

    Returns
    -------
    (low, high) : floats
        It covers the sampling of *test examples* only, not that of training sets or seeds.

    Raises
    ------
    ValueError : for fewer than two examples, NaN, a confidence outside (0, 1), or a statistic
        that gives more or less than one number.

    Examples
    --------
    >>> low, high = bootstrap_interval(torch.tensor([1.0] * 90 + [0.0] * 10))
    >>> round(low, 2), round(high, 2)
    (0.84, 0.96)
    """
    if not 0 < confidence < 1 or not isinstance(repeats, Integral) or repeats < 1:
        raise ValueError(
            "bootstrap_interval: expected a confidence in (0, 1) and one repeat or more, found "
            f"{confidence} and {repeats}"
        )
    values = examples("bootstrap_interval", values)

    def of_rows(rows):
        found = torch.as_tensor(statistic(values[rows]))
        if found.numel() != 1:
            raise ValueError(
                "bootstrap_interval: expected a statistic that gives one number, found shape "
                f"{tuple(found.shape)}"
            )
        return float(found)

    interval = stats.bootstrap(
        (np.arange(len(values)),), of_rows, vectorized=False, method="percentile", rng=seed,
        n_resamples=repeats, confidence_level=confidence, batch=max(1, BATCH // len(values)),
    ).confidence_interval  # fmt: skip
    return float(interval.low), float(interval.high)


def mean_and_interval(values):
    """Mean over a few runs and half the width of its 95 % interval (Student's t, from SciPy).

    Parameters
    ----------
    values : sequence of at least two floats
        The same score from runs with different seeds.

    Raises
    ------
    ValueError : for fewer than two runs, or NaN.

    Examples
    --------
    >>> mean, half = mean_and_interval([0.90, 0.92, 0.94])
    >>> round(mean, 2), round(half, 2)
    (0.92, 0.05)
    """
    values = examples("mean_and_interval", [float(value) for value in values]).numpy()
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return float(values.mean()), float(half)
