"""Fully convolutional networks (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

import torch
from torch import nn
from torch.nn.functional import interpolate


def bilinear_kernel(factor, channels=1):
    r"""Weights with which a transposed convolution of stride `factor` enlarges bilinearly.

    .. math:: w(u) = 1 - \frac{|u - c|}{f}, \qquad c = f - \tfrac12\,[f\ \text{even}] - \tfrac12

    in each direction, with 2f - (f mod 2) taps (Long et al. 2015, section 3.3).

    Parameters
    ----------
    factor : int >= 1
    channels : int
        Each channel is enlarged by itself.

    Returns
    -------
    tensor (channels, channels, K, K), for ``padding = ceil((factor - 1) / 2)``

    Examples
    --------
    >>> bilinear_kernel(2)[0, 0, 0].tolist()
    [0.0625, 0.1875, 0.1875, 0.0625]
    """
    size = 2 * factor - factor % 2
    row = 1 - (torch.arange(size) - (size - 1) / 2).abs() / factor
    return torch.eye(channels)[:, :, None, None] * torch.outer(row, row)


def head(channels, classes, dropout=0.1):
    """Scores at every place of a feature map; the weights load into torchvision's ``FCNHead``.

    Parameters
    ----------
    channels, classes : int
        Before and after.
    dropout : float in [0, 1)
    """
    inner = channels // 4
    return nn.Sequential(
        nn.Conv2d(channels, inner, 3, padding=1, bias=False),
        nn.BatchNorm2d(inner),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Conv2d(inner, classes, 1),
    )


def stage(channels, width):
    """Halve the image, then one 3 x 3 convolution, batch norm and ReLU.

    Parameters
    ----------
    channels, width : int
        Before and after.
    """
    conv = nn.Conv2d(channels, width, 3, padding=1)
    return nn.Sequential(nn.MaxPool2d(2), conv, nn.BatchNorm2d(width), nn.ReLU())


class FCN(nn.Module):
    """A classifier without its last pooling: coarse scores, enlarged; finer scores added.

    Long et al. 2015, figure 3. With five stages, `skips` 0, 1, 2 are FCN-32s, 16s and 8s.

    Parameters
    ----------
    channels, classes : int
        Of the input, and scores of the output.
    widths : sequence of int
        Channels of the stages; each stage halves the image.
    skips : int
        How many finer stages add their scores, from the coarsest up.

    Notes
    -----
    Input (B, channels, H, W), sides multiples of ``2 ** len(widths)``; output the same size.
    Enlarging is bilinear and fixed; the paper starts there and lets some of it be learned.

    Examples
    --------
    >>> FCN(1, 3, (8, 16), skips=1)(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 3, 16, 16])
    """

    def __init__(self, channels=3, classes=21, widths=(64, 128, 256, 512, 512), skips=2):
        super().__init__()
        if not 0 <= skips < len(widths):
            most = len(widths) - 1
            raise ValueError(f"FCN: expected skips from 0 to {most}, found {skips}")
        before = (channels, *widths[:-1])
        self.stages = nn.ModuleList(stage(inputs, width) for inputs, width in zip(before, widths))
        self.head = head(widths[-1], classes)
        finer = widths[-2::-1][:skips]
        self.scores = nn.ModuleList(nn.Conv2d(width, classes, 1) for width in finer)

    def features(self, x):
        """Feature maps of all stages, fine to coarse."""
        maps = []
        for part in self.stages:
            x = part(x)
            maps.append(x)
        return maps

    def forward(self, x):
        maps = self.features(x)
        scores = self.head(maps[-1])
        for score, finer in zip(self.scores, maps[-2::-1]):
            scores = interpolate(scores, size=finer.shape[2:], mode="bilinear") + score(finer)
        return interpolate(scores, size=x.shape[2:], mode="bilinear")
