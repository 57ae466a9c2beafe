"""Handwritten digits with the form that each was written on (survey 2.4; chapter 4-models/supervised-learning).

The file does not say who wrote a digit. Its labels do say on which form: a preprinted form asks
for the same sequence of about 130 digits from everybody, and the file keeps their order.
"""

import re

import torch
from torch.nn.functional import affine_grid, grid_sample

from helpers.data.embedded import Table, digits

LAST = "4908(?:9.)?"  # how the sequence of a form ends; one form lacks its last two digits


def form_numbers(y):
    """The form of each digit, from the sequence of labels.

    Parameters
    ----------
    y : (N,) int64, the labels in the order of the file.

    Returns
    -------
    Tensor (N,), int64, from 0, in the order of the file.

    Raises
    ------
    ValueError
        If the labels do not end with the end of a form.

    Examples
    --------
    >>> form_numbers(torch.tensor([0, 4, 9, 0, 8, 9, 8, 1, 4, 9, 0, 8])).tolist()
    [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    """
    labels = "".join(str(label) for label in y.tolist())
    ends = [found.end() for found in re.finditer(LAST, labels)]
    if not ends or ends[-1] != len(labels):
        raise ValueError(
            "form_numbers: expected labels in the order of the file, which end with 4908 or "
            f"490898, found {labels[-6:]!r}"
        )
    return torch.bucketize(torch.arange(len(labels)), torch.tensor(ends), right=True)


def digits_by_form():
    """The 1797 digits of `helpers.data.embedded.digits` as a table with 14 forms as groups.

    Returns
    -------
    Table, ``x`` (1797, 64) float32 in 0..1, the pixels row by row; ``y`` (1797,) int64;
    ``classes`` "0" to "9"; ``groups`` (1797,) int64, 0..13, 122 to 130 rows each.

    Notes
    -----
    The description of the set speaks of 13 writers, the labels show 14 forms: one writer may
    have filled two, and which is not known.

    Examples
    --------
    >>> data = digits_by_form()
    >>> data.x.shape, data.groups.unique().numel()
    (torch.Size([1797, 64]), 14)
    """
    x, y = digits()
    return Table(
        x=x.flatten(1),
        y=y,
        features=[f"row {row}, column {column}" for row in range(8) for column in range(8)],
        classes=[str(digit) for digit in range(10)],
        groups=form_numbers(y),
    )


def upright(images):
    """Shift the rows of each image sideways until its ink no longer leans.

    The slant is the slope of the line that predicts the column of the ink from its row, after
    LeCun et al. 1998 (section III), who shear by the second moments of the ink.

    Parameters
    ----------
    images : (N, H, H) float, ink >= 0 on a ground of 0.

    Returns
    -------
    Tensor of the same shape. What is shifted beyond the edge is lost; the ground stays 0.

    Raises
    ------
    ValueError
        If the images are not square, or not three-dimensional.

    Examples
    --------
    >>> upright(torch.eye(5)[None])[0].sum(0)  # a slanted stroke stands in the middle column
    tensor([0., 0., 5., 0., 0.])
    """
    if images.ndim != 3 or images.shape[1] != images.shape[2]:
        raise ValueError(f"upright: expected images (N, H, H), found shape {tuple(images.shape)}")
    place = torch.linspace(-1, 1, images.shape[1], dtype=images.dtype)
    ink = images.sum((1, 2)).clamp(min=1e-9)
    row = (images.sum(2) @ place) / ink
    column = (images.sum(1) @ place) / ink
    down, across = place - row[:, None], place - column[:, None]  # (N, H)
    spread = (images.sum(2) * down**2).sum(1).clamp(min=1e-9)
    slope = torch.einsum("nij,ni,nj->n", images, down, across) / spread
    theta = torch.eye(2, 3, dtype=images.dtype).repeat(len(images), 1, 1)
    theta[:, 0, 1], theta[:, 0, 2] = slope, -slope * row
    grid = affine_grid(theta, [len(images), 1, *images.shape[1:]], align_corners=True)
    return grid_sample(images[:, None], grid, align_corners=True)[:, 0]
