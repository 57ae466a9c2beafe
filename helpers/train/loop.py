"""The training loop: one function trains everything in the book (survey 4.1; chapter 4-models/supervised-learning).

Read `fit` first, then `train_epoch`, then `update` in update.py: the loop of every tutorial,

    for epoch: for batch: loss = step(model, batch); loss.backward(); optimizer.step()

and each extra (precision, accumulation, clipping, averaging, saving) is one line that calls a
named function of a neighbouring file.
"""

import copy
import itertools
import time
import warnings
from types import SimpleNamespace

import torch
from torch import nn

from helpers.ground.device import pick_device
from helpers.train.arguments import check_arguments, refuse_alone
from helpers.train.batches import make_batches
from helpers.train.checkpoint import as_checkpoint
from helpers.train.dry_run import dry_run
from helpers.train.evaluate import Interrupted, evaluate, predict, validate
from helpers.train.guard import explain_bad_loss, memory_advice, one_sentence
from helpers.train.history import epoch_row, numbers
from helpers.train.interrupt import Interrupt
from helpers.train.optimizers import make_optimizers, set_rates
from helpers.train.precision import Precision
from helpers.train.processes import join_processes
from helpers.train.progress import Progress
from helpers.train.random_state import random_states, restore_random_states
from helpers.train.run import Run
from helpers.train.snapshot import begin, resume, save, say_what_changes
from helpers.train.steps import as_step
from helpers.train.update import first_update, update
from helpers.train.windows import open_epoch, windows_of

__all__ = ["evaluate", "fit", "predict"]


