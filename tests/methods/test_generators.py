import pytest
import torch

from helpers.methods.densities import Noisy, copies, kernel_density
from helpers.methods.gan import non_saturating
from helpers.methods.generators import (
    WAYS,
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
