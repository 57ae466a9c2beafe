"""A plain convolutional network whose parts can be hooked (survey 4.3; chapter 7-interpretability/saliency-maps)."""

from torch import nn


def plain_convnet(channels, classes, pools=2):
    """Three convolutions with ReLU, a pooling after each of the first, a mean, one linear layer.

    Every ReLU is a module of its own and none works in place, so that hooks see each once. The
    first convolution repeats the border pixels instead of padding with zeros: a constant added to
    the input then adds a constant to all its outputs, which its bias can take back.

    Parameters
    ----------
    channels, classes : int
    pools : 1 or 2
        How often the side is halved; 1 for images below about 16 pixels.

    Returns
    -------
    nn.Sequential, (B, channels, H, W) -> (B, classes)
    """
    second = nn.MaxPool2d(2) if pools > 1 else nn.Identity()
    return nn.Sequential(
        nn.Conv2d(channels, 16, 5, padding=2, padding_mode="replicate"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 24, 3, padding=1), nn.ReLU(), second,
        nn.Conv2d(24, 32, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(32, classes),
    )  # fmt: skip


def pooled_first(net):
    """The same layers, shared, with each max pooling moved before its ReLU: to train in less time.

    The largest of four numbers may be taken before the ReLU or after it. Scores and slopes of the
    weights are the same, and the ReLU, there and back, has a quarter of the numbers to look at.
    Deconvnet is not the same, because it asks about places where the ReLU was silent; so maps are
    drawn of `net` itself.

    Parameters
    ----------
    net : nn.Sequential

    Returns
    -------
    nn.Sequential
        Training it trains `net`.
    """
    layers = list(net)
    for k in range(len(layers) - 1):
        if isinstance(layers[k], nn.ReLU) and isinstance(layers[k + 1], nn.MaxPool2d):
            layers[k], layers[k + 1] = layers[k + 1], layers[k]
    return nn.Sequential(*layers)
