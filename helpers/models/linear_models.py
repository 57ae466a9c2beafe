"""Ridge, lasso and logistic regression by hand (survey 2.3; chapter 2-considerations/simple-models).

All three are a loss plus a penalty on the weights. The intercept is never penalised, and columns
are expected on one scale: a penalty counts weights, and weights depend on units.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Line:
    """A linear score: ``weights`` (F,), ``intercept`` a 0-d tensor; calling it scores rows (N, F)."""

    weights: torch.Tensor
    intercept: torch.Tensor

    def __call__(self, x):
        return x @ self.weights + self.intercept


def ridge(x, y, penalty):
    r"""Least squares with a penalty on squared weights (Hoerl & Kennard 1970).

    .. math:: \min_{w, b} \lVert y - X w - b \rVert^2 + \lambda \lVert w \rVert^2
              \quad\Rightarrow\quad w = (X_c^\top X_c + \lambda I)^{-1} X_c^\top y_c

    with columns and target centred; `sklearn.linear_model.Ridge` has the same objective.

    Parameters
    ----------
    x : tensor (N, F), float64
    y : tensor (N,)
    penalty : float >= 0
        Lambda. With 0 this is least squares, and columns must not depend on each other.

    Returns
    -------
    Line

    Examples
    --------
    >>> x, y = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([1.0, 3.0, 5.0])
    >>> round(ridge(x, y, 0.0).weights.item(), 3), round(ridge(x, y, 2.0).weights.item(), 3)
    (2.0, 1.0)
    """
    _nonnegative("ridge", penalty)
    middle, level = x.mean(0), y.mean()
    centred = x - middle
    gram = centred.T @ centred + penalty * torch.eye(x.shape[1], dtype=x.dtype)
    weights = torch.linalg.solve(gram, centred.T @ (y - level))
    return Line(weights, level - middle @ weights)


def leave_one_out(x, y, penalty):
    r"""What ridge predicts for each row when fitted without it, from a single fit (Allen 1974).

    .. math:: y_i - \hat y_{-i} = \frac{y_i - \hat y_i}{1 - h_{ii}}, \qquad
              H = \tfrac{1}{N} \mathbf{1}\mathbf{1}^\top
              + X_c (X_c^\top X_c + \lambda I)^{-1} X_c^\top

    Parameters
    ----------
    x : tensor (N, F), float64
    y : tensor (N,)
    penalty : float >= 0

    Returns
    -------
    tensor (N,)
        Exact as long as the columns' scale was not taken from these rows anew each time.
    """
    _nonnegative("leave_one_out", penalty)
    centred = x - x.mean(0)
    gram = centred.T @ centred + penalty * torch.eye(x.shape[1], dtype=x.dtype)
    own = (centred * torch.linalg.solve(gram, centred.T).T).sum(1) + 1 / len(x)
    return y - (y - ridge(x, y, penalty)(x)) / (1 - own)


def soft_threshold(value, threshold):
    """Move towards zero by `threshold`, and stay at zero once there.

    Parameters
    ----------
    value : tensor
    threshold : float >= 0

    Examples
    --------
    >>> soft_threshold(torch.tensor([3.0, -0.5, -3.0]), 1.0).tolist()
    [2.0, -0.0, -2.0]
    """
    return value.sign() * (value.abs() - threshold).clamp(min=0)


def lasso(x, y, penalty, sweeps=1000, tolerance=1e-9):
    r"""Least squares with a penalty on absolute weights, one weight at a time.

    .. math:: \min_{w, b} \tfrac{1}{2N} \lVert y - X w - b \rVert^2 + \lambda \lVert w \rVert_1

    For one weight, all others held, the minimum is a soft threshold (Friedman, Hastie &
    Tibshirani 2010, eq. 5); sweeping over the columns converges to the optimum of all.

    Parameters
    ----------
    x : tensor (N, F), float64
    y : tensor (N,)
    penalty : float >= 0
        Lambda, as `alpha` of `sklearn.linear_model.Lasso`.
    sweeps : int
        Most sweeps over the columns.
    tolerance : float
        It stops once no weight moves by more, relative to the largest.

    Returns
    -------
    Line
        Weights that are zero are exactly zero.
    """
    _nonnegative("lasso", penalty)
    middle = x.mean(0)
    gram = (x - middle).T @ (x - middle) / len(x)
    pull = (x - middle).T @ (y - y.mean()) / len(x)
    weights = torch.zeros_like(pull)
    for _ in range(sweeps):
        before = weights.clone()
        for j in range(len(weights)):
            alone = pull[j] - gram[j] @ weights + gram[j, j] * weights[j]
            weights[j] = soft_threshold(alone, penalty) / gram[j, j]
        if (weights - before).abs().max() <= tolerance * weights.abs().max():
            break
    return Line(weights, y.mean() - middle @ weights)


@dataclass(frozen=True)
class Logistic(Line):
    """A `Line` whose score is a log-odds, and ``errors`` (F + 1,): standard errors of the weights
    and, last, of the intercept; ``steps``, how many Newton steps were taken."""

    errors: torch.Tensor
    steps: int


def logistic(x, y, penalty=0.0, steps=50, tolerance=1e-10):
    r"""Logistic regression by Newton's method.

    .. math:: \min_{w, b} \sum_i \log(1 + e^{s_i}) - y_i s_i + \tfrac{\lambda}{2} \lVert w \rVert^2,
              \qquad s = X w + b

    The gradient is :math:`X^\top (p - y) + \lambda w`, the Hessian
    :math:`X^\top \mathrm{diag}(p (1 - p)) X + \lambda I`. Without a penalty the standard errors are
    the roots of the diagonal of the inverse Hessian; `sklearn`'s ``C`` is one over lambda.

    Parameters
    ----------
    x : tensor (N, F), float64
    y : tensor (N,) of 0 and 1
    penalty : float >= 0
        Lambda. With 0 and classes that a plane separates there is no optimum.
    steps : int
        Most Newton steps.
    tolerance : float
        It stops once no weight moves by more.

    Returns
    -------
    Logistic

    Raises
    ------
    ValueError
        If y holds anything but 0 and 1, or the penalty is negative.
    """
    _nonnegative("logistic", penalty)
    if not bool(((y == 0) | (y == 1)).all()):
        raise ValueError(f"logistic(y=): expected 0 and 1, found {y.unique()[:5].tolist()}")
    ones = torch.cat([x, x.new_ones(len(x), 1)], 1)  # (N, F + 1)
    shrink = penalty * torch.eye(ones.shape[1], dtype=x.dtype)
    shrink[-1, -1] = 0.0
    weights = x.new_zeros(ones.shape[1])
    taken, move = 0, weights + 1
    while taken < steps and move.abs().max() >= tolerance:
        taken += 1
        p = (ones @ weights).sigmoid()
        gradient = ones.T @ (p - y.to(x.dtype)) + shrink @ weights
        hessian = (ones * (p * (1 - p))[:, None]).T @ ones + shrink
        move = torch.linalg.lstsq(hessian, gradient, driver="gelsd").solution
        weights = weights - move
    errors = torch.linalg.pinv(hessian).diagonal().sqrt()
    return Logistic(weights[:-1], weights[-1], errors, taken)


def _nonnegative(where, penalty):
    """Complain about a negative penalty."""
    if not penalty >= 0:
        raise ValueError(f"{where}(penalty={penalty}): expected a number of at least 0")
