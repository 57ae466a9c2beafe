"""The training loop: one function trains everything in the book (survey 4.1; chapter 4-models/supervised-learning).

Read `fit` first, then `train_epoch` and `update`: they are the loop of every tutorial,

    for epoch: for batch: loss = step(model, batch); loss.backward(); optimizer.step()

and each extra (precision, accumulation, clipping, averaging, saving) is one line that calls a
named function of a neighbouring file.
"""

import copy
import itertools
import math
import time
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import nn

from helpers.ground.device import pick_device
from helpers.ground.random import generator
from helpers.train.average import Average
from helpers.train.batches import make_batches, size_of
from helpers.train.checkpoint import random_states, restore_random_states
from helpers.train.evaluate import evaluate, predict, validate
from helpers.train.guard import Interrupt, explain_bad_loss, memory_advice
from helpers.train.history import History
from helpers.train.precision import Precision
from helpers.train.processes import join_processes
from helpers.train.progress import Progress
from helpers.train.snapshot import resume, save

__all__ = ["evaluate", "fit", "predict"]

ONLY = "model"  # the player's name where there is one


def fit(
    model, train, valid=None, *, step, epochs, lr=1e-3, optimizer=None, schedule=None,
    metrics=None, batch_size=64, transform=None, device="auto", precision="auto", compile=False,
    accumulate=1, clip=None, average=None, stop=None, checkpoint=None, seed=0, progress=True,
):  # fmt: skip
    """Train `model` in place and return what happened.

    Parameters
    ----------
    model : nn.Module
        For several players an ``nn.ModuleDict`` of them.
    train, valid : tuple of tensors, Dataset or iterable of batches
        Tensors move to the device once and are sliced there: the fast path.
    step : callable, (model, batch) -> loss, dict with "loss", or generator of (player, loss)
        The method; see `helpers.train.steps`.
    epochs : int >= 0
        Passes over the training data, in all (a resumed run counts those already done).
    lr : float > 0
        Learning rate of the default optimiser, fused AdamW.
    optimizer : callable (parameters -> optimizer), optimizer, or dict of these per player
        Parameter groups with different rates are kept: the schedule scales each.
    schedule : callable, t in [0, 1) -> factor on the learning rate
        For example `helpers.train.schedule.one_cycle()`.
    metrics : dict of name -> f(prediction, target) -> float
        Computed on the whole validation set after each epoch.
    batch_size : int >= 1
        Examples per step and process, for tensors and Datasets.
    transform : callable, (batch, generator) -> batch
        Augmentation of whole training batches on the device.
    device, precision : str
        "auto" takes the GPU, and bf16 there; see `Precision` for the names.
    compile : bool or str
        True compiles the model; "reduce-overhead" also records CUDA graphs.
    accumulate : int >= 1
        Batches per optimiser step. The gradient is that of one large batch.
    clip : float, optional
        Largest gradient norm.
    average : float in (0, 1) or "swa", optional
        Keep averaged weights: an exponential average with this decay, or an equal one over the
        last quarter of training. They are validated instead and are ``history.averaged``.
    stop : Patience, optional
        Early stopping; the model ends with its best weights.
    checkpoint : Checkpoint, optional
        Save to, and resume from, one file.
    seed : int
        Orders the examples and drives `transform`; the global generators are left alone.
    progress : bool
        Show a progress line.

    Returns
    -------
    History

    Raises
    ------
    BadLoss
        As soon as a loss is NaN or infinite (on a GPU at the end of the epoch).
    ValueError
        For arguments, data or checkpoints that do not fit, in one sentence.

    Examples
    --------
    >>> from helpers.train.steps import supervised
    >>> x = torch.linspace(-1, 1, 64)[:, None]
    >>> model = nn.Linear(1, 1)
    >>> history = fit(model, (x, 3 * x), step=supervised(nn.functional.mse_loss), epochs=80, lr=0.1)
    >>> bool(abs(model.weight.item() - 3) < 0.2)
    True
    """
    check_counts(epochs=epochs, batch_size=batch_size, accumulate=accumulate)
    together = join_processes(device)
    device = together.device if together.world > 1 else pick_device(device)
    place(model, device)
    if together.world > 1:
        together.start(model)
    shards = {"rank": together.rank, "world": together.world}
    run = Run(
        model=model,
        forward=compiled(model, compile),
        step=step,
        batches=make_batches(train, batch_size, seed=seed, device=device, **shards),
        optimizers=make_optimizers(model, optimizer, lr, device),
        precision=Precision(precision, device),
        together=together,
        epochs=epochs,
        schedule=schedule,
        transform=transform,
        accumulate=accumulate,
        clip=clip,
        stop=stop,
        checkpoint=checkpoint,
        seed=seed,
        average=make_average(model, average),
        average_from=0.75 if average == "swa" else 0.0,
    )
    valid = valid and make_batches(valid, batch_size, seed=seed, device=device, shuffle=False)
    resume(run)
    run.progress = Progress(run.total_steps, progress and together.is_main)
    with Interrupt() as interrupt, memory_advice(batch_size):
        while run.epoch < epochs and not (stop and stop.exhausted) and not interrupt.requested:
            begin = time.perf_counter()
            row = train_epoch(run, interrupt)
            if interrupt.requested:
                break
            if valid:
                row |= together.agree(validate(run.judged, valid, step, metrics, run.precision))
            row["lr"], row["seconds"] = run.rate(), time.perf_counter() - begin
            close_epoch(run, row)
    run.progress.close()
    return finish(run, interrupt)


