import numpy as np
import pytest
import torch

from helpers.agents.actor_critic import (
    ActorCritic,
    actor_critic,
    advantages,
    entropy,
    judged,
    short_stretches,
)
from helpers.agents.reinforce import returns_to_go
from helpers.agents.rollout import Player, Transitions, sampled, side_by_side


def numbers(seed=0, steps=20, count=3):
    draws = torch.Generator().manual_seed(seed)
    reward, value, next_value = torch.randn(3, steps, count, generator=draws)
    return reward, value, next_value, torch.rand(steps, count, generator=draws) < 0.15


def test_advantages_equal_stable_baselines():
    from gymnasium.spaces import Box, Discrete
    from stable_baselines3.common.buffers import RolloutBuffer

    reward, value, last, done = numbers()
    buffer = RolloutBuffer(
        20, Box(-1, 1, (1,)), Discrete(2), "cpu", gae_lambda=0.7, gamma=0.9, n_envs=3
    )
    for t in range(20):
        begins = done[t - 1].numpy() if t else np.ones(3)
        nothing = np.zeros((3, 1))
        buffer.add(nothing, nothing, reward[t].numpy(), begins, value[t], torch.zeros(3))
    buffer.compute_returns_and_advantage(last[0], done[-1].numpy())
    following = torch.cat([value[1:], last[:1]])
    found = advantages(reward, value, following, done, done, gamma=0.9, lam=0.7)
    assert found.numpy() == pytest.approx(buffer.advantages, abs=1e-5)
    other = advantages(reward, value, following, done, done, gamma=0.9, lam=0.8)
    assert np.abs(other.numpy() - buffer.advantages).max() > 0.1


def test_the_clock_running_out_is_not_an_end():
    reward, value, next_value, done = numbers()
    never = torch.zeros_like(done)
    cut = advantages(reward, value, next_value, never, done, gamma=0.9, lam=0.9)
    ended = advantages(reward, value, next_value, done, done, gamma=0.9, lam=0.9)
    assert torch.allclose((cut - ended)[done], 0.9 * next_value[done], atol=1e-6)


def test_lambda_one_is_return_minus_value():
    reward, value, _, done = numbers()
    done[-1] = True
    following = torch.cat([value[1:], torch.zeros(1, 3)])
    found = advantages(reward, value, following, done, done, gamma=0.9, lam=1.0)
    assert torch.allclose(found, returns_to_go(reward, done, 0.9) - value, atol=1e-5)


def test_lambda_outside_its_range():
    one = torch.ones(1, 1)
    with pytest.raises(ValueError, match="lam=-0.1.*from 0 to 1"):
        advantages(one, one, one, one.bool(), one.bool(), gamma=0.9, lam=-0.1)


def test_entropy_equals_scipy_s_with_forbidden_actions_too():
    """A forbidden action, -inf, had made the entropy NaN."""
    from scipy.stats import entropy as theirs

    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0)).double()
    logits[:3, 1] = -torch.inf
    logits.requires_grad_()
    found = entropy(logits)
    assert float(found.detach()) == pytest.approx(theirs(logits.softmax(1).detach(), axis=1).mean())
    (gradient,) = torch.autograd.grad(found, logits)
    assert gradient.isfinite().all()
    assert gradient.abs().max() > 0
    assert float(entropy(torch.tensor([[0.0, -torch.inf, 0.0]]))) == pytest.approx(np.log(2))
    assert float(entropy(torch.zeros(2, 4))) == pytest.approx(np.log(4))


def test_a_new_policy_is_nearly_undecided():
    torch.manual_seed(0)
    scores, value = ActorCritic(4, 3)(torch.randn(7, 4))
    assert scores.shape == (7, 3)
    assert value.shape == (7,)
    assert (scores.softmax(1) - 1 / 3).abs().max() < 0.05


def test_the_loss_is_its_three_terms():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (torch.randn(6, 4), torch.randint(2, (6,)), torch.randn(6), torch.randn(6))
    found = actor_critic(value_weight=0.3, entropy_weight=0.2)(model, batch)
    logits, value = model(batch[0])
    named = found["policy"] + 0.3 * found["critic"] - 0.2 * entropy(logits)
    assert float(found["loss"].detach()) == pytest.approx(float(named.detach()))
    assert float(found["critic"]) == pytest.approx(float(((value - batch[3]) ** 2).mean().detach()))


def test_a_stretch_of_play_becomes_a_batch():
    import gymnasium

    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    envs = side_by_side(lambda: gymnasium.make("CartPole-v1"), 3)
    player = Player(envs, sampled(model.policy), seed=0)
    (batch,) = short_stretches(model, 10, gamma=0.9, lam=0.9)(player)
    assert [tuple(x.shape) for x in batch] == [(30, 4), (30,), (30,), (30,)]
    gain, target = judged(model, player.play(5), 0.9, 0.9)
    assert gain.shape == target.shape == (5, 3)
    assert not gain.requires_grad


