"""Calls of `fit`, `predict` and `evaluate` as people really get them wrong."""

import collections
import functools
import math

import numpy as np
import pandas
import torch
import torch._dynamo  # the first optimiser imports it, for seconds: not within a case
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from helpers.metrics.classification import accuracy
from helpers.train.checkpoint import Checkpoint
from helpers.train.guard import BadLoss
from helpers.train.loop import evaluate, fit, predict
from helpers.train.schedule import cosine, one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience
from tests.faults.judge import either, equal, refuse, same

N = 32
EITHER_ERROR = (ValueError, BadLoss)


def data(n=N, seed=0):
    """Three classes, three features; every number is a multiple of 1/8."""
    draws = torch.Generator().manual_seed(seed)
    x = torch.randint(-16, 17, (n, 3), generator=draws) / 8
    return x, torch.arange(n) % 3


def linear(inputs=3, outputs=3):
    """A linear model with fixed weights."""
    model = nn.Linear(inputs, outputs)
    with torch.no_grad():
        model.weight.copy_((torch.arange(inputs * outputs).reshape(outputs, inputs) % 5 - 2) / 8)
        model.bias.zero_()
    return model


def train(model=None, data_=(), **change):
    """`fit` with ordinary arguments but those of `change`; returns (model, history)."""
    model = linear() if model is None else model
    options = {"step": supervised(F.cross_entropy), "epochs": 3}
    if "optimizer" not in change:
        options["lr"] = 0.05
    options |= {"progress": False} | change
    given = data() if isinstance(data_, tuple) and not data_ else data_
    return model, fit(model, given, options.pop("valid", None), **options)


def by_hand(x, y, loss=F.cross_entropy, epochs=3, lr=0.05, model=None, optimizer=None):
    """The weights that a loop in plain PyTorch reaches with one batch an epoch."""
    model = model or linear()
    optimizer = (optimizer or functools.partial(torch.optim.AdamW, lr=lr))(model.parameters())
    for _ in range(epochs):
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    return model


def weights(model):
    """All parameters behind one another."""
    return torch.cat([p.detach().float().flatten() for p in model.parameters()])


def learnt(x, y, **how):
    """Check that the trained model has the weights of the loop by hand."""

    def check(value):
        expected = weights(by_hand(x, y, **how))
        return same(weights(value[0]), expected, "weight", 1e-4)

    return check


def anything(value):
    """Accept any result: only a raw exception or a hang is a fault."""
    return


def epochs_are(n):
    """Check the number of epochs trained."""
    return lambda value: (
        None if len(value[1].rows) == n else f"{len(value[1].rows)} epochs, not {n}"
    )


nan, inf = math.nan, math.inf
NOT_COUNTS = (0, -1, -7, 2.5, "3", None, nan, inf, [3], torch.ones(2))


def counts():
    for name in ("batch_size", "accumulate"):
        for value in NOT_COUNTS:
            yield refuse(f"{name}={value!r}", lambda f, n=name, v=value: train(**{n: v}), name)
    for value in NOT_COUNTS[1:]:
        yield refuse(f"epochs={value!r}", lambda f, v=value: train(epochs=v), "epochs")
    yield equal("epochs=0", lambda f: train(epochs=0), epochs_are(0))
    for value in (np.int64(3), torch.tensor(3), True):
        wanted = epochs_are(int(value))
        yield either(f"epochs={value!r}", lambda f, v=value: train(epochs=v), wanted, "epochs")
    yield either(
        "batch_size=numpy", lambda f: train(batch_size=np.int64(64)), learnt(*data()), "batch_size"
    )
    yield equal("batch_size larger than the data", lambda f: train(batch_size=999), learnt(*data()))
    yield equal(
        "accumulate larger than the data",
        lambda f: train(batch_size=8, accumulate=99),
        learnt(*data()),
    )
    yield equal(
        "accumulate=4 is one large batch",
        lambda f: train(batch_size=8, accumulate=4),
        learnt(*data()),
    )


def numbers():
    table = {
        "lr": (-1.0, 0.0, nan, inf, "0.1", [0.1], 0, -1e-9, 1j, torch.ones(2)),
        "clip": (-1.0, 0, 0.0, nan, "1", -1e-9, [1.0], "norm"),
        "average": (0, 1, 1.5, -0.1, "ema", nan, "SWA", [0.9], 0.0, 1.0, "0.9"),
        "precision": ("fp64", "float16", None, 16, "fp16", "", "BF16 ", ["bf16"], "mixed", 32),
        "device": ("gpu", "tpu", "cpu:x", 3.5, "", ["cpu"], "cuda:99", object()),
        "compile": ("fast", "no-such-mode", 3.5, ["default"]),
        "seed": ("abc", 1.5, [0], nan, -1, object()),
    }
    for name, values in table.items():
        for value in values:
            words = (name, "learning rate") if name == "lr" else (name,)
            yield refuse(
                f"{name}={value!r}"[:60], lambda f, n=name, v=value: train(**{n: v}), *words
            )
    if not torch.cuda.is_available():
        yield refuse("device='cuda' without a GPU", lambda f: train(device="cuda"), "device", "GPU")
    yield equal("lr=None is a thousandth", lambda f: train(lr=None), learnt(*data(), lr=1e-3))
    yield either("clip=inf", lambda f: train(clip=inf), learnt(*data()), "clip")
    yield either("clip=True", lambda f: train(clip=True), anything, "clip")
    yield either("lr=tensor", lambda f: train(lr=torch.tensor(0.05)), learnt(*data()), "lr")
    yield either("lr=numpy", lambda f: train(lr=np.float32(0.05)), learnt(*data()), "lr")
    yield either("seed=2**70", lambda f: train(seed=2**70), learnt(*data()), "seed")
    yield either("seed=None", lambda f: train(seed=None), learnt(*data()), "seed")
    yield either("device=None", lambda f: train(device=None), learnt(*data()), "device")
    yield refuse("lr=1e30 diverges", lambda f: train(
        step=supervised(F.mse_loss), data_=(data()[0], data()[0]), epochs=9,
        optimizer=lambda p: torch.optim.SGD(p, lr=1e30)), "finite", "loss", errors=EITHER_ERROR)  # fmt: skip
    sgd = functools.partial(torch.optim.SGD, lr=0.05)
    yield equal("no clipping where the norm is small", lambda f: train(clip=1e6), learnt(*data()))
    yield equal("SGD by hand", lambda f: train(optimizer=sgd), learnt(*data(), optimizer=sgd))


def falls_from_rate(value):
    """Check that the first epoch was trained at the base rate of 0.05."""
    first = value[1].rows[0]["lr"]
    return None if abs(first - 0.05) < 1e-6 else f"first epoch at rate {first}, expected 0.05"


