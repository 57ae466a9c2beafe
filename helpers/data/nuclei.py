"""Fluorescent nuclei: fields simulated from a stated model, and one real image (survey 4.3.3; chapter 4-models/semantic-segmentation).

The model, with lengths in pixels: in every field ellipsoidal nuclei with semi-axes of 4 to 7 lie
where chance puts them; about one in six divides, and then is a rod of 6 to 8 by 2. A nucleus has a
brightness of its own (log-normal), a grainy inside, and blurred, unlabelled neighbours out of
focus. The lamp lights the field unevenly; the lens blurs by one pixel; the camera counts photons.
How dense, bright and uneven a field is differs from field to field.
"""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from .cited import fetch
from .masks import Masked

CLASSES = ["background", "nucleus", "dividing"]


def simulated_nuclei(count, side=64, depth=None, seed=0):
    """Draw fields of fluorescent nuclei, or volumes of them, with the class of every pixel.

    Parameters
    ----------
    count : int >= 1
        Fields, each drawn by itself.
    side : int >= 16
        Pixels of a side.
    depth : int >= 8, optional
        Layers of a volume; without it the fields are flat.
    seed : int

    Returns
    -------
    Masked, x (N, 1, [D,] S, S) float32, every field in units of its own mean and spread; y
    (N, [D,] S, S) int64, 0 background, 1 nucleus, 2 dividing nucleus. Each field has some of each.

    Raises
    ------
    ValueError
        For a number that is too small.

    Notes
    -----
    **Simulated**, from the model that stands above. Real stains, shapes and optics are richer.

    Examples
    --------
    >>> simulated_nuclei(2, 32).x.shape, simulated_nuclei(1, 16, depth=8).x.shape
    (torch.Size([2, 1, 32, 32]), torch.Size([1, 1, 8, 16, 16]))
    """
    for name, value, least in (("count", count, 1), ("side", side, 16), ("depth", depth, 8)):
        if value is not None and not (isinstance(value, int) and value >= least):
            raise ValueError(
                f"simulated_nuclei: {name} must be a whole number from {least}, found {value!r}"
            )
    shape = (side, side) if depth is None else (depth, side, side)
    x, y = [], []
    while len(x) < count:
        image, label = field(shape, np.random.default_rng([seed, len(x), len(shape)]))
        x.append((image - image.mean()) / image.std())
        y.append(label)
    x, y = torch.tensor(np.stack(x)).float().unsqueeze(1), torch.from_numpy(np.stack(y))
    names = [f"field {number}" for number in range(count)]
    return Masked(x, y, [0, 1, 2], names, CLASSES, torch.arange(count), rows=names)


def field(shape, rng):
    """One field: what the camera counts, and the classes; drawn again until all classes occur.

    Parameters
    ----------
    shape : (H, W) or (D, H, W)
    rng : numpy.random.Generator

    Returns
    -------
    counts (*shape) float64, whole numbers of photons; classes (*shape) int64
    """
    density = rng.uniform(0.002, 0.004) * (1 if len(shape) == 2 else 0.09)
    while True:
        y, glow = planted(shape, rng, density)
        if len(np.unique(y)) == 3:
            break
    far = gaussian_filter(planted(shape, rng, density)[1], 4)  # out of focus
    light = gaussian_filter(glow + rng.uniform(0.5, 1.2) * far, 1.0)
    light = (light + rng.uniform(0.1, 0.3)) * lamp(shape, rng)
    photons = rng.uniform(8, 25)
    return rng.poisson(photons * light).astype(np.float64), y


def planted(shape, rng, density):
    """Classes of the pixels, and the light that each sends out.

    Parameters
    ----------
    shape, rng : as in `field`.
    density : float
        Nuclei a pixel, on average; two are the least.
    """
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    y, glow = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    grain = gaussian_filter(rng.standard_normal(shape), 1.5)
    grain = 1 + 0.15 * grain / grain.std()
    for _ in range(max(2, rng.poisson(density * np.prod(shape)))):
        divides = rng.random() < 1 / 6
        axes = rng.uniform(4, 7, len(shape))
        if divides:
            axes[:] = 2
            axes[0] = rng.uniform(6, 8)
        turn = np.linalg.qr(rng.standard_normal((len(shape),) * 2))[0]
        away = (grid - rng.uniform(0, shape)) @ turn / axes
        inside = (away**2).sum(-1) < 1
        y[inside] = 1 + divides
        glow[inside] = rng.lognormal(0.2 * divides, 0.3) * grain[inside]
    return y, glow


def lamp(shape, rng):
    """Uneven light: a plane through one, falling by up to six tenths from edge to edge.

    Parameters
    ----------
    shape, rng : as in `field`; all layers of a volume are lit alike.
    """
    v, u = np.meshgrid(*(np.linspace(-0.5, 0.5, n) for n in shape[-2:]), indexing="ij")
    slope = rng.uniform(-0.6, 0.6, 2)
    return np.broadcast_to(1 + slope[0] * v + slope[1] * u, shape)


def real_nuclei():
    """One real image of fluorescent nuclei, with what experts outlined.

    Returns
    -------
    Masked, x (1, 1, 512, 512) float32 in units of its mean and spread; y (1, 512, 512) int64,
    0 background, 1 nucleus.

    Notes
    -----
    StarDist's example (Schmidt et al. 2018), from the Data Science Bowl 2018 (Caicedo et al.
    2019), BSD-3 (repository). Trap: it is one image. Tiles of it share one stain and one lamp.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    from PIL import Image

    folder = fetch("nuclei")
    image, mask = (
        np.array(Image.open(folder / f"{n}2d.tif")).astype(float) for n in ("img", "mask")
    )
    x = torch.tensor((image - image.mean()) / image.std()).float()[None, None]
    y = torch.from_numpy(mask > 0).long()[None]
    return Masked(x, y, [0, 1], ["img2d"], CLASSES[:2], torch.arange(1), rows=["img2d"])
