from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.methods.two_streams import TwoStreams
from helpers.train.fingerprint import digest, is_library, walk
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
    from helpers.train.fingerprint import generators_in

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
