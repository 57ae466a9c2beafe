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
    reach = window // 2
    for axis in range(2, image.ndim):
        side = image.shape[axis]
        band = image.new_ones(side, side).triu(-reach).tril(reach) / window
        if axis == image.ndim - 1:
            image = image @ band  # the band is its own mirror image
        else:
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

    middles = mean(one), mean(other)
    covariance = mean(one * other) - middles[0] * middles[1]
    spreads = [
        (mean(part**2) - middle**2).clamp(min=least) for part, middle in zip((one, other), middles)
    ]
    return -(covariance**2 / (spreads[0] * spreads[1])).flatten(1).mean(1)


def joint_histogram(one, other, bins):
    """How often each pair of brightnesses meets at one place.

    A brightness between two levels counts for both, the more the nearer: a pixel of two images is
    shared by four cells with the weights of bilinear interpolation (Maes et al. 1997), so that the
    histogram has a slope. Only these four are touched; a table of all levels at every pixel gives
    the same numbers in ten times the time.

    Parameters
    ----------
    one, other : tensors (B, C, ...), 0..1
        What lies outside counts as the nearer end.
    bins : int >= 2
        Levels from 0 to 1, both included.

    Returns
    -------
    tensor (B, bins, bins), rows for `one`; each sums to one

    Examples
    --------
    >>> joint_histogram(torch.tensor([[[[0.25]]]]), torch.tensor([[[[1.0]]]]), 3)[0].tolist()
    [[0.0, 0.0, 0.5], [0.0, 0.0, 0.5], [0.0, 0.0, 0.0]]
    """
    i, j = (image.clamp(0, 1).flatten(1) * (bins - 1) for image in (one, other))  # (B, P)
    low_i, low_j = (level.detach().floor().clamp(max=bins - 2) for level in (i, j))
    a, b = i - low_i, j - low_j
    parts = torch.cat([(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b], 1)
    cell = (low_i * bins + low_j).long()
    cells = torch.cat([cell, cell + 1, cell + bins, cell + bins + 1], 1)
    counts = parts.new_zeros(len(parts), bins * bins).scatter_add(1, cells, parts)
    return counts.unflatten(1, (bins, bins)) / i.shape[1]


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
    joint = joint_histogram(one, other, bins)  # (B, bins, bins)
    apart = joint.sum(2, keepdim=True) * joint.sum(1, keepdim=True)
    ratio = (joint + 1e-9) / (apart + 1e-9)
    return -(joint * ratio.log()).flatten(1).sum(1)
