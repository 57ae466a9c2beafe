"""Residual networks, ResNeXt among them (survey 4.3.1; chapter 4-models/image-classification)."""

from torch import nn


def shortcut(channels, width, stride):
    """The way around a block: nothing, or a 1 x 1 convolution where shapes differ.

    Parameters
    ----------
    channels, width : int
        Before and after the block.
    stride : int

    Returns
    -------
    nn.Module or None
    """
    if channels == width and stride == 1:
        return None
    return nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))


class BasicBlock(nn.Module):
    r"""Two 3 x 3 convolutions and a shortcut (He et al. 2016, figure 5 left).

    .. math:: y = \mathrm{ReLU}\big(x + F(x)\big)

    Parameters
    ----------
    channels, width : int
        Before and after.
    stride : int
        Of the first convolution.
    groups, group_width : int
        Not used; `Bottleneck` takes them.

    Notes
    -----
    ``forward(x (B, channels, H, W))`` gives (B, width, H / stride, W / stride).
    """

    expansion = 1

    def __init__(self, channels, width, stride=1, groups=1, group_width=64):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(channels, width, stride)
        self.relu = nn.ReLU()

    def forward(self, x):
        around = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        return self.relu(around + x)


class Bottleneck(nn.Module):
    """Narrow, 3 x 3, widen again (He et al. 2016, figure 5 right).

    With `groups` above 1 the middle convolution is split into independent paths: the ResNeXt
    block of Xie et al. 2017, figure 3c.

    Parameters
    ----------
    channels, width : int
        Before, and of the stage: four times as many come out.
    stride : int
        Of the middle convolution.
    groups, group_width : int
        Paths, and their width where `width` is 64.

    Notes
    -----
    ``forward(x (B, channels, H, W))`` gives (B, 4 width, H / stride, W / stride).
    """

    expansion = 4

    def __init__(self, channels, width, stride=1, groups=1, group_width=64):
        super().__init__()
        inner, outer = width * group_width // 64 * groups, width * self.expansion
        self.conv1 = nn.Conv2d(channels, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, padding=1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, outer, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outer)
        self.downsample = shortcut(channels, outer, stride)
        self.relu = nn.ReLU()

    def forward(self, x):
        around = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        x = self.bn3(self.conv3(x))
        return self.relu(around + x)


class ResNet(nn.Module):
    """A stem, stages of residual blocks that halve the image and double the width, a mean.

    Its weights load into torchvision's ``resnet18`` (BasicBlock, depths 2 2 2 2), ``resnet50``
    (Bottleneck, 3 4 6 3) and ``resnext50_32x4d`` (groups 32, group width 4), and back.

    Parameters
    ----------
    block : BasicBlock or Bottleneck
    depths : sequence of int
        Blocks in each stage.
    classes : int
    width : int
        Channels of the first stage.
    groups, group_width : int
        Cardinality and path width of ResNeXt.
    small : bool
        For small images: a 3 x 3 stem that keeps the resolution.

    Notes
    -----
    Input (B, 3, H, W), output (B, classes), scores.
    """

    def __init__(
        self, block, depths, classes=1000, width=64, groups=1, group_width=64, small=False
    ):
        super().__init__()
        size, stride = (3, 1) if small else (7, 2)
        self.conv1 = nn.Conv2d(3, width, size, stride, padding=size // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.Identity() if small else nn.MaxPool2d(3, 2, padding=1)
        channels = width
        for number, depth in enumerate(depths):
            stage = []
            for place in range(depth):
                stride = 2 if number > 0 and place == 0 else 1
                stage.append(block(channels, width * 2**number, stride, groups, group_width))
                channels = width * 2**number * block.expansion
            setattr(self, f"layer{number + 1}", nn.Sequential(*stage))
        self.stages = len(depths)
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for number in range(self.stages):
            x = getattr(self, f"layer{number + 1}")(x)  # (B, C, H, W), half the size each
        return self.fc(x.mean((2, 3)))
