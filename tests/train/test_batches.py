from collections import UserDict, namedtuple

import pytest
import torch
from torch import nn
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from helpers.ground.random import generator
from helpers.train.batches import Spare, make_batches, size_of
from helpers.train.loop import fit
from helpers.train.steps import supervised

CPU = {"seed": 0, "device": torch.device("cpu")}
CROSS_ENTROPY = supervised(nn.functional.cross_entropy)
X, Y = torch.randn(23, 6, generator=torch.Generator().manual_seed(0)), torch.arange(23) % 2
Sample = namedtuple("Sample", ["x", "y"])


class Stream(IterableDataset):
    def __iter__(self):
        yield from zip(X, Y)


class Sized(Stream):
    def __len__(self):
        return 23


class Named(Dataset):
    def __len__(self):
        return 23

    def __getitem__(self, row):
        return Sample(X[row], Y[row])


@pytest.mark.parametrize(("source", "count"), [(Stream(), None), (Sized(), 5)])
def test_an_iterable_dataset_is_put_into_batches(source, count):
    batches = make_batches(source, 5, **CPU)
    assert [len(x) for x, _ in batches.epoch(0)] == [5, 5, 5, 5, 3]
    if count:
        assert len(batches) == count
    assert len(fit(nn.Linear(6, 2), source, source, step=CROSS_ENTROPY, epochs=1).rows) == 1


def test_samples_with_names_keep_them():
    (batch, *_) = make_batches(Named(), 5, **CPU).epoch(0)
    assert isinstance(batch, Sample)
    assert batch.x.shape == (5, 6)


@pytest.mark.parametrize(
    ("n", "shuffle", "sizes"),
    [
        (21, True, [5, 5, 5, 5]),
        (21, False, [5, 5, 5, 5, 1]),
        (1, True, [1]),
        (23, True, [5] * 4 + [3]),
    ],
)
def test_a_last_single_example_is_left_out_of_training_only(n, shuffle, sizes):
    batches = make_batches((X[:n],), 5, shuffle=shuffle, **CPU)
    assert [len(x) for (x,) in batches.epoch(0)] == sizes
    assert len(batches) == len(sizes)


@pytest.mark.parametrize("n", [23, 22, 21, 20, 41])
def test_shares_of_all_processes_make_the_batch_of_one(n):
    rows = torch.arange(float(n))
    whole = [batch for (batch,) in make_batches((rows,), 20, **CPU).epoch(3)]
    shares = [list(make_batches((rows,), 5, rank=r, world=4, **CPU).epoch(3)) for r in range(4)]
    for number, batch in enumerate(whole):
        parts = [share[number] for share in shares]
        kept = [part[0] for part in parts if not isinstance(part, Spare)]
        assert torch.equal(torch.cat(kept), batch)
        assert sum(map(size_of, parts)) == len(batch)
        assert max(map(size_of, parts)) - min(map(size_of, parts)) <= 1


def test_loaders_of_all_processes_share_every_batch():
    loader = [(X[i : i + 5], Y[i : i + 5]) for i in range(0, 23, 5)]
    shares = [make_batches(loader, 5, rank=r, world=2, **CPU) for r in range(2)]
    assert [len(share) for share in shares] == [3, 3]
    one, other = (list(share.epoch(0)) for share in shares)
    assert torch.equal(torch.cat([x for pair in zip(one, other) for x in seen(pair)]), X)
    assert size_of(other[-1]) == 0 < size_of(one[-1])


def seen(pair):
    return [batch[0] for batch in pair if not isinstance(batch, Spare)]


def test_sizes():
    assert size_of(UserDict(x=X, y=Y)) == 23
    assert size_of({"a": X[:4]}) == size_of([X[:4]]) == 4
    with pytest.raises(ValueError, match="a batch of type int: expected tensors"):
        size_of(3)


@pytest.mark.parametrize("n", [1, 4, 5])
def test_batches_of_one_lose_no_row(n):
    batches = make_batches((torch.arange(n),), 1, seed=0, device=torch.device("cpu"))
    assert sorted(int(b[0]) for b in batches.epoch(0)) == list(range(n))
    assert len(batches) == n


IMAGES = [torch.zeros(3, 8, 8)] * 4
SIZES = {
    "names first": ((["a", "bcd"], torch.zeros(2, 3)), 2),
    "a list of images": ((IMAGES, torch.zeros(4)), 4),
    "images and boxes": ((IMAGES, [{"boxes": torch.zeros(2, 4)}] * 4), 4),
    "two inputs in a list": (([torch.zeros(5, 2), torch.zeros(5, 3)], torch.zeros(5)), 5),
    "two domains": (((torch.zeros(6, 2), torch.zeros(6)), (torch.zeros(2, 2), torch.zeros(2))), 6),
    "a number first": ({"step": torch.tensor(3), "x": torch.zeros(7, 2)}, 7),
}


