"""Stained tissue, and a scanner that leaves a mark on what it sees (survey 9; chapter 9-practice/validate-thoroughly).

The tissue is real, the mark is simulated: a corner of every tile from one of two scanners is a
little brighter. What a tile would have looked like on the other scanner is therefore known.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import avg_pool2d

from .embedded import Table, tiles

SIDE = 16  # pixels of a tile
PLACE = 4  # pixels of the squares that columns describe, and of the mark
ROWS, FEWEST = 150, 15  # of all, of an answer; with fewer a cell of class and scanner is often bare


@dataclass(frozen=True)
class Stained(Table):
    """Tiles of stained tissue as rows of numbers.

    Attributes, besides those of `Table`: ``amount`` (N,) float32, mean optical density of the
    brown stain, times 100; ``brightness`` (N,) float32, of the tile, 0..1; ``images`` (N, 16, 16)
    float32 grey, as scanned.
    """

    amount: torch.Tensor | None = None
    brightness: torch.Tensor | None = None
    images: torch.Tensor | None = None


def stained_tiles(ink=0.0):
    """1,024 tiles of colon tissue: how much brown stain is in them, and what is left in grey.

    Parameters
    ----------
    ink : float, brightness from 0 to 1
        A *simulated* scanner adds it to the 4 x 4 pixels of the lower right corner.

    Returns
    -------
    Stained, x (1024, 32) float32: of each of 4 x 4 places the mean brightness, then of each its
    spread (standard deviation over 16 pixels), the tile's own mean brightness taken away; y int64,
    0 little stain, 1 much (above the median tile); groups (1024,) the block of 128 x 128 pixels.

    Notes
    -----
    Source: scikit-image ``immunohistochemistry`` (see `helpers.data.embedded.tiles`), one piece of
    tissue, cut into tiles of 16 x 16 pixels. The stain (FHL2, brown) is separated from the blue of the
    nuclei by ``skimage.color.rgb2hed`` (Ruifrok and Johnston 2001). Trap: neighbouring tiles are
    alike; split by ``groups``. All of it is one patient.

    Raises
    ------
    ValueError : for ink outside 0..1.

    Examples
    --------
    >>> data = stained_tiles()
    >>> data.x.shape, data.y.sum().item(), int(data.groups.max())
    (torch.Size([1024, 32]), 512, 15)
    """
    from skimage.color import rgb2hed

    if not 0 <= ink <= 1:
        raise ValueError(f"stained_tiles: ink must be between 0 and 1, found {ink}")
    cut = tiles(SIDE, classes=("immunohistochemistry",))
    stains = torch.from_numpy(rgb2hed(cut.x.permute(0, 2, 3, 1).numpy()))
    amount = 100 * stains[..., 2].flatten(1).mean(1).float()
    grey = cut.x.mean(1, keepdim=True)
    grey[:, :, -PLACE:, -PLACE:] += ink
    brightness = grey.mean((2, 3), keepdim=True)
    where = [f"row {r} column {c}" for r in range(1, 5) for c in range(1, 5)]
    return Stained(
        x=places(grey - brightness),
        y=(amount > amount.median()).long(),
        features=[f"{what}, {place}" for what in ("brightness", "spread") for place in where],
        classes=["little stain", "much stain"],
        groups=cut.block,
        amount=amount,
        brightness=brightness.flatten(),
        images=grey[:, 0],
    )


def places(grey, side=PLACE):
    """Mean and standard deviation of the pixels in each square place of an image.

    Parameters
    ----------
    grey : Tensor (N, 1, H, W)
    side : int, pixels of a place; divides H and W

    Returns
    -------
    Tensor (N, 2 H W / side^2): all means, then all spreads, row by row of the image
    """
    grey = grey.double()
    mean = avg_pool2d(grey, side)
    spread = (avg_pool2d(grey.square(), side) - mean.square()).clamp(min=0).sqrt()
    return torch.cat([mean, spread], 1).flatten(1).float()


def scanners(sick, agreement, seed=0):
    """Which of two scanners saw each row, when one of them sees the sick (simulated).

    Parameters
    ----------
    sick : (N,) int64 tensor of 0 and 1
    agreement : float in 0..1
        Probability that a row's scanner has the number of its class: 0.95, the scanner of the ward
        sees nearly all sick; 0.5, scanner and sickness are independent.
    seed : int

    Returns
    -------
    (N,) int64 tensor of 0 and 1

    Raises
    ------
    ValueError : for an agreement outside 0..1.

    Examples
    --------
    >>> scanners(torch.tensor([0, 1, 1]), 1.0).tolist()
    [0, 1, 1]
    """
    if not 0 <= agreement <= 1:
        raise ValueError(f"scanners: agreement must be between 0 and 1, found {agreement}")
    draws = torch.Generator().manual_seed(seed)
    agree = torch.rand(len(sick), generator=draws) < agreement
    return torch.where(agree, sick, 1 - sick)


@dataclass(frozen=True)
class Clinic:
    """One table as the two questions of the chapter, and the faults that are planted in it.

    Attributes: ``x`` (N, F) columns and ``sick`` (N,) 0 or 1, ``names`` of the two; ``mark`` (F,)
    what the second scanner adds; ``inputs`` (N, G) columns and ``amount`` (N,) a number to
    predict; ``drift`` (G,) what an ageing lamp adds; ``groups`` (N,) rows that belong together.
    """

    x: torch.Tensor
    sick: torch.Tensor
    names: list[str]
    mark: torch.Tensor
    inputs: torch.Tensor
    amount: torch.Tensor
    drift: torch.Tensor
    groups: torch.Tensor


def clinic(data, ink=0.3, dimming=0.08):
    """Ask a table a yes-or-no question and for a number, and prepare the faults for it.

    Stained tiles: is there much stain, and how much (told with the brightness as one column more)?
    A table of your own: is the number above its median, and what is it; or is the class the most
    frequent one, and what is the first column, told the others? The mark is there two standard
    deviations on the first column, the drift one on the first of the inputs.

    Parameters
    ----------
    data : Stained, or a Table with a target
    ink : float, brightness that the scanner adds to a corner of a tile
    dimming : float, brightness that the lamp loses

    Returns
    -------
    Clinic

    Raises
    ------
    ValueError : for a table without a target, rows without one, one answer only, fewer than two
        columns, than `ROWS` rows or than `FEWEST` of an answer, or one to three groups with
        rows of an answer.

    Examples
    --------
    >>> clinic(stained_tiles()).inputs.shape
    torch.Size([1024, 33])
    """
    if isinstance(data, Stained):
        mark = stained_tiles(ink).x[0] - data.x[0]
        inputs = torch.cat([data.brightness[:, None], data.x], 1)
        return _clinic(data, data.y, data.classes, mark, inputs, data.amount, -dimming)
    if data.y is None or not data.y.isfinite().all() or (data.classes and data.y.min() < 0):
        raise ValueError(
            "clinic: expected a target in every row; pass unlabelled='drop' to the reader"
        )
    spread = float(data.x[:, 0].std()) or 1.0
    mark = torch.zeros(data.x.shape[1]).index_fill_(0, torch.tensor([0]), 2 * spread)
    if data.classes:
        most = int(data.y.mode().values)
        sick, names = (data.y == most).long(), ["another class", data.classes[most]]
        inputs = torch.cat([data.x[:, 1:], sick[:, None].float()], 1)
        return _clinic(data, sick, names, mark, inputs, data.x[:, 0], float(inputs[:, 0].std()))
    sick = (data.y > data.y.median()).long()
    return _clinic(data, sick, ["low", "high"], mark, data.x, data.y, spread)


def _clinic(data, sick, names, mark, inputs, amount, drift):
    """Put a clinic together; refuse a question with one answer."""
    if sick.min() == sick.max():
        raise ValueError(
            f"clinic: expected rows of both answers, found only {names[int(sick[0])]!r}"
        )
    groups = torch.arange(len(sick)) if data.groups is None else data.groups
    held_by = min(len(groups[sick == answer].unique()) for answer in (0, 1))
    found = (data.x.shape[1], held_by, len(sick), int(sick.bincount().min()))
    if any(have < need for have, need in zip(found, (2, 4, ROWS, FEWEST), strict=True)):
        raise ValueError(
            "clinic: expected at least 2 columns, 4 groups with each answer (or groups=None), "
            f"{ROWS} rows and {FEWEST} of each answer, found {found[0]}, {found[1]}, {found[2]} and {found[3]}"
        )
    lamp = torch.zeros(inputs.shape[1]).index_fill_(0, torch.tensor([0]), drift)
    return Clinic(data.x, sick, names, mark, inputs, amount, lamp, groups)
