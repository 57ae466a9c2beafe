"""U-Net in two and three dimensions (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate

CONV = {2: nn.Conv2d, 3: nn.Conv3d}
NORM = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
POOL = {2: nn.MaxPool2d, 3: nn.MaxPool3d}
UP = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}


def two_convs(channels, middle, width, dims=2, padding=1):
    """Twice: 3 x 3 (x 3) convolution, batch norm, ReLU.

    Parameters
    ----------
    channels, middle, width : int
        Before, between and after the two.
    dims, padding
        As in `UNet`.
    """
    layers = []
    for inputs, outputs in ((channels, middle), (middle, width)):
        layers += [CONV[dims](inputs, outputs, 3, padding=padding), NORM[dims](outputs), nn.ReLU()]
    return nn.Sequential(*layers)


def crop_like(x, small):
    """Cut the centre of `x` (B, C, ...) to the size of `small`.

    Parameters
    ----------
    x, small : tensors (B, C, ...)
        `small` may have other channels.

    Examples
    --------
    >>> crop_like(torch.arange(6.0).view(1, 1, 6), torch.zeros(1, 1, 4)).flatten().tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    for axis in range(2, x.ndim):
        gap = x.shape[axis] - small.shape[axis]
        if gap:
            x = x.narrow(axis, gap // 2, small.shape[axis])
    return x


class Up(nn.Module):
    """One step up: enlarge, put the saved features of that size beside it, convolve twice.

    Parameters
    ----------
    below, beside, width : int
        Channels from below, of the saved features, and of the output.
    enlarged : int
        Channels after the transposed convolution.
    dims, padding
        As in `UNet`.
    """

    def __init__(self, below, beside, width, enlarged, dims=2, padding=1):
        super().__init__()
        self.enlarge = UP[dims](below, enlarged, 2, stride=2)
        self.convs = two_convs(beside + enlarged, width, width, dims, padding)

    def forward(self, x, saved):
        x = self.enlarge(x)
        return self.convs(torch.cat([crop_like(saved, x), x], dim=1))


class UNet(nn.Module):
    """Down to small maps that know what, and up again with saved maps that know where.

    Parameters
    ----------
    channels, classes : int
        Of the input, and scores of the output.
    widths : sequence of int
        Channels at each resolution, from the full one down; each step halves the image.
    dims : 2 or 3
        Images (Ronneberger et al. 2015) or volumes (Cicek et al. 2016).
    padding : 1 or 0
        0 is the paper's: convolutions use only pixels that exist, so the output is smaller.
    early : bool
        Double the channels before pooling and keep them when enlarging, as the 3-D paper does.

    Notes
    -----
    Input (B, channels, H, W) or (B, channels, D, H, W); output (B, classes, ...), scores. With
    padding 1, sides must be multiples of ``2 ** (len(widths) - 1)``. The papers' 2-D network has
    no batch norm. With ``widths[0] == widths[1]`` the weights are those of MONAI's BasicUNet.

    Examples
    --------
    >>> UNet(1, 3, (4, 8))(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 3, 16, 16])
    """

    def __init__(self, channels=1, classes=2, widths=(16, 32, 64), dims=2, padding=1, early=False):
        super().__init__()
        if dims not in CONV or len(widths) < 2:
            raise ValueError(f"UNet: expected dims 2 or 3 and two widths, found {dims}, {widths}")
        self.least = 2 ** (len(widths) - 1) if padding else 1
        before = (channels, *widths[:-1])
        self.down = nn.ModuleList(
            two_convs(inputs, width // 2 if early else width, width, dims, padding)
            for inputs, width in zip(before, widths)
        )
        self.pool = POOL[dims](2)
        pairs = list(zip(widths[1:], widths))[::-1]
        self.up = nn.ModuleList(
            Up(below, width, width, below if early else width, dims, padding)
            for below, width in pairs
        )
        self.head = CONV[dims](widths[0], classes, 1)

    def forward(self, x):
        if any(side % self.least for side in x.shape[2:]):
            sides = tuple(x.shape[2:])
            raise ValueError(f"UNet: expected sides in multiples of {self.least}, found {sides}")
        saved = []
        for number, convs in enumerate(self.down):
            x = convs(self.pool(x) if number else x)
            saved.append(x)
        for up, beside in zip(self.up, saved[-2::-1]):
            x = up(x, beside)
        return self.head(x)


def without_place(net, block=4):
    """Average every map that travels along a shortcut of a U-Net over blocks of pixels.

    Parameters
    ----------
    net : UNet, flat
        Keeps its weights and their number; only what arrives at an `Up` changes.
    block : int
        Side of a block in pixels of that map.

    Returns
    -------
    the same network
    """

    def erase(up, given):
        maps, saved = given
        return maps, interpolate(avg_pool2d(saved, block), scale_factor=block)

    for up in net.up:
        up.register_forward_pre_hook(erase)
    return net


class InTiles(nn.Module):
    """A network that sees one tile of an image at a time: cut, segment, put together.

    Parameters
    ----------
    net : nn.Module
        Maps (N, C, H, W) to (N, K, H, W).
    side : int
        Of a tile; image sides are multiples of it.

    Examples
    --------
    >>> InTiles(nn.Identity(), 2)(torch.arange(16.0).view(1, 1, 4, 4)).flatten()[:5]
    tensor([0., 1., 2., 3., 4.])
    """

    def __init__(self, net, side=16):
        super().__init__()
        self.net, self.side = net, side

    def forward(self, x):
        rows = torch.cat(x.split(self.side, 2))
        tiles = self.net(torch.cat(rows.split(self.side, 3)))
        rows = torch.cat(tiles.chunk(x.shape[3] // self.side), 3)
        return torch.cat(rows.chunk(x.shape[2] // self.side), 2)
