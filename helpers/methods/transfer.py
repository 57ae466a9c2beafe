"""Finetuning a pretrained network (survey 5.1; chapter 5-methods/transfer-learning)."""

import torch
from torch import nn
from torch.nn.functional import affine_grid, grid_sample

from helpers.ground.random import generator

KINDS = (nn.Linear, nn.Conv2d)


class Group(nn.Sequential):
    """Layers that freeze as one: while no weight of theirs may move, nothing else moves either.

    A frozen batch norm still renews its running mean and variance with every training batch,
    and everything above it drifts. Here it stays in evaluation mode as long as it is frozen.

    Examples
    --------
    >>> group = Group(nn.Linear(2, 3), nn.BatchNorm1d(3)).requires_grad_(False)
    >>> group.train()[1].training
    False
    """

    def train(self, mode=True):
        """Training mode only if a weight is free."""
        return super().train(mode and any(p.requires_grad for p in self.parameters()))


def freeze_to(groups, count):
    """Freeze the first `count` layer groups and free the others.

    Parameters
    ----------
    groups : sequence of nn.Module, from input to output.
    count : int in 0..len(groups); 0 frees everything, len(groups) - 1 leaves the head free.

    Raises
    ------
    ValueError : for a count outside that range.

    Notes
    -----
    Only parameters freeze. Batch norm's running statistics still follow the training batches,
    unless the groups are of class `Group`.

    Examples
    --------
    >>> groups = [nn.Linear(2, 3), nn.Linear(3, 1)]
    >>> freeze_to(groups, 1)
    >>> [group.weight.requires_grad for group in groups]
    [False, True]
    """
    if not 0 <= count <= len(groups):
        raise ValueError(f"freeze_to: count must lie in 0..{len(groups)}, found {count}")
    for number, group in enumerate(groups):
        group.requires_grad_(number >= count)


def discriminative(groups, lr, factor=2.6):
    """Parameter groups for an optimiser: each lower group learns `factor` times more slowly.

    Parameters
    ----------
    groups : sequence of nn.Module, from input to output.
    lr : float, learning rate of the last group.
    factor : float, 2.6 in ULMFiT (Howard and Ruder 2018, section 3.2).

    Returns
    -------
    list of {"params": list of Tensor, "lr": float}, without frozen parameters; give it to any
    torch optimiser. Groups that are frozen altogether are left out.

    Raises
    ------
    ValueError : if everything is frozen.

    Examples
    --------
    >>> [group["lr"] for group in discriminative([nn.Linear(2, 3), nn.Linear(3, 1)], 0.1, 10)]
    [0.01, 0.1]
    """
    depth = len(groups) - 1
    found = [
        {"params": [p for p in group.parameters() if p.requires_grad], "lr": lr / factor**below}
        for below, group in zip(range(depth, -1, -1), groups)
    ]
    found = [group for group in found if group["params"]]
    if not found:
        raise ValueError("discriminative: every parameter is frozen, expected at least one free")
    return found


def slanted(cut=0.1, ratio=32):
    """Slanted triangular rates: a short linear rise, a long linear fall (Howard and Ruder 2018, eq. 3).

    Parameters
    ----------
    cut : float in (0, 1), share of the steps on the way up.
    ratio : float >= 1, largest over smallest rate.

    Returns
    -------
    callable, t in [0, 1] -> factor in [1 / ratio, 1], a schedule for `helpers.train.loop.fit`.

    Raises
    ------
    ValueError : for values outside these ranges.

    Examples
    --------
    >>> schedule = slanted()
    >>> [round(schedule(t), 3) for t in (0, 0.1, 0.55, 1)]
    [0.031, 1.0, 0.516, 0.031]
    """
    if not 0 < cut < 1 or ratio < 1:
        raise ValueError(
            f"slanted(cut={cut!r}, ratio={ratio!r}): expected a share in (0, 1) and a ratio of at least 1"
        )

    def factor(t):
        p = t / cut if t < cut else 1 - (t - cut) / (1 - cut)
        return (1 + max(p, 0.0) * (ratio - 1)) / ratio

    return factor


