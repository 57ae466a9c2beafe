"""Actor and critic: judge an action by how much better things went than expected (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

import torch
from torch import nn

from helpers.agents.reinforce import log_probability, standardised
from helpers.models.mlp import MLP


class ActorCritic(nn.Module):
    """A policy and a value function of the same state, without shared weights.

    Parameters
    ----------
    inputs, actions : int
        Numbers in a state, and actions to choose from.
    width : int
        Of the two hidden layers in each.

    Notes
    -----
    ``policy(state)``: (M, D) to scores (M, A). ``value(state)``: (M, D) to (M, 1).
    ``forward``: both, the value as (M,).
    """

    def __init__(self, inputs, actions, width=64):
        super().__init__()
        self.policy = MLP([inputs, width, width, actions])
        self.value = MLP([inputs, width, width, 1])
        with torch.no_grad():  # nearly equal probabilities before anything is known
            self.policy[-1].weight.mul_(0.1)
            self.policy[-1].bias.zero_()

    def forward(self, state):
        """Scores (M, A) and values (M,)."""
        return self.policy(state), self.value(state)[:, 0]


def advantages(reward, value, next_value, terminated, done, *, gamma, lam):
    r"""Generalised advantage estimation (Schulman et al. 2016, equation 16).

    .. math:: \delta_t = r_t + \gamma V(s_{t+1}) - V(s_t), \qquad
              A_t = \delta_t + \gamma \lambda A_{t+1}

    After a final state :math:`V(s_{t+1}) = 0`; the sum stops at the end of an episode.

    Parameters
    ----------
    reward, value, next_value, terminated, done : tensors (T, N)
        `next_value` is the value of the state reached, also where time was up.
    gamma, lam : float in [0, 1]
        ``lam=0`` trusts the critic after one step, ``lam=1`` not before the end.

    Returns
    -------
    tensor (T, N)

    Examples
    --------
    >>> one, no, yes = torch.ones(1, 1), torch.zeros(1, 1).bool(), torch.ones(1, 1).bool()
    >>> float(advantages(one, one, one, no, yes, gamma=0.5, lam=1.0))
    0.5
    >>> float(advantages(one, one, one, yes, yes, gamma=0.5, lam=1.0))
    0.0
    """
    if not (0 <= gamma <= 1 and 0 <= lam <= 1):
        raise ValueError(f"advantages(gamma={gamma}, lam={lam}): expected both from 0 to 1")
    surprise = reward + gamma * next_value * ~terminated - value
    later, found = torch.zeros_like(value[0]), []
    for delta, end in zip(surprise.flip(0), done.flip(0)):
        later = delta + gamma * lam * later * ~end
        found.append(later)
    return torch.stack(found).flip(0)


@torch.no_grad()
def judged(model, seen, gamma, lam):
    """Advantage and target value (T, N) of each transition, with the critic as it is now.

    Parameters
    ----------
    model : ActorCritic
        Its ``value`` takes states (M, D) to values (M, 1).
    seen : Transitions
    gamma, lam : float in [0, 1]
        As for `advantages`.
    """
    place = next(model.parameters()).device
    value, next_value = (
        model.value(x.flatten(0, 1).to(place)).reshape(seen.reward.shape).cpu()
        for x in (seen.state, seen.next_state)
    )
    gain = advantages(
        seen.reward, value, next_value, seen.terminated, seen.done, gamma=gamma, lam=lam
    )
    return gain, gain + value


def short_stretches(model, steps, *, gamma, lam):
    """How `Rollouts` collects for actor-critic: a few steps, then the critic's opinion.

    Parameters
    ----------
    model : ActorCritic
    steps : int >= 1
        In each environment, before learning.
    gamma, lam : float in [0, 1]
        As for `advantages`.

    Returns
    -------
    callable, player -> iterable of one batch
        ``(state (M, D), action (M,), advantage (M,), target (M,))`` with M = steps * N.
    """

    def collect(player):
        seen = player.play(steps)
        gain, target = judged(model, seen, gamma, lam)
        yield tuple(x.flatten(0, 1) for x in (seen.state, seen.action, gain, target))

    return collect


def actor_critic(value_weight=0.5, entropy_weight=0.0):
    r"""The step: policy gradient with advantages, and regression of the value (A2C).

    .. math:: L = -\overline{A \log \pi(a \mid s)} + c_V \overline{(V - \hat V)^2} - c_H \bar H

    Mnih et al. 2016, in its synchronous form. Advantages are standardised over the batch.

    Parameters
    ----------
    value_weight, entropy_weight : float >= 0
        A small `entropy_weight` keeps the policy from settling early.
    """

    def step(model, batch):
        state, action, gain, target = batch
        logits, value = model(state)
        policy = -(standardised(gain) * log_probability(logits, action)).mean()
        critic = nn.functional.mse_loss(value, target)
        loss = policy + value_weight * critic - entropy_weight * entropy(logits)
        return {"loss": loss, "policy": policy.detach(), "critic": critic.detach()}

    return step


def entropy(logits):
    """Mean entropy, in nats, of the policies with these scores (M, A); -inf forbids an action."""
    return torch.distributions.Categorical(logits=logits).entropy().mean()
