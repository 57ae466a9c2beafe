import gymnasium
import numpy as np
import pytest
import torch
from torch import nn

from helpers.agents.own import Simulator, load_policy, save_policy, simulator
from helpers.models.mlp import MLP


class Walk(gymnasium.Env):
    """Ends after `last` steps."""

    observation_space = gymnasium.spaces.Box(-9, 9, (2,), np.float32)
    action_space = gymnasium.spaces.Discrete(3)
    last, value = 4, 0.0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return np.zeros(2, np.float32), {}

    def step(self, action):
        self.steps += 1
        state = np.full(2, self.value, np.float32)
        return state, 1.0, self.steps == self.last, False, {}


def changed(**what):
    return type("Changed", (Walk,), what)


def test_a_sound_simulator_is_kept_as_it_is():
    found = simulator(Walk, steps=96, rules={"rest": None})
    assert isinstance(found, Simulator)
    assert (found.make, found.steps, found.rules) == (Walk, 96, {"rest": None})


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"observation_space": gymnasium.spaces.Box(0, 1, (4, 4))}, "a Box of one axis, found Box"),
        ({"observation_space": gymnasium.spaces.Discrete(4)}, "a Box of one axis"),
        ({"action_space": gymnasium.spaces.Box(0, 1, (1,))}, "Discrete actions from 0.*few levels"),
        ({"action_space": gymnasium.spaces.Discrete(3, start=1)}, "Discrete actions from 0"),
        ({"value": np.nan}, "finite numbers, found .*step 0"),
        ({"last": -1}, "not ended after 10000 steps.*TimeLimit"),
    ],
)
def test_what_the_chapter_cannot_take_is_refused(what, said):
    with pytest.raises(ValueError, match=said):
        simulator(changed(**what))


def test_no_budget():
    with pytest.raises(ValueError, match="steps=0.*at least one"):
        simulator(Walk, steps=0)


def test_a_budget_below_one_generation_of_the_search_names_the_least():
    with pytest.raises(ValueError, match="took 4 steps and the search plays 24.*at least 96"):
        simulator(Walk, steps=95)
    with pytest.raises(ValueError, match="at least 24000"):
        simulator(changed(last=1000))
    assert simulator(changed(last=1000), steps=24_000).steps == 24_000


def test_the_longest_of_several_random_episodes_counts():
    class Uneven(Walk):
        def reset(self, *, seed=None, options=None):
            found = super().reset(seed=seed)
            self.last = 9 if seed == 13 else 2
            return found

    with pytest.raises(ValueError, match="took 9 steps.*at least 216"):
        simulator(Uneven, steps=215)


@pytest.mark.parametrize("policy", [MLP([3, 5, 4, 2]), nn.Linear(3, 2)])
def test_a_policy_comes_back_from_its_file(policy, tmp_path):
    file = save_policy(tmp_path / "new" / "policy.pt", policy)
    again, state = load_policy(file, inputs=3), torch.randn(6, 3)
    assert torch.equal(again(state), policy(state))
    with pytest.raises(ValueError, match="expected observations of 3 numbers, found 4"):
        load_policy(file, inputs=4)
    with pytest.raises(ValueError, match="exists; pass overwrite"):
        save_policy(file, policy)
    save_policy(file, policy, overwrite=True)


def test_another_module_is_refused(tmp_path):
    with pytest.raises(ValueError, match="expected an MLP or Linear, found Tanh"):
        save_policy(tmp_path / "p.pt", nn.Tanh())
