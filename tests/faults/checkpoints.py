"""Checkpoints that are damaged, foreign or stale, and runs that go on from good ones.

A base run is stopped right after a save (`os.replace` is the last thing a save does); its file is
then damaged, or the run is taken up with something changed. A damaged file may be taken up only if
the weights end, bit for bit, where those of a run that was never stopped end.
"""

import contextlib
import functools
import gzip
import inspect
import io
import os
import pickle
import random
import resource
import signal
import subprocess
import sys
import zipfile

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

from helpers.metrics.classification import accuracy
from helpers.train import checkpoint
from helpers.train.checkpoint import Checkpoint
from helpers.train.guard import BadLoss
from helpers.train.loop import fit
from helpers.train.schedule import cosine, one_cycle
from helpers.train.steps import Remembering, supervised
from helpers.train.stop import Patience
from tests.faults.calls import data, linear, weights
from tests.faults.judge import either, equal, refuse, same

FILE = "run.pt"
EPOCHS = 4


class Stopped(BaseException):
    """The process was ended just after a save."""


@contextlib.contextmanager
def stopped(after):
    """End the run right after the save number `after`."""
    replace, count = os.replace, [0]

    def once(*files, **more):
        replace(*files, **more)
        count[0] += 1
        if count[0] == after:
            raise Stopped

    os.replace = once
    try:
        yield
    finally:
        os.replace = replace


@contextlib.contextmanager
def killed_in_a_save():
    """End the run when a save is about to rename its file, and let nothing clean up after it."""
    kept = {name: getattr(os, name) for name in ("replace", "rename", "unlink", "remove")}

    def end(*files, **more):
        raise Stopped

    os.replace = os.rename = end
    os.unlink = os.remove = lambda *a, **k: None
    try:
        yield
    finally:
        for name, function in kept.items():
            setattr(os, name, function)


def net(width=4, act=nn.ReLU, drop=0.0, norm=False):
    """A small network; the same weights each time."""
    torch.manual_seed(7)
    parts = [nn.Linear(3, width), act(), *([nn.BatchNorm1d(width)] if norm else [])]
    model = nn.Sequential(*parts, nn.Dropout(drop), nn.Linear(width, 3))
    torch.manual_seed(3)
    return model


def cross_entropy(model, batch):
    """A plain function as a step."""
    return F.cross_entropy(model(batch[0]), batch[1])


class Counting(Remembering):
    """A step with a memory: the loss grows with the number of steps."""

    memory = ("steps",)

    def __init__(self):
        self.steps = 0

    def __call__(self, model, batch):
        self.steps += 1
        return F.cross_entropy(model(batch[0]), batch[1]) * (1 + self.steps / 8)


class Forgetting(Remembering):
    """The same, but it does not say what it remembers."""

    memory = ()
    __call__, __init__ = Counting.__call__, Counting.__init__


def game(model, batch):
    """Two players, each with its own loss."""
    yield "a", F.cross_entropy(model["a"](batch[0]), batch[1])
    yield "b", (model["b"](batch[0]) - model["a"](batch[0]).detach()).square().mean()


def noise(batch, draws):
    """A transform with random numbers of its own."""
    x, y = batch
    return x + 0.1 * torch.randn(x.shape, generator=draws), y


def run(model=None, train=None, valid=None, folder=None, **change):
    """`fit` of the base run with some of its arguments changed; returns (model, history)."""
    random.seed(3)
    np.random.seed(3)
    torch.manual_seed(3)
    model = net() if model is None else model
    options = {"step": supervised(F.cross_entropy), "epochs": EPOCHS, "batch_size": 8}
    if "optimizer" not in change:
        options["lr"] = 0.02
    options |= {"progress": False} | change
    if folder is not None:
        options["checkpoint"] = Checkpoint(folder / FILE, **options.pop("saves", {}))
    options.pop("saves", None)
    return model, fit(model, data() if train is None else train, valid, **options)


