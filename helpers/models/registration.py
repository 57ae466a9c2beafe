"""VoxelMorph: a network that sees two images and answers with a warp (survey 4.3.5; chapter 4-models/image-registration)."""

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, avg_pool3d, interpolate

from helpers.models.spatial_transformer import exponential
from helpers.models.unet import UNet

POOL = {2: avg_pool2d, 3: avg_pool3d}
LINEAR = {2: "bilinear", 3: "trilinear"}


def enlarge(field, sides):
    """A field on a coarser grid, in pixels of the fine one, between its points by interpolation.

    Parameters
    ----------
    field : tensor (B, D, ...)
        Displacements are not scaled.
    sides : sequence of D int
        The fine grid.
    """
    return interpolate(field, size=tuple(sides), mode=LINEAR[len(sides)], align_corners=True)


class VoxelMorph(nn.Module):
    """A U-Net looks at both images and draws the field (Balakrishnan et al. 2019).

    Parameters
    ----------
    widths : sequence of int
        Of the U-Net, see `helpers.models.unet.UNet`; it works at half the size of the images.
    dims : 2 or 3
    halvings : int, optional
        The U-Net draws a velocity, and the field is its `exponential` (Dalca et al. 2018).

    Notes
    -----
    ``forward(moving, fixed)`` takes two tensors (B, 1, ...) and returns a field (B, dims, ...) for
    `helpers.models.spatial_transformer.warp`. Sides are multiples of ``2 ** len(widths)``. The
    papers' U-Nets have no batch norm; this one is the book's.

    Examples
    --------
    >>> image = torch.zeros(3, 1, 32, 16)
    >>> VoxelMorph((4, 8))(image, image).shape
    torch.Size([3, 2, 32, 16])
    """

    def __init__(self, widths=(16, 32, 32, 32), dims=2, halvings=None):
        super().__init__()
        self.unet, self.dims, self.halvings = UNet(2, dims, widths, dims=dims), dims, halvings
        nn.init.normal_(self.unet.head.weight, std=0.01)  # begin with almost no warp
        nn.init.zeros_(self.unet.head.bias)

    def forward(self, moving, fixed):
        both = POOL[self.dims](torch.cat([moving, fixed], 1), 2)  # (B, 2, ... / 2)
        field = enlarge(self.unet(both), moving.shape[2:])
        return field if self.halvings is None else exponential(field, self.halvings)
