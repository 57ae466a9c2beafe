from types import SimpleNamespace

import pytest
import torch

from helpers.ground.random import generator
from helpers.train.batches import Spare
from helpers.train.processes import Alone
from helpers.train.random_state import random_states, restore_random_states
from helpers.train.windows import open_epoch, transformed, windows_of


class Numbers:
    """Batches 0 to 6 of an epoch, each with a number that Python's and its own generator gave."""

    source = None

    def __init__(self, own):
        self.own = own

    def epoch(self, epoch):
        for batch in range(7):
            yield (
                100 * epoch + batch,
                torch.rand(()).item(),
                torch.rand((), generator=self.own).item(),
            )


class Shuffled(Numbers):
    """The same in an order that both generators give when the epoch begins."""

    def epoch(self, epoch):
        order = torch.randperm(7) + 10 * torch.randperm(7, generator=self.own)
        for batch in order.tolist():
            yield batch, torch.rand(()).item(), torch.rand((), generator=self.own).item()


class Stream(Numbers):
    """The same, of a source that says itself where it is."""

    source = SimpleNamespace(state_dict=dict)


def a_run(kind=Numbers, accumulate=1, transform=None, epoch=0, window=0, rank=0):
    own = torch.Generator().manual_seed(4)
    torch.manual_seed(5)
    batches = kind(own)
    return SimpleNamespace(
        batches=batches, generators=[own], epoch=epoch, window=window, opening=None, ended=False,
        draws=None, draws_state=None, precision=SimpleNamespace(device="cpu"),
        together=SimpleNamespace(rank=rank) if rank else Alone(),
        reads_on=hasattr(batches.source, "state_dict"),
        wanted=SimpleNamespace(accumulate=accumulate, transform=transform, seed=6),
    )  # fmt: skip


def names(windows):
    return [[batch[0] for batch in window] for window in windows]


@pytest.mark.parametrize(
    ("accumulate", "expected"),
    [
        (1, [[100], [101], [102], [103], [104], [105], [106]]),
        (3, [[100, 101, 102], [103, 104, 105], [106]]),
        (7, [[100, 101, 102, 103, 104, 105, 106]]),
        (9, [[100, 101, 102, 103, 104, 105, 106]]),
    ],
)
def test_a_window_holds_as_many_batches_and_the_last_what_is_left(accumulate, expected):
    assert names(open_epoch(a_run(accumulate=accumulate, epoch=1))) == expected


@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.parametrize("done", [1, 3])
def test_a_resumed_epoch_reads_on_with_the_same_numbers(accumulate, done):
    """Order and draws, of the global generator and of the data's own, are those of one piece."""
    whole = a_run(Shuffled, accumulate)
    windows = open_epoch(whole)
    for _ in range(done):
        next(windows)
    saved = random_states(whole.generators)
    rest = list(windows)

    again = a_run(Shuffled, accumulate, window=done)
    again.opening = whole.opening
    restore_random_states(saved, again.generators)
    assert list(open_epoch(again)) == rest


def test_an_epoch_begun_anew_keeps_its_opening():
    run = a_run()
    before = torch.get_rng_state()
    open_epoch(run)
    assert torch.equal(run.opening["torch"], before)
    first = run.opening
    torch.rand(3)
    open_epoch(run)
    assert run.opening is first


def test_a_source_that_reads_on_is_not_read_again():
    run = a_run(Stream, window=2)
    run.opening = {"never": "restored"}
    assert names(open_epoch(run))[0] == [0]
    run.ended = True
    assert names(open_epoch(run)) == []
    assert run.ended is False
    assert len(names(open_epoch(run))) == 7


def test_only_such_a_source_was_at_its_end():
    run = a_run(window=0)
    run.ended = True
    assert len(names(open_epoch(run))) == 7


def seen(run):
    return [batch[1] for window in windows_of(run) for batch in window]


def with_draw(batch, draws):
    return batch[0], torch.rand((), generator=draws).item()


@pytest.mark.parametrize(
    ("epoch", "rank", "key"), [(0, 0, (6, 0, 1)), (2, 0, (6, 2, 1)), (2, 3, (6, 2, 1, 3))]
)
def test_a_transform_draws_from_a_stream_of_its_seed_epoch_and_process(epoch, rank, key):
    stream = generator(*key)
    expected = [torch.rand((), generator=stream).item() for _ in range(7)]
    assert seen(a_run(Fixed, transform=with_draw, epoch=epoch, rank=rank)) == expected


class Fixed(Numbers):
    def epoch(self, epoch):
        return ((epoch, batch) for batch in range(7))


class FixedStream(Fixed):
    source = SimpleNamespace(state_dict=dict)


def test_a_stream_s_transform_goes_on_where_the_checkpoint_left_it():
    whole = seen(a_run(FixedStream, transform=with_draw))
    run = a_run(FixedStream, transform=with_draw)
    half = generator(6, 0, 1)
    for _ in range(3):
        torch.rand((), generator=half)
    run.draws_state = half.get_state()
    assert seen(run)[:4] == whole[3:]
    assert run.draws_state is None
    assert seen(run) == whole  # and the next epoch begins its own
    run = a_run(Fixed, transform=with_draw)
    run.draws_state = half.get_state()
    assert seen(run) == whole  # data that are read again draw again


def test_a_spare_batch_stays_spare():
    run = a_run(transform=lambda batch, draws: -batch)
    run.draws = None
    found = transformed(run, Spare(torch.ones(2)))
    assert isinstance(found, Spare)
    assert found.batch.tolist() == [-1, -1]
    assert transformed(run, torch.ones(2)).tolist() == [-1, -1]
