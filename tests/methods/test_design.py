import pytest
import torch
from scipy.stats import norm

from helpers.methods import design
from helpers.methods.design import (
    STRATEGIES,
    campaign,
    expected_improvement,
    improvement,
    one_step_first,
    process,
    shared_sites,
    thompson,
)
from helpers.models.gaussian_process import condition
from helpers.models.linear_models import ridge


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


def test_each_strategy_is_its_formula(landscape):
    x, y, *_ = landscape
    x, y = x[:60], y[:60]
    posterior = process(x[:30], y[:30])
    mean, deviation = posterior(x)
    draws = torch.Generator().manual_seed(0)
    known = x[:30], y[:30], x
    assert torch.equal(STRATEGIES["process, mean"](*known, draws), posterior.mean(x))
    assert torch.equal(STRATEGIES["process, upper bound"](*known, draws), mean + 2 * deviation)
    gain = expected_improvement(mean, deviation, float(y[:30].max()))
    assert torch.equal(STRATEGIES["process, improvement"](*known, draws), gain)
    assert torch.equal(
        STRATEGIES["line"](*known, draws), ridge(x[:30].double(), y[:30].double(), 1.0)(x.double())
    )
    logs = (y[:30].clamp(min=0) + 0.01).log().double()
    assert torch.equal(
        STRATEGIES["products of effects"](*known, draws),
        ridge(x[:30].double(), logs, 1.0)(x.double()),
    )
    seed = torch.Generator().manual_seed(4)
    chance = STRATEGIES["at random"](*known, seed)
    assert torch.equal(chance, torch.rand(60, generator=torch.Generator().manual_seed(4)))


def test_thompson_votes_once_a_draw_among_the_most_promising(landscape):
    x, y, *_ = landscape
    x, y = x[:60], y[:60]
    found = STRATEGIES["process, Thompson"](x[:30], y[:30], x, torch.Generator().manual_seed(2))
    assert found.round().sum() == 96
    few = thompson(x[:30], y[:30], x, torch.Generator().manual_seed(2), count=10, among=5)
    posterior = process(x[:30], y[:30])
    mean, deviation = posterior(x)
    top = (mean + 2 * deviation).topk(5).indices
    best = posterior.draw(x[top], 10, torch.Generator().manual_seed(2)).argmax(1)
    votes = top[best].bincount(minlength=60)
    assert torch.allclose(few, votes + 1e-6 * mean)


def test_sites_and_rounds_if_nothing_is_said():
    assert shared_sites(4, 0.5)(torch.eye(3), torch.eye(3))[0].tolist() == pytest.approx(
        [1 / 8, 1 / 16, 1 / 16]
    )
    x = torch.nn.functional.one_hot(torch.arange(500) % 5, 5).double()
    first = torch.arange(4)
    found = campaign(STRATEGIES["at random"], x, torch.zeros(500), first)
    assert len(found) == len(set(found.tolist())) == 4 + 3 * 96
    assert torch.equal(
        found,
        campaign(STRATEGIES["at random"], x, torch.zeros(500), first, rounds=3, batch=96, seed=0),
    )
    just = campaign(STRATEGIES["at random"], x[:10], torch.zeros(10), first, rounds=2, batch=3)
    assert sorted(just.tolist()) == list(range(10))
    sites = torch.tensor([[0, 0], [0, 1], [1, 1], [1, 0], [2, 2]])
    assert one_step_first(sites, 4, 0)[:3].tolist() == [0, 1, 3]
    assert set(one_step_first(sites, 5, 0).tolist()) == {0, 1, 2, 3, 4}
    assert len(one_step_first(sites, 2, 0)) == 2
    assert float(expected_improvement(torch.tensor(1.0), torch.tensor(0.0), 3.0)) == 0


def test_a_process_takes_the_likeliest_of_four_decays_and_three_noises(landscape):
    x, y, _ = landscape
    tried = [
        condition(shared_sites(3, decay), x[:40], y[:40], noise)
        for decay in (0.2, 0.4, 0.6, 0.8)
        for noise in (0.01, 0.1, 0.5)
    ]
    best = max(float(one.evidence()) for one in tried)
    assert float(process(x[:40], y[:40]).evidence()) == pytest.approx(best, abs=1e-4)
    seen = []

    def most_likely(kernels, x, y, noises):
        seen.append(([float(k(x[:1], x[1:2])) for k in kernels], noises))

    design.most_likely, kept = most_likely, design.most_likely
    try:
        process(torch.eye(3)[:2], y[:2])  # one site, which differs
    finally:
        design.most_likely = kept
    assert seen[0][0] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert seen[0][1] == (0.01, 0.1, 0.5)