@dataclass
class Run:
    """Everything that changes or is needed while training."""

    model: nn.Module
    forward: nn.Module  # the model as steps call it: compiled on request
    step: object
    batches: object
    optimizers: dict
    precision: Precision
    together: object
    epochs: int
    schedule: object
    transform: object
    accumulate: int
    clip: float
    stop: object
    checkpoint: object
    seed: int
    average: Average = None
    average_from: float = 0.0
    epoch: int = 0  # epochs finished
    window: int = 0  # optimiser steps finished in this epoch
    losses: list = field(default_factory=list)  # (examples, loss, logged entries) a batch
    opening: dict = None  # random states at the start of this epoch
    best: dict = None
    progress: Progress = None
    history: History = field(default_factory=History)

    def __post_init__(self):
        self.autocast = self.precision.autocast()  # one context, entered at every forward pass
        self.on_cpu = self.precision.device.type == "cpu"
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", group["lr"])
        if self.schedule and self.windows_per_epoch is None:
            raise ValueError("schedule= needs to know the number of batches: give data with len()")

    @property
    def windows_per_epoch(self):
        """Optimiser steps in an epoch, None if the data cannot say."""
        try:
            return math.ceil(len(self.batches) / self.accumulate)
        except TypeError:
            return None

    @property
    def total_steps(self):
        """Optimiser steps in the whole training, None if the data cannot say."""
        return self.windows_per_epoch and self.windows_per_epoch * self.epochs

    @property
    def judged(self):
        """The model that validation looks at: the averaged one where there is one."""
        return self.average.model if self.average and self.average.updates else self.model

    def rate(self):
        """The first parameter group's learning rate."""
        return float(next(iter(self.optimizers.values())).param_groups[0]["lr"])


def train_epoch(run, interrupt):
    """One pass over the training data; returns the epoch's row with the mean loss."""
    run.model.train()
    steps_before = run.epoch * (run.windows_per_epoch or 0)
    total, schedule, progress = run.total_steps, run.schedule, run.progress
    window = save_every = None
    if run.checkpoint:
        run.opening, save_every = run.opening or random_states(), run.checkpoint.steps
    for window in unseen_windows(run):
        done = steps_before + run.window
        if schedule:
            set_rates(run.optimizers, schedule(done / total))
        run.losses += update(run, window)
        run.window += 1
        if run.average and (total is None or done >= run.average_from * total):
            run.average.update(run.model)
        if progress.on:
            progress.update(done + 1, run.epoch + 1, run.epochs, lambda: float(run.losses[-1][1]))
        if run.checkpoint and (
            interrupt.requested or (save_every and run.window % save_every == 0)
        ):
            refuse_bad_losses(run, window)
            save(run)
        if interrupt.requested:
            break
    if not run.losses:
        raise ValueError("the training data gave no batch: expected at least one, found none")
    refuse_bad_losses(run, window)
    return epoch_row(run)


def update(run, window):
    """One optimiser step (for each player); returns (examples, loss, logged) per batch."""
    sizes = [size_of(batch) for batch in window]
    seen = []
    for batch, size in zip(window, sizes):
        with run.autocast:
            result = run.step(run.forward, batch)
        if hasattr(result, "__next__"):
            return update_players(run, result, batch, len(window))
        loss, logged = (result.pop("loss"), result) if isinstance(result, dict) else (result, None)
        if not seen:
            run.optimizers[ONLY].zero_grad(set_to_none=True)
        seen.append((size, noted(run, loss, batch), logged))
        run.precision.backward(loss if len(window) == 1 else loss * (size / sum(sizes)))
    apply(run, run.optimizers[ONLY])
    return seen


def update_players(run, losses, batch, batches):
    """Step through a generator of (player, loss), updating each player as it is named."""
    if batches > 1:
        raise ValueError("accumulate > 1: expected a step with one loss, found one with players")
    logged, total = {}, 0.0
    while True:
        with run.autocast:
            named = next(losses, None)
        if named is None:
            return [(size_of(batch), total, logged)]
        player, loss = named
        if player not in run.optimizers:
            known = ", ".join(run.optimizers)
            raise ValueError(f"the step yielded player {player!r}; expected one of {known}")
        logged[player] = noted(run, loss, batch)
        total = total + logged[player]
        run.optimizers[player].zero_grad(set_to_none=True)
        run.precision.backward(loss)
        apply(run, run.optimizers[player])


