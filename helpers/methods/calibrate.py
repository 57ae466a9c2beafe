"""What held-out rows can mend after training: a temperature, a margin (survey 9; chapter 9-practice/validate-thoroughly)."""

import math

import torch


def temperature(score, y):
    r"""The number by which log-odds must be divided to be believed (Guo et al. 2017).

    Minimises the log loss of :math:`\sigma(s / T)` on rows that training has not seen.

    Parameters
    ----------
    score : (N,) log-odds of class 1
    y : (N,) of 0 and 1

    Returns
    -------
    float > 0: above 1 the scores were too sure, below 1 too timid

    Raises
    ------
    ValueError : for shapes that differ or scores that are not finite.

    Examples
    --------
    Log-odds of 4 where three in four are right should be about 1.1:

    >>> score = torch.tensor([4.0, 4.0, 4.0, 4.0])
    >>> round(temperature(score, torch.tensor([1, 1, 1, 0])), 2)
    3.64
    """
    from scipy.optimize import minimize_scalar

    if score.shape != y.shape or not score.isfinite().all():
        raise ValueError(
            f"temperature: expected one finite score a row of {tuple(y.shape)}, "
            f"found {tuple(score.shape)}"
        )
    score, y = score.double(), y.double()

    def loss(log_t):
        scaled = score / math.exp(log_t)
        return float(torch.nn.functional.binary_cross_entropy_with_logits(scaled, y))

    return math.exp(minimize_scalar(loss, bounds=(-5, 7), method="bounded").x)


def margin(errors, confidence=0.9):
    r"""The half width of a split conformal interval (Papadopoulos et al. 2002, Lei et al. 2018).

    Of n absolute errors on rows that training has not seen, the one of rank
    :math:`k = \lceil (n + 1)(1 - \alpha) \rceil`.

    Parameters
    ----------
    errors : (N,) absolute errors
    confidence : float in (0, 1), 1 - alpha

    Returns
    -------
    float, in the unit of the errors; infinite if k > n, since then no interval is sure enough

    Raises
    ------
    ValueError : for no errors, negative ones, or a confidence outside (0, 1).

    Examples
    --------
    >>> margin(torch.arange(1.0, 10.0), 0.8)
    8.0
    """
    if not 0 < confidence < 1 or not len(errors) or not (errors >= 0).all():
        raise ValueError(
            "margin: expected absolute errors and a confidence in (0, 1), found "
            f"{len(errors)} errors and {confidence}"
        )
    rank = math.ceil((len(errors) + 1) * confidence)
    return float(errors.sort().values[rank - 1]) if rank <= len(errors) else math.inf
