import itertools
import math
import re

import hypothesis
import numpy as np
import pytest
import shap
import torch
from captum.attr import ShapleyValues
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.interpret.shapley import (
    draw_coalitions,
    exact,
    kernel,
    kernel_weight,
    masking_game,
    sampled,
)


def random_game(players, seed=0):
    """A table of values, one for each coalition."""
    table = torch.randn(2**players, generator=torch.Generator().manual_seed(seed)).double()

    def value(coalitions):
        return table[(coalitions * 2 ** torch.arange(players)).sum(1)]

    return value


def by_definition(value, players):
    """Mean gain over every order of arrival, the definition itself."""
    phi = torch.zeros(players, dtype=torch.float64)
    for order in itertools.permutations(range(players)):
        present = torch.zeros(1, players, dtype=torch.bool)
        for player in order:
            before = value(present)[0]
            present[0, player] = True
            phi[player] += value(present)[0] - before
    return phi / math.factorial(players)


def network(features=5, seed=0):
    torch.manual_seed(seed)
    net = torch.nn.Sequential(
        torch.nn.Linear(features, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1)
    ).double()
    return lambda z: net(z)[:, 0].detach()


def example(features=5, rows=7):
    g = torch.Generator().manual_seed(1)
    return torch.randn(features, generator=g).double(), torch.randn(
        rows, features, generator=g
    ).double()


