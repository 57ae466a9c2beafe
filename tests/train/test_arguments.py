"""What `fit` cannot work with is one sentence, before anything is trained."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
from helpers.train.steps import supervised
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
