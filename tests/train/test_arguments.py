"""What `fit` cannot work with is one sentence, before anything is trained."""

import math

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from helpers.train.arguments import (
    check_average,
    check_counts,
    check_loss,
    check_metrics,
    check_model,
    check_module,
    check_player,
    check_rate,
    check_schedule,
    positive,
    refuse_alone,
)
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
from helpers.train.schedule import cosine, one_cycle
from helpers.train.steps import Step, supervised
from helpers.train.stop import Patience

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)
X, Y = torch.randn(20, 6, generator=torch.Generator().manual_seed(0)), torch.arange(20) % 2


def accuracy(prediction, target):
    return (prediction.argmax(1) == target).float().mean()


def frozen():
    return nn.Linear(6, 2).requires_grad_(False)


class Once(IterableDataset):
    def __iter__(self):
        yield from zip(X, Y)


class Nothing(Dataset):
    def __len__(self):
        return 0

    def __getitem__(self, row):
        raise IndexError(row)


def yields_a_stranger(model, batch):
    yield "b", model["a"](batch[0]).mean()


def yields_a_list(model, batch):
    yield ["b"], model["a"](batch[0]).mean()


def yields_a_loss(model, batch):
    yield model["a"](batch[0]).mean()


def yields_nothing(model, batch):
    yield from ()


def players():
    return nn.ModuleDict({"a": nn.Linear(6, 1), "b": nn.Linear(6, 1)})


def both(model, batch):
    yield "a", model["a"](batch[0]).mean()
    yield "b", model["b"](batch[0]).mean()


