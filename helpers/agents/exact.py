"""Small decision problems solved exactly, to check what is learned (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class MDP:
    """A Markov decision process with S states and A actions, all of it known.

    Attributes
    ----------
    transition : tensor (S, A, S)
        Probability of the next state; every row sums to one.
    reward : tensor (S, A)
    start : tensor (S,)
        Probability of each first state.
    """

    transition: torch.Tensor
    reward: torch.Tensor
    start: torch.Tensor

    def __post_init__(self):
        off = (self.transition.sum(2) - 1).abs()
        if off.max() > 1e-6:
            state, action = divmod(int(off.argmax()), off.shape[1])
            raise ValueError(
                f"MDP: the next states after state {state}, action {action} have probabilities "
                f"that sum to {float(self.transition[state, action].sum()):.4g}; expected 1"
            )


def random_mdp(states=4, actions=2, seed=0):
    """An MDP with random transitions and rewards, in double precision.

    Parameters
    ----------
    states, actions : int >= 1
        S and A.
    seed : int
        Of transitions and rewards; every state is equally likely to be the first.

    Examples
    --------
    >>> random_mdp().transition.shape
    torch.Size([4, 2, 4])
    """
    draws = torch.Generator().manual_seed(seed)
    chances = torch.rand(states, actions, states, generator=draws, dtype=torch.double) ** 3
    reward = torch.randn(states, actions, generator=draws, dtype=torch.double)
    start = torch.full((states,), 1 / states, dtype=torch.double)
    return MDP(chances / chances.sum(2, keepdim=True), reward, start)


def value_iteration(mdp, gamma, tolerance=1e-12):
    r"""Optimal action values, by repeating Bellman's equation until nothing changes.

    .. math:: Q(s, a) = r(s, a) + \gamma \sum_{s'} P(s' \mid s, a) \max_{a'} Q(s', a')

    Parameters
    ----------
    mdp : MDP
    gamma : float in [0, 1)
    tolerance : float
        Largest change in the last round.

    Returns
    -------
    tensor (S, A)
    """
    if not 0 <= gamma < 1:
        raise ValueError(f"value_iteration(gamma={gamma}): expected a discount in [0, 1)")
    q, change = torch.zeros_like(mdp.reward), 1.0
    while change > tolerance:
        new = mdp.reward + gamma * mdp.transition @ q.max(1).values
        q, change = new, float((new - q).abs().max())
    return q


def exact_return(mdp, policy, horizon, gamma=1.0):
    r"""Expected discounted sum of the first `horizon` rewards, by dynamic programming from the end.

    .. math:: V_h(s) = \sum_a \pi(a \mid s)
              \big[ r(s, a) + \gamma \sum_{s'} P(s' \mid s, a) V_{h-1}(s') \big]

    Parameters
    ----------
    mdp : MDP
    policy : tensor (S, A) of probabilities
        It may carry gradients; the result then gives the exact policy gradient.
    horizon : int >= 1
    gamma : float in [0, 1]

    Returns
    -------
    0-d tensor
    """
    if not 0 <= gamma <= 1:
        raise ValueError(f"exact_return(gamma={gamma}): expected a discount from 0 to 1")
    value = torch.zeros_like(mdp.start)
    for _ in range(horizon):
        value = (policy * (mdp.reward + gamma * mdp.transition @ value)).sum(1)
    return mdp.start @ value


def simulate(mdp, policy, horizon, episodes, draws):
    """Play a table of probabilities in an MDP.

    Parameters
    ----------
    mdp : MDP
    policy : tensor (S, A) of probabilities
    horizon, episodes : int
        T and N.
    draws : torch.Generator

    Returns
    -------
    state, action : long tensors (T, N)
    reward : tensor (T, N)
    """
    state = torch.multinomial(mdp.start, episodes, replacement=True, generator=draws)
    seen = []
    for _ in range(horizon):
        action = torch.multinomial(policy[state], 1, generator=draws)[:, 0]
        seen.append((state, action, mdp.reward[state, action]))
        state = torch.multinomial(mdp.transition[state, action], 1, generator=draws)[:, 0]
    return tuple(map(torch.stack, zip(*seen)))
