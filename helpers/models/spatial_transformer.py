"""Moving pixels: warps, affine grids and rigid motions with gradients (survey 4.3.5; chapter 4-models/image-registration).

A *field* u (B, D, ...) says for every pixel of the fixed image how far away, in pixels along each
axis of the array, its partner lies in the moving image: ``warp(moving, u)[p] = moving[p + u(p)]``.
"""

import torch
from torch.nn.functional import grid_sample


def pixels(sides, like=None):
    """The place of every pixel.

    Parameters
    ----------
    sides : sequence of D int
        Height and width, or depth, height and width.
    like : tensor, optional
        Type and device of the answer.

    Returns
    -------
    tensor (D, *sides)

    Examples
    --------
    >>> pixels((2, 3))[1]
    tensor([[0., 1., 2.],
            [0., 1., 2.]])
    """
    like = torch.zeros(()) if like is None else like
    axes = [torch.arange(side, dtype=like.dtype, device=like.device) for side in sides]
    return torch.stack(torch.meshgrid(*axes, indexing="ij"))


def warp(moving, field):
    """Look up every pixel of the answer at its displaced place, between pixels by interpolation.

    The sampler of a spatial transformer (Jaderberg et al. 2015, eq. 5), bilinear or trilinear.

    Parameters
    ----------
    moving : tensor (B, C, ...)
    field : tensor (B, D, ...), pixels along each axis
        Places outside the image take the value of its border.

    Returns
    -------
    tensor (B, C, ...)

    Raises
    ------
    ValueError
        If the field has other sides, or not one displacement for each axis.

    Examples
    --------
    >>> row = torch.tensor([[[[0.0, 10.0, 20.0, 30.0]], ]]).expand(1, 1, 2, 4)
    >>> field = torch.zeros(1, 2, 2, 4)
    >>> field[:, 1] = 0.5  # half a pixel to the right
    >>> [round(value, 3) for value in warp(row, field)[0, 0, 0].tolist()]
    [5.0, 15.0, 25.0, 30.0]
    """
    sides = moving.shape[2:]
    if field.shape[1] != len(sides) or field.shape[2:] != sides:
        wanted = (moving.shape[0], len(sides), *sides)
        raise ValueError(f"warp: expected a field of shape {wanted}, found {tuple(field.shape)}")
    place = pixels(sides, field) + field  # (B, D, ...)
    longest = torch.tensor(sides, dtype=field.dtype, device=field.device) - 1
    place = 2 * place.movedim(1, -1) / longest - 1  # torch counts from -1 to 1
    return grid_sample(moving, place.flip(-1), padding_mode="border", align_corners=True)


def affine_field(matrix, sides):
    """The field of an affine map about the centre of the image.

    Parameters
    ----------
    matrix : tensor (B, D, D + 1)
        Maps a place, counted from the centre in pixels, to its partner: A p + t.
    sides : sequence of D int

    Returns
    -------
    tensor (B, D, *sides)

    Examples
    --------
    >>> shift = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 2.0]]])
    >>> affine_field(shift, (2, 2))[0, 1]
    tensor([[2., 2.],
            [2., 2.]])
    """
    place = pixels(sides, matrix).flatten(1)  # (D, P)
    centred = place - place.mean(1, keepdim=True)
    moved = matrix[..., :-1] @ centred + matrix[..., -1:]
    return (moved - centred).unflatten(2, tuple(sides))


def compose(first, then):
    """The field of two warps: ``warp(warp(moving, first), then)`` in one.

    Parameters
    ----------
    first, then : tensors (B, D, ...)
    """
    return then + warp(first, then)


def exponential(velocity, halvings=6):
    """Where a point ends that follows a velocity for one unit of time: scaling and squaring.

    Arsigny et al. 2006; in a registration network Dalca et al. 2018. A small step is composed
    with itself again and again. The exact flow never folds.

    Parameters
    ----------
    velocity : tensor (B, D, ...), pixels for one unit of time
    halvings : int >= 0
        The first step is ``velocity / 2 ** halvings``.

    Returns
    -------
    tensor (B, D, ...), a field

    Examples
    --------
    >>> exponential(torch.full((1, 2, 4, 4), 0.25))[0, 0, 0]
    tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """
    field = velocity / 2**halvings
    for _ in range(halvings):
        field = compose(field, field)
    return field


def rotation(axis):
    """The SO(3) layer of gvnn: a rotation matrix from axis times angle (Handa et al. 2016).

    Rodrigues' formula, R = I + sin(t) / t K + (1 - cos(t)) / t^2 K^2, with t the length of the
    vector and K its cross-product matrix.

    Parameters
    ----------
    axis : tensor (B, 3), radians
        Direction is the axis, length the angle; may be zero.

    Returns
    -------
    tensor (B, 3, 3)

    Examples
    --------
    >>> quarter = torch.tensor([[0.0, 0.0, torch.pi / 2]])
    >>> rotation(quarter)[0].round().abs().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    angle = (axis.square().sum(1) + 1e-12).sqrt()[:, None, None]
    x, y, z = axis.unbind(1)
    o = torch.zeros_like(x)
    cross = torch.stack([o, -z, y, z, o, -x, -y, x, o], 1).unflatten(1, (3, 3))
    eye = torch.eye(3, dtype=axis.dtype, device=axis.device)
    return eye + angle.sin() / angle * cross + (1 - angle.cos()) / angle**2 * cross @ cross


def rigid(motion):
    """The SE(3) layer of gvnn: rotate and shift, six numbers for a volume.

    Parameters
    ----------
    motion : tensor (B, 6)
        Axis times angle in radians, then a shift in voxels.

    Returns
    -------
    tensor (B, 3, 4), for `affine_field`
    """
    return torch.cat([rotation(motion[:, :3]), motion[:, 3:, None]], 2)