SGD = torch.optim.SGD
BAD = {
    "epochs a fraction": ({"epochs": 1.5}, "epochs=1.5: expected a whole number of at least 0"),
    "epochs True": ({"epochs": True}, "epochs=True: expected a whole number"),
    "no batch size": ({"batch_size": 0}, "batch_size=0: expected a whole number of at least 1"),
    "accumulate": ({"accumulate": 0}, "accumulate=0: expected a whole number of at least 1"),
    "seed": ({"seed": -1}, "seed=-1: expected a whole number of at least 0"),
    "seed None": ({"seed": None}, "seed=None: expected a whole number"),
    "lr": ({"lr": -0.1}, "lr=-0.1: expected a number above 0"),
    "lr and optimizer": ({"lr": 0.1, "optimizer": torch.optim.SGD}, "expected lr or optimizer, found both"),
    "lr text": ({"lr": "1e-3"}, "lr='1e-3': expected a number above 0"),
    "clip that ascends": ({"clip": -1}, "clip=-1: expected a number above 0"),
    "clip that does nothing": ({"clip": 0}, "clip=0: expected a number above 0"),
    "precision": ({"precision": "fp8"}, "precision='fp8': expected one of"),
    "fp16 on the CPU": ({"precision": "fp16"}, "precision='fp16': expected a GPU"),
    "device": ({"device": "gpu"}, "device='gpu': expected 'auto', 'cpu'"),
    "compile": ({"compile": "fast"}, "compile='fast': expected one of"),
    "average": ({"average": 1.0}, r"average=1.0: expected a number in \(0, 1\)"),
    "average text": ({"average": "ema"}, "average='ema': expected a number"),
    "schedule": ({"schedule": 0.1}, "schedule=0.1: expected a function"),
    "schedule of nothing": ({"schedule": lambda t: None}, "expected a factor .* found None"),
    "schedule fails": ({"schedule": lambda: 1.0}, "schedule failed at t=0.0 with TypeError"),
    "transform": ({"transform": "flip"}, "transform='flip': expected a function"),
    "transform gives nothing": ({"transform": lambda b, g: None}, "a batch of type NoneType"),
    "stop": ({"stop": 5}, r"stop=5: expected Patience"),
    "stop without valid": ({"stop": Patience(2)}, "no such column; found loss"),
    "metrics without valid": ({"metrics": {"a": accuracy}}, "found valid=None"),
    "metrics a list": ({"metrics": [accuracy]}, "expected a dict of name"),
    "metrics named loss": ({"metrics": {"loss": accuracy}, "valid": (X, Y)}, "are the engine's"),
    "checkpoint": ({"checkpoint": 3}, "checkpoint=3: expected a path or a Checkpoint"),
    "model": ({"model": nn.Linear}, "model: expected a torch.nn.Module, found type"),
    "frozen": ({"model": frozen()}, "expected a parameter that requires a gradient, found none"),
    "lazy": ({"model": nn.LazyLinear(2)}, "a lazy layer has no weights yet"),
    "step": ({"step": 3}, "step=3: expected a function"),
    "step of nothing": ({"step": lambda m, b: None}, "returned NoneType at epoch 1, batch 1"),
    "step a tuple": ({"step": lambda m, b: (m(b[0]).mean(),)}, "returned tuple at epoch 1"),
    "step without loss": ({"step": lambda m, b: {"cost": 1}}, r"a dict with \['cost'\]"),
    "step of many": ({"step": lambda m, b: m(b[0])}, r"a tensor of shape \(20, 2\)"),
    "step without gradient": (
        {"step": lambda m, b: m(b[0]).mean().detach()}, "a number without a gradient",
    ),
    "step logs text": (
        {"step": lambda m, b: {"loss": m(b[0]).mean(), "note": "x"}}, "logs 'note': expected a num",
    ),
    "step logs epoch": (
        {"step": lambda m, b: {"loss": m(b[0]).mean(), "epoch": 1}}, "logs 'epoch': expected ano",
    ),
    "step fails": ({"step": lambda m, b: m(b[7])}, "failed at epoch 1, batch 1 with IndexError"),
    "labels out of range": ({"train": (X, Y + 1)}, "failed at epoch 1, batch 1 with IndexError"),
    "one loss for players": (
        {"model": players(), "step": lambda m, b: m["a"](b[0]).mean()}, r"players \['a', 'b'\]",
    ),
    "unknown player": (
        {"model": nn.ModuleDict({"a": nn.Linear(6, 1)}), "step": yields_a_stranger},
        "yielded player 'b'; expected one of a",
    ),
    "a list as player": (
        {"model": nn.ModuleDict({"a": nn.Linear(6, 1)}), "step": yields_a_list},
        r"yielded player \['b'\]; expected one of a",
    ),
    "no pair": ({"model": players(), "step": yields_a_loss}, "expected a pair"),
    "nothing yielded": ({"model": players(), "step": yields_nothing}, "the step yielded nothing"),
    "accumulated players": (
        {"model": players(), "step": both, "accumulate": 2}, "found one with players",
    ),
    "metrics of players": (
        {"model": players(), "step": both, "valid": (X, Y), "metrics": {"a": accuracy}},
        "expected a step that gives prediction and target",
    ),
    "metrics of a function": (
        {"step": lambda m, b: m(b[0]).mean(), "valid": (X, Y), "metrics": {"a": accuracy}},
        "expected a step that gives prediction and target",
    ),
    "metric of many": (
        {"valid": (X, Y), "metrics": {"a": lambda p, t: p}}, "metric 'a': expected one number",
    ),
    "metric fails": (
        {"valid": (X, Y), "metrics": {"a": lambda p, t: p[99]}}, "metric 'a' failed at validation",
    ),
    "optimiser": ({"optimizer": "adam"}, "expected a function of the parameters"),
    "stranger's optimiser": (
        {"optimizer": SGD(nn.Linear(2, 2).parameters(), 0.1)}, "holds none of this model's weights",
    ),
    "optimisers for others": (
        {"optimizer": {"a": SGD}}, r"one for each of \['model'\], found \['a'\]",
    ),
    "train None": ({"train": None}, "data of type NoneType: expected a tuple of tensors"),
    "train a dict": ({"train": {"x": X, "y": Y}}, "data of type dict: expected a tuple"),
    "train arrays": ({"train": (X.numpy(), Y.numpy())}, r"found \(ndarray, ndarray\)"),
    "train mixed": ({"train": (X, Y.tolist())}, r"found \(Tensor, list\)"),
    "train a number": ({"train": (torch.tensor(1.0),)}, "found a single number"),
    "train unequal": ({"train": (X, Y[:3])}, r"equally long, found \[3, 20\]"),
    "train empty": ({"train": (X[:0], Y[:0])}, "the data set is empty"),
    "train of nothing": ({"train": []}, "gave no batch"),
    "train an empty Dataset": ({"train": Nothing()}, "the data set is empty"),
    "train read once": ({"train": ((X, Y) for _ in range(3))}, "can be read only once"),
    "valid read once": ({"valid": iter([(X, Y)])}, "can be read only once"),
    "valid empty": ({"valid": []}, "the validation data gave no batch"),
    "valid an empty Dataset": ({"valid": Nothing()}, "the data set is empty"),
    "valid without labels": ({"valid": X}, "cannot tell inputs from target"),
    "schedule without length": (
        {"train": DataLoader(Once(), 5), "schedule": lambda t: 1.0}, "give data with len",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_calls_are_one_sentence_and_leave_the_weights(name):
    change, sentence = BAD[name]
    torch.manual_seed(0)
    call = {"model": nn.Linear(6, 2), "train": (X, Y), "step": CROSS_ENTROPY, "epochs": 1} | change
    call["device"] = change.get("device", "cpu")
    model, real = call.pop("model"), "lazy" not in name and name != "model"
    before = [p.clone() for p in model.parameters()] if real else []
    with pytest.raises(ValueError, match=sentence) as caught:
        fit(model, call.pop("train"), call.pop("valid", None), **call)
    assert "\n" not in str(caught.value)
    if real and not name.startswith("step logs"):  # what is logged is read at the epoch's end
        assert all(map(torch.equal, before, model.parameters()))


def test_an_optimiser_shared_by_two_players_is_refused():
    model = players()
    shared = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="two players share one instance"):
        fit(model, (X, Y), step=both, epochs=1, optimizer=shared)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: Checkpoint("a.pt", every=0), r"Checkpoint\(every=0\): expected a whole number"),
        (lambda: Checkpoint("a.pt", steps=0), r"Checkpoint\(steps=0\)|Checkpoint\(every=1\)"),
        (lambda: Checkpoint("a.pt", changed=("rate",)), "expected names from train"),
        (lambda: Patience(0), r"Patience\(epochs=0\): expected a whole number of at least 1"),
        (
            lambda: Patience(2, "accuracy"),
            r"metric='accuracy', higher_is_better=None\): expected True",
        ),
        (lambda: Patience(2, "loss", 1), r"metric='loss', higher_is_better=1\): expected True"),
    ],
)
def test_small_objects_refuse_at_once(made, sentence):
    with pytest.raises(ValueError, match=sentence):
        made()


