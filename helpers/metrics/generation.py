"""How good and how varied samples are (survey 8.1.1; chapter 8-advanced/gans).

Two sets of points are compared by the balls that reach from each point to its k-th neighbour
in its own set: a set's *manifold* is the union of its balls.
"""

import torch


def radii(points, k=5):
    """Distance of each point to its k-th nearest neighbour in the same set.

    Parameters
    ----------
    points : tensor (N, D)
    k : int, 1 to N - 1; a point is not its own neighbour.

    Returns
    -------
    tensor (N,)

    Examples
    --------
    >>> radii(torch.tensor([[0.0], [1.0], [3.0]]), k=1)
    tensor([1., 1., 2.])
    """
    if not 1 <= k < len(points):
        raise ValueError(
            f"radii: k must lie in 1..{len(points) - 1} for {len(points)} points, found {k}"
        )
    return _distances(points, points).kthvalue(k + 1, dim=1).values


def precision(real, fake, k=5):
    """Share of generated points inside the manifold of the real ones: are samples plausible?

    Kynkaanniemi et al. 2019, eq. 2.

    Parameters
    ----------
    real : tensor (N, D), fake : tensor (M, D)
        Features; distances are Euclidean, so their scale and choice matter.
    k : int, neighbours.

    Returns
    -------
    0-d tensor, 0..1

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> float(precision(line, torch.tensor([[0.5], [50.0]]), k=1))
    0.5
    """
    _check(real, fake, "precision")
    return (_distances(fake, real) <= radii(real, k)).any(1).float().mean()


def recall(real, fake, k=5):
    """Share of real points inside the manifold of the generated ones: is everything there?

    Kynkaanniemi et al. 2019, eq. 2, with the sets exchanged. Parameters as `precision`.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> round(float(recall(line, line[:5], k=1)), 2)  # the last ball reaches one further
    0.6
    """
    _check(real, fake, "recall")
    return precision(fake, real, k)


def density(real, fake, k=5):
    """In how many real balls a generated point lies on average, divided by k.

    Naeem et al. 2020, eq. 2: about one for equal distributions, may exceed one; an outlier among
    the real points, whose ball is large, counts little. Parameters as `precision`.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> float(density(line, torch.full((4, 1), 50.0)))
    0.0
    """
    _check(real, fake, "density")
    return (_distances(fake, real) <= radii(real, k)).float().sum(1).mean() / k


def coverage(real, fake, k=5):
    """Share of real points whose ball holds at least one generated point.

    Naeem et al. 2020, eq. 3. The balls are those of the real points, so that a few stray samples
    cannot cover much, as they can in `recall`. Parameters as `precision`.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> round(float(coverage(line, line[:5], k=1)), 2)
    0.6
    """
    _check(real, fake, "coverage")
    return (_distances(real, fake).amin(1) <= radii(real, k)).float().mean()


def modes_found(samples, centres, radius, share=0.2):
    """Which of the known modes the samples reach, and how many samples reach one.

    Parameters
    ----------
    samples : tensor (N, D), centres : tensor (K, D), radius : float
        A sample belongs to its nearest centre if it lies within `radius` of it.
    share : float, of the N / K samples that each mode would get in equal parts: from there on a
        mode counts as found.

    Returns
    -------
    found, good : 0-d tensors
        Share of modes found and share of samples that belong to one, both 0..1.

    Examples
    --------
    >>> found, good = modes_found(torch.tensor([[0.0], [0.1]]), torch.tensor([[0.0], [9.0]]), 1.0)
    >>> float(found), float(good)
    (0.5, 1.0)
    """
    _check(centres, samples, "modes_found")
    distance, nearest = _distances(samples, centres).min(1)
    good = distance <= radius
    counts = torch.bincount(nearest[good], minlength=len(centres))
    return (counts >= share * len(samples) / len(centres)).float().mean(), good.float().mean()


def _distances(a, b):
    """Euclidean distances (N, M), exact for points that coincide."""
    return torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")


def _check(real, fake, name):
    """Both must be tables of the same width."""
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1]:
        raise ValueError(
            f"{name}: expected two tables with the same columns, found {tuple(real.shape)} and "
            f"{tuple(fake.shape)}"
        )
