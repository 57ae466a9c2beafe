from collections import UserDict, namedtuple

import pytest
import torch
from torch import nn
from torch.utils.data import Dataset, IterableDataset

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
