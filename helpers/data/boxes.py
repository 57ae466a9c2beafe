"""Images with boxes (survey 4.3.2; chapter 4-models/object-detection)."""

from dataclasses import dataclass

import torch

from .origin import Origin


@dataclass(frozen=True)
class Boxed(Origin):
    """Images, and the boxes that somebody drew in each.

    Attributes: ``x`` (N, 3, H, W) float32 0..1; ``boxes`` (N, M, 4) float32 left, top, right,
    bottom in pixels of ``x``, M the largest number of boxes of an image; ``y`` (N, M) int64
    class numbers, -1 where an image has fewer boxes; ``classes`` names.
    """

    x: torch.Tensor
    boxes: torch.Tensor
    y: torch.Tensor
    classes: list[str]


def padded(boxes, labels):
    """Lists of boxes and class numbers as two tensors.

    Parameters
    ----------
    boxes : list of N lists of (left, top, right, bottom)
    labels : list of N lists of int

    Returns
    -------
    tensor (N, M, 4) float32, zeros where there is no box; int64 tensor (N, M), -1 there.
    """
    most = max(1, *(len(b) for b in boxes))
    corners, kinds = torch.zeros(len(boxes), most, 4), torch.full((len(boxes), most), -1)
    for number, (b, k) in enumerate(zip(boxes, labels)):
        if b:
            corners[number, : len(b)] = torch.tensor(b, dtype=torch.float32)
            kinds[number, : len(k)] = torch.tensor(k)
    return corners, kinds
