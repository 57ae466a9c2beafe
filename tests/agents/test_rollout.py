import gymnasium
import pytest
import torch
from torch import nn

from helpers.agents import rollout
from helpers.agents.rollout import (
    Player,
    Rollouts,
    episode_returns,
    greedy,
    learning_curve,
    played,
    sampled,
    scores,
    side_by_side,
)
from helpers.ground.random import generator


class Count(gymnasium.Env):
    """The state counts the steps; the reward is the state reached; over after three or five."""

    observation_space = gymnasium.spaces.Box(0, 9, (1,))
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.last = 0, 3 if seed is None or seed % 2 else 5
        return self.observe(), {}

    def step(self, action):
        self.steps += 1
        over = self.steps == self.last
        final = over and int(action) == 1
        return self.observe(), float(self.steps), final, over and not final, {}

    def observe(self):
        return torch.tensor([float(self.steps)]).numpy()


def always(action):
    return lambda state, draws: torch.full((len(state),), action)


def test_a_stretch_holds_the_state_reached_and_not_the_next_start():
    player = Player(side_by_side(Count, 2), always(1), seed=1)  # three steps, and five
    seen = player.play(4)
    assert seen.state[:, 0, 0].tolist() == [0, 1, 2, 0]
    assert seen.next_state[:, 0, 0].tolist() == [1, 2, 3, 1]
    assert seen.terminated[:, 0].tolist() == seen.done[:, 0].tolist() == [False, False, True, False]
    assert not seen.done[:, 1].any()
    assert player.frames == 8
    assert player.finished == [(6, 6.0)]


def test_time_running_out_is_done_but_not_final():
    seen = Player(side_by_side(Count, 1), always(0), seed=1).play(3)
    assert bool(seen.done[-1])
    assert not bool(seen.terminated[-1])


def test_whole_episodes_and_their_mask():
    player = Player(side_by_side(Count, 2), always(1), seed=0)
    player.envs.reset(seed=0)
    seen, mask = player.episodes()
    assert mask.sum(0).tolist() == [3, 3]  # restarted without a seed: three steps each
    assert (seen.reward * mask).sum(0).tolist() == [6, 6]


def test_returns_equal_gymnasium_s_own_record():
    from gymnasium.wrappers import RecordEpisodeStatistics

    rule = torch.tensor([0.05, 0.1, 1.0, 0.5])
    found = episode_returns(
        side_by_side(lambda: gymnasium.make("CartPole-v1"), 3),
        lambda s, d: (s @ rule * 0 > 0).long(),
        seed=7,
    )
    for k in range(3):
        env = RecordEpisodeStatistics(gymnasium.make("CartPole-v1"))
        env.reset(seed=7 + k)
        over = False
        while not over:
            _, _, gone, late, info = env.step(0)
            over = gone or late
        assert float(found[k]) == float(info["episode"]["r"])


def test_policies_draw_and_choose():
    model = nn.Linear(2, 3)
    with torch.no_grad():
        model.weight.zero_()
        model.bias.copy_(torch.tensor([0.0, 1.0, 2.0]))
    state, draws = torch.zeros(6000, 2), torch.Generator().manual_seed(0)
    share = torch.bincount(sampled(model)(state, draws), minlength=3) / 6000
    assert share.tolist() == pytest.approx(model.bias.softmax(0).tolist(), abs=0.03)
    assert greedy(model)(state, draws).unique().tolist() == [2]
    share = torch.bincount(greedy(model, explore=0.3)(state, draws), minlength=3) / 6000
    assert share.tolist() == pytest.approx([0.1, 0.1, 0.8], abs=0.02)


def test_one_pass_plays_the_frames_with_the_policy_of_the_moment():
    player = Player(side_by_side(Count, 2), always(0), seed=0)
    batches = []
    for (action,) in Rollouts(player, lambda p: [(p.advance()[1],)], frames=6):
        batches.append(action[0].item())
        player.act = always(1)
    assert batches == [0, 1, 1]
    assert player.frames == 6
    with pytest.raises(ValueError, match="frames=0"):
        Rollouts(player, None, frames=0)


def test_a_learning_curve_of_nothing():
    with pytest.raises(ValueError, match="no episode was finished"):
        learning_curve([], 100)
    assert learning_curve([(80, 2.0)], 100, points=2) == [2.0, 2.0]


def test_a_return_ends_with_its_episode():
    player = Player(side_by_side(Count, 1), always(1), seed=1)
    player.play(9)
    assert player.finished == [(3, 6.0), (6, 6.0), (9, 6.0)]


