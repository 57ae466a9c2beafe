"""Batches from tensors, Datasets or any iterable (chapter 4-models/supervised-learning).

Tensors are the fast path: they move to the device once and every batch is a gather there. The
order of epoch `e` is drawn from its own random stream, named by (seed, e). With several processes
each takes its share of every batch of ``world * batch_size`` examples; shares differ by one
example at most, and one that would be empty is a `Spare`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Number

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset

from helpers.ground.device import to_device
from helpers.ground.random import generator
from helpers.train.fingerprint import digest


@dataclass(frozen=True)
class Spare:
    """A batch that keeps a process in step with the others and counts for nothing."""

    batch: object


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
    A last batch of a single example is left out, unless all are: batch norm cannot train on it.
    """

    def __init__(self, tensors, batch_size, *, seed, device, shuffle=True, rank=0, world=1):
        if any(tensor.ndim == 0 for tensor in tensors):
            raise ValueError("tensors of a data set: expected (N, ...), found a single number")
        lengths = {len(tensor) for tensor in tensors}
        if len(lengths) != 1:
            raise ValueError(
                f"tensors of one data set must be equally long, found {sorted(lengths)}"
            )
        self.tensors = tuple(tensor.to(device) for tensor in tensors)
        self.n, self.batch_size = lengths.pop(), int(batch_size)
        self.seed, self.shuffle = seed, shuffle
        self.device, self.rank, self.world = device, rank, world
        self.spares_one = shuffle and self.batch_size > 1
        if self.n == 0:
            raise ValueError("the data set is empty: expected at least one example, found none")

    def chunks(self, epoch):
        """Index tensors of the batches of all processes together."""
        if self.shuffle:
            order = torch.randperm(self.n, generator=generator(self.seed, epoch)).to(self.device)
        else:
            order = torch.arange(self.n, device=self.device)
        chunks = order.split(self.batch_size * self.world)
        left_out = self.spares_one and len(chunks) > 1 == len(chunks[-1])
        return chunks[:-1] if left_out else chunks

    def __len__(self):
        rest = self.n % (self.batch_size * self.world)
        whole = self.n // (self.batch_size * self.world)
        return whole + (rest > (1 if self.spares_one and whole else 0))

    def epoch(self, epoch):
        """Yield the batches of one epoch, each a tuple of tensors."""
        for chunk in self.chunks(epoch):
            rows = share(chunk, self.rank, self.world)
            empty = len(rows) == 0
            rows = chunk if empty else rows
            batch = tuple([tensor.index_select(0, rows) for tensor in self.tensors])
            yield Spare(batch) if empty else batch


def share(chunk, rank, world):
    """This process's part of a chunk of rows; parts differ by one row at most.

    Parameters
    ----------
    chunk : index tensor (N,)
    rank, world : int
        This process's number, from 0, and how many there are.
    """
    return chunk if world == 1 else chunk.tensor_split(world)[rank]


class DatasetBatches:
    """Shuffled batches of a map-style Dataset, loaded with pinned memory for a GPU.

    Parameters
    ----------
    dataset : Dataset with a length
    batch_size : int
        Examples per process and step.
    seed, device, shuffle, rank, world : as for `TensorBatches`
    """

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
        chunks = list(self.order.epoch(epoch))
        rows = [(c.batch if isinstance(c, Spare) else c)[0].tolist() for c in chunks]
        pin = self.device.type == "cuda"
        loader = DataLoader(
            self.dataset, batch_sampler=rows, pin_memory=pin, generator=generator(0, epoch)
        )
        for chunk, batch in zip(chunks, loader):
            batch = to_device(batch, self.device, non_blocking=pin)
            yield Spare(batch) if isinstance(chunk, Spare) else batch


