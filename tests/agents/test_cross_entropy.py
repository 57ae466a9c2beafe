import gymnasium
import numpy as np
import pytest
import torch

from helpers.agents.cross_entropy import as_layer, cross_entropy, linear_rule
from helpers.agents.rollout import episode_returns, greedy, side_by_side
from helpers.ground.random import generator


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


def aimed(theta):
    """A rule that notes the candidates it is asked to play."""
    noted.append(theta.clone())
    return linear_rule(1, 2)(theta)


noted = []


def by_hand(first, steps, seed, population, episodes, spread):
    """The method with NumPy, as Szita & Lorincz 2006 print it: `Aim` spends a step an episode."""
    draws, rounds = generator(seed), []
    mean, deviation = first[0].numpy(), spread * first[1].numpy()
    for number in range(1, steps // (population * episodes) + 1):
        theta = mean + deviation * torch.randn(population, len(mean), generator=draws).numpy()
        starts = torch.randint(2**30, (episodes,), generator=draws).tolist()
        wins = np.zeros((population, episodes))
        for k, start in enumerate(starts):
            shown = float(Aim().reset(seed=start)[0][0])
            score = theta[:, :2] * shown + theta[:, 2:]
            wins[:, k] = score.argmax(1) == int(shown > 0)
        rounds.append((number * population * episodes, theta, wins.mean(1)))
        best = theta[torch.from_numpy(wins.mean(1)).topk(population // 4).indices.numpy()]
        share = number * population * episodes / steps
        mean = best.mean(0)
        deviation = best.std(0, ddof=1) + 0.2 * first[1].numpy() * max(0, 1 - 2 * share)
    return mean, rounds


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({}, (0, 24, 1, 1.0)),
        ({"seed": 4, "population": 8, "episodes": 5, "spread": 3.0}, (4, 8, 5, 3.0)),
    ],
)
def test_every_generation_is_the_one_computed_by_hand(given, meant):
    noted.clear()
    seed, population, episodes, spread = meant
    first = torch.tensor([0.5, -0.5, 0.0, 0.2]), torch.tensor([1.0, 2.0, 0.5, 1.0])
    mean, finished = cross_entropy(Aim, aimed, first, steps=240, **given)
    expected, rounds = by_hand(first, 240, *meant)
    assert [used for used, _ in finished] == [used for used, _, _ in rounds]
    for theta, (_, told, wins), (_, score) in zip(noted, rounds, finished):
        assert theta[::episodes].numpy() == pytest.approx(told, abs=1e-4)
        assert score == pytest.approx(wins.mean())
    assert mean.numpy() == pytest.approx(expected, abs=1e-4)
    assert first[0].tolist() == pytest.approx([0.5, -0.5, 0.0, 0.2])  # the start is not touched


def test_each_candidate_of_a_generation_plays_the_same_starts():
    seen = []

    class Noted(Aim):
        def reset(self, *, seed=None, options=None):
            seen.append(seed)
            return super().reset(seed=seed)

    cross_entropy(Noted, linear_rule(1, 2), start(), steps=96, population=8, episodes=4)
    asked = [s for s in seen if s is not None]
    assert asked[:4] * 8 == asked[:32]
    assert len(set(asked[:4])) == 4
    assert set(asked[32:64]).isdisjoint(asked[:4])


def test_the_last_budget_that_is_enough_is_taken():
    assert len(cross_entropy(Aim, linear_rule(1, 2), start(), steps=24)[1]) == 1
    assert len(cross_entropy(Aim, linear_rule(1, 2), start(), steps=48)[1]) == 2
