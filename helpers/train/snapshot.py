"""What a checkpoint of a run holds, and how a run takes it over (chapter 4-models/supervised-learning)."""

import contextlib
import copy
import warnings

import torch
from torch.utils.data import DataLoader

from helpers.train.average import Average
from helpers.train.batches import set_epoch
from helpers.train.checkpoint import refuse_other_model
from helpers.train.fingerprint import digest, generators_in, of_module
from helpers.train.optimizers import settings_of
from helpers.train.random_state import random_states, restore_random_states

CONTENTS = "train", "valid", "transform", "schedule", "metrics"
BETWEEN_EPOCHS = {"train", "batch_size", "accumulate", "seed", "transform", "processes"}


def fingerprint(run):
    """What made this run, name by name.

    Returns
    -------
    dict of str -> str, shown to the user where two runs differ.
    """
    model, wanted = list(run.model.modules()), run.wanted
    told = {name: content(getattr(wanted, name), model) for name in CONTENTS}
    follows = wanted.schedule or wanted.average == "swa"
    named = {"epochs": wanted.epochs if follows else "any", "processes": run.together.world}
    for name in ("batch_size", "accumulate", "clip", "average", "seed"):
        named[name] = getattr(wanted, name)
    stop = run.stop and (run.stop.epochs, run.stop.metric, run.stop.higher_is_better)
    named |= {"device": run.precision.device.type, "precision": run.precision.name, "stop": stop}
    told["step"] = content(run.step, model)
    told["model"] = layout(run.model)
    told["lr"] = ", ".join(f"{rate:g}" for rates in run.rates.values() for rate in rates)
    settings = [settings_of(optimizer) for optimizer in run.optimizers.values()]
    told["optimizer"] = f"{settings[0][0]} [{digest(settings)}]"
    return {name: str(value) for name, value in named.items()} | told


def layout(model):
    """A model's class and the digest of its layers, number formats, code and attributes."""
    formats = [
        str(weight.dtype) for weight in model.state_dict().values() if hasattr(weight, "dtype")
    ]
    return (
        f"{type(model).__qualname__} [{digest((formats, of_module(model)), list(model.modules()))}]"
    )


def content(thing, without):
    """A short name and the digest of what something consists of.

    Parameters
    ----------
    thing : object
        With ``set_epoch`` it is set back to epoch 0. A dict is named by its keys.
    without : sequence of objects that are left out wherever they occur.
    """
    if isinstance(thing, tuple) and all(hasattr(part, "shape") for part in thing):
        name = " and ".join(f"{tuple(part.shape)} {part.dtype}" for part in thing)
    else:
        names = thing if isinstance(thing, dict) else ()
        name = ", ".join(names) or getattr(thing, "__qualname__", type(thing).__name__)
    set_epoch(thing, 0)  # an epoch's number is no part of the data
    return f"{name} [{digest(thing, without)}]"


def differences(mine, theirs, changed):
    """Names whose entries differ, with a sentence's worth of how.

    Parameters
    ----------
    mine, theirs : dict of name -> str
        What `fingerprint` says of this run, and what it said of the saved one.
    changed : dict of name -> str
        What it said of the saved one when that ended: a cell that is run again goes on with
        objects that training has changed.
    """
    names = [n for n in mine if mine[n] not in (theirs.get(n), changed.get(n))]
    return names, "; ".join(f"{n}: expected {mine[n]}, found {theirs.get(n)}" for n in names)


def begin(run):
    """Before a run: its generators; with a checkpoint its fingerprint and what cannot be exact."""
    wanted, source = run.wanted, run.wanted.train
    things = source, wanted.valid, run.step, wanted.transform, wanted.metrics, of_module(run.model)
    run.generators, unseen = generators_in(things, list(run.model.modules()))
    if run.checkpoint is None:
        return
    if run.together.is_main:
        run.checkpoint.prepare()
    run.fingerprint = run.origin = fingerprint(run)
    run.memory = copy.deepcopy(run.step.state_dict())
    if unseen:
        warnings.warn(
            f"checkpoint=: nobody can read what {', '.join(unseen)} consists of; that it is the "
            "same when the run is resumed is for you to know",
            stacklevel=3,
        )
    if isinstance(source, DataLoader) and source.persistent_workers:
        warnings.warn(
            "checkpoint=: persistent workers keep random numbers of their own, which nobody can "
            "save; a resumed run equals an uninterrupted one only if the workers draw none",
            stacklevel=3,
        )


