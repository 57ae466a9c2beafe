"""Two sites of one task: labelled rows here, rows without labels there (survey 5.2; chapter 5-methods/domain-adaptation).

Also what every way to adapt shares: how a source is distorted, and the two small networks.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods.gradient_reversal import Adaptable


@dataclass(frozen=True)
class Sites:
    """Two domains.

    Attributes: ``x`` (N, F) float32 and ``y`` (N,) int64, the source with labels; ``pool`` (M, F),
    target rows without labels; ``test`` (T, F) and ``truth`` (T,), target rows to score on;
    ``hidden`` (M,), labels of the pool, for the ceiling and nothing else; ``classes`` K;
    ``distort``, callable (rows, strength, draws) -> rows: what source augmentation does to a
    batch; ``make``, callable (F, K) -> Adaptable, a new network; ``steps`` of training;
    ``rows`` (T,), which rows of the file the test rows are.
    """

    x: torch.Tensor
    y: torch.Tensor
    pool: torch.Tensor
    test: torch.Tensor
    truth: torch.Tensor
    hidden: torch.Tensor
    classes: int
    distort: Callable
    make: Callable
    steps: int = 300
    rows: torch.Tensor | None = None

    @property
    def both(self):
        """Source rows, their labels, and for each a target row drawn at random."""
        pair = torch.randint(len(self.pool), (len(self.x),), generator=generator(1))
        return self.x, self.y, self.pool[pair]


def styled(rows, patches):
    """Images as another instrument might see them: blurred, a pixel lower, over a background.

    Parameters
    ----------
    rows : tensor (N, S * S), square grey images
    patches : tensor (P, 1, S, S), of which each image gets one at random, always the same.
    """
    images = rows.reshape(-1, *patches.shape[1:])
    blurred = nn.functional.avg_pool2d(images, 3, 1, 1)
    down = (0.5 * images + 0.5 * blurred).roll(1, dims=2)
    chosen = torch.randint(len(patches), (len(images),), generator=generator(0))
    return (0.6 * down + 0.5 * patches[chosen]).flatten(1)


def by_groups(x, z, y, groups, seed, make=None):
    """Deal whole groups, half to the source, the rest to the target's pool and test rows.

    Parameters
    ----------
    x, z : tensors (N, S * S), every image as the source and as the target sees it
    y : (N,) int64
    groups : (N,) int64, whose rows stay together
    seed : int, of the dealing
    make : callable (F, K) -> Adaptable, `dense` if left out
    """
    names = groups.unique()
    dealt = names[torch.randperm(len(names), generator=generator(seed, 7))]
    half, most = len(names) // 2, len(names) - max(1, len(names) // 4)
    rows = [
        torch.isin(groups, part).nonzero()[:, 0]
        for part in (dealt[:half], dealt[half:most], dealt[most:])
    ]
    source, pool, test = rows
    return Sites(
        x[source], y[source], z[pool], z[test], y[test], y[pool], int(y.max()) + 1,
        distort_images, make or dense, rows=test,
    )  # fmt: skip


def framed(images, size=8, ink=0.4):
    """Cut every digit out, stretch it to 32 x 32 black or white pixels, count fields of them.

    That is nearly how the digits of scikit-learn were made (Alpaydin and Kaynak 1998).

    Parameters
    ----------
    images : tensor (N, 1, H, W), values in 0..1
    size : int, fields a side
    ink : float, from which on a pixel is black; each image needs one.

    Returns
    -------
    tensor (N, size * size), values in 0..1
    """
    found = []
    for black in images[:, 0] > ink:
        rows, columns = black.any(1).nonzero()[:, 0], black.any(0).nonzero()[:, 0]
        cut = black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].float()
        wide = nn.functional.interpolate(cut[None, None], (32, 32))
        found.append(nn.functional.adaptive_avg_pool2d(wide, size).flatten())
    return torch.stack(found)


def distort_images(rows, strength, draws, size=8):
    """Blur, fade, brighten, shift and speckle square images.

    Parameters
    ----------
    rows : tensor (B, size * size), values in 0..1
    strength : float in 0..1, how far; 0 leaves the images as they are.
    draws : torch.Generator
    size : int, pixels a side
    """
    images = rows.reshape(-1, 1, size, size)
    blurred = nn.functional.avg_pool2d(images, 3, 1, 1)
    share = strength * torch.rand(len(rows), 1, 1, 1, generator=draws)
    images = images + share * (blurred - images)
    by = torch.randint(-1, 2, (2,), generator=draws).tolist() if strength > 0 else (0, 0)
    return fade_images(images.roll(by, (2, 3)).flatten(1), strength, draws)


def fade_images(rows, strength, draws):
    """Fade, brighten and speckle images: what `distort_images` does beside blur and shift.

    Parameters
    ----------
    rows : tensor (B, F), pixels in 0..1
    strength : float in 0..1, how far; 0 leaves the images as they are.
    draws : torch.Generator
    """
    fade, light = strength * torch.rand(2, len(rows), 1, generator=draws)
    noise = 0.2 * strength * torch.randn(rows.shape, generator=draws)
    return (1 - 0.5 * fade) * rows + 0.4 * light + noise


def distort_columns(rows, strength, draws):
    """Give each column another gain and offset, and each value some noise.

    Parameters
    ----------
    rows : tensor (B, F), columns of spread about 1
    strength : float >= 0; 0 leaves the rows as they are.
    draws : torch.Generator
    """
    gain, offset = strength * torch.randn(2, rows.shape[1], generator=draws)
    noise = 0.2 * strength * torch.randn(rows.shape, generator=draws)
    return rows * (0.5 * gain).exp() + 0.5 * offset + noise


def dense(columns, classes):
    """Two normalised hidden layers, 32 features, a classifier and a critic.

    Parameters
    ----------
    columns : int, of a row
    classes : int
    """
    layers = [
        part
        for a, b in ((columns, 128), (128, 64))
        for part in (nn.Linear(a, b), nn.BatchNorm1d(b), nn.ReLU())
    ]
    features = nn.Sequential(*layers, nn.Linear(64, 32), nn.ReLU())
    return Adaptable(features, nn.Linear(32, classes), critic())


def convolutional(columns, classes):
    """The same with two 3 x 3 convolutions, for square grey images given as rows.

    Parameters
    ----------
    columns : int, of a row
    classes : int
    """
    size = math.isqrt(columns)
    layers = [
        part
        for a, b in ((1, 16), (16, 32))
        for part in (nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2))
    ]
    flat = nn.Flatten(), nn.Linear(32 * (size // 4) ** 2, 32), nn.ReLU()
    features = nn.Sequential(nn.Unflatten(1, (1, size, size)), *layers, *flat)
    return Adaptable(features, nn.Linear(32, classes), critic())


def critic():
    """Log-odds of "this is a target" from 32 features."""
    return nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))


def two_sites(data, seed, *, steps=100):
    """Sites of a reader's own data: labelled rows of one site, half of the other to adapt to.

    Parameters
    ----------
    data : Table, Tiles or the like, whose ``groups`` hold the site; two of them
        The site of the first row is the source. Rows of a class -1 have no label.
    seed : int
        Which half of the other site is adapted to, and which is scored on.
    steps : int, of training

    Returns
    -------
    Sites. Columns are scaled by the source; square grey images are left as they are.

    Raises
    ------
    ValueError
        If there are no classes, or not two sites with at least 20 rows each and labels in both.
    """
    sizes = [] if data.groups is None else data.groups.unique(return_counts=True)[1].tolist()
    if data.y is None or data.y.dtype != torch.int64 or len(sizes) != 2 or min(sizes) < 20:
        raise ValueError(
            "two_sites: expected a class for the rows and groups= a column that names two sites "
            f"of at least 20 rows each, found sites of {sizes} rows"
        )
    source = data.groups == data.groups[0]
    here, there = (source & (data.y >= 0)).nonzero()[:, 0], (~source).nonzero()[:, 0]
    there = there[torch.randperm(len(there), generator=generator(seed, 7))]
    pool, test = there[: len(there) // 2], there[len(there) // 2 :]
    test = test[data.y[test] >= 0]
    if not len(here) or not len(test):
        raise ValueError("two_sites: expected labels in both sites, found none in one of them")
    x, distort = _scaled(data.x, here)
    y = data.y
    return Sites(
        x[here], y[here], x[pool], x[test], y[test], y[pool].clamp(min=0), len(data.classes),
        distort, dense, steps=steps, rows=test,
    )  # fmt: skip


def _scaled(x, here):
    """Rows of numbers and how to distort them: images as they are, columns in spreads of `here`."""
    if x.ndim == 4 and x.shape[1] == 1 and x.shape[2] == x.shape[3]:
        return x.flatten(1), partial(distort_images, size=x.shape[2])
    x = x.flatten(1)
    spread = x[here].std(0)
    return (x - x[here].mean(0)) / torch.where(spread > 0, spread, 1.0), distort_columns
