"""Your own simulator: what a chapter needs to know of it, and policies kept in a file (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator)."""

from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

from helpers.agents.rollout import LONGEST
from helpers.models.mlp import MLP

CANDIDATES, TRIALS = 24, 20  # episodes in a generation of the search; random episodes tried


@dataclass(frozen=True)
class Simulator:
    """An environment with its budget and the rules that people would use.

    Attributes
    ----------
    make : callable () -> gymnasium.Env
    steps : int
        Simulator steps that each rival may spend in one training.
    rules : dict of name -> callable () -> act
        Rules without learning; each call gives a fresh one, with an empty memory.
    """

    make: object
    steps: int
    rules: dict = field(default_factory=dict)


def simulator(make, steps=9600, rules=None):
    """Try a simulator and say what is wrong with it, or return it ready for a chapter.

    Parameters
    ----------
    make : callable () -> gymnasium.Env, for instance the class itself
        Observations are one row of numbers (a ``Box`` of one axis), actions are numbered (a
        ``Discrete`` that begins at 0).
    steps : int
        Simulator steps that each rival may spend in one training.
    rules : dict of name -> callable () -> act, optional
        Your rules; ``act(state (N, D), draws)`` returns actions (N,), whole numbers.

    Returns
    -------
    Simulator

    Raises
    ------
    ValueError
        If the spaces are others, a random episode does not end, a number is not finite, or the
        budget is less than the search needs for one generation, 24 times the longest of twenty
        random episodes.
    """
    from gymnasium.spaces import Box, Discrete

    env = make()
    seen, action = env.observation_space, env.action_space
    if not (isinstance(seen, Box) and len(seen.shape) == 1):
        raise ValueError(f"simulator(): expected observations in a Box of one axis, found {seen}")
    if not (isinstance(action, Discrete) and action.start == 0):
        raise ValueError(
            f"simulator(): expected Discrete actions from 0, found {action}; "
            "cut a continuous action into a few levels"
        )
    if steps < 1:
        raise ValueError(f"simulator(steps={steps}): expected at least one step of budget")
    longest = max(try_out(env, seed) for seed in range(TRIALS))
    if steps < CANDIDATES * longest:
        raise ValueError(
            f"simulator(steps={steps}): an episode took {longest} steps and the search plays "
            f"{CANDIDATES} at a time; expected a budget of at least {CANDIDATES * longest}"
        )
    return Simulator(make, steps, dict(rules or {}))


def try_out(env, seed=0):
    """Steps of a random episode; raise unless its numbers are finite and it ends.

    Parameters
    ----------
    env : gymnasium.Env
    seed : int
    """
    draws = torch.Generator().manual_seed(seed)
    env.reset(seed=seed)
    for number in range(LONGEST):
        action = int(torch.randint(int(env.action_space.n), (), generator=draws))
        state, reward, terminated, truncated, _ = env.step(action)
        values = torch.as_tensor([*map(float, state), float(reward)])
        if not values.isfinite().all():
            raise ValueError(
                f"simulator(): expected finite numbers, found {values.tolist()} "
                f"(observation, reward) in step {number}"
            )
        if terminated or truncated:
            return number + 1
    raise ValueError(
        f"simulator(): a random episode has not ended after {LONGEST} steps; "
        "expected an end, such as gymnasium.wrappers.TimeLimit gives"
    )


def save_policy(path, policy, *, overwrite=False):
    """Keep a policy that scores actions: an `MLP` or one linear layer.

    Parameters
    ----------
    path : str or Path
        Its folder is made.
    policy : nn.Module, states (N, D) to scores (N, A)
    overwrite : bool

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If the file exists, or the policy is another module.
    """
    path = Path(path)
    if path.exists() and not overwrite:
        raise ValueError(f"save_policy: {path} exists; pass overwrite=True to replace it")
    layers = [layer for layer in policy.modules() if isinstance(layer, nn.Linear)]
    if not isinstance(policy, MLP | nn.Linear):
        raise ValueError(f"save_policy: expected an MLP or Linear, found {type(policy).__name__}")
    widths = [layers[0].in_features, *(layer.out_features for layer in layers)]
    path.parent.mkdir(parents=True, exist_ok=True)
    weights = [(layer.weight.detach().clone(), layer.bias.detach().clone()) for layer in layers]
    torch.save({"widths": widths, "layers": weights}, path)
    return path


def load_policy(path, inputs=None):
    """The policy of a file, as a network (an `MLP`; with two widths, one layer).

    Parameters
    ----------
    path : str or Path
    inputs : int, optional
        Numbers in an observation of your simulator; another number than the policy's is refused.
    """
    kept = torch.load(path, weights_only=True)
    if inputs not in (None, kept["widths"][0]):
        raise ValueError(
            f"load_policy({str(path)!r}): expected observations of {kept['widths'][0]} numbers, "
            f"found {inputs}"
        )
    policy = MLP(kept["widths"])
    layers = [layer for layer in policy.modules() if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, kept["layers"]):
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
    return policy.eval()
