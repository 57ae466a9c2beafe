"""A claim of a chapter, guarded by a band it must fall into."""

import math


class CheckFailed(AssertionError):
    """A measured value fell outside the band that a chapter promises."""


def check(claim, value, low=None, high=None):
    """Say that `claim` holds, or raise with the value that was measured.

    The value itself is not printed: its last digits differ between processors, and a
    stored output must not. The band comes from several seeds, and a test proves that a
    broken method falls outside it.

    Parameters
    ----------
    claim : str
        What the value shows, as the reader should read it.
    value : float, bool or 0-d tensor
        What was measured. A bool stands for itself and takes no band.
    low, high : float, optional
        The band, both ends included. At least one is needed for a number.

    Raises
    ------
    CheckFailed
        If the value is outside the band, or not a number.
    ValueError
        If a number comes without a band.

    Examples
    --------
    >>> check("weights sum to one", 1.0, low=0.999, high=1.001)
    ✓ weights sum to one (between 0.999 and 1.001)
    >>> check("every row is used", True)
    ✓ every row is used
    """
    if isinstance(value, bool) or str(getattr(value, "dtype", "")) in ("bool", "torch.bool"):
        if not value:
            raise CheckFailed(f"{claim}: expected to be true, found false")
        print(f"✓ {claim}")
        return
    if low is None and high is None:
        raise ValueError(f"check({claim!r}): a number needs low=, high= or both")
    number = float(value.detach() if hasattr(value, "detach") else value)
    band = describe_band(low, high)
    inside = (low is None or number >= low) and (high is None or number <= high)
    if math.isnan(number) or not inside:
        raise CheckFailed(f"{claim}: expected {band}, found {number:.6g}")
    print(f"✓ {claim} ({band})")


def describe_band(low, high):
    """The band in words."""
    if low is None:
        return f"at most {high:g}"
    if high is None:
        return f"at least {low:g}"
    return f"between {low:g} and {high:g}"
