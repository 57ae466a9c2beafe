import math

import numpy as np
import pytest
import shap
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.interpret.distinct import different_sets, distinct_coalitions, kernel_once
from helpers.interpret.shapley import exact, kernel, kernel_weight


def random_game(players, seed=0):
    """A table of values, one for each coalition."""
    table = torch.randn(2**players, generator=torch.Generator().manual_seed(seed)).double()
    return lambda coalitions: table[(coalitions * 2 ** torch.arange(players)).sum(1)]


@given(st.integers(2, 9), st.integers(1, 600), st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_no_coalition_twice_and_each_with_its_complement(players, samples, seed):
    chosen, weights = distinct_coalitions(players, samples, seed)
    assert len(chosen) == len(weights) == min(samples + samples % 2, 2**players - 2)
    assert len(chosen.unique(dim=0)) == len(chosen)
    first, second = chosen.split(len(chosen) // 2)
    assert torch.equal(second, ~first)
    assert set(chosen.sum(1).tolist()) <= set(range(1, players))


@pytest.mark.parametrize("players", [2, 5, 6])
def test_with_all_coalitions_it_is_kernelshap(players):
    value = random_game(players)
    once = kernel_once(value, players, samples=2**players)
    assert torch.allclose(once, kernel(value, players))
    assert torch.allclose(once, exact(value, players))


@pytest.mark.parametrize("samples", [60, 200, 600])
def test_the_weights_of_a_size_stand_for_all_of_that_size(samples):
    chosen, weights = distinct_coalitions(10, samples, seed=0)
    for size in range(1, 10):
        found = weights[chosen.sum(1) == size].sum()
        assert float(found) == pytest.approx(math.comb(10, size) * kernel_weight(10, size))


def test_it_errs_less_than_drawing_with_repetition_and_no_more_than_shap():
    errors = {"once": [], "again": [], "shap": []}
    for seed in range(10):
        value = random_game(10, seed)
        truth = exact(value, 10).numpy()
        again = kernel(value, 10, samples=600, seed=seed)
        score = lambda z: value(torch.as_tensor(z).bool()).numpy()  # noqa: B023, E731
        explainer = shap.KernelExplainer(score, np.zeros((1, 10)))
        theirs = explainer.shap_values(np.ones((1, 10)), nsamples=600, l1_reg=0, silent=True)[0]
        once = kernel_once(value, 10, samples=600, seed=seed).numpy()
        for name, found in (("once", once), ("again", again.numpy()), ("shap", theirs)):
            errors[name].append(np.linalg.norm(found - truth))
    once, again, theirs = (np.array(errors[name]) for name in ("once", "again", "shap"))
    assert (once < again).all()
    assert once.mean() < 1.1 * theirs.mean()


def test_a_seed_repeats_and_another_differs():
    value = random_game(8)
    few = kernel_once(value, 8, samples=40)
    assert torch.equal(few, kernel_once(value, 8, samples=40, seed=0))
    assert not torch.equal(few, kernel_once(value, 8, samples=40, seed=1))


def test_sets_of_half_the_players_are_no_complements():
    sets = different_sets(4, 2, 3, torch.Generator().manual_seed(0))
    assert sorted(map(sum, sets)) == [2, 2, 2]
    assert {chosen[0] for chosen in sets} == {True}
    assert len(set(map(tuple, sets))) == 3


def test_many_players_are_no_hindrance():
    found = kernel_once(lambda s: s.double() @ torch.arange(40.0).double(), 40, samples=300)
    assert torch.allclose(found, torch.arange(40.0).double())


@pytest.mark.parametrize(
    ("players", "samples", "sentence"),
    [
        (1, 4, r"kernel_once\(players=1, samples=4\): expected at least 2"),
        (5, 0, "expected at least 2 and at least 1"),
        (8, 6, "6 coalitions do not determine 8 values"),
    ],
)
def test_bad_arguments_are_one_sentence(players, samples, sentence):
    with pytest.raises(ValueError, match=sentence):
        kernel_once(lambda s: s.double().sum(1), players, samples=samples)
