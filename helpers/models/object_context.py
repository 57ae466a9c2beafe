"""Object-contextual representations (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

import torch
from torch import nn


def transform(channels, width, norm=nn.BatchNorm2d):
    """1 x 1 convolution, norm, ReLU (the paper's transforms are one or two of these).

    Parameters
    ----------
    channels, width : int
        Before and after.
    norm : callable, int -> nn.Module
    """
    return nn.Sequential(nn.Conv2d(channels, width, 1), norm(width), nn.ReLU())


def region_features(pixels, scores):
    r"""One feature vector per class: the mean over the image, weighted by where the class is.

    .. math:: f_k = \sum_i \mathrm{softmax}_i(m_{ki})\, x_i

    Parameters
    ----------
    pixels : tensor (B, C, H, W)
    scores : tensor (B, K, H, W)
        A first guess, as scores.

    Returns
    -------
    tensor (B, C, K, 1), shaped like an image with K pixels

    Examples
    --------
    >>> x = torch.tensor([1.0, 3.0]).view(1, 1, 1, 2)
    >>> region_features(x, torch.tensor([[0.0, 0.0], [99.0, 0.0]]).view(1, 2, 1, 2)).flatten()
    tensor([2., 1.])
    """
    share = scores.flatten(2).softmax(2)  # (B, K, H W)
    return torch.einsum("bki,bci->bck", share, pixels.flatten(2)).unsqueeze(3)


def attend(query, key, value):
    r"""Attention of every pixel to the regions.

    .. math:: y_i = \sum_k \mathrm{softmax}_k\big(q_i^\top k_k / \sqrt{D}\big)\, v_k

    Parameters
    ----------
    query : tensor (B, D, H, W)
    key, value : tensors (B, D, K, 1)

    Returns
    -------
    tensor (B, D, H, W)
    """
    scores = torch.einsum("bdi,bdk->bik", query.flatten(2), key.flatten(2))
    share = (scores / query.shape[1] ** 0.5).softmax(2)  # (B, H W, K)
    return torch.einsum("bik,bdk->bdi", share, value.flatten(2)).view_as(query)


class ObjectContext(nn.Module):
    """Beside each pixel's features, put a mixture of the features of the classes it resembles.

    Yuan, Chen and Wang 2019, equations 1 to 4 and figure 3.

    Parameters
    ----------
    channels, classes : int
        Of the features coming in, and of the scores.
    width : int
        Channels D in which pixels and regions are compared.

    Notes
    -----
    Input (B, channels, H, W). Output a pair: scores (B, classes, H, W), and the first guess of
    the same shape, which needs a loss of its own (the paper weighs it 0.4). Regions have no
    batch norm here: a small batch of images has only a handful of them.
    """

    def __init__(self, channels, classes, width=16):
        super().__init__()
        self.guess = nn.Conv2d(channels, classes, 1)
        self.query, self.out = transform(channels, width), transform(width, channels)
        self.key = transform(channels, width, nn.Identity)
        self.value = transform(channels, width, nn.Identity)
        self.join = transform(2 * channels, channels)
        self.score = nn.Conv2d(channels, classes, 1)

    def forward(self, x):
        guess = self.guess(x)
        regions = region_features(x, guess)  # (B, C, K, 1)
        context = attend(self.query(x), self.key(regions), self.value(regions))
        x = self.join(torch.cat([self.out(context), x], dim=1))
        return self.score(x), guess
