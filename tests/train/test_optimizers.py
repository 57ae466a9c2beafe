import functools

import pytest
import torch
from torch import nn

from helpers.train.loop import fit
from helpers.train.optimizers import make_optimizers, rates_of, set_rates, settings_of
from helpers.train.schedule import cosine
from helpers.train.steps import supervised
from helpers.train.stop import Patience

MSE = supervised(nn.functional.mse_loss)
X = torch.randn(32, 3, generator=torch.Generator().manual_seed(0))
DATA = X, X.sum(1, keepdim=True)
SGD = functools.partial(torch.optim.SGD, lr=0.1)


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


CPU = torch.device("cpu")


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


def two():
    return nn.ModuleDict({"a": nn.Linear(2, 1), "b": nn.Linear(2, 1)})


def test_without_a_word_each_player_has_a_fused_adamw_at_a_thousandth():
    for model in (nn.Linear(2, 1), two()):
        for lr, rate in ((None, 1e-3), (0.2, 0.2)):
            made = make_optimizers(model, None, lr, CPU)
            assert list(made) == (["a", "b"] if isinstance(model, nn.ModuleDict) else ["model"])
            for optimizer in made.values():
                assert type(optimizer) is torch.optim.AdamW
                assert optimizer.defaults["fused"] is True
                assert optimizer.defaults["lr"] == rate
    with torch.device("meta"):
        made = make_optimizers(nn.Linear(2, 1), None, None, torch.device("meta"))
    assert made["model"].defaults["fused"] is False


def test_a_rate_is_for_players_without_an_optimiser_of_their_own():
    made = make_optimizers(two(), {"a": None, "b": SGD}, 0.2, CPU)
    assert [type(made[n]).__name__ for n in "ab"] == ["AdamW", "SGD"]
    assert rates_of(made) == {"a": [0.2], "b": [0.1]}


def test_optimisers_are_named_as_the_players_are():
    for given in ({"a": SGD}, {"a": SGD, "b": SGD, "c": SGD}, {}):
        said = f"optimizer: expected one for each of ['a', 'b'], found {sorted(given)}"
        assert refused(make_optimizers, two(), given, None, CPU) == said


def test_what_makes_no_optimiser_is_one_sentence():
    for choice, found in ((3, "int"), (lambda p: p, "list"), ("adam", "str")):
        said = "optimizer of 'model': expected a function of the parameters or a "
        said += f"torch.optim.Optimizer, found {found}"
        assert refused(make_optimizers, nn.Linear(2, 1), choice, None, CPU) == said
    said = "optimizer failed at the weights of 'model' with ZeroDivisionError: division by zero"
    assert refused(make_optimizers, nn.Linear(2, 1), lambda p: 1 / 0, None, CPU).startswith(said)
    still = nn.ModuleDict({"a": nn.Linear(2, 1).requires_grad_(False)})
    said = "player 'a': expected a parameter that requires a gradient"
    assert refused(make_optimizers, still, None, None, CPU) == said
    said = "optimizer of 'model': it holds none of this model's weights"
    foreign = SGD(nn.Linear(2, 1).parameters())
    assert refused(make_optimizers, nn.Linear(2, 1), foreign, None, CPU) == said


def test_frozen_weights_are_left_to_nobody():
    model = nn.Linear(2, 1)
    model.bias.requires_grad_(False)
    made = make_optimizers(model, SGD, None, CPU)["model"]
    assert made.param_groups[0]["params"] == [model.weight]


def test_lacking_weights_are_named_up_to_three_where_fit_was_called():
    model = nn.Sequential(*(nn.Linear(1, 1) for _ in range(3)))
    weights = dict(model.named_parameters())
    for kept, told in [
        (["0.weight"], "0.bias, 1.weight, 1.bias and 2 more"),
        (["0.weight", "2.bias"], "0.bias, 1.weight, 1.bias and 1 more"),
        (["0.weight", "2.bias", "2.weight"], "0.bias, 1.weight, 1.bias"),
    ]:
        optimizer = SGD([weights[name] for name in kept])
        said = (
            f"optimizer of 'model': it lacks {told}, which will not change; if that is meant, say "
        )
        with pytest.warns(UserWarning, match="it lacks") as caught:
            fit(model, (X[:, :1], DATA[1]), step=MSE, epochs=1, optimizer=optimizer, progress=False)
        assert str(caught[0].message) == said + "requires_grad_(False)"
        assert caught[0].filename == __file__


def test_an_optimiser_may_hold_weights_that_no_player_has():
    model, extra = two(), nn.Parameter(torch.zeros(1))
    given = {"a": SGD([*model["a"].parameters(), extra]), "b": SGD}
    assert refused(make_optimizers, model, given, None, CPU) is None
    given = {"a": SGD(model.parameters()), "b": SGD}
    said = "optimizer of 'a': it holds weights of 'b', which the loss of 'a' would move; expected "
    assert refused(make_optimizers, model, given, None, CPU) == said + "weights of 'a' alone"


def test_weights_that_two_players_share_belong_to_both():
    model = two()
    model["b"].weight = model["a"].weight
    assert refused(make_optimizers, model, None, None, CPU) is None


def test_one_instance_for_two_players_is_refused():
    model = two()
    shared = SGD(model.parameters())
    said = (
        "optimizer: two players share one instance, so that each would move the other; expected a "
    )
    said += "dict with one optimiser a player, or a function that makes them"
    assert refused(make_optimizers, model, shared, None, CPU) == said


def test_rates_are_scaled_group_by_group():
    model = two()
    groups = [{"params": [model["a"].weight], "lr": 0.5}, {"params": [model["a"].bias]}]
    optimizers = {"a": SGD(groups), "b": SGD(model["b"].parameters())}
    rates = rates_of(optimizers)
    assert rates == {"a": [0.5, 0.1], "b": [0.1]}
    set_rates(optimizers, rates, 0.5)
    assert rates_of(optimizers) == {"a": [0.25, 0.05], "b": [0.05]}
    set_rates(optimizers, rates, 0)
    assert rates_of(optimizers) == {"a": [0, 0], "b": [0]}
    set_rates(optimizers, rates)
    assert rates_of(optimizers) == rates
    said = "schedule: expected a factor of at least 0, found nan"
    assert refused(set_rates, optimizers, rates, float("nan")) == said


def test_settings_leave_out_rates_and_numbers():
    model = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    name, (group,) = settings_of(optimizer)
    assert (name, group["momentum"], group["weights"]) == ("SGD", 0.9, [(1, 2), (1,)])
    assert not {"params", "lr", "initial_lr"} & set(group)
    torch.optim.lr_scheduler.StepLR(optimizer, 1)
    optimizer.param_groups[0]["lr"] = 7
    assert settings_of(optimizer) == (name, [group])
