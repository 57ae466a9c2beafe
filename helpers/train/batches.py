"""Batches from tensors, Datasets or any iterable (chapter 4-models/supervised-learning).

Tensors are the fast path: they move to the device once and every batch is a gather there. The
order of epoch `e` is drawn from its own random stream, named by (seed, e).
"""

import torch
from torch.utils.data import DataLoader, Dataset

from helpers.ground.device import to_device
from helpers.ground.random import generator


class TensorBatches:
    """Shuffled batches of tensors that live on the device.

    Parameters
    ----------
    tensors : sequence of tensors, each (N, ...)
    batch_size : int
        Examples per process and step.
    seed, device, shuffle
        Order of epoch e: ``torch.randperm(N, generator=generator(seed, e))``.
    rank, world : int
        With several processes, each takes its slice of every batch of ``world * batch_size``.

    Notes
    -----
    A last batch of a single example is left out: batch norm cannot train on it.
    """

    def __init__(self, tensors, batch_size, *, seed, device, shuffle=True, rank=0, world=1):
        lengths = {len(tensor) for tensor in tensors}
        if len(lengths) != 1:
            raise ValueError(
                f"tensors of one data set must be equally long, found {sorted(lengths)}"
            )
        self.tensors = tuple(tensor.to(device) for tensor in tensors)
        self.n, self.batch_size, self.seed, self.shuffle = lengths.pop(), batch_size, seed, shuffle
        self.device, self.rank, self.world = device, rank, world
        if self.n == 0:
            raise ValueError("the data set is empty: expected at least one example, found none")

    def chunks(self, epoch):
        """Index tensors of this process's batches."""
        if self.shuffle:
            order = torch.randperm(self.n, generator=generator(self.seed, epoch)).to(self.device)
        else:
            order = torch.arange(self.n, device=self.device)
        chunks = order.split(self.batch_size * self.world)
        if self.world > 1:
            chunks = [c[: len(c) // self.world * self.world] for c in chunks]
            chunks = [c.chunk(self.world)[self.rank] for c in chunks if len(c)]
        if self.shuffle and len(chunks) > 1 and len(chunks[-1]) == 1:
            chunks = chunks[:-1]
        return chunks

    def __len__(self):
        return len(self.chunks(0))

    def epoch(self, epoch):
        """Yield the batches of one epoch, each a tuple of tensors."""
        for chunk in self.chunks(epoch):
            yield tuple([tensor.index_select(0, chunk) for tensor in self.tensors])


class DatasetBatches:
    """Shuffled batches of a map-style Dataset, loaded with pinned memory for a GPU."""

    def __init__(self, dataset, batch_size, *, seed, device, shuffle=True, rank=0, world=1):
        numbers = torch.arange(len(dataset))
        self.order = TensorBatches(
            (numbers,), batch_size, seed=seed, device="cpu", shuffle=shuffle, rank=rank, world=world
        )
        self.dataset, self.device = dataset, device

    def __len__(self):
        return len(self.order)

    def epoch(self, epoch):
        """Yield the batches of one epoch, as the default collate makes them."""
        chunks = [chunk.tolist() for chunk in self.order.chunks(epoch)]
        pin = self.device.type == "cuda"
        loader = DataLoader(
            self.dataset, batch_sampler=chunks, pin_memory=pin, generator=generator(0, epoch)
        )
        for batch in loader:
            yield to_device(batch, self.device, non_blocking=pin)


class IterableBatches:
    """Any iterable of ready batches: a DataLoader, a graph loader, a list.

    With several processes, process r takes batches r, r + world, ...; a remainder that would
    leave some process without a batch is left out.
    """

    def __init__(self, batches, *, device, rank=0, world=1):
        self.batches, self.device, self.rank, self.world = batches, device, rank, world

    def __len__(self):
        return len(self.batches) // self.world

    def epoch(self, epoch):
        """Yield the batches of one epoch, moved to the device."""
        if hasattr(self.batches, "set_epoch"):
            self.batches.set_epoch(epoch)
        group = []
        for batch in self.batches:
            group.append(batch)
            if len(group) == self.world:
                yield to_device(group[self.rank], self.device, non_blocking=True)
                group = []


def make_batches(data, batch_size, **place):
    """The right kind of batches for `data`: see the three classes of this file."""
    if isinstance(data, torch.Tensor):
        data = (data,)
    if isinstance(data, tuple) and all(isinstance(part, torch.Tensor) for part in data):
        return TensorBatches(data, batch_size, **place)
    if isinstance(data, Dataset) and hasattr(data, "__len__"):
        return DatasetBatches(data, batch_size, **place)
    if hasattr(data, "__iter__"):
        return IterableBatches(
            data, **{key: place[key] for key in ("device", "rank", "world") if key in place}
        )
    raise ValueError(
        f"data of type {type(data).__name__}: expected a tuple of tensors, a Dataset or an "
        "iterable of batches"
    )


def size_of(batch):
    """Number of examples in a batch: graphs, rows, or items."""
    if hasattr(batch, "num_graphs"):
        return batch.num_graphs
    if isinstance(batch, dict):
        return size_of(next(iter(batch.values())))
    if isinstance(batch, tuple | list):
        return size_of(batch[0])
    return len(batch)
