"""Maps that keep neighbours: t-SNE, and the graph of UMAP (survey 2.3; chapter 2-considerations/dimensionality-reduction)."""

import math

import torch


def solve(f, target, low, high, steps=64):
    """Where the growing functions f of the rows reach a target: bisection, on a logarithmic scale.

    Parameters
    ----------
    f : callable, (N, 1) -> (N, 1), each entry growing with its argument
    target : float
    low, high : tensors (N, 1) > 0, around the answer
    steps : int >= 0, halvings

    Returns
    -------
    tensor (N, 1)
    """
    for _ in range(steps):
        middle = (low * high).sqrt()
        small = f(middle) < target
        low, high = torch.where(small, middle, low), torch.where(small, high, middle)
    return (low * high).sqrt()


def conditional(squared, sigma):
    r"""Probability that i would pick j: :math:`p_{j|i} \propto \exp(-d_{ij}^2 / 2\sigma_i^2)`.

    Parameters
    ----------
    squared : tensor (N, N), squared distances, infinite on the diagonal
    sigma : tensor (N, 1)
    """
    return (-squared / (2 * sigma**2)).softmax(1)


def perplexity_of(p):
    """The effective number of neighbours: the exponential of each row's entropy.

    Parameters
    ----------
    p : tensor (N, M), rows of probabilities

    Returns
    -------
    tensor (N, 1)

    Examples
    --------
    >>> perplexity_of(torch.tensor([[0.25, 0.25, 0.25, 0.25], [1.0, 0.0, 0.0, 0.0]])).tolist()
    [[4.0], [1.0]]
    """
    return torch.special.entr(p).sum(1, keepdim=True).exp()


def affinities(x, perplexity=30):
    r"""t-SNE's P: each row's width is set by the perplexity, then both directions are averaged.

    .. math:: p_{ij} = \frac{p_{j|i} + p_{i|j}}{2N}

    (van der Maaten & Hinton 2008, section 3.1).

    Parameters
    ----------
    x : tensor (N, D)
    perplexity : float, above 1 and below N - 1

    Returns
    -------
    tensor (N, N), symmetric, zero diagonal, sums to one

    Raises
    ------
    ValueError : for a perplexity that no row can have.
    """
    n = len(x)
    if not 1 < perplexity < n - 1:
        raise ValueError(
            f"affinities(perplexity={perplexity}): expected above 1 and below {n - 1} for {n} rows"
        )
    squared = torch.cdist(x, x).square()
    squared.fill_diagonal_(math.inf)
    wide = squared.masked_fill(squared.isinf(), 0).amax(1, keepdim=True).sqrt()
    sigma = solve(
        lambda s: perplexity_of(conditional(squared, s)), perplexity, 1e-5 * wide, 1e3 * wide
    )
    p = conditional(squared, sigma)
    return (p + p.T) / (2 * n)


def heavy_tails(y):
    """Student's kernel 1 / (1 + d^2) of all pairs of a map, zero on the diagonal.

    Parameters
    ----------
    y : tensor (N, K)
    """
    w = 1 / (1 + torch.cdist(y, y, compute_mode="donot_use_mm_for_euclid_dist").square())
    return w - torch.diag(w.diagonal())


def divergence(p, y):
    r"""t-SNE's objective :math:`\sum_{ij} p_{ij} \log (p_{ij} / q_{ij})` (equation 2).

    Parameters
    ----------
    p : tensor (N, N), see `affinities`
    y : tensor (N, K), the map
    """
    w = heavy_tails(y)
    q = (w / w.sum()).clamp(min=1e-300 if y.dtype == torch.float64 else 1e-30)
    return (torch.special.xlogy(p, p) - p * q.log()).sum()


def gradient(p, y):
    r"""Its gradient :math:`4 \sum_j (p_{ij} - q_{ij}) w_{ij} (y_i - y_j)` (equation 5).

    Parameters
    ----------
    p : tensor (N, N), see `affinities`
    y : tensor (N, K), the map
    """
    w = heavy_tails(y)
    force = (p - w / w.sum()) * w  # (N, N): positive pulls, negative pushes
    return 4 * (force.sum(1, keepdim=True) * y - force @ y)


def tsne(p, y, steps=500, exaggeration=12, early=150):
    """Move a map down the gradient, with momentum; at first with stronger pulls.

    Parameters
    ----------
    p : tensor (N, N), see `affinities`
    y : tensor (N, K)
        Where to start: small, for example principal components of spread 1e-4.
    steps : int >= 0
    exaggeration : float >= 1
        What the pulls are multiplied by in the first `early` steps.
    early : int >= 0

    Returns
    -------
    tensor (N, K)
    """
    rate, move = len(y) / 12, torch.zeros_like(y)  # Belkina et al. 2019
    for step in range(steps):
        pull, momentum = (exaggeration, 0.5) if step < early else (1, 0.8)
        move = momentum * move - rate * gradient(pull * p, y)
        y = y + move
    return y - y.mean(0)


def fuzzy_graph(x, k=15):
    r"""UMAP's graph: how surely two rows are neighbours (McInnes et al. 2018, algorithms 2 and 3).

    With :math:`\rho_i` the distance to the nearest other row and :math:`\sigma_i` such that the
    k entries, the row itself among them, sum to :math:`\log_2 k`,

    .. math:: v_{j|i} = \exp(-\max(0, d_{ij} - \rho_i) / \sigma_i), \qquad
              v_{ij} = v_{j|i} + v_{i|j} - v_{j|i} v_{i|j}

    Parameters
    ----------
    x : tensor (N, D)
    k : int, 3 to N
        Neighbours, of which the row itself is the first, as in umap-learn.

    Returns
    -------
    tensor (N, N), symmetric, 0 to 1

    Raises
    ------
    ValueError : for another k.
    """
    if not 3 <= k <= len(x):
        raise ValueError(f"fuzzy_graph(k={k}): expected 3 to {len(x)} for {len(x)} rows")
    apart, who = torch.cdist(x, x).fill_diagonal_(0).topk(k, largest=False)
    apart, who = apart[:, 1:], who[:, 1:]  # without the row itself
    beyond = (apart - apart[:, :1]).clamp(min=0)
    wide = apart[:, -1:]
    sigma = solve(
        lambda s: (-beyond / s).exp().sum(1, keepdim=True), math.log2(k), 1e-5 * wide, 1e3 * wide
    )
    v = torch.zeros(len(x), len(x)).to(x).scatter(1, who, (-beyond / sigma).exp())
    return v + v.T - v * v.T
