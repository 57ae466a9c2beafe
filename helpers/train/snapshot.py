"""What a checkpoint of a run holds, and how a run takes it over (chapter 4-models/supervised-learning)."""

import re
import warnings

from torch.utils.data import DataLoader

from helpers.train.average import Average
from helpers.train.batches import IterableBatches
from helpers.train.checkpoint import refuse_other_model
from helpers.train.fingerprint import digest, walk
from helpers.train.optimizers import settings_of
from helpers.train.random_state import random_states, restore_random_states

BETWEEN_EPOCHS = {"train", "batch_size", "accumulate", "seed", "transform", "processes"}


def fingerprint(run):
    """What made this run, name by name.

    Returns
    -------
    dict of str -> str, shown to the user where two runs differ.
    """
    model, wanted = list(run.model.modules()), run.wanted
    contents = ("train", "valid", "transform", "schedule")
    told = {name: content(getattr(wanted, name), model) for name in contents}
    follows = wanted.schedule or wanted.average == "swa"
    named = {"epochs": wanted.epochs if follows else "any", "processes": run.together.world}
    for name in ("batch_size", "accumulate", "clip", "average", "seed"):
        named[name] = getattr(wanted, name)
    stop = run.stop and (run.stop.epochs, run.stop.metric, run.stop.higher_is_better)
    named |= {"device": run.precision.device.type, "precision": run.precision.name, "stop": stop}
    told["step"] = content(run.step, model)
    told["model"] = layout(run.model)
    told["metrics"] = ", ".join(wanted.metrics or ()) or "none"
    told["lr"] = ", ".join(f"{rate:g}" for rates in run.rates.values() for rate in rates)
    settings = [settings_of(optimizer) for optimizer in run.optimizers.values()]
    told["optimizer"] = f"{settings[0][0]} [{digest(settings)}]"
    return {name: str(value) for name, value in named.items()} | told


def layout(model):
    """A model's class and the digest of its layers, number formats and own forward functions."""
    kinds = dict.fromkeys(type(module) for module in model.modules())
    own = [kind.forward for kind in kinds if not kind.__module__.startswith("torch.")]
    formats = [
        str(weight.dtype) for weight in model.state_dict().values() if hasattr(weight, "dtype")
    ]
    layers = re.sub(r" at 0x\w+", "", repr(model))
    return f"{type(model).__qualname__} [{digest((layers, formats, own))}]"


def content(thing, without):
    """A short name and the digest of what something consists of.

    Parameters
    ----------
    thing : object
        With ``set_epoch`` it is set back to epoch 0.
    without : sequence of objects that are left out wherever they occur.
    """
    if isinstance(thing, tuple) and all(hasattr(part, "shape") for part in thing):
        name = " and ".join(f"{tuple(part.shape)} {part.dtype}" for part in thing)
    else:
        name = getattr(thing, "__qualname__", type(thing).__name__)
    if hasattr(thing, "set_epoch"):
        thing.set_epoch(0)  # an epoch's number is no part of the data
    return f"{name} [{digest(thing, without)}]"


def differences(mine, theirs):
    """Names whose entries differ, with a sentence's worth of how.

    Parameters
    ----------
    mine, theirs : dict of name -> str
        What `fingerprint` says of this run, and what it said of the saved one.
    """
    names = [name for name in mine if mine[name] != theirs.get(name)]
    return names, "; ".join(f"{n}: expected {mine[n]}, found {theirs.get(n)}" for n in names)


def begin(run):
    """Before a run with a checkpoint: its fingerprint, its generators, and what cannot be exact."""
    if run.checkpoint is None:
        return
    if run.together.is_main:
        run.checkpoint.prepare()
    run.fingerprint = fingerprint(run)
    source = run.wanted.train
    things = source, run.step, run.wanted.transform
    run.generators = walk(things, list(run.model.modules()))[1]
    if isinstance(source, DataLoader) and source.persistent_workers:
        warnings.warn(
            "checkpoint=: persistent workers keep random numbers of their own, which nobody can "
            "save; a resumed run equals an uninterrupted one only if the workers draw none",
            stacklevel=3,
        )


def say_what_changes(run):
    """Warn after the first step if step or data have changed and nothing saves it."""
    without = list(run.model.modules())
    things = {"step": run.step}
    if isinstance(run.batches, IterableBatches):
        things["train"] = run.wanted.train
    for name, thing in things.items():
        if content(thing, without) != run.fingerprint[name]:
            warnings.warn(
                f"{name}: it changes while training and has no state_dict for what changes; a run "
                "resumed from the checkpoint will not equal an uninterrupted one",
                stacklevel=3,
            )