@pytest.mark.parametrize("name", SIZES)
def test_examples_are_counted_not_letters_or_channels(name):
    batch, size = SIZES[name]
    assert size_of(batch) == size


def test_the_sampler_of_a_loader_hears_of_the_epoch():
    heard = []

    class Asking(torch.utils.data.SequentialSampler):
        def set_epoch(self, epoch):
            heard.append(epoch)

    data = torch.utils.data.TensorDataset(torch.arange(4))
    for loader in (
        torch.utils.data.DataLoader(data, sampler=Asking(data)),
        torch.utils.data.DataLoader(
            data, batch_sampler=torch.utils.data.BatchSampler(Asking(data), 2, False)
        ),
    ):
        heard.clear()
        list(make_batches(loader, 1, device=torch.device("cpu")).epoch(3))
        assert set(heard) == {3}


def test_a_list_of_x_and_y_is_no_list_of_batches():
    x = torch.zeros(6, 2)
    with pytest.raises(ValueError, match="a list of two tensors with 6 rows each"):
        make_batches([x, x.softmax(1)], 2, device=torch.device("cpu"))
    assert make_batches([(x,), (x,)], 2, device=torch.device("cpu"))


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


def rows_of(batches, epoch=0):
    return [row for (batch,) in batches.epoch(epoch) for row in batch.tolist()]


def test_the_order_is_that_of_its_seed_and_epoch():
    numbers = torch.arange(23)
    for seed, epoch in ((0, 0), (0, 3), (7, 3)):
        batches = make_batches(numbers, 5, seed=seed, device=torch.device("cpu"))
        expected = torch.randperm(23, generator=generator(seed, epoch)).tolist()
        assert rows_of(batches, epoch) == expected
    still = make_batches(numbers, 5, shuffle=False, **CPU)
    assert rows_of(still, 3) == list(range(23))


@pytest.mark.parametrize("n", [1, 2, 4, 5, 6, 9, 10, 11, 21, 23])
@pytest.mark.parametrize("world", [1, 2])
@pytest.mark.parametrize("shuffle", [True, False])
def test_the_length_is_the_number_of_batches(n, world, shuffle):
    batches = make_batches((torch.arange(n),), 5, world=world, rank=0, shuffle=shuffle, **CPU)
    assert len(batches) == len(list(batches.epoch(0)))
    dataset = TensorDataset(torch.arange(n))
    batches = make_batches(dataset, 5, world=world, rank=0, shuffle=shuffle, **CPU)
    assert len(batches) == len(list(batches.epoch(0)))


def test_tensors_that_are_no_columns_are_refused():
    said = "tensors of a data set: expected (N, ...), found a single number"
    assert refused(make_batches, (X, torch.tensor(1)), 5, **CPU) == said
    said = "tensors of one data set must be equally long, found [22, 23]"
    assert refused(make_batches, (X, Y[1:]), 5, **CPU) == said
    said = "the data set is empty: expected at least one example, found none"
    assert refused(make_batches, X[:0], 5, **CPU) == said
    assert refused(make_batches, X[:1], 5, **CPU) is None


@pytest.mark.parametrize("n", [11, 10, 12])
def test_a_dataset_s_shares_are_those_of_tensors(n):
    numbers, place = torch.arange(n), {"world": 3, **CPU}
    for rank in range(3):
        plain = list(make_batches((numbers,), 3, rank=rank, **place).epoch(2))
        loaded = list(make_batches(TensorDataset(numbers), 3, rank=rank, **place).epoch(2))
        assert [isinstance(b, Spare) for b in plain] == [isinstance(b, Spare) for b in loaded]
        for one, other in zip(plain, loaded, strict=True):
            one, other = (b.batch if isinstance(b, Spare) else b for b in (one, other))
            assert torch.equal(one[0], other[0])


def test_a_loader_leaves_the_global_generator_alone():
    torch.manual_seed(0)
    expected = torch.rand(2).tolist()
    for data in (TensorDataset(X), Stream()):
        torch.manual_seed(0)
        list(make_batches(data, 5, **CPU).epoch(0))
        assert torch.rand(2).tolist() == expected


