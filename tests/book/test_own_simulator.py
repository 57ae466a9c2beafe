"""The chapter on reinforcement learning runs to the end in a simulator that its author has not seen."""

import sys
from pathlib import Path

import gymnasium
import numpy as np
import pandas as pd
import pytest
import torch

from helpers.agents.own import load_policy, simulator

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402

CHAPTER = "8-advanced/rl-with-a-simulator"


class Greenhouse(gymnasium.Env):
    """Seven numbers seen, two of them noise; four actions; ends early when the plants freeze."""

    observation_space = gymnasium.spaces.Box(-50, 50, (7,), np.float64)
    action_space = gymnasium.spaces.Discrete(4)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.warm, self.hour = self.np_random.uniform(5, 15), 0
        return self.observe(), {"night": True}

    def step(self, action):
        self.warm += 1.5 * (int(action) - 1) - 0.1 * (self.warm - 8)
        self.hour += 1
        frozen = self.warm < 1
        return self.observe(), -abs(self.warm - 18) / 10, frozen, self.hour == 12, {}

    def observe(self):
        noise = self.np_random.normal(size=2)
        return np.array([self.warm, 18 - self.warm, self.hour, 1, 0, *noise], dtype=np.float64)


def heater():
    return lambda state, draws: 3 * (state[:, 0] < 18).long()


@pytest.fixture
def work(tmp_path):
    """An empty folder to work in."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.mark.parametrize(("rules", "steps"), [({"heater": heater}, 1200), ({}, 1024)])
def test_the_chapter_runs_in_an_alien_simulator(rules, steps, work, monkeypatch):
    data = simulator(Greenhouse, steps=steps, rules=rules)
    names = run(CHAPTER, data, work, monkeypatch)
    written = pd.read_csv(next(work.rglob("returns.csv")))
    rivals = ["one action", *rules, "linear rule", "REINFORCE", "actor-critic", "DQN", "PPO"]
    assert list(written.columns) == ["training", "episode", *rivals]
    assert len(written) == 3 * 64
    assert written[rivals].max().max() <= 0
    policy = load_policy(next(work.rglob("policy.pt")), inputs=7)
    assert policy(torch.zeros(2, 7)).shape == (2, 4)
    assert list(names["means"]) == rivals


def test_another_kind_of_data_is_refused(work, monkeypatch):
    with pytest.raises(ValueError, match="learns in a simulator.*found list"):
        run(CHAPTER, [1, 2], work, monkeypatch)
