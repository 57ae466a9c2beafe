"""Shapley values: exact, sampled, and by weighted regression (survey 7.1.2; chapter 7-interpretability/shapley-values).

A *game* is a function ``value(coalitions)`` that takes a boolean tensor (C, D), one row a set of
players, and returns what each set achieves, (C,). Players are features, or groups of features.
"""

import math

import torch


def all_coalitions(players):
    """Every subset of `players` players as a boolean tensor (2^D, D), the empty one first."""
    numbers = torch.arange(2**players)
    return (numbers[:, None] >> torch.arange(players)) % 2 == 1


def exact(value, players):
    r"""Shapley values by enumerating all coalitions (Shapley 1953).

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(D - |S| - 1)!}{D!}\,
              \big(v(S \cup \{i\}) - v(S)\big)

    Parameters
    ----------
    value : callable, bool (C, D) -> (C,)
    players : int, 1 to 16
        The number of coalitions doubles with each player.

    Returns
    -------
    tensor (D,), float64
        Efficiency: they sum to ``v(all) - v(none)``.

    Examples
    --------
    Two players achieve 1 together and nothing alone; they share it:

    >>> exact(lambda s: s.all(1).double(), 2).tolist()
    [0.5, 0.5]
    """
    if not 1 <= players <= 16:
        raise ValueError(
            f"exact(players={players}): expected 1 to 16, since 2^players coalitions are tried; "
            "group features, or use sampled() or kernel(samples=...)"
        )
    coalitions = all_coalitions(players)
    achieved = value(coalitions).cpu().double()
    sizes = coalitions.sum(1)
    weights = torch.tensor(
        [
            math.factorial(s) * math.factorial(players - s - 1) / math.factorial(players)
            for s in range(players)
        ],
        dtype=torch.float64,
    )
    numbers, phi = torch.arange(2**players), torch.zeros(players, dtype=torch.float64)
    for player in range(players):
        without = numbers[~coalitions[:, player]]
        gain = achieved[without + 2**player] - achieved[without]
        phi[player] = (weights[sizes[without]] * gain).sum()
    return phi


def sampled(value, players, *, orders=200, seed=0, reverse=False):
    """Shapley values as mean gains over random orders of arrival (Castro et al. 2009).

    Parameters
    ----------
    value : callable, bool (C, D) -> (C,)
    players : int >= 1
    orders : int >= 2
        Random orders. The error falls with the square root.
    seed : int
    reverse : bool
        Let each drawn order be followed by its reverse (antithetic sampling, Mitchell et al. 2022):
        who comes early in one comes late in the other. `orders` is then even, and 4 or more.

    Returns
    -------
    phi, error : tensors (D,), float64
        Estimates and their standard errors, with `reverse` those of the means of pairs. Efficiency
        holds exactly for any `orders`.

    Examples
    --------
    >>> phi, error = sampled(lambda s: s.double().sum(1), 3)
    >>> phi.tolist(), error.tolist()
    ([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    """
    if orders < 2:
        raise ValueError(f"sampled(orders={orders}): expected at least 2 for a standard error")
    if reverse and (orders % 2 or orders < 4):
        raise ValueError(f"sampled(orders={orders}, reverse=True): expected 4, 6, ..., in pairs")
    draws = torch.Generator().manual_seed(seed)
    gains, order = torch.zeros(orders, players, dtype=torch.float64), torch.arange(players)
    for number in range(orders):
        again = reverse and number % 2
        order = order.flip(0) if again else torch.randperm(players, generator=draws)
        steps = torch.zeros(players + 1, players, dtype=torch.bool)
        for place, player in enumerate(order):
            steps[place + 1 :, player] = True  # it arrives here and stays
        gains[number, order] = value(steps).cpu().double().diff()
    if reverse:
        gains = gains.reshape(-1, 2, players).mean(1)
    return gains.mean(0), gains.std(0) / math.sqrt(len(gains))


def kernel(value, players, *, samples=None, seed=0):
    r"""KernelSHAP: Shapley values as the solution of a weighted regression (Lundberg & Lee 2017).

    .. math:: \min_\phi \sum_S \pi(S)\,\big(v(S) - v(\emptyset) - \textstyle\sum_{i\in S}\phi_i\big)^2,
              \quad \pi(S) = \frac{D - 1}{\binom{D}{|S|}\,|S|\,(D - |S|)},

    under the constraint that the values sum to :math:`v(D) - v(\emptyset)` (their theorem 2).

    Parameters
    ----------
    value : callable, bool (C, D) -> (C,)
    players : int >= 2
    samples : int, optional
        Coalitions drawn with probability proportional to :math:`\pi`, each with its
        complement. None enumerates all of up to 16 players, and the result is exact.
    seed : int

    Returns
    -------
    tensor (D,), float64

    Raises
    ------
    ValueError : for one player, for more than 16 without `samples`, or for samples too few to
        determine every player's value.

    Examples
    --------
    >>> kernel(lambda s: s.all(1).double(), 2).tolist()
    [0.5, 0.5]
    """
    if not 2 <= players <= (16 if samples is None else math.inf):
        raise ValueError(
            f"kernel(players={players}, samples={samples}): expected at least 2, and at most 16 "
            "unless samples are drawn"
        )
    if samples is None:
        coalitions = all_coalitions(players)[1:-1]
        by_size = [kernel_weight(players, int(s)) for s in coalitions.sum(1)]
        weights = torch.tensor(by_size, dtype=torch.float64)
    else:
        coalitions = draw_coalitions(players, samples, seed)
        weights = torch.ones(len(coalitions), dtype=torch.float64)
    return additive_fit(value, coalitions, weights)


