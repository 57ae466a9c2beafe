"""Playing: a policy in an environment gives transitions (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator).

Axes: T steps, N environments side by side, D numbers of a state. A policy is any function
``act(state (N, D), draws) -> action (N,)``, where `draws` is a torch generator.
"""

from dataclasses import dataclass

import numpy as np
import torch

from helpers.ground.random import generator
from helpers.train.steps import Remembering

LONGEST = 10_000  # steps in an episode


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
    """The policy that takes the best-scored action, or with probability `explore` any one.

    Parameters
    ----------
    model : nn.Module
        States (N, D) to scores (N, A).
    explore : float in [0, 1]
        0 takes the best always.
    """
    if not 0 <= explore <= 1:
        raise ValueError(f"greedy(explore={explore}): expected a probability from 0 to 1")

    def act(state, draws):
        score = scores(model, state)
        best = score.argmax(1)
        other = torch.randint(score.shape[1], best.shape, generator=draws)
        return torch.where(torch.rand(best.shape, generator=draws) < explore, other, best)

    return act


@torch.no_grad()
def scores(model, state):
    """Scores (N, A) on the CPU, wherever the model lives.

    Parameters
    ----------
    model : nn.Module
        States (N, D) to scores (N, A).
    state : tensor (N, D), on any device
    """
    place = next(model.parameters()).device
    return model(state.to(place)).cpu()


class Player(Remembering):
    """Environments in the middle of play, and the record of what was finished.

    No simulator says how it stands, but each repeats itself from a seed: the state of a player is
    every action so far, and loading it plays them again without the policy.

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

    memory = ("actions", "restarts", "frames", "finished", "state", "total")

    def __init__(self, envs, act, *, seed=0):
        self.envs, self.act, self.draws, self.seed = envs, act, generator(seed), seed
        self.frames, self.finished, self.actions, self.restarts = 0, [], [], []
        self.restart(seed)

    def restart(self, seed=None):
        """Begin a new episode everywhere."""
        if seed is None:
            self.restarts.append(len(self.actions))
        state, _ = self.envs.reset(seed=seed)
        self.state = torch.as_tensor(state, dtype=torch.float32)
        self.total = torch.zeros(len(self.state), dtype=torch.float64)

    def state_dict(self):
        """What a checkpoint needs; the actions (T, N) take a small share of a replay's room."""
        draws, actions = self.draws.get_state(), self.actions
        stacked = torch.stack(actions) if actions else torch.zeros(0, len(self.state))
        return super().state_dict() | {"actions": stacked, "draws": draws, "seed": self.seed}

    def load_state_dict(self, state):
        """Play the saved actions again, and see that they lead to where they led.

        Raises
        ------
        ValueError : if they do not: another environment, or one that does not repeat itself.
        """
        state = dict(state)
        self.draws.set_state(state.pop("draws"))
        self.seed, restarts = state.pop("seed"), set(state["restarts"])
        state["actions"] = list(state["actions"])
        seen, _ = self.envs.reset(seed=self.seed)
        for number, action in enumerate([*state["actions"], None]):
            for _ in range(state["restarts"].count(number) if number in restarts else 0):
                seen, _ = self.envs.reset()
            if action is not None:
                seen = self.envs.step(action.numpy())[0]
        if not torch.equal(torch.as_tensor(seen, dtype=torch.float32), state["state"]):
            raise ValueError(
                "Player: the saved actions lead to another state than before; expected the same "
                "environment, one that repeats itself from its seed"
            )
        super().load_state_dict(state)

    def advance(self, running=None):
        """One step everywhere, as a tuple in the order of `Transitions`.

        Environments that are not `running` (N,) step too, but neither count nor are recorded.
        """
        state, action = self.state, self.act(self.state, self.draws)
        self.actions.append(action)
        observed, reward, terminated, truncated, info = stepped(self.envs, action)
        reached = self.state = torch.as_tensor(observed, dtype=torch.float32)
        reward, over = torch.from_numpy(reward), terminated | truncated
        self.frames += len(over) if running is None else int(running.sum())
        self.total += reward
        if over.any():
            reached = self.state.clone()
            for i in over.nonzero()[0].tolist():  # the state reached, not that of the next episode
                reached[i] = torch.as_tensor(info["final_obs"][i], dtype=torch.float32)
                if running is None or running[i]:
                    self.finished.append((self.frames, float(self.total[i])))
                self.total[i] = 0
        terminated, done = torch.from_numpy(terminated.copy()), torch.from_numpy(over)
        return state, action, reward.float(), reached, terminated, done

    def play(self, steps):
        """`steps` steps everywhere, going on from where the last call ended."""
        return Transitions(*map(torch.stack, zip(*[self.advance() for _ in range(steps)])))

    def episodes(self):
        """One whole episode everywhere; also the mask (T, N) of steps up to each one's end."""
        self.restart()
        steps, running = [], torch.ones(len(self.state), dtype=torch.bool)
        masks = []
        while running.any():
            still_short(len(steps))
            steps.append(self.advance(running))
            masks.append(running)
            running = running & ~steps[-1][-1]
        return Transitions(*map(torch.stack, zip(*steps))), torch.stack(masks)


