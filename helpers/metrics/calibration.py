"""Are probabilities what they say? Bins, calibration error, temperature (survey 9; chapter 9-practice/validate-thoroughly)."""

import torch

from helpers.metrics.gate import binary_scores


def reliability(p, y, bins=10):
    """Said and seen share of class 1 in equal bins of the said probability.

    Parameters
    ----------
    p : (N,) probabilities of class 1
    y : (N,) of 0 and 1
    bins : int >= 1
        Of equal width from 0 to 1; a probability on a border belongs to the bin below it.

    Returns
    -------
    said, seen, share : tensors (B,), B the bins that are not empty: mean probability, share of
        class 1, share of all rows

    Raises
    ------
    ValueError : for probabilities outside 0..1, no bin, or what `helpers.metrics.gate` refuses.

    Examples
    --------
    >>> said, seen, share = reliability(torch.tensor([0.1, 0.9, 0.9]), torch.tensor([0, 1, 0]), 2)
    >>> seen.tolist()
    [0.0, 0.5]
    """
    score, true = map(torch.from_numpy, binary_scores("reliability", p, y))
    if score.min() < 0 or score.max() > 1 or bins < 1:
        raise ValueError(
            "reliability: expected probabilities in 0..1 and one bin or more, found "
            f"{float(score.min()):g} to {float(score.max()):g} and {bins}"
        )
    bin_of = (score * bins).ceil().long().clamp(1, bins) - 1
    count = bin_of.bincount(minlength=bins).double()
    held = count > 0
    said = torch.zeros(bins).double().index_add_(0, bin_of, score)[held] / count[held]
    seen = torch.zeros(bins).double().index_add_(0, bin_of, true.double())[held] / count[held]
    return said, seen, count[held] / len(score)


def calibration_error(p, y, bins=10):
    """Expected calibration error: mean distance of said from seen, bins weighing by their rows.

    Naeini et al. 2015, for the probability of class 1. It depends on the number of bins, and a
    finite test set gives more than 0 even to true probabilities.

    Parameters
    ----------
    p, y, bins
        As for `reliability`.

    Examples
    --------
    >>> round(float(calibration_error(torch.tensor([0.2, 0.8]), torch.tensor([0, 1]))), 3)
    0.2
    """
    said, seen, share = reliability(p, y, bins)
    return (share * (said - seen).abs()).sum()
