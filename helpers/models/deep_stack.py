"""Deep stacks, each with or without batch norm and shortcut (survey 4.3.1; chapter 4-models/image-classification)."""

from torch import nn


class Pair(nn.Module):
    """Two 3 x 3 convolutions, of which batch norm and shortcut can be taken away one by one.

    With both it is the `BasicBlock` of `helpers.models.resnet`.

    Parameters
    ----------
    width : int
        Channels before and after.
    norm, shortcut : bool

    Notes
    -----
    ``forward(x (B, width, H, W))`` keeps the shape.
    """

    def __init__(self, width, norm, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=not norm)
        self.bn1 = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=not norm)
        self.bn2 = nn.BatchNorm2d(width) if norm else nn.Identity()
        self.relu = nn.ReLU()
        self.shortcut = shortcut

    def forward(self, x):
        around = x if self.shortcut else 0
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        return self.relu(around + x)


def he_start(net):
    """Start each convolution as He et al. 2015 advise: weights of variance 2 / inputs, no bias.

    Parameters
    ----------
    net : nn.Module
        Changed in place.

    Returns
    -------
    nn.Module, the same.
    """
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return net


def deep_stack(layers, classes, *, width=8, norm=False, shortcut=False, he=False):
    """A stem, so many convolutions in pairs, a mean over positions, one linear layer.

    Parameters
    ----------
    layers : int, even
        3 x 3 convolutions after the stem.
    classes, width : int
    norm, shortcut : bool
        Of every pair.
    he : bool
        Start as `he_start` does, and not as PyTorch does.

    Returns
    -------
    nn.Sequential, (B, 3, H, W) -> (B, classes)

    Raises
    ------
    ValueError
        For an odd number of layers.
    """
    if layers % 2:
        raise ValueError(f"deep_stack(layers=): expected an even number, found {layers}")
    stem = [nn.Conv2d(3, width, 3, padding=1), nn.ReLU()]
    pairs = [Pair(width, norm, shortcut) for _ in range(layers // 2)]
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes)]
    net = nn.Sequential(*stem, *pairs, *head)
    return he_start(net) if he else net
