"""One optimiser step: from the batches of a window to new weights (chapter 4-models/supervised-learning)."""

import math

from torch import nn

from helpers.train.arguments import check_loss, check_player
from helpers.train.batches import Spare, size_of
from helpers.train.guard import explain_bad_loss
from helpers.train.history import epoch_row
from helpers.train.processes import Alone
from helpers.train.snapshot import say_what_changes
from helpers.train.steps import comparing


def first_update(run, window):
    """One update of `run` by `window`, watched: shapes that broadcast, a loss that moves nothing.

    Parameters
    ----------
    run : Run
    window : list of batches
    """
    with comparing(run.step):
        seen = update(run, window)
    row = epoch_row(1, seen, Alone())  # refuses what is logged and is no number
    if both := set(row) & set(run.wanted.metrics or ()):
        raise ValueError(
            f"the step logs {sorted(both)} and metrics= has the same name; expected two names"
        )
    named = seen[0][2] if run.only is None else run.optimizers
    for player in named:
        groups = run.optimizers[player].param_groups
        if all(p.grad is None for group in groups for p in group["params"]):
            raise ValueError(
                f"the step's loss gives no weight of {player!r} a gradient; expected a loss of the "
                "model that the step is called with"
            )
    run.unproven = False
    if run.checkpoint:
        say_what_changes(run, 5)
    return seen


def update(run, window):
    """One optimiser step (for each player); returns (examples, loss, logged) per batch.

    Parameters
    ----------
    run : Run
    window : list of batches, whose gradients are joined
    """
    sizes = [size_of(batch) for batch in window]
    whole, seen = sum(sizes), []
    for batch, size in zip(window, sizes):
        batch = batch.batch if isinstance(batch, Spare) else batch
        with run.autocast:
            result = run.step(run.forward, batch)
        if hasattr(result, "__next__"):
            return update_players(run, result, batch, size)
        loss, logged = check_loss(result, run)
        if not seen:
            run.only.zero_grad(set_to_none=True)
        seen.append((size, noted(run, loss, batch, len(seen)), logged))
        run.precision.backward(loss if len(window) == 1 else loss * (size / max(whole, 1)))
    apply(run, run.only, whole)
    return seen


def update_players(run, losses, batch, size):
    """Step through a generator of (player, loss), updating each player as it is named.

    Parameters
    ----------
    run : Run
    losses : generator of (player, loss), which a step returned
    batch, size : what the step was called with, and its number of examples
    """
    if run.wanted.accumulate > 1:
        raise ValueError("accumulate > 1: expected a step with one loss, found one with players")
    logged, total = {}, 0.0
    while True:
        with run.autocast:
            named = next(losses, None)
        if named is None:
            break
        player, loss = check_player(named, run)
        logged[player] = noted(run, loss, batch)
        total = total + logged[player]
        run.optimizers[player].zero_grad(set_to_none=True)
        run.precision.backward(loss)
        apply(run, run.optimizers[player], size)
    if not logged:
        raise ValueError("the step yielded nothing; expected at least one (player, loss)")
    return [(size, total, logged)]


def noted(run, loss, batch, ahead=0):
    """The loss for the record: checked at once on the CPU; on a GPU without waiting for it.

    Parameters
    ----------
    run : Run
    loss : tensor of one number
    batch : what the step was called with
    ahead : int, batches of this window before it
    """
    if not run.at_once:
        return loss.detach()
    value = loss.item()
    if not math.isfinite(value):
        explain_bad_loss(run.model, run.step, batch, run.whereabouts(ahead))
    return value


def apply(run, optimizer, size):
    """Average over processes, clip, and change the weights.

    Parameters
    ----------
    run : Run
    optimizer : torch.optim.Optimizer, of one player
    size : int, examples behind the gradients
    """
    if run.together.world > 1 or run.wanted.clip:
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        run.together.average(parameters, size)
        run.precision.unscale(optimizer)
        if run.wanted.clip:
            nn.utils.clip_grad_norm_(parameters, run.wanted.clip)
    run.precision.step(optimizer)
