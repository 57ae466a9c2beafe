"""Stained blood smears, simulated from a stated model (survey 4.3.2; chapter 4-models/object-detection).

The model, with lengths in pixels of a field of 96: red cells are pink discs, radius 6 to 8.5,
slightly oval, often with a pale centre, and may overlap; white cells have radius 11 to 14, faint
violet with a dark nucleus of two to four lobes; platelets are violet grains of radius 2.5 to 3.5.
Specks of dye, darker and smaller than platelets, and pale ghosts of red cells count as nothing.
How strong the stain is, how crowded the field, how even the light and how noisy the camera differs
from field to field.
"""

import numpy as np
import torch

from .boxes import Boxed, padded

CLASSES = ["red cell", "white cell", "platelet"]
GLASS, PINK, VIOLET = (
    np.array(c) for c in ((0.88, 0.84, 0.80), (0.76, 0.5, 0.5), (0.45, 0.3, 0.6))
)


def simulated_smears(count, side=96, seed=0):
    """Draw fields of blood cells with the box of every cell.

    Parameters
    ----------
    count : int >= 1
        Fields, each drawn by itself.
    side : int >= 48
        Pixels; fields of other sides than 96 hold as many cells an area.
    seed : int

    Returns
    -------
    Boxed, classes red cell, white cell, platelet. Every cell whose centre lies in the field has a
    box, cut at the border.

    Raises
    ------
    ValueError
        For a number that is too small.

    Notes
    -----
    **Simulated**, from the model that stands above. Real smears are richer; chapter
    4-models/object-detection tries the same methods on real ones.

    Examples
    --------
    >>> simulated_smears(2, 48).x.shape
    torch.Size([2, 3, 48, 48])
    """
    for name, value, least in (("count", count, 1), ("side", side, 48)):
        if not (isinstance(value, int) and value >= least):
            raise ValueError(
                f"simulated_smears: {name} must be a whole number from {least}, found {value!r}"
            )
    fields = [field(side, np.random.default_rng([seed, number])) for number in range(count)]
    x = torch.tensor(np.stack([image for image, _, _ in fields])).float().permute(0, 3, 1, 2)
    boxes, labels = padded([b for _, b, _ in fields], [k for _, _, k in fields])
    names = [f"field {number}" for number in range(count)]
    return Boxed(x.contiguous(), boxes, labels, CLASSES, rows=names)


def field(side, rng):
    """One field: image (side, side, 3) in 0..1, boxes, class numbers.

    Parameters
    ----------
    side : int
    rng : numpy.random.Generator
    """
    image = np.tile(GLASS + rng.normal(0, 0.02, 3), (side, side, 1))
    share, stain = (side / 96) ** 2, rng.uniform(0.7, 1.1)
    numbers = rng.poisson(16 * share * rng.uniform(0.5, 1.3)), rng.poisson(1.2 * share)
    numbers += (rng.poisson(2.5 * share),)
    taken, boxes, labels = [], [], []
    for kind in (1, 0, 2):
        for _ in range(numbers[kind]):
            radius = rng.uniform(*((6, 8.5), (11, 14), (2.5, 3.5))[kind])
            centre = free_place(side, radius, taken, rng)
            if centre is not None:
                taken.append((*centre, radius))
                box = (red, white, platelet)[kind](image, centre, radius, stain, rng)
                boxes.append(tuple(np.clip(box, 0, side)))
                labels.append(kind)
    for _ in range(rng.poisson(4 * share)):
        blot(image, rng.uniform(0, side, 2), (1.3, 1.3), 0, VIOLET * 0.7, stain)
    for _ in range(rng.poisson(1.5 * share)):
        blot(image, rng.uniform(0, side, 2), (7, 7), 0, PINK, 0.25 * stain)
    v, u = np.meshgrid(*[np.linspace(-0.5, 0.5, side)] * 2, indexing="ij")
    slope = rng.uniform(-0.2, 0.2, 2)
    image *= (1 + slope[0] * v + slope[1] * u)[..., None]
    image += rng.normal(0, rng.uniform(0.01, 0.04), image.shape)
    return image.clip(0, 1), boxes, labels


def free_place(side, radius, taken, rng):
    """A place where a cell covers no other cell's centre, or None after fifty tries.

    Parameters
    ----------
    side : int
    radius : float
    taken : list of (x, y, radius)
    rng : numpy.random.Generator
    """
    for _ in range(50):
        x, y = rng.uniform(0, side, 2)
        if all(np.hypot(x - a, y - b) > 0.8 * (radius + r) for a, b, r in taken):
            return x, y
    return None


def blot(image, centre, radii, turn, colour, strength):
    """Lay an ellipse with a soft edge over an image, in place; returns its box.

    Parameters
    ----------
    image : array (S, S, 3)
    centre, radii : (x, y)
    turn : float, radians
    colour : array (3,)
    strength : float, 0 changes nothing and 1 covers all
    """
    reach = int(max(radii)) + 5
    low = [max(0, int(c) - reach) for c in centre]
    part = image[low[1] : int(centre[1]) + reach, low[0] : int(centre[0]) + reach]
    v, u = np.indices(part.shape[:2]) + 0.5
    x, y = u + low[0] - centre[0], v + low[1] - centre[1]
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    away = (np.hypot(along / radii[0], across / radii[1]) - 1) * min(radii)
    cover = (strength / (1 + np.exp(np.clip(away / 0.4, -50, 50))))[..., None].clip(0, 1)
    part += cover * (colour - part)
    half = np.hypot(radii[0] * np.array([np.cos(turn), np.sin(turn)]),
                    radii[1] * np.array([np.sin(turn), np.cos(turn)]))  # fmt: skip
    return (centre[0] - half[0], centre[1] - half[1], centre[0] + half[0], centre[1] + half[1])


def red(image, centre, radius, stain, rng):
    """A red cell, in place; returns its box.

    Parameters
    ----------
    image, centre
        As in `blot`.
    radius, stain : floats
    rng : numpy.random.Generator
    """
    turn, radii = rng.uniform(0, np.pi), radius * rng.uniform(0.9, 1.1, 2)
    box = blot(image, centre, radii, turn, PINK, 0.85 * stain * rng.uniform(0.6, 1))
    blot(image, centre, radii * 0.45, turn, GLASS, rng.uniform(0, 0.7))
    return box


def white(image, centre, radius, stain, rng):
    """A white cell with a lobed nucleus, in place; returns its box.

    Parameters
    ----------
    image, centre
        As in `blot`.
    radius, stain : floats
    rng : numpy.random.Generator
    """
    box = blot(image, centre, (radius, radius * 0.95), 0, (VIOLET + GLASS) / 2, 0.7 * stain)
    for _ in range(rng.integers(2, 5)):
        lobe = np.array(centre) + rng.uniform(-0.4, 0.4, 2) * radius
        blot(image, lobe, radius * rng.uniform(0.3, 0.5, 2), 0, VIOLET, 0.9 * stain)
    return box


def platelet(image, centre, radius, stain, rng):
    """A platelet, in place; returns its box.

    Parameters
    ----------
    image, centre
        As in `blot`.
    radius, stain : floats
    rng : numpy.random.Generator
    """
    radii = radius * rng.uniform(0.8, 1.2, 2)
    return blot(image, centre, radii, 0, VIOLET, 0.7 * stain * rng.uniform(0.6, 1))
