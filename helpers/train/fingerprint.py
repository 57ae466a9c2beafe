"""What made a checkpoint: a digest of data, step and options (chapter 4-models/supervised-learning).

A digest is a SHA-256 of content: numbers, tensors, objects by their attributes or by what pickle
takes of them, the code of functions and classes with what it closes over and the globals that it
reads. Libraries count by name. It leaves out what changes while training: the `memory` of a step
or of data, the model's weights, and random generators. Those are saved instead; `walk` finds the
generators on the way. An object may say by a method ``fingerprint()`` what it is made of.

What nobody can read, such as a handle of C code that pickle refuses, stands in `Walker.unseen` and
is said aloud once when training begins. Nobody can see files that a Dataset reads, a database, or
an environment.
"""

import contextlib
import dis
import functools
import hashlib
import itertools
import random
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

GENERATORS = (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)
PLAIN = (str, bytes, int, float, complex, bool, type(None), Path, torch.dtype, torch.device)
PLAIN += (np.generic,)
OF_TORCH = set(vars(torch.nn.Module()))  # attributes that every module has
OWN_PARTS = (types.FunctionType, staticmethod, classmethod, property, *PLAIN, tuple, list, dict)
A_FEW = 100  # entries of a container that are looked into for random generators


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


def generators_in(thing, without=()):
    """The random generators that `thing` holds, and all else that can be read but numbers.

    Arrays are passed over, and of a container only the first `A_FEW` entries are looked into, so
    that this is quick for any data.

    Parameters
    ----------
    thing : object
    without : sequence of objects that are left out wherever they occur.

    Returns
    -------
    generators, unseen : list, and a list of names of types that nobody can read
    """
    walker = Walker(without, quick=True)
    with contextlib.suppress(RecursionError):  # a long chain of objects
        walker.feed(thing)
    return walker.generators, sorted(walker.unseen)


class Walker:
    """One pass over everything that an object holds.

    Parameters
    ----------
    without : sequence of objects that are left out
    quick : bool
        Look for random generators only.
    """

    def __init__(self, without, quick=False):
        self.sha, self.generators, self.unseen = hashlib.sha256(), [], set()
        self.seen = {id(thing) for thing in without}
        self.kept = []  # so that no address is used twice
        self.quick = quick

    def feed(self, thing):
        """Take in one thing and what it holds."""
        if isinstance(thing, PLAIN):
            return None if self.quick else self.note(repr(thing))
        kind = type(thing)
        self.note(f"{kind.__module__}.{kind.__qualname__}")
        if id(thing) in self.seen:
            return None
        self.seen.add(id(thing))
        self.kept.append(thing)
        if isinstance(thing, GENERATORS):
            return self.generators.append(thing)
        if self.quick and (hasattr(thing, "__array__") or isinstance(thing, set | frozenset)):
            return None
        try:
            held = parts(thing)
        except Exception as error:
            if not self.quick and not isinstance(error, Unseen):
                raise
            return self.unseen.add(kind.__name__)
        few = A_FEW if self.quick and isinstance(thing, list | tuple | Mapping) else None
        for part in itertools.islice(held, few):
            if isinstance(part, Raw):
                self.sha.update(part.numbers)
            else:
                self.feed(part)
        return None

    def note(self, text):
        """Add a text, closed by a byte that no text holds."""
        self.sha.update(text.encode() + b"\xff")


class Unseen(Exception):
    """Nobody can read what a thing consists of."""


@dataclass
class Raw:
    """The bytes of an array, (N,) uint8."""

    numbers: np.ndarray


def parts(thing):
    """What `thing` consists of, in a fixed order."""
    if callable(getattr(type(thing), "fingerprint", None)):
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
    if tensor.is_meta:
        return about
    if tensor.layout != torch.strided:
        sparse = tensor.detach().to_sparse_coo().coalesce()
        return [*about, sparse.indices(), sparse.values()]
    flat = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return [*about, Raw(flat.numpy())]


