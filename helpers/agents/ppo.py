"""PPO: use each rollout several times, but do not walk far from it (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

import torch
from torch import nn

from helpers.agents.actor_critic import entropy, judged
from helpers.agents.reinforce import log_probability


def clipped_loss(log_probability, old, gain, clip=0.2):
    r"""The clipped surrogate objective (Schulman et al. 2017, equation 7), negated.

    .. math:: L = -\overline{\min\big(\rho A,\; \operatorname{clip}(\rho, 1-c, 1+c)\, A\big)},
              \qquad \rho = \pi_\theta(a \mid s) / \pi_\text{old}(a \mid s)

    Once an action's probability has moved by the share `clip` in the direction its advantage
    asks for, its gradient is zero.

    Parameters
    ----------
    log_probability, old, gain : tensors (M,)
        Log-probabilities now and when the action was taken, and the advantages.
    clip : float > 0

    Examples
    --------
    >>> float(clipped_loss(torch.tensor([1.0]), torch.tensor([0.0]), torch.tensor([2.0])))
    -2.4000000953674316
    """
    if clip <= 0:
        raise ValueError(f"clipped_loss(clip={clip}): expected a positive share")
    ratio = (log_probability - old).exp()
    return -torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain).mean()


def repeated_stretches(model, steps, *, gamma, lam, passes=10, batch_size=64):
    """How `Rollouts` collects for PPO: a stretch of play, given out several times in batches.

    Parameters
    ----------
    model : ActorCritic
    steps : int
        In each environment, before learning.
    gamma, lam : float in [0, 1]
    passes : int
        How often each transition is used.
    batch_size : int

    Returns
    -------
    callable, player -> iterable of batches
        ``(state, action, advantage, target, old log-probability)``, each with M rows.
    """

    def collect(player):
        seen = player.play(steps)
        gain, target = judged(model, seen, gamma, lam)
        with torch.no_grad():
            place = next(model.parameters()).device
            logits = model.policy(seen.state.flatten(0, 1).to(place)).cpu()
        old = log_probability(logits, seen.action.flatten())
        columns = [x.flatten(0, 1) for x in (seen.state, seen.action, gain, target)] + [old]
        for _ in range(passes):
            for rows in torch.randperm(len(old), generator=player.draws).split(batch_size):
                yield tuple(column[rows] for column in columns)

    return collect


def ppo(clip=0.2, value_weight=0.5, entropy_weight=0.0):
    """The step: clipped policy loss, value regression and an entropy bonus.

    Parameters
    ----------
    clip : float > 0
    value_weight, entropy_weight : float >= 0

    Notes
    -----
    Advantages are standardised in each batch, with the corrected standard deviation, as
    stable-baselines3 does; the losses agree with it.
    """

    def step(model, batch):
        state, action, gain, target, old = batch
        logits, value = model(state)
        if len(gain) > 1:  # one has no spread
            gain = (gain - gain.mean()) / (gain.std() + 1e-8)
        policy = clipped_loss(log_probability(logits, action), old, gain, clip)
        critic = nn.functional.mse_loss(value, target)
        loss = policy + value_weight * critic - entropy_weight * entropy(logits)
        return {"loss": loss, "policy": policy.detach(), "critic": critic.detach()}

    return step
