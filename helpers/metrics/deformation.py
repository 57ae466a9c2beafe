"""What a field of displacements does: where it goes, and whether it folds (survey 4.3.5; chapter 4-models/image-registration)."""

import torch


def endpoint_error(field, truth, inside=None):
    """Mean distance between where a field points and where it should, in pixels.

    Parameters
    ----------
    field, truth : tensors (B, D, ...), pixels
    inside : bool tensor (B, ...), optional
        Pixels that count; each image needs one.

    Returns
    -------
    tensor (B,)

    Examples
    --------
    >>> endpoint_error(torch.zeros(1, 2, 4, 4), torch.tensor([3.0, 4.0]).view(1, 2, 1, 1))
    tensor([5.])
    """
    distance = (field - truth).square().sum(1).sqrt().flatten(1)
    if inside is None:
        return distance.mean(1)
    weight = inside.flatten(1).to(distance.dtype)
    return (distance * weight).sum(1) / weight.sum(1)


def stretch(field):
    """How much a warp enlarges every small square or cube: the determinant of its Jacobian.

    Forward differences; 1 is unchanged, and at 0 or below the warp folds.

    Parameters
    ----------
    field : tensor (B, D, ...), D 2 or 3, pixels

    Returns
    -------
    tensor (B, ... less one)

    Raises
    ------
    ValueError
        If there is not one displacement for each of two or three axes.

    Examples
    --------
    >>> stretch(torch.zeros(1, 2, 3, 3)).unique()
    tensor([1.])
    """
    dims = field.ndim - 2
    if dims not in (2, 3) or field.shape[1] != dims:
        raise ValueError(
            f"stretch: expected a field (B, D, ...) of D 2 or 3, found {tuple(field.shape)}"
        )
    columns = []
    for axis in range(dims):
        step = field.diff(dim=axis + 2)
        for other in range(dims):
            if other != axis:
                step = step.narrow(other + 2, 0, field.shape[other + 2] - 1)
        columns.append(step)
    jacobian = torch.stack(columns, -1).movedim(1, -2)  # (B, ... - 1, D, D)
    return torch.linalg.det(jacobian + torch.eye(dims, dtype=field.dtype, device=field.device))


def folding(field, inside=None):
    """Share of pixels, from 0 to 1, at which a warp folds: `stretch` is 0 or less.

    Parameters
    ----------
    field : tensor (B, D, ...), pixels
    inside : bool tensor (B, ...), optional
        Pixels that count.

    Returns
    -------
    tensor (B,)
    """
    folds = (stretch(field) <= 0).flatten(1).cpu().double()
    if inside is None:
        return folds.mean(1)
    for axis in range(1, inside.ndim):
        inside = inside.narrow(axis, 0, inside.shape[axis] - 1)
    weight = inside.flatten(1).cpu().double()
    return (folds * weight).sum(1) / weight.sum(1)