class Adapter(nn.Module):
    """A small bottleneck beside a frozen layer: x + up(relu(down(x))) (Houlsby et al. 2019).

    Parameters
    ----------
    channels : int C of the layer before it.
    width : int, channels of the bottleneck.

    Notes
    -----
    Shapes: (B, C, H, W) to the same. `up` starts at zero, so the network starts unchanged.

    Examples
    --------
    >>> x = torch.randn(2, 8, 4, 4)
    >>> torch.equal(Adapter(8, 2)(x), x)
    True
    """

    def __init__(self, channels, width):
        super().__init__()
        self.down = nn.Conv2d(channels, width, 1)
        self.up = nn.Conv2d(width, channels, 1)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x):
        """Add the correction."""
        return x + self.up(torch.relu(self.down(x)))


class LowRank(nn.Module):
    r"""A frozen layer and a trainable change of low rank beside it (Hu et al. 2022, eq. 3).

    .. math:: h = W x + \frac{\alpha}{r}\, B A\, x

    Parameters
    ----------
    layer : nn.Linear, or nn.Conv2d without groups; its own weights are frozen.
    rank : int r >= 1.
    alpha : float, the change is scaled by alpha / r.

    Notes
    -----
    Shapes: as the layer's. B starts at zero, so the layer starts unchanged. For a convolution A is
    a convolution of the same kernel size to r channels, and B one of size 1, as in the library peft.

    Raises
    ------
    ValueError : for another kind of layer, or a rank below 1.

    Examples
    --------
    >>> layer, x = nn.Linear(4, 3), torch.randn(2, 4)
    >>> torch.equal(LowRank(layer, 2)(x), layer(x))
    True
    """

    def __init__(self, layer, rank, alpha=1.0):
        super().__init__()
        if not isinstance(layer, KINDS) or getattr(layer, "groups", 1) != 1 or rank < 1:
            raise ValueError(
                "LowRank: expected a linear layer or a convolution without groups and a rank of "
                f"at least 1, found {type(layer).__name__} and {rank}"
            )
        self.layer, self.scale = layer.requires_grad_(False), alpha / rank
        if isinstance(layer, nn.Linear):
            self.A = nn.Linear(layer.in_features, rank, bias=False)
            self.B = nn.Linear(rank, layer.out_features, bias=False)
        else:
            kernel = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
            self.A = nn.Conv2d(layer.in_channels, rank, *kernel, bias=False)
            self.B = nn.Conv2d(rank, layer.out_channels, 1, bias=False)
        nn.init.zeros_(self.B.weight)

    def forward(self, x):
        """The old answer and the change."""
        return self.layer(x) + self.scale * self.B(self.A(x))

    def change(self):
        """The change of the weights, of the shape of ``layer.weight``: add it, and nothing is slower."""
        return self.scale * torch.einsum("or,ri...->oi...", self.B.weight.flatten(1), self.A.weight)


def warped(x, y, copies=20, seed=0):
    """Copies of images, each sheared, stretched and shifted at random, with their classes.

    Parameters
    ----------
    x : (N, 1, H, W)
    y : (N,) int64
    copies : int, of each image.
    seed : int

    Returns
    -------
    (copies * N, 1, H, W), (copies * N,); what is drawn in from outside the frame is zero.

    Examples
    --------
    >>> images, labels = warped(torch.ones(2, 1, 8, 8), torch.tensor([3, 5]), copies=2)
    >>> images.shape, labels.tolist()
    (torch.Size([4, 1, 8, 8]), [3, 5, 3, 5])
    """
    draws, count = generator(seed, 11), copies * len(x)
    maps = torch.eye(2) + 0.2 * torch.randn(count, 2, 2, generator=draws)
    shift = 0.08 * torch.randn(count, 2, 1, generator=draws)
    images = x.repeat(copies, 1, 1, 1)
    grid = affine_grid(torch.cat([maps, shift], 2), images.shape, align_corners=False)
    return grid_sample(images, grid, align_corners=False), y.repeat(copies)