def test_the_critic_learns_the_value_it_should_have_had():
    """With lam = 1 and whole episodes the target is the return itself."""
    torch.manual_seed(0)
    model = ActorCritic(2, 2)
    state, done = torch.randn(4, 1, 2), torch.tensor([[False], [False], [False], [True]])
    reward = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    following = torch.cat([state[1:], torch.randn(1, 1, 2)])
    seen = Transitions(state, torch.zeros(4, 1).long(), reward, following, done, done)
    gain, target = judged(model, seen, 0.5, 1.0)
    assert target[:, 0].tolist() == pytest.approx([3.25, 4.5, 5.0, 4.0], abs=1e-5)
    value = model.value(state[:, 0])
    assert torch.allclose(gain, target - value, atol=1e-5)


def test_the_policy_term_is_the_weighted_log_probability():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    state, action = torch.randn(6, 4), torch.randint(2, (6,))
    gain = torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])  # standardised as it is
    found = actor_critic()(model, (state, action, gain, torch.zeros(6)))["policy"]
    log = torch.distributions.Categorical(logits=model.policy(state)).log_prob(action)
    assert float(found) == pytest.approx(float(-(gain * log).mean().detach()), abs=1e-6)


def test_more_entropy_is_rewarded_and_a_certain_policy_has_none():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (torch.randn(6, 4), torch.randint(2, (6,)), torch.zeros(6), torch.zeros(6))
    plain, bonus = (actor_critic(0.0, w)(model, batch)["loss"] for w in (0.0, 0.1))
    assert float(bonus.detach()) < float(plain.detach())
    certain = torch.tensor([[0.0, float("-inf")], [0.0, 0.0]])
    assert float(entropy(certain)) == pytest.approx(float(torch.tensor(2.0).log()) / 2)


@pytest.mark.parametrize("gamma", [-0.1, 0.0, 1.0, 1.1])
@pytest.mark.parametrize("lam", [-0.1, 0.0, 1.0, 1.1])
def test_both_discounts_lie_between_nothing_and_one(gamma, lam):
    one = torch.ones(1, 1)
    given = (one, one, one, ~one.bool(), one.bool())
    if 0 <= gamma <= 1 and 0 <= lam <= 1:
        assert float(advantages(*given, gamma=gamma, lam=lam)) == gamma
    else:
        with pytest.raises(ValueError, match=rf"gamma={gamma}, lam={lam}\): expected both from 0"):
            advantages(*given, gamma=gamma, lam=lam)


def test_networks_are_sixty_four_wide_and_the_policy_begins_small():
    torch.manual_seed(0)
    model = ActorCritic(4, 3)
    for part, outputs in ((model.policy, 3), (model.value, 1)):
        layers = [layer for layer in part.modules() if isinstance(layer, torch.nn.Linear)]
        assert [layer.in_features for layer in layers] == [4, 64, 64]
        assert layers[-1].out_features == outputs
    assert not model.policy[-1].bias.any()
    assert model.value[-1].bias.any()
    limit = 1 / 64**0.5  # of torch's uniform numbers for this layer
    assert 0.09 * limit < float(model.policy[-1].weight.detach().abs().max()) <= 0.1 * limit
    assert {id(p) for p in model.policy.parameters()}.isdisjoint(map(id, model.value.parameters()))


def test_what_is_logged_carries_no_gradient_and_the_loss_reaches_both_networks():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (torch.randn(6, 4), torch.randint(2, (6,)), torch.randn(6), torch.randn(6))
    found = actor_critic()(model, batch)
    assert not found["policy"].requires_grad
    assert not found["critic"].requires_grad
    found["loss"].backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_a_half_of_the_critic_and_no_entropy_if_nothing_is_said():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (torch.randn(6, 4), torch.randint(2, (6,)), torch.randn(6) + 3, torch.randn(6))
    found = actor_critic()(model, batch)
    assert torch.allclose(found["loss"], found["policy"] + 0.5 * found["critic"])
    gain = (batch[2] - batch[2].mean()) / batch[2].std(correction=0)  # advantages are standardised
    log = torch.distributions.Categorical(logits=model.policy(batch[0])).log_prob(batch[1])
    assert float(found["policy"]) == pytest.approx(float(-(gain * log).mean().detach()), abs=1e-5)


def test_a_stretch_is_given_out_row_by_row_with_what_the_critic_said():
    import gymnasium

    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    make = lambda: side_by_side(lambda: gymnasium.make("CartPole-v1"), 2)  # noqa: E731
    (batch,) = short_stretches(model, 7, gamma=0.9, lam=0.8)(Player(make(), sampled(model.policy)))
    seen = Player(make(), sampled(model.policy)).play(7)
    gain, target = judged(model, seen, 0.9, 0.8)
    expected = (seen.state, seen.action, gain, target)
    for found, rows in zip(batch, expected):
        assert torch.equal(found, rows.flatten(0, 1))
    value = lambda x: torch.stack([model.value(one)[:, 0] for one in x]).detach()  # noqa: E731
    by_hand = advantages(
        seen.reward, value(seen.state), value(seen.next_state), seen.terminated, seen.done,
        gamma=0.9, lam=0.8,
    )  # fmt: skip
    assert torch.allclose(gain, by_hand, atol=1e-6)
    assert torch.allclose(target, by_hand + value(seen.state), atol=1e-6)