def save(run):
    """Write everything that a bit-for-bit continuation needs."""
    state_of_data = getattr(getattr(run.batches, "source", None), "state_dict", None)
    own = {
        "random": random_states(run.generators),
        "step": run.step.state_dict(),
        "data": state_of_data and state_of_data(),
        "draws": run.draws and run.draws.get_state(),
        "buffers": dict(run.model.named_buffers()),
        "losses": [(n, float(v), detached(logged)) for n, v, logged in run.losses],
        "opening": run.opening,
    }
    processes = run.together.gather(own)
    if run.together.is_main:
        run.checkpoint.save(
            {
                "fingerprint": run.fingerprint,
                "model": run.model.state_dict(),
                "optimizers": {name: o.state_dict() for name, o in run.optimizers.items()},
                "kinds": {name: type(o).__name__ for name, o in run.optimizers.items()},
                "precision": run.precision.state_dict(),
                "average": run.average.state_dict() if run.average else None,
                "stop": run.stop.state_dict() if run.stop else None,
                "best": run.best,
                "best_epoch": run.history.best_epoch,
                "rows": run.history.rows,
                "epoch": run.epoch,
                "window": run.window,
                "processes": processes,
            }
        )
    run.together.wait()


def detached(logged):
    """Logged entries as plain numbers."""
    return logged and {name: float(value) for name, value in logged.items()}


def resume(run):
    """Take over a checkpoint, if there is one; the average begins from what was loaded.

    Raises
    ------
    ValueError : if it is damaged or of another run.
    """
    state = run.checkpoint and run.checkpoint.load()
    if state:
        try:
            refuse_other_model(run.model, state["model"], run.checkpoint.path)
            changed = refuse_strangers(run, state)
            run.model.load_state_dict(state["model"])
            take_over(run, state, changed)
        except (KeyError, TypeError, RuntimeError, AttributeError, IndexError) as error:
            raise ValueError(
                f"{run.checkpoint.path}: expected the state of this run, found entries that do not "
                f"fit it ({type(error).__name__}: {error}). Delete it to start anew."
            ) from error
    if run.wanted.average is not None:
        decay = None if run.wanted.average == "swa" else run.wanted.average
        run.average = Average(run.model, decay, warm_up=True)
        if state and state["average"] and "average" not in changed:
            run.average.load_state_dict(state["average"])


def refuse_strangers(run, state):
    """Raise unless the file is of this run, or every difference is named; returns those named.

    Parameters
    ----------
    run : Run
    state : dict
        What ``run.checkpoint.load()`` returned.
    """
    path, changed = run.checkpoint.path, set(run.checkpoint.changed)
    names, how = differences(run.fingerprint, state["fingerprint"])
    if set(names) - changed:
        raise ValueError(
            f"{path}: the checkpoint is of another run; {how}. Name what you changed on purpose, "
            f"Checkpoint(path, changed={tuple(names)}), or delete the file to start anew."
        )
    if state["window"] and set(names) & BETWEEN_EPOCHS:
        raise ValueError(
            f"{path}: it was saved within epoch {state['epoch'] + 1}; expected the same "
            f"{', '.join(sorted(set(names) & BETWEEN_EPOCHS))} until that epoch's end"
        )
    if state["epoch"] > run.wanted.epochs:
        raise ValueError(
            f"{path}: expected at most epochs={run.wanted.epochs} behind it, found {state['epoch']}"
        )
    return set(names)


def take_over(run, state, changed):
    """Put every part of a run into the state that was saved.

    Parameters
    ----------
    run : Run
    state : dict
        What ``run.checkpoint.load()`` returned.
    changed : set of str
        Arguments of `fit` that differ; what hangs on them is not taken over.
    """
    for name, optimizer in run.optimizers.items():
        take_over_optimizer(run, name, optimizer, state, changed)
    run.precision.load_state_dict(state["precision"])
    if run.stop and state["stop"] and "stop" not in changed:
        run.stop.load_state_dict(state["stop"])
        run.best, run.history.best_epoch = state["best"], state["best_epoch"]
    run.history.rows, run.epoch, run.window = state["rows"], state["epoch"], state["window"]
    if run.together.rank >= len(state["processes"]):
        return
    own = state["processes"][run.together.rank]
    run.losses, run.opening = own["losses"], own["opening"]
    if "step" not in changed:
        run.step.load_state_dict(own["step"])
    if own["data"] is not None and "train" not in changed:
        run.batches.source.load_state_dict(own["data"])
    run.draws_state = own["draws"]
    for name, buffer in run.model.named_buffers():
        buffer.copy_(own["buffers"][name])
    same = len(own["random"]["own"]) == len(run.generators)
    restore_random_states(own["random"], run.generators if same or not changed else None)


def take_over_optimizer(run, name, optimizer, state, changed):
    """Its moments; its settings stay those of the call, which are the saved ones or named.

    Parameters
    ----------
    run : Run
    name : str
        Of the player.
    optimizer : torch.optim.Optimizer
    state : dict
        What ``run.checkpoint.load()`` returned.
    changed : set of str
        Arguments of `fit` that differ; another kind of optimizer begins anew.
    """
    if "optimizer" in changed and state["kinds"][name] != type(optimizer).__name__:
        return
    settings = [{k: v for k, v in g.items() if k != "params"} for g in optimizer.param_groups]
    optimizer.load_state_dict(state["optimizers"][name])
    if changed & {"optimizer", "lr", "schedule", "device"}:
        for group, ours in zip(optimizer.param_groups, settings):
            group.update(ours)
