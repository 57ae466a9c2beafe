"""Is this a set of maps, and what does 255 mean in it? (survey 4.3.3; chapter 4-models/semantic-segmentation)

Sets such as VOC and Cityscapes write 255 into a mask where a pixel should not count.
"""

from dataclasses import replace

import torch

VOID, SMALL = 255, 100  # 255 beside two numbers or more, all below 100, is probably no class


def require_maps(data):
    """Refuse what the networks of the chapter cannot learn from.

    Parameters
    ----------
    data : object with ``x`` (N, C, H, W), ``y`` (N, H, W) and ``classes``

    Raises
    ------
    ValueError
        If there is no class for every pixel, if some are void (-1), if sides cannot be halved three
        times, or if nobody has decided what 255 means.
    """
    y, shape = getattr(data, "y", None), tuple(data.x.shape[2:])
    if y is None or tuple(y.shape[1:]) != shape:
        raise ValueError(
            "This chapter needs a class for every pixel: expected masks as large as the images; "
            "read them with helpers.data.own.image_masks."
        )
    if (y < 0).any():
        raise ValueError(
            "This chapter learns from every pixel and scores every pixel: expected classes from 0, found "
            f"{(y < 0).float().mean():.3g} of the pixels void; read the masks without void=, and decide "
            "with helpers.data.maps.void_as which class these pixels join."
        )
    if data.x.ndim != 4 or any(side % 8 for side in shape):
        raise ValueError(
            "This chapter halves flat images three times: expected sides in multiples of 8, found "
            f"{shape}; pass another size."
        )
    if undecided(data.classes):
        raise ValueError(
            f"This chapter does not guess what 255 means beside {', '.join(data.classes[:-1])}: expected "
            "a decision; wrap the data in helpers.data.maps.void_as(data, 0) to count these pixels as "
            "class 0, or in void_as(data, 255) to keep them as a class."
        )


def undecided(classes):
    """Whether 255 stands beside two small numbers or more.

    Parameters
    ----------
    classes : list of str

    Examples
    --------
    >>> undecided(["0", "1", "255"]), undecided(["0", "255"]), undecided(["0", "128", "255"])
    (True, False, False)
    """
    try:
        *others, last = sorted(float(name) for name in classes)
    except ValueError:
        return False
    return last == VOID and len(others) > 1 and max(others) < SMALL


def void_as(data, value):
    """Decide what the pixels are in which a mask has 255.

    Parameters
    ----------
    data : Masked
        From `helpers.data.own.image_masks`.
    value : int
        What stands in the masks for the class that these pixels join; 255 keeps them as a class
        of their own. Either way they count in every score; to leave pixels out is not possible.

    Returns
    -------
    Masked

    Raises
    ------
    ValueError
        If the masks hold no 255, or not this value.
    """
    for wanted in (VOID, value):
        if wanted not in data.values:
            raise ValueError(f"void_as: expected one of {data.values}, found {wanted!r}")
    at = data.values.index(VOID)
    if value == VOID:
        names = [f"{name}, kept" if k == at else name for k, name in enumerate(data.classes)]
        return replace(data, classes=names)
    y = torch.where(data.y == at, data.values.index(value), data.y)
    keep = [k for k in range(len(data.values)) if k != at]
    return replace(
        data, y=y - (y > at).long(), values=[data.values[k] for k in keep],
        classes=[data.classes[k] for k in keep],
    )  # fmt: skip
