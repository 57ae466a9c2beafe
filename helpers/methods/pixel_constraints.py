r"""Pixel maps from labels of whole images (survey 5.4; chapter 5-methods/weak-supervision).

Pathak, Kraehenbuehl and Darrell 2015, Constrained convolutional neural networks for weakly
supervised segmentation (survey reference 171). B images, s scores of h by w pixels, a white cell is
there with the probability sigmoid(s). Of all maps whose size is allowed, the one nearest to what
the network says is the target; with two classes it is the network's own map, all scores raised or
lowered by one number (their equation 9).
"""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, interpolate


def map_network(width=16):
    """A small fully convolutional network, one score for every second pixel.

    Parameters
    ----------
    width : int, channels

    Returns
    -------
    nn.Module, (B, 3, H, W) -> (B, H / 2, W / 2); each score sees 17 by 17 pixels.
    """
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1, stride=2), nn.ReLU(),
        nn.Conv2d(width, width, 3, padding=1), nn.ReLU(),
        nn.Conv2d(width, width, 3, padding=2, dilation=2), nn.ReLU(),
        nn.Conv2d(width, 1, 1), nn.Flatten(1, 2),
    )  # fmt: skip


def mean_score(s):
    """Mean pooling: an image is positive if its pixels are on average.

    Parameters
    ----------
    s : Tensor (B, h, w)

    Returns
    -------
    Tensor (B,)
    """
    return s.mean((1, 2))


def raised(s, share, halvings=40):
    """Add one number to all scores of an image, so that it has a given share of positive pixels.

    Parameters
    ----------
    s : Tensor (B, h, w)
    share : float, 0..1, of expected positive pixels
    halvings : int

    Returns
    -------
    Tensor (B, h, w), the raised scores.
    """
    low, high = (torch.full((len(s), 1, 1), end, dtype=s.dtype) for end in (-60.0, 60.0))
    for _ in range(halvings):
        middle = (low + high) / 2
        above = (s + middle).sigmoid().mean((1, 2), keepdim=True) > share
        low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    return s + (low + high) / 2


def nearest_allowed(s, y, low, high):
    """The nearest map, by Kullback-Leibler divergence, whose size is allowed.

    Parameters
    ----------
    s : Tensor (B, h, w), scores
    y : Tensor (B,), 1 if the image holds the object, else 0
    low, high : float, 0..1
        The share of pixels that an object covers where there is one; where there is none, 0.

    Returns
    -------
    Tensor (B, h, w), probabilities.

    Raises
    ------
    ValueError : if the bounds are not 0 < low < high < 1.
    """
    if not 0 < low < high < 1:
        raise ValueError(f"nearest_allowed: expected 0 < low < high < 1, found {low} and {high}")
    size = s.sigmoid().mean((1, 2), keepdim=True)
    s = torch.where(size < low, raised(s, low), torch.where(size > high, raised(s, high), s))
    return s.sigmoid() * y[:, None, None]


def image_labels(pool):
    """A step that sees only image labels: pool the scores, compare with the label.

    Parameters
    ----------
    pool : callable, (B, h, w) -> (B,)

    Returns
    -------
    callable, (model, batch) -> loss; a batch is (x, y, inside), of which `inside` is not read.
    """

    def step(model, batch):
        x, y, _ = batch
        return binary_cross_entropy_with_logits(pool(model(x)), y)

    return step


def constrained(low, high):
    """A step that sees only image labels: move towards the nearest map of an allowed size.

    Parameters
    ----------
    low, high : as in `nearest_allowed`

    Returns
    -------
    callable, (model, batch) -> loss, as in `image_labels`
    """

    def step(model, batch):
        x, y, _ = batch
        s = model(x)
        with torch.no_grad():
            target = nearest_allowed(s, y, low, high)
        return binary_cross_entropy_with_logits(s, target)

    return step


def pixel_labels(model, batch):
    """The step with full supervision: every pixel has its label.

    Parameters
    ----------
    model : nn.Module
    batch : (x, y, inside), of which y is not read

    Returns
    -------
    Tensor (), the loss.
    """
    x, _, inside = batch
    return binary_cross_entropy_with_logits(full_size(model(x), inside.shape[1:]), inside.float())


def full_size(s, sides):
    """Scores brought to the size of the image.

    Parameters
    ----------
    s : Tensor (B, h, w)
    sides : (H, W)

    Returns
    -------
    Tensor (B, H, W)
    """
    return interpolate(s[:, None], size=tuple(sides), mode="bilinear")[:, 0]


def overlap_by_photograph(found, inside, groups):
    """Intersection over union of found and true pixels, photograph by photograph.

    Parameters
    ----------
    found, inside : Tensor (N, H, W), bool
    groups : Tensor (N,), int64, the photograph of each tile

    Returns
    -------
    Tensor (G,), float64, in the order of the groups; those without a true pixel are left out.
    """
    _, place = groups.unique(return_inverse=True)
    both, either, true = (
        torch.zeros(int(place.max()) + 1, dtype=torch.float64).index_add_(
            0, place, part.double().sum((1, 2))
        )
        for part in (found & inside, found | inside, inside)
    )
    return (both / either.clamp(min=1))[true > 0]


def choose_bar(score, inside, groups, tried=60):
    """The bar above which a pixel counts, chosen for the best mean overlap.

    Parameters
    ----------
    score : Tensor (N, H, W)
    inside, groups : as in `overlap_by_photograph`
    tried : int, quantiles of the scores

    Returns
    -------
    float
    """
    levels = score.flatten()[::17].quantile(torch.linspace(0.5, 0.995, tried).to(score.dtype))
    gains = [overlap_by_photograph(score > bar, inside, groups).mean() for bar in levels]
    return float(levels[int(torch.stack(gains).argmax())])
