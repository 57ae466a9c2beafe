"""How good and how varied samples are (survey 8.1.1; chapter 8-advanced/gans).

Two sets of points are compared by the balls that reach from each point to its k-th neighbour
in its own set: a set's *manifold* is the union of its balls. Distances are computed for a few rows
at a time, so that 30,000 points fit in memory.
"""

from numbers import Integral

import torch

from helpers.metrics.gate import tables

BLOCK = 2**24  # distances held at a time: 64 MiB in float32


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
    (points,) = tables("radii", points)
    if not isinstance(k, Integral) or not 1 <= k < len(points):
        raise ValueError(
            f"radii: k must lie in 1..{len(points) - 1} for {len(points)} points, found {k}"
        )
    return by_rows(points, points, lambda gaps: gaps.kthvalue(k + 1, dim=1).values)


def precision(real, fake, k=5):
    """Share of generated points inside the manifold of the real ones: are samples plausible?

    Kynkaanniemi et al. 2019, eq. 2.

    Parameters
    ----------
    real, fake : tensors (N, D) and (M, D)
        Features; distances are Euclidean, so their scale and choice matter.
    k : int, 1 to N - 1
        Neighbours that a ball reaches.

    Returns
    -------
    0-d tensor, 0..1

    Raises
    ------
    ValueError : for tables of other columns, NaN, or too many neighbours.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> float(precision(line, torch.tensor([[0.5], [50.0]]), k=1))
    0.5
    """
    real, fake = tables("precision", real, fake)
    reach = radii(real, k)
    return by_rows(fake, real, lambda gaps: (gaps <= reach).any(1)).float().mean()


def recall(real, fake, k=5):
    """Share of real points inside the manifold of the generated ones: is everything there?

    Kynkaanniemi et al. 2019, eq. 2, with the sets exchanged.

    Parameters
    ----------
    real, fake, k
        As in `precision`; k up to M - 1.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> round(float(recall(line, line[:5], k=1)), 2)  # the last ball reaches one further
    0.6
    """
    return precision(fake, real, k)


def density(real, fake, k=5):
    """In how many real balls a generated point lies on average, divided by k.

    Naeem et al. 2020, eq. 2: about one for equal distributions, may exceed one; an outlier among
    the real points, whose ball is large, counts little.

    Parameters
    ----------
    real, fake, k
        As in `precision`.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> float(density(line, torch.full((4, 1), 50.0)))
    0.0
    """
    real, fake = tables("density", real, fake)
    reach = radii(real, k)
    return by_rows(fake, real, lambda gaps: (gaps <= reach).sum(1)).float().mean() / k


def coverage(real, fake, k=5):
    """Share of real points whose ball holds at least one generated point.

    Naeem et al. 2020, eq. 3. The balls are those of the real points, so that a few stray samples
    cannot cover much, as they can in `recall`.

    Parameters
    ----------
    real, fake, k
        As in `precision`.

    Examples
    --------
    >>> line = torch.arange(10.0)[:, None]
    >>> round(float(coverage(line, line[:5], k=1)), 2)
    0.6
    """
    real, fake = tables("coverage", real, fake)
    nearest = by_rows(real, fake, lambda gaps: gaps.amin(1))
    return (nearest <= radii(real, k)).float().mean()


def copied(train, new, fake, share=0.05):
    """Share of generated rows that lie as near to a training row as hardly any new real row does.

    The bound is the `share`-quantile of the distances from new real rows to their nearest training
    row, so that real rows give about `share`, and training rows that are passed off as new give 1.

    Parameters
    ----------
    train, new, fake : tensors (N, D), (V, D), (M, D)
    share : float in (0, 1)

    Returns
    -------
    0-d tensor, 0..1

    Raises
    ------
    ValueError : for tables of other columns, NaN, or a share outside (0, 1).

    Examples
    --------
    >>> train, new = torch.zeros(1, 1), torch.arange(1.0, 21.0)[:, None]
    >>> round(float(copied(train, new, new)), 2), float(copied(train, new, train))
    (0.05, 1.0)
    """
    train, new = tables("copied", train, new)
    _, fake = tables("copied", train, fake)
    if not 0 < share < 1:
        raise ValueError(f"copied: expected a share between 0 and 1, found {share}")
    near, made = (by_rows(rows, train, lambda gaps: gaps.amin(1)) for rows in (new, fake))
    return (made <= near.quantile(share, interpolation="lower")).float().mean()


