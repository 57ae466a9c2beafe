"""The dry run finds what cannot work and leaves no trace."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.train import loop
from helpers.train.batches import Spare, make_batches
from helpers.train.dry_run import (
    bears_channels_last,
    check_labels,
    check_validation,
    dry_run,
    inputs_of,
    refuse_row,
    to_channels_last,
)
from helpers.train.loop import fit
from helpers.train.precision import Precision
from helpers.train.processes import Alone
from helpers.train.steps import supervised

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)


def images(n=24):
    g = torch.Generator().manual_seed(0)
    x = torch.randn(n, 3, 8, 8, generator=g)
    return x, (x.mean((1, 2, 3)) > 0).long()


class Tutorial(nn.Module):
    """As in many tutorials: ``view`` in place of ``flatten``."""

    def __init__(self, flatten=False):
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(144, 2)
        self.drop, self.flatten = nn.Dropout(0.3), flatten

    def forward(self, x):
        x = self.drop(self.norm(self.conv(x)))
        return self.head(x.flatten(1) if self.flatten else x.view(-1, 144))


class Mixed(nn.Module):
    """Two and three dimensions, and a parameter with four axes of its own."""

    def __init__(self):
        super().__init__()
        self.flat, self.deep = nn.Conv2d(3, 4, 3), nn.Conv3d(1, 1, 3, padding=1)
        self.bias, self.head = nn.Parameter(torch.zeros(1, 4, 6, 6)), nn.Linear(144, 2)

    def forward(self, x):
        x = self.flat(x) + self.bias.view(-1).view(1, 4, 6, 6)
        return self.head(self.deep(x[:, None]).flatten(1))


@pytest.mark.parametrize(("flatten", "strided"), [(False, False), (True, True)])
def test_channels_last_where_the_model_bears_it(flatten, strided):
    model = Tutorial(flatten)
    fit(model, images(), step=CROSS_ENTROPY, epochs=1)
    assert model.conv.weight.is_contiguous(memory_format=torch.channels_last) == strided


def test_a_model_of_two_and_three_dimensions_trains():
    assert len(fit(Mixed(), images(), step=CROSS_ENTROPY, epochs=1).rows) == 1


def everything(monkeypatch=None, flatten=True):
    torch.manual_seed(0)
    model = Tutorial(flatten)
    g = torch.Generator().manual_seed(3)
    train = DataLoader(TensorDataset(*images()), batch_size=8, shuffle=True, generator=g)
    valid = DataLoader(TensorDataset(*images()), batch_size=8, shuffle=True)
    if monkeypatch:
        monkeypatch.setattr(loop, "dry_run", lambda run, windows, valid, metrics: windows)
    history = fit(model, train, valid, step=CROSS_ENTROPY, epochs=2)
    state = torch.cat([v.flatten().double() for v in model.state_dict().values()])
    return state, history.column("valid_loss"), torch.rand(3), g.get_state()


def test_a_run_is_the_same_without_it(monkeypatch):
    with_it = everything(flatten=False)
    without = everything(monkeypatch, flatten=False)
    for one, other in zip(with_it, without):
        assert torch.equal(torch.as_tensor(one), torch.as_tensor(other))


def test_validation_that_fails_is_found_before_the_first_step():
    calls = []

    def step(model, batch):
        calls.append(model.training)
        return CROSS_ENTROPY(model, batch)

    x, y = images()
    with pytest.raises(ValueError, match="the step failed at validation batch 1 with RuntimeError"):
        fit(Tutorial(), (x, y), (x[:, :2], y), step=step, epochs=1)
    assert True not in calls[1:]  # one trial of the layout, no training step


def convolution():
    torch.manual_seed(0)
    return nn.Sequential(nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 3, 2), nn.Flatten())


def test_a_step_that_draws_is_called_as_often_as_by_hand(tmp_path):
    x, y = torch.randn(28, 4, generator=torch.Generator().manual_seed(1)), torch.arange(28) % 3

    def drawing():
        draws, calls = torch.Generator().manual_seed(0), []

        def step(model, batch):
            calls.append(1)
            noise = torch.randn(batch[0].shape, generator=draws)
            return nn.functional.cross_entropy(model(batch[0] + noise), batch[1])

        return step, calls

    def trained(**options):
        model, (step, calls) = convolution(), drawing()
        fit(
            model, (x, y), step=step, epochs=2, batch_size=28, progress=False,
            optimizer=lambda p: torch.optim.SGD(p, lr=0.1), **options,
        )  # fmt: skip
        return model[1].weight, len(calls)

    model, (step, _) = convolution(), drawing()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    from helpers.train.batches import make_batches

    batches = make_batches((x, y), 28, seed=0, device=torch.device("cpu"))
    for epoch in range(2):
        for batch in batches.epoch(epoch):
            optimizer.zero_grad()
            step(model, batch).backward()
            optimizer.step()
    weight, calls = trained()
    assert calls == 2
    assert torch.allclose(weight, model[1].weight, atol=1e-6)
    with pytest.warns(UserWarning, match="step: it changes"):
        saved, _ = trained(checkpoint=tmp_path / "c.pt")
    assert torch.equal(weight, saved)


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize("row", [(torch.ones(3), torch.tensor(1)), [torch.tensor(1)] * 2])
def test_a_single_example_is_no_batch(row):
    said = (
        "the training data: expected batches, found single examples, whose target is one number; "
    )
    assert refused(refuse_row, row) == said + "stack them to a tuple of tensors, or give a Dataset"
    batches = (torch.ones(3), torch.ones(1)), (torch.tensor(1),), torch.tensor(1), {"y": 1}
    assert [refused(refuse_row, batch) for batch in batches] == [None] * 4
    assert refused(refuse_row, (torch.tensor(1), torch.ones(1))) is None


def a_run(model, step=CROSS_ENTROPY, **more):
    class Remembered:
        together, batches, generators, window = Alone(), None, [], 0
        precision = Precision("fp32", torch.device("cpu"))

    run = Remembered()
    run.model, run.step = model, step
    vars(run).update(more)
    return run


@pytest.mark.parametrize("spare", [False, True])
def test_no_batch_is_lost_and_no_number_drawn(spare):
    batch = Spare(images(2)) if spare else images(2)
    windows = [[batch], [images(3)], [images(4)]]
    model, before = Tutorial(flatten=True), torch.get_rng_state()
    assert list(dry_run(a_run(model), iter(windows), None, None)) == windows
    assert torch.equal(torch.get_rng_state(), before)
    assert model.conv.weight.is_contiguous(memory_format=torch.channels_last)


def test_an_epoch_whose_last_batch_is_done_needs_none():
    said = "the training data gave no batch: expected at least one, found none"
    assert refused(dry_run, a_run(Tutorial()), iter(()), None, None) == said
    assert list(dry_run(a_run(Tutorial(), window=1), iter(()), None, None)) == []


def test_data_that_cannot_be_read_are_told():
    def broken():
        raise OSError("gone")
        yield

    said = "reading the training data, or transform, failed at batch 1 with OSError: gone; expected"
    assert refused(dry_run, a_run(Tutorial()), broken(), None, None).startswith(said)


def test_processes_are_asked_whether_they_read_the_same():
    class Asking(Alone):
        def refuse_different(self, value):
            raise ValueError(f"asked of {value}")

    run = a_run(nn.Linear(2, 2), together=Asking(), batches=SimpleNamespace(first="a"))
    assert refused(dry_run, run, iter([[images(2)]]), None, None) == "asked of a"


def test_a_metric_is_tried_on_one_batch_and_on_all_if_that_is_too_little():
    seen, (x, y) = [], images(8)

    def picky(prediction, target):
        seen.append(len(target))
        if len(target) < 8:
            raise ValueError("too few")
        return 1.0

    batches, run = list(zip(x.split(2), y.split(2))), a_run(Tutorial(flatten=True))
    valid = make_batches(batches, 2, device=torch.device("cpu"))
    check_validation(run, valid, {"m": picky})
    assert seen == [2, 8]
    seen.clear()
    check_validation(run, valid, {"m": lambda p, t: seen.append(len(t)) or 1.0})
    assert seen == [2]
    check_validation(run, valid, None)
    assert "failed at validation batch 1" in refused(
        check_validation, a_run(nn.Linear(2, 2)), valid, None
    )


def test_which_layout_a_model_bears():
    flat, view = Tutorial(flatten=True), Tutorial(flatten=False)
    batch = images(2)
    assert bears_channels_last(a_run(flat), batch) is True
    assert bears_channels_last(a_run(view), batch) is False
    assert bears_channels_last(a_run(nn.Linear(8, 2)), batch) is False
    players = nn.ModuleDict({"a": flat, "b": nn.Linear(2, 1)})

    def step(model, batch):
        yield "a", model["a"](batch[0]).mean()
        yield "b", model["b"](model["a"](batch[0])).mean()

    assert bears_channels_last(a_run(players, step), batch) is True
    alone = nn.ModuleDict({"a": view})
    assert bears_channels_last(a_run(alone, lambda m, b: m["a"](b[0])), batch) is False

    def named(model, batch):
        return {"loss": model["a"](batch[0]), "more": 1}

    assert bears_channels_last(a_run(nn.ModuleDict({"a": flat}), named), batch) is True


def test_the_trial_of_a_layout_leaves_no_trace():
    model = Tutorial(flatten=True).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert bears_channels_last(a_run(model), images(2))
    assert all(p.grad is None for p in model.parameters())
    assert all(torch.equal(before[n], v) for n, v in model.state_dict().items())
    assert not model.training
    assert model.conv.weight.is_contiguous()


def test_what_fails_only_in_training_is_seen():
    class Strict(Tutorial):
        def forward(self, x):
            if self.training and self.conv.weight.is_contiguous(memory_format=torch.channels_last):
                raise RuntimeError
            return super().forward(x)

    assert bears_channels_last(a_run(Strict(flatten=True).eval()), images(2)) is False


def test_a_model_is_called_with_its_inputs():
    x, y = images(2)
    assert inputs_of(supervised(print, lambda batch: ("a", "b")), (x, y)) == "a"
    for batch in ((x, y), [x, y], x):
        (found,) = inputs_of(None, batch)
        assert found is x


def test_only_flat_convolutions_change_their_layout():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.up = nn.Conv2d(2, 3, 3), nn.ConvTranspose2d(2, 3, 3)
            self.other = nn.Parameter(torch.zeros(2, 3, 4, 5))

    model = Both()
    to_channels_last(model)
    last = {"memory_format": torch.channels_last}
    assert model.down.weight.is_contiguous(**last)
    assert model.up.weight.is_contiguous(**last)
    assert not model.other.is_contiguous(**last)


def on_a_gpu(labels, **more):
    """A run that believes to be on a GPU, with these labels."""
    x = torch.randn(len(labels), 4)
    batches = make_batches((x, labels), 2, seed=0, device=torch.device("cpu"))
    gpu = SimpleNamespace(device=SimpleNamespace(type="cuda"))
    return a_run(nn.Linear(4, 3), **{"precision": gpu, "batches": batches} | more), (
        x[:2],
        labels[:2],
    )


def test_labels_out_of_range_are_told_before_a_gpu_meets_them():
    labels = torch.arange(5000) % 3
    assert refused(check_labels, *on_a_gpu(labels)) is None
    labels[-1] = 3
    said = "labels: expected 0 to 2 for a model with 3 scores, found 0 to 3"
    assert refused(check_labels, *on_a_gpu(labels)) == said
    labels[0] = -1
    assert refused(check_labels, *on_a_gpu(labels)).endswith("found -1 to 3")
    run, batch = on_a_gpu(labels)
    run.precision = Precision("fp32", torch.device("cpu"))
    assert refused(check_labels, run, batch) is None  # the step itself says it there
    assert refused(check_labels, *on_a_gpu(labels.double())) is None
    assert refused(check_labels, *on_a_gpu(labels, batches=[1])) is None

    class Other(type(CROSS_ENTROPY)):
        pass

    other = Other(CROSS_ENTROPY.loss, CROSS_ENTROPY.unpack)
    assert refused(check_labels, *on_a_gpu(labels, step=other)) is None