def additive_fit(value, coalitions, weights):
    """The additive game closest to `value` on these coalitions, right for nobody and for all.

    Parameters
    ----------
    value : callable, bool (C, D) -> (C,)
    coalitions : bool tensor (C, D)
    weights : tensor (C,), float64
    """
    players = coalitions.shape[1]
    ends = torch.tensor([[False] * players, [True] * players])
    nothing, everything = value(ends).cpu().double()
    gain = value(coalitions).cpu().double() - nothing
    return constrained_fit(coalitions.double(), gain, weights, everything - nothing)


def kernel_weight(players, size):
    """The weight of one coalition of this size.

    Parameters
    ----------
    players : int >= 2
    size : int, 1 to players - 1
    """
    return (players - 1) / (math.comb(players, size) * size * (players - size))


def draw_coalitions(players, samples, seed):
    """Coalitions drawn by kernel weight, and after them their complements.

    Parameters
    ----------
    players : int >= 2
    samples : int >= 1
        Rounded up to an even number.
    seed : int

    Returns
    -------
    bool tensor (samples, players)
    """
    if samples < 1:
        raise ValueError(f"kernel(samples={samples}): expected at least 1")
    draws = torch.Generator().manual_seed(seed)
    share = torch.tensor([1 / (s * (players - s)) for s in range(1, players)])
    sizes = torch.multinomial(share, (samples + 1) // 2, replacement=True, generator=draws) + 1
    rank = torch.rand(len(sizes), players, generator=draws).argsort(1).argsort(1)
    chosen = rank < sizes[:, None]
    return torch.cat([chosen, ~chosen])


def constrained_fit(design, target, weights, total):
    """Weighted least squares with coefficients that sum to `total` (a Lagrange multiplier).

    Parameters
    ----------
    design : tensor (C, D)
        One row an observation.
    target, weights : tensors (C,)
    total : 0-d tensor

    Returns
    -------
    tensor (D,)

    Raises
    ------
    ValueError : if the observations leave a coefficient undetermined.
    """
    players = design.shape[1]
    weighted = design * weights[:, None]
    system = torch.zeros(players + 1, players + 1, dtype=torch.float64)
    system[:players, :players] = weighted.T @ design
    system[players, :players] = system[:players, players] = 1.0
    right = torch.cat([weighted.T @ target, total.reshape(1)])
    if torch.linalg.matrix_rank(system) <= players:
        raise ValueError(
            f"kernel: {len(design)} coalitions do not determine {players} values; draw more samples"
        )
    return torch.linalg.solve(system, right)[:players]


def masking_game(f, x, background, groups=None):
    """The game whose players are the features of one example.

    A coalition keeps its features at `x` and takes the others from each background example in
    turn; its value is the mean score. Features are thereby treated as independent
    (*interventional* values, Janzing et al. 2020).

    Parameters
    ----------
    f : callable, (B, D) -> (B,)
        One score per example.
    x : tensor (D,)
    background : tensor (M, D)
        Examples that stand for "not known".
    groups : list of lists of feature numbers, optional
        Players that own several features each. Together they must own every feature once.

    Returns
    -------
    callable, bool (C, players) -> (C,)

    Examples
    --------
    >>> game = masking_game(lambda z: z.sum(1), torch.ones(2), torch.zeros(1, 2))
    >>> game(torch.tensor([[True, False]])).tolist()
    [1.0]
    """
    owner = list(range(len(x))) if groups is None else owners(groups, len(x))

    def value(coalitions):
        keep = coalitions.to(x.device)[:, owner]  # (C, D)
        mixed = torch.where(keep[:, None], x, background)  # (C, M, D)
        with torch.no_grad():
            scores = f(mixed.flatten(0, 1))
        if scores.shape != (len(keep) * len(background),):
            raise ValueError(
                f"masking_game: expected f to return one score per example, shape "
                f"({len(keep) * len(background)},), found {tuple(scores.shape)}"
            )
        return scores.reshape(len(keep), len(background)).mean(1)

    return value


def owners(groups, features):
    """For each feature the number of the group that owns it.

    Parameters
    ----------
    groups : list of lists of feature numbers
        Every feature exactly once.
    features : int

    Returns
    -------
    list of `features` ints
    """
    owner = [None] * features
    for number, group in enumerate(groups):
        for feature in group:
            owner[feature] = number
    listed = sorted(feature for group in groups for feature in group)
    if listed != list(range(features)):
        raise ValueError(
            f"groups: expected every feature 0 to {features - 1} exactly once, found {listed}"
        )
    return owner