def told_apart(real, fake, seed=0):
    """Accuracy with which fifty extremely randomised trees tell real from generated rows.

    The classifier two-sample test (Lopez-Paz and Oquab 2017): two folds, as many rows of either
    kind; 0.5 is chance, and says only that these trees find no difference.

    Parameters
    ----------
    real, fake : tensors (N, D) and (M, D), at least four rows each
    seed : int

    Returns
    -------
    float, 0..1

    Raises
    ------
    ValueError : for tables of other columns, NaN, or fewer than four rows.

    Examples
    --------
    >>> rows = torch.arange(20.0)[:, None]
    >>> told_apart(rows, rows + 100)
    1.0
    """
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    real, fake = tables("told_apart", real, fake)
    n = min(len(real), len(fake))
    if n < 4:
        raise ValueError(f"told_apart: expected at least four rows of either kind, found {n}")
    draws = torch.Generator().manual_seed(seed)
    if len(real) != len(fake):  # the longer one may be sorted
        real, fake = (s[torch.randperm(len(s), generator=draws)[:n]] for s in (real, fake))
    rows = torch.cat([real, fake]).numpy()
    kind = torch.arange(2).repeat_interleave(n).numpy()
    folds = StratifiedKFold(2, shuffle=True, random_state=seed)
    trees = ExtraTreesClassifier(50, random_state=seed)
    return float(cross_val_score(trees, rows, kind, cv=folds).mean())


def modes_found(samples, centres, radius, share=0.2):
    """Which of the known modes the samples reach, and how many samples reach one.

    Parameters
    ----------
    samples, centres : tensors (N, D) and (K, D)
    radius : float >= 0
        A sample belongs to its nearest centre if it lies within `radius` of it.
    share : float > 0
        Of the N / K samples that each mode would get in equal parts: from there on a mode counts
        as found.

    Returns
    -------
    found, good : 0-d tensors
        Share of modes found and share of samples that belong to one, both 0..1.

    Raises
    ------
    ValueError : for tables of other columns, NaN, a negative radius, or a share of 0.

    Examples
    --------
    >>> found, good = modes_found(torch.tensor([[0.0], [0.1]]), torch.tensor([[0.0], [9.0]]), 1.0)
    >>> float(found), float(good)
    (0.5, 1.0)
    """
    samples, centres = tables("modes_found", samples, centres)
    if not radius >= 0 or not share > 0:
        raise ValueError(
            "modes_found: expected a radius of 0 or more and a share above 0, found "
            f"{radius} and {share}"
        )
    nearest = by_rows(samples, centres, lambda gaps: gaps.argmin(1))
    good = (samples - centres[nearest]).norm(dim=1) <= radius
    counts = torch.bincount(nearest[good], minlength=len(centres))
    return (counts >= share * len(samples) / len(centres)).float().mean(), good.float().mean()


def by_rows(a, b, summary):
    """What `summary` makes of the distances between `a` and `b`, a few rows at a time.

    Parameters
    ----------
    a, b : tensors (N, D) and (M, D)
    summary : callable, Euclidean distances (n, M) -> tensor (n, ...)
        They are exact for points that coincide.

    Returns
    -------
    tensor (N, ...)
    """
    parts = a.split(max(1, BLOCK // len(b)))
    exact = "donot_use_mm_for_euclid_dist"
    return torch.cat([summary(torch.cdist(part, b, compute_mode=exact)) for part in parts])