def noted(run, loss, batch):
    """The loss for the record: checked at once on the CPU; on a GPU without waiting for it."""
    if not run.on_cpu:
        return loss.detach()
    value = loss.item()
    if not math.isfinite(value):
        explain_bad_loss(run.forward, run.step, batch, whereabouts(run, len(run.losses)))
    return value


def apply(run, optimizer):
    """Average over processes, clip, and change the weights."""
    if run.together.world > 1 or run.clip:
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        run.precision.unscale(optimizer)
        run.together.average(parameters)
        if run.clip:
            nn.utils.clip_grad_norm_(parameters, run.clip)
    run.precision.step(optimizer)


def unseen_windows(run):
    """Lists of `accumulate` batches, beginning after those that a checkpoint has behind it."""
    resumed = random_states() if run.window else None
    if resumed:
        restore_random_states(run.opening)
    batches = run.batches.epoch(run.epoch)
    if run.transform:
        draws = generator(run.seed, run.epoch, 1, device=run.precision.device)
        batches = (run.transform(batch, draws) for batch in batches)
    if run.accumulate == 1:
        windows = ([batch] for batch in batches)
    else:
        windows = iter(lambda: list(itertools.islice(batches, run.accumulate)), [])
    if resumed:  # the loader is replayed, then the stream continues where it was
        for _ in range(run.window):
            next(windows)
        restore_random_states(resumed)
    return windows


def set_rates(optimizers, factor):
    """Scale every group's own learning rate."""
    for optimizer in optimizers.values():
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * factor


def refuse_bad_losses(run, window):
    """Raise if a loss of this epoch was not finite: the one look that waits for a GPU."""
    if run.on_cpu:
        return
    losses = torch.stack([torch.as_tensor(loss).float() for _, loss, _ in run.losses])
    bad = (~losses.isfinite()).nonzero()
    if len(bad):
        explain_bad_loss(run.forward, run.step, window[-1], whereabouts(run, int(bad[0])))


def whereabouts(run, batch):
    """Epoch and batch, counted from 1."""
    return f"epoch {run.epoch + 1}, batch {batch + 1}"


def epoch_row(run):
    """Means over the epoch, weighted by batch size."""
    sizes = torch.tensor([size for size, _, _ in run.losses], dtype=torch.float64)
    columns = {"loss": [loss for _, loss, _ in run.losses]}
    for name in run.losses[0][2] or ():
        columns[name] = [logged[name] for _, _, logged in run.losses]
    row = {"epoch": run.epoch + 1}
    for name, values in columns.items():
        values = torch.stack([torch.as_tensor(v).detach().cpu().double() for v in values])
        row[name] = run.together.mean(float((values * sizes).sum() / sizes.sum()))
    return row


def close_epoch(run, row):
    """Book-keeping between epochs: history, best weights, checkpoint."""
    run.history.rows.append(row)
    run.epoch, run.window, run.losses, run.opening = run.epoch + 1, 0, [], None
    if run.stop and run.stop.improved(row):
        run.history.best_epoch = run.epoch
        run.best = copy.deepcopy(run.judged.state_dict())
    due = run.checkpoint and (run.epoch % run.checkpoint.every == 0 or run.epoch == run.epochs)
    if due or (run.checkpoint and run.stop and run.stop.exhausted):
        save(run)


def finish(run, interrupt):
    """Best weights back into the model, averages into the history."""
    run.history.interrupted = interrupt.requested
    if run.best is not None:
        run.model.load_state_dict(run.best)
    if run.average:
        run.history.averaged = run.average.model.eval()
    run.model.eval()
    return run.history


def check_counts(**counts):
    """Each must be a whole number, at least 1 (epochs: 0)."""
    for name, value in counts.items():
        least = 0 if name == "epochs" else 1
        if not isinstance(value, int) or value < least:
            raise ValueError(f"{name}={value!r}: expected a whole number of at least {least}")


def place(model, device):
    """Move the model; images are fastest channels-last (0.6 of a CPU step, measured)."""
    model.to(device)
    if any(isinstance(module, nn.Conv2d) for module in model.modules()):
        model.to(memory_format=torch.channels_last)


def compiled(model, compile):
    """The model as the steps call it."""
    if not compile:
        return model
    return torch.compile(model, mode=compile if isinstance(compile, str) else None)


def make_optimizers(model, optimizer, lr, device):
    """One optimiser per player; a single model is the only player."""
    players = dict(model) if isinstance(model, nn.ModuleDict) else {ONLY: model}
    given = optimizer if isinstance(optimizer, dict) else dict.fromkeys(players, optimizer)
    fused = partial(torch.optim.AdamW, lr=lr, fused=device.type in ("cpu", "cuda"))
    made = {}
    for name, choice in given.items():
        if isinstance(choice, torch.optim.Optimizer):
            made[name] = choice
        else:
            made[name] = (choice or fused)(p for p in players[name].parameters() if p.requires_grad)
    return made


def make_average(model, average):
    """The averaged copy, if one is wanted."""
    if average is None:
        return None
    return Average(model, decay=None if average == "swa" else average)
