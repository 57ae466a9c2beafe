import pytest
import torch
from torch import nn

from helpers.train.loop import fit
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