@functools.cache
def stored(setting="plain", after=2):
    """The checkpoint of a run ended after a save; `after` 99 lets it finish."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as home:
        with contextlib.suppress(Stopped), stopped(after):
            run(folder=Path(home), **SETTINGS[setting]())
        return (Path(home) / FILE).read_bytes()


@functools.cache
def goal(setting="plain"):
    """Weights and losses of the run that is never stopped and never saved."""
    change = SETTINGS[setting]()
    change.pop("saves", None)
    model, history = run(**change)
    return weights(model).clone(), [row["loss"] for row in history.rows]


def continued(folder, content, setting="plain", **change):
    """Put a checkpoint into the folder and take the run up again."""
    if content is not None:
        (folder / FILE).write_bytes(content)
    return run(folder=folder, **(SETTINGS[setting]() | change))


def arrives(setting="plain"):
    """Check that a run ends bit for bit where the one never stopped ends."""

    def check(value):
        expected, losses = goal(setting)
        found = [row["loss"] for row in value[1].rows]
        return same(weights(value[0]), expected, "weight") or same(found, losses, "loss")

    return check


def loader(**how):
    """A shuffled loader with a generator of its own."""
    g = torch.Generator().manual_seed(5)
    return DataLoader(TensorDataset(*data()), batch_size=8, shuffle=True, generator=g, **how)


class Tossed(Dataset):
    """A data set that draws from the global generators."""

    def __len__(self):
        return 32

    def __getitem__(self, k):
        x, y = data()
        shift = torch.randn(1) + float(np.random.normal()) + random.random()
        return x[k] + shift / 16, y[k]


class Reader(nn.Module):
    """A recurrent network over the three features."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(7)
        self.cell, self.head = nn.GRU(1, 4, batch_first=True), nn.Linear(4, 3)

    def forward(self, x):
        return self.head(self.cell(x[..., None])[0][:, -1])


class Noisy(Dataset):
    """A data set that draws noise from NumPy's new generators."""

    def __init__(self):
        self.draws = np.random.default_rng(3)

    def __len__(self):
        return 32

    def __getitem__(self, k):
        x, y = data()
        return x[k] + float(self.draws.normal()) / 8, y[k]


SETTINGS = {
    "plain": lambda: {},
    "plain function": lambda: {"step": cross_entropy},
    "SGD with momentum": lambda: {
        "optimizer": functools.partial(torch.optim.SGD, lr=0.05, momentum=0.9)},
    "dropout": lambda: {"model": net(drop=0.5)},
    "batch norm": lambda: {"model": net(norm=True)},
    "schedule": lambda: {"schedule": one_cycle()},
    "average": lambda: {"average": 0.9},
    "swa": lambda: {"average": "swa"},
    "accumulate": lambda: {"accumulate": 2},
    "clip": lambda: {"clip": 0.1},
    "transform": lambda: {"transform": noise},
    "validation": lambda: {"valid": data(seed=1), "metrics": {"accuracy": accuracy}},
    "patience": lambda: {"valid": data(seed=1), "stop": Patience(2)},
    "every second epoch": lambda: {"saves": {"every": 2}},
    "in the epoch": lambda: {"saves": {"steps": 1}},
    "in the epoch, dropout": lambda: {"model": net(drop=0.5), "saves": {"steps": 3}},
    "in the epoch, accumulate": lambda: {"accumulate": 2, "saves": {"steps": 1}},
    "in the epoch, average": lambda: {"average": 0.9, "saves": {"steps": 1}},
    "in the epoch, transform": lambda: {"transform": noise, "saves": {"steps": 1}},
    "step with memory": lambda: {"step": Counting()},
    "step that hides its memory": lambda: {"step": Forgetting()},
    "two players": lambda: {"model": nn.ModuleDict({"a": net(), "b": net()}), "step": game},
    "Dataset": lambda: {"train": TensorDataset(*data())},
    "loader": lambda: {"train": DataLoader(TensorDataset(*data()), batch_size=8)},
    "shuffled loader": lambda: {
        "train": DataLoader(TensorDataset(*data()), batch_size=8, shuffle=True)},
    "loader with a generator": lambda: {"train": loader()},
    "loader with a generator, in the epoch": lambda: {"train": loader(), "saves": {"steps": 1}},
    "noise from numpy's generator": lambda: {"train": Noisy()},
    "global generators": lambda: {"train": Tossed()},
    "global generators, in the epoch": lambda: {"train": Tossed(), "saves": {"steps": 1}},
    "spectral norm": lambda: {"model": spectral()},
    "recurrent": lambda: {"model": Reader()},
    "bf16": lambda: {"precision": "bf16"},
    "frozen layer": lambda: {"model": frozen_first()},
    "rates by group": lambda: {"optimizer": by_group},
    "clip and schedule": lambda: {"clip": 0.5, "schedule": cosine(warmup=0.2)},
    "average and patience": lambda: {
        "average": 0.9, "valid": data(seed=1), "stop": Patience(3)},
}  # fmt: skip


def spectral():
    model = net()
    nn.utils.parametrizations.spectral_norm(model[0])
    return model


def frozen_first():
    model = net()
    model[0].requires_grad_(False)
    return model


