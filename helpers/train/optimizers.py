"""One optimiser a player, and the rates that a schedule scales (chapter 4-models/supervised-learning)."""

import inspect
import math
import warnings
from functools import partial

import torch
from torch import nn

from helpers.train.guard import one_sentence

RATE = 1e-3  # of the default optimiser
ONLY = "model"  # the player's name where there is one


def make_optimizers(model, optimizer, lr, device):
    """One optimiser per player; a single model is the only player.

    Parameters
    ----------
    model : nn.Module, or nn.ModuleDict of players
    optimizer : None, callable (parameters -> optimizer), optimizer, or dict of these per player
    lr : float or None, of the default, fused AdamW
    device : torch.device

    Returns
    -------
    dict of player -> torch.optim.Optimizer

    Raises
    ------
    ValueError
        If players and names differ, an optimiser is shared by two players, or it holds none of
        its player's weights.
    """
    players = dict(model) if isinstance(model, nn.ModuleDict) else {ONLY: model}
    given = optimizer if isinstance(optimizer, dict) else dict.fromkeys(players, optimizer)
    if set(given) != set(players):
        raise ValueError(
            f"optimizer: expected one for each of {sorted(players)}, found {sorted(given)}"
        )
    rate = RATE if lr is None else lr
    fused = partial(torch.optim.AdamW, lr=rate, fused=device.type in ("cpu", "cuda"))
    made = {}
    for name in players:  # a comprehension would be one more frame between a warning and the reader
        made[name] = made_by(name, given[name] or fused, players[name])
    if len({id(one) for one in made.values()}) < len(made):
        raise ValueError(
            "optimizer: two players share one instance, so that each would move the other; "
            "expected a dict with one optimiser a player, or a function that makes them"
        )
    for name, player in players.items():
        others = {id(p): other for other in players for p in players[other].parameters()}
        own = {id(p) for p in player.parameters()}
        for foreign in held_by(made[name]) & set(others) - own:
            raise ValueError(
                f"optimizer of {name!r}: it holds weights of {others[foreign]!r}, which the loss of "
                f"{name!r} would move; expected weights of {name!r} alone"
            )
    return made


def held_by(optimizer):
    """The identities of the weights that an optimiser changes."""
    return {id(p) for group in optimizer.param_groups for p in group["params"]}


def made_by(name, choice, player):
    """The optimiser of one player.

    Parameters
    ----------
    name : str
        Of the player, for the error sentence.
    choice : optimizer, or callable (parameters -> optimizer)
    player : nn.Module
    """
    weights = [p for p in player.parameters() if p.requires_grad]
    if not weights:
        raise ValueError(f"player {name!r}: expected a parameter that requires a gradient")
    if not isinstance(choice, torch.optim.Optimizer) and callable(choice):
        with one_sentence("optimizer", lambda: f"the weights of {name!r}"):
            choice = choice(weights)
    if not isinstance(choice, torch.optim.Optimizer):
        raise ValueError(
            f"optimizer of {name!r}: expected a function of the parameters or a "
            f"torch.optim.Optimizer, found {type(choice).__name__}"
        )
    if inspect.signature(type(choice).step).parameters["closure"].default is inspect._empty:
        raise ValueError(
            f"optimizer of {name!r}: {type(choice).__name__} computes the loss anew within a step; "
            "expected an optimizer whose step() takes no closure"
        )
    held = held_by(choice)
    if not held & {id(p) for p in player.parameters()}:
        raise ValueError(f"optimizer of {name!r}: it holds none of this model's weights")
    missing = [n for n, p in player.named_parameters() if p.requires_grad and id(p) not in held]
    if missing:
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if missing[3:] else "")
        warnings.warn(
            f"optimizer of {name!r}: it lacks {shown}, which will not change; if that is meant, "
            "say requires_grad_(False)",
            stacklevel=4,
        )
    return choice


def rates_of(optimizers):
    """Every group's own learning rate, player by player."""
    return {name: [float(g["lr"]) for g in o.param_groups] for name, o in optimizers.items()}


def set_rates(optimizers, rates, factor=1.0):
    """Give every group its own learning rate, times a factor.

    Parameters
    ----------
    optimizers : dict of player -> optimizer
    rates : dict of player -> list of float, one a group, as `rates_of` gives them
    factor : float >= 0

    Raises
    ------
    ValueError : for a factor of another kind, NaN included.
    """
    if not 0 <= factor < math.inf:
        raise ValueError(f"schedule: expected a factor of at least 0, found {factor}")
    for name, optimizer in optimizers.items():
        for group, rate in zip(optimizer.param_groups, rates[name]):
            group["lr"] = rate * factor


def settings_of(optimizer):
    """What an optimiser was made with, apart from rates: its kind and each group's options."""
    groups = [
        {k: v for k, v in group.items() if k not in ("params", "lr", "initial_lr")}
        | {"weights": [tuple(p.shape) for p in group["params"]]}
        for group in optimizer.param_groups
    ]
    return type(optimizer).__name__, groups
