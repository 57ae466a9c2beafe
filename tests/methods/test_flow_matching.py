import pytest
import torch
from torch import nn

from helpers.methods.flow_matching import carry, flow_matching
from helpers.train.loop import fit


def exact(mean, spread):
    """The best velocity from standard noise to a Gaussian: a regression on x_t at each time."""

    def velocity(xt):
        x, t = xt[:, :1], xt[:, 1:]
        slope = (t * spread**2 - (1 - t)) / (t**2 * spread**2 + (1 - t) ** 2)
        return mean + slope * (x - t * mean)

    return velocity


def test_the_exact_velocity_carries_noise_onto_the_gaussian_and_a_wrong_one_does_not():
    noise = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]
    arrived = carry(exact(1.5, 0.5), noise, steps=100)
    assert torch.allclose(arrived, 1.5 + 0.5 * noise, atol=1e-4)
    assert not torch.allclose(carry(exact(1.5, 0.7), noise, steps=100), arrived, atol=1e-2)


def test_the_loss_is_smallest_at_the_exact_velocity():
    torch.manual_seed(0)
    rows = 1.5 + 0.5 * torch.randn(20000, 1)
    best, worse = (flow_matching(exact(1.5 + shift, 0.5), (rows,)) for shift in (0, 0.5))
    assert best < worse - 0.1


def test_the_midpoint_rule_errs_with_the_square_of_its_step():
    start = torch.ones(1, 1, dtype=torch.float64)
    wrong = [abs(carry(lambda xt: xt[:, :1], start, steps=n) - torch.e).item() for n in (10, 20)]
    assert wrong[0] / wrong[1] == pytest.approx(4, rel=0.1)


def test_a_trained_velocity_moves_noise_to_the_data():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 1))
    fit(net, (3 + 0.3 * torch.randn(512, 1),), step=flow_matching, epochs=60, lr=0.01)
    made = carry(net, torch.randn(500, 1))
    assert abs(made.mean() - 3) < 0.2
    assert made.std() < 0.6


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="steps must be at least 1, found 0"):
        carry(lambda xt: xt, torch.zeros(1, 1), steps=0)
