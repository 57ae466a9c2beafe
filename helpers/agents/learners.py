"""The four agents as setups of one training loop, and their budget (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator).

A setup is a function ``(inputs, actions, steps) -> (model, policy, collect, step)``: the network
that is trained, the part of it that scores actions, how `Rollouts` collects, and the step.
"""

import torch

from helpers.agents.actor_critic import ActorCritic, actor_critic, short_stretches
from helpers.agents.cross_entropy import as_layer, cross_entropy, linear_rule
from helpers.agents.dqn import DQN, Replay, remembered
from helpers.agents.ppo import ppo, repeated_stretches
from helpers.agents.reinforce import policy_gradient, whole_episodes
from helpers.agents.rollout import Player, Rollouts, sampled, side_by_side
from helpers.models.mlp import MLP
from helpers.train.loop import fit

GAMMA, WIDTH, SIDE = 0.99, 64, 8  # discount, hidden units, environments side by side
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)  # learning rates tried, by every agent
SPREADS = (0.3, 1.0, 3.0, 10.0, 30.0)  # first deviations tried, by every cross-entropy search


def with_reinforce(inputs, actions, steps, *, gamma=GAMMA):
    """REINFORCE: whole episodes, used once.

    Parameters
    ----------
    inputs : int, numbers in an observation
    actions : int
    steps : int, simulated steps to learn from
    gamma : float in [0, 1], the discount
    """
    policy = MLP([inputs, WIDTH, WIDTH, actions])
    return policy, policy, whole_episodes(gamma=gamma), policy_gradient


def with_actor_critic(inputs, actions, steps, *, gamma=GAMMA):
    """Actor-critic: stretches of 30 steps, used once.

    Parameters
    ----------
    inputs : int, numbers in an observation
    actions : int
    steps : int, simulated steps to learn from
    gamma : float in [0, 1], the discount
    """
    model = ActorCritic(inputs, actions, WIDTH)
    collect = short_stretches(model, 30, gamma=gamma, lam=0.95)
    return model, model.policy, collect, actor_critic(entropy_weight=0.01)


def with_dqn(inputs, actions, steps, *, gamma=GAMMA, updates=1):
    """DQN: batches from memory after every step; a third of the steps to become greedy.

    Parameters
    ----------
    inputs : int, numbers in an observation
    actions : int
    steps : int, simulated steps to learn from
    gamma : float in [0, 1], the discount
    updates : int, batches after every step of the environments side by side
    """
    model = MLP([inputs, WIDTH, WIDTH, actions])
    options = {"batch_size": 64, "anneal": max(1, steps // 3), "updates": updates}
    collect = remembered(model, Replay(20_000), **options)
    return model, model, collect, DQN(model, gamma=gamma, renew=200)


def with_ppo(inputs, actions, steps, *, gamma=GAMMA):
    """PPO: stretches of 120 steps, each used five times.

    Parameters
    ----------
    inputs : int, numbers in an observation
    actions : int
    steps : int, simulated steps to learn from
    gamma : float in [0, 1], the discount
    """
    model = ActorCritic(inputs, actions, WIDTH)
    collect = repeated_stretches(model, 120, gamma=gamma, lam=0.95, passes=5, batch_size=256)
    return model, model.policy, collect, ppo(entropy_weight=0.01)


AGENTS = {
    "REINFORCE": with_reinforce, "actor-critic": with_actor_critic,
    "DQN": with_dqn, "PPO": with_ppo,
}  # fmt: skip


def learn(make, setup, *, steps, rate, seed=0):
    """Train one agent from nothing, for a number of simulator steps.

    Parameters
    ----------
    make : callable () -> gymnasium.Env
    setup : callable, as in `AGENTS`
    steps : int
        Simulator steps, over all environments.
    rate : float > 0
        Learning rate.
    seed : int
        Of first weights, environments and draws; two seeds share no environment.

    Returns
    -------
    policy : nn.Module, states (N, D) to scores (N, A)
    finished : list of (steps, return), as in `Player.finished`
    """
    torch.manual_seed(seed)
    model, policy, collect, step = setup(*sizes(make), steps)
    player = Player(side_by_side(make, SIDE), sampled(policy), seed=1000 * seed)
    rollouts = Rollouts(player, collect, frames=steps)
    fit(model, rollouts, step=step, epochs=1, lr=rate, clip=1.0, seed=seed)
    return policy, player.finished


def search_linear(make, *, steps, spread, seed=0):
    """The linear rule that the cross-entropy method finds, as a layer; and its course.

    Arguments and returns as `learn`; `spread` takes the place of the rate.

    Parameters
    ----------
    make : callable -> gymnasium.Env
    steps : int, simulated steps to learn from
    spread : float, of the first guesses
    seed : int
    """
    inputs, actions = sizes(make)
    count = actions * (inputs + 1)
    start = torch.zeros(count), torch.ones(count)
    rule = linear_rule(inputs, actions)
    theta, finished = cross_entropy(make, rule, start, steps=steps, seed=seed, spread=spread)
    return as_layer(theta, inputs, actions), finished


def sizes(make):
    """How many numbers an observation has, and how many actions there are."""
    env = make()
    return env.observation_space.shape[0], int(env.action_space.n)
