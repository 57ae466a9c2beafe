"""Playing: a policy in an environment gives transitions (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator).

Axes: T steps, N environments side by side, D numbers of a state. A policy is any function
``act(state (N, D), draws) -> action (N,)``, where `draws` is a torch generator.
"""

from dataclasses import dataclass

import torch

from helpers.ground.random import generator


@dataclass(frozen=True)
class Transitions:
    """What happened: ``state``, ``next_state`` (T, N, D), ``action``, ``reward``, ``terminated``, ``done`` (T, N).

    `terminated`: the episode ended in a final state, worth nothing afterwards. `done`: it ended,
    perhaps only because time was up; then ``next_state`` still has a value.
    """

    state: torch.Tensor
    action: torch.Tensor
    reward: torch.Tensor
    next_state: torch.Tensor
    terminated: torch.Tensor
    done: torch.Tensor


def side_by_side(make, count):
    """`count` copies of an environment stepped together; a finished one starts again at once.

    Parameters
    ----------
    make : callable () -> gymnasium.Env
    count : int >= 1

    Returns
    -------
    gymnasium.vector.SyncVectorEnv
    """
    from gymnasium.vector import AutoresetMode, SyncVectorEnv

    return SyncVectorEnv([make] * count, autoreset_mode=AutoresetMode.SAME_STEP)


def sampled(model):
    """The policy that draws actions with probabilities ``softmax(model(state))``."""

    def act(state, draws):
        probability = scores(model, state).softmax(1)
        return torch.multinomial(probability, 1, generator=draws)[:, 0]

    return act


def greedy(model, explore=0.0):
    """The policy that takes the best-scored action, or with probability `explore` any one."""

    def act(state, draws):
        score = scores(model, state)
        best = score.argmax(1)
        other = torch.randint(score.shape[1], best.shape, generator=draws)
        return torch.where(torch.rand(best.shape, generator=draws) < explore, other, best)

    return act


@torch.no_grad()
def scores(model, state):
    """Scores (N, A) on the CPU, wherever the model lives."""
    place = next(model.parameters()).device
    return model(state.to(place)).cpu()


class Player:
    """Environments in the middle of play, and the record of what was finished.

    Parameters
    ----------
    envs : gymnasium.vector.VectorEnv that restarts in the same step (see `side_by_side`)
    act : callable, (state (N, D), draws) -> action (N,)
    seed : int

    Attributes
    ----------
    frames : int
        Simulator steps so far, over all environments.
    finished : list of (frames, return)
        When each episode ended, and its undiscounted sum of rewards.
    """

    def __init__(self, envs, act, *, seed=0):
        self.envs, self.act, self.draws = envs, act, generator(seed)
        self.frames, self.finished = 0, []
        self.restart(seed)

    def restart(self, seed=None):
        """Begin a new episode everywhere."""
        state, _ = self.envs.reset(seed=seed)
        self.state = torch.as_tensor(state, dtype=torch.float32)
        self.total = torch.zeros(len(self.state), dtype=torch.float64)

    def advance(self):
        """One step everywhere, as a tuple in the order of `Transitions`."""
        state, action = self.state, self.act(self.state, self.draws)
        observed, reward, terminated, truncated, info = self.envs.step(action.numpy())
        self.state = torch.as_tensor(observed, dtype=torch.float32)
        done, reached = torch.from_numpy(terminated | truncated), self.state.clone()
        self.frames += len(state)
        self.total += torch.from_numpy(reward)
        for i in done.nonzero()[:, 0].tolist():  # the state reached, not that of the next episode
            reached[i] = torch.as_tensor(info["final_obs"][i], dtype=torch.float32)
            self.finished.append((self.frames, float(self.total[i])))
        self.total[done] = 0
        reward = torch.from_numpy(reward).float()
        return state, action, reward, reached, torch.from_numpy(terminated.copy()), done

    def play(self, steps):
        """`steps` steps everywhere, going on from where the last call ended."""
        return Transitions(*map(torch.stack, zip(*[self.advance() for _ in range(steps)])))

    def episodes(self):
        """One whole episode everywhere; also the mask (T, N) of steps up to each one's end."""
        self.restart()
        steps, running = [], torch.ones(len(self.state), dtype=torch.bool)
        masks = []
        while running.any():
            steps.append(self.advance())
            masks.append(running)
            running = running & ~steps[-1][-1]
        return Transitions(*map(torch.stack, zip(*steps))), torch.stack(masks)


class Rollouts:
    """An iterable of training batches, each played with the policy as it is at that moment.

    This is how `helpers.train.loop.fit` takes an environment: one pass over it plays `frames`
    steps, and every batch is collected after the update that the batch before it caused.

    Parameters
    ----------
    player : Player
    collect : callable, player -> iterable of batches (tuples of tensors)
        Plays a little and prepares what the method's step needs.
    frames : int >= 1
        Simulator steps in one pass, an epoch.
    """

    def __init__(self, player, collect, *, frames):
        if frames < 1:
            raise ValueError(f"Rollouts(frames={frames}): expected at least one simulator step")
        self.player, self.collect, self.frames = player, collect, frames

    def __iter__(self):
        end = self.player.frames + self.frames
        while self.player.frames < end:
            yield from self.collect(self.player)


def episode_returns(envs, act, *, seed):
    """Undiscounted return of one whole episode in each environment.

    Returns
    -------
    tensor (N,)
        The same seed gives every policy the same starts, so that policies can be compared in
        pairs.
    """
    player = Player(envs, act, seed=seed)
    returns, running = torch.zeros(len(player.state)), torch.ones(len(player.state)).bool()
    while running.any():
        _, _, reward, _, _, done = player.advance()
        returns += reward * running
        running &= ~done
    return returns


def learning_curve(finished, frames, points=20):
    """Mean return of the episodes that ended in each of `points` equal stretches of training.

    Parameters
    ----------
    finished : list of (frame, return), as in `Player.finished`
    frames : int
        Length of the training; later episodes are left out.
    points : int

    Returns
    -------
    list of `points` floats
        A stretch in which no episode ended repeats the value before it.

    Examples
    --------
    >>> learning_curve([(10, 1.0), (20, 3.0), (90, 5.0)], 100, points=4)
    [2.0, 2.0, 2.0, 5.0]
    """
    if not finished:
        raise ValueError("learning_curve(): no episode was finished, expected at least one")
    curve = []
    for k in range(points):
        inside = [r for f, r in finished if k < f * points / frames <= k + 1]
        earlier = curve[-1] if curve else finished[0][1]
        curve.append(sum(inside) / len(inside) if inside else earlier)
    return curve
