"""A small one-stage detector in the style of YOLOv3 (survey 4.3.2; chapter 4-models/object-detection)."""

import math

import torch
from torch import nn

from helpers.models.pyramid import FPN

STRIDES = (4, 8, 16)


class Residual(nn.Module):
    """Darknet-53's block (Redmon and Farhadi 2018): 1 x 1 to half the channels, 3 x 3, add.

    Parameters
    ----------
    channels : int
    """

    def __init__(self, channels):
        super().__init__()
        self.narrow = conv(channels, channels // 2, 1)
        self.widen = conv(channels // 2, channels, 3)

    def forward(self, x):
        """The input and a correction to it."""
        return x + self.widen(self.narrow(x))


def conv(inputs, outputs, side, stride=1):
    """Convolution, batch norm and leaky ReLU.

    Parameters
    ----------
    inputs, outputs, side, stride : int
        Channels, side of the filters, step.
    """
    layer = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.LeakyReLU(0.1))


class Backbone(nn.Module):
    """Maps at a quarter, an eighth and a sixteenth of the image's side.

    Parameters
    ----------
    widths : four ints
        Channels after each halving.
    """

    def __init__(self, widths=(16, 32, 48, 64)):
        super().__init__()
        self.stem = conv(3, widths[0], 3, 2)
        pairs = zip(widths[:-1], widths[1:])
        self.stages = nn.ModuleList(nn.Sequential(conv(a, b, 3, 2), Residual(b)) for a, b in pairs)

    def forward(self, x):
        """List of three maps (B, C, H / s, W / s), finest first."""
        x, maps = self.stem(x), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Detector(nn.Module):
    """Backbone, pyramid, and one head that is read at every place of every map.

    Parameters
    ----------
    classes : int
    pyramid : callable (channels, width) -> nn.Module
        `Alone`, `FPN` or `BiFPN` of `helpers.models.pyramid`.
    width : int
        Channels of the pyramid and the head.
    widths : four ints, channels of the backbone.

    Attributes
    ----------
    strides : of the three maps
    """

    strides = STRIDES

    def __init__(self, classes, pyramid=FPN, width=32, widths=(16, 32, 48, 64)):
        super().__init__()
        self.backbone = Backbone(widths)
        self.pyramid = pyramid(widths[1:], width)
        filters = nn.Conv2d(width, width, 3, padding=1, bias=False)
        norm = nn.GroupNorm(4, width)  # not batch norm: the three maps share it and differ
        self.head = nn.Sequential(
            filters, norm, nn.LeakyReLU(0.1), nn.Conv2d(width, 5 + classes, 1)
        )
        rare = math.log(0.01 / 0.99)  # at the start one place in a hundred holds an object
        nn.init.constant_(self.head[-1].bias, 0.0)
        nn.init.constant_(self.head[-1].bias[4:5], rare)

    def forward(self, x):
        """For each anchor a code of its box (4), objectness (1), and a score a class: (B, A, 5 + K)."""
        maps = self.pyramid(self.backbone(x))
        return torch.cat([self.head(one).flatten(2).transpose(1, 2) for one in maps], 1)
