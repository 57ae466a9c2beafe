"""A network that sees far and never halves (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

from torch import nn

SPREAD = (1, 1, 2, 4, 8, 1)


class Dilated(nn.Sequential):
    """Convolutions at full size whose pixels lie further and further apart.

    The context module of Yu and Koltun (2016, table 1) without its dilation of 16, with batch norm.

    Parameters
    ----------
    channels, classes : int
        Of the input, and scores of the output.
    width : int
        Channels of every layer.
    spread : sequence of int
        Distance of neighbouring taps, layer by layer; a layer of 3 x 3 taps widens the window of a
        pixel by twice its distance.

    Raises
    ------
    ValueError
        If a distance is no whole number from 1.

    Examples
    --------
    >>> import torch
    >>> Dilated(1, 3)(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 3, 16, 16])
    """

    def __init__(self, channels=1, classes=2, width=20, spread=SPREAD):
        if not spread or any(not isinstance(by, int) or by < 1 for by in spread):
            raise ValueError(f"Dilated: expected whole distances from 1, found {tuple(spread)}")
        layers = []
        for number, by in enumerate(spread):
            conv = nn.Conv2d(width if number else channels, width, 3, padding=by, dilation=by)
            layers += [conv, nn.BatchNorm2d(width), nn.ReLU()]
        super().__init__(*layers, nn.Conv2d(width, classes, 1))
