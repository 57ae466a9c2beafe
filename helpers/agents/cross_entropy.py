"""The cross-entropy method: search a few numbers by playing, without a gradient (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

import torch
from torch import nn

from helpers.agents.rollout import played, side_by_side
from helpers.ground.random import generator


def cross_entropy(make, rule, start, *, steps, seed=0, population=24, episodes=1, spread=1.0):
    r"""Draw candidates from a normal distribution, keep the best quarter, fit it to them, repeat.

    Rubinstein 1999; with a floor that keeps it from closing too soon, as Szita & Lorincz 2006
    advise. Every candidate of a generation plays the same `episodes` starts, the next
    generation plays others.

    Parameters
    ----------
    make : callable () -> gymnasium.Env
    rule : callable, theta (N, P) -> act
        A policy whose row n has the numbers ``theta[n]``: see `linear_rule`.
    start : (mean, deviation), two tensors (P,)
        The first distribution, in the units of the numbers.
    steps : int
        Simulator steps that may be spent; no generation is begun that would pass them.
    seed, population : int
    episodes : int
        That each candidate plays in a generation.
    spread : float > 0
        Multiplies the first deviation.

    Returns
    -------
    theta : tensor (P,)
        The last mean.
    finished : list of (steps, mean return of the generation)

    Raises
    ------
    ValueError
        If `steps` is not enough for one generation.
    """
    mean, deviation = start[0].clone(), start[1] * spread
    draws, envs = generator(seed), side_by_side(make, population * episodes)
    used, last, finished = 0, 0, []
    while used + last <= steps:
        noise = torch.randn(population, len(mean), generator=draws)
        theta = mean + deviation * noise
        starts = torch.randint(2**30, (episodes,), generator=draws).tolist() * population
        act = rule(theta.repeat_interleave(episodes, 0))
        found, length = played(envs, act, starts, draws)
        last = int(length.sum())
        if used + last > steps:
            break
        used += last
        score = found.reshape(population, episodes).mean(1)
        best = theta[score.topk(population // 4).indices]
        floor = 0.2 * start[1] * max(0.0, 1 - 2 * used / steps)
        mean, deviation = best.mean(0), best.std(0) + floor
        finished.append((used, float(score.mean())))
    if not finished:
        raise ValueError(
            f"cross_entropy(steps={steps}): one generation took {last} steps, expected room for it"
        )
    return mean, finished


def linear_rule(inputs, actions):
    """Take the action with the largest weighted sum of the observation.

    Parameters
    ----------
    inputs : int, numbers in an observation
    actions : int

    Returns
    -------
    callable, theta (N, A * (D + 1)) -> act
        As `cross_entropy` wants it: weights first, then A constants.
    """

    def rule(theta):
        weights = theta[:, : inputs * actions].reshape(-1, actions, inputs)
        constant = theta[:, inputs * actions :]
        return lambda state, draws: ((weights @ state[:, :, None])[..., 0] + constant).argmax(1)

    return rule


def as_layer(theta, inputs, actions):
    """The same linear rule as an ``nn.Linear``, which `greedy` and `save_policy` take.

    Parameters
    ----------
    theta : Tensor (A * (D + 1),), weights first
    inputs : int, numbers in an observation
    actions : int
    """
    layer = nn.Linear(inputs, actions)
    with torch.no_grad():
        layer.weight.copy_(theta[: inputs * actions].reshape(actions, inputs))
        layer.bias.copy_(theta[inputs * actions :])
    return layer
