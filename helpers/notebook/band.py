"""Bands: where a measured value must lie, and when a chapter promises it (survey 9)."""

import math

KINDS = ("agrees", "holds", "result")
PROMISES = {"result": True}  # False while a chapter runs on a reader's own data


class CheckFailed(AssertionError):
    """A measured value fell outside the band that a chapter promises."""


def promise_results(promise):
    """Whether results are promised: True for the bundled data, False for a reader's own."""
    PROMISES["result"] = promise


def promised(kind):
    """Whether the band of a claim of this kind applies; agreements and properties always do."""
    if kind not in KINDS:
        raise ValueError(f"kind={kind!r}: expected one of {', '.join(KINDS)}")
    return PROMISES.get(kind, True)


def require(claim, value, low, high):
    """Raise if a value lies outside its band.

    Parameters
    ----------
    claim : str
        Begins the sentence of the error.
    value : number or 0-d tensor
        What was measured; NaN is outside every band.
    low, high : float or None
        The band, both ends included.

    Raises
    ------
    CheckFailed
        With the value and the band.
    """
    number = float(value.detach() if hasattr(value, "detach") else value)
    if math.isnan(number) or not inside(number, low, high):
        raise CheckFailed(f"{claim}: expected {describe_band(low, high)}, found {number:.6g}")


def inside(number, low, high):
    """Whether a number lies in the band.

    Parameters
    ----------
    number : float
    low, high : float or None
        The band, both ends included; None leaves a side open.
    """
    return (low is None or number >= low) and (high is None or number <= high)


def describe_band(low, high):
    """The band in words.

    Parameters
    ----------
    low, high : float or None
        The band, both ends included; None leaves a side open, but not both.
    """
    if low is None:
        return f"at most {high:g}"
    if high is None:
        return f"at least {low:g}"
    return f"between {low:g} and {high:g}"
