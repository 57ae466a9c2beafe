import pytest
import torch

from helpers.agents.actor_critic import ActorCritic
from helpers.agents.ppo import clipped_loss, ppo, repeated_stretches
from helpers.agents.rollout import Player, sampled, side_by_side


def test_losses_equal_stable_baselines():
    import numpy as np
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env

    quiet = {"n_steps": 32, "batch_size": 64, "n_epochs": 1, "learning_rate": 0.0}
    library = PPO(
        "MlpPolicy", make_vec_env("CartPole-v1", 2, seed=0), seed=0, device="cpu", **quiet
    )
    library.learn(64)
    memory = library.rollout_buffer
    memory.log_probs += np.random.default_rng(0).normal(0, 0.4, memory.log_probs.shape)
    library.train()
    logged = library.logger.name_to_value

    def network(state):
        scores = library.policy.get_distribution(state).distribution.logits
        return scores, library.policy.predict_values(state)[:, 0]

    names = ("actions", "advantages", "returns", "log_probs")
    columns = [torch.from_numpy(getattr(memory, name)).flatten() for name in names]
    columns[0] = columns[0].long()
    batch = (torch.from_numpy(memory.observations), *columns)
    found = ppo(clip=0.2)(network, batch)
    assert logged["train/clip_fraction"] > 0.2
    assert float(found["policy"]) == pytest.approx(logged["train/policy_gradient_loss"], abs=1e-5)
    assert float(found["critic"]) == pytest.approx(logged["train/value_loss"], rel=1e-4)
    other = ppo(clip=0.4)(network, batch)
    assert abs(float(other["policy"]) - logged["train/policy_gradient_loss"]) > 1e-3


def test_the_gradient_vanishes_only_on_the_far_side():
    ratio = torch.tensor([0.5, 1.0, 1.5], requires_grad=True)
    for gain, zero in ((1.0, [False, False, True]), (-1.0, [True, False, False])):
        loss = 3 * clipped_loss(ratio.log(), torch.zeros(3), torch.full((3,), gain))
        (slope,) = torch.autograd.grad(loss, ratio)
        assert (slope == 0).tolist() == zero


def test_a_clip_of_nothing():
    with pytest.raises(ValueError, match="clip=0.*positive"):
        clipped_loss(torch.zeros(1), torch.zeros(1), torch.zeros(1), clip=0)


def test_every_transition_is_given_out_in_every_pass():
    import gymnasium

    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    envs = side_by_side(lambda: gymnasium.make("CartPole-v1"), 2)
    player = Player(envs, sampled(model.policy), seed=0)
    batches = list(
        repeated_stretches(model, 12, gamma=0.9, lam=0.9, passes=3, batch_size=10)(player)
    )
    assert [len(b[0]) for b in batches] == [10, 10, 4] * 3
    assert player.frames == 24
    passes = [torch.cat([b[4] for b in batches[k : k + 3]]).sort().values for k in (0, 3, 6)]
    assert torch.equal(passes[0], passes[1])
    assert torch.equal(passes[0], passes[2])
    state, action, _, _, old = batches[0]
    now = torch.distributions.Categorical(logits=model.policy(state)).log_prob(action)
    assert torch.allclose(old, now, atol=1e-6)


def test_entropy_is_rewarded():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (
        torch.randn(6, 4),
        torch.randint(2, (6,)),
        torch.randn(6),
        torch.zeros(6),
        -torch.ones(6),
    )
    plain, bonus = (ppo(entropy_weight=w)(model, batch)["loss"] for w in (0.0, 0.3))
    spread = torch.distributions.Categorical(logits=model.policy(batch[0])).entropy().mean()
    assert float((plain - bonus).detach()) == pytest.approx(0.3 * float(spread.detach()), rel=1e-4)


def test_a_last_batch_of_one_transition_is_finite():
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (torch.randn(1, 4), torch.zeros(1).long(), torch.ones(1), torch.ones(1), torch.zeros(1))
    assert ppo()(model, batch)["loss"].isfinite()


def rows(count=6):
    torch.manual_seed(0)
    model = ActorCritic(4, 2)
    batch = (
        torch.randn(count, 4), torch.randint(2, (count,)), torch.randn(count) + 2,
        torch.randn(count), torch.randn(count) - 1,
    )  # fmt: skip
    return model, batch


def test_what_is_meant_if_nothing_is_said():
    model, batch = rows()
    found = ppo()(model, batch)
    asked = ppo(clip=0.2, value_weight=0.5, entropy_weight=0.0)(model, batch)
    assert torch.equal(found["loss"], asked["loss"])
    assert torch.allclose(found["loss"], found["policy"] + 0.5 * found["critic"])
    log, old, gain = torch.randn(3, 50, generator=torch.Generator().manual_seed(1))
    assert clipped_loss(log, old, gain) == clipped_loss(log, old, gain, 0.2)
    assert clipped_loss(log, old, gain) != clipped_loss(log, old, gain, 0.21)


def test_ten_passes_of_sixty_four_rows_if_nothing_is_said():
    import gymnasium

    model, _ = rows()
    envs = side_by_side(lambda: gymnasium.make("CartPole-v1"), 2)
    batches = list(
        repeated_stretches(model, 50, gamma=0.9, lam=0.9)(Player(envs, sampled(model.policy)))
    )
    assert [len(batch[0]) for batch in batches] == [64, 36] * 10
    assert not batches[0][4].requires_grad
    first, second = (torch.cat([b[0] for b in batches[k : k + 2]]) for k in (0, 2))
    assert not torch.equal(first, second)  # every pass has an order of its own


def test_what_is_logged_carries_no_gradient_and_the_loss_reaches_both_networks():
    model, batch = rows()
    found = ppo(clip=5.0)(model, batch)
    assert not found["policy"].requires_grad
    assert not found["critic"].requires_grad
    found["loss"].backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


def test_two_advantages_are_standardised_and_equal_ones_become_nothing():
    model, batch = rows(2)
    log = torch.distributions.Categorical(logits=model.policy(batch[0])).log_prob(batch[1])
    gain = torch.tensor([1.0, -1.0]) * (batch[2][0] - batch[2][1]).sign() / 2**0.5
    expected = clipped_loss(log, batch[4], gain)
    found = ppo()(model, batch)["policy"]
    assert float(found) == pytest.approx(float(expected.detach()), abs=1e-5)
    same = (*batch[:2], torch.full((2,), 3.0), *batch[3:])
    assert float(ppo()(model, same)["policy"]) == 0


@pytest.mark.parametrize("clip", [0, -0.2])
def test_a_clip_is_positive(clip):
    with pytest.raises(
        ValueError, match=rf"clipped_loss\(clip={clip}\): expected a positive share"
    ):
        ppo(clip=clip)(*rows())
