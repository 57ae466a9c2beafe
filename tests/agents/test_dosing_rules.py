import math

import pytest
import torch

from helpers.agents import dosing
from helpers.agents.dosing import Dosing, after, average_dose
from helpers.agents.dosing_rules import (
    CHANGES,
    GAINS,
    Posterior,
    as_ordered,
    integral_rule,
    measured,
    ordered_rule,
    stepwise_rule,
    without_sum,
)
from helpers.agents.rollout import episode_returns, side_by_side


def seen(level, before=0.0, last=0, share=0.5):
    """One observation: logarithms of measured over target, tablets given last, share of time."""
    return torch.tensor([[level, before, last / 8, 0.0, share]])


def test_the_integral_rule_adds_up_its_errors_and_begins_anew():
    act = integral_rule(torch.tensor([[6.0, 3.0, 2.0, 1.0]]))
    assert act(seen(-3.0, share=0.0), None).tolist() == [6]
    assert act(seen(-0.5, share=1 / 16), None).tolist() == [round(3 + 2 * 0.5 + 0.5 - 0.01)]
    assert act(seen(-1.0, share=2 / 16), None).tolist() == [6]  # 3 + 2 + 1.5 = 6.5, to even
    assert act(seen(1.0, share=3 / 16), None).tolist() == [2]  # 3 - 2 + 0.5 = 1.5, to even
    assert act(seen(-3.0, share=0.0), None).tolist() == [6]
    assert act(seen(-1.0, share=1 / 16), None).tolist() == [6]  # nothing is left of the sum


def test_the_stepwise_rule_changes_the_last_dose():
    act = stepwise_rule(torch.tensor([[5.0, 2.0, 4.0]]))
    assert act(seen(-3.0, share=0.0), None).tolist() == [5]
    assert act(seen(-1.0, before=-3.0, last=3, share=1 / 16), None).tolist() == [5]
    assert act(seen(-1.0, before=-0.5, last=3), None).tolist() == [7]  # 3 + 2 + 4 * 0.5
    assert act(seen(3.0, last=3), None).tolist() == [0]


def test_the_posterior_follows_the_simulator_of_the_true_patient():
    rule = Posterior(points=(1, 1))
    rule.rate, rule.volume = torch.tensor([0.13]), torch.tensor([35.0])
    rule(seen(-3.0, share=0.0))
    gut, blood = after(500.0, 0.0, 6.0, elimination=0.13, volume=35.0)
    rule(seen(math.log(blood / 10), last=5, share=1 / 16))
    assert float(rule.gut) == pytest.approx(gut, rel=1e-5)
    assert float(rule.blood) == pytest.approx(blood, rel=1e-5)
    assert float(rule.weight) == pytest.approx(float(rule.prior), abs=1e-6)  # no surprise


def test_its_weights_are_those_of_bayes_rule():
    rule = Posterior(points=(5, 3))
    rule(seen(-3.0, share=0.0))
    rule(seen(-0.4, last=4, share=1 / 16))
    logs = []
    for k in range(15):
        body = {"elimination": float(rule.rate[k]), "volume": float(rule.volume[k])}
        surprise = (-0.4 - math.log(after(400.0, 0.0, 6.0, **body)[1] / 10)) / dosing.NOISE
        logs.append(float(rule.prior[k]) - surprise**2 / 2)
    by_hand = torch.tensor(logs).softmax(0)
    assert torch.allclose(rule.weight.softmax(1)[0], by_hand, atol=1e-4)
    assert (by_hand - rule.prior.softmax(0)).abs().max() > 0.05


def test_a_new_patient_is_not_the_old_one():
    rule = Posterior()
    first = rule(seen(-3.0, share=0.0)).tolist()
    rule(seen(1.0, last=8, share=1 / 16))
    assert rule(seen(-3.0, share=0.0)).tolist() == first


def test_a_toxic_level_has_its_price():
    careful, careless = Posterior(price=100.0), Posterior(price=0.0)
    state = seen(-3.0, share=0.0)
    for rule in (careful, careless):
        rule(state)
        rule.gut, rule.blood = torch.full((1, 231), 300.0), torch.full((1, 231), 8.0)
    assert careful.promise().argmax() <= careless.promise().argmax()
    assert careful.promise()[0, 8] < careless.promise()[0, 8] - 1


def test_the_rules_stand_in_their_order():
    rules = [
        lambda s, d: average_dose(s),
        integral_rule(torch.tensor([[5.5, 3.0, 2.0, 2.5]])),
        Posterior(),
    ]
    median, integral, posterior = (
        episode_returns(side_by_side(Dosing, 100), act, seed=9).mean() for act in rules
    )
    assert median + 2 < integral < posterior - 0.3


def test_an_ordered_rule_rounds_a_weighted_sum_and_stays_among_the_doses():
    theta = torch.tensor([[0.5, -1.0, 0.25], [0.0, 0.0, 9.0]])
    state = torch.tensor([[1.0, 0.5], [1.0, 0.5]])
    assert ordered_rule(theta)(state, None).tolist() == [5, 8]
    assert ordered_rule(-theta)(state, None).tolist() == [3, 0]


def test_nothing_is_learnt_from_what_a_patient_shows_before_the_first_dose():
    rule = Posterior(points=(5, 3))
    rule(seen(1.5, last=6, share=0.0))
    assert torch.equal(rule.weight[0], rule.prior)
    assert not rule.gut.any()
    assert not rule.blood.any()


