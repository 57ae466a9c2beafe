"""How well a map finds a place, and how alike two maps are (survey 7.1.1; chapter 7-interpretability/saliency-maps).

A map is a tensor (B, 1, H, W): one number for each pixel, large where it matters.
"""

import torch


def found(maps, inside, outside):
    """Chance that a pixel of the place is ranked above one that is not, for each image.

    The area under the ROC curve of the pixels: 0.5 for a map that knows nothing, 1 for one that
    ranks the whole place first. Only the order of the pixels counts, no scale and no threshold.

    Parameters
    ----------
    maps : tensor (B, 1, H, W)
    inside, outside : bool tensors (B, 1, H, W)
        At least one pixel of each in every image.

    Returns
    -------
    tensor (B,), float64, 0..1; ties count one half
    """
    scores = []
    for one, here, there in zip(maps.cpu(), inside.cpu(), outside.cpu()):
        first, second = one[here][:, None], one[there][None]
        scores.append(((first > second).double() + 0.5 * (first == second)).mean())
    return torch.stack(scores)


def outweighed(maps, inside, other):
    """Whether a map holds more in one place than in another of the same size, for each image.

    Parameters
    ----------
    maps : tensor (B, 1, H, W)
        Sums are compared as they are: take absolute values first if the sign is not to count.
    inside, other : bool tensors (B, 1, H, W)

    Returns
    -------
    tensor (B,), float64: 1, 0, or 0.5 for a tie

    Notes
    -----
    Unlike `found` it does not ask that all pixels of the place be ranked high, so that it does not
    favour smooth maps.
    """
    first, second = ((maps * place).flatten(1).sum(1) for place in (inside, other))
    first, second = first.cpu(), second.cpu()
    return (first > second).double() + 0.5 * (first == second)


def rank_correlation(a, b):
    """Spearman's correlation of two maps, for each image.

    Parameters
    ----------
    a, b : tensors (B, 1, H, W)

    Returns
    -------
    tensor (B,), float64, -1..1; 0 where a map is constant
    """
    a, b = _ranks(a), _ranks(b)
    size = (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-12)
    return (a * b).sum(1) / size


def _ranks(maps):
    """Ranks of the pixels of each map about their mean; equal pixels share their mean rank."""
    flat = maps.flatten(1)
    ordered = flat.sort(dim=1).values
    below = torch.searchsorted(ordered, flat, right=False)
    upto = torch.searchsorted(ordered, flat, right=True)
    ranks = (below + upto).cpu().double() / 2
    return ranks - ranks.mean(1, keepdim=True)
