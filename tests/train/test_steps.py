import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.train.loop import evaluate, fit
from helpers.train.steps import (
    ONE_SHAPE,
    Comparing,
    Plain,
    Step,
    as_step,
    comparing,
    inputs_and_target,
    placed,
    supervised,
)

X = torch.randn(28, 4, generator=torch.Generator().manual_seed(0))
ONES = torch.ones(28)
BROADCASTING = {
    "poisson": F.poisson_nll_loss,
    "soft margin": F.soft_margin_loss,
    "hinge": lambda p, t: (1 - p * t).clamp(min=0).mean(),
    "logistic": lambda p, t: -F.logsigmoid(p * t).mean(),
    "cross-entropy by hand": lambda p, t: -(t * p.sigmoid().log()).mean(),
    "difference": lambda p, t: (p - t).square().mean(),
}
RIGHT = {
    "squeezed": lambda p, t: F.mse_loss(p.squeeze(1), t),
    "widened": lambda p, t: (p - t[:, None]).square().mean(),
    "sliced": lambda p, t: F.poisson_nll_loss(p[:, 0], t),
    "all pairs of targets": lambda p, t: (t[:, None] - t).abs().mean() + p.mean(),
}


def train(loss, target=ONES, outputs=1):
    return fit(nn.Linear(4, outputs), (X, target), step=supervised(loss), epochs=1, progress=False)


@pytest.mark.parametrize("name", BROADCASTING)
def test_a_column_of_predictions_is_not_broadcast_over_a_row_of_targets(name):
    with pytest.raises(ValueError, match=r"shape \(28, 1\) and a target of shape \(28,\)"):
        train(BROADCASTING[name])


@pytest.mark.parametrize("name", RIGHT)
def test_a_loss_that_brings_them_to_one_shape_is_taken(name):
    assert train(RIGHT[name]).rows


def test_losses_over_all_pairs_of_one_shape_are_taken():
    assert train(lambda p, t: torch.cdist(p, t).mean(), X[:, :2], 2).rows


def test_players_of_any_iterator_can_be_validated():
    model = nn.ModuleDict({"a": nn.Linear(4, 1)})

    def step(model, batch):
        return iter([("a", model["a"](batch[0]).square().mean())])

    assert evaluate(model, (X, ONES), step=step) == {}


