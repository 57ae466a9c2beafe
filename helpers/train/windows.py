"""The batches of an epoch, from where a run stands (chapter 4-models/supervised-learning)."""

import itertools

from helpers.ground.random import generator
from helpers.train.batches import Spare
from helpers.train.random_state import random_states, restore_random_states


def open_epoch(run):
    """Lists of `accumulate` batches, beginning after those that a checkpoint has behind it."""
    now = random_states(run.generators)
    replayed = run.window > 0 and not run.reads_on
    if replayed:
        restore_random_states(run.opening, run.generators)
    run.opening = run.opening or now
    ended, run.ended = run.ended, False
    windows = iter(()) if ended and run.reads_on else windows_of(run)
    if replayed:  # the loader is read again, then the stream continues where it was
        for _ in range(run.window):
            next(windows)
        restore_random_states(now, run.generators)
    return windows


def windows_of(run):
    """The windows of this epoch, from where the data begin."""
    batches = run.batches.epoch(run.epoch)
    if run.wanted.transform:
        rank = (run.together.rank,) if run.together.rank else ()
        place = run.precision.device
        run.draws = generator(run.wanted.seed, run.epoch, 1, *rank, device=place)
        if run.reads_on and run.draws_state is not None:
            run.draws.set_state(run.draws_state)
        run.draws_state = None
        batches = (transformed(run, batch) for batch in batches)
    if run.wanted.accumulate == 1:
        return ([batch] for batch in batches)
    return iter(lambda: list(itertools.islice(batches, run.wanted.accumulate)), [])


def transformed(run, batch):
    """The augmented batch.

    Parameters
    ----------
    run : Run
    batch : a batch, or a `Spare`
    """
    if isinstance(batch, Spare):
        return Spare(run.wanted.transform(batch.batch, run.draws))
    return run.wanted.transform(batch, run.draws)
