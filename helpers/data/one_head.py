"""One person's head and its mirror image: a real pair with real labels (survey 4.3.5; chapter 4-models/image-registration)."""

from dataclasses import dataclass

import numpy as np
import torch

from .cited import fetch_file
from .warped import SIDES

# FreeSurfer's numbers of left structures, of their partners on the right, and names
STRUCTURES = {
    "white matter": (2, 41),
    "cortex": (3, 42),
    "ventricle": (4, 43),
    "thalamus": (10, 49),
    "caudate": (11, 50),
    "putamen": (12, 51),
}


@dataclass(frozen=True)
class Mirrored:
    """Slices of a head, and of the same head in a mirror.

    Attributes: ``fixed`` and ``moving`` (N, 1, 80, 64) float32, 0 to about 0.6 as in the file; ``fixed_labels`` and
    ``moving_labels`` (N, 80, 64) int64: 0 is nothing, 1, 2, ... the structures on one side of the image
    and then those on the other; ``names`` of the classes from 1 on.
    """

    fixed: torch.Tensor
    moving: torch.Tensor
    fixed_labels: torch.Tensor
    moving_labels: torch.Tensor
    names: list[str]


def mirrored_head(slices=range(24, 44, 2)):
    """Axial slices of one person's scan at 3 mm, each with its mirror image and labels of both.

    Left and right of a head are alike and not equal, so that the mirror image must be warped to fit;
    and what is the left putamen in one is the right putamen in the other.

    Parameters
    ----------
    slices : sequence of int
        Of 64, from the top of the head down.

    Returns
    -------
    Mirrored

    Notes
    -----
    Source: the test scan of VoxelMorph's repository (`brain-mri` in sources.csv), T1, its skull
    removed, with a label for each voxel from FreeSurfer's automatic segmentation.

    Raises
    ------
    DataUnavailable : if the file is not at hand and cannot be fetched.
    """
    scan = np.load(fetch_file("brain-mri/test_scan.npz"))
    image = torch.from_numpy(scan["vol"]).float()[None]
    image = torch.nn.functional.avg_pool3d(image, 3)[0]  # (53, 64, 74) left-right, down, forward
    numbers = torch.from_numpy(scan["seg"].astype(np.int64))[1:159:3, 1::3, 1:222:3]
    image, numbers = (_axial(volume, list(slices)) for volume in (image, numbers))
    labels = torch.zeros_like(numbers)
    sides = [left for left, _ in STRUCTURES.values()] + [right for _, right in STRUCTURES.values()]
    for place, number in enumerate(sides, start=1):
        labels[numbers == number] = place
    half = len(STRUCTURES)
    other = torch.tensor([0, *range(half + 1, 2 * half + 1), *range(1, half + 1)])
    names = [f"{side} {name}" for side in ("left", "right") for name in STRUCTURES]
    return Mirrored(image[:, None], image.flip(-1)[:, None], labels, other[labels.flip(-1)], names)


def _axial(volume, slices):
    """Slices (N, 80, 64), front on top, of a volume (left-right, down, forward)."""
    found = volume[:, slices].permute(1, 2, 0).flip(1)
    gaps = [side - size for side, size in zip(SIDES, found.shape[1:])]
    (top, left) = (gap // 2 for gap in gaps)
    return torch.nn.functional.pad(found, (left, gaps[1] - left, top, gaps[0] - top))


def carry(labels, warp, field, classes):
    """Labels carried along by a field: each class is warped as an image, and the largest wins.

    Parameters
    ----------
    labels : int64 tensor (B, ...)
    warp : callable (images, field) -> images
    field : tensor (B, D, ...)
    classes : int
    """
    layers = torch.nn.functional.one_hot(labels, classes).movedim(-1, 1).float()
    return warp(layers, field).argmax(1)
