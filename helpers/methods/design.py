"""Which experiment next? Rounds of measurements, chosen by a model (survey 2.3; chapter 2-considerations/simple-models).

A strategy looks at what was measured and ranks the rest of a pool. Every one is given the same
first round and the same number of measurements.
"""

import math

import torch

from helpers.models.gaussian_process import most_likely
from helpers.models.linear_models import ridge


def expected_improvement(mean, deviation, best):
    r"""By how much a measurement is expected to exceed the best so far (Jones et al. 1998, eq. 15).

    For a value that is normal with mean :math:`\mu` and standard deviation s, and
    :math:`z = (\mu - y^*) / s`,

    .. math:: E[\max(0, y - y^*)] = s \, (z \, \Phi(z) + \varphi(z))

    Parameters
    ----------
    mean : tensor (M,)
    deviation : tensor (M,), at least 0
    best : float
        The best value that was measured.

    Returns
    -------
    tensor (M,), at least 0

    Examples
    --------
    >>> one = torch.ones(1)
    >>> round(expected_improvement(0 * one, one, 0.0).item(), 3)  # the mean of max(0, normal)
    0.399
    """
    z = (mean - best) / deviation.clamp(min=1e-12)
    density = torch.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    return deviation * (z * torch.special.ndtr(z) + density)


def shared_sites(sites, decay):
    """How alike variants are: ``decay`` to the power of the number of sites at which they differ.

    Parameters
    ----------
    sites : int
        Number of sites; the columns are one-hot, so that a product counts the equal ones.
    decay : float in (0, 1)

    Returns
    -------
    callable, rows (N, F) and (M, F) -> (N, M)

    Examples
    --------
    >>> a, b = torch.tensor([[1.0, 0, 1, 0]]), torch.tensor([[1.0, 0, 0, 1]])
    >>> shared_sites(2, 0.5)(a, b).item()
    0.5
    """
    return lambda a, b: torch.exp(math.log(decay) * (sites - a @ b.T))


def process(x, y):
    """A Gaussian process over one-hot variants; decay and noise are those that fit the measurements.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    """
    sites = int(x[0].sum())
    kernels = [shared_sites(sites, decay) for decay in (0.2, 0.4, 0.6, 0.8)]
    return most_likely(kernels, x, y, (0.01, 0.1, 0.5))


def at_random(x, y, pool, generator):
    """Anything: a random rank for each row of the pool.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    """
    return torch.rand(len(pool), generator=generator)


def greedy_ridge(x, y, pool, generator):
    """The highest prediction of a line.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    """
    line = ridge(x.double(), y.double(), 1.0)
    return line(pool.double())


def products(x, y, pool, generator, floor=0.01):
    """The highest product of single effects: a line for the logarithm, which adds what multiplies.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    floor : float > 0
        Added before the logarithm, so that zero has one.
    """
    line = ridge(x.double(), (y.clamp(min=0) + floor).log().double(), 1.0)
    return line(pool.double())


def greedy_process(x, y, pool, generator):
    """The highest mean of a Gaussian process: what looks best, whatever the doubt.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    """
    return process(x, y).mean(pool)


def upper_bound(x, y, pool, generator):
    """Mean plus two standard deviations: what could be best.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    """
    mean, deviation = process(x, y)(pool)
    return mean + 2 * deviation


def improvement(x, y, pool, generator):
    """The expected improvement on the best so far.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    """
    mean, deviation = process(x, y)(pool)
    return expected_improvement(mean, deviation, float(y.max()))


def thompson(x, y, pool, generator, count=96, among=1000):
    """What is best in functions drawn at random from the posterior (Thompson 1933).

    Each drawn function gives its best row. Drawing at all rows of a large pool at once would take
    a matrix of their pairs, so only the rows with the highest upper bounds take part.

    Parameters
    ----------
    x : tensor (N, F)
        Columns of the measured rows.
    y : tensor (N,)
        What was measured.
    pool : tensor (M, F)
        All rows.
    generator : torch.Generator
    count : int
        Functions to draw.
    among : int
        Rows that take part.
    """
    posterior = process(x, y)
    mean, deviation = posterior(pool)
    top = (mean + 2 * deviation).topk(min(among, len(pool))).indices
    best = posterior.draw(pool[top], count, generator).argmax(1)
    votes = torch.bincount(top[best], minlength=len(pool)).to(mean.dtype)
    return votes + 1e-6 * mean  # draws that agree leave places: they go to the highest mean


def one_step_first(sites, size, seed):
    """A first round of everything one change away from the first row, filled up at random.

    Parameters
    ----------
    sites : tensor (N, L)
        One number for the letter at each site; row 0 is where one starts from.
    size : int
        Rows of the round.
    seed : int

    Returns
    -------
    tensor (size,), int64

    Examples
    --------
    >>> one_step_first(torch.tensor([[0, 0], [1, 1], [0, 1], [1, 0]]), 3, 0).tolist()
    [0, 2, 3]
    """
    near = ((sites != sites[0]).sum(1) <= 1).nonzero()[:, 0]
    mixed = torch.randperm(len(sites), generator=torch.Generator().manual_seed(seed))
    return torch.cat([near, mixed[~torch.isin(mixed, near)]])[:size]


STRATEGIES = {
    "at random": at_random,
    "line": greedy_ridge,
    "products of effects": products,
    "process, mean": greedy_process,
    "process, upper bound": upper_bound,
    "process, Thompson": thompson,
    "process, improvement": improvement,
}


def campaign(strategy, x, y, first, *, rounds=3, batch=96, seed=0):
    """Measure a first round, then let a strategy choose the others.

    Parameters
    ----------
    strategy : callable (x, y, pool, generator) -> (M,)
        Ranks the rows of the pool, given those that were measured.
    x : tensor (N, F)
        All that could be measured.
    y : tensor (N,)
        What a measurement would give; a strategy sees it only for rows that were chosen.
    first : index tensor
        The first round.
    rounds : int
        How many rounds follow.
    batch : int
        Measurements a round.
    seed : int

    Returns
    -------
    tensor (len(first) + rounds * batch,), int64
        The rows in the order in which they were measured.

    Raises
    ------
    ValueError
        If there are not enough rows for all rounds.
    """
    if len(first) + rounds * batch > len(x):
        raise ValueError(
            f"campaign: expected at least {len(first) + rounds * batch} rows, found {len(x)}"
        )
    generator, chosen = torch.Generator().manual_seed(seed), first
    for _ in range(rounds):
        score = strategy(x[chosen], y[chosen], x, generator).float()
        score[chosen] = -torch.inf
        chosen = torch.cat([chosen, score.topk(batch).indices])
    return chosen
