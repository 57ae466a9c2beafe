"""An average human brain with tissue maps, shipped with nilearn (survey 4.3.3; chapter 4-models/semantic-segmentation).

The MNI152 template is the mean of 152 adult brains after alignment: one smooth average, not
a population. A model that segments it has not been shown to segment a patient.
"""

from dataclasses import dataclass

import torch

from .origin import Origin


@dataclass(frozen=True)
class Brain:
    """A volume and its tissues on one grid.

    Attributes: ``t1`` (X, Y, Z) float32, T1-weighted intensity 0..1; ``grey`` and ``white``
    (X, Y, Z) float32, probability 0..1 of grey and white matter; ``spacing`` of a voxel in mm.
    Axes run left to right, back to front, bottom to top.
    """

    t1: torch.Tensor
    grey: torch.Tensor
    white: torch.Tensor
    spacing: float


@dataclass(frozen=True)
class Slices(Origin):
    """Axial slices of a brain.

    Attributes: ``x`` (N, 1, H, W) float32 0..1; ``y`` (N, H, W) int64, 0 other, 1 grey, 2 white;
    ``block`` (N,) int64, groups of neighbouring slices; ``height`` (N,) float32, mm above the
    anterior commissure; ``classes`` the three names.
    """

    x: torch.Tensor
    y: torch.Tensor
    block: torch.Tensor
    height: torch.Tensor
    classes: list[str]


def mni152(resolution=2):
    """Load the MNI152 average brain.

    Parameters
    ----------
    resolution : voxel side in whole mm, 1 (197 x 233 x 189) to 8; 2 gives 99 x 117 x 95.

    Returns
    -------
    Brain

    Raises
    ------
    ValueError : for a resolution outside 1..8.

    Notes
    -----
    Source: nilearn ``load_mni152_template``, the ICBM 152 nonlinear 2009a symmetric average
    (Fonov et al. 2011), free for any use with its copyright notice (McGill University).

    Examples
    --------
    >>> mni152(4).t1.shape
    torch.Size([50, 59, 48])
    """
    from nilearn import datasets

    if resolution not in range(1, 9):
        raise ValueError(f"mni152: resolution must be a whole 1 to 8 mm, found {resolution}")
    load = (
        datasets.load_mni152_template,
        datasets.load_mni152_gm_template,
        datasets.load_mni152_wm_template,
    )
    maps = [torch.from_numpy(f(resolution=resolution).get_fdata()).float() for f in load]
    return Brain(*(m.clamp(0, 1) for m in maps), spacing=float(resolution))


def brain_slices(resolution=2, *, low=-30.0, high=60.0, blocks=8):
    """Cut the average brain into axial slices with a tissue label for each pixel.

    Parameters
    ----------
    resolution : voxel side in mm.
    low, high : lowest and highest slice, mm above the anterior commissure.
    blocks : number of groups of neighbouring slices.

    Returns
    -------
    Slices, height and width padded with zeros to multiples of 16 (so that a U-Net can halve
    them four times). A pixel is grey or white where that probability is largest and above 1/3.

    Raises
    ------
    ValueError : if the range holds fewer slices than ``blocks``.

    Notes
    -----
    Trap: neighbouring slices are near copies of each other, so a random split of slices leaks.
    Split by ``block``, or take the lower half for training and the upper half for testing.

    Examples
    --------
    >>> data = brain_slices(4)
    >>> data.x.shape, data.y.shape
    (torch.Size([23, 1, 64, 64]), torch.Size([23, 64, 64]))
    """
    brain = mni152(resolution)
    z = torch.arange(brain.t1.shape[2]) * brain.spacing - 72.0  # the grid starts 72 mm below
    keep = (z >= low) & (z <= high)
    if int(keep.sum()) < max(blocks, 1):
        raise ValueError(
            f"brain_slices: {low} to {high} mm holds {int(keep.sum())} slices, expected at least {blocks}"
        )
    tissue = torch.stack([torch.full_like(brain.grey, 1 / 3), brain.grey, brain.white])
    y = tissue.argmax(0)[..., keep].permute(2, 1, 0).flip(1)  # front of the head on top
    x = brain.t1[..., keep].permute(2, 1, 0).flip(1)
    block = torch.arange(len(x)) * blocks // len(x)
    classes = ["other", "grey matter", "white matter"]
    return Slices(_pad(x).unsqueeze(1), _pad(y), block, z[keep].float(), classes)


def _pad(image):
    """Pad (N, H, W) with zeros on the right and bottom to multiples of 16."""
    high, wide = image.shape[1:]
    return torch.nn.functional.pad(image, (0, -wide % 16, 0, -high % 16))
