"""Groups without labels: k-means and Gaussian mixtures (survey 2.3; chapter 2-considerations/dimensionality-reduction)."""

import math
from dataclasses import dataclass

import torch


def distances(x, centres):
    """Euclidean distances (N, K), exact also where both lie far from zero.

    Parameters
    ----------
    x : tensor (N, D)
    centres : tensor (K, D)

    Examples
    --------
    >>> distances(torch.tensor([[1e4]]), torch.tensor([[1e4 + 0.5], [1e4]])).tolist()
    [[0.5, 0.0]]
    """
    return torch.cdist(x, centres, compute_mode="donot_use_mm_for_euclid_dist")


def plus_plus(x, clusters, seed=0):
    """Starting centres that lie apart: k-means++ (Arthur & Vassilvitskii 2007).

    Each next centre is an example drawn with probability proportional to its squared distance
    from the nearest centre so far.

    Parameters
    ----------
    x : tensor (N, D)
    clusters : int, 1 to N
    seed : int

    Returns
    -------
    tensor (clusters, D)

    Examples
    --------
    >>> x = torch.tensor([[0.0], [0.0], [9.0]])
    >>> sorted(plus_plus(x, 2).flatten().tolist())
    [0.0, 9.0]
    """
    if not 1 <= clusters <= len(x):
        raise ValueError(f"plus_plus(clusters={clusters}): expected 1 to {len(x)} (examples)")
    draws = torch.Generator().manual_seed(seed)
    centres = x[torch.randint(len(x), (1,), generator=draws)]
    for _ in range(clusters - 1):
        weight = distances(x, centres).min(1).values.cpu() ** 2
        if weight.sum() == 0:  # every example is a centre already
            weight = torch.ones(len(x))
        centres = torch.cat([centres, x[torch.multinomial(weight, 1, generator=draws)]])
    return centres


@dataclass(frozen=True)
class Clusters:
    """What `kmeans` found: ``labels`` (N,), ``centres`` (K, D), ``inertia``, the sum of squared distances."""

    labels: torch.Tensor
    centres: torch.Tensor
    inertia: float


def kmeans(x, centres, steps=100):
    r"""Lloyd's algorithm: assign to the nearest centre, move centres to the mean, repeat.

    It lowers :math:`\sum_n \lVert x_n - \mu_{z_n} \rVert^2` at every step (Lloyd 1982).

    Parameters
    ----------
    x : tensor (N, D)
    centres : tensor (K, D)
        Where to start, for example from `plus_plus`.
    steps : int
        It stops earlier when no centre moves.

    Returns
    -------
    Clusters
    """
    for _ in range(steps):
        labels = distances(x, centres).argmin(1)
        moved = torch.stack(
            [x[labels == k].mean(0) if (labels == k).any() else c for k, c in enumerate(centres)]
        )
        done = torch.equal(moved, centres)
        centres = moved
        if done:
            break
    squared = distances(x, centres) ** 2
    return Clusters(squared.argmin(1), centres, float(squared.min(1).values.sum()))


@dataclass(frozen=True)
class Mixture:
    """A Gaussian mixture: ``weights`` (K,), ``means`` (K, D), ``covariances`` (K, D, D)."""

    weights: torch.Tensor
    means: torch.Tensor
    covariances: torch.Tensor


def responsibilities(x, mixture):
    """The E step: posterior probability (N, K) of each component, and the log-likelihoods (N,).

    Parameters
    ----------
    x : tensor (N, D)
    mixture : Mixture
    """
    scale = torch.linalg.cholesky(mixture.covariances)
    centred = x[None] - mixture.means[:, None]  # (K, N, D)
    white = torch.linalg.solve_triangular(scale, centred.mT, upper=False)  # (K, D, N)
    log_det = scale.diagonal(dim1=1, dim2=2).log().sum(1)
    log_density = (
        -0.5 * (white**2).sum(1) - log_det[:, None] - 0.5 * x.shape[1] * math.log(2 * math.pi)
    )
    joint = log_density.T + mixture.weights.log()
    total = joint.logsumexp(1)
    return (joint - total[:, None]).exp(), total


def maximise(x, share, ridge=1e-6):
    """The M step: the mixture whose weights, means and covariances fit the responsibilities.

    Parameters
    ----------
    x : tensor (N, D)
    share : tensor (N, K)
        Responsibilities; each row sums to one.
    ridge : float >= 0
        Added to the diagonal of each covariance.
    """
    mass = share.sum(0)
    means = share.T @ x / mass[:, None]
    centred = x[None] - means[:, None]
    covariances = torch.einsum("nk,knd,kne->kde", share, centred, centred) / mass[:, None, None]
    return Mixture(mass / len(x), means, covariances + ridge * torch.eye(x.shape[1]).to(x))


def gaussian_mixture(x, start, steps=100, ridge=1e-6):
    """Expectation-maximisation for a Gaussian mixture (Dempster, Laird & Rubin 1977).

    Parameters
    ----------
    x : tensor (N, D)
    start : Mixture or tensor (K, D)
        A mixture, or means around which equal, spherical components start.
    steps : int
    ridge : float >= 0
        Added to the diagonal of each covariance, so that no component collapses on a point.

    Returns
    -------
    mixture, log_likelihoods : Mixture and list of floats
        The mean log-likelihood before each step; without `ridge` it never falls.
    """
    mixture = start
    if isinstance(start, torch.Tensor):
        k, d = start.shape
        spread = x.var() * torch.eye(d).to(x).expand(k, d, d)
        mixture = Mixture(x.new_full((k,), 1 / k), start, spread)
    history = []
    for _ in range(steps):
        share, log_likelihood = responsibilities(x, mixture)
        history.append(float(log_likelihood.mean()))
        mixture = maximise(x, share, ridge)
    return mixture, history
