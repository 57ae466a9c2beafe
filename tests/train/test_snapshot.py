"""Whatever remembers goes on after an interruption as if there had been none."""

import copy
import os
import signal

import gymnasium
import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from helpers.agents.actor_critic import ActorCritic, actor_critic, short_stretches
from helpers.agents.dosing import Dosing
from helpers.agents.dqn import DQN, Replay, remembered
from helpers.agents.ppo import ppo, repeated_stretches
from helpers.agents.reinforce import policy_gradient, whole_episodes
from helpers.agents.rollout import Player, Rollouts, sampled, side_by_side
from helpers.methods.mean_teacher import MeanTeacher
from helpers.methods.mixmatch import MixMatch
from helpers.methods.pseudo_label import PseudoLabel
from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling
from helpers.methods.two_streams import TwoStreams
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
from helpers.train.steps import supervised


@pytest.fixture
def halt_after(monkeypatch):
    """Act like a Ctrl-C when the checkpoint has been saved so many times."""

    def arm(saves):
        real, seen = Checkpoint.save, []

        def save(self, state):
            real(self, state)
            seen.append(1)
            if len(seen) == saves:
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(Checkpoint, "save", save)

    return arm


def jitter(x):
    return x + 0.1 * torch.randn_like(x)


STEPS = {
    "pseudo-label": lambda model: PseudoLabel(0, 40),
    "mean teacher": lambda model: MeanTeacher(model, jitter, weight=10.0, ramp=40, decay=0.9),
    "ensemble": lambda model: TemporalEnsembling(Ensemble(24, 3), jitter, weight=10.0, ramp=40),
    "MixMatch": lambda model: MixMatch(jitter, weight=10.0, ramp=40),
}


def train(make_step, epochs, path=None):
    torch.manual_seed(0)
    model = nn.Linear(4, 3)
    step = make_step(model)
    draws = torch.Generator().manual_seed(1)
    x, y = torch.randn(24, 4, generator=draws), torch.arange(24) % 3
    y[6:] = -1
    torch.manual_seed(2)
    for end in epochs:
        checkpoint = path and Checkpoint(path)
        fit(model, TwoStreams(x, y, batch_size=8), step=step, epochs=end, lr=0.1, device="cpu",
            checkpoint=checkpoint)  # fmt: skip
        last, (model, step) = (model, step), (nn.Linear(4, 3), None)
        step = make_step(copy.deepcopy(model))
    return last


@pytest.mark.parametrize("name", STEPS)
def test_resumed_equals_uninterrupted(name, tmp_path):
    whole, remembered = train(STEPS[name], [6])
    part, again = train(STEPS[name], [3, 6], tmp_path / "c.pt")
    assert torch.equal(whole.weight, part.weight)
    assert remembered.steps == again.steps == 18


def test_the_teacher_and_the_ensemble_are_restored(tmp_path):
    _, step = train(STEPS["mean teacher"], [6])
    _, again = train(STEPS["mean teacher"], [3, 6], tmp_path / "teacher.pt")
    assert torch.equal(step.teacher.weight, again.teacher.weight)
    _, step = train(STEPS["ensemble"], [6])
    _, again = train(STEPS["ensemble"], [3, 6], tmp_path / "ensemble.pt")
    assert torch.equal(step.ensemble.total, again.ensemble.total)


def test_the_target_network_of_dqn_is_part_of_its_memory():
    step, fresh = DQN(nn.Linear(2, 3), gamma=0.9), DQN(nn.Linear(2, 3), gamma=0.9)
    step.steps = 7
    fresh.load_state_dict(copy.deepcopy(step.state_dict()))
    assert fresh.steps == 7
    assert torch.equal(fresh.target.weight, step.target.weight)


def test_a_state_of_other_things_is_one_sentence():
    with pytest.raises(ValueError, match=r"DQN: expected a state with \['steps', 'target'\]"):
        DQN(nn.Linear(2, 3), gamma=0.9).load_state_dict({"steps": 3})


def with_dqn():
    model = nn.Linear(5, 9)
    collect = remembered(model, Replay(60), batch_size=8, warm_up=12, anneal=100)
    return model, model, collect, DQN(model, gamma=0.9, renew=7)


def with_ppo():
    model = ActorCritic(5, 9, width=8)
    collect = repeated_stretches(model, 8, gamma=0.9, lam=0.9, passes=2, batch_size=9)
    return model, model.policy, collect, ppo(entropy_weight=0.01)


def with_actor_critic():
    model = ActorCritic(5, 9, width=8)
    return model, model.policy, short_stretches(model, 4, gamma=0.9, lam=0.9), actor_critic()


def with_reinforce():
    model = nn.Linear(5, 9)
    return model, model, whole_episodes(gamma=0.9), policy_gradient


AGENTS = {
    "DQN": with_dqn, "PPO": with_ppo, "actor-critic": with_actor_critic, "REINFORCE": with_reinforce,
}  # fmt: skip


