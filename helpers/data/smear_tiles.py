"""Quarters of blood smears: is there a white cell, and where? (survey 5.4; chapter 5-methods/weak-supervision)."""

from dataclasses import dataclass

import torch

from .blood import blood_smears
from .origin import Origin

SIDES = (24, 32)  # height and width of a tile in pixels
PRESENT = 0.02  # of a tile that a white cell must cover to be named


@dataclass(frozen=True)
class SmearTiles(Origin):
    """Tiles with a label for the whole and a reference for the pixels.

    Attributes: ``x`` (N, 3, 24, 32) float32, each channel with mean 0 and spread 1 over the
    training tiles; ``y`` (N,) float32, 1 if a white cell is there; ``inside`` (N, 24, 32) bool;
    ``classes``; ``train``, ``valid``, ``test`` int64; ``groups`` numbers the photograph.
    """

    x: torch.Tensor
    y: torch.Tensor
    inside: torch.Tensor
    classes: list[str]
    train: torch.Tensor
    valid: torch.Tensor
    test: torch.Tensor


def ellipses(boxes, labels, kind, sides):
    """Pixels inside the ellipses that fill the boxes of one kind.

    Parameters
    ----------
    boxes : Tensor (M, 4), left, top, right, bottom in pixels
    labels : Tensor (M,), int64
    kind : int
    sides : (height, width)

    Returns
    -------
    Tensor (height, width), bool.

    Examples
    --------
    >>> ellipses(torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([1]), 1, (2, 3)).long().tolist()
    [[1, 1, 0], [1, 1, 0]]
    """
    down, across = torch.meshgrid(*(torch.arange(n) + 0.5 for n in sides), indexing="ij")
    inside = torch.zeros(sides, dtype=torch.bool)
    for left, top, right, bottom in boxes[labels == kind].tolist():
        x = (across - (left + right) / 2) / ((right - left) / 2)
        y = (down - (top + bottom) / 2) / ((bottom - top) / 2)
        inside |= x**2 + y**2 <= 1
    return inside


def quartered(x):
    """Cut images into tiles of `SIDES`.

    Parameters
    ----------
    x : Tensor (N, C, H, W), sides that are multiples of the tile's

    Returns
    -------
    Tensor (N * tiles, C, 24, 32), the tiles of an image after each other.
    """
    n, c, height, width = x.shape
    h, w = SIDES
    cut = x.reshape(n, c, height // h, h, width // w, w).permute(0, 2, 4, 1, 3, 5)
    return cut.reshape(-1, c, h, w)


def smear_tiles():
    """White cells in quarters of 364 photographs, 24 by 32 pixels each.

    Returns
    -------
    SmearTiles, 820, 348 and 288 tiles; a photograph stays on one side of the split.

    Notes
    -----
    BCCD, MIT (repository). The reference is not an outline: people drew boxes, and the ellipse that
    fills a box stands for the cell here. A tile counts as positive if a fiftieth of it is inside.
    Trap: a patient may stand on both sides of the split.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    smears, split = blood_smears(10)
    sides = tuple(smears.x.shape[2:])
    drawn = [ellipses(b, k, 1, sides) for b, k in zip(smears.boxes, smears.y)]
    x, inside = quartered(smears.x), quartered(torch.stack(drawn)[:, None])[:, 0]
    each = len(x) // len(split)
    rows = {
        part: torch.tensor([k for k in range(len(x)) if split[k // each] == part])
        for part in ("train", "val", "test")
    }
    mean = x[rows["train"]].mean((0, 2, 3), keepdim=True)
    spread = x[rows["train"]].std((0, 2, 3), keepdim=True)
    present = (inside.double().mean((1, 2)) > PRESENT).float()
    return SmearTiles(
        (x - mean) / spread, present, inside, ["no white cell", "white cell"],
        rows["train"], rows["val"], rows["test"],
        groups=torch.arange(len(x)) // each,
    )  # fmt: skip
