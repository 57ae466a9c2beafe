"""Overlap of a predicted and a true region (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

import torch
from torch.nn.functional import max_pool2d, one_hot


def overlap(prediction, target, classes):
    """Pixels of each class in both, in the prediction, and in the target: three tensors (K,)."""
    if prediction.ndim == target.ndim + 1:
        prediction = prediction.argmax(1)
    if prediction.shape != target.shape:
        raise ValueError(
            f"overlap: expected a class number for each of the target's {tuple(target.shape)} "
            f"pixels, found {tuple(prediction.shape)}"
        )
    right = target[prediction == target]
    counts = (right, prediction, target)
    return tuple(c.flatten().bincount(minlength=classes).double() for c in counts)


def dice(prediction, target, classes):
    r"""Dice coefficient of each class, over all pixels given (Dice 1945).

    .. math:: D_k = \frac{2\,|P_k \cap T_k|}{|P_k| + |T_k|}

    Parameters
    ----------
    prediction : tensor of class numbers like `target`, or of scores (N, K, ...)
    target : int64 tensor (N, ...)
    classes : int, K

    Returns
    -------
    tensor (K,) in 0..1, NaN for a class that occurs in neither

    Examples
    --------
    >>> dice(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 0, 1, 1]), 2)
    tensor([0.6667, 0.8000], dtype=torch.float64)
    """
    both, guessed, true = overlap(prediction, target, classes)
    return 2 * both / (guessed + true)


def iou(prediction, target, classes):
    r"""Intersection over union of each class (Jaccard 1901): :math:`D / (2 - D)`.

    Parameters and result as in `dice`.

    Examples
    --------
    >>> iou(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 0, 1, 1]), 2)
    tensor([0.5000, 0.6667], dtype=torch.float64)
    """
    both, guessed, true = overlap(prediction, target, classes)
    return both / (guessed + true - both)


def soft_dice_loss(scores, target, *, smooth=1e-5):
    r"""One minus the mean Dice coefficient of probabilities: a loss with a gradient.

    .. math:: L = 1 - \frac1K \sum_k
        \frac{2 \sum_i p_{ki} t_{ki} + \epsilon}{\sum_i p_{ki} + \sum_i t_{ki} + \epsilon}

    Sums run over the pixels of the whole batch. After Milletari et al. 2016, equation 3, who
    square the probabilities in the denominator.

    Parameters
    ----------
    scores : tensor (B, K, ...)
    target : int64 tensor (B, ...)
    smooth : float > 0
        :math:`\epsilon`; a class absent from both counts as right.

    Examples
    --------
    >>> sure = torch.tensor([[50.0, -50.0], [-50.0, 50.0]])
    >>> round(float(soft_dice_loss(sure, torch.tensor([0, 1]))), 4)
    0.0
    """
    p = scores.softmax(1)
    t = one_hot(target, p.shape[1]).movedim(-1, 1).to(p.dtype)
    pixels = [axis for axis in range(p.ndim) if axis != 1]
    shared, total = (p * t).sum(pixels), p.sum(pixels) + t.sum(pixels)
    return 1 - ((2 * shared + smooth) / (total + smooth)).mean()


def boundary(mask):
    """Pixels of a region that touch the outside along an edge; outside the image is outside.

    Parameters
    ----------
    mask : bool tensor (H, W)

    Examples
    --------
    >>> int(boundary(torch.ones(4, 4, dtype=torch.bool)).sum())
    12
    """
    outside = torch.nn.functional.pad((~mask).float(), (1, 1, 1, 1), value=1.0)[None, None]
    beside = max_pool2d(outside[..., 1:-1, :], (1, 3), 1) + max_pool2d(
        outside[..., 1:-1], (3, 1), 1
    )
    return mask & (beside[0, 0] > 0)


def surface_dice(prediction, target, *, tolerance=1.0):
    """Share of both outlines that lies within `tolerance` of the other (Nikolov et al. 2018).

    Parameters
    ----------
    prediction, target : bool tensors (H, W)
    tolerance : float >= 0
        Distance in pixels that counts as agreement.

    Returns
    -------
    0-d tensor in 0..1, NaN if both regions are empty

    Examples
    --------
    >>> square = torch.zeros(8, 8, dtype=torch.bool); square[2:6, 2:6] = True
    >>> float(surface_dice(square, square.roll(1, 0)))
    1.0
    """
    a, b = (boundary(mask).nonzero().double() for mask in (prediction, target))
    if not len(a) or not len(b):
        return torch.tensor(0.0 if len(a) or len(b) else torch.nan)
    gaps = torch.cdist(a, b)
    near = (gaps.min(1).values <= tolerance).sum() + (gaps.min(0).values <= tolerance).sum()
    return near / (len(a) + len(b))