def schedules():
    wrong = {
        "name": "cosine",
        "number": 0.5,
        "one_cycle not called": one_cycle,
        "cosine not called": cosine,
        "returns None": lambda t: None,
        "returns nan": lambda t: nan,
        "returns inf": lambda t: inf,
        "returns text": lambda t: "0.5",
        "returns two": lambda t: (1.0, 2.0),
        "negative": lambda t: -1.0,
        "two arguments": lambda a, b: 1.0,
        "no argument": lambda: 1.0,
        "torch scheduler class": torch.optim.lr_scheduler.StepLR,
        "torch scheduler": torch.optim.lr_scheduler.StepLR(
            torch.optim.SGD(linear().parameters(), lr=1), 1
        ),
        "list": [1.0, 0.5, 0.1],
        "dict": {"warmup": 0.1},
    }
    for name, value in wrong.items():
        yield refuse(
            f"schedule {name}", lambda f, v=value: train(schedule=v), "schedule", "cosine("
        )
    makers = {
        "cosine(warmup=1)": lambda: cosine(warmup=1.0),
        "cosine(warmup=-.1)": lambda: cosine(warmup=-0.1),
        "cosine(final=-1)": lambda: cosine(final=-1.0),
        "cosine(warmup=nan)": lambda: cosine(warmup=nan),
        "cosine(final=nan)": lambda: cosine(final=nan),
        "cosine(warmup='a')": lambda: cosine(warmup="a"),
        "one_cycle(rise=0)": lambda: one_cycle(rise=0.0),
        "one_cycle(rise=1)": lambda: one_cycle(rise=1.0),
        "one_cycle(rise=5)": lambda: one_cycle(rise=5),
        "one_cycle(start=-1)": lambda: one_cycle(start=-1.0),
        "one_cycle(final=-1)": lambda: one_cycle(final=-1.0),
        "one_cycle(final=nan)": lambda: one_cycle(final=nan),
    }
    for name, make in makers.items():
        yield refuse(name, lambda f, m=make: train(schedule=m()), "cosine", "one_cycle", "schedule")
    yield equal("constant factor 1", lambda f: train(schedule=lambda t: 1.0), learnt(*data()))
    rates = []
    for epochs in (2, 4, 5):

        def seen(folder, epochs=epochs):
            rates.clear()
            train(epochs=epochs, schedule=lambda t: rates.append(t) or 1.0)
            return sorted(set(rates))

        def fine(found, epochs=epochs):
            expected = [k / epochs for k in range(epochs)]
            return None if set(expected) <= set(found) and max(found) < 1 else f"t was {found}"

        yield equal(f"t runs over {epochs} epochs", seen, fine)
    yield refuse(
        "schedule with data without a length",
        lambda f: train(data_=Rows(as_batches=True), schedule=one_cycle()), "schedule",
    )  # fmt: skip


def again(model, optimizer):
    """Two trainings with one optimiser; the first anneals the rate."""
    train(model=model, optimizer=optimizer, schedule=cosine(), epochs=5)
    return train(model=model, optimizer=optimizer, epochs=2)


def optimizers():
    def foreign():
        return torch.optim.SGD(linear().parameters(), lr=0.1)

    wrong = {
        "'adam'": lambda m: "adam",
        "a number": lambda m: 0.1,
        "of another model": lambda m: foreign(),
        "returns None": lambda m: lambda p: None,
        "returns a list": lambda m: lambda p: [foreign()],
        "returns a foreign one": lambda m: lambda p: foreign(),
        "the parameters": lambda m: m.parameters(),
        "dict with another name": lambda m: {"net": torch.optim.SGD},
        "dict with one too many": lambda m: {"model": torch.optim.SGD, "other": torch.optim.SGD},
        "empty dict": lambda m: {},
        "list": lambda m: [torch.optim.SGD(m.parameters(), lr=0.1)],
        "scheduler": lambda m: torch.optim.lr_scheduler.StepLR(
            torch.optim.SGD(m.parameters(), lr=1), 1
        ),
        "takes no argument": lambda m: lambda: torch.optim.SGD(m.parameters(), lr=0.1),
    }

    def with_(make):
        model = linear()
        return train(model=model, optimizer=make(model))

    for name, make in wrong.items():
        yield refuse(f"optimizer {name}", lambda f, m=make: with_(m), "optimi")
    yield either(
        "optimizer instance", lambda f: with_(lambda m: torch.optim.SGD(m.parameters(), lr=0.05)),
        learnt(*data(), optimizer=functools.partial(torch.optim.SGD, lr=0.05)), "optimi",
    )  # fmt: skip
    yield either(
        "LBFGS needs a closure", lambda f: with_(lambda m: torch.optim.LBFGS), anything, "optimi", "LBFGS",
    )  # fmt: skip
    yield either(
        "lr and optimizer both given: lr must not be ignored",
        lambda f: train(lr=0.05, optimizer=torch.optim.SGD), falls_from_rate, "lr", "optimi",
        warning="lr",
    )  # fmt: skip

    def annealed(folder):
        model = linear()
        return again(model, torch.optim.SGD(model.parameters(), lr=0.05))

    yield either("a used optimizer starts at its own rate", annealed, falls_from_rate, "optimi")

    def partly(folder):
        model = nn.Sequential(linear(), linear())
        before = weights(model[0]).clone()
        train(model=model, optimizer=torch.optim.SGD(model[1].parameters(), lr=0.1))
        return weights(model[0]), before

    yield equal("only the head is trained", partly, lambda v: same(*v, "frozen weight"))


class Broken(Exception):
    pass


def metric_cases():
    x, y = data()
    wrong = {
        "list": [accuracy],
        "function": accuracy,
        "name": "accuracy",
        "name in a dict": {"accuracy": "accuracy"},
        "None in a dict": {"accuracy": None},
        "returns None": {"m": lambda p, t: None},
        "returns text": {"m": lambda p, t: "good"},
        "returns one a row": {"m": lambda p, t: (p.argmax(1) == t).float()},
        "returns a dict": {"m": lambda p, t: {"a": 1.0}},
        "takes one argument": {"m": lambda p: 1.0},
        "raises a shape error": {"m": lambda p, t: (p - t).sum()},
        "called already": {"m": accuracy(torch.arange(3), torch.arange(3))},
        "named loss": {"loss": accuracy},
        "named valid_loss": {"valid_loss": accuracy},
        "named epoch": {"epoch": accuracy},
        "named lr": {"lr": accuracy},
    }
    for name, value in wrong.items():
        both = ("metric", "accuracy", "'m'")
        yield refuse(f"metrics {name}", lambda f, v=value: train(valid=(x, y), metrics=v), *both)
        if name in ("named loss", "named epoch", "named lr"):  # no such column in `evaluate`
            continue
        yield refuse(
            f"evaluate, metrics {name}",
            lambda f, v=value: evaluate(linear(), (x, y), step=supervised(F.cross_entropy), metrics=v),
            *both,
        )  # fmt: skip

    def only_loss(model, batch):
        return F.cross_entropy(model(batch[0]), batch[1])

    yield refuse(
        "metrics with a step that gives no prediction",
        lambda f: train(valid=(x, y), metrics={"accuracy": accuracy}, step=only_loss),
        "metric", "validate",
    )  # fmt: skip
    yield either(
        "metrics without validation data", lambda f: train(metrics={"accuracy": accuracy}),
        lambda v: None if "accuracy" not in v[1].rows[-1] else "a metric of nothing",
        "metric", "valid",
    )  # fmt: skip
    yield equal("a metric that is a tensor", lambda f: train(
        valid=(x, y), metrics={"m": lambda p, t: torch.tensor(0.25)})[1].rows[-1]["m"],
        lambda v: None if v == 0.25 else f"{v}")  # fmt: skip