class Rollouts(Remembering):
    """An iterable of training batches, each played with the policy as it is at that moment.

    This is how `helpers.train.loop.fit` takes an environment: one pass over it plays `frames`
    steps, and every batch is collected after the update that the batch before it caused.

    Parameters
    ----------
    player : Player
    collect : callable, player -> iterable of batches (tuples of tensors)
        Plays a little and prepares what the method's step needs. With a ``state_dict`` it is part
        of the checkpoint.
    frames : int >= 1
        Simulator steps in one pass, an epoch.
    """

    memory = ("player", "pending", "end")

    def __init__(self, player, collect, *, frames):
        if frames < 1:
            raise ValueError(f"Rollouts(frames={frames}): expected at least one simulator step")
        self.player, self.collect, self.frames = player, collect, frames
        self.pending, self.end = [], None  # batches not yet given out; the frame that ends a pass
        if hasattr(collect, "state_dict"):
            self.memory = (*self.memory, "collect")

    def __iter__(self):
        self.end = self.end or self.player.frames + self.frames
        while self.pending or self.player.frames < self.end:
            self.pending = self.pending or list(self.collect(self.player))
            if self.pending:
                yield self.pending.pop(0)
        self.end = None


def episode_returns(envs, act, *, seed):
    """Undiscounted return of one whole episode in each environment.

    Parameters
    ----------
    envs : as for `Player`
    act : callable, (state (N, D), draws) -> action (N,)
    seed : int
        Environment i begins from seed + i; the policy draws from a generator of this seed.

    Returns
    -------
    tensor (N,)
        The same seed gives every policy the same starts, so that policies can be compared in
        pairs.
    """
    starts = [seed + i for i in range(envs.num_envs)]
    return played(envs, act, starts, generator(seed))[0]


def played(envs, act, starts, draws):
    """One whole episode in each environment, begun from a seed of its own.

    Parameters
    ----------
    envs : as for `Player`
    act : callable, (state (N, D), draws) -> action (N,)
    starts : list of N int
        Seeds; two environments of one kind with the same seed begin alike.
    draws : torch.Generator
        For the policy.

    Returns
    -------
    returns, steps : tensors (N,)

    Raises
    ------
    ValueError
        If an episode has not ended after `LONGEST` steps, or the simulator returns a number that
        is not finite.
    """
    state, _ = envs.reset(seed=starts)
    returns, running = torch.zeros(len(starts)), torch.ones(len(starts)).bool()
    steps = torch.zeros(len(starts), dtype=torch.long)
    while running.any():
        action = act(torch.as_tensor(state, dtype=torch.float32), draws)
        still_short(int(steps.max()))
        state, reward, terminated, truncated, _ = stepped(envs, action)
        returns += torch.from_numpy(reward).float() * running
        steps += running
        running &= ~torch.from_numpy(terminated | truncated)
    return returns, steps


def stepped(envs, action):
    """What ``envs.step`` returns; raise unless rewards and observations are finite.

    Parameters
    ----------
    envs : gymnasium.vector.VectorEnv
    action : ndarray (N,)
    """
    found = envs.step(action.numpy())
    last = [("observations", one) for one in found[4].get("final_obs", ()) if one is not None]
    for name, values in [("observations", found[0]), *last, ("rewards", found[1])]:
        if not np.isfinite(values).all():
            raise ValueError(
                f"the simulator {envs.envs[0].unwrapped}: expected finite {name}, "
                f"found {values.tolist()}"
            )
    return found


def still_short(steps):
    """Raise if so many steps are more than an episode may take."""
    if steps >= LONGEST:
        raise ValueError(
            f"an episode has not ended after {LONGEST} steps; expected an end of the simulator's, "
            "such as gymnasium.wrappers.TimeLimit gives"
        )


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
