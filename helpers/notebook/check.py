"""A claim of a chapter, guarded by a band that its measured value must fall into."""

from helpers.notebook.band import CheckFailed, describe_band, inside, promised, require

__all__ = ["CheckFailed", "check"]


def check(claim, value, low=None, high=None, kind="result"):
    """Say what was measured and that it lies within the band, or raise.

    The number is printed with two significant digits. When chapters are run again for
    comparison that number alone is hidden, since its digits differ between processors;
    the claim and the band are compared, and the band guards the number.

    Parameters
    ----------
    claim : str
        What the value shows, as the reader should read it.
    value : float, int, bool or 0-d tensor
        What was measured. A bool stands for itself and takes no band.
    low, high : float, optional
        The band, both ends included. At least one is needed for a number.
    kind : {"result", "holds", "agrees"}
        ``"agrees"`` with a library, a closed form or an enumeration; a property that
        ``"holds"`` whatever the data; or a ``"result"`` on these data. On a reader's own data
        a result promises nothing: it is shown, and the band is not applied.

    Raises
    ------
    CheckFailed
        If the value is outside the band, or not a number.
    ValueError
        If a number comes without a band, or the kind is unknown.

    Examples
    --------
    >>> check("weights sum to one", 1.0, low=0.999, high=1.001, kind="holds")
    ✓ weights sum to one: 1 (between 0.999 and 1.001)
    >>> check("draws of four in which it gains", 3, low=3)
    ✓ draws of four in which it gains: 3 (at least 3)
    >>> check("every row is used", True, kind="holds")
    ✓ every row is used
    """
    promise = promised(kind)
    if isinstance(value, bool) or str(getattr(value, "dtype", "")) in ("bool", "torch.bool"):
        if promise and not value:
            raise CheckFailed(f"{claim}: expected to be true, found false")
        print(f"✓ {claim}" if promise else f"○ {claim}: {'yes' if value else 'no'} (your data)")
        return
    if low is None and high is None:
        raise ValueError(f"check({claim!r}): a number needs low=, high= or both")
    if not promise:
        print(f"○ {claim}: {shown(value)} (your data; no promise is made)")
        return
    require(claim, value, low, high)
    print(f"✓ {claim}: {shown(value, low, high)} ({describe_band(low, high)})")


def shown(value, low=None, high=None):
    """The value as printed: counts in full, others with two digits or as many as the band needs.

    Parameters
    ----------
    value : float, int or 0-d tensor
    low, high : float, optional
        The band, both ends included; the text lies inside where the value does.
    """
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, int):
        return str(number)
    for digits in range(2, 16):
        text = rounded(number, digits)
        if not inside(number, low, high) or inside(float(text), low, high):
            return text
    return repr(number)


def rounded(number, digits):
    """A float with so many significant digits, without an exponent from 0.001 to 100 000.

    Whole digits below 100 000 are written out, however few are asked for.

    Parameters
    ----------
    number : float
    digits : int >= 1
    """
    text = f"{number:.{digits}g}"
    return f"{number:.0f}" if "e+" in text and abs(number) < 1e5 else text