def play(setup, path=None):
    torch.manual_seed(0)
    model, policy, collect, step = setup()
    player = Player(side_by_side(Dosing, 2), sampled(policy), seed=3)
    rollouts = Rollouts(player, collect, frames=60)
    place = path and Checkpoint(path, steps=1)
    fit(model, rollouts, step=step, epochs=3, lr=0.05, checkpoint=place, device="cpu")
    state = torch.cat([p.detach().flatten() for p in model.parameters()])
    return state, player.finished, player.frames, step


@pytest.mark.parametrize("saves", [3, 10, 11])
@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_resumes_in_the_middle_of_a_stretch(name, saves, tmp_path, halt_after):
    expected, finished, frames, step = play(AGENTS[name])
    halt_after(saves)
    halted = play(AGENTS[name], tmp_path / "c.pt")
    found, again, count, resumed = play(AGENTS[name], tmp_path / "c.pt")
    assert halted[2] <= count == frames
    assert torch.equal(found, expected)
    assert again == finished
    if name == "DQN":
        assert resumed.steps == step.steps
        assert torch.equal(resumed.target.weight, step.target.weight)


def test_cart_pole_resumes_too(tmp_path, halt_after):
    def run(path=None):
        torch.manual_seed(0)
        model = ActorCritic(4, 2, width=8)
        envs = side_by_side(lambda: gymnasium.make("CartPole-v1"), 2)
        collect = short_stretches(model, 5, gamma=0.9, lam=0.9)
        rollouts = Rollouts(Player(envs, sampled(model.policy)), collect, frames=80)
        fit(model, rollouts, step=actor_critic(), epochs=2, checkpoint=path, device="cpu")
        return torch.cat([p.detach().flatten() for p in model.parameters()])

    expected = run()
    halt_after(1)
    run(tmp_path / "c.pt")
    assert torch.equal(run(tmp_path / "c.pt"), expected)


class Augmented(Dataset):
    """Adds noise from a generator of its own."""

    def __init__(self, draws):
        self.draws = draws

    def __len__(self):
        return 20

    def __getitem__(self, row):
        noise = torch.tensor(self.draws.normal(size=3), dtype=torch.float32)
        return torch.full((3,), row / 20) + 0.1 * noise, torch.tensor([row / 20])


def own_generator(workers=0, persistent=False):
    rows = torch.randn(20, 3, generator=torch.Generator().manual_seed(0))
    g = torch.Generator().manual_seed(5)
    return DataLoader(
        TensorDataset(rows, rows.sum(1, keepdim=True)), batch_size=6, shuffle=True, generator=g,
        num_workers=workers, persistent_workers=persistent,
    )  # fmt: skip


LOADERS = {
    "generator of its own": own_generator,
    "numpy generator": lambda: Augmented(np.random.default_rng(3)),
    "old numpy generator": lambda: Augmented(np.random.RandomState(3)),
    "both": lambda: DataLoader(
        Augmented(np.random.default_rng(3)), batch_size=6, shuffle=True,
        generator=torch.Generator().manual_seed(5),
    ),
    "workers": lambda: own_generator(workers=1),
}  # fmt: skip
MSE = supervised(nn.functional.mse_loss)


def fitted(source, path=None, **more):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.3), nn.Linear(4, 1))
    place = path and Checkpoint(path, steps=1)
    options = {"step": MSE, "epochs": 3, "batch_size": 6, "lr": 0.1, "device": "cpu"} | more
    history = fit(model, source, checkpoint=place, **options)
    return torch.cat([p.detach().flatten() for p in model.parameters()]), history


@pytest.mark.parametrize("saves", [3, 5])  # within an epoch, and between two
@pytest.mark.parametrize("name", LOADERS)
def test_order_and_randomness_of_the_data_are_resumed(name, saves, tmp_path, halt_after):
    expected, _ = fitted(LOADERS[name]())
    halt_after(saves)
    assert fitted(LOADERS[name](), tmp_path / "c.pt")[1].interrupted
    torch.manual_seed(77)
    found, _ = fitted(LOADERS[name](), tmp_path / "c.pt")
    assert torch.equal(found, expected)


def test_a_transform_s_own_generator_is_resumed(tmp_path, halt_after):
    def noisy(draws):
        return lambda batch, g: (
            batch[0] + 0.1 * torch.randn(batch[0].shape, generator=draws),
            batch[1],
        )

    def run(path=None):
        draws = torch.Generator().manual_seed(4)
        return fitted(own_generator(), path, transform=noisy(draws))[0]

    expected = run()
    halt_after(4)
    run(tmp_path / "c.pt")
    assert torch.equal(run(tmp_path / "c.pt"), expected)


def test_what_cannot_be_exact_is_said_as_training_begins(tmp_path):
    with pytest.warns(UserWarning, match="persistent workers keep random numbers of their own"):
        fitted(own_generator(1, True), tmp_path / "a.pt", epochs=1)

    class Counting:
        def __init__(self):
            self.calls = 0

        def __call__(self, model, batch):
            self.calls += 1
            return MSE(model, batch)

    step = Counting()
    with pytest.warns(UserWarning, match="step: it changes while training and has no state_dict"):
        fitted(own_generator(), tmp_path / "b.pt", step=step, epochs=1)
    assert step.calls == 4