def fit(
    model, train, valid=None, *, step, epochs, lr=None, optimizer=None, schedule=None,
    metrics=None, batch_size=64, transform=None, device="auto", precision="auto", compile=False,
    accumulate=1, clip=None, average=None, stop=None, checkpoint=None, seed=0, progress=True,
):  # fmt: skip
    """Train `model` in place and return what happened.

    Parameters
    ----------
    model : nn.Module
        For several players an ``nn.ModuleDict`` of them.
    train, valid : tensor, tuple of tensors, Dataset, IterableDataset or iterable of batches
        Tensors move to the device once and are sliced there: the fast path. An epoch ends where
        the data end.
    step : Step or callable, (model, batch) -> loss, dict with "loss", or generator of (player, loss)
        The method; `helpers.train.steps` says what a step, data and a checkpoint are.
    epochs : int >= 0
        Passes over the training data, in all (a resumed run counts those already done).
    lr : float > 0, optional
        Learning rate of the default optimiser, fused AdamW: 0.001 if it is not said. An optimiser
        that is given has rates of its own.
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
        Batches per optimiser step. The gradient is that of one large batch, if the loss is a mean
        over its examples: labels that a loss leaves out (-100) count as examples here.
    clip : float, optional
        Largest gradient norm, above 0.
    average : float in (0, 1) or "swa", optional
        Keep averaged weights: an exponential average with this decay (a plain mean while it is
        young), or an equal one over the last quarter of training, with batch norm renewed. They
        are validated instead and are ``history.averaged``.
    stop : Patience, optional
        Early stopping; the model ends with its best weights.
    checkpoint : Checkpoint or path, optional
        Save to, and resume from, one file; a file of another run is refused.
    seed : int
        Orders the examples and drives `transform`; the global generators are left alone.
    progress : bool
        Show a progress line.

    Returns
    -------
    History

    Notes
    -----
    Every module is put into train mode at each epoch, frozen ones too; batch norm whose statistics
    must stay needs a ``train`` of its own, such as ``norm.train = lambda mode=True: norm``. The
    default optimiser holds the weights that require a gradient when training begins, no others.
    Before the first epoch one validation batch is judged; with 2-D convolutions a copy of the
    model, or the step on it where there are several players, tries another layout in memory.

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
    given = dict(locals())
    check_arguments(given)
    together = join_processes(device)
    device = together.device if together.world > 1 else pick_device(device)
    together.start(model.to(device))
    place = {"seed": seed, "device": device}
    shards = {"rank": together.rank, "world": together.world}
    run = Run(
        model=model,
        forward=compiled(model, compile),
        step=as_step(step).to(device),
        batches=make_batches(train, batch_size, **place, **shards),
        optimizers=make_optimizers(model, optimizer, lr, device),
        precision=Precision(precision, device),
        together=together,
        wanted=SimpleNamespace(**given),
        stop=stop and stop.fresh(),
        checkpoint=as_checkpoint(checkpoint),
    )
    valid = None if valid is None else make_batches(valid, batch_size, shuffle=False, **place)
    refuse_alone(run.step, together.world)
    begin(run)
    resume(run)
    run.progress = Progress(run.total_steps, progress and together.is_main)
    try:
        with Interrupt() as interrupt, memory_advice(batch_size):
            windows = dry_run(run, open_epoch(run), valid, metrics) if run.unfinished else None
            while run.unfinished and not together.any(interrupt.requested, now=True):
                since = time.perf_counter()
                row = train_epoch(run, windows or open_epoch(run), interrupt)
                windows = None
                if row is None or not judge(run, row, valid, metrics, interrupt):
                    break
                row["lr"], row["seconds"] = run.rate(), time.perf_counter() - since
                close_epoch(run, row)
            run.history.interrupted = together.any(interrupt.requested, now=True)
            if run.history.interrupted and run.checkpoint:
                save(run, last=True)
    finally:
        run.progress.close()
        set_rates(run.optimizers, run.rates)  # a caller's optimiser keeps its rates
    return finish(run)


def train_epoch(run, windows, interrupt):
    """One pass over the training data; its row with the mean loss, or None after Ctrl-C.

    Parameters
    ----------
    run : Run
    windows : iterable of lists of batches, one list an optimiser step
    interrupt : Interrupt, asked after every step
    """
    run.model.train()
    total, schedule, progress = run.total_steps, run.wanted.schedule, run.progress
    before, averages_from = run.epoch * (run.windows_per_epoch or 0), run.averages_from
    save_every = run.checkpoint and run.checkpoint.steps
    last_good = None if run.at_once else copy.deepcopy(run.model.state_dict())
    with one_sentence("the step, or reading its batch,", run.whereabouts):
        for window in windows:
            done = before + run.window
            if schedule:
                set_rates(run.optimizers, run.rates, schedule(done / total))
            run.losses += first_update(run, window) if run.unproven else update(run, window)
            run.window += 1
            if run.average and done >= averages_from:
                run.average.update(run.model)
            if progress.on:
                progress.update(done + 1, run.epoch + 1, run.wanted.epochs, run.losses[-1][1])
            stopping = run.together.any(interrupt.requested)
            due = save_every and run.window % save_every == 0
            if stopping or due:
                refuse_bad_losses(run, last_good)
            if stopping:
                return None
            if due:
                save(run)
    if not run.losses:
        raise ValueError("the training data gave no batch: expected at least one, found none")
    refuse_bad_losses(run, last_good)
    for model in (run.model, run.judged):
        run.together.share_buffers(model)
    return epoch_row(run.epoch + 1, run.losses, run.together)


def refuse_bad_losses(run, last_good):
    """Raise if a loss of this epoch was not finite: the one look that waits for a GPU.

    Parameters
    ----------
    run : Run
    last_good : dict, the model's state when the epoch began; None on the CPU
    """
    if run.at_once:
        return
    bad = (~numbers([loss for _, loss, _ in run.losses]).isfinite()).nonzero()
    if len(bad):
        first, batch = int(bad[0]), None
        if not run.reads_on:
            restore_random_states(run.opening, run.generators)
            batches = itertools.chain.from_iterable(windows_of(run))
            batch = next(itertools.islice(batches, first, None))
        run.model.load_state_dict(last_good)  # as it was when this epoch began
        explain_bad_loss(run.model, run.step, batch, run.whereabouts(first - len(run.losses)))


def judge(run, row, valid, metrics, interrupt):
    """Add validation to the row; False after Ctrl-C, as if it had not begun.

    Parameters
    ----------
    run : Run
    row : dict, to which loss and metrics are added
    valid : batches or None
    metrics : dict of name -> f(prediction, target), or None
    interrupt : Interrupt, asked before every batch
    """
    before = random_states(run.generators)
    if run.wanted.average == "swa" and run.average.updates and not run.reads_on:
        memory = run.step.state_dict()
        run.average.renew_norms(run.step, (b for window in windows_of(run) for b in window))
        run.step.load_state_dict(memory)
        restore_random_states(before, run.generators)
    if valid is None:
        return True
    try:
        found = validate(run.judged, valid, run.step, metrics, run.precision, interrupt=interrupt)
    except Interrupted:
        found = None
    if run.together.any(found is None, now=True):
        restore_random_states(before, run.generators)
        return False
    row |= run.together.agree(found)
    return True


def close_epoch(run, row):
    """Book-keeping between epochs: history, best weights, checkpoint.

    Parameters
    ----------
    run : Run
    row : dict, the finished row of the history
    """
    run.history.rows.append(row)
    run.epoch, run.window, run.losses, run.opening = run.epoch + 1, 0, [], None
    if run.stop and run.stop.improved(row):
        run.history.best_epoch = run.epoch
        run.best = copy.deepcopy(run.judged.state_dict())
    if run.checkpoint and (run.epoch == 1 or not run.unfinished):
        say_what_changes(run, 4)
    if run.checkpoint and (run.epoch % run.checkpoint.every == 0 or not run.unfinished):
        save(run, last=not run.unfinished)


def finish(run):
    """Best weights back into the model, averages into the history."""
    if run.best is not None:
        run.model.load_state_dict(run.best)
    if run.average and (run.average.updates or run.wanted.average != "swa"):
        run.history.averaged = run.average.model.eval()
    elif run.average and run.epoch:
        warnings.warn(
            "average='swa': training ended before its last quarter, so nothing was averaged and "
            "history.averaged is None",
            stacklevel=3,
        )
    run.model.eval()
    return run.history


def compiled(model, compile):
    """The model, or each player, as the steps call it.

    Parameters
    ----------
    model : nn.Module
    compile : bool or str, the mode of ``torch.compile``; False leaves the model as it is
    """
    if not compile:
        return model
    mode = compile if isinstance(compile, str) else None
    if isinstance(model, nn.ModuleDict):
        return nn.ModuleDict({name: torch.compile(part, mode=mode) for name, part in model.items()})
    return torch.compile(model, mode=mode)
