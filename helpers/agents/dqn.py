"""DQN: learn what each action is worth, from remembered transitions (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

import copy

import torch
from torch import nn

from helpers.agents.rollout import greedy
from helpers.train.steps import Remembering


class Replay:
    """The last `capacity` transitions, to draw from.

    Parameters
    ----------
    capacity : int >= 1
        When it is full, the oldest is overwritten.
    """

    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError(f"Replay(capacity={capacity}): expected room for at least one")
        self.capacity, self.columns, self.added = capacity, None, 0

    def __len__(self):
        return min(self.added, self.capacity)

    def add(self, *columns):
        """Remember rows; every column is a tensor (N, ...), N at most the capacity."""
        if self.columns is None:
            self.columns = [c.new_zeros(self.capacity, *c.shape[1:]) for c in columns]
        rows = (self.added + torch.arange(len(columns[0]))) % self.capacity
        for kept, new in zip(self.columns, columns):
            kept[rows] = new
        self.added += len(rows)

    def draw(self, count, draws):
        """`count` rows of every column, drawn with replacement."""
        rows = torch.randint(len(self), (count,), generator=draws)
        return tuple(column[rows] for column in self.columns)


def remembered(model, replay, *, batch_size=128, warm_up=500, explore=(1.0, 0.05), anneal=10_000):
    """How `Rollouts` collects for DQN: one step everywhere, then one batch from memory.

    Parameters
    ----------
    model : nn.Module
        States (M, D) to action values (M, A).
    replay : Replay
    batch_size, warm_up : int
        Size of a batch; transitions in memory before the first one.
    explore : (first, last) probabilities of a random action
        Falling linearly over the first `anneal` frames.
    anneal : int

    Returns
    -------
    callable, player -> iterable of no or one batch
        ``(state, action, reward, next_state, terminated)``, each with M rows.
    """
    first, last = explore

    def collect(player):
        done = min(player.frames / anneal, 1.0)
        player.act = greedy(model, first + done * (last - first))
        replay.add(*player.advance()[:-1])
        if len(replay) >= warm_up:
            yield replay.draw(batch_size, player.draws)

    return collect


@torch.no_grad()
def q_target(model, reward, next_state, terminated, gamma):
    r"""What an action turned out to be worth: the one-step target of Q-learning.

    .. math:: y = r + \gamma \max_{a'} Q(s', a'), \qquad y = r \text{ if } s' \text{ is final}

    Watkins & Dayan 1992. Reward and terminated are (M,), next_state (M, D); returns (M,).
    """
    if not 0 <= gamma <= 1:
        raise ValueError(f"q_target(gamma={gamma}): expected a discount from 0 to 1")
    return reward + gamma * (~terminated * model(next_state).max(1).values)


class DQN(Remembering):
    """The step: move Q towards a target computed with older weights (Mnih et al. 2015).

    Parameters
    ----------
    model : nn.Module
        States (M, D) to action values (M, A).
    gamma : float in [0, 1]
    renew : int
        Steps after which the target network takes over the current weights. 0: no target
        network; the target then moves with every step.
    """

    memory = ("steps", "target")

    def __init__(self, model, *, gamma, renew=200):
        self.target, self.gamma, self.renew, self.steps = copy.deepcopy(model), gamma, renew, 0

    def __call__(self, model, batch):
        """Huber loss between the values of the actions taken and their targets."""
        state, action, reward, next_state, terminated = batch
        if self.renew and self.steps % self.renew == 0:
            self.target.load_state_dict(model.state_dict())
        self.steps += 1
        judge = self.target.to(state.device) if self.renew else model
        target = q_target(judge, reward, next_state, terminated, self.gamma)
        value = model(state).gather(1, action[:, None])[:, 0]
        return nn.functional.smooth_l1_loss(value, target)
