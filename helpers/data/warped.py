"""Pairs of images with a known warp between them, simulated from a real brain (survey 4.3.5; chapter 4-models/image-registration)."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch

from .origin import Origin

SIDES = (80, 64)  # of a slice at 3 mm: front to back, left to right
VOXELS = (32, 32, 24)  # of a head at 8 mm


@dataclass(frozen=True)
class Pairs(Origin):
    """Pairs of images.

    Attributes: ``fixed`` and ``moving`` (N, 1, ...) float32 0..1; ``truth`` (N, D, ...) float32, pixels,
    so that ``fixed[p]`` shows what ``moving[p + truth(p)]`` shows, or None where nobody knows it;
    ``inside`` (N, ...) bool, pixels of the fixed image at which something is shown; ``block`` (N,)
    int64, what pairs have in common (the slice of the head).
    """

    fixed: torch.Tensor
    moving: torch.Tensor
    truth: torch.Tensor | None
    inside: torch.Tensor
    block: torch.Tensor

    def take(self, rows):
        """Some of the pairs, by number."""
        names = ("fixed", "moving", "truth", "inside", "block", "groups")
        parts = {name: getattr(self, name) for name in names}
        parts = {name: part if part is None else part[rows] for name, part in parts.items()}
        return replace(self, **parts, rows=[self.rows[row] for row in rows] if self.rows else [])


def smooth_field(sides, rng, *, width=8.0, size=2.5):
    """Draw a smooth field: noise, blurred, and scaled; it never folds.

    Parameters
    ----------
    sides : sequence of D int
    rng : numpy Generator
    width : float
        Standard deviation of the blur in pixels: the distance over which neighbours move alike.
    size : float
        Root mean square of each component in pixels. Where the field would fold it is halved.

    Returns
    -------
    array (D, *sides)
    """
    from scipy.ndimage import gaussian_filter

    dims = len(sides)
    noise = rng.normal(size=(dims, *(side + 2 * int(width) for side in sides)))
    field = np.stack([gaussian_filter(part, width, mode="wrap") for part in noise])
    field = field[(slice(None), *(slice(int(width), -int(width)) for _ in sides))]
    field *= size / np.sqrt((field**2).mean())
    while smallest_stretch(field) < 0.1:
        field /= 2
    return field


def smallest_stretch(field):
    """Smallest determinant of the Jacobian of a field (D, ...), by central differences."""
    slopes = np.stack([np.stack(np.gradient(part)) for part in field])  # (D, D, ...)
    return np.linalg.det(np.moveaxis(slopes, (0, 1), (-2, -1)) + np.eye(len(field))).min()


def pull(image, field, order=1):
    """An image seen through a field, by SciPy: the value at p is that of p + field(p).

    Parameters
    ----------
    image : array (...)
    field : array (D, ...), pixels
    order : int
        Of the spline between pixels; 1 is linear.
    """
    from scipy.ndimage import map_coordinates

    place = np.indices(image.shape) + field
    return map_coordinates(image, place, order=order, mode="nearest")


@lru_cache(maxsize=2)
def _average(resolution):
    """T1 of `helpers.data.brain.mni152` (X, Y, Z), 0..1, without its maps of tissue, once: each of the
    three takes a third of a second to resample, and nobody asks for tissue here."""
    from nilearn.datasets import load_mni152_template

    return load_mni152_template(resolution=resolution).get_fdata().astype(np.float32).clip(0, 1)


def head_slices(low=-30.0, high=60.0):
    """Axial slices of the MNI152 average brain at 3 mm, cut to 80 by 64 pixels.

    Parameters
    ----------
    low, high : float
        Lowest and highest slice, mm above the anterior commissure.

    Returns
    -------
    array (N, 80, 64), 0..1, front of the head on top; heights (N,) in mm
    """
    brain = _average(3)
    heights = np.arange(brain.shape[2]) * 3.0 - 72.0
    keep = (heights >= low) & (heights <= high)
    images = brain[..., keep].transpose(2, 1, 0)[:, ::-1]
    wide = (images.shape[2] - SIDES[1]) // 2
    images = images[:, :, wide : wide + SIDES[1]]
    gap = SIDES[0] - images.shape[1]
    return np.pad(images, ((0, 0), (gap // 2, gap - gap // 2), (0, 0))), heights[keep]


def simulated_pairs(number, *, part="lower", noise=0.03, size=2.5, width=8.0, seed=0):
    """Slices of one real brain, each with a simulated warp, its noise, and the truth.

    The moving image is a slice, the fixed one the same slice seen through a smooth field, by SciPy's
    cubic splines; both then get noise of their own, as from two scans.

    Parameters
    ----------
    number : int
    part : {"lower", "middle", "upper"}
        Of the head: -30 to 24, 27 to 36, or 39 to 54 mm above the anterior commissure.
    noise : float
        Standard deviation, images run from 0 to 1.
    size, width : float, as in `smooth_field`
    seed : int

    Returns
    -------
    Pairs

    Raises
    ------
    ValueError
        For an unknown part.
    """
    parts = {"lower": (-30.0, 24.0), "middle": (27.0, 36.0), "upper": (39.0, 54.0)}
    if part not in parts:
        raise ValueError(f"simulated_pairs: part must be one of {list(parts)}, found {part!r}")
    rng = np.random.default_rng([seed, list(parts).index(part)])
    slices, _ = head_slices(*parts[part])
    block = rng.permutation(np.resize(np.arange(len(slices)), number))
    truth = np.stack([smooth_field(SIDES, rng, width=width, size=size) for _ in block])
    still = slices[block]
    seen = np.stack([pull(image, field, 3) for image, field in zip(still, truth)])
    noisy = [np.clip(images + rng.normal(0, noise, still.shape), 0, 1) for images in (seen, still)]
    fixed, moving, truth = (torch.from_numpy(np.asarray(a, np.float32)) for a in (*noisy, truth))
    inside = torch.from_numpy(seen > 0.1)
    return Pairs(fixed[:, None], moving[:, None], truth, inside, torch.from_numpy(block))


def simulated_volumes(number, *, size=1.2, width=4.0, noise=0.03, seed=0):
    """The MNI152 head at 8 mm, with simulated smooth warps in three dimensions, noise and the truth.

    Parameters
    ----------
    number : int
    size, width : float, as in `smooth_field`, in voxels
    noise : float
        Standard deviation, images run from 0 to 1.
    seed : int

    Returns
    -------
    Pairs of volumes (N, 1, 32, 32, 24), all of the same head.
    """
    rng = np.random.default_rng([seed, 3])
    head = _average(8)[..., : VOXELS[2]]  # the layer above shows nothing
    gaps = [side - found for side, found in zip(VOXELS, head.shape)]
    head = np.pad(head, [(gap // 2, gap - gap // 2) for gap in gaps])
    truth = np.stack([smooth_field(VOXELS, rng, width=width, size=size) for _ in range(number)])
    seen = np.stack([pull(head, field, 3) for field in truth])
    still = np.broadcast_to(head, seen.shape)
    noisy = [np.clip(images + rng.normal(0, noise, seen.shape), 0, 1) for images in (seen, still)]
    fixed, moving, truth = (torch.from_numpy(np.asarray(a, np.float32)) for a in (*noisy, truth))
    block = torch.arange(number)
    return Pairs(fixed[:, None], moving[:, None], truth, torch.from_numpy(seen > 0.1), block)


def require_pairs(data):
    """Raise unless some data are pairs of images; None passes.

    Raises
    ------
    ValueError
        For another kind of data.
    """
    if data is not None and not isinstance(data, Pairs):
        raise ValueError(
            f"This chapter lays images on each other: expected pairs, found {type(data).__name__};"
            " read two folders with helpers.data.own_pairs.image_pairs"
        )
