import itertools
from functools import partial

import pytest
import torch

from helpers.agents.actor_critic import judged
from helpers.agents.cross_entropy import cross_entropy, linear_rule
from helpers.agents.dosing import Dosing
from helpers.agents.learners import (
    AGENTS,
    RATES,
    SIDE,
    SPREADS,
    learn,
    search_linear,
    sizes,
    with_actor_critic,
    with_dqn,
    with_ppo,
    with_reinforce,
)
from helpers.agents.reinforce import whole_episodes
from helpers.agents.rollout import Player, Rollouts, sampled, side_by_side
from helpers.train.loop import fit


def test_the_sizes_of_a_simulator():
    assert sizes(Dosing) == (5, 9)


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_repeats_itself_and_its_seed_matters(name):
    def weights(seed):
        policy, finished = learn(Dosing, AGENTS[name], steps=1200, rate=1e-2, seed=seed)
        assert policy(torch.zeros(2, 5)).shape == (2, 9)
        assert finished
        return torch.cat([w.flatten() for w in policy.parameters()])

    assert torch.equal(weights(0), weights(0))
    assert not torch.equal(weights(0), weights(1))


def test_a_rate_of_nothing_teaches_nothing():
    torch.manual_seed(3)
    fresh = AGENTS["PPO"](5, 9, 100)[1]
    policy, _ = learn(Dosing, AGENTS["PPO"], steps=1024, rate=1e-12, seed=3)
    assert all(map(torch.allclose, policy.parameters(), fresh.parameters()))
    moved, _ = learn(Dosing, AGENTS["PPO"], steps=1024, rate=1e-3, seed=3)
    assert not all(map(torch.allclose, moved.parameters(), fresh.parameters()))


def test_a_searched_rule_is_a_layer():
    layer, finished = search_linear(Dosing, steps=4000, spread=1.0)
    assert (layer.in_features, layer.out_features) == (5, 9)
    assert finished[-1][0] <= 4000


def test_two_training_seeds_share_no_environment():
    def begun(seed):
        class Noted(Dosing):
            def reset(self, *, seed=None, options=None):
                given.add(seed)
                return super().reset(seed=seed)

        given = set()
        learn(Noted, AGENTS["REINFORCE"], steps=200, rate=1e-2, seed=seed)
        return given - {None}

    assert len(begun(1)) == len(begun(2)) == 8
    assert not begun(1) & begun(2)


def test_every_agent_spends_the_budget_of_the_chapter_and_no_more():
    for name in ("actor-critic", "DQN", "PPO"):
        assert learn(Dosing, AGENTS[name], steps=960, rate=1e-3)[1][-1][0] <= 960


def stretches(name, frames):
    """The sizes of the batches that an agent learns from, and how often it uses each transition."""
    torch.manual_seed(0)
    model, policy, collect, _ = AGENTS[name](5, 9, 900)
    player = Player(side_by_side(Dosing, SIDE), sampled(policy), seed=0)
    sizes = []
    while player.frames < frames:
        sizes.append([len(batch[0]) for batch in collect(player)])
    return sizes


def test_each_agent_collects_what_it_says():
    assert stretches("actor-critic", 480) == [[30 * 8]] * 2
    assert stretches("PPO", 960) == [[256, 256, 256, 192] * 5]
    sizes = stretches("DQN", 560)  # a batch after each step of all, once five hundred are known
    assert sizes == [[]] * 62 + [[64]] * 8
    (episodes,) = stretches("REINFORCE", 1)
    assert len(episodes) == 1
    assert episodes[0] <= 8 * 16


def test_all_agents_have_networks_of_one_size():
    for setup in AGENTS.values():
        model, policy, *_ = setup(5, 9, 900)
        for network in {policy, getattr(model, "value", policy)}:
            layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
            assert [layer.in_features for layer in layers] == [5, 64, 64]
            assert layers[-1].out_features == (1 if network is not policy else 9)


def test_dqn_becomes_greedy_in_a_third_of_its_steps_and_remembers_twenty_thousand():
    model, _, collect, step = AGENTS["DQN"](5, 9, 900)
    assert collect.anneal == 300
    assert AGENTS["DQN"](5, 9, 2)[2].anneal == 1
    assert collect.replay.capacity == 20_000
    assert (step.renew, step.gamma) == (200, 0.99)
    assert collect.model is model
    _, _, collect, step = with_dqn(5, 9, 900, gamma=0.5, updates=4)
    assert (collect.updates, step.gamma, collect.anneal, step.renew) == (4, 0.5, 300, 200)
    assert AGENTS["DQN"](5, 9, 900)[2].updates == 1


