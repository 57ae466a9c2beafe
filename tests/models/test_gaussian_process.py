import numpy as np
import pytest
import torch
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from helpers.models.gaussian_process import condition, gaussian_kernel, most_likely


@pytest.fixture
def table():
    draws = torch.Generator().manual_seed(0)
    x = 3 * torch.randn(25, 2, generator=draws).double()
    return x, x[:, 0].sin() + 4 + 0.1 * torch.randn(25, generator=draws)


def kernel(a, b):
    return gaussian_kernel(a, b, 1.5)


@pytest.fixture
def both(table):
    x, y = table
    theirs = GaussianProcessRegressor(2.0 * RBF(1.5), alpha=0.2, optimizer=None)
    return condition(kernel, x, y, 0.1, amplitude=2.0, level=4.0), theirs.fit(x, y - 4)


def test_mean_deviation_and_evidence_equal_scikit_learn(both):
    ours, theirs = both
    new = 3 * torch.randn(12, 2, generator=torch.Generator().manual_seed(1)).double()
    mean, deviation = theirs.predict(new, return_std=True)
    assert np.allclose(ours(new)[0] - 4, mean)
    assert np.allclose(ours(new)[1], deviation)
    assert torch.equal(ours.mean(new), ours(new)[0])
    assert float(ours.evidence()) == pytest.approx(theirs.log_marginal_likelihood_value_)


def test_leave_one_out_equals_refits(table, both):
    x, y = table
    mean, deviation = both[0].leave_one_out()
    for i in range(len(x)):
        rest = torch.arange(len(x)) != i
        middle, doubt = condition(kernel, x[rest], y[rest], 0.1, 2.0, 4.0)(x[i : i + 1])
        assert mean[i].item() == pytest.approx(middle.item())
        assert deviation[i].item() == pytest.approx((doubt**2 + 0.2).sqrt().item())


def test_far_away_it_returns_to_its_level_and_its_doubt(both):
    mean, deviation = both[0](torch.full((1, 2), 1e3).double())
    assert mean.item() == pytest.approx(4.0)
    assert deviation.item() == pytest.approx(2.0**0.5)


def test_drawn_functions_have_the_mean_and_the_spread_of_the_posterior(both):
    process, new = both[0], torch.tensor([[0.0, 0.0], [9.0, 9.0]]).double()
    drawn = process.draw(new, 4000, torch.Generator().manual_seed(3))
    mean, deviation = process(new)
    assert torch.allclose(drawn.mean(0), mean, atol=0.1)
    assert torch.allclose(drawn.std(0), deviation, atol=0.1)


def test_the_default_amplitude_and_the_most_likely_kernel_maximise_the_evidence(table):
    x, y = table
    found = condition(kernel, x, y, 0.1)
    nearby = [condition(kernel, x, y, 0.1, found.amplitude * f).evidence() for f in (0.8, 1.25)]
    assert found.evidence() > max(nearby)
    scales = [lambda a, b, s=s: gaussian_kernel(a, b, s) for s in (0.01, 1.5, 100.0)]
    assert most_likely(scales, x, y, (0.01, 0.1)).kernel is scales[1]


def test_noise_must_be_positive(table):
    with pytest.raises(ValueError, match=r"condition\(noise=0.0\): expected a positive share"):
        condition(kernel, *table, 0.0)


def test_a_level_of_its_own_is_the_mean_and_the_amplitude_is_in_closed_form(table):
    x, y = table
    found = condition(kernel, x, y, 0.1)
    assert found.level == y.mean()
    matrix = kernel(x, x) + 0.1 * torch.eye(25).double()
    gap = y - y.mean()
    assert found.amplitude == pytest.approx(float(gap @ torch.linalg.solve(matrix, gap)) / 25)
    assert torch.allclose(found.factor @ found.factor.T, found.amplitude * matrix)
    flat = condition(kernel, x, torch.full((25,), 3.0).double(), 0.1)
    assert flat.amplitude == 1e-12
    assert flat(x)[0].tolist() == pytest.approx([3.0] * 25)
    with pytest.raises(ValueError, match="noise=-0.1"):
        condition(kernel, x, y, -0.1)


def test_nearby_points_are_drawn_together(both):
    process = both[0]
    new = torch.tensor([[0.0, 0.0], [0.3, 0.0], [9.0, 9.0]]).double()
    drawn = process.draw(new, 6000, torch.Generator().manual_seed(3))
    assert drawn.shape == (6000, 3)
    _, cover = both[1].predict(new, return_cov=True)
    assert torch.cov(drawn.T).numpy() == pytest.approx(cover, abs=0.1)
    again = process.draw(new, 6000, torch.Generator().manual_seed(3))
    assert torch.equal(drawn, again)
    many = torch.zeros(40, 2).double()  # forty times one place: still a valid draw
    assert process.draw(many, 2, torch.Generator().manual_seed(0)).std(1).max() < 0.1


def test_doubt_is_never_negative_and_the_kernel_is_scikit_learn_s(table):
    x, y = table
    sure = condition(kernel, x, y, 1e-9)
    assert (sure(x)[1] >= 0).all()
    assert sure(x)[1].isfinite().all()
    assert gaussian_kernel(x, x[:4], 0.7).numpy() == pytest.approx(
        RBF(0.7)(x.numpy(), x[:4].numpy())
    )
    noises = (0.01, 0.1, 5.0)
    found = most_likely([kernel], x, y, noises)
    evidence = [float(condition(kernel, x, y, n).evidence()) for n in noises]
    assert float(found.evidence()) == max(evidence)
