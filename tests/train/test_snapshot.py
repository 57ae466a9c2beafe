"""Whatever remembers goes on after an interruption as if there had been none."""

import contextlib
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
from helpers.train.steps import Step, supervised


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


@pytest.mark.filterwarnings("ignore:checkpoint=. persistent workers:UserWarning")
@pytest.mark.parametrize("saves", [3, 5, 7])  # in the first epoch, after it, in the second
def test_persistent_workers_that_draw_nothing_are_resumed(saves, tmp_path, halt_after):
    expected, _ = fitted(own_generator(1, True))
    halt_after(saves)
    assert fitted(own_generator(1, True), tmp_path / "c.pt")[1].interrupted
    torch.manual_seed(77)
    found, _ = fitted(own_generator(1, True), tmp_path / "c.pt")
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


def test_another_number_of_threads_is_said_as_training_goes_on(tmp_path, recwarn):
    fitted(own_generator(), tmp_path / "a.pt", epochs=1)
    fitted(own_generator(), tmp_path / "a.pt", epochs=2)
    assert not [w for w in recwarn if "threads" in str(w.message)]
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        with pytest.warns(UserWarning, match=rf"saved with {threads} threads of torch, found"):
            fitted(own_generator(), tmp_path / "a.pt", epochs=3)
    finally:
        torch.set_num_threads(threads)


class CountingModel(nn.Module):
    """It counts its forward passes and, on request, draws from a generator of its own."""

    def __init__(self, draws=None):
        super().__init__()
        self.inner, self.calls, self.draws = nn.Linear(4, 3), 0, draws

    def forward(self, x):
        self.calls += self.draws is None
        noise = 0 if self.draws is None else torch.randn(x.shape, generator=self.draws)
        return self.inner(x + noise)


class CountingTransform:
    calls = 0

    def __call__(self, batch, draws):
        self.calls += 1
        return batch


class CountingSampler(torch.utils.data.Sampler):
    def __init__(self):
        self.epoch = 0

    def __iter__(self):
        yield from range(28)
        self.epoch += 1

    def __len__(self):
        return 28


ROWS = torch.randn(28, 4, generator=torch.Generator().manual_seed(0)), torch.arange(28) % 3
LATE = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(*ROWS), batch_size=7, sampler=CountingSampler()
)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("model", {"model": CountingModel()}),
        ("transform", {"transform": CountingTransform()}),
        ("train", {"train": LATE}),
    ],
)
def test_what_cannot_be_resumed_is_said(tmp_path, name, change):
    options = {"model": nn.Linear(4, 3), "train": ROWS} | change
    with pytest.warns(UserWarning, match=f"{name}: it changes while training"):
        fit(
            **options, step=supervised(nn.functional.cross_entropy), epochs=1, batch_size=7,
            checkpoint=tmp_path / "c.pt", progress=False,
        )  # fmt: skip


def test_a_generator_of_the_model_is_resumed(tmp_path):
    def run(epochs, **options):
        torch.manual_seed(0)
        model = CountingModel(torch.Generator().manual_seed(0))
        step = supervised(nn.functional.cross_entropy)
        fit(model, ROWS, step=step, epochs=epochs, progress=False, **options)
        return model.inner.weight

    run(2, checkpoint=tmp_path / "c.pt")
    assert torch.equal(run(4, checkpoint=tmp_path / "c.pt"), run(4))


class Cache(torch.utils.data.Dataset):
    def __init__(self):
        self.kept = {}

    def __len__(self):
        return 28

    def __getitem__(self, i):
        return self.kept.setdefault(i, (ROWS[0][i], ROWS[1][i]))


class Learning(nn.Module):
    """A step with weights of its own."""

    def __init__(self):
        super().__init__()
        self.count = nn.Parameter(torch.zeros(()))

    def forward(self, model, batch):
        with torch.no_grad():
            self.count += 1
        return nn.functional.cross_entropy(model(batch[0]), batch[1])


class Renamed:
    """Its state has another name than the attribute."""

    def __init__(self):
        self.count = 0

    def __call__(self, model, batch):
        self.count += 1
        return nn.functional.cross_entropy(model(batch[0]), batch[1])

    def state_dict(self):
        return {"n": self.count}

    def load_state_dict(self, state):
        self.count = state["n"]


@pytest.mark.filterwarnings("ignore:train. it changes")
@pytest.mark.filterwarnings("error:step. it changes")
@pytest.mark.parametrize("make", [Cache, Learning, Renamed])
def test_a_cell_run_twice_goes_on_with_its_own_objects(tmp_path, make):
    step, data = supervised(nn.functional.cross_entropy), ROWS

    def run(thing):
        torch.manual_seed(0)
        given = {"train": thing, "step": step} if make is Cache else {"train": data, "step": thing}
        return fit(
            nn.Linear(4, 3), **given, epochs=2, checkpoint=tmp_path / "c.pt", progress=False
        ).rows

    thing = make()
    first = run(thing)
    assert run(thing) == first == run(make())


class Stream(torch.utils.data.IterableDataset):
    """A stream that says where it is, and begins anew after the last row."""

    def __init__(self):
        self.i = 0

    def __iter__(self):
        while self.i < 28:
            k, self.i = self.i, self.i + 1
            yield ROWS[0][k], ROWS[1][k]
        self.i = 0

    def state_dict(self):
        return {"i": self.i}

    def load_state_dict(self, state):
        self.i = state["i"]


@pytest.mark.parametrize("batch_size", [5, 7])
@pytest.mark.parametrize("after", [2, 4, 5, 6])
def test_a_stream_saved_at_its_last_batch_is_not_read_again(tmp_path, batch_size, after):
    def run(stop=None, **options):
        torch.manual_seed(0)
        seen = []

        def step(model, batch):
            if stop is not None and len(seen) == stop:
                raise RuntimeError("ended")
            seen.append(batch[1].tolist())
            return nn.functional.cross_entropy(model(batch[0]), batch[1])

        model = nn.Linear(4, 3)
        options |= {"epochs": 2, "batch_size": batch_size, "progress": False}
        with contextlib.suppress(ValueError):
            fit(model, Stream(), step=plain(step), **options)
        return model.weight.detach().clone(), seen

    whole, seen = run()
    place = Checkpoint(tmp_path / "c.pt", steps=1)
    _, first = run(stop=after, checkpoint=place)
    again, rest = run(checkpoint=place)
    assert first + rest == seen
    assert torch.equal(whole, again)


def plain(function):
    """A step that remembers nothing of what its function counts."""

    class Counting(Step):
        def __call__(self, model, batch):
            return function(model, batch)

        def fingerprint(self):
            return "counting"

    return Counting()


def test_an_optimiser_of_other_groups_begins_anew_where_it_is_named(tmp_path):
    def run(optimizer, changed=()):
        torch.manual_seed(0)
        place = Checkpoint(tmp_path / "c.pt", changed=changed)
        step = supervised(nn.functional.cross_entropy)
        model = nn.Linear(4, 3)
        return fit(
            model, ROWS, step=step, epochs=2 + bool(changed), optimizer=optimizer,
            checkpoint=place, progress=False,
        )  # fmt: skip

    run(lambda p: torch.optim.AdamW(p, lr=0.1))
    split = run(
        lambda p: torch.optim.AdamW([{"params": [one]} for one in p], lr=0.1),
        ("optimizer", "lr"),
    )
    assert len(split.rows) == 3