def by_group(parameters):
    parameters = list(parameters)
    groups = [{"params": parameters[:2], "lr": 0.001}, {"params": parameters[2:], "lr": 0.05}]
    return torch.optim.AdamW(groups)


def resumed():
    for setting in SETTINGS:
        for after in (1, 2, 3):

            def again(folder, s=setting, k=after):
                with contextlib.suppress(Stopped), stopped(k):
                    return run(folder=folder, **SETTINGS[s]())
                return run(folder=folder, **SETTINGS[s]())

            exact = not any(word in setting for word in ("noise", "loader with", "hides"))
            if exact:
                yield equal(
                    f"resume {setting}, stopped after save {after}", again, arrives(setting)
                )
            else:
                yield either(
                    f"resume {setting}, stopped after save {after}", again, arrives(setting),
                    "generator", "exact", "random", warning="resumed",
                )  # fmt: skip


WORDS = (FILE,)


def truncated():
    content = stored()
    n = len(content)
    cuts = {*range(16), *range(n - 24, n), *(n * k // 80 for k in range(80))}
    for cut in sorted(cuts):
        yield refuse(
            f"first {cut} of {n} bytes", lambda f, c=cut: continued(f, content[:c]), *WORDS
        )
    for cut in (1, 64, n // 2):
        yield refuse(f"last {cut} bytes", lambda f, c=cut: continued(f, content[-c:]), *WORDS)
    holes = random.Random(1)
    for _ in range(12):
        a = holes.randrange(n - 64)
        broken = content[:a] + bytes(64) + content[a + 64 :]
        if broken != content:
            yield either(
                f"64 zeros at byte {a}", lambda f, b=broken: continued(f, b), arrives(), *WORDS
            )
    twice = content + content[:99]
    yield either("begun again behind its end", lambda f: continued(f, twice), arrives(), *WORDS)


def flipped(content, place, bit):
    """The same bytes with one bit changed."""
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


def flips():
    content, draws = stored(), random.Random(2)
    for _ in range(110):
        place, bit = draws.randrange(len(content)), draws.randrange(8)
        yield either(
            f"bit {bit} of byte {place}", lambda f, p=place, b=bit: continued(f, flipped(content, p, b)),
            arrives(), *WORDS,
        )  # fmt: skip


def places(content):
    """Where each record of the zip archive lies: name -> (first byte, length)."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            head = content[info.header_offset :][:30]
            skip = (
                30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
            )
            found[info.filename] = (info.header_offset + skip, info.file_size)
    return found


def flips_inside():
    """Flips in every stored tensor and in the metadata; a changed content must be noticed."""
    content, draws = stored(), random.Random(3)
    try:
        records = places(content)
    except zipfile.BadZipFile:
        return
    for name, (first, length) in records.items():
        if not length:
            continue
        for k in range(60 if name.endswith(".pkl") else 4):
            place = first + draws.randrange(length)
            bit = 0 if k == 0 else draws.randrange(8)
            yield either(
                f"bit {bit} of byte {place}, in {name}",
                lambda f, p=place, b=bit: continued(f, flipped(content, p, b)), arrives(), *WORDS,
            )  # fmt: skip


def leaves(part, path=()):
    """(path, value) of everything in a nest of dicts, lists and tuples."""
    if isinstance(part, dict):
        for key in part:
            yield from leaves(part[key], (*path, key))
    elif isinstance(part, list | tuple):
        for k, value in enumerate(part):
            yield from leaves(value, (*path, k))
    else:
        yield path, part


def put(part, path, value):
    """A copy of the nest with one value replaced."""
    if not path:
        return value
    if isinstance(part, dict):
        return type(part)(
            {k: put(v, path[1:], value) if k == path[0] else v for k, v in part.items()}
        )
    return type(part)(put(v, path[1:], value) if k == path[0] else v for k, v in enumerate(part))


def other(value):
    """A value of the same type that differs a little."""
    if isinstance(value, torch.Tensor):
        changed = value.clone()
        if changed.numel():
            first = changed.view(-1)[:1]
            first.copy_(~first if first.dtype == torch.bool else first + 1)
        return changed
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes):
        return value + b"x"
    return 1


def opened(content):
    """What `torch.load` finds in the file."""
    return torch.load(io.BytesIO(content), weights_only=True)


def packed(state):
    """Bytes that `torch.save` writes."""
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def edited():
    """Well-formed files with one value edited by hand."""
    for setting, after in {"plain": 2, "patience": 2, "average": 2, "in the epoch": 2}.items():
        state, draws = opened(stored(setting, after)), random.Random(4)
        for key in state:
            inside = list(leaves(state[key], (key,)))
            for path, value in draws.sample(inside, min(len(inside), 4)):
                if path[-1] == "seconds":
                    continue
                changed = packed(put(state, path, other(value)))
                yield refuse(
                    f"{setting}: edited {path}",
                    lambda f, c=changed, s=setting: continued(f, c, s), *WORDS,
                )  # fmt: skip
            if setting == "plain":
                kinds = {"gone": {k: v for k, v in state.items() if k != key}}
                for name, value in {"None": None, "text": "x", "a list": [], "a dict": {}}.items():
                    if value != state[key]:
                        kinds[name] = state | {key: value}
                for name, changed in kinds.items():
                    yield refuse(
                        f"key {key!r}: {name}", lambda f, c=changed: continued(f, packed(c)), *WORDS
                    )


def formats():
    state = opened(stored())
    for value in (0, 1, 3, 99, "3", 2.5, -1, None, [2], True):
        if "format" in state and value != state["format"]:
            changed = packed(state | {"format": value})
            yield refuse(f"format {value!r}", lambda f, c=changed: continued(f, c), *WORDS)
    yield refuse("newer format, other keys", lambda f: continued(
        f, packed({"format": 999, "state": {}})), *WORDS)  # fmt: skip

    def written_by(folder, number):
        before = checkpoint.FORMAT
        checkpoint.FORMAT = number
        try:
            with contextlib.suppress(Stopped), stopped(2):
                run(folder=folder)
        finally:
            checkpoint.FORMAT = before
        return run(folder=folder)

    for number in (0, 99):  # whole and unharmed, of another version
        yield refuse(f"written in format {number}", lambda f, n=number: written_by(f, n), "format")


def loaded(path):
    """`Checkpoint.load`, which took a device once."""
    takes = inspect.signature(Checkpoint.load).parameters
    return Checkpoint(path).load(*(["cpu"] if "device" in takes else []))


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harmed",)


def pickled(value, protocol=2):
    return pickle.dumps(value, protocol=protocol)


def foreign_files():
    content = stored()
    state = opened(content)
    numbers = io.BytesIO()
    np.save(numbers, np.arange(4.0))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("a.txt", "hello")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    whole = io.BytesIO()
    torch.save(net(), whole)
    old = io.BytesIO()
    torch.save(state, old, _use_new_zipfile_serialization=False)
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(linear()), script)
    files = {
        "empty": b"", "one byte": b"P", "text": b"epoch,loss\n1,0.5\n", "JSON": b'{"format": 2}',
        "zeros": bytes(4096), "ones": b"\xff" * 4096, "HTML": b"<html><body>404</body></html>",
        "git-lfs pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n",
        "pickle of a dict": pickled(state.get("format", 1)),
        "pickle of a list": pickled([1, 2]), "pickle, protocol 5": pickled({"a": 1}, 5),
        "npy": numbers.getvalue(), "zip of a text": archive.getvalue(), "empty zip": empty.getvalue(),
        "gzip": gzip.compress(content), "a tensor": packed(torch.ones(3)), "a list": packed([1, 2]),
        "a number": packed(2), "text saved": packed("hello"), "None": packed(None),
        "empty dict": packed({}), "state_dict alone": packed(net().state_dict()),
        "Lightning": packed({"state_dict": net().state_dict(), "epoch": 3, "global_step": 12}),
        "model and optimizer": packed({"model": net().state_dict(), "optimizer": {}, "epoch": 1}),
        "whole model": whole.getvalue(), "TorchScript": script.getvalue(),
        "byte in front": b"\0" + content, "PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
        "safetensors": (2).to_bytes(8, "little") + b"{}", "tar": b"a" * 257 + b"ustar" + bytes(250),
        "Keras h5": b"\x89HDF\r\n\x1a\n" + bytes(64), "Windows line ends": content.replace(b"\n", b"\r\n"),
        "as text": content.decode("latin-1").encode("utf-8"), "half a copy": content[: len(content) // 2],
    }  # fmt: skip
    for name, what in files.items():
        yield refuse(f"file: {name}", lambda f, w=what: continued(f, w), *WORDS)
        yield refuse(f"load: {name}", lambda f, w=what: (
            (f / FILE).write_bytes(w), loaded(f / FILE))[1], *WORDS)  # fmt: skip
    yield either("the old serialisation", lambda f: continued(f, old.getvalue()), arrives(), *WORDS)
    yield either("bytes behind", lambda f: continued(f, content + b"\n"), arrives(), *WORDS)
    for protocol in (0, 2, 4):

        def harmful(folder, p=protocol):
            os.chdir(folder)
            try:
                continued(folder, pickled(Harmful(), p))
            finally:
                if (folder / "harmed").exists():
                    raise RuntimeError("the file's code was run")

        yield refuse(f"a pickle that runs code, protocol {protocol}", harmful, *WORDS)


def odd_places():
    content = stored()

    def link(folder, target, data_=content):
        if data_ is not None:
            (folder / "real.pt").write_bytes(data_)
        (folder / FILE).symlink_to(target)
        return run(folder=folder)

    yield either("symlink to a good one", lambda f: link(f, "real.pt"), arrives(), *WORDS)
    yield refuse(
        "symlink to a damaged one", lambda f: link(f, "real.pt", content[:300]), FILE, "real"
    )
    yield either("symlink to nothing", lambda f: link(f, "gone.pt", None), arrives(), *WORDS)
    yield either("symlink to itself", lambda f: link(f, FILE, None), arrives(), *WORDS)
    yield refuse("symlink to a folder", lambda f: link(f, ".", None), *WORDS)
    yield refuse("symlink to /dev/zero", lambda f: link(f, "/dev/zero", None), *WORDS)
    yield refuse("symlink to /dev/null", lambda f: link(f, "/dev/null", None), *WORDS)

    def folder_there(folder, inside):
        (folder / FILE).mkdir()
        if inside:
            (folder / FILE / "a").write_text("x")
        return run(folder=folder)

    def pipe(folder):
        os.mkfifo(folder / FILE)
        return run(folder=folder)

    yield refuse("an empty folder", lambda f: folder_there(f, False), *WORDS)
    yield refuse("a folder with a file", lambda f: folder_there(f, True), *WORDS)
    yield refuse("a pipe", pipe, *WORDS)

    def full(folder, limit, resume):
        if resume:
            (folder / FILE).write_bytes(content)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            return run(folder=folder)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            if resume and (folder / FILE).read_bytes() != content:
                raise RuntimeError("the old checkpoint is damaged")

    for limit in (10, 1000, len(content) // 2):
        for resume in (False, True):
            yield refuse(
                f"no room after {limit} bytes, {'old file there' if resume else 'first save'}",
                lambda f, k=limit, r=resume: full(f, k, r), *WORDS, errors=(ValueError, OSError),
            )  # fmt: skip

    def leftovers(folder):
        for _ in range(4):
            with contextlib.suppress(Stopped), killed_in_a_save():
                run(folder=folder)
        left = len(list(folder.iterdir()))
        run(folder=folder)
        return left, sorted(p.name for p in folder.iterdir())

    yield equal(
        "kills during a save leave no pile", leftovers,
        lambda v: None if v[0] <= 2 and v[1] == [FILE] else f"{v[0]} files after kills, then {v[1]}",
    )  # fmt: skip

    def two_runs(folder):
        first = run(folder=folder)
        run(folder=folder, model=net(), seed=1)
        return first

    yield refuse("a second run, other seed, to the same file", two_runs, "seed")

    def finished(folder):
        run(folder=folder)
        return run(folder=folder)

    yield equal("a finished run again returns the same", finished, arrives())

    def longer(folder):
        run(folder=folder, epochs=2)
        return run(folder=folder)

    yield either("two epochs, then four", longer, arrives(), "epochs")

    def shorter(folder):
        run(folder=folder)
        return run(folder=folder, epochs=2)

    yield refuse("fewer epochs than the file has", shorter, "epochs")


class Other(nn.Module):
    """The same names and shapes as `net`, another computation."""

    def __init__(self):
        super().__init__()
        inner = net()
        for name, part in inner.named_children():
            self.add_module(name, part)

    def forward(self, x):
        return self.get_submodule("3")(-self.get_submodule("0")(x))


def weighted(model, batch):
    """A step that a person edits between two runs."""
    return 2 * F.cross_entropy(model(batch[0]), batch[1])


def changes():
    """(name, what is changed against the base run, words of which one must be said)."""
    x, y = data()
    one, flipped_label, nudged = x.clone(), y.clone(), x.clone()
    one[4, 1] += 1
    nudged[31, 2] += 1e-3
    flipped_label[9] = (y[9] + 1) % 3
    order = torch.randperm(32, generator=torch.Generator().manual_seed(1))
    datas = {
        "other rows": (data(seed=1)[0], y), "one value": (one, y), "a tiny change": (nudged, y),
        "one label": (x, flipped_label), "labels rolled": (x, y.roll(1)), "labels sorted": (x, y.sort()[0]),
        "other order": (x[order], y[order]), "one row fewer": (x[:-1], y[:-1]),
        "one row more": (torch.cat([x, x[:1]]), torch.cat([y, y[:1]])), "half": (x[:16], y[:16]),
        "standardised": ((x - x.mean(0)) / x.std(0), y), "sign": (-x, y), "other classes": (x, y % 2),
        "columns swapped": (x[:, [1, 0, 2]], y), "a Dataset of other rows": TensorDataset(-x, y),
        "a loader of other rows": DataLoader(TensorDataset(-x, y), batch_size=8),
        "a list of other batches": list(zip((-x).split(8), y.split(8))),
    }  # fmt: skip
    for name, given in datas.items():
        yield (
            f"data: {name}",
            {"train": given},
            ("data", "train", "row", "label", "target", "tensor"),
        )
    for width in (3, 5, 8):
        yield f"model: width {width}", {"model": net(width)}, ("model", "shape")
    models = {
        "batch norm added": net(norm=True), "linear": linear(), "float64": net().double(),
        "float16": net().half(), "bfloat16": net().bfloat16(), "two players": nn.ModuleDict({"a": net()}),
        "a layer more": nn.Sequential(net(), nn.Linear(3, 3)),
        "other names": nn.ModuleDict({"body": net()})["body"].append(nn.Identity()),
        "a buffer more": net(),
    }  # fmt: skip
    models["a buffer more"].register_buffer("extra", torch.zeros(1))
    del models["other names"]
    for name, model in models.items():
        words = ("model", "shape", "dtype", "float", "bfloat", "half", "player", "optimi")
        yield f"model: {name}", {"model": model}, words
    for name, model in {
        "Tanh for ReLU": net(act=nn.Tanh), "dropout added": net(drop=0.5),
        "another forward": Other(), "first layer frozen": frozen_first(),
    }.items():  # fmt: skip
        yield (
            f"model: {name}",
            {"model": model},
            ("model", "optimi", "parameter", "module", "layer"),
        )
    steps = {
        "plain function": cross_entropy, "twice the loss": weighted, "with a memory": Counting(),
        "label smoothing": supervised(functools.partial(F.cross_entropy, label_smoothing=0.1)),
        "loss module": supervised(nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]))),
        "other loss": supervised(F.multi_margin_loss),
        "a lambda": supervised(lambda p, t: F.cross_entropy(p / 2, t)),
        "other unpack": supervised(F.cross_entropy, unpack=lambda b: ((-b[0],), b[1])),
    }  # fmt: skip
    for name, step in steps.items():
        yield f"step: {name}", {"step": step}, ("step", "loss")
    adamw = functools.partial
    optimizers = {
        "SGD": torch.optim.SGD, "Adam": torch.optim.Adam, "RMSprop": torch.optim.RMSprop,
        "weight decay": adamw(torch.optim.AdamW, lr=0.02, weight_decay=0.5),
        "betas": adamw(torch.optim.AdamW, lr=0.02, betas=(0.5, 0.9)),
        "eps": adamw(torch.optim.AdamW, lr=0.02, eps=0.1),
        "amsgrad": adamw(torch.optim.AdamW, lr=0.02, amsgrad=True), "groups": by_group,
        "rate": adamw(torch.optim.AdamW, lr=0.5), "maximize": adamw(torch.optim.AdamW, maximize=True),
    }  # fmt: skip
    for name, optimizer in optimizers.items():
        words = ("optimi", "lr", "rate", "decay", "betas", "eps", "amsgrad", "group")
        yield f"optimizer: {name}", {"optimizer": optimizer}, words
    for lr in (0.021, 0.2, 1e-3):
        yield f"lr={lr}", {"lr": lr}, ("lr", "rate")
    for seed in (1, 7, 12345):
        yield f"seed={seed}", {"seed": seed}, ("seed",)
    options = {
        "batch_size": (4, 16, 32), "accumulate": (2, 4), "clip": (0.1, 1.0),
        "average": (0.9, "swa"), "schedule": (one_cycle(), cosine()), "transform": (noise,),
        "precision": ("bf16",), "stop": (Patience(1),), "valid": (data(seed=1),),
    }  # fmt: skip
    for name, values in options.items():
        for value in values:
            change = {name: value} | ({"valid": data(seed=1)} if name == "stop" else {})
            words = (name, "valid") if name == "stop" else (name,)
            yield f"{name}={value!r}"[:60], change, words


def stranger(setting, after, change):
    """Take a run up with something changed."""

    def do(folder):
        return continued(folder, stored(setting, after), setting, **change)

    return do


def foreign_runs():
    x, y = data()
    for when, after in {"stopped": 2, "finished": 99}.items():
        for name, change, words in changes():
            yield refuse(f"{when} run: {name}", stranger("plain", after, change), *words)
    pairs = {
        "SGD with momentum": ({"optimizer": torch.optim.AdamW}, ("optimi", "betas")),
        "schedule": ({"schedule": None}, ("schedule",)),
        "average": ({"average": None}, ("average",)),
        "swa": ({"average": 0.9}, ("average",)),
        "clip": ({"clip": None}, ("clip",)),
        "accumulate": ({"accumulate": 1}, ("accumulate",)),
        "transform": ({"transform": None}, ("transform",)),
        "validation": ({"valid": None, "metrics": None}, ("valid",)),
        "patience": ({"stop": None}, ("stop", "Patience")),
        "step with memory": ({"step": cross_entropy}, ("step",)),
        "dropout": ({"model": net(drop=0.1)}, ("model", "dropout", "module")),
        "two players": ({"model": net(), "step": cross_entropy}, ("model", "player")),
        "bf16": ({"precision": "fp32"}, ("precision",)),
        "rates by group": ({"optimizer": None}, ("optimi", "group")),
        "loader": ({"train": (x, y)}, ("data", "train")),
        "Dataset": ({"train": TensorDataset(-x, y)}, ("data", "train")),
    }
    for setting, (change, words) in pairs.items():
        yield refuse(f"was {setting}: changed", stranger(setting, 2, change), *words)
    for setting, after in {"in the epoch": 2, "in the epoch, accumulate": 1}.items():
        for size in (4, 16, 32):
            yield refuse(
                f"{setting}, then batch_size={size}", stranger(setting, after, {"batch_size": size}),
                "batch_size",
            )  # fmt: skip
    fine = {
        "the same loss in a new lambda": {"metrics": None},
        "a copy of the data": {"train": (x.clone(), y.clone())},
        "views of the data": {"train": (x.T.contiguous().T, y[:])},
        "another progress": {"progress": False},
        "other saves": {"saves": {"every": 2}},
        "the device by name": {"device": "cpu"},
        "precision by name": {"precision": "fp32"},
    }
    for name, change in fine.items():
        yield equal(f"no change: {name}", stranger("plain", 2, change), arrives())
    yield either(
        "metrics added", stranger("validation", 2, {"metrics": {"a": accuracy, "b": accuracy}}),
        arrives("validation"), "metric",
    )  # fmt: skip


@functools.cache
def elsewhere():
    """Checkpoints of all settings, written by another process with other hash seeds."""
    from tempfile import TemporaryDirectory

    code = (
        "import sys, pickle; from tests.faults import checkpoints as c;"
        "pickle.dump({s: c.stored(s) for s in c.SETTINGS}, open(sys.argv[1], 'wb'))"
    )
    paths = os.pathsep.join(p for p in sys.path if p)
    with TemporaryDirectory() as home:
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, f"{home}/all"], check=True,
            env=os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": paths, "PYTHONSAFEPATH": "1",
                              "OMP_NUM_THREADS": str(torch.get_num_threads())},
        )  # fmt: skip
        with open(f"{home}/all", "rb") as file:
            return pickle.load(file)


def other_process():
    files = elsewhere()
    for setting in SETTINGS:
        do = functools.partial(continued, content=files[setting], setting=setting)
        if any(word in setting for word in ("noise", "loader with", "hides")):
            yield either(f"from another process: {setting}", do, arrives(setting), "generator", "exact",
                         "random", warning="resumed")  # fmt: skip
        else:
            yield equal(f"from another process: {setting}", do, arrives(setting))


@contextlib.contextmanager
def pressed(at):
    """Ctrl-C at the backward pass number `at`."""
    backward, count = torch.Tensor.backward, [0]

    def once(self, *args, **more):
        count[0] += 1
        if count[0] == at:
            signal.raise_signal(signal.SIGINT)
        return backward(self, *args, **more)

    torch.Tensor.backward = once
    try:
        yield
    finally:
        torch.Tensor.backward = backward


def interruptions():
    """Ctrl-C stops at a step boundary, saves, and the run goes on exactly."""
    for setting in ("plain", "dropout", "average", "schedule", "accumulate", "patience", "two players",
                    "in the epoch", "loader", "step with memory", "swa"):  # fmt: skip
        for at in (1, 3, 6, 8):
            for every in (1, 5):

                def again(folder, s=setting, at=at, every=every):
                    with pressed(at):
                        _, history = run(
                            folder=folder, **SETTINGS[s]() | {"saves": {"every": every}}
                        )
                    if not history.interrupted or len(history.rows) >= EPOCHS:
                        raise RuntimeError("the run was not interrupted")
                    if not (folder / FILE).exists():
                        raise RuntimeError("nothing was saved")
                    return run(folder=folder, **SETTINGS[s]() | {"saves": {"every": every}})

                yield equal(
                    f"Ctrl-C in step {at}, every={every}, {setting}", again, arrives(setting)
                )
    x, y = data()
    for row in (0, 13, 31):
        bad = x.clone()
        bad[row, 1] = float("nan")

        def spoiled(folder, bad=bad):
            try:
                return run(folder=folder, train=(bad, y))
            finally:
                if (folder / FILE).exists():
                    raise RuntimeError("saved after a NaN")

        yield refuse(
            f"NaN in row {row}: nothing is saved", spoiled, "batch", errors=(ValueError, BadLoss)
        )

    def penalty(model, batch):
        x = batch[0].clone().requires_grad_()
        (slope,) = torch.autograd.grad(model["a"](x).sum(), x, create_graph=True)
        yield "a", (slope.norm(dim=1) - 1).square().mean() * float("nan")
        yield "b", model["b"](batch[0]).square().mean()

    yield refuse(
        "NaN in a gradient penalty", lambda f: run(
            nn.ModuleDict({"a": net(), "b": net()}), step=penalty), "finite", errors=(ValueError, BadLoss),
    )  # fmt: skip


def named_changes():
    """A change that is named holds from here on."""

    def changed(folder, **change):
        (folder / FILE).write_bytes(stored())
        options = {
            "step": supervised(F.cross_entropy),
            "epochs": EPOCHS,
            "batch_size": 8,
            "lr": 0.02,
        }
        options |= {"progress": False} | change
        model = net()
        saver = Checkpoint(folder / FILE, changed=tuple(change))
        return model, fit(model, options.pop("train", data()), **options, checkpoint=saver)

    def rates(value):
        found = [row["lr"] for row in value[1].rows]
        return same(found, [0.02, 0.02, 0.1, 0.1], "rate", 1e-9)

    yield equal("lr named", lambda f: changed(f, lr=0.1), rates)
    yield equal(
        "epochs named", lambda f: changed(f, epochs=6), lambda v: same(len(v[1].rows), 6, "rows")
    )
    yield equal(
        "seed named", lambda f: changed(f, seed=3), lambda v: same(len(v[1].rows), 4, "rows")
    )
    yield equal("data named", lambda f: changed(f, train=data(seed=3)), lambda v: same(
        len(v[1].rows), 4, "rows"))  # fmt: skip
    yield equal("clip named", lambda f: changed(f, clip=1e-9, lr=0.02), lambda v: same(
        len(v[1].rows), 4, "rows"))  # fmt: skip
    yield refuse("lr named, seed changed too", lambda f: run(folder=f, seed=3, saves={
        "changed": ("lr",)}) if (f / FILE).write_bytes(stored()) else None, "seed")  # fmt: skip
    for name in ("learning_rate", "model_", 3, ""):
        yield refuse(
            f"changed=({name!r},)", lambda f, n=name: Checkpoint(f / FILE, changed=(n,)), "changed"
        )

    def early_average(folder):
        x = torch.linspace(-1, 1, 32)[:, None]
        model = linear(1, 1)
        return model, fit(model, (x, 3 * x), (x, 3 * x), step=supervised(F.mse_loss), epochs=100, lr=0.1,
                          average=0.999, progress=False)  # fmt: skip

    yield equal("average=0.999 after 100 steps is no beginner", early_average, lambda v: None if v[
        1].rows[-1]["valid_loss"] < 0.3 else f"valid_loss {v[1].rows[-1]['valid_loss']:.2f}")  # fmt: skip


FAMILIES = {
    "checkpoints: another process": other_process,
    "checkpoints: interruptions": interruptions,
    "checkpoints: named changes": named_changes,
    "checkpoints: good ones": resumed,
    "checkpoints: truncated": truncated,
    "checkpoints: flipped bits": flips,
    "checkpoints: flips in records": flips_inside,
    "checkpoints: edited": edited,
    "checkpoints: formats": formats,
    "checkpoints: foreign files": foreign_files,
    "checkpoints: odd places": odd_places,
    "checkpoints: foreign runs": foreign_runs,
}
