"""Your own pairs of images, to be laid on each other (survey 4.3.5; chapter 4-models/image-registration)."""

from pathlib import Path

import torch

from .images import image_folder
from .origin import count_of
from .splits import group_folds
from .warped import Pairs


def image_pairs(moving, fixed, size=64, *, groups=None):
    """Read two folders of images: file by file, one of each is a pair.

    Parameters
    ----------
    moving, fixed : str or Path
        Folders with images of the same names, endings apart. The fixed one is the map onto which the
        moving one is laid.
    size : int, 32 to 512, a multiple of 16
        Side in pixels: each image is cut to its central square, made grey, then resized.
    groups : str, optional
        A regular expression; what its first brackets find in a name is the patient or slide.

    Returns
    -------
    Pairs, ``truth`` None; ``inside`` is every pixel; ``rows`` the names.

    Raises
    ------
    FileNotFoundError, ValueError
        If a folder cannot be read (see `image_folder`), an image has no partner, or the size is
        another.
    """
    if size not in range(32, 513, 16):
        raise ValueError(
            f"image_pairs: size must be a multiple of 16 from 32 to 512, found {size!r}"
        )
    both = [
        image_folder(folder, size, grey=True, labelled=False, groups=groups)
        for folder in (moving, fixed)
    ]
    stems = [[Path(name).stem for name in images.rows] for images in both]
    alone = sorted(set(stems[0]) ^ set(stems[1]))
    if alone:
        raise ValueError(
            f"image_pairs: expected a partner for every image, found none for {alone[0]!r}"
            f" ({count_of(len(alone), 'image')} of {moving} and {fixed})"
        )
    order = [stems[1].index(stem) for stem in stems[0]]
    still, seen = both[0].x, both[1].x[order]
    return Pairs(
        seen, still, None, torch.ones_like(seen[:, 0], dtype=torch.bool), both[0].block,
        groups=both[0].groups, rows=stems[0], path=str(moving),
        decisions={"reader": "image_pairs", "size": size},
    )  # fmt: skip


def split_pairs(pairs):
    """Cut pairs into those for training, for choosing settings, and for the test, groups kept together.

    Parameters
    ----------
    pairs : Pairs
        With ``groups``, or else ``block``, telling what belongs together.

    Returns
    -------
    train, valid, test : Pairs
        With five groups or more a fifth of the groups each for the last two, with fewer one group each.

    Raises
    ------
    ValueError
        If there are fewer than three groups, or only one test pair, which has no interval.
    """
    groups = pairs.block if pairs.groups is None else pairs.groups
    train, valid, test = (pairs.take(rows) for rows in group_folds(groups, 5)[0])
    if len(test.fixed) < 2:
        raise ValueError(
            f"split_pairs: expected at least 2 test pairs, found {len(test.fixed)} of"
            f" {len(pairs.fixed)}: bring ten pairs or more, or several of every group"
        )
    return train, valid, test
