"""REINFORCE: make actions likelier in proportion to what followed them (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

import torch


def returns_to_go(reward, done, gamma):
    r"""Discounted sum of rewards from each step to the end of its episode.

    .. math:: G_t = r_t + \gamma\, G_{t+1}, \qquad G_{t+1} = 0 \text{ after an end}

    Parameters
    ----------
    reward, done : tensors (T, N)
        `done` marks the last step of an episode.
    gamma : float in [0, 1]

    Returns
    -------
    tensor (T, N)

    Examples
    --------
    >>> reward, done = torch.ones(3, 1), torch.tensor([[False], [True], [True]])
    >>> returns_to_go(reward, done, 0.5)[:, 0].tolist()
    [1.5, 1.0, 1.0]
    """
    if not 0 <= gamma <= 1:
        raise ValueError(f"returns_to_go(gamma={gamma}): expected a discount from 0 to 1")
    later, found = torch.zeros_like(reward[0]), []
    for r, end in zip(reward.flip(0), done.flip(0)):
        later = r + gamma * later * ~end
        found.append(later)
    return torch.stack(found).flip(0)


def whole_episodes(gamma, baseline=True):
    """How `Rollouts` collects for REINFORCE: whole episodes, each action weighted by its return.

    Parameters
    ----------
    gamma : float in [0, 1]
    baseline : bool
        Subtract the batch's mean return and divide by its standard deviation (Williams 1992 for
        the baseline; the division only sets the step length).

    Returns
    -------
    callable, player -> iterable of one batch (state (M, D), action (M,), weight (M,))
    """

    def collect(player):
        seen, valid = player.episodes()
        weight = returns_to_go(seen.reward, seen.done, gamma)[valid]
        if baseline:
            weight = standardised(weight)
        yield seen.state[valid], seen.action[valid], weight

    return collect


def standardised(values):
    """Mean zero and standard deviation one; a constant becomes zero."""
    return (values - values.mean()) / (values.std(correction=0) + 1e-8)


def log_probability(logits, action):
    """Log-probability (M,) of the actions taken, from scores (M, A).

    Parameters
    ----------
    logits : tensor (M, A)
        Scores; -inf forbids an action.
    action : long tensor (M,)
    """
    return logits.log_softmax(1).gather(1, action[:, None])[:, 0]


def policy_gradient(model, batch):
    r"""The step: a loss whose gradient is minus the policy gradient (Williams 1992).

    .. math:: L = -\frac{1}{M} \sum_m w_m \log \pi_\theta(a_m \mid s_m)

    Parameters
    ----------
    model : nn.Module
        States (M, D) to scores (M, A).
    batch : (state (M, D), action (M,), weight (M,))
    """
    state, action, weight = batch
    return -(weight * log_probability(model(state), action)).mean()
