"""SegNet: enlarge by the places of the maxima (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

import torch
from torch import nn
from torch.nn.functional import max_pool2d

VGG16 = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


def unpool(x, places, size):
    """Put every value back where its maximum was found; zeros elsewhere.

    Parameters
    ----------
    x : tensor (B, C, h, w)
    places : int64 tensor (B, C, h, w)
        From ``max_pool2d(..., return_indices=True)``: row times W plus column.
    size : (H, W)
        Of the image before pooling.

    Returns
    -------
    tensor (B, C, H, W)

    Examples
    --------
    >>> unpool(torch.tensor([[[[5.0]]]]), torch.tensor([[[[3]]]]), (2, 2)).tolist()
    [[[[0.0, 0.0], [0.0, 5.0]]]]
    """
    batch, channels = x.shape[:2]
    flat = torch.zeros(batch, channels, size[0] * size[1]).to(x)
    return flat.scatter(2, places.flatten(2), x.flatten(2)).view(batch, channels, *size)


def convs(widths):
    """3 x 3 convolution, batch norm and ReLU for each step from one width to the next."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class SegNet(nn.Module):
    """An encoder that remembers where its maxima were, and a decoder that is its mirror image.

    Badrinarayanan, Kendall and Cipolla 2017, figure 2.

    Parameters
    ----------
    channels, classes : int
        Of the input, and scores of the output.
    plan : sequence of sequences of int
        Channels of the convolutions between two poolings; `VGG16` is the paper's.

    Notes
    -----
    Input (B, channels, H, W), output (B, classes, H, W). Only places pass from the encoder to
    the decoder, not features. The encoder's weights load from torchvision's ``vgg16_bn``.

    Examples
    --------
    >>> SegNet(1, 3, ((4,), (8,)))(torch.zeros(2, 1, 16, 16)).shape
    torch.Size([2, 3, 16, 16])
    """

    def __init__(self, channels=3, classes=12, plan=VGG16):
        super().__init__()
        ends = (channels, *(widths[-1] for widths in plan))
        self.encoder = nn.ModuleList(convs((end, *w)) for end, w in zip(ends, plan))
        mirror = [(*widths[::-1], end) for end, widths in zip(ends[1:], plan[1:])]
        self.decoder = nn.ModuleList(convs(widths) for widths in mirror[::-1])
        self.last = convs((*plan[0][::-1],)) if len(plan[0]) > 1 else nn.Identity()
        self.score = nn.Conv2d(plan[0][0], classes, 3, padding=1)

    def forward(self, x):
        memory = []
        for part in self.encoder:
            x = part(x)
            size = x.shape[2:]
            x, places = max_pool2d(x, 2, return_indices=True)
            memory.append((places, size))
        for part in (*self.decoder, self.last):
            x = part(unpool(x, *memory.pop()))
        return self.score(x)