def test_a_metric_that_needs_more_than_one_batch_is_not_refused():
    def both_classes(prediction, target):
        if len(target.unique()) < 2:
            raise ValueError("both classes expected")
        return accuracy(prediction, target)

    order = Y.argsort()
    history = fit(
        nn.Linear(6, 2), (X, Y), (X[order], Y[order]), step=CROSS_ENTROPY, epochs=1, batch_size=5,
        metrics={"accuracy": both_classes},
    )  # fmt: skip
    assert 0 <= history.last("accuracy") <= 1


def test_whole_numbers_of_numpy_and_paths_as_text_are_welcome(tmp_path):
    import numpy as np

    options = {"step": CROSS_ENTROPY, "epochs": np.int64(1), "checkpoint": str(tmp_path / "c.pt")}
    assert len(fit(nn.Linear(6, 2), TensorDataset(X, Y), **options).rows) == 1
    assert (tmp_path / "c.pt").exists()


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize(
    ("name", "least"), [("epochs", 0), ("seed", 0), ("batch_size", 1), ("accumulate", 1)]
)
def test_counts_begin_where_they_say(name, least):
    assert refused(check_counts, **{name: least}) is None
    assert refused(check_counts, **{name: least + 1}) is None
    for bad in (least - 1, True, 2.0, "2", None):
        said = f"{name}={bad!r}: expected a whole number of at least {least}"
        assert refused(check_counts, **{name: bad}) == said


@pytest.mark.parametrize("value", [0, -1, math.inf, math.nan, True, "1", None, 1j])
def test_a_rate_or_a_norm_is_a_finite_number_above_nought(value):
    assert refused(positive, "clip", value) == f"clip={value!r}: expected a number above 0"
    assert refused(positive, "clip", 1e-9) is refused(positive, "clip", 1) is None


def test_a_rate_needs_a_default_optimiser_to_use_it():
    assert refused(check_rate, None, "anything") is None
    assert refused(check_rate, 0.1, None) is None
    assert refused(check_rate, 0.1, {"a": SGD, "b": None}) is None
    both = "lr=0.1: the given optimizer has rates of its own; expected lr or optimizer, found both"
    assert refused(check_rate, 0.1, {"a": SGD, "b": SGD}) == both
    assert refused(check_rate, 0.1, SGD) == both


@pytest.mark.parametrize("average", [0.0, 1.0, 1, -0.5, "SWA", math.nan])
def test_a_decay_lies_between_nought_and_one(average):
    said = f"average={average!r}: expected a number in (0, 1), 'swa' or None"
    assert refused(check_average, average) == said
    assert [refused(check_average, good) for good in (0.001, 0.999, "swa", None)] == [None] * 4


def test_metrics_are_functions_by_name_and_need_data():
    assert refused(check_metrics, None, None) is None
    assert refused(check_metrics, {}, None) is None
    assert refused(check_metrics, {"a": accuracy}, (X, Y)) is None
    assert "expected a dict of name" in refused(check_metrics, {"a": accuracy, "b": 3}, (X, Y))
    for name in ("epoch", "loss", "valid_loss", "lr", "seconds"):
        said = refused(check_metrics, {"a": accuracy, name: accuracy}, (X, Y))
        assert said.startswith(
            f"metrics=['a', '{name}']: the names ['epoch', 'loss', 'lr', 'seconds'"
        )
    said = "metrics=['a']: expected validation data, found valid=None"
    assert refused(check_metrics, {"a": accuracy}, None) == said