def test_a_player_goes_on_from_its_state_as_if_nothing_had_been():
    def make():
        envs = side_by_side(lambda: gymnasium.make("CartPole-v1"), 3)
        return Player(envs, sampled(nn.Linear(4, 2)), seed=2)

    torch.manual_seed(0)
    whole, act = make(), sampled(nn.Linear(4, 2))
    whole.act = act
    whole.play(11), whole.episodes(), whole.play(30)
    saved = whole.state_dict()
    again = make()
    again.act = act
    again.play(5)
    again.load_state_dict(saved)
    assert again.finished == whole.finished
    assert again.frames == whole.frames
    for one, other in zip(vars(whole.play(40)).values(), vars(again.play(40)).values()):
        assert torch.equal(one, other)


def test_an_environment_that_does_not_repeat_itself_is_one_sentence():
    class Chance(Count):
        def observe(self):
            return torch.rand(1).numpy()

    player = Player(side_by_side(Chance, 2), always(0), seed=0)
    player.play(3)
    with pytest.raises(ValueError, match="one that repeats itself from its seed"):
        player.load_state_dict(player.state_dict())


def test_what_happens_after_an_episode_s_end_is_neither_counted_nor_recorded():
    player = Player(side_by_side(Count, 2), always(1), seed=0)  # then both take five steps
    player.restart(seed=1)  # three, and five
    player.restart = lambda: None
    seen, mask = player.episodes()
    assert mask.sum(0).tolist() == [3, 5]
    assert player.frames == 8
    assert player.finished == [(6, 6.0), (8, 15.0)]
    assert len(seen.state) == 5


def test_a_whole_episode_from_each_seed_and_its_length():
    returns, steps = played(side_by_side(Count, 3), always(1), [1, 2, 1], None)
    assert returns.tolist() == [6.0, 15.0, 6.0]
    assert steps.tolist() == [3, 5, 3]


def test_the_return_of_a_second_episode_begins_at_nothing():
    player = Player(side_by_side(Count, 1), always(1), seed=1)  # three steps, then three again
    player.play(6)
    assert [total for _, total in player.finished][0] == 6.0
    assert all(total in (6.0, 15.0) for _, total in player.finished)
    assert len(player.finished) >= 1


class Endless(Count):
    """Ends for action 1 and for no other."""

    def step(self, action):
        return self.observe(), 1.0, int(action) == 1, False, {}


@pytest.mark.parametrize(
    "play",
    [
        lambda envs, act: played(envs, act, [0, 1], None),
        lambda envs, act: Player(envs, act).episodes(),
    ],
)
def test_an_episode_without_an_end_is_one_sentence(play, monkeypatch):
    monkeypatch.setattr(rollout, "LONGEST", 50)
    with pytest.raises(ValueError, match="has not ended after 50 steps.*TimeLimit"):
        play(side_by_side(Endless, 2), always(0))
    play(side_by_side(Endless, 2), always(1))


def test_an_episode_of_just_the_longest_length_is_played(monkeypatch):
    monkeypatch.setattr(rollout, "LONGEST", 5)
    assert played(side_by_side(Count, 1), always(1), [2], None)[1].tolist() == [5]
    monkeypatch.setattr(rollout, "LONGEST", 4)
    with pytest.raises(ValueError, match="after 4 steps"):
        played(side_by_side(Count, 1), always(1), [2], None)


@pytest.mark.parametrize(
    ("reward", "shown", "said"),
    [(float("nan"), 0.0, "rewards"), (0.0, float("inf"), "observations")],
)
def test_a_number_that_is_not_finite_names_the_simulator(reward, shown, said):
    class Broken(Count):
        def step(self, action):
            return torch.tensor([shown]).numpy(), reward, True, False, {}

    envs = side_by_side(Broken, 2)
    with pytest.raises(ValueError, match=f"the simulator .*Broken.*: expected finite {said}"):
        played(envs, always(0), [0, 1], None)
    with pytest.raises(ValueError, match=f"the simulator .*Broken.*: expected finite {said}"):
        Player(envs, always(0)).play(1)


@pytest.mark.parametrize("explore", [-0.1, 1.1])
def test_exploring_is_a_probability(explore):
    with pytest.raises(ValueError, match=rf"greedy\(explore={explore}\): .* from 0 to 1"):
        greedy(nn.Linear(1, 2), explore)
    state, draws = torch.zeros(3000, 1), torch.Generator().manual_seed(0)
    model = nn.Linear(1, 2)
    share = greedy(model, explore=1)(state, draws).double().mean()
    assert float(share) == pytest.approx(0.5, abs=0.04)
    assert len(greedy(model, explore=0)(state, draws).unique()) == 1
    assert not scores(model, state).requires_grad


def test_a_player_draws_from_a_stream_of_its_seed_which_is_nought_if_nothing_is_said():
    drawn = lambda s, d: torch.randint(2, (len(s),), generator=d)  # noqa: E731
    for seed, named in ((0, {}), (5, {"seed": 5})):
        player = Player(side_by_side(Count, 2), drawn, **named)
        draws = generator(seed)
        expected = [torch.randint(2, (2,), generator=draws).tolist() for _ in range(4)]
        assert player.play(4).action.tolist() == expected
        assert player.state_dict()["seed"] == seed
        assert player.envs.envs[0].last == (5 if seed % 2 == 0 else 3)
    starts = [9, 10]
    one = episode_returns(side_by_side(Count, 2), drawn, seed=9)
    assert torch.equal(one, played(side_by_side(Count, 2), drawn, starts, generator(9))[0])


