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
