import gymnasium
import numpy as np
import pytest
import torch

from helpers.agents.cross_entropy import as_layer, cross_entropy, linear_rule
from helpers.agents.rollout import episode_returns, greedy, side_by_side


class Aim(gymnasium.Env):
    """One step; the reward says how near the action is to the one that the number seen asks for."""

    observation_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.shown = np.array([self.np_random.uniform(-1, 1)], np.float32)
        return self.shown, {}

    def step(self, action):
        return self.shown, float(int(action) == int(self.shown[0] > 0)), True, False, {}


def start(count=4):
    return torch.zeros(count), torch.ones(count)


def test_it_finds_the_rule_that_is_always_right():
    theta, finished = cross_entropy(Aim, linear_rule(1, 2), start(), steps=2000, episodes=8)
    found = episode_returns(side_by_side(Aim, 200), greedy(as_layer(theta, 1, 2)), seed=5).mean()
    assert found > 0.95
    assert finished[0][1] == pytest.approx(0.5, abs=0.15)
    assert finished[-1][1] > 0.85


def test_a_search_that_keeps_the_worst_finds_the_opposite():
    class Wrong(Aim):
        def step(self, action):
            return super().step(1 - int(action))

    theta, _ = cross_entropy(Wrong, linear_rule(1, 2), start(), steps=2000, episodes=8)
    found = episode_returns(side_by_side(Aim, 200), greedy(as_layer(theta, 1, 2)), seed=5).mean()
    assert found < 0.05


def test_no_more_steps_are_spent_than_allowed():
    _, finished = cross_entropy(Aim, linear_rule(1, 2), start(), steps=500, episodes=4)
    assert [used for used, _ in finished] == [96, 192, 288, 384, 480]


def test_the_same_seed_finds_the_same_numbers_and_another_seed_others():
    one, two, other = (
        cross_entropy(Aim, linear_rule(1, 2), start(), steps=300, seed=s)[0] for s in (0, 0, 1)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_a_budget_that_is_too_small():
    with pytest.raises(ValueError, match="steps=20.*one generation took 24 steps"):
        cross_entropy(Aim, linear_rule(1, 2), start(), steps=20)


def test_a_linear_rule_is_its_layer():
    theta = torch.randn(3 * (5 + 1), generator=torch.Generator().manual_seed(0))
    state = torch.randn(7, 5, generator=torch.Generator().manual_seed(1))
    layer = as_layer(theta, 5, 3)
    assert torch.equal(linear_rule(5, 3)(theta[None])(state, None), layer(state).argmax(1))
    rows = torch.stack([theta, -theta])
    each = linear_rule(5, 3)(rows)(state[:2], None)
    assert each.tolist() == [int(layer(state[0]).argmax()), int(layer(state[1]).argmin())]
