"""Overlap of a predicted and a true region (survey 4.3.3; chapter 4-models/semantic-segmentation).

Scores are counted by scikit-learn and SciPy; the loss, which needs a gradient, is ours.
"""

from numbers import Real

import numpy as np
import torch
from scipy import ndimage
from sklearn import metrics
from torch.nn.functional import one_hot

from helpers.metrics.gate import (
    as_score,
    class_numbers,
    ignored_label,
    inside,
    number_of_classes,
    tensor,
)


def dice(prediction, target, classes, *, ignore=None):
    r"""Dice coefficient of each class, over all pixels given (Dice 1945): scikit-learn's F1.

    .. math:: D_k = \frac{2\,|P_k \cap T_k|}{|P_k| + |T_k|}

    Parameters
    ----------
    prediction : tensor of class numbers like `target`, or of scores (N, K, ...)
    target : integer tensor (N, ...)
    classes : int, K
    ignore : int, optional
        Pixels with this target, such as 255, do not count.

    Returns
    -------
    tensor (K,) in 0..1, NaN for a class that occurs in neither

    Raises
    ------
    ValueError : for other shapes, NaN, or a class out of range.

    Examples
    --------
    >>> dice(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 0, 1, 1]), 2)
    tensor([0.6667, 0.8000], dtype=torch.float64)
    """
    number_of_classes("dice", classes)
    guess, true = class_numbers("dice", prediction, target, classes=classes, ignore=ignore)
    found = metrics.f1_score(true, guess, labels=range(classes), average=None, zero_division=np.nan)
    return torch.from_numpy(found)


def dice_per_image(found, y, classes):
    """Mean Dice of every image over the classes after the first, which is the background.

    Parameters
    ----------
    found, y : integer tensors (N, [D,] H, W)
    classes : int

    Returns
    -------
    list of N floats; a class that occurs in neither does not count, and an image in which nothing
    is to be found and nothing was found has 1

    Raises
    ------
    ValueError : as in `dice`.

    Examples
    --------
    >>> dice_per_image(torch.tensor([[[0, 1]], [[0, 0]]]), torch.tensor([[[1, 1]], [[0, 0]]]), 2)
    [0.6666666666666666, 1.0]
    """
    if len(found) != len(y):
        raise ValueError(
            f"dice_per_image: expected as many masks on both sides, found {len(found)} and {len(y)}"
        )
    scores = [dice(ours[None], true[None], classes)[1:] for ours, true in zip(found, y)]
    return [float(score.nanmean().nan_to_num(1.0)) for score in scores]


def iou(prediction, target, classes, *, ignore=None):
    r"""Intersection over union of each class (Jaccard 1901): :math:`D / (2 - D)`.

    Parameters
    ----------
    prediction, target, classes, ignore
        As in `dice`, and so are result and errors.

    Examples
    --------
    >>> iou(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 0, 1, 1]), 2)
    tensor([0.5000, 0.6667], dtype=torch.float64)
    """
    number_of_classes("iou", classes)
    guess, true = class_numbers("iou", prediction, target, classes=classes, ignore=ignore)
    found = metrics.jaccard_score(true, guess, labels=range(classes), average=None, zero_division=0)
    found[~np.isin(range(classes), np.union1d(guess, true))] = np.nan
    return torch.from_numpy(found)


def soft_dice_loss(scores, target, *, smooth=1e-5, ignore=None):
    r"""One minus the mean Dice coefficient of probabilities: a loss with a gradient.

    .. math:: L = 1 - \frac1K \sum_k
        \frac{2 \sum_i p_{ki} t_{ki} + \epsilon}{\sum_i p_{ki} + \sum_i t_{ki} + \epsilon}

    Sums run over the pixels of the whole batch, in float32 at least. After Milletari et al. 2016,
    equation 3, who square the probabilities in the denominator.

    Parameters
    ----------
    scores : tensor (B, K, ...)
    target : integer tensor (B, ...)
    smooth : float > 0
        :math:`\epsilon`; a class absent from both counts as right.
    ignore : int, optional
        Pixels with this target enter no sum.

    Raises
    ------
    ValueError : for other shapes, a target that is not whole, or a class out of range (looked for
        on the CPU only: on a GPU it would make every step wait).

    Examples
    --------
    >>> sure = torch.tensor([[50.0, -50.0], [-50.0, 50.0]])
    >>> round(float(soft_dice_loss(sure, torch.tensor([0, 1]))), 4)
    0.0
    """
    wrong = target.is_floating_point() or scores.is_complex()
    if scores.ndim < 2 or target.shape != scores[:, 0].shape or wrong:
        raise ValueError(
            "soft_dice_loss: expected scores (B, K, ...) and whole class numbers (B, ...), found "
            f"{tuple(scores.shape)} and {target.dtype} {tuple(target.shape)}"
        )
    counts = torch.ones_like(target, dtype=torch.bool)
    if ignored_label("soft_dice_loss", ignore) is not None:
        counts = target != ignore
        scores = scores.where(counts[:, None], 0)  # whatever stands there, NaN too
    target = target.long() * counts
    if target.is_cpu and target.numel():
        inside("soft_dice_loss", "target", target, scores.shape[1])
    p = scores.softmax(1, torch.promote_types(scores.dtype, torch.float32)) * counts[:, None]
    t = one_hot(target, p.shape[1]).movedim(-1, 1).to(p.dtype) * counts[:, None]
    pixels = [axis for axis in range(p.ndim) if axis != 1]
    shared, total = (p * t).sum(pixels), p.sum(pixels) + t.sum(pixels)
    return 1 - ((2 * shared + smooth) / (total + smooth)).mean()


def surface_dice(prediction, target, *, tolerance=1.0):
    """Share of both outlines that lies within `tolerance` of the other (Nikolov et al. 2018).

    An outline is the pixels of a region that touch the outside along an edge (a face in three
    dimensions); outside the image is outside.

    Parameters
    ----------
    prediction, target : bool tensors (H, W) or (D, H, W)
    tolerance : float >= 0
        Distance in pixels that counts as agreement.

    Returns
    -------
    0-d tensor in 0..1, NaN if both regions are empty

    Raises
    ------
    ValueError : for other shapes or types, or a tolerance below zero.

    Examples
    --------
    >>> square = torch.zeros(8, 8, dtype=torch.bool); square[2:6, 2:6] = True
    >>> float(surface_dice(square, square.roll(1, 0)))
    1.0
    """
    a, b = (tensor("surface_dice", "masks", mask) for mask in (prediction, target))
    if a.shape != b.shape or not a.numel() or a.dtype != torch.bool or b.dtype != torch.bool:
        raise ValueError(
            f"surface_dice: expected two masks of bool and of one shape, found {a.dtype} "
            f"{tuple(a.shape)} and {b.dtype} {tuple(b.shape)}"
        )
    if not isinstance(tolerance, Real) or not tolerance >= 0:
        raise ValueError(
            f"surface_dice: expected a tolerance of 0 or more, found {tolerance!r:.60}"
        )
    a, b = (mask & ~ndimage.binary_erosion(mask) for mask in (a.cpu().numpy(), b.cpu().numpy()))
    if not a.any() or not b.any():
        return as_score(0.0 if a.any() or b.any() else np.nan)
    near = [
        ndimage.distance_transform_edt(~other)[own] <= tolerance for own, other in ((a, b), (b, a))
    ]
    return as_score(np.concatenate(near).mean())
