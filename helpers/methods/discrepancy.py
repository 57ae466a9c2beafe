"""Bringing two samples together: batch norm statistics, MMD and CORAL (survey 5.2; chapter 5-methods/domain-adaptation)."""

import copy

import torch
from torch import nn

from helpers.methods.gradient_reversal import both_features


def gaussian_kernel(x, y, width):
    """exp(-||x_i - y_j||^2 / (2 width^2)) for all pairs.

    Parameters
    ----------
    x : tensor (N, D)
    y : tensor (M, D)
    width : float > 0
        In the units of x.

    Returns
    -------
    tensor (N, M), values in (0, 1]

    Examples
    --------
    >>> gaussian_kernel(torch.zeros(2, 3), torch.zeros(1, 3), 1.0).tolist()
    [[1.0], [1.0]]
    """
    return torch.exp(-squares(x, y) / (2 * width**2))


def squares(x, y):
    """Squared distances (N, M) of the rows of x from those of y.

    Parameters
    ----------
    x, y : tensors (N, D) and (M, D)
    """
    middle = torch.cat([x, y]).detach().mean(0)  # far from zero, squares lose their digits
    x, y = x - middle, y - middle
    return (x.square().sum(1)[:, None] + y.square().sum(1)[None] - 2 * x @ y.T).clamp(min=0)


def median_distance(x, y):
    """Median of all distances within the pooled sample: a usual kernel width (0-d tensor).

    Parameters
    ----------
    x : tensor (N, D)
    y : tensor (M, D)

    Examples
    --------
    >>> float(median_distance(torch.zeros(1, 2), torch.tensor([[3.0, 4.0]])))
    5.0
    """
    return torch.pdist(torch.cat([x, y]).detach()).median()


def mmd(x, y, widths=None):
    r"""Squared maximum mean discrepancy, summed over kernel widths (Gretton et al. 2012, eq. 5).

    .. math:: \overline{k(x, x')} + \overline{k(y, y')} - 2\,\overline{k(x, y)}

    Parameters
    ----------
    x, y : tensors (N, D) and (M, D)
    widths : sequence of floats > 0, optional
        Kernel widths. None: half, one and two times the median distance of the two samples.

    Returns
    -------
    0-d tensor >= 0 up to rounding: the biased estimate, pairs with themselves included.

    Raises
    ------
    ValueError : if the samples have different numbers of columns.

    Examples
    --------
    >>> x = torch.tensor([[0.0], [1.0]])
    >>> float(mmd(x, x)), float(mmd(x, x + 9)) > 0.5
    (0.0, True)
    """
    refuse_other_width("mmd", x, y)
    if widths is None:
        middle = median_distance(x, y).clamp(min=1e-6)
        widths = [0.5 * middle, middle, 2 * middle]
    both = torch.cat([x, y])
    apart = squares(both, both)
    return sum(contrast(torch.exp(-apart / (2 * width**2)), len(x)) for width in widths)


def contrast(kernel, n):
    """Mean similarity within the first n rows, plus within the others, less twice between them.

    Parameters
    ----------
    kernel : tensor (N + M, N + M)
        Similarities of all pairs of the pooled sample.
    n : int
        How many rows belong to the first sample.
    """
    return kernel[:n, :n].mean() + kernel[n:, n:].mean() - 2 * kernel[:n, n:].mean()


def joint_mmd(xs, ys):
    r"""Maximum mean discrepancy of several layers at once (Long et al. 2017, eq. 9).

    The similarity of two examples is the product of their similarities in each layer, so that
    the layers are compared together and not one by one.

    Parameters
    ----------
    xs, ys : sequences of tensors (N, D_l) and (M, D_l), one a layer

    Returns
    -------
    0-d tensor >= 0 up to rounding; with one layer it is `mmd` at the median width.

    Raises
    ------
    ValueError : if the two have different numbers of layers, or a layer of columns.

    Examples
    --------
    >>> x, y = torch.randn(8, 3), torch.randn(6, 3)
    >>> bool((joint_mmd([x], [y]) - mmd(x, y, [median_distance(x, y)])).abs() < 1e-6)
    True
    """
    if len(xs) != len(ys):
        raise ValueError(f"joint_mmd: expected as many layers twice, found {len(xs)} and {len(ys)}")
    kernel = 1.0
    for x, y in zip(xs, ys):
        refuse_other_width("joint_mmd", x, y)
        both = torch.cat([x, y])
        width = median_distance(x, y).clamp(min=1e-6)
        kernel = kernel * torch.exp(-squares(both, both) / (2 * width**2))
    return contrast(kernel, len(xs[0]))


