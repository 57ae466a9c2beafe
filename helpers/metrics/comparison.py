"""Is one method better than another? Paired differences (survey 9; chapter 9-practice/validate-thoroughly).

Two methods that are tried on the same draws, folds or test examples share their luck. The
difference, draw by draw, is free of it; two separate intervals are not.
"""

import math
from dataclasses import dataclass
from numbers import Real

import numpy as np


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference(Interval):
    """A paired difference: mean and interval, and in how many of `n` pairs it was positive."""

    wins: int
    ties: int
    n: int

    def says(self, margin=0.0):
        """What the interval allows to say: "gains", "loses", "level" or "open".

        Parameters
        ----------
        margin : float >= 0
            Differences up to this size do not matter. With 0 only methods that
            never differ are level.

        Examples
        --------
        >>> Difference(0.02, 0.01, 0.03, wins=9, ties=0, n=10).says()
        'gains'
        >>> Difference(0.0, -0.004, 0.004, wins=5, ties=0, n=10).says(margin=0.005)
        'level'
        """
        if -margin <= self.low and self.high <= margin:
            return "level"
        if self.low > 0:
            return "gains"
        return "loses" if self.high < 0 else "open"


def mean_interval(values, how="t", *, share=None, confidence=0.95, seed=0):
    """Mean of one method's scores with an interval.

    Parameters
    ----------
    values : sequence of n >= 2 floats
        One score a unit: a fresh seed or draw, a test example, or a re-drawn split.
    how : {"t", "bootstrap", "resplit"}
        ``"t"``, Student's t, for independent draws or seeds. ``"bootstrap"``, BCa (Efron 1987),
        for the units of one test set: pass one value a unit. ``"resplit"``, t with the variance
        enlarged for splits that overlap (Nadeau & Bengio 2003): needs `share`.
    share : float > 0, optional
        For ``"resplit"``: test examples over training examples of one split.
    confidence : float in (0, 1)
    seed : int
        Of the bootstrap's draws.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        For fewer than two values, values that are not finite, an unknown `how`, or a `share`
        that is missing or superfluous.

    Examples
    --------
    >>> found = mean_interval([0.90, 0.92, 0.94])
    >>> [round(x, 3) for x in (found.mean, found.low, found.high)]
    [0.92, 0.87, 0.97]
    """
    values = as_scores(values)
    if (how == "resplit") != (share is not None):
        raise ValueError(
            "share= (test over training examples) belongs to how='resplit', and only there"
        )
    within("confidence", confidence, 1)
    if share is not None:
        within("share", share, math.inf)
    if how not in ("t", "bootstrap", "resplit"):
        raise ValueError(f"how={how!r}: expected 't', 'bootstrap' or 'resplit'")
    mean = float(values.mean())
    if np.ptp(values) == 0:
        return Interval(mean, mean, mean)
    if how == "bootstrap":
        return Interval(mean, *bca(values, confidence, seed))
    half = half_width(values, 1 / len(values) + (share or 0.0), confidence)
    return Interval(mean, mean - half, mean + half)


def difference(scores, others, how="t", *, share=None, confidence=0.95, seed=0, better="higher"):
    """By how much `scores` are better than `others`, unit by unit.

    Parameters
    ----------
    scores, others : sequences of n >= 2 floats
        The two methods on the *same* units in the same order.
    how, share, confidence, seed
        As for `mean_interval`, applied to the n differences.
    better : {"higher", "lower"}
        With ``"lower"`` (errors) the sign is turned, so that positive always means better.

    Returns
    -------
    Difference

    Raises
    ------
    ValueError
        As `mean_interval`, and if the two have different lengths.

    Examples
    --------
    >>> found = difference([0.9, 0.8, 0.7], [0.85, 0.74, 0.66])
    >>> round(found.mean, 3), found.wins, found.n, found.says()
    (0.05, 3, 3, 'gains')
    """
    scores, others = as_scores(scores), as_scores(others)
    if len(scores) != len(others):
        raise ValueError(
            f"difference(): expected as many scores on both sides, found {len(scores)} and {len(others)}"
        )
    if better not in ("higher", "lower"):
        raise ValueError(f"better={better!r}: expected 'higher' or 'lower'")
    gaps = scores - others if better == "higher" else others - scores
    found = mean_interval(gaps, how, share=share, confidence=confidence, seed=seed)
    wins, ties = int((gaps > 0).sum()), int((gaps == 0).sum())
    return Difference(found.mean, found.low, found.high, wins, ties, len(gaps))


def within(name, value, high):
    """Refuse what is no number between 0 and `high`, limits excluded.

    Parameters
    ----------
    name : str, for the error sentence
    value : float
    high : float
    """
    if not isinstance(value, Real) or not 0 < value < high:
        raise ValueError(f"{name} must be a number between 0 and {high}, found {value!r:.60}")


def as_scores(values):
    """A vector of at least two finite numbers."""
    try:
        values = np.asarray([float(value) for value in values])
    except (TypeError, ValueError):
        raise ValueError(f"expected scores, one number each, found {values!r:.60}") from None
    if len(values) < 2:
        raise ValueError(
            f"expected at least 2 scores, found {len(values)}: one run has no interval"
        )
    if not np.isfinite(values).all():
        raise ValueError(f"expected finite scores, found {values[~np.isfinite(values)][0]}")
    return values


def half_width(values, scale, confidence):
    """Half an interval of the mean: Student's point times the root of the variance of the mean.

    Parameters
    ----------
    values : array (n,), n >= 2
    scale : float > 0
        Variance of the mean over that of one value: 1 / n for independent values.
    confidence : float in (0, 1)
    """
    from scipy.stats import t

    return float(
        t.ppf((1 + confidence) / 2, len(values) - 1) * math.sqrt(scale * values.var(ddof=1))
    )


def bca(values, confidence, seed):
    """Bias-corrected and accelerated bootstrap of the mean, by scipy.

    Parameters
    ----------
    values : array (n,), n >= 2
        Not all equal.
    confidence : float in (0, 1)
    seed : int
        Of the 4999 resamples.

    Returns
    -------
    low, high : float
    """
    from scipy.stats import bootstrap

    found = bootstrap(
        (values,),
        np.mean,
        n_resamples=4999,
        batch=max(1, 10**6 // len(values)),  # bounds the memory at twenty thousand units
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)
