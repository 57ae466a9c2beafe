from types import SimpleNamespace

import pytest
import torch

from helpers.methods import generators
from helpers.methods.densities import Noisy, copies, kernel_density
from helpers.methods.gan import non_saturating
from helpers.methods.generators import (
    WAYS,
    Carried,
    Network,
    Way,
    adam,
    choose,
    epochs_of,
    flow,
    game,
    shown,
    unchanged,
)


def rows(n=120, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(n, 4, generator=g) * torch.tensor([1.0, 2.0, 0.5, 1.0]) + 1


@pytest.mark.parametrize("name", WAYS)
def test_every_way_makes_rows_that_repeat_with_the_seed_and_differ_without(name):
    way = WAYS[name]
    made = way.learn(rows(), way.settings[0], 4, 0)
    drawn = made.draw(50, 1)
    assert drawn.shape == (50, 4)
    assert torch.equal(drawn, made.draw(50, 1))
    assert not torch.equal(drawn, made.draw(50, 2))


def test_networks_move_towards_the_data():
    target = rows(512) * 0.2 + 5
    for made in (
        flow(target, 0.01, 300, 0),
        game(target, (0.003, 0.003), 300, 0, step=non_saturating),
    ):
        assert (made.draw(200, 0).mean(0) - target.mean(0)).abs().max() < 1.5
        untrained = made.__class__(made.generator, made.latent)
        assert torch.equal(untrained.draw(3, 0), made.draw(3, 0))
    start = game(target, (0.0, 0.0), 1, 0, step=non_saturating)
    assert (start.draw(200, 0).mean(0) - target.mean(0)).abs().min() > 3


def test_the_setting_that_validation_rows_prefer_is_chosen():
    way = Way(kernel_density, "width", (50.0, 0.5, 0.001))
    assert choose(way, rows(), rows(seed=1), updates=0) == 0.5
    assert choose(Way(copies, "noise", (0.01,)), rows(), rows(), updates=0) == 0.01
    blind = Way(lambda *args: Noisy(args[0], args[1]), "noise", (9.0, 0.1))
    assert choose(blind, rows(), rows(seed=1), updates=0) == 0.1


def test_budgets_as_text_and_as_passes():
    assert shown((0.001, 0.003)) == "0.001 / 0.003"
    assert WAYS["plain game"].budget.startswith("rates 0.001 / 0.001, ")
    assert epochs_of(400, rows(640)) == 40
    assert epochs_of(1, rows(640)) == 1
    assert unchanged("network") == "network"
    assert adam(0.1)([torch.nn.Parameter(torch.zeros(1))]).defaults["betas"] == (0.0, 0.9)


def test_the_pages_name_these_settings():
    """What a table of the chapter prints as the budget of each way."""
    rates = "rates 0.001 / 0.001, 0.003 / 0.003, 0.003 / 0.01"
    assert {name: way.budget for name, way in WAYS.items()} == {
        "training rows with noise": "noise 0.01",
        "one Gaussian": "directions 20, 40, 60",
        "mixture of Gaussians": "components 6, 12, 24",
        "kernel density": "width 0.4, 0.5, 0.6",
        "local Gaussians": "neighbours 10, 20, 40",
        "SMOTE": "neighbours 3, 5, 10",
        "plain game": rates,
        "spectral norm": rates,
        "WGAN-GP": rates,
        "flow matching": "rate 0.003, 0.006, 0.01",
    }


@pytest.fixture
def asked(monkeypatch):
    """What `fit` is given, without training."""
    seen = []

    def fit(net, *data, **options):
        seen.append((net, data, options))
        return SimpleNamespace(
            averaged=net if isinstance(net, torch.nn.Sequential) else dict(net.items())
        )

    monkeypatch.setattr(generators, "fit", fit)
    return seen


def widths(net):
    return [
        (a.in_features, a.out_features) for a in net.modules() if isinstance(a, torch.nn.Linear)
    ]


def test_two_players_of_two_hidden_layers_learn_at_their_own_rates(asked):
    made = game(rows(130), (0.1, 0.2), 40, 5, step=lambda latent: latent)
    players, ((given,),), options = asked[-1]
    assert widths(players["generator"]) == [(16, 96), (96, 96), (96, 4)]
    assert widths(players["discriminator"]) == [(4, 96), (96, 96), (96, 1)]
    assert (options["step"], made.latent) == (16, 16)
    assert (options["epochs"], options["batch_size"]) == (14, 64)  # three batches in a pass
    assert (options["average"], options["seed"], options["progress"]) == (0.99, 5, False)
    rates = {
        name: make([torch.nn.Parameter(torch.zeros(1))]).defaults["lr"]
        for name, make in options["optimizer"].items()
    }
    assert rates == {"generator": 0.1, "discriminator": 0.2}
    assert torch.equal(given, rows(130))
    first = players["generator"][1].weight.clone()
    game(rows(130), (0.1, 0.2), 40, 5, step=str)
    assert torch.equal(asked[-1][0]["generator"][1].weight, first)


def test_a_flow_learns_a_velocity_of_place_and_time(asked):
    made = flow(rows(64), 0.006, 10, 2)
    net, _, options = asked[-1]
    assert widths(net) == [(5, 96), (96, 96), (96, 4)]
    assert (options["lr"], options["epochs"], options["batch_size"]) == (0.006, 10, 64)
    assert (options["average"], options["seed"]) == (0.99, 2)
    assert made.latent == 4


def test_draws_begin_at_normal_numbers_of_their_seed():
    net = Network(torch.nn.Identity(), 3)
    expected = torch.randn(7, 3, generator=torch.Generator().manual_seed(4))
    assert torch.equal(net.draw(7, 4), expected)
    still = Carried(lambda x: 0, 3)
    still.generator = torch.nn.Linear(4, 3)
    torch.nn.init.zeros_(still.generator.weight), torch.nn.init.ones_(still.generator.bias)
    assert torch.allclose(still.draw(7, 4), expected + 1, atol=1e-6)


def test_both_networks_begin_at_their_seed(asked):
    torch.manual_seed(1)
    flow(rows(64), 0.006, 10, 2)
    torch.manual_seed(9)
    flow(rows(64), 0.006, 10, 2)
    (
        first,
        second,
    ) = (net for net, *_ in asked)
    assert torch.equal(first[1].weight, second[1].weight)
    flow(rows(64), 0.006, 10, 3)
    assert not torch.equal(first[1].weight, asked[-1][0][1].weight)
