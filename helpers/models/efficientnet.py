"""EfficientNet: scaling width, depth and resolution together (survey 4.3.1; chapter 4-models/image-classification)."""

import math

from torch import nn

# expansion, kernel, stride, channels, blocks (Tan & Le 2019, table 1)
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)


def round_width(channels, factor):
    """Scaled channels, rounded to a multiple of 8 and never down by more than a tenth.

    Parameters
    ----------
    channels : int
    factor : float > 0

    Returns
    -------
    int, at least 8

    Examples
    --------
    >>> round_width(16, 1.0), round_width(24, 1.1), round_width(112, 1.1)
    (16, 24, 120)
    """
    scaled = channels * factor
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


def compound(phi, alpha=1.2, beta=1.1, gamma=1.15):
    r"""Factors for depth, width and resolution (Tan & Le 2019, equation 3).

    .. math:: \text{depth} = \alpha^\phi,\; \text{width} = \beta^\phi,\;
              \text{resolution} = \gamma^\phi, \qquad \alpha\,\beta^2\,\gamma^2 \approx 2

    so that the cost doubles with each step of :math:`\phi`.

    Parameters
    ----------
    phi : float
    alpha, beta, gamma : float >= 1

    Returns
    -------
    depth, width, resolution : floats

    Examples
    --------
    >>> [round(factor, 2) for factor in compound(1)]
    [1.2, 1.1, 1.15]
    """
    return alpha**phi, beta**phi, gamma**phi


def convolution(channels, width, kernel, stride=1, groups=1, activate=True):
    """Convolution, batch norm and (unless told otherwise) SiLU.

    Parameters
    ----------
    channels, width : int
        Before and after.
    kernel, stride, groups : int
        Of the convolution; the padding is half the kernel.
    activate : bool
    """
    layers = [
        nn.Conv2d(channels, width, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(width),
    ]
    return nn.Sequential(*layers, *[nn.SiLU()] * activate)


class SqueezeExcitation(nn.Module):
    """Weigh channels by what the whole image holds (Hu et al. 2018).

    Parameters
    ----------
    channels : int
    squeezed : int
        Channels between the two layers that find the weights.

    Notes
    -----
    ``forward(x (B, channels, H, W))`` keeps the shape.
    """

    def __init__(self, channels, squeezed):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)
        self.activation = nn.SiLU()

    def forward(self, x):
        weight = x.mean((2, 3), keepdim=True)  # (B, C, 1, 1)
        weight = self.fc2(self.activation(self.fc1(weight))).sigmoid()
        return weight * x


class MBConv(nn.Module):
    """Widen, filter each channel by itself, weigh channels, narrow again; around it a shortcut.

    Tan & Le 2019, section 4, after Sandler et al. 2018.

    Parameters
    ----------
    channels, width : int
        Before and after.
    expansion : int
        How many times wider it is inside.
    kernel, stride : int
        Of the filter. The shortcut stands where neither stride nor width change the shape.

    Notes
    -----
    ``forward(x (B, channels, H, W))`` gives (B, width, H / stride, W / stride).
    """

    def __init__(self, channels, width, expansion, kernel, stride):
        super().__init__()
        inner = channels * expansion
        layers = [convolution(channels, inner, 1)] if expansion > 1 else []
        layers += [
            convolution(inner, inner, kernel, stride, groups=inner),
            SqueezeExcitation(inner, max(1, channels // 4)),
            convolution(inner, width, 1, activate=False),
        ]
        self.block = nn.Sequential(*layers)
        self.residual = stride == 1 and channels == width

    def forward(self, x):
        return x + self.block(x) if self.residual else self.block(x)


class EfficientNet(nn.Module):
    """MBConv stages with scaled width and depth.

    With factors 1, 1 its weights load into ``torchvision.models.efficientnet_b0`` and back;
    (width 1.0, depth 1.1) is B1, (1.1, 1.2) is B2. Stochastic depth is left out.

    Parameters
    ----------
    width, depth : float > 0
        Factors on channels and on blocks per stage.
    classes : int
    stages : sequence of (expansion, kernel, stride, channels, blocks)
    small : bool
        For small images: the stem keeps the resolution, and no wide last layer.

    Notes
    -----
    Input (B, 3, H, W), output (B, classes), scores.
    """

    def __init__(self, width=1.0, depth=1.0, classes=1000, stages=STAGES, small=False):
        super().__init__()
        channels = round_width(32, width)
        layers = [convolution(3, channels, 3, 1 if small else 2)]
        for expansion, kernel, stride, base, blocks in stages:
            outer, stage = round_width(base, width), []
            for place in range(math.ceil(blocks * depth)):
                step = stride if place == 0 else 1
                stage.append(MBConv(channels, outer, expansion, kernel, step))
                channels = outer
            layers.append(nn.Sequential(*stage))
        last = channels if small else 4 * channels
        self.features = nn.Sequential(*layers, convolution(channels, last, 1))
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(last, classes))

    def forward(self, x):
        x = self.features(x)
        return self.classifier(x.mean((2, 3)))