def test_the_grid_reaches_two_and_a_half_deviations_and_holds_231_patients():
    rule = Posterior()
    assert len(rule.rate) == len(rule.volume) == len(rule.prior) == 21 * 11
    assert len(rule.rate.unique()) == 21
    assert float(rule.rate.min()) == pytest.approx(0.1 * math.exp(-2.5 * 0.4), rel=1e-5)
    assert float(rule.rate.max()) == pytest.approx(0.1 * math.exp(2.5 * 0.4), rel=1e-5)
    assert float(rule.volume.min()) == pytest.approx(40 * math.exp(-2.5 * 0.2), rel=1e-5)
    assert float(rule.volume.max()) == pytest.approx(40 * math.exp(2.5 * 0.2), rel=1e-5)
    logs = torch.stack([(rule.rate / 0.1).log() / 0.4, (rule.volume / 40).log() / 0.2])
    normal = torch.distributions.Normal(0, 1).log_prob(logs).sum(0)
    assert torch.allclose(rule.prior - rule.prior.max(), normal - normal.max(), atol=1e-4)


def test_eliminations_too_near_to_absorption_are_cut_as_in_the_simulator(monkeypatch):
    monkeypatch.setattr(dosing, "SPREAD_ELIMINATION", 4.0)
    assert float(Posterior(points=(3, 1)).rate.max()) == pytest.approx(0.63)


def test_the_promise_is_the_reward_less_the_price_of_every_patient_by_hand():
    rule = Posterior(points=(5, 3))
    rule(seen(-3.0, share=0.0))
    rule(seen(0.2, last=8, share=1 / 16))
    chance = rule.weight.softmax(1)[0]
    for tablets in range(9):
        expected = 0.0
        for k in range(15):
            body = {"elimination": float(rule.rate[k]), "volume": float(rule.volume[k])}
            gut, before = float(rule.gut[0, k]), float(rule.blood[0, k])
            blood = after(gut + 100 * tablets, before, 6.0, **body)[1]
            worth = dosing.closeness(blood) - 5 * (blood > 20)
            expected += float(chance[k]) * worth
        assert float(rule.promise()[0, tablets]) == pytest.approx(expected, abs=1e-4)
    assert rule.promise().shape == (1, 9)


def test_what_is_measured_of_a_level_lies_where_the_simulator_s_does():
    levels = torch.tensor([0.0, 0.1, 10.0, 40.0, 1e6])
    assert measured(levels).tolist() == pytest.approx([-3, -3, 0, math.log(4), 5], abs=1e-6)


def test_several_patients_are_followed_each_with_its_own_memory():
    theta = torch.tensor([[6.0, 3.0, 2.0, 1.0], [2.0, 4.0, 0.0, 1.0]])
    for act, alone in (
        (integral_rule(theta), [integral_rule(row[None]) for row in theta]),
        (Posterior((5, 3)), [Posterior((5, 3)), Posterior((5, 3))]),
    ):
        for shares, levels in (((0, 0), (-3, -3)), ((1, 1), (-0.5, 0.6)), ((2, 0), (-0.2, -3))):
            rows = [
                seen(level, last=4 if share else 0, share=share / 16)
                for share, level in zip(shares, levels)
            ]
            each = [int(one(row, None)) for one, row in zip(alone, rows)]
            assert act(torch.cat(rows), None).tolist() == each


def test_the_rule_that_steps_looks_back_from_the_second_measurement_on():
    act = stepwise_rule(torch.tensor([[5.0, 1.0, 4.0]]))
    assert act(seen(-1.0, before=-2.0, last=3, share=1 / 16), None).tolist() == [4]
    assert act(seen(-1.0, before=-2.0, last=3, share=2 / 16), None).tolist() == [0]
    assert act(seen(-1.0, before=-0.5, last=3, share=2 / 16), None).tolist() == [6]


def test_the_search_begins_at_rules_that_already_dose_well():
    """Each first mean, as it is, is better than the dose for the median patient."""
    envs = lambda: side_by_side(Dosing, 60)  # noqa: E731
    median = episode_returns(envs(), lambda s, d: average_dose(s), seed=9).mean()
    for rule, (mean, deviation) in ((integral_rule, GAINS), (stepwise_rule, CHANGES)):
        assert episode_returns(envs(), rule(mean[None]), seed=9).mean() > median
        assert (deviation < mean).all()
        assert (deviation > 0.25 * mean).all()


def test_the_stepwise_rule_is_an_ordered_rule_from_the_third_dose_on():
    draws = torch.Generator().manual_seed(0)
    state = torch.randn(400, 5, generator=draws)
    state[:, 2:4] = torch.randint(9, (400, 2), generator=draws) / 8
    state[:, 4] = torch.randint(2, 16, (400,), generator=draws) / 16
    gains = torch.tensor([[5.0, 2.3, 1.7], [5.0, 0.9, 4.1]]).repeat(200, 1)
    ordered, stepwise = ordered_rule(as_ordered(gains)), stepwise_rule(gains)
    assert torch.equal(ordered(state, None), stepwise(state, None))
    state[:, 4] = 0.0  # the first dose is another
    assert not torch.equal(ordered(state, None), stepwise(state, None))


def test_without_its_sum_the_integral_rule_knows_the_last_error_only():
    theta = torch.tensor([[6.0, 3.0, 2.0]])
    act, other = without_sum(theta), integral_rule(torch.tensor([[6.0, 3.0, 2.0, 1.0]]))
    courses = [
        [int(rule(seen(level, share=k / 16), None)) for k, level in enumerate((-3, -0.9, -0.9))]
        for rule in (act, other)
    ]
    assert courses[0] == [6, 5, 5]
    assert courses[1] == [6, 6, 7]