class IterableBatches:
    """Any iterable of ready batches: a DataLoader, a graph loader, a list; or an IterableDataset.

    With several processes, all read the same and process r takes batches r, r + world, ...; the
    last ones may be `Spare`.

    Parameters
    ----------
    source : iterable of batches, or of examples with `batch_size`
    batch_size : int or None
        Examples per process and step of an IterableDataset; None: `source` gives ready batches.
    device : torch.device
    rank, world : int
        This process's number, from 0, and how many there are.
    """

    def __init__(self, source, *, batch_size=None, device, rank=0, world=1):
        self.source, self.batch_size = source, batch_size
        self.device, self.rank, self.world = device, rank, world
        self.first = None  # digest of what the first step of all processes saw
        self.ended = False  # True once the source has nothing more to read in this epoch

    def __len__(self):
        if self.batch_size:
            return -(-len(self.source) // (self.batch_size * self.world))
        return -(-len(self.source) // self.world)

    def epoch(self, epoch):
        """Yield the batches of one epoch, moved to the device."""
        set_epoch(self.source, epoch)
        self.ended = False
        source = self.told()
        if self.batch_size:  # single examples
            source = DataLoader(Told(source), self.batch_size, generator=generator(0, epoch))
        group = []
        for batch in source:
            if self.world == 1:
                yield to_device(batch, self.device, non_blocking=True)
                continue
            group.append(batch)
            if len(group) == self.world:
                yield self.mine(group)
                group = []
        if group:
            yield self.mine(group)

    def told(self):
        """What the source gives; `ended` is true after the last of it."""
        yield from self.source
        self.ended = True

    def mine(self, group):
        """This process's batch of those that make one step."""
        self.first = self.first or digest(group)
        batch = to_device(group[min(self.rank, len(group) - 1)], self.device, non_blocking=True)
        return batch if self.rank < len(group) else Spare(batch)


class Told(IterableDataset):
    """Single examples of an iterator, for a loader to put together.

    Parameters
    ----------
    examples : iterator
    """

    def __init__(self, examples):
        self.examples = examples

    def __iter__(self):
        return self.examples


def set_epoch(source, epoch):
    """Tell data, or the samplers of a loader, which epoch begins, if they ask.

    Parameters
    ----------
    source : anything that `fit` trains on
    epoch : int, from 0
    """
    inner = [getattr(source, name, None) for name in ("sampler", "batch_sampler")]
    for asked in (source, *inner, getattr(inner[1], "sampler", None)):
        if hasattr(asked, "set_epoch"):
            asked.set_epoch(epoch)


def make_batches(data, batch_size, **place):
    """The right kind of batches for `data`: see the three classes of this file.

    Parameters
    ----------
    data : tensor, tuple of tensors, Dataset, IterableDataset or iterable of batches
    batch_size : int >= 1
        Examples per process and step; ready batches stay as they are.
    **place
        seed, device, shuffle, rank and world, as for `TensorBatches`; ready batches keep their
        order.

    Raises
    ------
    ValueError : for anything that cannot be read anew at every epoch.
    """
    if isinstance(data, torch.Tensor):
        data = (data,)
    if isinstance(data, tuple) and data and all(isinstance(p, torch.Tensor) for p in data):
        return TensorBatches(data, batch_size, **place)
    single = isinstance(data, IterableDataset)
    if isinstance(data, Dataset) and hasattr(data, "__len__") and not single:
        return DatasetBatches(data, batch_size, **place)
    refuse_unreadable(data)
    place = {key: place[key] for key in ("device", "rank", "world") if key in place}
    return IterableBatches(data, batch_size=batch_size if single else None, **place)


def refuse_unreadable(data):
    """Raise for what is no iterable of batches, or one that can be read only once."""
    kind = type(data).__name__
    expected = "expected a tuple of tensors, a Dataset or an iterable of batches"
    if isinstance(data, list) and len(data) == 2 and is_pair(*data):
        raise ValueError(
            f"data: {expected}, found a list of two tensors with {len(data[0])} rows each; if they "
            "are x and y give a tuple, if they are two batches [(a,), (b,)]"
        )
    if isinstance(data, tuple) and any(isinstance(p, torch.Tensor | np.ndarray) for p in data):
        found = ", ".join(type(part).__name__ for part in data)
        raise ValueError(f"data: expected a tuple of tensors alone, found ({found})")
    if isinstance(data, Mapping | str | bytes | np.ndarray) or not hasattr(data, "__iter__"):
        raise ValueError(f"data of type {kind}: {expected}")
    if hasattr(data, "__next__"):
        raise ValueError(
            f"data of type {kind} can be read only once: {expected} that can be read anew at every "
            "epoch, for instance list(...) of it"
        )


def is_pair(x, y):
    """True for two tensors of as many rows.

    Parameters
    ----------
    x, y : anything
    """
    both = isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor)
    return both and x.ndim > 0 and y.ndim > 0 and len(x) == len(y)


def size_of(batch):
    """Number of examples in a batch: graphs, rows, or items.

    Raises
    ------
    ValueError : if the batch has no length.

    Examples
    --------
    >>> size_of((torch.zeros(5, 2), torch.zeros(5)))
    5
    """
    if isinstance(batch, tuple | list) and batch:
        return size_of_parts(batch)
    if isinstance(batch, torch.Tensor) and batch.ndim:
        return batch.shape[0]
    if isinstance(batch, Spare):
        return 0
    if hasattr(batch, "num_graphs"):
        return batch.num_graphs
    if isinstance(batch, Mapping) and batch:
        return size_of_parts(list(batch.values()))
    if hasattr(batch, "__len__") and getattr(batch, "ndim", 1):
        return len(batch)
    raise ValueError(
        f"a batch of type {type(batch).__name__}: expected tensors, or an object with len() or "
        "num_graphs, to count its examples"
    )


def size_of_parts(parts):
    """Number of examples in the parts of a batch: those of the first that is not one number.

    A list of tensors is several inputs, each (N, ...), or one input an example (images of many
    sizes): the latter where another part has an entry for each of them and not for each row.

    Parameters
    ----------
    parts : tuple or list, not empty
    """
    parts = [p for p in parts if not isinstance(p, torch.Tensor) or p.ndim] or parts
    first, rest = parts[0], parts[1:]
    if isinstance(first, str | bytes | Number):
        return len(parts)
    size = size_of(first)
    if isinstance(first, tuple | list) and isinstance(first[0], torch.Tensor):
        tensors = {len(p) for p in rest if isinstance(p, torch.Tensor)}
        lists = {len(p) for p in rest if isinstance(p, list | tuple) and isinstance(p[0], Mapping)}
        return len(first) if len(first) in tensors | lists and size not in tensors else size
    return size