def say_what_changes(run, stacklevel):
    """Warn, once for each, of what training has changed and no ``state_dict`` holds.

    `fit` asks after the first step, after the first epoch and at the end.

    Parameters
    ----------
    run : Run
    stacklevel : int, of the line that called `fit`, as ``warnings.warn`` counts from here
    """
    now = watched(run)
    if now["step"] != run.fingerprint["step"]:
        now["step"] = content(restored(run), list(run.model.modules()))
    for name in now:
        if now[name] != run.fingerprint[name] and name not in run.said:
            run.said.add(name)
            warnings.warn(
                f"{name}: it changes while training and has no state_dict for what changes; unless "
                "it is a cache, a run resumed from the checkpoint will not equal an uninterrupted "
                "one",
                stacklevel=stacklevel,
            )


def watched(run):
    """The entries of a fingerprint that training can change, as they are now."""
    modules, wanted = list(run.model.modules()), run.wanted
    things = {name: getattr(wanted, name) for name in ("train", "valid", "transform", "metrics")}
    things = {n: t for n, t in things.items() if not isinstance(t, tuple | torch.Tensor)}
    if run.reads_on:
        things.pop("train")  # its state_dict is believed
    now = {name: content(thing, modules) for name, thing in things.items()}
    set_epoch(wanted.train, run.epoch)
    return now | {"step": content(run.step, modules), "model": layout(run.model)}


def restored(run):
    """A copy of the step with the memory that it began with; the step itself if none is made."""
    with contextlib.suppress(Exception):
        step = copy.deepcopy(run.step, {id(part): part for part in run.model.modules()})
        step.load_state_dict(run.memory)
        return step
    return run.step


def save(run, last=False):
    """Write everything that a bit-for-bit continuation needs.

    Parameters
    ----------
    run : Run
    last : bool
        True at the end: a cell that is run again may go on with what training has changed.
    """
    state_of_data = getattr(getattr(run.batches, "source", None), "state_dict", None)
    own = {
        "random": random_states(run.generators),
        "step": run.step.state_dict(),
        "data": state_of_data and state_of_data(),
        "draws": run.draws and run.draws.get_state(),
        "buffers": dict(run.model.named_buffers()),
        "losses": [(n, float(v), detached(logged)) for n, v, logged in run.losses],
        "opening": run.opening,
        "ended": run.window > 0 and getattr(run.batches, "ended", False),
        "threads": torch.get_num_threads(),
    }
    processes = run.together.gather(own)
    if run.together.is_main:
        run.checkpoint.save(
            {
                "fingerprint": run.origin,
                "changed": watched(run) if last else {},
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
    names, how = differences(run.fingerprint, state["fingerprint"], state["changed"])
    run.origin = run.fingerprint | {n: v for n, v in state["fingerprint"].items() if n not in names}
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
    say_other_threads(run, own.get("threads", torch.get_num_threads()))
    run.losses, run.opening = own["losses"], own["opening"]
    if "step" not in changed:
        run.step.load_state_dict(own["step"])
    if own["data"] is not None and "train" not in changed:
        run.batches.source.load_state_dict(own["data"])
    run.draws_state, run.ended = own["draws"], own["ended"]
    for name, buffer in run.model.named_buffers():
        buffer.copy_(own["buffers"][name])
    start_workers(run)
    same = len(own["random"]["own"]) == len(run.generators)
    restore_random_states(own["random"], run.generators if same or not changed else None)


def start_workers(run):
    """Let persistent workers begin before the random states are put back.

    A loader draws a number when it starts them: in the first epoch, which is over.
    """
    source = run.wanted.train
    if run.epoch and isinstance(source, DataLoader) and source.persistent_workers:
        iter(source)


def say_other_threads(run, threads):
    """Warn where sums on the CPU are cut into other parts than before the save.

    Parameters
    ----------
    run : Run
    threads : int >= 1, those of torch when the checkpoint was written.
    """
    if run.precision.device.type == "cpu" and threads != torch.get_num_threads():
        warnings.warn(
            f"{run.checkpoint.path}: it was saved with {threads} threads of torch, found "
            f"{torch.get_num_threads()}; sums may differ in their last bits, and with them the "
            f"resumed run, unless you call torch.set_num_threads({threads})",
            stacklevel=5,  # through take_over, resume and fit
        )


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
        Arguments of `fit` that differ; an optimizer of another kind, or of other groups, begins
        anew.
    """
    saved = state["optimizers"][name]["param_groups"]
    sizes = [len(group["params"]) for group in saved]
    same = sizes == [len(group["params"]) for group in optimizer.param_groups]
    same = same and state["kinds"][name] == type(optimizer).__name__
    if "optimizer" in changed and not same:
        return
    settings = [{k: v for k, v in g.items() if k != "params"} for g in optimizer.param_groups]
    optimizer.load_state_dict(state["optimizers"][name])
    if changed & {"optimizer", "lr", "schedule", "device"}:
        for group, ours in zip(optimizer.param_groups, settings):
            group.update(ours)