def stops():
    x, y = data()
    wrong = {
        "Patience(0)": lambda: Patience(0),
        "Patience(-1)": lambda: Patience(-1),
        "Patience(2.5)": lambda: Patience(2.5),
        "Patience('3')": lambda: Patience("3"),
        "Patience(None)": lambda: Patience(None),
        "Patience(nan)": lambda: Patience(nan),
        "unknown column": lambda: Patience(2, metric="acc"),
        "a number": lambda: 5,
        "True": lambda: True,
        "text": lambda: "early",
        "not called": lambda: Patience,
        "metric is a function": lambda: Patience(2, metric=accuracy),
        "accuracy, but which end is better": lambda: Patience(2, "accuracy"),
        "higher_is_better is a text": lambda: Patience(2, "accuracy", "yes"),
    }
    for name, make in wrong.items():
        yield refuse(
            f"stop {name}", lambda f, m=make: train(valid=(x, y), stop=m()), "stop", "Patience"
        )
    yield refuse("Patience without valid", lambda f: train(stop=Patience(2)), "Patience", "valid")
    patience = Patience(2)

    def three_times(folder):
        patience.__init__(2)
        for _ in range(2):
            train(valid=(x, y), stop=patience, lr=1e-9, epochs=8)
        return train(valid=(x, y), stop=patience, lr=0.01, epochs=6)

    yield either("a Patience used before", three_times, epochs_are(6), "Patience", "stop")
    falls = iter(range(100))
    yield equal(
        "stops after two epochs without a gain",
        lambda f: train(valid=(x, y), stop=Patience(2, "m", higher_is_better=True), epochs=9,
                        metrics={"m": lambda p, t: -float(next(falls))}),
        lambda v: None if len(v[1].rows) in (3, 2) else f"{len(v[1].rows)} epochs",
    )  # fmt: skip
    yield either(
        "a metric that is NaN never improves", lambda f: train(
            valid=(x, y), stop=Patience(2, "m"), metrics={"m": lambda p, t: nan}),
        anything, "'m'", "nan", "finite",
    )  # fmt: skip


def step_cases():
    x, y = data()
    other = linear()

    def batch_loss(model, batch):
        return F.cross_entropy(model(batch[0]), batch[1])

    def no_grad(model, batch):
        with torch.no_grad():
            return batch_loss(model, batch)

    wrong = {
        "None": None,
        "text": "supervised",
        "a loss": F.cross_entropy,
        "a loss module": nn.CrossEntropyLoss(),
        "supervised not called": supervised,
        "class not made": nn.CrossEntropyLoss,
        "supervised(None)": lambda m, b: supervised(None)(m, b),
        "supervised of a loss class": supervised(nn.CrossEntropyLoss),
        "returns None": lambda m, b: None,
        "returns a float": lambda m, b: 0.5,
        "returns loss.item()": lambda m, b: batch_loss(m, b).item(),
        "returns a tuple": lambda m, b: (batch_loss(m, b), 1.0),
        "returns a list": lambda m, b: [batch_loss(m, b)],
        "returns text": lambda m, b: "loss",
        "returns the prediction": lambda m, b: m(b[0]),
        "a loss a row": supervised(functools.partial(F.cross_entropy, reduction="none")),
        "dict without loss": lambda m, b: {"error": batch_loss(m, b)},
        "dict with Loss": lambda m, b: {"Loss": batch_loss(m, b)},
        "dict with loss None": lambda m, b: {"loss": None},
        "dict with a float loss": lambda m, b: {"loss": 0.5},
        "empty dict": lambda m, b: {},
        "detached": lambda m, b: batch_loss(m, b).detach(),
        "without gradient": no_grad,
        "trains another model": lambda m, b: batch_loss(other, b),
        "whole-number loss": lambda m, b: batch_loss(m, b).long(),
        "complex loss": lambda m, b: batch_loss(m, b) * 1j,
        "one argument": lambda b: batch_loss(None, b),
        "three arguments": lambda m, x, y: F.cross_entropy(m(x), y),
        "wrong order": lambda b, m: batch_loss(m, b),
        "yields a loss only": lambda m, b: (batch_loss(m, b) for _ in range(1)),
        "yields nothing": lambda m, b: (t for t in ()),
        "yields an unknown player": lambda m, b: iter([("critic", batch_loss(m, b))]),
        "yields three": lambda m, b: iter([("model", batch_loss(m, b), 1)]),
        "logs text": lambda m, b: {"loss": batch_loss(m, b), "note": "fine"},
        "logs None": lambda m, b: {"loss": batch_loss(m, b), "extra": None},
        "logs a vector": lambda m, b: {"loss": batch_loss(m, b), "extra": torch.ones(2)},
        "logs as epoch": lambda m, b: {"loss": batch_loss(m, b), "epoch": 99.0},
        "logs as lr": lambda m, b: {"loss": batch_loss(m, b), "lr": 99.0},
        "logs as seconds": lambda m, b: {"loss": batch_loss(m, b), "seconds": 99.0},
        "logs as valid_loss": lambda m, b: {"loss": batch_loss(m, b), "valid_loss": 99.0},
    }
    for name, step in wrong.items():
        yield refuse(
            f"step {name}",
            lambda f, s=step: train(step=s, valid=(x, y)),
            "step",
            "loss",
            "supervised",
        )
    yield refuse("step is supervised(None)", lambda f: train(step=supervised(None)), "loss", "step")
    yield refuse(
        "step is supervised('mse')", lambda f: train(step=supervised("mse")), "loss", "step"
    )
    for value in (nan, inf):
        yield refuse(
            f"loss is {value}", lambda f, v=value: train(step=lambda m, b: batch_loss(m, b) * v),
            "finite", "loss", errors=EITHER_ERROR,
        )  # fmt: skip
    yield either(
        "loss of shape (1,)", lambda f: train(step=lambda m, b: batch_loss(m, b)[None]),
        learnt(x, y), "loss", "step",
    )  # fmt: skip
    yield equal("a plain function", lambda f: train(step=batch_loss), learnt(x, y))
    yield equal(
        "a dict", lambda f: train(step=lambda m, b: {"loss": batch_loss(m, b), "two": 2.0}),
        lambda v: learnt(x, y)(v) or same(v[1].rows[-1]["two"], 2.0, "logged"),
    )  # fmt: skip
    sometimes = iter([None] * 2)

    def forgets(model, batch):
        return batch_loss(model, batch) if next(sometimes, 1) is None else None

    yield refuse("step returns None later", lambda f: train(step=forgets, epochs=5), "step", "loss")
    names = iter("abcdefghijklmnopqrstuvwxyz" * 9)
    yield either(
        "step logs other names each time", lambda f: train(
            step=lambda m, b: {"loss": batch_loss(m, b), next(names): 1.0}, batch_size=8),
        anything, "step", "logged", "entr",
    )  # fmt: skip


