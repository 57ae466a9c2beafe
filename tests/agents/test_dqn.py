import pytest
import torch
from torch import nn

from helpers.agents.dqn import DQN, Replay, q_target, remembered
from helpers.agents.exact import random_mdp, value_iteration
from helpers.agents.rollout import Player, greedy, side_by_side


def test_the_memory_overwrites_the_oldest():
    memory = Replay(5)
    for k in range(4):
        memory.add(torch.tensor([2 * k, 2 * k + 1]), torch.zeros(2, 3))
    assert len(memory) == 5
    rows, other = memory.draw(400, torch.Generator().manual_seed(0))
    assert set(rows.tolist()) == {3, 4, 5, 6, 7}
    assert other.shape == (400, 3)
    with pytest.raises(ValueError, match="capacity=0"):
        Replay(0)


def test_exact_values_are_a_fixed_point_of_the_target():
    world = random_mdp(seed=3)
    best = value_iteration(world, 0.9)
    table = nn.Embedding.from_pretrained(best)
    state, action, after = torch.cartesian_prod(*map(torch.arange, (4, 2, 4))).T
    never = torch.zeros(32).bool()
    target = q_target(table, world.reward[state, action], after, never, 0.9).reshape(4, 2, 4)
    average = (world.transition * target).sum(2)
    assert torch.allclose(average, best, atol=1e-9)
    assert torch.equal(
        q_target(table, world.reward[state, action], after, ~never, 0.9),
        world.reward[state, action],
    )
    with pytest.raises(ValueError, match="gamma=2"):
        q_target(table, world.reward[0], after[:2], never[:2], 2)


def test_the_loss_equals_stable_baselines_formula():
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    state, after, reward = torch.randn(6, 3), torch.randn(6, 3), torch.randn(6)
    action, end = torch.randint(2, (6,)), torch.rand(6) < 0.5
    found = DQN(model, gamma=0.9)(model, (state, action, reward, after, end))
    # As in the `train` method of stable-baselines3's DQN, written with rows.
    losses = []
    for i in range(6):
        target = reward[i] + (0.9 * model(after[i]).max() if not end[i] else 0)
        gap = (model(state[i])[action[i]] - target).abs()
        losses.append(gap**2 / 2 if gap < 1 else gap - 0.5)
    assert torch.allclose(found, torch.stack(losses).mean(), atol=1e-6)


@pytest.mark.parametrize(("renew", "moved"), [(3, [1.0, 1.0, 1.0, 4.0]), (0, [1.0, 2.0, 3.0, 4.0])])
def test_the_target_stands_still_between_renewals(renew, moved):
    model = nn.Linear(1, 1, bias=False)
    step, used = DQN(model, gamma=1.0, renew=renew), []
    for k in range(4):
        with torch.no_grad():
            model.weight.fill_(k + 1)
        one, first = torch.ones(1, 1), torch.zeros(1).long()
        loss = step(model, (0 * one, first, torch.zeros(1), one, torch.zeros(1).bool()))
        used.append(float(loss.detach()) + 0.5)  # the Huber loss of a target above one
    assert used == moved


def test_remembering_waits_and_explores_less_and_less():
    import gymnasium

    torch.manual_seed(0)
    model = nn.Linear(4, 2)
    envs = side_by_side(lambda: gymnasium.make("CartPole-v1"), 4)
    player = Player(envs, greedy(model), seed=0)
    collect = remembered(model, Replay(100), batch_size=8, warm_up=20, anneal=40)
    sizes = [len(list(collect(player))) for _ in range(6)]
    assert sizes == [0, 0, 0, 0, 1, 1]
    for _ in range(10):
        (batch,) = collect(player)
    assert [len(column) for column in batch] == [8] * 5
    state = torch.randn(2000, 4, generator=torch.Generator().manual_seed(0))
    off = player.act(state, torch.Generator().manual_seed(1)) != model(state).argmax(1)
    assert 0.005 < float(off.double().mean()) < 0.06  # half of the last five in a hundred


@pytest.mark.parametrize("updates", [1, 3])
def test_as_many_batches_as_asked_for_follow_a_step(updates):
    class Still:
        frames, draws = 0, torch.Generator().manual_seed(0)

        def advance(self):
            return *(torch.zeros(4, 2) for _ in range(5)), None

    collect = remembered(None, Replay(20), batch_size=2, warm_up=8, updates=updates)
    assert [len(list(collect(Still()))) for _ in range(3)] == [0, updates, updates]