def test_what_a_transition_is_made_of():
    seen = Player(side_by_side(Count, 2), always(1), seed=1).play(2)
    kinds = [seen.state, seen.action, seen.reward, seen.next_state, seen.terminated, seen.done]
    assert [tuple(x.shape) for x in kinds] == [(2, 2, 1), (2, 2), (2, 2), (2, 2, 1), (2, 2), (2, 2)]
    real, whole, flag = torch.float32, torch.int64, torch.bool
    assert [x.dtype for x in kinds] == [real, whole, real, real, flag, flag]


def test_a_pass_goes_on_in_the_middle_from_a_checkpoint():
    """Batches not yet given out and the frame at which the pass ends are part of the state."""

    def collect(player):
        player.advance()
        return [player.frames, -player.frames]

    def rollouts():
        return Rollouts(Player(side_by_side(Count, 2), always(0), seed=0), collect, frames=8)

    whole = rollouts()
    assert list(whole) == [2, -2, 4, -4, 6, -6, 8, -8]
    assert list(whole) == [10, -10, 12, -12, 14, -14, 16, -16]
    half = rollouts()
    batches = iter(half)
    seen = [next(batches) for _ in range(3)]
    again = rollouts()
    again.load_state_dict(half.state_dict())
    assert seen + list(again) == [2, -2, 4, -4, 6, -6, 8, -8]
    assert list(again) == [10, -10, 12, -12, 14, -14, 16, -16]


def test_a_collector_with_a_memory_is_part_of_the_checkpoint():
    class Collector:
        kept = 0

        def __call__(self, player):
            player.advance()
            self.kept += 1
            return [self.kept]

        def state_dict(self):
            return {"kept": self.kept}

        def load_state_dict(self, state):
            self.kept = state["kept"]

    def rollouts(collect):
        return Rollouts(Player(side_by_side(Count, 2), always(0), seed=0), collect, frames=4)

    first, second = rollouts(Collector()), rollouts(Collector())
    assert list(first) == [1, 2]
    second.load_state_dict(first.state_dict())
    assert list(second) == [3, 4]
    assert "collect" not in rollouts(lambda player: []).state_dict()


def test_a_collector_that_has_nothing_yet_is_asked_again():
    counts = iter([0, 0, 1, 2])

    def collect(player):
        player.advance()
        return [player.frames] * next(counts)

    player = Player(side_by_side(Count, 2), always(0), seed=0)
    assert list(Rollouts(player, collect, frames=8)) == [6, 8, 8]
    assert len(list(Rollouts(player, lambda p: [p.advance()], frames=1))) == 1


def test_a_curve_counts_each_episode_in_one_stretch():
    finished = [(frame, float(frame)) for frame in range(1, 101)]
    curve = learning_curve(finished, 100)
    assert curve == [3.0 + 5 * k for k in range(20)]
    assert learning_curve(finished, 50, points=2) == [13.0, 38.0]
    assert learning_curve([(40, 1.0), (41, 5.0)], 80, points=2) == [1.0, 5.0]


def test_as_many_environments_as_asked_start_again_at_once():
    envs = side_by_side(Count, 3)
    assert envs.num_envs == 3
    player = Player(envs, always(1), seed=1)
    player.play(3)
    assert player.state[0, 0] == 0
    assert envs.envs[1].steps == 3


def test_restarts_between_and_before_actions_are_repeated_too():
    def make():
        return Player(side_by_side(lambda: gymnasium.make("CartPole-v1"), 2), always(1), seed=3)

    player = make()
    player.restart(), player.restart(), player.play(3), player.restart()
    again = make()
    again.load_state_dict(player.state_dict())
    assert torch.equal(again.state, player.state)
    assert again.restarts == player.restarts == [0, 0, 3]
    fresh = make()
    fresh.load_state_dict(make().state_dict())
    assert torch.equal(fresh.play(2).state, make().play(2).state)
    other = make()
    other.load_state_dict(Player(player.envs, always(1), seed=8).state_dict())
    assert other.seed == 8
    assert not other.total.any()


def test_another_environment_is_not_what_was_saved():
    player = Player(side_by_side(Count, 2), always(0), seed=0)
    player.play(2)
    saved = player.state_dict()
    saved["state"] = saved["state"] + 1
    with pytest.raises(ValueError, match="^Player: the saved actions lead to another state"):
        Player(side_by_side(Count, 2), always(0), seed=0).load_state_dict(saved)
    assert "draws" in saved  # what was given is left as it is
