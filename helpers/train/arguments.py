"""Arguments of `fit` that cannot work, said in one sentence (chapter 4-models/supervised-learning)."""

from numbers import Integral, Real

import torch
from torch import nn

from helpers.train.guard import one_sentence, shown
from helpers.train.history import WRITTEN
from helpers.train.schedule import cosine, one_cycle
from helpers.train.stop import Patience

MODES = (False, True, "default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")


def check_arguments(given):
    """Raise `ValueError` for the first argument that is not what `fit` takes.

    Parameters
    ----------
    given : dict of argument name -> value
    """
    check_counts(
        epochs=given["epochs"], batch_size=given["batch_size"], accumulate=given["accumulate"],
        seed=given["seed"],
    )  # fmt: skip
    check_model(given["model"])
    check_rate(given["lr"], given["optimizer"])
    if given["clip"] is not None:
        positive("clip", given["clip"])
    for name in ("schedule", "transform"):
        if given[name] is not None and not callable(given[name]):
            raise ValueError(f"{name}={shown(given[name])}: expected a function, or None for none")
    if given["schedule"]:
        check_schedule(given["schedule"])
    if given["stop"] is not None and not isinstance(given["stop"], Patience):
        raise ValueError(f"stop={given['stop']!r}: expected Patience(...), or None for none")
    if given["compile"] not in MODES:
        raise ValueError(f"compile={given['compile']!r}: expected one of {MODES}")
    check_average(given["average"])
    check_metrics(given["metrics"], given["valid"])
    if given["stop"] and given["stop"].metric == "valid_loss" and given["valid"] is None:
        raise ValueError(
            "stop=Patience(...) on valid_loss: the history has no such column; found loss and what "
            "the step logs. Give valid=, or Patience(metric=...)"
        )


def check_counts(**counts):
    """Each must be a whole number, at least 1 (epochs, seed: 0)."""
    for name, value in counts.items():
        least = 0 if name in ("epochs", "seed") else 1
        if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name}={shown(value)}: expected a whole number of at least {least}")


def positive(name, value):
    """Raise unless `value` is a finite number above zero.

    Parameters
    ----------
    name : str
        Of the argument, for the error sentence.
    value : anything
    """
    good = isinstance(value, Real) and not isinstance(value, bool)
    if not good or not 0 < value < float("inf"):
        raise ValueError(f"{name}={value!r}: expected a number above 0")


def check_rate(lr, optimizer):
    """A rate for the default optimiser, which must then be in use.

    Parameters
    ----------
    lr, optimizer : as `fit` takes them
    """
    if lr is None:
        return
    positive("lr", lr)
    players = optimizer.values() if isinstance(optimizer, dict) else [optimizer]
    if all(player is not None for player in players):
        raise ValueError(
            f"lr={lr}: the given optimizer has rates of its own; expected lr or optimizer, found both"
        )


def check_module(model):
    """A module whose weights hold numbers."""
    if not isinstance(model, nn.Module):
        raise ValueError(f"model: expected a torch.nn.Module, found {type(model).__name__}")
    if any(p.is_meta for p in model.parameters()):
        raise ValueError("model: expected weights with numbers, found weights on the meta device")


def check_model(model):
    """A module with something to train."""
    check_module(model)
    uninitialised = nn.parameter.UninitializedTensorMixin
    if any(isinstance(p, uninitialised) for p in model.parameters()):
        raise ValueError("model: a lazy layer has no weights yet; call the model on a batch first")
    if not any(p.requires_grad for p in model.parameters()):
        raise ValueError("model: expected a parameter that requires a gradient, found none")


def check_average(average):
    """A decay in (0, 1), "swa" or None."""
    decay = isinstance(average, float) and 0 < average < 1
    if average is not None and average != "swa" and not decay:
        raise ValueError(f"average={average!r}: expected a number in (0, 1), 'swa' or None")


