"""Do masks mean the same by their numbers, and are they masks at all? (survey 4.3.3; chapter 4-models/semantic-segmentation)"""

import numpy as np


def soft_edges(raw):
    """Whether values between 0 and 255 stand only where a mask changes, as a drawing program smooths it.

    Parameters
    ----------
    raw : array (H, W) of numbers

    Returns
    -------
    bool, or None for a mask without 0, 255 and two values between them, which says nothing

    Examples
    --------
    >>> soft_edges(np.array([[0, 0, 90, 255], [0, 60, 200, 255], [0, 90, 255, 255]]))
    True
    >>> soft_edges(np.array([[0, 255, 128, 128, 60]]))
    False
    """
    from scipy.ndimage import maximum_filter, minimum_filter

    found = np.unique(raw)
    if len(found) < 4 or (found[0], found[-1]) != (0, 255):
        return None
    inner = (raw > 0) & (raw < 255)
    between = (minimum_filter(raw, 3) < raw) & (raw < maximum_filter(raw, 3))
    return bool(between[inner].all())


def ask_about_values(each, soft):
    """Refuse 0 and 1 in one mask beside 0 and 255 in another, and soft edges.

    Parameters
    ----------
    each : dict from a file to the set of values that it holds
    soft : a file with soft edges, if all that can have them do; None or False otherwise

    Raises
    ------
    ValueError : naming the files, and what to pass.
    """
    ones, full = (
        [f for f, held in each.items() if top in held and held <= {0, top}] for top in (1, 255)
    )
    if ones and full and set().union(*each.values()) == {0, 1, 255}:
        raise ValueError(
            f"image_masks: {ones[0]} holds 0 and 1, {full[0]} 0 and 255; make them alike, or pass "
            "values=[0, 1, 255] if these are three classes"
        )
    if soft:
        raise ValueError(
            f"image_masks: {soft} holds {len(each[soft])} values, those between 0 and 255 only at edges; "
            "save the mask without soft edges, or pass values=[...] if these are classes"
        )
