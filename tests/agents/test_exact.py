import itertools

import numpy as np
import pytest
import torch

from helpers.agents.exact import MDP, exact_return, random_mdp, simulate, value_iteration


def test_values_equal_a_linear_programme():
    """The optimal values are the least ones that no action improves (Puterman 1994, 6.9)."""
    from scipy.optimize import linprog

    world = random_mdp(states=5, actions=3, seed=2)
    transition, reward = world.transition.numpy(), world.reward.numpy()
    rows = np.concatenate([0.9 * transition[:, a] - np.eye(5) for a in range(3)])
    bounds = -np.concatenate([reward[:, a] for a in range(3)])
    solved = linprog(np.ones(5), A_ub=rows, b_ub=bounds, bounds=(None, None))
    found = value_iteration(world, 0.9).max(1).values
    assert found.numpy() == pytest.approx(solved.x, abs=1e-6)
    with pytest.raises(ValueError, match="gamma=1"):
        value_iteration(world, 1)


def test_the_return_equals_a_sum_over_all_courses():
    world = random_mdp(states=3, seed=4)
    policy = torch.tensor([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]]).double()
    total = 0.0
    for states in itertools.product(range(3), repeat=3):
        for actions in itertools.product(range(2), repeat=3):
            chance, reward = world.start[states[0]], 0.0
            for t in range(3):
                chance = chance * policy[states[t], actions[t]]
                reward = reward + world.reward[states[t], actions[t]]
                if t < 2:
                    chance = chance * world.transition[states[t], actions[t], states[t + 1]]
            total = total + chance * reward
    assert exact_return(world, policy, 3) == pytest.approx(float(total))
    draws = torch.Generator().manual_seed(0)
    _, _, reward = simulate(world, policy, 3, 40_000, draws)
    assert float(reward.sum(0).mean()) == pytest.approx(float(total), abs=0.03)


def test_a_discount_fades_later_rewards():
    """The discounted return is the sum over steps of gamma^t times the expected reward there."""
    world, policy = random_mdp(seed=4), torch.full((4, 2), 0.5).double()
    whole = [float(exact_return(world, policy, steps)) for steps in range(1, 5)]
    rewards = np.diff([0.0, *whole])
    expected = float((0.7 ** np.arange(4) * rewards).sum())
    assert float(exact_return(world, policy, 4, gamma=0.7)) == pytest.approx(expected)
    assert float(exact_return(world, policy, 4)) == pytest.approx(whole[-1])
    assert abs(expected - whole[-1]) > 0.01


def test_probabilities_that_do_not_sum_to_one():
    good = random_mdp()
    bad = good.transition.clone()
    bad[2, 1, 0] += 0.5
    with pytest.raises(ValueError, match="state 2, action 1 .*1.5; expected 1"):
        MDP(bad, good.reward, good.start)
