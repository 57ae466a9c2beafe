"""Learning-rate schedules as pure functions of progress (survey 9; chapter 4-models/supervised-learning).

A schedule maps the share of training done, ``t`` in [0, 1), to a factor on the base learning
rate. It has no state: nothing to save, nothing to step, and a resumed run cannot be out of step.
"""

import math
from numbers import Real


def is_factor(value):
    """True for a finite number of at least 0."""
    return isinstance(value, Real) and 0 <= value < math.inf


def constant(t):
    """Factor 1 throughout."""
    return 1.0


def cosine(warmup=0.0, final=0.0):
    """Linear warm-up, then half a cosine down to `final` (Loshchilov & Hutter 2017).

    Parameters
    ----------
    warmup : float in [0, 1)
        Share of training spent rising from near zero.
    final : float >= 0
        Factor at the end.

    Examples
    --------
    >>> schedule = cosine(warmup=0.1)
    >>> [round(schedule(t), 2) for t in (0.05, 0.1, 0.55, 1.0)]
    [0.5, 1.0, 0.5, 0.0]
    """
    if not is_factor(warmup) or warmup >= 1:
        raise ValueError(f"cosine(warmup={warmup!r}): expected a share of training in [0, 1)")
    if not is_factor(final):
        raise ValueError(f"cosine(final={final!r}): expected a factor of at least 0")

    def factor(t):
        if t < warmup:
            return t / warmup
        done = (t - warmup) / (1 - warmup)
        return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))

    return factor


def one_cycle(rise=0.25, start=1 / 25, final=1e-5):
    """Up to the base rate and down again, both along a cosine (Smith 2018, as in fastai).

    Parameters
    ----------
    rise : float in (0, 1)
        Share of training on the way up.
    start, final : float >= 0
        Factors at the two ends.

    Examples
    --------
    >>> schedule = one_cycle()
    >>> [round(schedule(t), 2) for t in (0.0, 0.25, 1.0)]
    [0.04, 1.0, 0.0]
    """
    if not is_factor(rise) or not 0 < rise < 1:
        raise ValueError(f"one_cycle(rise={rise!r}): expected a share of training in (0, 1)")
    for name, value in (("start", start), ("final", final)):
        if not is_factor(value):
            raise ValueError(f"one_cycle({name}={value!r}): expected a factor of at least 0")

    def blend(low, high, share):
        return low + (high - low) * 0.5 * (1 - math.cos(math.pi * min(share, 1.0)))

    def factor(t):
        if t < rise:
            return blend(start, 1.0, t / rise)
        return blend(1.0, final, (t - rise) / (1 - rise))

    return factor