class Rows(IterableDataset):
    """A stream of rows, or of batches of eight."""

    def __init__(self, as_batches=False):
        self.as_batches = as_batches

    def __iter__(self):
        x, y = data()
        if self.as_batches:
            yield from zip(x.split(8), y.split(8))
        else:
            yield from zip(x, y)


class Listed(Dataset):
    """A map-style data set of given items."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, k):
        item = self.items[k]
        if isinstance(item, Exception):
            raise item
        return item


Pair = collections.namedtuple("Pair", ["x", "y"])


def steps_made(value):
    """Check that an epoch of 32 rows in batches of 8 made four steps at 1/8 of a unit each."""
    return same(value, [8, 8, 8, 8], "rows a step")


def sizes_seen(source, batch_size=8):
    """How many rows the step saw at each call of the last epoch."""
    sizes = []

    def step(model, batch):
        sizes.append(len(torch.atleast_2d(batch[0])) if batch[0].ndim > 1 else 1)
        return F.cross_entropy(model(torch.atleast_2d(batch[0])), torch.atleast_1d(batch[1]))

    train(data_=source, step=step, batch_size=batch_size, epochs=1)
    return sizes[-4:]


def data_cases():
    x, y = data()
    items = list(zip(x, y))
    bad_label, low_label = y.clone(), y.clone()
    bad_label[5], low_label[5] = 3, -1
    holed, huge = x.clone(), x.clone()
    holed[7, 1], huge[7, 1] = nan, inf
    encoded = (x * torch.ones(1, requires_grad=True)).clone()
    wrong = {
        "one target too few": (x, y[:-1]),
        "one row too few": (x[:-1], y),
        "no rows": (x[:0], y[:0]),
        "empty list": [],
        "empty Dataset": Listed([]),
        "loader that drops all": DataLoader(TensorDataset(x, y), batch_size=64, drop_last=True),
        "None": None,
        "a number": 3,
        "a file name": "data.csv",
        "one tensor, no target": x,
        "one tensor in a tuple": (x,),
        "DataFrame": pandas.DataFrame(x.numpy()),
        "0-d tensors": (torch.tensor(1.0), torch.tensor(1)),
        "None as target": (x, None),
        "target twice": (x, y, y),
        "target first": (y, x),
        "another number of columns": (x[:, :2], y),
        "one-dimensional x": (x[:, 0], y),
        "images into a linear model": (x.reshape(8, 3, 4, 1), y[:8]),
        "whole-number features": (x.long(), y),
        "text": (["a"] * N, y),
        "complex": (x + 0j, y),
        "bool features": (x > 0, y),
        "label K": (x, bad_label),
        "label -1": (x, low_label),
        "labels 1 to K": (x, y + 1),
        "float labels": (x, y.float()),
        "labels (N, 1)": (x, y[:, None]),
        "one-hot whole numbers": (x, F.one_hot(y)),
        "labels of text": (x, ["a"] * N),
        "rows of other sizes": Listed([(x[0], y[0]), (x[0, :2], y[1]), *items]),
        "x only in a Dataset": Listed(list(x)),
        "text in a Dataset": Listed([("a", "b")] * 8),
        "a dict item": Listed([{"x": a, "y": b} for a, b in items]),
        "None in a Dataset": Listed([*items, None]),
        "a class": TensorDataset,
        "a list of rows": items[:3],
        "a list with None": [(x, y), None],
        "batches of other sizes": [(x, y), (x[:, :2], y)],
        "batch with one target too few": [(x, y[:-1])],
        "a set": {1, 2, 3},
    }
    words = (
        "data",
        "train",
        "batch",
        "tensor",
        "target",
        "label",
        "row",
        "class",
        "sample",
        "input",
    )
    for name, given in wrong.items():
        yield refuse(f"data: {name}", lambda f, d=given: train(data_=d), *words)
        if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], torch.Tensor):
            yield refuse(
                f"evaluate: {name}", lambda f, d=given: evaluate(
                    linear(), d, step=supervised(F.cross_entropy)), *words,
            )  # fmt: skip
    for name, given in {"NaN": (holed, y), "inf": (huge, y)}.items():
        yield refuse(
            f"data: {name} in x", lambda f, d=given: train(data_=d), "finite", "nan",
            errors=EITHER_ERROR,
        )  # fmt: skip
    target = x[:, :1].clone()
    target[3] = nan
    yield refuse(
        "data: NaN in y", lambda f: train(
            model=linear(3, 1), data_=(x, target), step=supervised(F.mse_loss)),
        "finite", "nan", errors=EITHER_ERROR,
    )  # fmt: skip
    mse = supervised(F.mse_loss)
    yield refuse(
        "prediction (N, 1), target (N,): would broadcast",
        lambda f: train(model=linear(3, 1), data_=(x, x[:, 0]), step=mse), "shape", "(32",
    )  # fmt: skip
    yield refuse(
        "prediction (N,), target (N, 1): would broadcast",
        lambda f: train(model=nn.Sequential(linear(3, 1), nn.Flatten(0)), data_=(x, x[:, :1]),
                        step=mse), "shape", "(32",
    )  # fmt: skip
    yield refuse(
        "evaluate: would broadcast",
        lambda f: evaluate(linear(3, 1), (x, x[:, 0]), step=mse), "shape", "(32",
    )  # fmt: skip
    for kind in (torch.int32, torch.uint8, torch.int16, torch.int8):
        yield either(
            f"data: labels {kind}",
            lambda f, k=kind: train(data_=(x, y.to(k))),
            learnt(x, y),
            *words,
        )
    for kind in (torch.float64, torch.float16, torch.bfloat16):
        yield either(
            f"data: features {kind}", lambda f, k=kind: train(data_=(x.to(k), y)),
            lambda v: same(weights(v[0]), weights(by_hand(x, y)), "weight", 0.02), *words, "dtype",
        )  # fmt: skip
    fine = {
        "numpy arrays": lambda: (x.numpy(), y.numpy()),
        "list of two tensors": lambda: [x, y],
        "TensorDataset": lambda: TensorDataset(x, y),
        "Dataset": lambda: Listed(items),
        "Dataset of namedtuples": lambda: Listed([Pair(a, b) for a, b in items]),
        "one batch in a list": lambda: [(x, y)],
        "one batch, a list, in a list": lambda: [[x, y]],
        "one namedtuple in a list": lambda: [Pair(x, y)],
        "namedtuple of tensors": lambda: Pair(x, y),
        "loader": lambda: DataLoader(TensorDataset(x, y), batch_size=N),
        "stream of rows": lambda: Rows(),
        "loader over a stream": lambda: DataLoader(Rows(), batch_size=N),
        "a generator": lambda: ((x, y) for _ in range(1)),
        "an iterator": lambda: iter([(x, y)]),
        "map object": lambda: map(tuple, [(x, y)]),
        "x with an old graph": lambda: (encoded, y),
        "parameters as x": lambda: (nn.Parameter(x.clone()), y),
        "not contiguous": lambda: (x.T.contiguous().T, y),
        "expanded": lambda: (x, y.clone().expand(N)),
        "sparse": lambda: (x.to_sparse(), y),
        "inference tensors": lambda: tuple(torch.inference_mode()(lambda: (x + 0, y + 0))()),
    }
    for name, make in fine.items():
        yield either(f"data: {name}", lambda f, m=make: train(data_=m()), learnt(x, y), *words)
    yield either("stream of rows is batched", lambda f: sizes_seen(Rows()), steps_made, *words)
    yield either("Dataset is batched", lambda f: sizes_seen(Listed(items)), steps_made, *words)
    yield either(
        "the mean over uneven batches in UserDicts", lambda f: train(
            model=linear(), lr=1e-12, epochs=1, step=lambda m, b: m(b["x"]).sum() * 0 + b["loss"],
            data_=[collections.UserDict(loss=torch.tensor(1.0), x=x[:30]),
                   collections.UserDict(loss=torch.tensor(17.0), x=x[:2])])[1].rows[0]["loss"],
        lambda v: same(v, 2.0, "mean loss", 1e-6), *words, "UserDict",
    )  # fmt: skip
    yield equal("Dataset of one row", lambda f: train(data_=(x[:1], y[:1])), learnt(x[:1], y[:1]))
    yield refuse(
        "batch norm with one row", lambda f: train(
            model=nn.Sequential(linear(), nn.BatchNorm1d(3)), data_=(x[:1], y[:1])),
        "row", "example", "batch",
    )  # fmt: skip
    yield either(
        "a Dataset whose reader fails", lambda f: train(data_=Listed([*items, Broken("no file 7 in the folder of slides")])),
        anything, "data", "no file 7", errors=(ValueError, Broken),
    )  # fmt: skip


def valid_cases():
    x, y = data()
    words = ("valid", "data", "batch", "target", "label", "tensor", "class", "input")
    wrong = {
        "True": True,
        "a share": 0.1,
        "text": "valid",
        "one tensor": x,
        "empty Dataset": Listed([]),
        "empty list": [],
        "empty tuple": (),
        "no rows": (x[:0], y[:0]),
        "another number of columns": (x[:, :2], y),
        "one target too few": (x, y[:-1]),
        "labels out of range": (x, y + 1),
        "x only": (x,),
        "text in a Dataset": Listed([("a", "b")] * 8),
        "a number": 7,
        "a class": TensorDataset,
        "labels (N, 1)": (x, y[:, None]),
    }
    yield either(
        "valid: NaN in x", lambda f: train(valid=(x * nan, y)),
        lambda v: None if math.isnan(v[1].rows[-1]["valid_loss"]) else "a number from NaN",
        "valid", "finite", errors=EITHER_ERROR,
    )  # fmt: skip
    for name, given in wrong.items():
        yield refuse(
            f"valid: {name}",
            lambda f, g=given: train(valid=g, metrics={"accuracy": accuracy}),
            *words, errors=EITHER_ERROR,
        )  # fmt: skip
        yield refuse(
            f"valid without metrics: {name}", lambda f, g=given: train(valid=g), *words,
            errors=EITHER_ERROR,
        )  # fmt: skip

    def right(value):
        expected = F.cross_entropy(by_hand(x, y)(x), y)
        found = [row.get("valid_loss", nan) for row in value[1].rows]
        return same(found[-1], expected, "valid_loss", 1e-4) or same(len(found), 3, "epochs")

    fine = {
        "tuple": lambda: (x, y),
        "numpy": lambda: (x.numpy(), y.numpy()),
        "Dataset": lambda: TensorDataset(x, y),
        "loader": lambda: DataLoader(TensorDataset(x, y), batch_size=10),
        "shuffled loader": lambda: DataLoader(TensorDataset(x, y), batch_size=10, shuffle=True),
        "loader over a stream": lambda: DataLoader(Rows(), batch_size=10),
        "stream": lambda: Rows(as_batches=True),
        "list of uneven batches": lambda: [(x[:30], y[:30]), (x[30:], y[30:])],
        "generator, empty after one epoch": lambda: ((x, y) for _ in range(1)),
    }
    for name, make in fine.items():
        yield either(f"valid: {name}", lambda f, m=make: train(valid=m()), right, *words)
    ignored = y.clone()
    ignored[:8] = -100
    batches = [(x[:10], ignored[:10]), (x[10:], ignored[10:])]
    for name, given in {"tensors": (x, ignored), "batches": batches}.items():
        yield either(
            f"evaluate with the ignored label -100 in {name}", lambda f, g=given: evaluate(
                linear(), g, step=supervised(F.cross_entropy), batch_size=10)["valid_loss"],
            lambda v: same(v, F.cross_entropy(linear()(x[8:]), y[8:]).detach(), "loss", 1e-5),
            "-100", "ignore", "label",
        )  # fmt: skip


class Two(nn.Module):
    """Returns what a careless model returns."""

    def __init__(self, form):
        super().__init__()
        self.net, self.form = linear(), form

    def forward(self, x):
        out = self.net(x)
        return {
            "tuple": (out, out), "dict": {"logits": out}, "None": None, "list": [out],
            "numpy": out.detach().numpy(), "detached": out.detach(),
        }[self.form]  # fmt: skip


class ViewNet(nn.Module):
    """The tutorial's CNN: flattens with `view`, which channels-last memory does not bear."""

    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 2, 3), nn.Linear(8, 3)
        for p in self.parameters():
            nn.init.constant_(p, 0.1)
        with torch.no_grad():
            self.head.weight.copy_((torch.arange(24).reshape(3, 8) % 7 - 3) / 8)

    def forward(self, x):
        return self.head(self.conv(x).view(-1, 8))


