import pytest
import torch
from torch import nn

from helpers.train.loop import fit
from helpers.train.optimizers import make_optimizers, set_rates
from helpers.train.schedule import cosine
from helpers.train.steps import supervised
from helpers.train.stop import Patience

MSE = supervised(nn.functional.mse_loss)
X = torch.randn(32, 3, generator=torch.Generator().manual_seed(0))
DATA = X, X.sum(1, keepdim=True)


def test_a_reused_optimiser_keeps_its_own_rate():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    fit(model, DATA, step=MSE, epochs=3, optimizer=optimizer, schedule=cosine())
    history = fit(model, DATA, step=MSE, epochs=1, optimizer=optimizer)
    assert history.last("lr") == pytest.approx(0.1)
    optimizer.param_groups[0]["lr"] = 0.02
    history = fit(model, DATA, step=MSE, epochs=1, optimizer=optimizer, schedule=lambda t: 0.5)
    assert history.last("lr") == pytest.approx(0.01)


def test_a_reused_patience_waits_anew():
    rule = Patience(2, "loss", higher_is_better=True)
    lengths = [
        len(fit(nn.Linear(3, 1), DATA, step=MSE, epochs=9, lr=0.1, stop=rule).rows)
        for _ in range(3)
    ]
    assert lengths == [3, 3, 3]


def test_the_rate_of_each_step_is_that_of_its_own_progress():
    model, rates = nn.Linear(3, 1), []
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def step(model, batch):
        rates.append(optimizer.param_groups[0]["lr"])
        return MSE(model, batch) * 0

    fit(model, DATA, step=step, epochs=2, batch_size=8, optimizer=optimizer, schedule=lambda t: t)
    assert rates == pytest.approx([k / 8 for k in range(8)])


def test_clipping_is_by_the_norm_and_not_by_value():
    model = nn.Linear(3, 1, bias=False)
    start, gradient = model.weight.detach().clone(), torch.tensor([[3.0, 4.0, 0.0]])

    def step(model, batch):
        return (model.weight * gradient).sum()

    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=1.0)}
    fit(model, (X,), step=step, epochs=1, clip=1.0, **sgd)
    assert torch.allclose(start - model.weight, gradient / 5, atol=1e-5)


def test_players_move_by_their_own_loss_alone():
    model = nn.ModuleDict({"a": nn.Linear(3, 1), "b": nn.Linear(3, 1)})
    before = model["b"].weight.detach().clone()

    def step(model, batch):
        yield "a", (model["a"](batch[0]) + model["b"](batch[0])).square().mean()

    fit(model, (X,), step=step, epochs=1)
    assert torch.equal(model["b"].weight, before)


def test_a_factory_may_read_the_weights_twice():
    model = nn.Linear(2, 1)

    def split(weights):
        return torch.optim.SGD(
            [
                {"params": [p for p in weights if p.ndim > 1]},
                {"params": [p for p in weights if p.ndim < 2]},
            ],
            lr=0.1,
        )

    made = make_optimizers(model, split, None, torch.device("cpu"))["model"]
    assert [len(group["params"]) for group in made.param_groups] == [1, 1]


def test_weights_that_the_optimiser_lacks_are_named():
    model = nn.Linear(2, 1)
    with pytest.warns(UserWarning, match="it lacks bias, which will not change"):
        make_optimizers(model, torch.optim.SGD([model.weight], lr=0.1), None, torch.device("cpu"))


def test_an_optimiser_of_one_player_holds_no_weights_of_another():
    model = nn.ModuleDict({"d": nn.Linear(2, 1), "g": nn.Linear(2, 1)})
    both = {
        "d": torch.optim.SGD(model["d"].parameters(), lr=0.1),
        "g": torch.optim.SGD(model.parameters(), lr=0.1),
    }
    with pytest.raises(ValueError, match="optimizer of 'g': it holds weights of 'd'"):
        make_optimizers(model, both, None, torch.device("cpu"))


def test_an_optimiser_that_needs_a_closure_is_refused():
    with pytest.raises(ValueError, match="LBFGS computes the loss anew"):
        make_optimizers(nn.Linear(2, 1), torch.optim.LBFGS, None, torch.device("cpu"))


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf")])
def test_no_factor_of_a_schedule_lets_the_loss_rise(factor):
    optimizers = {"model": torch.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1)}
    with pytest.raises(ValueError, match="a factor of at least 0"):
        set_rates(optimizers, {"model": [0.1]}, factor)