def check_metrics(metrics, valid):
    """Raise unless `metrics` is a dict of functions, and there are data to compute them on.

    Parameters
    ----------
    metrics : dict of name -> f(prediction, target), or None
    valid : validation data, or None
    """
    if metrics is None:
        return
    if not isinstance(metrics, dict) or not all(map(callable, metrics.values())):
        raise ValueError(f"metrics={metrics!r}: expected a dict of name -> f(prediction, target)")
    if WRITTEN & set(metrics):
        raise ValueError(f"metrics={list(metrics)}: the names {sorted(WRITTEN)} are the engine's")
    if valid is None and metrics:
        raise ValueError(f"metrics={list(metrics)}: expected validation data, found valid=None")


def check_schedule(schedule):
    """A function of the share of training done that gives a factor, tried at the start."""
    with one_sentence("schedule", lambda: "t=0.0"):
        factor = None if schedule in (cosine, one_cycle) else schedule(0.0)
    if not isinstance(factor, Real) or not 0 <= factor < float("inf"):
        raise ValueError(
            f"schedule: expected a factor of at least 0 at t=0.0, found "
            f"{shown(factor)}; call a maker of schedules, such as cosine()"
        )


def check_loss(result, run):
    """The loss and the logged entries that a step returned.

    Parameters
    ----------
    result : what the step returned: a tensor of one number, or a dict with "loss"
    run : Run, which knows the place and the players

    Returns
    -------
    loss, logged : tensor of one number, and a dict or None
    """
    loss, logged = result, None
    if isinstance(result, dict):
        loss = result.get("loss")
        logged = {name: no_graph(value) for name, value in result.items() if name != "loss"}
    if run.only is None:
        raise ValueError(
            f"the step returned one loss, but the model has the players {sorted(run.optimizers)}; "
            "expected a step that yields (player, loss)"
        )
    if isinstance(loss, torch.Tensor) and loss.numel() == 1 and loss.requires_grad:
        return loss, logged
    raise ValueError(
        f"the step returned {described(result, loss)} at {run.whereabouts()}; expected a loss, a "
        "tensor of one number that depends on the model's weights, or a dict with such a 'loss', "
        "or a generator of (player, loss)"
    )


def no_graph(value):
    """A logged entry without the graph behind it, which would keep a batch's activations."""
    return value.detach() if isinstance(value, torch.Tensor) else value


def described(result, loss):
    """What was found in place of a loss, in words.

    Parameters
    ----------
    result : anything
        What the step returned.
    loss : anything
        The loss in it.
    """
    if not isinstance(loss, torch.Tensor):
        return f"a dict with {sorted(result)}" if isinstance(result, dict) else type(loss).__name__
    if loss.numel() != 1:
        return f"a tensor of shape {tuple(loss.shape)}"
    return "a number without a gradient"


def check_player(named, run):
    """The player and the loss that a step yielded.

    Parameters
    ----------
    named : anything
        What the step yielded; expected (player, loss).
    run : Run

    Returns
    -------
    player, loss : str, and a tensor of one number
    """
    if not isinstance(named, tuple) or len(named) != 2:
        raise ValueError(
            f"the step yielded {type(named).__name__} at {run.whereabouts()}; expected a pair "
            "(player, loss)"
        )
    player, loss = named
    if player not in run.optimizers:
        known = ", ".join(run.optimizers)
        raise ValueError(f"the step yielded player {player!r}; expected one of {known}")
    if not isinstance(loss, torch.Tensor) or loss.numel() != 1 or not loss.requires_grad:
        raise ValueError(
            f"the step yielded {described(None, loss)} for player {player!r} at "
            f"{run.whereabouts()}; expected a tensor of one number that depends on its weights"
        )
    return player, loss


def refuse_alone(step, world):
    """Raise for a step that several processes cannot share.

    Parameters
    ----------
    step : Step
    world : int >= 1
        Number of processes.
    """
    if world > 1 and step.alone:
        raise ValueError(
            f"step={type(step).__name__}: it must see every batch; expected one process, found "
            f"{world}"
        )