@pytest.mark.parametrize(
    ("schedule", "found"),
    [
        (lambda t: -1e-9, "found -1e-09"), (lambda t: math.inf, "found inf"),
        (lambda t: math.nan, "found nan"), (lambda t: "1", "found '1'"), (cosine, "found None"),
        (one_cycle, "found None"), (lambda t: cosine(), "found function"),
    ],
)  # fmt: skip
def test_a_schedule_gives_a_factor_of_at_least_nought(schedule, found):
    said = refused(check_schedule, schedule)
    assert said.startswith(
        f"schedule: expected a factor of at least 0 at t=0.0, {found}; call a ma"
    )
    assert [refused(check_schedule, lambda t, f=f: f) for f in (0, 0.0, 1.0, 7)] == [None] * 4


def test_a_schedule_is_asked_at_the_start():
    asked = []
    check_schedule(lambda t: asked.append(t) or 1.0)
    assert asked == [0.0]


def test_weights_without_numbers_are_refused():
    with torch.device("meta"):
        empty = nn.Linear(2, 2)
    said = "model: expected weights with numbers, found weights on the meta device"
    assert refused(check_module, empty) == said
    assert refused(check_module, frozen()) is refused(check_module, nn.Identity()) is None
    partly = nn.Sequential(frozen(), nn.Linear(2, 1))
    assert refused(check_model, partly) is None


class Somewhere:
    """A run of which only the place and the players matter."""

    only, optimizers = None, {"a": 1, "b": 2}

    @staticmethod
    def whereabouts():
        return "epoch 3, batch 4"


class Alone(Somewhere):
    only = True


LOSS = nn.Linear(1, 1)(torch.ones(1, 1)).mean()


def test_what_a_step_returns_is_told_apart():
    assert check_loss(LOSS, Alone) == (LOSS, None)
    assert check_loss({"loss": LOSS}, Alone) == (LOSS, {})
    loss, logged = check_loss({"a": 3, "loss": LOSS, "b": LOSS}, Alone)
    assert (loss is LOSS, logged["a"], logged["b"].requires_grad) == (True, 3, False)
    assert list(logged) == ["a", "b"]
    for result, found in [
        ({"b": 1, "a": 2}, "a dict with ['a', 'b']"),
        ({"loss": LOSS.detach()}, "a number without a gradient"),
        ({"loss": LOSS[None].expand(2)}, "a tensor of shape (2,)"),
        (LOSS[None, None].expand(1, 3), "a tensor of shape (1, 3)"),
        (1.5, "float"),
    ]:
        said = refused(check_loss, result, Alone)
        assert said.startswith(f"the step returned {found} at epoch 3, batch 4; expected a loss, a")
    assert check_loss(LOSS[None], Alone)[0].shape == (1,)
    said = "the step returned one loss, but the model has the players ['a', 'b']; expected a step"
    assert refused(check_loss, LOSS, Somewhere).startswith(said)


def test_what_a_step_yields_is_a_player_and_its_loss():
    assert check_player(("b", LOSS), Somewhere) == ("b", LOSS)
    for named, kind in [(["b", LOSS], "list"), (("b", LOSS, 1), "tuple"), ((LOSS,), "tuple")]:
        said = f"the step yielded {kind} at epoch 3, batch 4; expected a pair (player, loss)"
        assert refused(check_player, named, Somewhere) == said
    said = "the step yielded player 'c'; expected one of a, b"
    assert refused(check_player, ("c", LOSS), Somewhere) == said
    for loss, found in [
        (1.5, "float"),
        (LOSS.detach(), "a number without a gradient"),
        (LOSS.expand(2), "a tensor of shape (2,)"),
    ]:
        said = f"the step yielded {found} for player 'b' at epoch 3, batch 4; expected a tensor of"
        assert refused(check_player, ("b", loss), Somewhere).startswith(said)


def test_a_step_that_must_see_all_is_refused_only_where_several_share():
    class Whole(Step):
        alone = True

    assert refused(refuse_alone, Whole(), 1) is refused(refuse_alone, Step(), 2) is None
    said = "step=Whole: it must see every batch; expected one process, found 2"
    assert refused(refuse_alone, Whole(), 2) == said


def test_patience_on_the_validation_loss_alone_needs_validation():
    rest = {"model": nn.Linear(6, 2), "train": (X, Y), "step": CROSS_ENTROPY, "epochs": 0}
    assert refused(fit, **rest, stop=Patience(2, "loss")) is None
    assert refused(fit, **rest, stop=Patience(2), valid=(X, Y)) is None
    said = "stop=Patience(...) on valid_loss: the history has no such column; found loss and what "
    said += "the step logs. Give valid=, or Patience(metric=...)"
    assert refused(fit, **rest, stop=Patience(2)) == said
