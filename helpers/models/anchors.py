"""Anchors: boxes to start from, and how far a box is from one (survey 4.3.2; chapter 4-models/object-detection)."""

import torch


def anchor_grid(shape, strides, sizes):
    """One square box at each place of each map of a pyramid.

    Parameters
    ----------
    shape : (H, W)
        Of the image, divisible by every stride.
    strides : sequence of int
        Pixels of the image from one place of a map to the next, finest map first.
    sizes : sequence of float
        Side of the boxes of each map, in pixels of the image.

    Returns
    -------
    tensor (A, 4): left, top, right, bottom; map by map, row by row. Centres lie in the middle
    of the square of pixels that a place stands for.

    Raises
    ------
    ValueError
        If the image is not divisible.
    """
    found = []
    for stride, size in zip(strides, sizes, strict=True):
        if shape[0] % stride or shape[1] % stride:
            raise ValueError(
                f"anchor_grid: expected sides divisible by {stride}, found {tuple(shape)}"
            )
        y, x = (stride * (torch.arange(side // stride) + 0.5) for side in shape)
        y, x = torch.meshgrid(y, x, indexing="ij")
        centre = torch.stack([x, y], -1).reshape(-1, 2)
        found.append(torch.cat([centre - size / 2, centre + size / 2], 1))
    return torch.cat(found)


def centre_form(boxes):
    """Centre (..., 2) and sides (..., 2) of boxes (..., 4)."""
    low, high = boxes[..., :2], boxes[..., 2:]
    return (low + high) / 2, high - low


def encode(boxes, anchors):
    r"""How far each box lies from its anchor, in sides of the anchor (Girshick et al. 2014, eq. 6-9).

    .. math:: t_x = (x - x_a) / w_a, \qquad t_w = \log(w / w_a)

    Parameters
    ----------
    boxes, anchors : tensors (..., 4)
        Left, top, right, bottom.

    Returns
    -------
    tensor (..., 4): shift of the centre along x and y, logarithm of the ratio of width and height.
    """
    (centre, sides), (start, start_sides) = centre_form(boxes), centre_form(anchors)
    ratio = (sides / start_sides).clamp(min=1e-6)
    return torch.cat([(centre - start) / start_sides, ratio.log()], -1)


def decode(code, anchors):
    """The boxes whose `encode` is `code`: the way back.

    Parameters
    ----------
    code, anchors : tensors (..., 4)
        A box may become at most fifty times as wide as its anchor.
    """
    start, start_sides = centre_form(anchors)
    centre = start + code[..., :2] * start_sides
    half = start_sides * code[..., 2:].clamp(max=3.9).exp() / 2
    return torch.cat([centre - half, centre + half], -1)
