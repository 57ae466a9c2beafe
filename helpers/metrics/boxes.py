"""Boxes: overlap, and keeping one of many (survey 4.3.2; chapter 4-models/object-detection).

A box is (left, top, right, bottom) in pixels, right and bottom not included.
"""

from typing import NamedTuple

import torch


class Found(NamedTuple):
    """The boxes of one image.

    Attributes: ``boxes`` (M, 4) float; ``labels`` (M,) int64 class numbers; ``scores`` (M,) how
    sure a detector is, all one for a reference.
    """

    boxes: torch.Tensor
    labels: torch.Tensor
    scores: torch.Tensor


def reference(boxes, labels):
    """What people drew, image by image, as a detector's answer would look.

    Parameters
    ----------
    boxes : tensor (N, M, 4)
    labels : int64 tensor (N, M)
        -1 where an image has fewer boxes than M.

    Returns
    -------
    list of N Found
    """
    kept = [(b[y >= 0], y[y >= 0]) for b, y in zip(boxes, labels)]
    return [Found(b, y, torch.ones(len(y))) for b, y in kept]


def area(boxes):
    """Width times height (...,) of boxes (..., 4); 0 where a box is turned inside out."""
    sides = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0)
    return sides[..., 0] * sides[..., 1]


def iou(a, b):
    r"""Intersection over union of each box of `a` with each of `b`.

    .. math:: \mathrm{IoU} = |A \cap B| / |A \cup B|

    Parameters
    ----------
    a : tensor (..., M, 4)
    b : tensor (..., K, 4)

    Returns
    -------
    tensor (..., M, K) in 0..1; 0 where both boxes are empty.

    Examples
    --------
    >>> iou(torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 0, 3, 2]])).item()
    0.3333333432674408
    """
    a, b = a[..., :, None, :], b[..., None, :, :]
    one, other = a.unbind(-1), [side.contiguous() for side in b.unbind(-1)]
    left, top = (torch.maximum(one[k], other[k]) for k in (0, 1))
    right, bottom = (torch.minimum(one[k], other[k]) for k in (2, 3))
    shared = (right - left).clamp(min=0) * (bottom - top).clamp(min=0)
    return shared / (area(a) + area(b) - shared).clamp(min=1e-9)


def nms(boxes, scores, overlap=0.5):
    """Non-maximum suppression: keep the best box, drop those that overlap it, and again.

    Parameters
    ----------
    boxes : tensor (M, 4)
    scores : tensor (M,)
    overlap : float
        A box is dropped if its IoU with a kept one is larger.

    Returns
    -------
    int64 tensor, the numbers of the kept boxes, best first.
    """
    order = scores.argsort(descending=True, stable=True)
    matrix, kept = iou(boxes, boxes), []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[matrix[best, order] <= overlap]
    return torch.stack(kept) if kept else order


def nms_by_class(found, overlap=0.5):
    """The boxes of an image that `nms` keeps, each class by itself.

    Parameters
    ----------
    found : Found
    overlap : float

    Returns
    -------
    int64 tensor, the numbers of the kept boxes: lowest class first, and of each the best first.
    """
    kept = [torch.zeros(0, dtype=torch.long)]
    for k in found.labels.unique():
        rows = (found.labels == k).nonzero()[:, 0]
        kept.append(rows[nms(found.boxes[rows], found.scores[rows], overlap)])
    return torch.cat(kept)
