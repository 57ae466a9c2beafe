import random
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.methods.two_streams import TwoStreams
from helpers.train.fingerprint import (
    Unseen,
    digest,
    generators_in,
    globals_of,
    is_empty,
    is_library,
    of_pickle,
    pickles_itself,
    walk,
)
from helpers.train.steps import Supervised, supervised

A, B = torch.arange(6.0), torch.arange(6.0) + 1


class Held:
    def __init__(self, value):
        self.value = value
        self.myself = self


def closing_over(value):
    return lambda model, batch: value * model(batch)


DIFFERENT = {
    "numbers": (1.0, 2.0),
    "order": ([1, 2], [2, 1]),
    "tensors": (A, B),
    "one bit": (A, torch.cat([A[:5], A[5:].nextafter(A[:1])])),
    "formats": (A, A.double()),
    "shapes": (A, A.view(2, 3)),
    "arrays": (A.numpy(), B.numpy()),
    "bf16": (A.bfloat16(), B.bfloat16()),
    "objects' arrays": (np.array([None, "a"]), np.array([None, "b"])),
    "attributes": (Held(A), Held(B)),
    "closures": (closing_over(1.0), closing_over(2.0)),
    "code": (lambda x: x + 1, lambda x: x - 1),
    "partials": (partial(max, 1), partial(max, 2)),
    "losses": (supervised(nn.functional.mse_loss), supervised(nn.functional.l1_loss)),
    "class weights": (
        nn.CrossEntropyLoss(torch.ones(2)), nn.CrossEntropyLoss(torch.tensor([1.0, 2.0])),
    ),
    "datasets": (TensorDataset(A), TensorDataset(B)),
    "loaders": (DataLoader(TensorDataset(A)), DataLoader(TensorDataset(B))),
    "batch sizes": (DataLoader(TensorDataset(A), 1), DataLoader(TensorDataset(A), 2)),
    "nothing": ((), ((),)),
    "sets": ({1, 2}, {1, 3}),
    "keys": ({"a": 1}, {"b": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_content_decides(name):
    import copy

    one, other = DIFFERENT[name]
    assert digest(one) == digest(one)
    assert digest(one) != digest(other)
    if not callable(one) or isinstance(one, nn.Module | Supervised):
        assert digest(copy.deepcopy(one)) == digest(one)


def test_what_changes_while_training_is_left_out():
    model, loader = nn.Linear(2, 2), DataLoader(TensorDataset(A), shuffle=True)
    step = closing_over(model)
    before = digest(step, list(model.modules())), digest(loader)
    nn.init.zeros_(model.weight)
    list(loader)
    assert (digest(step, list(model.modules())), digest(loader)) == before


def test_generators_are_found_wherever_they_are_held():
    g, r = torch.Generator(), np.random.default_rng(0)
    loader = DataLoader(TensorDataset(A), shuffle=True, generator=g)
    _, found = walk((loader, closing_over(Held(r))))
    assert [id(one) for one in found] == [id(g), id(r)]


def test_streams_of_other_labels_differ():
    x, y = torch.zeros(4, 2), torch.tensor([0, 1, -1, -1])
    assert digest(TwoStreams(x, y)) == digest(TwoStreams(x, y)) != digest(TwoStreams(x, 1 - y))


SHIFT = 5


def shifted(x):
    return x + SHIFT


def calling(x):
    return shifted(x)


def test_globals_and_helper_functions_that_a_function_reads_count(monkeypatch):
    import sys

    here = sys.modules[__name__]
    before = digest(calling)
    monkeypatch.setattr(here, "SHIFT", 6)
    changed = digest(calling)
    monkeypatch.setattr(here, "shifted", lambda x: x - SHIFT)
    assert len({before, changed, digest(calling)}) == 3


def classes(factor):
    """Two classes that differ in the code of a method alone."""

    def call(self, x):
        return x * 2

    def other(self, x):
        return x * 3

    class Made:
        __call__ = call if factor == 2 else other

    class Focal(nn.Module):
        def __init__(self, gamma):
            super().__init__()
            self.gamma = gamma

    return Made(), Focal(factor)


def test_the_code_of_a_class_and_attributes_of_a_module_count():
    (one, focal), (other, sharper) = classes(2), classes(3)
    assert digest(one) == digest(classes(2)[0]) != digest(other)
    assert digest(focal) != digest(sharper)
    focal.gamma = 3
    assert digest(focal) == digest(sharper)


def test_objects_without_attributes_are_read_as_pickle_does():
    import collections
    import datetime

    from PIL import Image

    sparse = torch.eye(3).to_sparse()
    pairs = {
        "date": (datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)),
        "deque": (collections.deque([1]), collections.deque([2])),
        "slice": (slice(1), slice(2)),
        "range": (range(14), range(14, 28)),
        "bytearray": (bytearray(b"a"), bytearray(b"b")),
        "float32": (np.float32(1), np.float32(2)),
        "labels": ([np.int64(1)], [np.int64(2)]),
        "sparse": (sparse, 2 * sparse),
        "csr": (sparse.to_sparse_csr(), (2 * sparse).to_sparse_csr()),
        "images": (Image.new("L", (2, 2), 0), Image.new("L", (2, 2), 1)),
    }
    for name, (one, other) in pairs.items():
        assert digest(one) == digest(one) != digest(other), name


def test_an_attribute_named_fingerprint_is_no_method():
    class Bits:
        def __init__(self, bits):
            self.fingerprint = bits

    assert digest(Bits(A)) == digest(Bits(A)) != digest(Bits(B))


def test_what_nobody_can_read_is_named():
    generators, unseen = generators_in(Held([(n for n in range(3)), np.random.default_rng(0)]))
    assert len(generators) == 1
    assert unseen == ["generator"]


@pytest.mark.parametrize(
    ("module", "installed"),
    [("collections.abc", True), ("functools", True), ("torch.nn", True), ("numpy", True)]
    + [("helpers.train.loop", False), ("nowhere", False)],
)
def test_a_library_is_what_was_installed(module, installed):
    assert is_library(module) is installed


class OwnPickle:
    """Attributes of no interest, and a pickle that says what counts."""

    def __init__(self, told, other):
        self.told, self.other = told, other

    def __getstate__(self):
        return {"told": self.told}


class Remembers:
    """What it remembers changes while training; the rest made it."""

    memory = ("count",)

    def __init__(self, count, rate):
        self.count, self.rate = count, rate


class Restored:
    def __init__(self, count, rate):
        self.count, self.rate = count, rate

    def state_dict(self):
        return {"count": self.count}


class Says:
    def __init__(self, told, other):
        self.told, self.other = told, other

    def fingerprint(self):
        return self.told


def test_what_an_object_says_or_remembers_of_itself_is_believed():
    for kind, first, second in [
        (OwnPickle, (1, 2), (1, 3)), (Says, (1, 2), (1, 3)),
        (Remembers, (1, 2), (5, 2)), (Restored, (1, 2), (5, 2)),
    ]:  # fmt: skip
        assert digest(kind(*first)) == digest(kind(*second)), kind
    for kind in (OwnPickle, Says):
        assert digest(kind(1, 2)) != digest(kind(4, 2))
    for kind in (Remembers, Restored):
        assert digest(kind(1, 2)) != digest(kind(1, 4))


def with_default(x, y=1):
    return x + y


def with_keyword(x, *, y=1):
    return x + y


def test_defaults_names_and_inner_functions_of_a_function_count():
    def other(x, y=2):
        return x + y

    def named(x, *, y=2):
        return x + y

    assert digest(with_default.__code__.co_code) == digest(other.__code__.co_code)
    for one, two in ((with_default, other), (with_keyword, named)):
        two.__qualname__ = one.__qualname__
        assert digest(one) != digest(two)
        two.__defaults__, two.__kwdefaults__ = one.__defaults__, one.__kwdefaults__
        assert digest(one) == digest(two)
        two.__qualname__ = "another"
        assert digest(one) != digest(two)

    def reading():
        def inner():
            return SHIFT

        return inner

    assert globals_of(reading.__code__) == ["SHIFT"]
    assert globals_of((lambda: torch.ones(len(A))).__code__) == ["A", "len", "torch"]


def test_methods_partials_properties_and_class_attributes_count():
    class Base:
        size = 3

        @property
        def area(self):
            return self.size

        @staticmethod
        def fixed():
            return 1

        @classmethod
        def made(cls):
            return 2

        def told(self):
            return 3

    def changed(**new):
        return type("Base", (Base,), new) if new else Base

    plain = type("Base", (Base,), {})
    assert digest(plain) == digest(type("Base", (Base,), {}))
    for new in (
        {"size": 4}, {"area": property(lambda self: 5)}, {"fixed": staticmethod(lambda: 2)},
        {"made": classmethod(lambda cls: 3)}, {"told": lambda self: 4}, {"more": (1,)},
        {"__call__": lambda self: 1},
    ):  # fmt: skip
        assert digest(changed(**new)) != digest(plain), new
    assert digest(changed(__doc__="a")) == digest(changed(__doc__="b"))
    held, other = Held(1), Held(2)
    held.name = other.name = max
    assert digest(held.__init__) != digest(other.__init__)
    assert digest(Base().told) != digest(Base().__class__.made)
    assert digest(partial(max, key=len)) != digest(partial(max, key=abs))
    assert digest(partial(max, 1)) != digest(partial(min, 1))
    assert digest(len) != digest(abs)
    assert digest(np) != digest(torch)


def test_a_module_s_weights_layers_and_own_attributes_count():
    torch.manual_seed(0)
    one = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    again = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    assert digest(one) != digest(again)
    again.load_state_dict(one.state_dict())
    assert digest(one) == digest(again)
    assert digest(one) != digest(nn.Sequential(one[0], nn.Tanh()))

    class Own(nn.Linear):
        kept = None

    first, second = Own(2, 2), Own(2, 2)
    second.load_state_dict(first.state_dict())
    first.kept = first(torch.ones(1, 2))  # an output of the last batch
    second.kept = 2 * first.kept
    assert digest(first) == digest(second)
    second.kept = torch.ones(2)
    assert digest(first) != digest(second)


def test_tables_arrays_and_tensors_count_by_content_and_form():
    import pandas

    frame = pandas.DataFrame({"a": [1, 2]})
    for one, other in [
        (frame, frame + 1), (frame, frame.rename(columns={"a": "b"})), (frame["a"], frame["a"] + 1),
        (np.arange(4), np.arange(4).reshape(2, 2)), (np.arange(4), np.arange(4).astype("int32")),
        (np.array(["a", None], dtype=object).reshape(1, 2), np.array(["a", None], dtype=object)),
        (torch.eye(2).to_sparse(), torch.ones(2, 2).to_sparse()),
        (torch.zeros(2, device="meta"), torch.zeros(3, device="meta")),
        (torch.zeros(1, dtype=torch.float32), torch.zeros(1, dtype=torch.int32)),
        ({1, 2}, frozenset({1, 2})), ([1], (1,)), ("1", 1), ({"a": 1}, {"a": 2}), (True, 1),
        (DataLoader(TensorDataset(A), shuffle=True), DataLoader(TensorDataset(A))),
        (DataLoader(TensorDataset(A), collate_fn=len), DataLoader(TensorDataset(A))),
    ]:  # fmt: skip
        assert digest(one) != digest(other)
    turned = torch.arange(6.0).reshape(2, 3).T
    assert digest(turned) == digest(turned.contiguous())
    assert digest(turned.numpy()) == digest(np.ascontiguousarray(turned.numpy()))
    grown = torch.ones(2, requires_grad=True)
    assert digest(grown) == digest(torch.ones(2))


def test_the_length_of_a_digest_and_what_is_left_out():
    assert len(digest(1)) == 16
    assert int(digest(1), 16) >= 0
    left = Held(1)
    before = digest((left, 2), [left])
    left.value = 7
    assert digest((left, 2), [left]) == before != digest((left, 3), [left])
    assert digest("a") != digest(("a",))
    assert digest(["ab", "c"]) != digest(["a", "bc"])


class Closed:
    """Refuses to be pickled."""

    __slots__ = ()

    def __reduce_ex__(self, version):
        raise TypeError("closed")


class Named:
    __slots__ = ()

    def __init__(self, name):
        pass

    def __reduce_ex__(self, version):
        return "Named"


class Failing:
    def fingerprint(self):
        raise KeyError("broken")


def test_what_cannot_be_read_is_noted_and_a_broken_fingerprint_is_told():
    assert generators_in([Closed(), Closed()]) == ([], ["Closed"])
    assert generators_in([Failing(), Closed()]) == ([], ["Closed", "Failing"])
    assert digest(Closed()) == digest(Closed())
    with pytest.raises(KeyError, match="broken"):
        digest(Failing())
    with pytest.raises(Unseen):
        of_pickle(Closed())
    assert of_pickle(Named("a")) == ["Named"]
    kind, *rest = of_pickle(iter([4, 5]))
    assert callable(kind)
    assert rest[0] == ([4, 5],)


def test_generators_are_sought_among_the_first_hundred_and_not_in_arrays():
    g = torch.Generator()
    for held, found in [
        ([0] * 99 + [g], [g]), ([0] * 100 + [g], []), (tuple([0] * 100) + (g,), []),
        ({"a": g}, [g]), ({**dict.fromkeys(range(49)), "a": g}, [g]),
        ({**dict.fromkeys(range(50)), "a": g}, []), (np.array([g], dtype=object), []),
        ([g, g], [g]), (random.Random(1), 1), (np.random.default_rng(), 1),
        (np.random.RandomState(1), 1), (frozenset([1]), []),
    ]:  # fmt: skip
        generators, unseen = generators_in(held)
        assert (len(generators) if isinstance(found, int) else generators) == found
        assert unseen == []
    assert walk([0] * 200 + [g])[1] == [g]
    assert walk(g, [g])[1] == generators_in(g, [g])[0] == []


def test_a_chain_of_objects_that_is_too_long_is_not_followed_to_its_end():
    chain = None
    for _ in range(5000):
        chain = Held(chain)
    assert len(generators_in([torch.Generator(), chain])[0]) == 1


def test_a_variable_without_a_value_is_no_content():
    def maker():
        def reading():
            return later

        (cell,) = reading.__closure__
        empty = is_empty(cell)
        before = digest(reading)
        later = 3
        return empty, is_empty(cell), before, digest(reading)

    empty, full, before, after = maker()
    assert (empty, full) == (True, False)
    assert before != after

    def itself():
        return itself

    assert not is_empty(itself.__closure__[0])
    assert len(digest(itself)) == 16


def test_a_notebook_is_no_library(monkeypatch):
    import sys
    from types import SimpleNamespace

    monkeypatch.setitem(sys.modules, "__main__", SimpleNamespace())
    assert not is_library.__wrapped__("__main__")
    assert is_library("os.path")


def test_which_classes_pickle_themselves():
    assert pickles_itself(OwnPickle)
    assert pickles_itself(Closed)
    assert not pickles_itself(Held)


def test_how_a_loader_fetches_is_no_content_and_what_it_gives_is():
    def loader(**more):
        return DataLoader(TensorDataset(A), **({"batch_size": 2} | more))

    for more in ({"num_workers": 1}, {"pin_memory": True}, {"timeout": 5, "num_workers": 1}):
        assert digest(loader(**more)) == digest(loader())
    for more in ({"drop_last": True}, {"sampler": [0, 2]}, {"shuffle": True}, {"collate_fn": len}):
        assert digest(loader(**more)) != digest(loader())
    g = torch.Generator()
    assert walk(loader(shuffle=True, generator=g))[1] == [g]
