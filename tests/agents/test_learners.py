import pytest
import torch

from helpers.agents.dosing import Dosing
from helpers.agents.learners import AGENTS, learn, search_linear, sizes


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