@pytest.mark.parametrize("world", [2, 3])
@pytest.mark.parametrize("count", [4, 5, 6])
def test_ready_batches_go_round_and_the_last_are_spare(world, count):
    source = [(torch.full((2,), float(i)),) for i in range(count)]
    shares = [make_batches(source, 2, rank=r, world=world, **CPU) for r in range(world)]
    seen = [list(share.epoch(0)) for share in shares]
    assert {len(share) for share in shares} == {len(s) for s in seen} == {-(-count // world)}
    for number in range(count):
        assert seen[number % world][number // world][0][0] == number
    spares = [b for share in seen for b in share if isinstance(b, Spare)]
    assert len(spares) == -count % world
    assert all(spare.batch[0][0] == count - 1 for spare in spares)


def test_processes_compare_what_their_first_step_saw():
    source = [(torch.full((2,), float(i)),) for i in range(4)]
    one, other = (make_batches(source, 2, rank=r, world=2, **CPU) for r in (0, 1))
    changed = make_batches(source[::-1], 2, rank=1, world=2, **CPU)
    assert one.first is None
    for batches in (one, other, changed):
        list(batches.epoch(0))
    assert one.first == other.first != changed.first
    before = one.first
    one.source = source[::-1]
    list(one.epoch(1))
    assert one.first == before


def test_a_stream_s_length_counts_all_processes():
    assert len(make_batches(Sized(), 5, world=2, rank=0, **CPU)) == 3
    assert len(make_batches(Sized(), 23, **CPU)) == 1
    assert len(make_batches(Sized(), 22, **CPU)) == 2
    sizes = [size_of(b) for b in make_batches(Sized(), 5, world=2, rank=1, **CPU).epoch(0)]
    assert sizes == [5, 5, 0]


def test_the_end_of_a_source_is_known_while_its_last_batch_is_out():
    batches = make_batches(Stream(), 23, **CPU)
    assert not batches.ended
    epoch = batches.epoch(0)
    next(epoch)
    assert not batches.ended
    assert next(epoch, None) is None
    assert batches.ended
    next(batches.epoch(1))
    assert not batches.ended


def test_the_source_itself_hears_of_the_epoch():
    heard = []

    class Asking(list):
        def set_epoch(self, epoch):
            heard.append(epoch)

    list(make_batches(Asking([(X,)]), 1, **CPU).epoch(4))
    assert heard == [4]


class Unsized(Dataset):
    def __getitem__(self, row):
        return X[row]


EXPECTED = "expected a tuple of tensors, a Dataset or an iterable of batches"
UNREADABLE = {
    "two tensors": (
        [X, Y], f"data: {EXPECTED}, found a list of two tensors with 23 rows each; if they are x "
        "and y give a tuple, if they are two batches [(a,), (b,)]",
    ),
    "arrays": ((X.numpy(), X), "data: expected a tuple of tensors alone, found (ndarray, Tensor)"),
    "one array": ((X.numpy(), [1]), "data: expected a tuple of tensors alone, found (ndarray, list)"),
    "bare array": (X.numpy(), f"data of type ndarray: {EXPECTED}"),
    "text": ("a.csv", f"data of type str: {EXPECTED}"),
    "bytes": (b"a.csv", f"data of type bytes: {EXPECTED}"),
    "a dict": ({"x": X}, f"data of type dict: {EXPECTED}"),
    "nothing": (None, f"data of type NoneType: {EXPECTED}"),
    "once": (
        iter([X]), f"data of type list_iterator can be read only once: {EXPECTED} that can be read "
        "anew at every epoch, for instance list(...) of it",
    ),
    "no length": (Unsized(), f"data of type Unsized: {EXPECTED}"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_anew_is_one_sentence(name):
    data, said = UNREADABLE[name]
    assert refused(make_batches, data, 5, **CPU) == said


@pytest.mark.parametrize(
    "data",
    [
        [X, Y[1:]], [X, X, X], [X, torch.tensor(1.0)], [torch.tensor(1.0), X], [X, [1] * 23],
        [[1] * 23, X], ((X, Y), (X, Y)), [torch.tensor(1.0), torch.tensor(1.0)],
    ],
)  # fmt: skip
def test_other_lists_are_batches(data):
    assert len(list(make_batches(data, 5, **CPU).epoch(0))) == len(data)


def test_examples_of_every_kind_of_batch_are_counted():
    class Graphs:
        num_graphs = 6

    sized = type("Sized", (), {"__len__": lambda self: 8})()
    for batch, size in [
        (X, 23), (Spare(X), 0), (Graphs(), 6), (sized, 8), ({"a": X[:4], "b": X}, 4),
        ((torch.tensor(1.0), X), 23), ([1, 2, 3], 3), (("a", "b"), 2), ((b"a", 1), 2),
        ((torch.tensor(1.0), torch.tensor(2.0)), None), ({}, 0), ([], 0), ((Graphs(), X), 6),
        ((IMAGES, torch.zeros(5)), 3), ((IMAGES, [1] * 4), 3), ((IMAGES, torch.zeros(3)), 3),
        (([torch.zeros(4, 3)] * 4, torch.zeros(4)), 4), ((IMAGES, ["a"] * 4), 3),
        ((IMAGES, torch.zeros(3), torch.zeros(4)), 3),
        ((IMAGES, [{"boxes": torch.zeros(2, 4)}] * 3), 3),
    ]:  # fmt: skip
        if size is None:
            assert refused(size_of, batch).startswith(
                "a batch of type Tensor: expected tensors, or"
            )
        else:
            assert size_of(batch) == size
