import pytest
import torch
from scipy.stats import norm

from helpers.methods.design import (
    STRATEGIES,
    campaign,
    expected_improvement,
    improvement,
    one_step_first,
    shared_sites,
)


@pytest.fixture(scope="module")
def landscape():
    """Three sites of four letters; effects add, but one pair of letters is worth more."""
    letters = torch.cartesian_prod(*[torch.arange(4)] * 3)
    effects = torch.randn(3, 4, generator=torch.Generator().manual_seed(0)).abs()
    y = effects[torch.arange(3), letters].sum(1)
    y[(letters[:, 0] == 2) & (letters[:, 1] == 3)] += 2
    return torch.nn.functional.one_hot(letters, 4).flatten(1).float(), y, letters


def test_expected_improvement_equals_quadrature_by_scipy():
    for mean, deviation, best in ((0.0, 1.0, 0.5), (2.0, 0.3, 1.0), (-1.0, 2.0, 1.0)):
        one = torch.tensor([mean]).double(), torch.tensor([deviation]).double()
        theirs = norm(mean, deviation).expect(lambda y, b=best: y - b, lb=best)
        assert expected_improvement(*one, best).item() == pytest.approx(theirs, abs=1e-8)


def test_expected_improvement_grows_with_doubt_and_vanishes_without():
    doubt = torch.tensor([0.0, 0.5, 1.0])
    found = expected_improvement(torch.zeros(3), doubt, 0.2)
    assert found[0] == 0
    assert found[0] < found[1] < found[2]


def test_shared_sites_is_one_for_equal_variants_and_falls_by_site(landscape):
    x = landscape[0]
    likeness = shared_sites(3, 0.5)(x, x)
    assert torch.allclose(likeness.diagonal(), torch.ones(len(x)))
    assert torch.allclose(likeness[0, 1], torch.tensor(0.5))
    assert torch.linalg.eigvalsh(likeness.double()).min() > 0


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_campaign_measures_each_row_once_and_repeats(name, landscape):
    x, y, _ = landscape
    first = torch.arange(0, 64, 8)
    chosen = campaign(STRATEGIES[name], x, y, first, rounds=3, batch=4, seed=1)
    assert torch.equal(chosen, campaign(STRATEGIES[name], x, y, first, rounds=3, batch=4, seed=1))
    assert len(set(chosen.tolist())) == 20
    assert torch.equal(chosen[:8], first)


def test_strategies_that_learn_find_more_than_chance(landscape):
    x, y, _ = landscape
    best = {}
    for name, strategy in STRATEGIES.items():
        firsts = [
            torch.randperm(64, generator=torch.Generator().manual_seed(s))[:8] for s in range(6)
        ]
        runs = [campaign(strategy, x, y, first, rounds=2, batch=4) for first in firsts]
        best[name] = sum(float(y[run].max()) for run in runs) / 6
    learning = [name for name in STRATEGIES if name != "at random"]
    assert min(best[name] for name in learning) > best["at random"]


def test_a_strategy_does_not_see_what_was_not_measured(landscape):
    x, y, _ = landscape
    first, other = torch.arange(8), y.clone()
    other[8:] = 0
    ranks = [improvement(x[first], v[first], x, torch.Generator()) for v in (y, other)]
    assert torch.equal(*ranks)


def test_the_first_round_holds_all_single_changes(landscape):
    letters = landscape[2]
    first = one_step_first(letters, 15, seed=0)
    changed = (letters[first] != letters[0]).sum(1)
    assert changed[:10].max() == 1
    assert len(set(first.tolist())) == 15


def test_too_small_a_pool_is_refused(landscape):
    x, y, _ = landscape
    with pytest.raises(ValueError, match="expected at least 68 rows, found 64"):
        campaign(improvement, x, y, torch.arange(8), rounds=3, batch=20)
