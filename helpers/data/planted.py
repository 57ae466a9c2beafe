"""Images with a planted cause: the label is known to lie in one place (survey 7.1.1; chapter 7-interpretability/saliency-maps).

The canvas is real, the marks are **simulated**: two short strokes in every image. The slant of one
decides the label, the other has edges of the same energy and says nothing.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage

from helpers.ground.random import generator

STROKE = 7  # pixels of the square that holds a stroke


@dataclass(frozen=True)
class Planted:
    """Images with two simulated strokes.

    Attributes: ``x`` (N, 1, H, W) float32; ``y`` (N,) int64, 0 or 1, the slant of the cause;
    ``cause`` and ``decoy`` (N, 1, H, W) bool, the squares in which the strokes lie.
    """

    x: torch.Tensor
    y: torch.Tensor
    cause: torch.Tensor
    decoy: torch.Tensor


def strokes():
    r"""The four strokes: \\ and / (the cause), | and - (the decoy).

    Returns
    -------
    tensor (4, 7, 7), each of mean 0, norms of mean 1
        All have the same Sobel energy: with equal norms an edge filter would prefer the upright.

    Examples
    --------
    >>> strokes().flatten(1).norm(dim=1)
    tensor([1.0143, 1.0143, 0.9857, 0.9857])
    """
    v, u = torch.meshgrid(torch.arange(STROKE) - 3.0, torch.arange(STROKE) - 3.0, indexing="ij")
    fade = torch.exp(-(((u**2 + v**2) / 10) ** 2))
    across = torch.stack([(u - v) / 2**0.5, (u + v) / 2**0.5, u, v])
    drawn = torch.exp(-(across**2)) * fade
    drawn = drawn - drawn.mean((1, 2), keepdim=True)
    energy = torch.tensor([_sobel_energy(one) for one in drawn.numpy()])
    drawn = drawn / energy.sqrt()[:, None, None]
    return drawn / drawn.flatten(1).norm(dim=1).mean()


def _sobel_energy(image):
    """Sum of the squared Sobel gradient of an image that is zero outside its frame."""
    wide = np.pad(image, 2)
    return float(sum((ndimage.sobel(wide, axis) ** 2).sum() for axis in (0, 1)))


def plant(canvas, seed=0, strength=1.0, turned=None, upright=False):
    """Draw a cause and a decoy into every image, at places that do not overlap.

    Parameters
    ----------
    canvas : tensor (N, 1, H, W), brightness 0..1, H and W at least 16
    seed : int
        Labels, slants and places are drawn anew for each.
    strength : float > 0
        Norm of a stroke's change of brightness, nearly: see `strokes`.
    turned : None, "cause" or "decoy"
        The same images with the other slant of this stroke, for a test of what decides; ``y`` stays.
    upright : bool
        The parts are exchanged: the cause stands upright or lies flat, the decoy is slanted.

    Returns
    -------
    Planted

    Raises
    ------
    ValueError
        If the images are not grey or too small for two strokes.
    """
    count, channels, height, width = canvas.shape
    if channels != 1 or min(height, width) < 2 * STROKE + 2:
        raise ValueError(
            f"plant(canvas): expected grey images of at least {2 * STROKE + 2} pixels a side, "
            f"found {tuple(canvas.shape[1:])}"
        )
    draws = generator(seed)
    slants = torch.randint(2, (2, count), generator=draws)
    shown = slants ^ torch.tensor([[turned == "cause"], [turned == "decoy"]]).long()
    x, forms = canvas.clone(), strength * strokes().roll(2 if upright else 0, 0)
    squares = torch.zeros(2, *canvas.shape, dtype=torch.bool)
    for image in range(count):
        for which, (top, left) in enumerate(_places(height, width, draws)):
            place = (image, 0, slice(top, top + STROKE), slice(left, left + STROKE))
            x[place] += forms[2 * which + shown[which, image]]
            squares[which][place] = True
    return Planted(x, slants[0], *squares)


def _places(height, width, draws):
    """Upper left corners of two squares that do not overlap."""
    while True:
        tops = torch.randint(height - STROKE + 1, (2,), generator=draws).tolist()
        lefts = torch.randint(width - STROKE + 1, (2,), generator=draws).tolist()
        if abs(tops[0] - tops[1]) >= STROKE or abs(lefts[0] - lefts[1]) >= STROKE:
            return list(zip(tops, lefts))
