"""Finetuning a pretrained network (survey 5.1; chapter 5-methods/transfer-learning)."""

import torch
from torch import nn


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
    Only parameters freeze. Batch norm's running statistics still follow the training batches
    unless its layer is in eval mode.

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


class Adapter(nn.Module):
    """A small bottleneck beside a frozen layer: x + up(relu(down(x))) (Houlsby et al. 2019).

    Parameters
    ----------
    channels : int C of the layer before it.
    width : int, channels of the bottleneck.

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
