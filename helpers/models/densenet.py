"""DenseNet: every layer sees all before it (survey 4.3.1; chapter 4-models/image-classification)."""

from collections import OrderedDict

import torch
from torch import nn


class DenseLayer(nn.Module):
    r"""A few new channels from everything so far (Huang et al. 2017, equation 2).

    .. math:: x_l = H_l\big([x_0, x_1, \dots, x_{l-1}]\big), \quad
              y = [x_0, \dots, x_{l-1}, x_l]

    Parameters
    ----------
    channels : int
        Of everything so far.
    growth : int
        New channels.
    bottleneck : int
        The 1 x 1 convolution before the 3 x 3 one makes so many times `growth` channels.

    Notes
    -----
    ``forward(x (B, channels, H, W))`` gives (B, channels + growth, H, W).
    """

    def __init__(self, channels, growth, bottleneck=4):
        super().__init__()
        inner = bottleneck * growth
        self.norm1, self.relu1 = nn.BatchNorm2d(channels), nn.ReLU()
        self.conv1 = nn.Conv2d(channels, inner, 1, bias=False)
        self.norm2, self.relu2 = nn.BatchNorm2d(inner), nn.ReLU()
        self.conv2 = nn.Conv2d(inner, growth, 3, padding=1, bias=False)

    def forward(self, x):
        new = self.conv1(self.relu1(self.norm1(x)))
        new = self.conv2(self.relu2(self.norm2(new)))
        return torch.cat([x, new], 1)


def transition(channels):
    """Between blocks: half the channels, half the size."""
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(channels),
            relu=nn.ReLU(),
            conv=nn.Conv2d(channels, channels // 2, 1, bias=False),
            pool=nn.AvgPool2d(2),
        )
    )


class DenseNet(nn.Module):
    """Dense blocks with transitions between them.

    With growth 32, depths 6 12 24 16 and 64 first channels its weights load into
    ``torchvision.models.densenet121`` and back.

    Parameters
    ----------
    growth : int
        Channels that each layer adds.
    depths : sequence of int
        Layers in each block.
    first : int
        Channels of the stem.
    classes : int
    small : bool
        For small images: a 3 x 3 stem that keeps the resolution.

    Notes
    -----
    Input (B, 3, H, W), output (B, classes), scores.
    """

    def __init__(self, growth, depths, first, classes=1000, small=False):
        super().__init__()
        size, stride = (3, 1) if small else (7, 2)
        parts = OrderedDict(
            conv0=nn.Conv2d(3, first, size, stride, padding=size // 2, bias=False),
            norm0=nn.BatchNorm2d(first),
            relu0=nn.ReLU(),
            pool0=nn.Identity() if small else nn.MaxPool2d(3, 2, padding=1),
        )
        channels = first
        for number, depth in enumerate(depths, 1):
            layers = OrderedDict()
            for place in range(1, depth + 1):
                layers[f"denselayer{place}"] = DenseLayer(channels, growth)
                channels += growth
            parts[f"denseblock{number}"] = nn.Sequential(layers)
            if number < len(depths):
                parts[f"transition{number}"] = transition(channels)
                channels //= 2
        parts["norm5"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(parts)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.features(x).relu()
        return self.classifier(x.mean((2, 3)))
