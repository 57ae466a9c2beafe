"""DQN: learn what each action is worth, from remembered transitions (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

import copy
import itertools

import torch
from torch import nn

from helpers.agents.rollout import greedy
from helpers.train.steps import Remembering, Step


class Replay(Remembering):
    """The last `capacity` transitions, to draw from.

    Parameters
    ----------
    capacity : int >= 1
        When it is full, the oldest is overwritten.
    """

    memory = ("columns", "added")

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
        """`count` rows of every column, drawn with replacement.

        Parameters
        ----------
        count : int >= 1
            It may be more than are remembered.
        draws : torch.Generator
        """
        rows = torch.randint(len(self), (count,), generator=draws)
        return tuple(column[rows] for column in self.columns)


def remembered(
    model, replay, *, batch_size=128, warm_up=500, explore=(1.0, 0.05), anneal=10_000, updates=1
):
    """How `Rollouts` collects for DQN: one step everywhere, then batches from memory.

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
    updates : int
        Batches after every step.

    Returns
    -------
    callable, player -> iterable of no batch or `updates` of them
        ``(state, action, reward, next_state, terminated)``, each with M rows.
    """
    return Remembered(model, replay, batch_size, warm_up, explore, anneal, updates)


class Remembered(Remembering):
    """How `Rollouts` collects for DQN (see `remembered`); its memory is the replay.

    Parameters
    ----------
    model, replay, batch_size, warm_up, explore, anneal, updates : as for `remembered`
    """

    memory = ("replay",)

    def __init__(self, model, replay, batch_size, warm_up, explore, anneal, updates):
        if not anneal > 0 or not all(0 <= share <= 1 for share in explore):
            raise ValueError(
                f"remembered: expected anneal above 0 and explore from 0 to 1, found {anneal} and {explore}"
            )
        self.model, self.replay, self.batch_size, self.warm_up = model, replay, batch_size, warm_up
        self.explore, self.anneal, self.updates = explore, anneal, updates

    def __call__(self, player):
        """One step everywhere, then no batch or as many as asked for."""
        first, last = self.explore
        done = min(player.frames / self.anneal, 1.0)
        player.act = greedy(self.model, first + done * (last - first))
        self.replay.add(*player.advance()[:-1])
        if len(self.replay) >= self.warm_up:
            for _ in range(self.updates):
                yield self.replay.draw(self.batch_size, player.draws)


@torch.no_grad()
def q_target(model, reward, next_state, terminated, gamma):
    r"""What an action turned out to be worth: the one-step target of Q-learning.

    .. math:: y = r + \gamma \max_{a'} Q(s', a'), \qquad y = r \text{ if } s' \text{ is final}

    Watkins & Dayan 1992.

    Parameters
    ----------
    model : nn.Module
        States (M, D) to action values (M, A).
    reward : tensor (M,)
    next_state : tensor (M, D)
    terminated : bool tensor (M,)
        True where the next state is final.
    gamma : float in [0, 1]

    Returns
    -------
    tensor (M,)
    """
    if not 0 <= gamma <= 1:
        raise ValueError(f"q_target(gamma={gamma}): expected a discount from 0 to 1")
    return reward + gamma * (~terminated * model(next_state).max(1).values)


class DQN(Step):
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
        if not 0 <= gamma <= 1:
            raise ValueError(f"DQN(gamma={gamma}): expected a discount from 0 to 1")
        self.target, self.gamma, self.renew, self.steps = copy.deepcopy(model), gamma, renew, 0
        self.target.requires_grad_(False)

    def __call__(self, model, batch):
        """Huber loss between the values of the actions taken and their targets."""
        state, action, reward, next_state, terminated = batch
        if self.renew and self.steps % self.renew == 0:
            self.follow(model)
        self.steps += 1
        judge = self.target if self.renew else model
        target = q_target(judge, reward, next_state, terminated, self.gamma)
        value = model(state).gather(1, action[:, None])[:, 0]
        return nn.functional.smooth_l1_loss(value, target)

    @torch.no_grad()
    def follow(self, model):
        """Take over the current weights."""
        mine, theirs = (itertools.chain(m.parameters(), m.buffers()) for m in (self.target, model))
        for old, new in zip(mine, theirs):
            old.copy_(new)