def batch_of(rows=12):
    draws = torch.Generator().manual_seed(0)
    state, gain, target = (torch.randn(rows, *s, generator=draws) for s in ((5,), (), ()))
    return state, torch.randint(9, (rows,), generator=draws), gain, target


def test_the_losses_weigh_value_by_a_half_and_entropy_by_a_hundredth():
    state, action, gain, target = batch_of()
    for name, more in (("actor-critic", ()), ("PPO", (torch.full((12,), -2.0),))):
        torch.manual_seed(0)
        model, _, _, step = AGENTS[name](5, 9, 900)
        found = step(model, (state, action, gain, target, *more))
        spread = torch.distributions.Categorical(logits=model.policy(state)).entropy().mean()
        expected = found["policy"] + 0.5 * found["critic"] - 0.01 * spread
        assert float(found["loss"].detach()) == pytest.approx(float(expected.detach()), abs=1e-6)


@pytest.mark.parametrize("gamma", [0.99, 0.5])
@pytest.mark.parametrize("name", ["actor-critic", "PPO"])
def test_advantages_look_ahead_with_the_same_two_numbers(name, gamma):
    torch.manual_seed(0)
    discounted = {"actor-critic": with_actor_critic, "PPO": with_ppo}[name]
    setup = partial(discounted, gamma=gamma) if gamma != 0.99 else AGENTS[name]
    model, policy, collect, _ = setup(5, 9, 900)
    player = Player(side_by_side(Dosing, SIDE), sampled(policy), seed=0)
    found = torch.cat([batch[3] for batch in collect(player)][: 1 if name != "PPO" else 4])
    torch.manual_seed(0)
    again = Player(side_by_side(Dosing, SIDE), sampled(policy), seed=0)
    _, target = judged(model, again.play(120 if name == "PPO" else 30), gamma, 0.95)
    assert found.sort().values.tolist() == pytest.approx(target.flatten().sort().values.tolist())


def test_reinforce_weighs_by_returns_that_fade_by_a_hundredth():
    torch.manual_seed(0)
    _, policy, collect, _ = AGENTS["REINFORCE"](5, 9, 900)
    one, other = (Player(side_by_side(Dosing, 4), sampled(policy), seed=0) for _ in range(2))
    ((_, _, weight),) = collect(one)
    ((_, _, expected),) = whole_episodes(gamma=0.99)(other)
    assert torch.equal(weight, expected)
    ((_, _, other),) = whole_episodes(gamma=0.9)(Player(side_by_side(Dosing, 4), sampled(policy)))
    assert not torch.allclose(weight[:20], other[:20], atol=1e-3)
    collect = with_reinforce(5, 9, 900, gamma=0.9)[2]
    ((_, _, again),) = collect(Player(side_by_side(Dosing, 4), sampled(policy)))
    assert torch.equal(again, other)


def test_rates_and_spreads_are_tried_about_three_times_apart():
    for tried, low, high in ((RATES, 3e-4, 3e-2), (SPREADS, 0.3, 30)):
        assert (tried[0], tried[-1], len(tried)) == (low, high, 5)
        apart = [b / a for a, b in itertools.pairwise(tried)]
        assert all(3 <= times <= 3.4 for times in apart)


def test_training_is_what_fit_does_with_these_arguments():
    for seed in (0, 2):
        torch.manual_seed(seed)
        model, policy, collect, step = AGENTS["actor-critic"](5, 9, 480)
        player = Player(side_by_side(Dosing, 8), sampled(policy), seed=1000 * seed)
        rollouts = Rollouts(player, collect, frames=480)
        fit(model, rollouts, step=step, epochs=1, lr=1e-2, clip=1.0, seed=seed)
        named = {"seed": seed} if seed else {}
        learnt, finished = learn(Dosing, AGENTS["actor-critic"], steps=480, rate=1e-2, **named)
        assert finished == player.finished
        assert all(map(torch.equal, learnt.parameters(), policy.parameters()))


@pytest.mark.parametrize("seed", [0, 3])
def test_the_search_is_the_cross_entropy_method_from_nothing(seed):
    named = {"seed": seed} if seed else {}
    layer, finished = search_linear(Dosing, steps=1200, spread=3.0, **named)
    theta, expected = cross_entropy(
        Dosing, linear_rule(5, 9), (torch.zeros(54), torch.ones(54)), steps=1200, seed=seed,
        spread=3.0,
    )  # fmt: skip
    assert finished == expected
    assert torch.equal(torch.cat([layer.weight.flatten(), layer.bias]).detach(), theta)
