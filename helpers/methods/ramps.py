"""Weights that rise with training: linear, Gaussian and hyperbolic (survey 5.2, 6.2.2; chapter 6-less-data/self-training).

All have one signature: the step, and the steps at which the rise ends and begins. They are 0 (or
nearly) at the start and 1 (or nearly) from the end on.
"""

import math


def share(step, end, start=0):
    """The share of the rise that is done, from 0 to 1.

    Parameters
    ----------
    step : int, training steps taken.
    end, start : int, where the rise ends and begins; the same number is a jump.

    Raises
    ------
    ValueError : if it ends before it begins.

    Examples
    --------
    >>> [share(step, 600, start=100) for step in (50, 350, 700)]
    [0.0, 0.5, 1.0]
    """
    if not 0 <= start <= end:
        raise ValueError(f"ramp(end={end}, start={start}): expected 0 <= start <= end")
    return 1.0 if step >= end else max(step - start, 0) / (end - start)


def linear_ramp(step, end, start=0):
    """0 until `start`, 1 from `end` on, a line between (Lee 2013, eq. 16).

    Parameters
    ----------
    step : int, training steps taken.
    end, start : int, where the rise ends and begins; the same number is a jump.

    Examples
    --------
    >>> [linear_ramp(step, 600, start=100) for step in (50, 350, 700)]
    [0.0, 0.5, 1.0]
    """
    return share(step, end, start)


def sigmoid_ramp(step, end, start=0):
    r"""From nearly 0 to 1: exp(-5 (1 - t)^2) at share t (Laine and Aila 2016, section 3.1).

    Mean teacher uses it too.

    Parameters
    ----------
    step : int, training steps taken.
    end, start : int, where the rise ends and begins; the same number is a jump.

    Examples
    --------
    >>> [round(sigmoid_ramp(step, 80), 3) for step in (0, 40, 80, 200)]
    [0.007, 0.287, 1.0, 1.0]
    """
    return math.exp(-5 * (1 - share(step, end, start)) ** 2)


def tanh_ramp(step, end, start=0):
    r"""From 0 to nearly 1: 2 / (1 + exp(-10 t)) - 1 at share t (Ganin et al. 2016, section 5.2).

    Parameters
    ----------
    step : int, training steps taken.
    end, start : int, where the rise ends and begins; the same number is a jump.

    Examples
    --------
    >>> tanh_ramp(0, 80), round(tanh_ramp(80, 80), 4)
    (0.0, 0.9999)
    """
    return math.tanh(5 * share(step, end, start))
