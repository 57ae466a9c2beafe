import gymnasium
import numpy as np
import pytest
import torch
from torch import nn

from helpers.agents import own
from helpers.agents.own import Simulator, load_policy, save_policy, simulator, try_out
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


def test_a_budget_of_9600_and_no_rules_if_nothing_is_said():
    found = simulator(Walk)
    assert (found.steps, found.rules) == (9600, {})
    rules = {"rest": None}
    assert simulator(Walk, rules=rules).rules is not rules


def test_an_episode_of_just_the_longest_length_ends(monkeypatch):
    monkeypatch.setattr(own, "LONGEST", 4)
    assert try_out(Walk()) == 4
    with pytest.raises(ValueError, match="not ended after 4 steps"):
        try_out(changed(last=5)())


def test_time_running_out_is_an_end_and_a_bad_reward_is_named_with_its_step():
    class Late(Walk):
        def step(self, action):
            state, _, over, _, info = super().step(action)
            return state, (np.inf if self.bad and over else 1.0), False, over, info

    assert try_out(type("Fine", (Late,), {"bad": False})()) == 4
    with pytest.raises(ValueError, match=r"finite numbers, found \[0.0, 0.0, inf\] .* in step 3$"):
        try_out(type("Bad", (Late,), {"bad": True})())


def test_twenty_random_episodes_are_tried_each_with_its_seed_and_every_action():
    tried = []

    class Noted(Walk):
        def reset(self, *, seed=None, options=None):
            tried.append((seed, []))
            return super().reset(seed=seed)

        def step(self, action):
            tried[-1][1].append(int(action))
            return super().step(action)

    simulator(Noted)
    assert [seed for seed, _ in tried] == list(range(20))
    for seed, actions in tried:
        draws = torch.Generator().manual_seed(seed)
        assert actions == [int(torch.randint(3, (), generator=draws)) for _ in range(4)]
    assert try_out(Noted()) == 4
    assert tried[-1] == tried[0]


def test_a_policy_of_a_file_is_ready_to_play_and_asks_nothing_of_unknown_observations(tmp_path):
    kept = MLP([3, 5, 2]).train()
    file = save_policy(str(tmp_path / "a" / "b" / "policy.pt"), kept)
    assert not load_policy(file).training
    assert file.exists()
    assert load_policy(str(file))(torch.zeros(1, 3)).shape == (1, 2)
