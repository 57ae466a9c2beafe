import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.train.loop import evaluate, fit
from helpers.train.steps import Plain, supervised

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