class Both(ViewNet):
    """A Conv3d beside a Conv2d."""

    def __init__(self):
        super().__init__()
        self.solid = nn.Conv3d(1, 1, 1)
        nn.init.constant_(self.solid.weight, 1.0)
        nn.init.constant_(self.solid.bias, 0.0)

    def forward(self, x):
        return super().forward(self.solid(x[:, :, None])[:, :, 0].contiguous())


class Scaled(ViewNet):
    """A parameter with five axes beside a Conv2d."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, 1, 1, 1, 1))

    def forward(self, x):
        return super().forward((x[None] * self.scale)[0])


def frozen(model):
    return model.requires_grad_(False)


def model_cases():
    x, y = data()
    wrong = {
        "None": lambda: None,
        "class": lambda: nn.Linear,
        "function": lambda: lambda x: x,
        "list": lambda: [linear()],
        "state_dict": lambda: linear().state_dict(),
        "without parameters": lambda: nn.ReLU(),
        "all frozen": lambda: frozen(linear()),
        "float64": lambda: linear().double(),
        "float16": lambda: linear().half(),
        "on meta": lambda: nn.Linear(3, 3, device="meta"),
        "another number of inputs": lambda: nn.Linear(5, 3),
        "too few classes": lambda: nn.Linear(3, 2),
        "ModuleDict with one loss": lambda: nn.ModuleDict({"a": linear(), "b": linear()}),
        "empty ModuleDict": lambda: nn.ModuleDict(),
        "ModuleList": lambda: nn.ModuleList([linear()]),
        "returns a tuple": lambda: Two("tuple"),
        "returns a dict": lambda: Two("dict"),
        "returns None": lambda: Two("None"),
        "returns a list": lambda: Two("list"),
        "returns numpy": lambda: Two("numpy"),
        "returns detached": lambda: Two("detached"),
    }
    words = ("model", "step", "loss", "parameter", "player", "module", "dtype", "label", "input")
    fit_ = lambda m: fit(  # noqa: E731
        m, (x, y), (x, y), step=supervised(F.cross_entropy), epochs=2, progress=False
    )
    for name, make in wrong.items():
        yield refuse(f"model: {name}", lambda f, m=make: fit_(m()), *words)
    pictures = torch.randint(0, 8, (N, 1, 4, 4), generator=torch.Generator().manual_seed(1)) / 8
    for kind in (ViewNet, Both, Scaled):
        yield equal(
            f"model: {kind.__name__} works as before fit",
            lambda f, k=kind: train(model=k(), data_=(pictures, y)),
            lambda v, k=kind: same(
                weights(v[0]), weights(by_hand(pictures, y, model=k())), "weight", 1e-3
            ),
        )  # fmt: skip
    yield either("model: lazy", lambda f: fit_(nn.LazyLinear(3)), anything, *words)
    half = nn.Sequential(linear(), linear())

    def freeze_first(folder):
        model = nn.Sequential(linear(), linear())
        frozen(model[0])
        train(model=model)
        return weights(model[0]), weights(half[0])

    yield equal("model: frozen part stays", freeze_first, lambda v: same(*v, "frozen weight"))

    def left_in_eval(folder):
        model = nn.Sequential(linear(), nn.BatchNorm1d(3)).eval()
        train(model=model)
        return int(model[1].num_batches_tracked)

    yield equal(
        "model: left in eval mode is trained", left_in_eval,
        lambda v: None if v >= 3 else f"batch norm saw {v} batches",
    )  # fmt: skip
    yield equal(
        "model: the dry run does not move batch norm", left_in_eval,
        lambda v: None if v == 3 else f"batch norm saw {v} batches of 3",
    )  # fmt: skip

    def randomness(folder):
        torch.manual_seed(5)
        model = nn.Sequential(linear(), nn.Dropout(0.5))
        train(model=model, epochs=2)
        torch.manual_seed(5)
        hand = by_hand(x, y, model=nn.Sequential(linear(), nn.Dropout(0.5)), epochs=2)
        return weights(model), weights(hand)

    def no_grad(folder):
        torch.set_grad_enabled(False)
        return train()

    def inference(folder):
        with torch.inference_mode():
            return train()

    def double(folder):
        model = linear()
        torch.set_default_dtype(torch.float64)
        return train(model=model)

    yield either("gradients switched off earlier", no_grad, learnt(x, y), "grad", *words)
    yield either("inside inference_mode", inference, learnt(x, y), "inference", "grad", *words)
    yield either("default type float64", double, learnt(x, y), "float64", "dtype", *words)

    def twice(folder):
        model, _ = train(epochs=2)
        return train(model=model, epochs=3)

    yield either("fit called twice goes on", twice, epochs_are(3), *words)


def transforms():
    x, y = data()
    wrong = {
        "text": "flip",
        "number": 3,
        "one argument": lambda b: b,
        "returns None": lambda b, g: None,
        "returns x only": lambda b, g: b[0],
        "drops a column": lambda b, g: (b[0][:, :2], b[1]),
        "drops targets": lambda b, g: (b[0], b[1][:-1]),
        "gives NaN": lambda b, g: (b[0] * nan, b[1]),
        "list of transforms": [lambda b, g: b],
        "torchvision style, for x alone": lambda x: x + 1,
        "makes an empty batch": lambda b, g: (b[0][:0], b[1][:0]),
    }
    words = ("transform", "batch", "target", "finite", "loss")
    for name, value in wrong.items():
        yield refuse(
            f"transform {name}", lambda f, v=value: train(transform=v), *words, errors=EITHER_ERROR
        )
    yield equal("transform unchanged", lambda f: train(transform=lambda b, g: b), learnt(x, y))
    yield equal(
        "transform is not applied to validation",
        lambda f: train(transform=lambda b, g: (b[0] * 0, b[1]), valid=(x, y), epochs=1, lr=1e-12),
        lambda v: same(v[1].rows[0]["valid_loss"], F.cross_entropy(linear()(x), y).detach(),
                       "valid_loss", 1e-5),
    )  # fmt: skip


def game(model, batch):
    """Two players: each wants its own linear map small."""
    yield "a", model["a"](batch[0]).square().mean()
    yield "b", model["b"](batch[0]).square().mean()


def players():
    x, y = data()

    def two():
        return nn.ModuleDict({"a": linear(), "b": linear()})

    def run(**change):
        model = two()
        change = {k: v(model) if k == "optimizer" else v for k, v in change.items()}
        return model, fit(model, (x,), **({"step": game, "epochs": 2, "progress": False} | change))

    sgd = functools.partial(torch.optim.SGD, lr=0.1)
    words = ("player", "optimi", "step", "accumulate", "compile", "metric", "valid", "ModuleDict")
    wrong = {
        "one optimizer instance for both": lambda: run(
            optimizer=lambda m: sgd(m.parameters())),
        "one instance under two names": lambda: run(
            optimizer=lambda m: dict.fromkeys("ab", sgd(m.parameters()))),
        "optimizer for one only": lambda: run(optimizer=lambda m: {"a": sgd}),
        "optimizer for a stranger": lambda: run(optimizer=lambda m: {"a": sgd, "b": sgd, "c": sgd}),
        "optimizers swapped": lambda: run(
            optimizer=lambda m: {"a": sgd(m["b"].parameters()), "b": sgd(m["a"].parameters())}),
        "accumulate": lambda: run(accumulate=2, batch_size=8),
        "unknown player": lambda: run(step=lambda m, b: iter([("c", m["a"](b[0]).mean())])),
        "loss without a name": lambda: run(step=lambda m, b: iter([m["a"](b[0]).mean()])),
        "player yields a float": lambda: run(step=lambda m, b: iter([("a", 0.5)])),
        "player yields None": lambda: run(step=lambda m, b: iter([("a", None)])),
        "a vector loss": lambda: run(step=lambda m, b: iter([("a", m["a"](b[0]))])),
        "single model": lambda: fit(linear(), (x,), step=game, epochs=1, progress=False),
        "metrics": lambda: run(valid=(x,), metrics={"accuracy": accuracy}),
        "stop on valid_loss": lambda: run(valid=(x,), stop=Patience(2)),
        "loss of the other player": lambda: run(
            step=lambda m, b: iter([("a", m["b"](b[0]).square().mean())])),
    }  # fmt: skip
    for name, do in wrong.items():
        yield refuse(f"players: {name}", lambda f, d=do: d(), *words, "loss")

    def right(value):
        hand = two()
        for _ in range(2):
            for name in "ab":
                optimizer = sgd(hand[name].parameters())
                optimizer.zero_grad()
                hand[name](x).square().mean().backward()
                optimizer.step()
        return same(weights(value[0]), weights(hand), "weight", 1e-5)

    yield equal("players: one optimizer each", lambda f: run(optimizer=lambda m: sgd), right)
    yield either("players: compile", lambda f: run(compile="eager"), anything, *words)


def checkpoint_options():
    def at(folder, path, **more):
        return train(checkpoint=Checkpoint(path, **more))

    wrong = {
        "every=0": {"every": 0}, "every=-1": {"every": -1}, "every=1.5": {"every": 1.5},
        "every='1'": {"every": "1"}, "every=None": {"every": None}, "every=nan": {"every": nan},
        "steps=0": {"steps": 0}, "steps=-1": {"steps": -1}, "steps=2.5": {"steps": 2.5},
        "steps='2'": {"steps": "2"},
    }  # fmt: skip
    for name, more in wrong.items():
        yield refuse(
            f"Checkpoint({name})", lambda f, m=more: at(f, f / "run.pt", **m), name.split("=")[0]
        )
    for value in (None, 3, "", [], b"a.pt"):
        yield refuse(
            f"Checkpoint(path={value!r})", lambda f, v=value: at(f, v), "path", "Checkpoint"
        )
    for value in (True, 3, [1], {"path": "a.pt"}, Checkpoint):
        yield refuse(
            f"checkpoint={value!r}"[:40], lambda f, v=value: train(checkpoint=v), "checkpoint"
        )

    def plain(folder, kind):
        import os

        os.chdir(folder)
        model, _ = train(checkpoint=kind(folder / "run.pt"))
        return (folder / "run.pt").exists()

    for kind in (str, lambda p: p):
        yield either(
            f"checkpoint is a path ({kind is str})", lambda f, k=kind: plain(f, k),
            lambda v: None if v else "nothing was saved", "checkpoint", "Checkpoint(",
        )  # fmt: skip

    def folder_there(folder):
        (folder / "run.pt").mkdir()
        return at(folder, folder / "run.pt")

    def parent_is_a_file(folder):
        (folder / "a").write_text("x")
        return at(folder, folder / "a" / "run.pt")

    def home(folder):
        import os

        os.chdir(folder)
        os.environ["HOME"], before = str(folder / "home"), os.environ["HOME"]
        try:
            at(folder, "~/run.pt")
        finally:
            os.environ["HOME"] = before
        return (folder / "~").exists()

    errors = (ValueError, FileNotFoundError, NotADirectoryError, PermissionError)
    yield refuse("path is a folder", folder_there, "run.pt")
    yield refuse("parent is a file", parent_is_a_file, "run.pt", "/a")
    yield refuse("path in /proc", lambda f: at(f, "/proc/run.pt"), "/proc/run.pt")
    yield refuse("name too long", lambda f: at(f, f / ("a" * 300)), "aaa", "name")
    yield refuse("NUL in the name", lambda f: at(f, str(f / "a\0b")), "run", "path", "null", "name")
    yield either(
        "~ is not a folder", home, lambda v: "a folder named ~" if v else None, "~", errors=errors
    )
    yield equal(
        "parents are made", lambda f: (at(f, f / "a" / "b" / "run.pt"), (f / "a/b/run.pt").exists())[1],
        lambda v: None if v else "no file",
    )  # fmt: skip


def predictions():
    x, y = data()
    expected = linear()(x).detach()
    right = lambda v: same(v, expected, "prediction", 1e-5)  # noqa: E731
    words = ("predict", "model", "x", "data", "batch", "tensor")
    wrong = {
        "None": None,
        "a number": 3,
        "text": "x.csv",
        "another number of columns": x[:, :2],
        "whole numbers": x.long(),
        "no rows": x[:0],
        "x and y": (x, y),
        "lists": [[1.0, 2.0, 3.0]],
        "empty list": [],
        "a dict": {"x": x},
        "DataFrame": pandas.DataFrame({"a": ["b"]}),
        "complex": x + 0j,
        "0-d": torch.tensor(1.0),
        "labelled rows": TensorDataset(x, y),
        "labelled batches": [(x, y)],
        "empty Dataset": Listed([]),
    }
    for name, given in wrong.items():
        if name == "no rows":
            yield either(
                "predict: no rows", lambda f: predict(linear(), x[:0]),
                lambda v: None if v.shape == (0, 3) else f"shape {v.shape}", *words,
            )  # fmt: skip
        elif name in ("labelled rows", "labelled batches"):
            yield either(f"predict: {name}", lambda f, g=given: predict(linear(), g), right, *words)
        else:
            yield refuse(f"predict: {name}", lambda f, g=given: predict(linear(), g), *words)
    for value in (0, -1, 2.5, "8", None, nan):
        yield refuse(
            f"predict: batch_size={value!r}", lambda f, v=value: predict(linear(), x, batch_size=v),
            "batch_size",
        )  # fmt: skip
        yield refuse(
            f"evaluate: batch_size={value!r}", lambda f, v=value: evaluate(
                linear(), (x, y), step=supervised(F.cross_entropy), batch_size=v), "batch_size",
        )  # fmt: skip
    for name, make in {
        "None": lambda: None,
        "class": lambda: nn.Linear,
        "numbers": lambda: 3,
    }.items():
        yield refuse(f"predict: model {name}", lambda f, m=make: predict(m(), x), "model")
        yield refuse(
            f"evaluate: model {name}", lambda f, m=make: evaluate(
                m(), (x, y), step=supervised(F.cross_entropy)), "model",
        )  # fmt: skip
    for form in ("tuple", "dict", "None", "list", "numpy"):
        yield either(
            f"predict: model returns {form}", lambda f, k=form: predict(Two(k), x), right, "model",
            "predict", "output",
        )  # fmt: skip
    fine = {
        "numpy": lambda: x.numpy(),
        "float64": lambda: x.double(),
        "tuple of one": lambda: (x,),
        "list of batches": lambda: [x[:20], x[20:]],
        "generator": lambda: (part for part in x.split(7)),
        "loader of x": lambda: DataLoader(x, batch_size=5),
        "Dataset of x": lambda: Listed(list(x)),
        "sparse": lambda: x.to_sparse(),
        "stream of batches": lambda: DataLoader(x, batch_size=None),
    }
    for name, make in fine.items():
        if name == "stream of batches":
            continue
        yield either(f"predict: {name}", lambda f, m=make: predict(linear(), m()), right, *words)
    yield equal("predict: batch_size=1", lambda f: predict(linear(), x, batch_size=1), right)
    yield equal("predict: batch_size=7", lambda f: predict(linear(), x, batch_size=7), right)
    yield equal(
        "predict: dropout is off",
        lambda f: predict(nn.Sequential(linear(), nn.Dropout(0.9)).train(), x), right,
    )  # fmt: skip
    yield either(
        "predict: a model without parameters", lambda f: predict(nn.Flatten(), x),
        lambda v: same(v, x), "model", "parameter",
    )  # fmt: skip
    yield either(
        "predict: a shuffled loader loses the order",
        lambda f: predict(linear(), DataLoader(x, batch_size=8, shuffle=True)), right,
        "shuffle", "order", warning="shuffle",
    )  # fmt: skip

    def nested(folder):
        torch.set_grad_enabled(False)
        return predict(linear(), x)

    yield equal("predict: without gradients", nested, right)

    def goes_on(folder):
        model = linear()
        out = predict(model, x)
        model(out).sum().backward()
        return model.weight.grad

    yield either(
        "predict: outputs feed another model", goes_on,
        lambda v: same(v, expected.sum(0).expand(3, 3), "gradient", 1e-4), "inference",
    )  # fmt: skip

    def mode(folder):
        model = nn.Sequential(linear(), nn.Dropout(0.5)).train()
        evaluate(model, (x, y), step=supervised(F.cross_entropy))
        return evaluate(model, (x, y), step=supervised(F.cross_entropy))["valid_loss"]

    yield equal(
        "evaluate: eval mode, uneven batches", mode,
        lambda v: same(v, F.cross_entropy(linear()(x), y).detach(), "loss", 1e-5),
    )  # fmt: skip
    for step in (None, F.cross_entropy, "step", nn.CrossEntropyLoss, lambda m, b: None,
                 lambda m, b: m(b[0])):  # fmt: skip
        yield refuse(
            f"evaluate: step {getattr(step, '__name__', step)!r}",
            lambda f, s=step: evaluate(linear(), (x, y), step=s), "step", "loss",
        )  # fmt: skip


def lookup(sparse):
    """An embedding and a head."""
    return nn.Sequential(nn.Embedding(8, 4, sparse=sparse), nn.Linear(4, 3))


def habits():
    """What people bring from other libraries and other notebooks."""
    x, y = data()
    ce = supervised(F.cross_entropy)
    words = ("train", "data", "valid", "tensor", "target", "tuple", "step", "batch")
    yield refuse("fit(model, x, y), as in Keras", lambda f: fit(
        linear(), x, y, step=ce, epochs=1, progress=False), *words)  # fmt: skip
    yield refuse("fit(model, x, y) of numpy", lambda f: fit(
        linear(), x.numpy(), y.numpy(), step=ce, epochs=1, progress=False), *words)  # fmt: skip
    yield refuse("fit(model, (x, y), 10): epochs by position", lambda f: fit(
        linear(), (x, y), 10, step=ce, epochs=1, progress=False), *words)  # fmt: skip
    yield refuse("fit((x, y), model)", lambda f: fit(
        (x, y), linear(), step=ce, epochs=1, progress=False), "model", *words)  # fmt: skip
    yield refuse("predict(x, model)", lambda f: predict(x, linear()), "model")
    yield refuse("evaluate((x, y), model)", lambda f: evaluate((x, y), linear(), step=ce), "model")
    yield either("epochs=3.0", lambda f: train(epochs=3.0), epochs_are(3), "epochs")
    yield either("batch_size=1e3", lambda f: train(batch_size=1e3), learnt(x, y), "batch_size")
    column, flat = x[:, :1], x[:, 0]
    losses = {
        "l1_loss": F.l1_loss, "smooth_l1_loss": F.smooth_l1_loss, "huber_loss": F.huber_loss,
        "MSELoss": nn.MSELoss(), "a lambda": lambda p, t: (p - t).square().mean(),
        "a function": broadcasting,
    }  # fmt: skip
    for name, loss in losses.items():
        yield refuse(f"{name}: prediction (N, 1), target (N,)", lambda f, k=loss: train(
            model=linear(3, 1), data_=(x, flat), step=supervised(k)), "shape", "(32")  # fmt: skip
        yield equal(
            f"{name}: prediction (N, 1), target (N, 1)",
            lambda f, k=loss: train(model=linear(3, 1), data_=(x, column), step=supervised(k)),
            lambda v, k=loss: same(weights(v[0]), weights(by_hand(
                x, column, loss=k, model=linear(3, 1))), "weight", 1e-4),
        )  # fmt: skip
        yield refuse(f"{name}: three outputs, one target", lambda f, k=loss: train(
            model=linear(3, 3), data_=(x, column), step=supervised(k)), "shape", "(32")  # fmt: skip
    zero_one = (flat > 0).float()
    bce = supervised(F.binary_cross_entropy_with_logits)
    yield refuse("binary cross entropy: (N, 1) and (N,)", lambda f: train(
        model=linear(3, 1), data_=(x, zero_one), step=bce), "shape", "(32", "size")  # fmt: skip
    yield refuse("binary cross entropy: whole-number target", lambda f: train(
        model=linear(3, 1), data_=(x, zero_one.long()[:, None]), step=bce), *words, "dtype",
        "Float", "Long")  # fmt: skip
    yield refuse("binary cross entropy of logits: not in 0..1", lambda f: train(
        model=linear(3, 1), data_=(x, zero_one[:, None]), step=supervised(F.binary_cross_entropy)),
        "0 and 1", "between", *words)  # fmt: skip
    numbers = torch.arange(32)[:, None] % 8
    yield either("a sparse embedding", lambda f: train(
        model=nn.Sequential(lookup(True), nn.Flatten(1), nn.LazyLinear(3)), data_=(numbers, y)),
        anything, "sparse", *words)  # fmt: skip
    yield refuse("an index beyond the embedding", lambda f: train(
        model=nn.Sequential(lookup(False), nn.Flatten(1)), data_=(numbers + 3, y)), "index", *words)  # fmt: skip
    yield refuse("loss of the targets alone", lambda f: train(
        step=lambda m, b: b[1].float().mean().requires_grad_()), "gradient", "grad", "parameter",
        "model", *words)  # fmt: skip
    seen = []

    def keeps(model, batch):
        seen.append(model(batch[0]))  # a list of outputs that grows with the run
        return F.cross_entropy(seen[-1], batch[1])

    yield equal("a step that keeps every output", lambda f: train(step=keeps), learnt(x, y))

    def own_step(model, batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        loss.backward()
        return loss

    yield refuse("a step that calls backward itself", lambda f: train(step=own_step), "backward",
                 "step", "grad")  # fmt: skip
    double = data(n=64)
    yield equal("more epochs than needed", lambda f: train(data_=double, epochs=5, batch_size=64),
                learnt(*double, epochs=5))  # fmt: skip


def broadcasting(prediction, target):
    """A loss written by hand, which broadcasts without a word."""
    return (prediction - target).abs().mean()


FAMILIES = {
    "calls: habits": habits,
    "calls: counts": counts,
    "calls: numbers and names": numbers,
    "calls: schedules": schedules,
    "calls: optimisers": optimizers,
    "calls: metrics": metric_cases,
    "calls: stopping": stops,
    "calls: steps": step_cases,
    "calls: data": data_cases,
    "calls: validation data": valid_cases,
    "calls: models": model_cases,
    "calls: transforms": transforms,
    "calls: players": players,
    "calls: checkpoint options": checkpoint_options,
    "calls: predict, evaluate": predictions,
}