@given(st.integers(2, 6), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_exact_and_kernel_equal_the_definition(players, seed):
    value = random_game(players, seed)
    truth = by_definition(value, players) if players < 6 else exact(value, players)
    assert torch.allclose(exact(value, players), truth)
    assert torch.allclose(kernel(value, players), truth)


def test_captum_agrees():
    f, (x, background) = network(), example(rows=1)
    theirs = ShapleyValues(f).attribute(x[None], baselines=background[:1])[0]
    assert torch.allclose(exact(masking_game(f, x, background), 5), theirs.double(), atol=1e-6)


def test_a_linear_score_has_a_closed_form():
    x, background = example()
    w = torch.tensor([1.0, -2.0, 0.5, 0.0, 3.0]).double()
    phi = exact(masking_game(lambda z: z @ w, x, background), 5)
    assert torch.allclose(phi, w * (x - background.mean(0)))
    assert phi[3] == 0


@given(st.integers(0, 100))
@settings(max_examples=15, deadline=None)
def test_efficiency_dummy_symmetry_linearity(seed):
    a, b = random_game(4, seed), random_game(4, seed + 1000)
    ends = torch.tensor([[False] * 4, [True] * 4])
    for method in (lambda v: exact(v, 4), lambda v: kernel(v, 4), lambda v: sampled(v, 4)[0]):
        assert method(a).sum() == pytest.approx(float(a(ends).diff()))
        assert torch.allclose(method(lambda s: a(s) + 2 * b(s)), method(a) + 2 * method(b))
    dummy = lambda s: a(s * torch.tensor([1, 1, 1, 0]).bool())  # noqa: E731
    assert exact(dummy, 4)[3] == pytest.approx(0)
    symmetric = lambda s: a(torch.stack([s[:, 0] & s[:, 1], s[:, 2], s[:, 3], s[:, 3]], 1))  # noqa: E731
    phi = exact(symmetric, 4)
    assert phi[0] == pytest.approx(float(phi[1]))


def test_sampling_converges_at_its_stated_error():
    value = random_game(6, 3)
    truth = exact(value, 6)
    phi, error = sampled(value, 6, orders=2000)
    assert ((phi - truth).abs() < 4 * error).all()
    assert (phi - truth).abs().max() > 0
    _, coarse = sampled(value, 6, orders=20)
    assert float((coarse / error).mean()) == pytest.approx(10, rel=0.4)


def test_sampled_kernel_comes_close():
    value = random_game(8, 3)
    truth = exact(value, 8)
    far = (kernel(value, 8, samples=40) - truth).abs().max()
    near = (kernel(value, 8, samples=20000) - truth).abs().max()
    assert near < 0.05 < far


def test_the_stated_error_is_the_spread_between_seeds():
    value = random_game(5, 1)
    runs = [sampled(value, 5, orders=50, seed=seed) for seed in range(60)]
    spread = torch.stack([phi for phi, _ in runs]).std(0)
    stated = torch.stack([error for _, error in runs]).mean(0)
    assert torch.allclose(spread, stated, rtol=0.3)


def test_sampled_kernel_asks_for_pairs_of_complements():
    asked = []

    def value(coalitions):
        asked.append(coalitions)
        return coalitions.double().sum(1)

    kernel(value, 5, samples=41)
    drawn = asked[1]
    assert asked[0].tolist() == [[False] * 5, [True] * 5]
    assert drawn.shape == (42, 5)
    assert (drawn[:21] ^ drawn[21:]).all()


def test_defaults_are_two_hundred_orders_and_seed_zero():
    value = random_game(5, 2)
    assert torch.equal(sampled(value, 5)[0], sampled(value, 5, orders=200, seed=0)[0])
    assert not torch.equal(sampled(value, 5)[0], sampled(value, 5, seed=1)[0])
    few = kernel(value, 5, samples=20)
    assert torch.equal(few, kernel(value, 5, samples=20, seed=0))
    assert not torch.equal(few, kernel(value, 5, samples=20, seed=1))


def test_the_smallest_and_largest_games_are_played():
    count = lambda s: s.double().sum(1)  # noqa: E731
    for players in (1, 16):
        assert torch.allclose(exact(count, players), torch.ones(players).double())
    assert sampled(count, 3, orders=2)[0].tolist() == [1.0, 1.0, 1.0]


def test_a_coalition_keeps_its_features_and_takes_the_rest_from_each_example():
    seen = []

    def f(z):
        seen.append(z)
        return z.sum(1)

    x, background = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([[10.0, 20, 40], [30, 60, 80]])
    game = masking_game(f, x, background, groups=[[0, 2], [1]])
    assert game(torch.tensor([[True, False], [False, True]])).tolist() == [45.0, 82.0]
    assert seen[0].tolist() == [[1, 20, 4], [1, 60, 4], [10, 2, 40], [30, 2, 80]]


@pytest.mark.parametrize("players", [3, 5])
def test_coalitions_are_drawn_by_kernel_weight_each_with_its_complement(players):
    drawn = draw_coalitions(players, 20001, seed=0)
    first, second = drawn.split(len(drawn) // 2)
    assert torch.equal(second, ~first)
    assert len(drawn) == 20002
    sizes = drawn.sum(1).bincount(minlength=players + 1).double()
    weights = torch.tensor(
        [math.comb(players, s) * kernel_weight(players, s) for s in range(1, players)]
    )
    assert sizes[0] == sizes[-1] == 0
    assert torch.allclose(sizes[1:-1] / len(drawn), (weights / weights.sum()).double(), atol=0.02)
    assert torch.allclose(drawn.double().mean(0), torch.tensor(0.5).double())
    one = drawn[drawn.sum(1) == 1].double().mean(0)
    assert torch.allclose(one, torch.full((players,), 1 / players).double(), atol=0.03)


@given(st.integers(2, 9), st.integers(-1, 60), st.integers(0, 50))
@settings(max_examples=80, deadline=None)
@hypothesis.seed(0)
def test_few_samples_are_finite_and_efficient_or_refused(players, samples, seed):
    value = random_game(players, seed)
    try:
        phi = kernel(value, players, samples=samples, seed=seed)
    except ValueError as error:
        sentence = str(error)
    else:
        ends = torch.tensor([[False] * players, [True] * players])
        assert phi.sum() == pytest.approx(float(value(ends).diff()))
        assert phi.abs().max() < 1e3
        return
    assert re.search("do not determine|expected at least 1$|at least 1", sentence)
    assert samples < 3 * players**2


def test_linear_games_are_found_from_few_samples():
    phi = kernel(lambda s: s.double() @ torch.arange(5.0).double(), 5, samples=30)
    assert torch.allclose(phi, torch.arange(5.0).double())


def test_groups_are_players():
    f, (x, background) = network(), example()
    game = masking_game(f, x, background, groups=[[0, 1, 4], [2, 3]])
    assert exact(game, 2).sum() == pytest.approx(float(f(x[None])[0] - f(background).mean()))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: exact(random_game(2), 17), "expected 1 to 16"),
        (lambda: exact(random_game(2), 0), "expected 1 to 16"),
        (lambda: sampled(random_game(2), 2, orders=1), "expected at least 2"),
        (lambda: exact(random_game(2), 26), r"or use sampled\(\) or kernel\(samples=...\)"),
        (lambda: kernel(random_game(1), 1), "expected at least 2"),
        (lambda: kernel(random_game(2), 26), "at most 16 unless samples are drawn"),
        (lambda: kernel(random_game(8), 8, samples=6), "6 coalitions do not determine 8 values"),
        (lambda: kernel(random_game(8), 8, samples=0), r"samples=0\): expected at least 1"),
        (
            lambda: masking_game(lambda z: z, torch.ones(2), torch.ones(3, 2))(
                torch.ones(1, 2).bool()
            ),
            r"one score per example, shape \(3,\), found \(3, 2\)",
        ),
        (
            lambda: masking_game(lambda z: z, torch.ones(2), torch.ones(3, 2), groups=[[0], [0]]),
            r"every feature 0 to 1 exactly once, found \[0, 0\]",
        ),
        (
            lambda: masking_game(lambda z: z, torch.ones(2), torch.ones(3, 2), groups=[[1]]),
            r"every feature 0 to 1 exactly once, found \[1\]",
        ),
    ],
)
def test_bad_arguments_are_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_shap_agrees():
    f, (x, background) = network(), example()
    mine = exact(masking_game(f, x, background), 5)
    score = lambda z: f(torch.as_tensor(z)).numpy()  # noqa: E731
    masker = shap.maskers.Independent(background.numpy(), max_samples=100)
    theirs = shap.explainers.Exact(score, masker)(x.numpy()[None]).values[0]
    assert np.allclose(mine, theirs, atol=1e-12)
    explainer = shap.KernelExplainer(score, background.numpy())
    theirs = explainer.shap_values(x.numpy()[None], silent=True)[0]
    assert np.allclose(kernel(masking_game(f, x, background), 5), theirs, atol=1e-10)
    wrong = exact(masking_game(f, x, background[:1]), 5)
    assert not np.allclose(wrong, theirs, atol=1e-2)


def test_an_order_and_its_reverse_are_exact_where_players_act_in_pairs():
    """A pair's gain falls to whoever comes second: to each once in the two orders."""
    pairs = torch.randn(6, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)

    def value(keep):
        keep = keep.double()
        return ((keep @ pairs) * keep).sum(1)

    known = exact(value, 6)
    phi, error = sampled(value, 6, orders=4, reverse=True)
    torch.testing.assert_close(phi, known)
    assert error.max() < 1e-12
    assert (sampled(value, 6, orders=4)[0] - known).norm() > 0.1  # without the reverse it errs


@pytest.mark.parametrize("orders", [2, 5])
def test_reversed_orders_come_in_pairs(orders):
    with pytest.raises(ValueError, match=rf"orders={orders}, reverse=True.*in pairs"):
        sampled(lambda keep: keep.double().sum(1), 3, orders=orders, reverse=True)
