"""Ways to find the warp between two images: affine, one pair at a time, optical flow, learned (survey 4.3.5; chapter 4-models/image-registration)."""

import numpy as np
import torch

from helpers.methods.similarity import local_correlation, mean_squares, mutual_information
from helpers.models.registration import enlarge
from helpers.models.spatial_transformer import affine_field, warp

LEVELS = ((8, 40, 0.5), (4, 40, 0.5))  # pixels between points of the grid, steps, rate

LIKENESSES = {  # each with the weight of the roughness that served it best on validation pairs
    "mean squares": (mean_squares, 0.03),
    "local correlation": (local_correlation, 1.0),
    "mutual information": (mutual_information, 1.0),
}


def roughness(field):
    """Mean squared difference between neighbouring displacements (Balakrishnan et al. 2019, eq. 7).

    Parameters
    ----------
    field : tensor (B, D, ...)

    Returns
    -------
    tensor (B,), the sum over the axes of the image of means over components and pixels
    """
    steps = [field.diff(dim=axis) for axis in range(2, field.ndim)]
    return sum(step.square().flatten(1).mean(1) for step in steps)


def objective(moving, fixed, field, alike=local_correlation, weight=1.0):
    """The loss of a warp: how unlike the images stay, and how rough the field is.

    Parameters
    ----------
    moving, fixed : tensors (B, 1, ...)
    field : tensor (B, D, ...)
    alike : callable, as in `helpers.methods.similarity`
    weight : float >= 0
        Of the roughness.

    Returns
    -------
    tensor (B,)
    """
    return alike(warp(moving, field), fixed) + weight * roughness(field)


def descend(numbers, loss, steps, lr):
    """Move some numbers against the gradient of their loss, with Adam.

    Adam treats every number by itself; where the loss is a sum over pairs, it is as if each pair were
    alone.

    Parameters
    ----------
    numbers : tensor
        Where to begin.
    loss : callable, numbers -> tensor of any shape; its sum is made small
    steps : int
    lr : float

    Returns
    -------
    tensor like `numbers`
    """
    numbers = numbers.detach().clone().requires_grad_()
    adam = torch.optim.Adam([numbers], lr=lr)
    for _ in range(steps):
        adam.zero_grad()
        loss(numbers).sum().backward()
        adam.step()
    return numbers.detach()


def pair_by_pair(
    moving, fixed, *, alike=local_correlation, weight=1.0, levels=LEVELS, begin=None, flow=None
):
    """Minimise the objective for each pair by itself, from a coarse grid to a fine one.

    The classical way, with the objective of the network and without a network. The field is known at the
    points of a grid and linear between them, as in free-form deformation (Rueckert et al. 1999,
    with linear in place of cubic splines).

    Parameters
    ----------
    moving, fixed : tensors (B, 1, ...)
    alike, weight : as in `objective`
    levels : sequence of (pixels between points, steps, rate)
    begin : tensor (B, D, ...), optional
        The field to begin with, for instance a network's.
    flow : callable, optional
        Maps what is searched to a field, for instance `exponential` of a velocity.

    Returns
    -------
    tensor (B, D, ...)
    """
    sides = fixed.shape[2:]
    field = fixed.new_zeros(len(fixed), len(sides), *sides) if begin is None else begin
    flow = flow or (lambda field: field)
    for apart, steps, rate in levels:
        points = enlarge(field, [max(side // apart, 2) for side in sides])
        points = descend(
            points,
            lambda points: objective(moving, fixed, flow(enlarge(points, sides)), alike, weight),
            steps,
            rate,
        )
        field = enlarge(points, sides)
    return flow(field)


def affine_search(moving, fixed, *, alike=local_correlation, steps=60, lr=0.02):
    """Minimise unlikeness over affine maps, each pair by itself.

    Parameters
    ----------
    moving, fixed : tensors (B, 1, ...)
    alike : callable, as in `helpers.methods.similarity`
    steps, lr : as in `descend`

    Returns
    -------
    tensor (B, D, ...), a field
    """
    sides = fixed.shape[2:]
    still = torch.eye(len(sides), len(sides) + 1).expand(len(fixed), -1, -1)
    scale = torch.tensor([1.0] * len(sides) + [max(sides) / 2])  # a shift is worth many pixels

    def field_of(change):
        return affine_field(still + change * scale, sides)

    change = descend(
        torch.zeros_like(still), lambda c: alike(warp(moving, field_of(c)), fixed), steps, lr
    )
    return field_of(change)


def optical_flow(moving, fixed, attachment=40):
    """Total variation with absolute differences, TV-L1, by scikit-image (Zach et al. 2007).

    Parameters
    ----------
    moving, fixed : tensors (B, 1, ...)
    attachment : float
        The smaller, the smoother the field.

    Returns
    -------
    tensor (B, D, ...)
    """
    from skimage.registration import optical_flow_tvl1

    pairs = zip(fixed[:, 0].numpy(), moving[:, 0].numpy())
    fields = [np.asarray(optical_flow_tvl1(*pair, attachment=attachment)) for pair in pairs]
    return torch.from_numpy(np.stack(fields)).float()


def unlabelled(alike=local_correlation, weight=1.0):
    """The step that trains a `VoxelMorph`: no warp is given, the objective is the loss.

    Parameters
    ----------
    alike, weight : as in `objective`

    Returns
    -------
    callable (model, batch) -> loss, for `helpers.train.loop.fit`; a batch is (moving, fixed)
    """

    def step(model, batch):
        moving, fixed = batch[:2]
        return objective(moving, fixed, model(moving, fixed), alike, weight).mean()

    return step


def mirrored(batch, draws):
    """Show a batch of images in a mirror, every second time: left and right of a head are much alike.

    Parameters
    ----------
    batch : tuple of tensors (B, 1, ...)
    draws : torch Generator
    """
    if torch.rand((), generator=draws) < 0.5:
        return batch
    return tuple(images.flip(-1) for images in batch)
