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


class Still:
    """A player whose every step gives the same four transitions."""

    def __init__(self, frames=0):
        self.frames, self.draws = frames, torch.Generator().manual_seed(0)

    def advance(self):
        return *(torch.zeros(4, 2) for _ in range(5)), None


def test_what_is_meant_if_nothing_is_said():
    collect = remembered(None, Replay(600))
    sizes = [[len(batch[0]) for batch in collect(Still())] for _ in range(126)]
    assert sizes == [[]] * 124 + [[128]] * 2  # from five hundred transitions on
    assert (collect.explore, collect.anneal) == ((1.0, 0.05), 10_000)
    assert DQN(nn.Linear(1, 1), gamma=1.0).renew == 200


def test_exploring_falls_in_a_straight_line_and_stays():
    torch.manual_seed(0)
    model = nn.Linear(2, 2)
    state = torch.randn(4000, 2, generator=torch.Generator().manual_seed(0))
    best = model(state).argmax(1)
    for frames, share in ((0, 0.8), (100, 0.5), (200, 0.2), (5000, 0.2)):
        player = Still(frames)
        list(remembered(model, Replay(9), explore=(0.8, 0.2), anneal=200)(player))
        other = (player.act(state, torch.Generator().manual_seed(1)) != best).double().mean()
        assert 2 * float(other) == pytest.approx(share, abs=0.04)  # every second one is the best


@pytest.mark.parametrize(
    "given", [{"anneal": 0}, {"anneal": -1}, {"explore": (1.1, 0)}, {"explore": (0.5, -0.1)}]
)
def test_exploring_that_is_none_is_one_sentence(given):
    with pytest.raises(ValueError, match="^remembered: expected anneal above 0 and explore from 0"):
        remembered(None, Replay(9), **given)
    assert remembered(None, Replay(1), anneal=1, explore=(1, 0)).anneal == 1


@pytest.mark.parametrize("gamma", [-0.1, 1.1])
def test_discounts_have_their_range(gamma):
    never = torch.zeros(1).bool()
    for call in (
        lambda g: DQN(nn.Linear(1, 1), gamma=g),
        lambda g: q_target(nn.Linear(1, 1), torch.zeros(1), torch.zeros(1, 1), never, g),
    ):
        assert call(0) is not None
        assert call(1) is not None
        with pytest.raises(ValueError, match=f"gamma={gamma}.: expected a discount from 0 to 1"):
            call(gamma)


def test_a_full_memory_holds_each_row_whole_and_a_fresh_one_only_what_was_added():
    memory = Replay(3)
    memory.add(torch.tensor([1.0, 2.0]), torch.tensor([[1], [2]]))
    assert len(memory) == 2
    real, whole = memory.draw(200, torch.Generator().manual_seed(0))
    assert set(real.tolist()) == {1, 2}
    assert torch.equal(real.long(), whole[:, 0])
    memory.add(torch.tensor([3.0, 4.0]), torch.tensor([[3], [4]]))
    real, whole = memory.draw(200, torch.Generator().manual_seed(0))
    assert set(real.tolist()) == {2, 3, 4}
    assert torch.equal(real.long(), whole[:, 0])
    assert (real.dtype, whole.dtype) == (torch.float32, torch.int64)
    with pytest.raises(ValueError, match=r"Replay\(capacity=-1\): expected room for at least one"):
        Replay(-1)


def test_a_memory_goes_on_from_its_state():
    one, other = Replay(4), Replay(4)
    one.add(torch.arange(3.0))
    other.load_state_dict(one.state_dict())
    for memory in (one, other):
        memory.add(torch.arange(3.0, 6.0))
    draws = [memory.draw(50, torch.Generator().manual_seed(1))[0] for memory in (one, other)]
    assert torch.equal(*draws)
    assert set(draws[0].tolist()) == {2, 3, 4, 5}


def test_the_target_has_no_gradient_and_takes_over_running_means_too():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    step = DQN(model, gamma=0.9, renew=2)
    assert not any(p.requires_grad for p in step.target.parameters())
    batch = (
        torch.randn(6, 2), torch.zeros(6).long(), torch.zeros(6), torch.randn(6, 2),
        torch.zeros(6).bool(),
    )  # fmt: skip
    with torch.no_grad():
        model[0].weight.mul_(2)
        model[1].running_mean.fill_(7)
    step.follow(model)
    assert torch.equal(step.target[0].weight, model[0].weight)
    assert step.target[1].running_mean.tolist() == [7] * 3
    loss = step(model, batch)
    loss.backward()
    assert step.steps == 1
    assert all(p.grad is None for p in step.target.parameters())
