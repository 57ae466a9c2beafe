"""Feature pyramids: how coarse and fine maps talk to each other (survey 4.3.2; chapter 4-models/object-detection).

Each takes a list of maps, finest first, each half as wide as the one before, and returns a list
of maps with the same sides and `width` channels.
"""

import torch
from torch import nn
from torch.nn.functional import interpolate, max_pool2d


def fuse(maps, weights, eps=1e-4):
    r"""Fast normalised fusion of maps of one shape (Tan et al. 2020, section 3.3).

    .. math:: O = \sum_i \frac{w_i}{\epsilon + \sum_j w_j}\, I_i, \qquad w_i \ge 0

    Parameters
    ----------
    maps : sequence of tensors (B, C, H, W)
    weights : tensor (len(maps),)
        Negative ones count as zero.
    eps : float
        Keeps the sum away from zero.
    """
    share = weights.relu() / (weights.relu().sum() + eps)
    return sum(w * x for w, x in zip(share, maps, strict=True))


class Alone(nn.Module):
    """No pyramid: each map is brought to `width` channels and hears of no other.

    Parameters
    ----------
    channels : sequence of int
        Of the maps that come in.
    width : int
    """

    def __init__(self, channels, width):
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(c, width, 1) for c in channels)
        self.smooth = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in channels)

    def forward(self, maps):
        """A 1 x 1 and a 3 x 3 convolution for each map."""
        maps = [layer(x) for layer, x in zip(self.lateral, maps)]
        return [layer(x) for layer, x in zip(self.smooth, maps)]


class FPN(Alone):
    """Feature pyramid network (Lin et al. 2017): coarse maps are enlarged and added to finer ones."""

    def forward(self, maps):
        """From the coarsest down."""
        maps = [layer(x) for layer, x in zip(self.lateral, maps)]
        for k in range(len(maps) - 2, -1, -1):
            maps[k] = maps[k] + interpolate(maps[k + 1], scale_factor=2)
        return [layer(x) for layer, x in zip(self.smooth, maps)]


class BiFPN(nn.Module):
    """EfficientDet's pyramid (Tan et al. 2020): down and up again, each sum weighted by learned numbers.

    Parameters
    ----------
    channels : sequence of int
        Of the maps that come in; three or more.
    width : int
    """

    def __init__(self, channels, width):
        super().__init__()
        n = len(channels)
        self.lateral = nn.ModuleList(nn.Conv2d(c, width, 1) for c in channels)
        self.way_down = nn.ModuleList(separable(width) for _ in range(n - 2))
        self.way_up = nn.ModuleList(separable(width) for _ in range(n))
        self.down_weights = nn.Parameter(torch.ones(n - 2, 2))
        self.up_weights = nn.Parameter(torch.ones(n, 3))

    def forward(self, maps):
        """Down through the middle maps, then up; the middle ones also see what they were."""
        maps = [layer(x) for layer, x in zip(self.lateral, maps)]
        down, last = list(maps), len(maps) - 1
        for k in range(last - 1, 0, -1):
            both = [maps[k], interpolate(down[k + 1], scale_factor=2)]
            down[k] = self.way_down[k - 1](fuse(both, self.down_weights[k - 1]))
        out = [[maps[0], interpolate(down[1], scale_factor=2)]]
        found = [self.way_up[0](fuse(out[0], self.up_weights[0, :2]))]
        for k in range(1, last + 1):
            parts = [maps[k], max_pool2d(found[-1], 2), down[k]][: 2 if k == last else 3]
            found.append(self.way_up[k](fuse(parts, self.up_weights[k, : len(parts)])))
        return found


def separable(width):
    """Each map filtered by itself, then mixed, as EfficientDet does after each fusion.

    Parameters
    ----------
    width : int
        Channels.
    """
    return nn.Sequential(
        nn.SiLU(), nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False),
        nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width),
    )  # fmt: skip
