"""What made a checkpoint: a digest of data, step and options (chapter 4-models/supervised-learning).

A digest is a SHA-256 of content: numbers, tensors, the code of functions and what they close over.
It leaves out what changes while training: the `memory` of a step or of data, the model itself,
and random generators. Those are saved instead; `walk` finds the generators on the way. An object
may say by ``fingerprint()`` what it is made of.
"""

import functools
import hashlib
import random
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

GENERATORS = (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)
PLAIN = (str, bytes, int, float, complex, bool, type(None), Path, torch.dtype, torch.device)


def digest(thing, without=()):
    """Sixteen hexadecimal digits that change with the content of `thing`.

    Parameters
    ----------
    thing : object
    without : sequence of objects that are left out wherever they occur, for example the modules
        of the model in training.

    Examples
    --------
    >>> digest((1, "a")) == digest((1, "a")), digest([1.0]) == digest([2.0])
    (True, False)
    """
    return walk(thing, without)[0]


def walk(thing, without=()):
    """The digest of `thing`, and the random generators found in it, in a fixed order.

    Parameters
    ----------
    thing : object
    without : sequence of objects that are left out wherever they occur.
    """
    walker = Walker(without)
    walker.feed(thing)
    return walker.sha.hexdigest()[:16], walker.generators


class Walker:
    """One pass over everything that an object holds."""

    def __init__(self, without):
        self.sha, self.generators = hashlib.sha256(), []
        self.seen = {id(thing) for thing in without}
        self.kept = []  # so that no address is used twice

    def feed(self, thing):
        """Take in one thing and what it holds."""
        if isinstance(thing, PLAIN):
            return self.note(repr(thing))
        self.note(f"{type(thing).__module__}.{type(thing).__qualname__}")
        if id(thing) in self.seen:
            return None
        self.seen.add(id(thing))
        self.kept.append(thing)
        if isinstance(thing, GENERATORS):
            return self.generators.append(thing)
        for part in parts(thing):
            if isinstance(part, Raw):
                self.sha.update(part.numbers)
            else:
                self.feed(part)
        return None

    def note(self, text):
        """Add a text, closed by a byte that no text holds."""
        self.sha.update(text.encode() + b"\xff")


@dataclass
class Raw:
    """The bytes of an array, (N,) uint8."""

    numbers: np.ndarray


def parts(thing):
    """What `thing` consists of, in a fixed order."""
    if hasattr(thing, "fingerprint"):
        return [thing.fingerprint()]
    if isinstance(thing, torch.Tensor):
        return of_tensor(thing)
    if isinstance(thing, np.ndarray):
        if thing.dtype.hasobject:
            return [thing.shape, thing.tolist()]
        raw = Raw(np.ascontiguousarray(thing).reshape(-1).view(np.uint8))
        return [str(thing.dtype), thing.shape, raw]
    if isinstance(thing, Mapping):
        return [item for pair in thing.items() for item in pair]
    if isinstance(thing, list | tuple):
        return thing
    if isinstance(thing, set | frozenset):
        return sorted(map(repr, thing))
    return of_object(thing)


def of_tensor(tensor):
    """Format, shape and bytes of a tensor."""
    about = [str(tensor.dtype), tuple(tensor.shape)]
    if tensor.is_meta or tensor.layout != torch.strided:
        return about
    flat = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return [*about, Raw(flat.numpy())]


def of_object(thing):
    """A function's code, defaults and closure; a module's layout and weights; attributes."""
    if isinstance(thing, types.FunctionType):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if not is_empty(cell)]
        return [thing.__qualname__, thing.__code__, thing.__defaults__, thing.__kwdefaults__, cells]
    if isinstance(thing, types.CodeType):
        return [thing.co_code, thing.co_names, thing.co_consts]
    if isinstance(thing, types.MethodType):
        return [thing.__func__, thing.__self__]
    if isinstance(thing, functools.partial):
        return [thing.func, thing.args, thing.keywords]
    if isinstance(thing, torch.nn.Module):
        return [repr(thing), thing.state_dict()]
    if isinstance(thing, type | types.BuiltinFunctionType | types.ModuleType):
        return [getattr(thing, "__qualname__", thing.__name__)]
    if isinstance(thing, DataLoader):
        names = ("dataset", "batch_size", "sampler", "batch_sampler", "collate_fn", "generator")
        return [getattr(thing, name) for name in names]
    if hasattr(thing, "to_numpy"):  # pandas
        return [thing.to_numpy(), list(getattr(thing, "columns", ()))]
    held = getattr(thing, "__dict__", {})
    remembers = thing.state_dict if hasattr(thing, "state_dict") else tuple
    memory = getattr(thing, "memory", None) or remembers()
    return [item for name in held if name not in memory for item in (name, held[name])]


def is_empty(cell):
    """True for a variable of a closure that has no value yet."""
    try:
        return cell.cell_contents is cell
    except ValueError:
        return True
