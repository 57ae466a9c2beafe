"""VGG: stacks of 3 x 3 convolutions (survey 4.3.1; chapter 4-models/image-classification)."""

from torch import nn

PLANS = {
    11: (64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool", 512, 512, "pool"),
    16: (64, 64, "pool", 128, 128, "pool", 256, 256, 256, "pool")
    + (512, 512, 512, "pool", 512, 512, 512, "pool"),
}


def stack(plan, channels=3, norm=False):
    """The convolutional part: a width in `plan` is a 3 x 3 convolution with ReLU, "pool" halves.

    Parameters
    ----------
    plan : sequence of int and "pool", see `PLANS`
    channels : int
        Of the image.
    norm : bool
        Batch norm after each convolution.
    """
    layers = []
    for width in plan:
        if width == "pool":
            layers.append(nn.MaxPool2d(2))
            continue
        layers.append(nn.Conv2d(channels, width, 3, padding=1))
        layers += [nn.BatchNorm2d(width)] * norm + [nn.ReLU()]
        channels = width
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """Two small filters see as far as one large one, with fewer weights and one more ReLU.

    Simonyan & Zisserman 2015, table 1. With the plans 11 and 16 its weights load into
    ``torchvision.models.vgg11`` and ``vgg16`` (``_bn`` with `norm`) and back.

    Parameters
    ----------
    plan : sequence of int and "pool", see `PLANS`
    classes : int
    norm : bool
        Batch norm after each convolution (later than the paper).
    small : bool
        For small images: mean over positions and one linear layer in place of the three wide
        ones, which hold nine tenths of VGG-16's weights.

    Notes
    -----
    Input (B, 3, H, W), output (B, classes), scores.
    """

    def __init__(self, plan, classes=1000, norm=False, small=False):
        super().__init__()
        self.features = stack(plan, norm=norm)
        last = [width for width in plan if width != "pool"][-1]
        self.avgpool = nn.AdaptiveAvgPool2d(1 if small else 7)
        if small:
            self.classifier = nn.Sequential(nn.Linear(last, classes))
        else:
            wide = [nn.Linear(last * 49, 4096), nn.ReLU(), nn.Dropout()]
            wide += [nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout()]
            self.classifier = nn.Sequential(*wide, nn.Linear(4096, classes))

    def forward(self, x):
        x = self.features(x)
        x = self.avgpool(x).flatten(1)
        return self.classifier(x)
