import pytest
import torch
from torch import nn

from helpers.agents.reinforce import (
    log_probability,
    policy_gradient,
    returns_to_go,
    standardised,
    whole_episodes,
)


def test_returns_equal_scipy_s_recursive_filter():
    from scipy.signal import lfilter

    reward = torch.randn(30, 4, generator=torch.Generator().manual_seed(0)).double()
    done = torch.zeros(30, 4).bool()
    done[11, 1] = done[-1] = True
    found = returns_to_go(reward, done, 0.9).numpy()
    filtered = lfilter([1], [1, -0.9], reward.numpy()[::-1], axis=0)[::-1]
    assert found[:, 0] == pytest.approx(filtered[:, 0])
    assert found[12:, 1] == pytest.approx(filtered[12:, 1])
    assert found[11, 1] == pytest.approx(float(reward[11, 1]))  # nothing flows back over an end
    assert found[5, 1] != pytest.approx(filtered[5, 1])


def test_a_discount_outside_its_range():
    with pytest.raises(ValueError, match="gamma=1.2.*from 0 to 1"):
        returns_to_go(torch.ones(2, 1), torch.zeros(2, 1).bool(), 1.2)


def test_log_probability_equals_torch_s_distribution():
    logits, action = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    theirs = torch.distributions.Categorical(logits=logits).log_prob(action)
    assert torch.allclose(log_probability(logits, action), theirs, atol=1e-6)


def test_with_equal_weights_it_is_cross_entropy():
    torch.manual_seed(0)
    model, state, action = nn.Linear(4, 3), torch.randn(8, 4), torch.randint(3, (8,))
    loss = policy_gradient(model, (state, action, torch.ones(8)))
    entropy = nn.functional.cross_entropy(model(state), action)
    assert float(loss.detach()) == pytest.approx(float(entropy.detach()))
    doubled = policy_gradient(model, (state, action, torch.full((8,), 2.0)))
    assert float(doubled.detach()) == pytest.approx(2 * float(loss.detach()))


def test_standardised_values():
    found = standardised(torch.tensor([1.0, 2.0, 6.0]))
    assert float(found.mean()) == pytest.approx(0, abs=1e-6)
    assert float(found.std(correction=0)) == pytest.approx(1)
    assert standardised(torch.full((3,), 4.0)).tolist() == [0, 0, 0]


def test_whole_episodes_leave_out_what_follows_an_end():
    class Played:
        """Two environments; the second one ended after its first step."""

        def episodes(self):
            from helpers.agents.rollout import Transitions

            reward = torch.tensor([[1.0, 1.0], [1.0, 50.0]])
            done = torch.tensor([[False, True], [True, False]])
            state = torch.arange(4.0).reshape(2, 2, 1)
            action = torch.zeros(2, 2).long()
            seen = Transitions(state, action, reward, state, done, done)
            return seen, torch.tensor([[True, True], [True, False]])

    ((state, action, weight),) = whole_episodes(0.5, baseline=False)(Played())
    assert state[:, 0].tolist() == [0, 1, 2]
    assert len(action) == 3
    assert weight.tolist() == [1.5, 1.0, 1.0]
    ((_, _, weight),) = whole_episodes(0.5)(Played())
    assert float(weight.mean()) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("gamma", [-0.1, 0.0, 1.0, 1.1])
def test_a_discount_lies_between_nothing_and_one(gamma):
    reward, done = torch.tensor([[1.0], [2.0], [4.0]]), torch.zeros(3, 1).bool()
    if 0 <= gamma <= 1:
        expected = [7, 6, 4] if gamma else [1, 2, 4]
        assert returns_to_go(reward, done, gamma)[:, 0].tolist() == expected
    else:
        with pytest.raises(ValueError, match=rf"returns_to_go\(gamma={gamma}\): .* from 0 to 1"):
            returns_to_go(reward, done, gamma)


def test_weights_are_standardised_if_nothing_is_said_and_a_step_keeps_their_sign():
    assert standardised(torch.tensor([1e-3, 3e-3])).tolist() == pytest.approx([-1, 1], rel=1e-4)
    torch.manual_seed(0)
    model, state = nn.Linear(2, 2), torch.randn(1, 2)
    for weight, likelier in ((1.0, True), (-1.0, False)):
        model.zero_grad()
        before = model(state).softmax(1)[0, 1].item()
        loss = policy_gradient(model, (state, torch.tensor([1]), torch.tensor([weight])))
        loss.backward()
        with torch.no_grad():
            moved = nn.functional.linear(
                state, model.weight - 0.1 * model.weight.grad, model.bias - 0.1 * model.bias.grad
            )
        assert (moved.softmax(1)[0, 1].item() > before) is likelier
