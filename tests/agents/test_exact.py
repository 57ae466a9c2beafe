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


def test_what_is_certain_happens():
    """Zeros in both tables: a deterministic policy in a ring."""
    ring = torch.zeros(3, 2, 3).double()
    for state in range(3):
        ring[state, 0, state], ring[state, 1, (state + 1) % 3] = 1, 1
    world = MDP(ring, torch.arange(6.0).reshape(3, 2).double(), torch.tensor([0.0, 1.0, 0.0]))
    onward = torch.tensor([[0.0, 1.0]] * 3).double()
    state, action, reward = simulate(world, onward, 4, 2, torch.Generator().manual_seed(0))
    assert state.tolist() == [[1, 1], [2, 2], [0, 0], [1, 1]]
    assert action.tolist() == [[1, 1]] * 4
    assert reward[:, 0].tolist() == [3, 5, 1, 3]
    world = MDP(ring, world.reward, torch.tensor([0.0, 1.0, 0.0]).double())
    assert float(exact_return(world, onward, 4)) == 12


def test_play_follows_both_tables():
    world = random_mdp(states=3, seed=1)
    policy = torch.tensor([[0.2, 0.8], [0.5, 0.5], [0.9, 0.1]]).double()
    draws = torch.Generator().manual_seed(0)
    state, action, reward = simulate(world, policy, 6, 20_000, draws)
    assert state.shape == action.shape == reward.shape == (6, 20_000)
    assert torch.equal(reward, world.reward[state, action])
    first = state[0].bincount(minlength=3) / 20_000
    assert first.tolist() == pytest.approx(world.start.tolist(), abs=0.02)
    for s, a in itertools.product(range(3), range(2)):
        here = state == s
        assert float((action[here] == a).double().mean()) == pytest.approx(
            float(policy[s, a]), abs=0.02
        )
        then = state[1:][(here & (action == a))[:-1]]
        share = then.bincount(minlength=3) / len(then)
        assert share.tolist() == pytest.approx(world.transition[s, a].tolist(), abs=0.03)


def test_a_random_world_is_cubes_of_uniform_numbers_of_its_seed():
    world, draws = random_mdp(5, 3, seed=7), torch.Generator().manual_seed(7)
    cubes = torch.rand(5, 3, 5, generator=draws, dtype=torch.double).pow(3)
    assert torch.allclose(world.transition * cubes.sum(2, keepdim=True), cubes)
    assert torch.equal(world.reward, torch.randn(5, 3, generator=draws, dtype=torch.double))
    assert world.start.tolist() == [0.2] * 5
    assert torch.equal(random_mdp().reward, random_mdp(4, 2, 0).reward)
    assert random_mdp().transition.shape == (4, 2, 4)


def test_values_are_those_of_the_best_policy_solved_as_a_linear_system():
    world = random_mdp(6, 3, seed=5)
    for gamma in (0.0, 0.5, 0.95):
        best = value_iteration(world, gamma)
        rows, choice = torch.arange(6), best.argmax(1)
        system = torch.eye(6).double() - gamma * world.transition[rows, choice]
        value = torch.linalg.solve(system, world.reward[rows, choice])
        assert best.max(1).values.tolist() == pytest.approx(value.tolist(), abs=1e-9)
    rough = value_iteration(world, 0.95, tolerance=1.0)
    assert (rough - best).abs().max() > 0.1


@pytest.mark.parametrize("gamma", [-0.1, 1.1])
def test_discounts_outside_their_range(gamma):
    world, policy = random_mdp(), torch.full((4, 2), 0.5).double()
    with pytest.raises(ValueError, match=rf"exact_return\(gamma={gamma}\): .* from 0 to 1"):
        exact_return(world, policy, 2, gamma=gamma)
    with pytest.raises(ValueError, match=rf"value_iteration\(gamma={gamma}\): .* in \[0, 1\)"):
        value_iteration(world, gamma)
    once = exact_return(world, policy, 1)
    assert exact_return(world, policy, 3, gamma=0) == once != exact_return(world, policy, 3, 1)


def test_rounding_is_forgiven_and_no_more():
    good = random_mdp()
    for off, refused in ((9e-7, False), (1.5e-6, True), (-1.5e-6, True)):
        near = good.transition.clone()
        near[0, 1, 2] += off
        if refused:
            with pytest.raises(ValueError, match="after state 0, action 1 have probabilities"):
                MDP(near, good.reward, good.start)
        else:
            assert MDP(near, good.reward, good.start).transition is near
