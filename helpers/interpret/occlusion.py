"""Cover a part of the input and see what the score loses (survey 7.1.2; chapter 7-interpretability/saliency-maps)."""

import torch


def occlusion(f, x, side=5, stride=2, fill=0.0):
    """What the score loses when a square is covered, for each pixel the mean over its squares.

    Parameters
    ----------
    f : callable, (B, C, H, W) -> (B,)
    x : tensor (B, C, H, W)
    side, stride : int
        Of the square, in pixels, and from one square to the next.
    fill : float, or tensor that broadcasts to `x`
        What the square is filled with.

    Returns
    -------
    tensor (B, 1, H, W), units of the score; 0 where no square lay

    Notes
    -----
    Zeiler and Fergus 2014, section 4.2. It needs no gradient, and one pass for each square.
    """
    height, width = x.shape[2:]
    fill = torch.as_tensor(fill, dtype=x.dtype).expand_as(x)
    lost, times = torch.zeros_like(x[:, :1]), torch.zeros_like(x[:1, :1])
    with torch.no_grad():
        whole = f(x)
        for top in range(0, height - side + 1, stride):
            for left in range(0, width - side + 1, stride):
                place = (..., slice(top, top + side), slice(left, left + side))
                covered = x.clone()
                covered[place] = fill[place]
                lost[place] += (whole - f(covered))[:, None, None, None]
                times[place] += 1
    return lost / times.clamp(min=1)