def renormalise(model, x):
    """A copy of `model` whose batch norm layers hold the statistics of `x` (AdaBN, Li et al. 2018).

    Parameters
    ----------
    model : nn.Module with batch norm layers
        It is left alone.
    x : tensor (N, ...)
        Examples of the domain to predict. No labels are needed.

    Returns
    -------
    nn.Module in eval mode. The weights are the same; only means and variances are new.

    Raises
    ------
    ValueError : if the model has no batch norm.

    Examples
    --------
    >>> model = nn.BatchNorm1d(1)
    >>> bool(renormalise(model, torch.tensor([[4.0], [6.0]])).running_mean == 5)
    True
    """
    model = copy.deepcopy(model).eval()  # dropout, if any, stays off
    norms = [part for part in model.modules() if isinstance(part, nn.modules.batchnorm._BatchNorm)]
    if not norms:
        raise ValueError("renormalise: expected a model with batch norm, found none")
    for norm in norms:
        norm.reset_running_stats()
        norm.train().momentum = None  # plain average over the one batch that follows
    with torch.no_grad():
        model(x)
    return model.eval()


def covariance(x):
    """Sample covariance (D, D) of the rows of x (N, D), divided by N - 1."""
    centred = x - x.mean(0)
    return centred.T @ centred / (len(x) - 1)


def coral(x, y):
    r"""Distance of covariances, :math:`\|C_x - C_y\|_F^2 / 4 D^2` (Sun and Saenko 2016, eq. 1).

    Parameters
    ----------
    x, y : tensors (N, D) and (M, D), at least two rows each

    Returns
    -------
    0-d tensor >= 0. It does not see the means.

    Raises
    ------
    ValueError : if the samples have different numbers of columns.

    Examples
    --------
    >>> x = torch.randn(9, 3)
    >>> float(coral(x, x + 5)) < 1e-9
    True
    """
    refuse_other_width("coral", x, y)
    return (covariance(x) - covariance(y)).square().sum() / (4 * x.shape[1] ** 2)


def recolour(x, y, ridge=1.0):
    """Whiten `x` with its own covariance, colour it with that of `y` (Sun et al. 2016, algorithm 1).

    Parameters
    ----------
    x : tensor (N, D), source rows
    y : tensor (M, D), target rows
    ridge : float >= 0
        Added to both diagonals, 1 in the paper; 0 matches the covariances exactly and needs
        them to be invertible.

    Returns
    -------
    tensor (N, D): source rows with the target's mean and, for a small ridge, its covariance.
    The paper standardises both domains first; here the means are moved as well.

    Raises
    ------
    ValueError : if the samples have different numbers of columns.

    Examples
    --------
    >>> x, y = torch.randn(50, 2), 3 * torch.randn(50, 2) + 1
    >>> float(coral(recolour(x, y, ridge=0.0), y)) < 1e-6
    True
    """
    refuse_other_width("recolour", x, y)
    extra = ridge * torch.eye(x.shape[1]).to(x)
    whiten = matrix_power(covariance(x) + extra, -0.5)
    return (x - x.mean(0)) @ whiten @ matrix_power(covariance(y) + extra, 0.5) + y.mean(0)


def matrix_power(matrix, exponent):
    """A real power of a symmetric positive matrix (D, D), through its eigenvalues.

    Parameters
    ----------
    matrix : tensor (D, D)
        Symmetric; eigenvalues below 1e-12 count as 1e-12.
    exponent : float
    """
    values, vectors = torch.linalg.eigh(matrix)
    return vectors * values.clamp(min=1e-12) ** exponent @ vectors.T


def discrepancy(distance, weight, *, loss=nn.functional.cross_entropy):
    """A step: classify the source and keep the features of both domains close.

    With `mmd` this is deep adaptation at one layer (DAN, Long et al. 2015), with `coral` deep
    CORAL.

    Parameters
    ----------
    distance : callable, (features (B, D), features (B', D)) -> 0-d tensor
    weight : float >= 0, of the distance beside the loss
    loss : callable, (scores, labels) -> 0-d tensor

    Returns
    -------
    step(model, batch) -> dict with "loss" and, logged, "classify" and "distance"
        `model` has `features` and `classifier` (see `gradient_reversal.Adaptable`); a batch is
        (source, labels, target).

    Raises
    ------
    ValueError : for a negative weight.

    Examples
    --------
    >>> from helpers.methods.gradient_reversal import Adaptable
    >>> model = Adaptable(nn.Linear(4, 3), nn.Linear(3, 2))
    >>> batch = torch.randn(8, 4), torch.zeros(8, dtype=torch.long), torch.randn(8, 4)
    >>> sorted(discrepancy(mmd, 1.0)(model, batch))
    ['classify', 'distance', 'loss']
    """
    if weight < 0:
        raise ValueError(f"discrepancy: weight must not be negative, found {weight}")

    def step(model, batch):
        source, labels, target = batch
        of_source, of_target = both_features(model, source, target)
        classify = loss(model.classifier(of_source), labels)
        apart = distance(of_source, of_target)
        return {
            "loss": classify + weight * apart,
            "classify": classify.detach(),
            "distance": apart.detach(),
        }

    return step


def refuse_other_width(name, x, y):
    """Raise where the two samples do not share their columns.

    Parameters
    ----------
    name : str
        Who asks, for the sentence.
    x, y : tensors
    """
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
        raise ValueError(
            f"{name}: expected two samples (N, D) and (M, D), "
            f"found {tuple(x.shape)} and {tuple(y.shape)}"
        )