class Counter:
    """An object of one's own with part of the contract: it counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, model, batch):
        self.calls += 1
        return model(batch[0]).square().mean()

    def state_dict(self):
        return {"calls": self.calls}

    def load_state_dict(self, state):
        self.calls = state["calls"]


def test_an_object_s_memory_is_handed_back_after_validation():
    counter, model, batch = Counter(), nn.Linear(2, 1), (torch.ones(3, 2),)
    step = Plain(counter)
    step(model, batch)
    loss, prediction, target = step.validate(model, batch)
    assert (counter.calls, prediction, target) == (1, None, None)
    assert torch.equal(loss, model(batch[0]).square().mean())
    step.load_state_dict({"calls": 7})
    assert step.state_dict() == {"calls": 7}
    bare = Plain(lambda model, batch: None)
    assert bare.state_dict() == {}
    assert bare.load_state_dict({}) is None
    with pytest.raises(ValueError, match="the step returned nothing; expected a loss, or a dict"):
        bare.validate(model, batch)
    assert Plain(lambda model, batch: iter(())).validate(model, batch) == (None, None, None)
    named = Plain(lambda model, batch: {"loss": torch.tensor(2.0), "other": 1})
    assert named.validate(model, batch)[0] == 2


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


class Remembers(Step):
    memory = ("count", "teacher", "total")

    def __init__(self):
        self.count, self.teacher, self.total = 1, nn.Linear(2, 1), torch.zeros(2)

    def __call__(self, model, batch):
        self.count += 1
        self.total += 1
        nn.init.zeros_(self.teacher.weight)
        return {"loss": self.total.sum(), "more": 1}


def test_what_is_remembered_is_a_copy_both_ways():
    step, other = Remembers(), Remembers()
    state = step.state_dict()
    assert list(state) == ["count", "teacher", "total"]
    state["total"][0] = 5
    assert step.total.tolist() == [0, 0]
    other.load_state_dict(state | {"count": 7})
    state["total"][1] = 9
    assert (other.count, other.total.tolist()) == (7, [5, 0])
    assert torch.equal(other.teacher.weight, step.teacher.weight)
    assert other.teacher is not step.teacher
    said = "Remembers: expected a state with ['count', 'teacher', 'total'], found ['count', 'rate']"
    assert refused(step.load_state_dict, {"rate": 1, "count": 2}) == said
    assert Step().state_dict() == {}
    assert Step.alone is False


def test_what_is_remembered_moves():
    step = Remembers()
    assert step.to("meta") is step
    assert (step.count, step.total.is_meta, step.teacher.weight.is_meta) == (1, True, True)
    step.load_state_dict({"count": 2, "teacher": step.teacher.state_dict(), "total": torch.ones(2)})
    assert step.total.is_meta  # a state of the CPU goes where the step is
    assert placed(3, "meta") == 3
    assert placed(torch.ones(2), None).device.type == "cpu"
    assert placed(torch.ones(2), "meta").is_meta


def test_validation_leaves_the_memory_as_it_was():
    step = Remembers()
    before = step.state_dict()
    loss, prediction, target = step.validate(None, None)
    assert (loss, prediction, target) == (2, None, None)
    assert (step.count, step.total.tolist()) == (1, [0, 0])
    assert torch.equal(step.teacher.weight, before["teacher"]["weight"])
    with pytest.raises(NotImplementedError):
        Step()(None, None)


class Part:
    """An object with every part of the contract."""

    def __call__(self, model, batch):
        return "called", model, batch

    def validate(self, model, batch):
        return "judged", model, batch

    def to(self, device):
        self.place = device

    def state_dict(self):
        return {"a": 1}

    def load_state_dict(self, state):
        self.loaded = state


def test_an_object_s_own_parts_are_called():
    part = Part()
    step = as_step(part)
    assert isinstance(step, Plain)
    assert step(1, 2) == ("called", 1, 2)
    assert step.validate(1, 2) == ("judged", 1, 2)
    assert step.state_dict() == {"a": 1}
    step.load_state_dict({"a": 2})
    assert step.to("there") is step
    assert (part.place, part.loaded) == ("there", {"a": 2})
    bare = as_step(lambda model, batch: 1)
    assert bare.to("there") is bare


def test_what_is_a_step():
    step = Remembers()
    assert as_step(step) is step
    for bad, name in ((3, "int"), (Remembers, "type"), (None, "NoneType")):
        said = f"step={bad!r}: expected a function step(model, batch) or a Step, for example "
        said += f"supervised(torch.nn.functional.cross_entropy), found {name}"
        assert refused(as_step, bad) == said
    assert refused(supervised, 3) == "supervised(loss=3): expected a function (prediction, target)"


def test_a_batch_is_split_before_its_last_part():
    class Graph:
        y = 3

    class Bare:
        y = None

    graph = Graph()
    assert inputs_and_target(("a", "b")) == (("a",), "b")
    assert inputs_and_target(["a", "b", "c"]) == (("a", "b"), "c")
    assert inputs_and_target(graph) == ((graph,), 3)
    for batch, name in ((("a",), "tuple"), ([], "list"), (Bare(), "Bare"), (X, "Tensor")):
        said = "supervised(): cannot tell inputs from target in a batch of type "
        said += f"{name}; expected a tuple (x, ..., y) or an object with .y, or pass unpack="
        assert refused(inputs_and_target, batch) == said


def test_supervised_compares_prediction_and_target_of_all_inputs():
    def loss(prediction, target):
        return prediction - 2 * target

    step = supervised(loss)
    model = type("Sum", (nn.Module,), {"forward": lambda self, a, b: a + 3 * b})()
    batch = torch.tensor(1.0), torch.tensor(2.0), torch.tensor(5.0)
    assert step(model, batch) == -3
    assert step.validate(model, batch) == (-3, 7, 5)
    turned = supervised(loss, lambda batch: ((batch[2], batch[1]), batch[0]))
    assert turned(model, batch) == 9


@pytest.mark.parametrize("name", ONE_SHAPE)
def test_functions_of_one_shape_are_refused_by_their_own_name(name):
    prediction, target = torch.rand(3, 1), torch.rand(3)
    function = getattr(F, name, None) or getattr(torch, name)
    given = (torch.rand(3),) if name == "gaussian_nll_loss" else ()

    def compare(one, other):
        with Comparing(prediction, target):
            function(one, other, *given)

    said = (
        f"the loss compares ({name}) a prediction of shape (3, 1) and a target of shape (3,); exp"
    )
    assert refused(compare, prediction, target).startswith(said)
    assert refused(compare, prediction[:, 0], target) is None


def test_what_keeps_its_shape_is_followed():
    prediction, target = torch.rand(4, 1), torch.rand(4)

    def met(function, p=prediction, t=target):
        def run():
            with Comparing(p, t):
                return function(p, t)

        return refused(run)

    assert met(lambda p, t: (p * 2) + (1 - t)).startswith("the loss compares (add) a prediction")
    assert met(lambda p, t: p.exp() * t.log()).startswith("the loss compares (mul)")
    assert met(lambda p, t: p.mean() * t) is None
    assert met(lambda p, t: torch.cat([p[:, 0], t])) is None
    assert met(lambda p, t: p.flatten() - t) is None
    assert met(lambda p, t: (p.sum(1) - t).abs().sum()) is None
    wide = torch.rand(4, 3)
    assert met(lambda p, t: (p * t[:, None]).sum(), wide) is None
    assert met(lambda p, t: p.sum() * t.sum()) is None
    assert met(lambda p, t: (t * 2)[:, None] * p) is None
    assert (
        met(lambda p, t: torch.lerp(p, p, t)) is None
    )  # a third argument weighs, and is no target


def test_only_a_first_batch_is_watched():
    step = supervised(F.mse_loss)
    loss, batch = step.loss, (X, ONES)
    model = nn.Linear(4, 1)
    with comparing(step):
        assert step.loss is not loss
        assert "broadcasting would compare each example" in refused(step, model, batch)
        assert step(model, (X, ONES[:, None])) >= 0
    assert step.loss is loss
    with pytest.raises(KeyError), comparing(step):
        raise KeyError
    assert step.loss is loss
    other = Remembers()
    with comparing(other):
        assert not hasattr(other, "loss")
    seen = []
    odd = supervised(lambda p, t: seen.append((p, t)))
    with comparing(odd):
        odd.loss(3, ONES), odd.loss(ONES, "x")
    assert len(seen) == 2