def of_object(thing):
    """A function's code and what it reads; a module's layout and weights; attributes; a pickle."""
    if isinstance(thing, types.FunctionType):
        return of_function(thing)
    if isinstance(thing, types.CodeType):
        return [thing.co_code, thing.co_names, thing.co_consts]
    if isinstance(thing, types.MethodType):
        return [thing.__func__, thing.__self__]
    if isinstance(thing, staticmethod | classmethod):
        return [thing.__func__]
    if isinstance(thing, property):
        return [thing.fget]
    if isinstance(thing, functools.partial):
        return [thing.func, thing.args, thing.keywords]
    if isinstance(thing, torch.nn.Module):
        return [*of_module(thing), thing.state_dict()]
    if isinstance(thing, type):
        return of_class(thing)
    if isinstance(thing, types.BuiltinFunctionType | types.ModuleType):
        return [getattr(thing, "__qualname__", thing.__name__)]
    if isinstance(thing, DataLoader):
        names = ("dataset", "batch_size", "sampler", "batch_sampler", "collate_fn", "generator")
        return [getattr(thing, name) for name in names]
    if hasattr(thing, "to_numpy"):  # pandas
        return [thing.to_numpy(), list(getattr(thing, "columns", ()))]
    held = getattr(thing, "__dict__", {})
    remembers = thing.state_dict if hasattr(thing, "state_dict") else tuple
    memory = getattr(thing, "memory", None) or remembers()
    if not memory and (not held or pickles_itself(type(thing))):
        return of_pickle(thing)
    kept = [item for name in held if name not in memory for item in (name, held[name])]
    return [type(thing), *kept]


def of_function(function):
    """Defaults, closure, code and the globals that it reads; of a library's no code."""
    cells = [cell.cell_contents for cell in function.__closure__ or () if not is_empty(cell)]
    held = [function.__qualname__, function.__defaults__, function.__kwdefaults__, cells]
    if is_library(function.__module__):
        return held
    read = [function.__globals__.get(name) for name in globals_of(function.__code__)]
    return [*held, function.__code__, read]


@functools.cache
def globals_of(code):
    """Names of globals that code reads, that of inner functions included."""
    names = {
        i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    inner = [globals_of(part) for part in code.co_consts if isinstance(part, types.CodeType)]
    return sorted(names.union(*inner))


def of_class(kind):
    """A class's name and the code and constants of those that it is made of, but a library's."""
    own = [one for one in kind.__mro__ if not is_library(one.__module__)]
    held = [pair for one in own for pair in vars(one).items() if isinstance(pair[1], OWN_PARTS)]
    said = [(n, v) for n, v in held if not n.startswith("__") or isinstance(v, types.FunctionType)]
    return [kind.__qualname__, *(item for pair in said for item in pair)]


def of_module(module):
    """A module's layers, and of those that are not torch's the code and attributes of their own."""
    own = [part for part in module.modules() if not type(part).__module__.startswith("torch.")]
    held = [pair for part in own for pair in vars(part).items() if pair[0] not in OF_TORCH]
    held = [(n, v) for n, v in held if not isinstance(v, torch.Tensor) or v.is_leaf]  # no output
    return [re.sub(r" at 0x\w+", "", repr(module)), [type(part) for part in own], held]


def of_pickle(thing):
    """What pickle would keep of an object without attributes, or with a pickle of its own.

    Raises
    ------
    Unseen : where pickle refuses.
    """
    try:
        kept = thing.__reduce_ex__(2)
    except Exception as error:  # whatever C code says of itself
        raise Unseen from error
    if isinstance(kept, str):
        return [kept]
    return [list(part) if hasattr(part, "__next__") else part for part in kept]


def pickles_itself(kind):
    """True for a class that says by itself what its pickle holds."""
    names = "__reduce__", "__reduce_ex__", "__getstate__"
    return any(getattr(kind, name) is not getattr(object, name) for name in names)


@functools.cache
def is_library(module):
    """True for the name of a module that was installed, as opposed to written here."""
    top = str(module).split(".")[0]
    if top in sys.stdlib_module_names and top != "__main__":
        return True
    return "site-packages" in str(getattr(sys.modules.get(top), "__file__", None))


def is_empty(cell):
    """True for a variable of a closure that has no value yet."""
    try:
        return cell.cell_contents is cell
    except ValueError:
        return True
