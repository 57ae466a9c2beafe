"""Made clouds of points whose truth is known (survey 2.3; chapter 2-considerations/dimensionality-reduction)."""

import torch

from helpers.ground.random import generator


def clouds(centres, spreads=1.0, *, each=100, dims=10, seed=0):
    """Round Gaussian clouds of equal numbers, simulated.

    Parameters
    ----------
    centres : sequence of C points, each of at most `dims` numbers; the rest are zeros
    spreads : float, or sequence of C floats
        Standard deviation of each cloud in every direction.
    each : int >= 1, points a cloud
    dims : int >= 1
    seed : int

    Returns
    -------
    x : tensor (C * each, dims), float32, without a unit
    y : tensor (C * each,), int64, the cloud of each point

    Raises
    ------
    ValueError : if a centre has more than `dims` numbers.

    Examples
    --------
    >>> x, y = clouds([[0], [8]], each=50, dims=3)
    >>> x.shape, y.bincount().tolist()
    (torch.Size([100, 3]), [50, 50])
    """
    longest = max(map(len, centres))
    if longest > dims:
        raise ValueError(f"clouds(dims={dims}): expected at least {longest}, a centre has so many")
    middle = torch.tensor([[*centre, *[0] * (dims - len(centre))] for centre in centres])
    wide = torch.as_tensor(spreads).float().expand(len(centres))
    y = torch.arange(len(centres)).repeat_interleave(each)
    noise = torch.randn(len(y), dims, generator=generator(seed))
    return middle[y] + wide[y, None] * noise, y
