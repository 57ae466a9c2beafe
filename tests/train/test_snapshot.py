"""Whatever remembers goes on after an interruption as if there had been none."""

import contextlib
import copy
import os
import re
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
from helpers.train.schedule import one_cycle
from helpers.train.snapshot import differences
from helpers.train.steps import Step, supervised
from helpers.train.stop import Patience


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
    said = "persistent workers keep random numbers of their own"
    with pytest.warns(UserWarning, match=said) as caught:
        fitted(own_generator(1, True), tmp_path / "a.pt", epochs=1)
    assert caught[0].filename == __file__

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
        said = rf"saved with {threads} threads of torch, found"
        with pytest.warns(UserWarning, match=said) as caught:
            fitted(own_generator(), tmp_path / "a.pt", epochs=3)
        assert caught[0].filename == __file__
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


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


def saved(path, monkeypatch=None, **options):
    """Every state that a run of three batches an epoch has saved."""
    states = []
    if monkeypatch:
        real = Checkpoint.save
        monkeypatch.setattr(
            Checkpoint, "save", lambda self, s: states.append(copy.deepcopy(s)) or real(self, s)
        )
    torch.manual_seed(0)
    options = {"step": CROSS_ENTROPY, "epochs": 2, "batch_size": 10, "device": "cpu"} | options
    model = options.pop("model", None) or nn.Linear(4, 3)
    train = options.pop("train", ROWS)
    fit(model, train, checkpoint=path, progress=False, **options)
    return states or [Checkpoint(str(getattr(path, "path", path))).load()]


CROSS_ENTROPY = supervised(nn.functional.cross_entropy)
USUAL = {
    "epochs": "any", "processes": "1", "batch_size": "10", "accumulate": "1", "clip": "None",
    "average": "None", "seed": "0", "device": "cpu", "precision": "fp32", "stop": "None",
    "train": "(28, 4) torch.float32 and (28,) torch.int64", "valid": "NoneType", "lr": "0.001",
    "transform": "NoneType", "schedule": "NoneType", "metrics": "NoneType", "step": "Supervised",
    "model": "Linear", "optimizer": "AdamW",
}  # fmt: skip


def without_digests(told):
    return {name: re.sub(r" \[[0-9a-f]{16}\]$", "", text) for name, text in told.items()}


def test_a_fingerprint_names_every_argument_that_counts(tmp_path):
    (state,) = saved(tmp_path / "a.pt")
    assert without_digests(state["fingerprint"]) == USUAL
    digested = {n for n, text in state["fingerprint"].items() if text.endswith("]")}
    assert digested == {
        "train", "valid", "transform", "schedule", "metrics", "step", "model", "optimizer"
    }  # fmt: skip
    options = {
        "valid": torch.utils.data.TensorDataset(*ROWS), "schedule": one_cycle(), "clip": 0.5,
        "average": 0.9, "seed": 3, "accumulate": 2, "precision": "bf16", "lr": 0.25,
        "metrics": {"a": len_of, "b": len_of}, "stop": Patience(4, "valid_loss"),
        "transform": untouched, "train": list(zip(ROWS[0].split(7), ROWS[1].split(7))),
    }  # fmt: skip
    (state,) = saved(tmp_path / "b.pt", **options)
    assert without_digests(state["fingerprint"]) == USUAL | {
        "valid": "TensorDataset", "schedule": "one_cycle.<locals>.factor", "clip": "0.5",
        "average": "0.9", "seed": "3", "accumulate": "2", "precision": "bf16", "metrics": "a, b",
        "stop": "(4, 'valid_loss', False)", "transform": "untouched", "train": "list",
        "epochs": "2", "lr": "0.25",
    }  # fmt: skip
    with pytest.warns(UserWarning, match="before its last quarter"):
        (state,) = saved(
            tmp_path / "c.pt", average="swa", epochs=40, stop=Patience(1, "loss", True)
        )
    assert state["fingerprint"]["epochs"] == "40"

    def groups(weights):
        return torch.optim.SGD([{"params": [w], "lr": 0.1 * w.ndim} for w in weights])

    (state,) = saved(tmp_path / "d.pt", optimizer=groups)
    assert state["fingerprint"]["lr"] == "0.2, 0.1"


def len_of(prediction, target):
    return len(target)


def untouched(batch, draws):
    return batch


def test_what_a_save_holds_within_an_epoch_and_at_its_end(tmp_path, monkeypatch):
    stop = Patience(3, "loss")
    place = Checkpoint(tmp_path / "c.pt", steps=2)
    within, end, later, last = saved(place, monkeypatch, stop=stop, average=0.9)
    assert (within["epoch"], within["window"], within["rows"]) == (0, 2, [])
    assert (end["epoch"], end["window"], len(end["rows"])) == (1, 0, 1)
    assert (later["epoch"], later["window"]) == (1, 2)
    assert (last["epoch"], last["window"], len(last["rows"])) == (2, 0, 2)
    (own,) = within["processes"]
    assert [size for size, _, _ in own["losses"]] == [10, 10]
    assert all(isinstance(loss, float) for _, loss, _ in own["losses"])
    assert own["opening"] is not None
    assert (own["ended"], own["draws"], own["data"], own["step"]) == (False, None, None, {})
    assert own["threads"] == torch.get_num_threads()
    assert end["processes"][0]["losses"] == []
    assert end["processes"][0]["opening"] is None
    assert within["best"] is None
    assert within["best_epoch"] is None
    assert (end["best_epoch"], sorted(end["best"])) == (1, ["bias", "weight"])
    assert end["stop"] == {"best": end["rows"][0]["loss"], "waited": 0}
    assert within["average"]["updates"] == 2
    assert within["kinds"] == {"model": "AdamW"}
    assert list(within["optimizers"]["model"]["state"]) == [0, 1]
    assert within["precision"] == {}
    assert [bool(state["changed"]) for state in (within, end, later, last)] == [
        False, False, False, True,
    ]  # fmt: skip
    assert set(last["changed"]) == {"valid", "transform", "metrics", "step", "model"}


def test_logged_entries_are_saved_as_numbers(tmp_path, monkeypatch):
    def step(model, batch):
        loss = CROSS_ENTROPY(model, batch)
        return {"loss": loss, "twice": 2 * loss}

    first, *_ = saved(Checkpoint(tmp_path / "c.pt", steps=1), monkeypatch, step=step)
    ((size, loss, logged),) = first["processes"][0]["losses"]
    assert size == 10
    assert logged == {"twice": pytest.approx(2 * loss)}
    assert isinstance(logged["twice"], float)


def test_buffers_of_each_process_are_kept(tmp_path, monkeypatch):
    model = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 3))
    *_, last = saved(tmp_path / "c.pt", monkeypatch, model=model, epochs=1)
    assert torch.equal(last["processes"][0]["buffers"]["0.running_mean"], model[0].running_mean)
    again = nn.Sequential(nn.BatchNorm1d(4), nn.Linear(4, 3))
    fit(again, ROWS, step=CROSS_ENTROPY, epochs=1, batch_size=10, checkpoint=tmp_path / "c.pt",
        device="cpu", progress=False)  # fmt: skip
    assert torch.equal(again[0].running_var, model[0].running_var)
    assert again[0].num_batches_tracked == 3


def test_differences_are_of_this_run_and_of_what_training_changed():
    mine = {"a": "1", "b": "2", "c": "3"}
    assert differences(mine, mine, {}) == ([], "")
    assert differences(mine, {"a": "1", "b": "0"}, {"c": "3"}) == (["b"], "b: expected 2, found 0")
    assert differences(mine, {"a": "0"}, {"a": "1", "b": "2"}) == (
        ["c"],
        "c: expected 3, found None",
    )
    assert differences(mine, {}, {})[1] == (
        "a: expected 1, found None; b: expected 2, found None; c: expected 3, found None"
    )


def test_a_stranger_is_told_what_to_name(tmp_path):
    path = tmp_path / "c.pt"
    saved(path)
    said = refused(saved, path, clip=1.0, epochs=3, seed=2)
    assert said.startswith(
        f"{path}: the checkpoint is of another run; clip: expected 1.0, found None; "
    )
    assert (
        "seed: expected 2, found 0. Name what you changed on purpose, Checkpoint(path, changed=("
        in said
    )
    assert said.endswith("changed=('clip', 'seed')), or delete the file to start anew.")
    said = f"{path}: expected at most epochs=1 behind it, found 2"
    assert refused(saved, path, epochs=1) == said
    assert refused(saved, path, epochs=2) is None
    said = refused(saved, Checkpoint(path, changed=("clip",)), clip=1.0, epochs=3, seed=2)
    assert "Checkpoint(path, changed=('clip', 'seed'))" in said


def test_what_was_changed_on_purpose_is_of_the_run_from_then_on(tmp_path):
    path = tmp_path / "c.pt"
    saved(path)
    saved(Checkpoint(path, changed=("clip",)), clip=1.0, epochs=3)
    assert Checkpoint(path).load()["fingerprint"]["clip"] == "1.0"
    assert refused(saved, path, clip=1.0, epochs=4) is None
    assert "clip: expected None, found 1.0" in refused(saved, path, epochs=5)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("batch_size", {"batch_size": 7}), ("accumulate", {"accumulate": 2}), ("seed", {"seed": 4}),
        ("train", {"train": (ROWS[0] + 1, ROWS[1])}), ("transform", {"transform": untouched}),
    ],
)  # fmt: skip
def test_within_an_epoch_its_order_stays(name, change, tmp_path, halt_after):
    path = tmp_path / "c.pt"
    halt_after(1)
    saved(Checkpoint(path, steps=2))
    assert Checkpoint(path).load()["window"] == 3
    said = f"{path}: it was saved within epoch 1; expected the same {name} until that epoch's end"
    assert refused(saved, Checkpoint(path, changed=(name,)), **change) == said
    assert refused(saved, Checkpoint(path, changed=("clip",)), clip=1.0) is None


def test_the_best_weights_and_the_patience_are_taken_over(tmp_path):
    path, stop = tmp_path / "c.pt", Patience(2, "loss", higher_is_better=True)
    saved(path, epochs=2, stop=stop)
    model = nn.Linear(4, 3)
    history = fit(
        model, ROWS, step=CROSS_ENTROPY, epochs=9, batch_size=10, stop=stop, checkpoint=path,
        device="cpu", progress=False,
    )  # fmt: skip
    assert (len(history.rows), history.best_epoch) == (3, 1)
    best = Checkpoint(path).load()["best"]
    assert torch.equal(model.weight, best["weight"])
    other = Checkpoint(path, changed=("stop",))
    history = fit(
        nn.Linear(4, 3), ROWS, step=CROSS_ENTROPY, epochs=9, batch_size=10, checkpoint=other,
        stop=Patience(1, "loss"), device="cpu", progress=False,
    )  # fmt: skip
    assert history.best_epoch == 9  # a rule of its own begins anew


def test_a_step_named_as_changed_begins_anew(tmp_path):
    class Counting(Step):
        memory = ("calls",)

        def __init__(self, factor):
            self.calls, self.factor = 0, factor

        def __call__(self, model, batch):
            self.calls += 1
            return self.factor * CROSS_ENTROPY(model, batch)

    path = tmp_path / "c.pt"
    saved(path, step=Counting(1.0), epochs=1)
    again, other = Counting(1.0), Counting(2.0)
    saved(path, step=again, epochs=2)
    assert again.calls == 6
    saved(Checkpoint(path, changed=("step",)), step=other, epochs=3)
    assert other.calls == 3


@pytest.mark.parametrize("names", [("lr",), ("optimizer", "lr")])
def test_moments_are_taken_over_and_settings_are_those_of_the_call(names, tmp_path):
    path = tmp_path / "c.pt"
    momentum = {"momentum": 0.5 if "optimizer" in names else 0.9}

    def sgd(lr, momentum=0.9):
        return lambda p: torch.optim.SGD(p, lr=lr, momentum=momentum)

    saved(path, optimizer=sgd(0.1), epochs=1)
    before = Checkpoint(path).load()["optimizers"]["model"]
    assert before["param_groups"][0]["lr"] == 0.1
    made = []

    def watching(p):
        made.append(sgd(0.3, **momentum)(p))
        return made[0]

    fit(nn.Linear(4, 3), ROWS, step=CROSS_ENTROPY, epochs=1, batch_size=10, optimizer=watching,
        checkpoint=Checkpoint(path, changed=names), device="cpu", progress=False)  # fmt: skip
    (group,) = made[0].param_groups
    assert (group["lr"], group["momentum"]) == (0.3, momentum["momentum"])
    buffers = [made[0].state[p]["momentum_buffer"] for p in group["params"]]
    assert torch.equal(buffers[0], before["state"][0]["momentum_buffer"])


def test_an_optimiser_of_another_kind_begins_without_moments(tmp_path):
    path, made = tmp_path / "c.pt", []
    saved(path, epochs=1)

    def other(p):
        made.append(torch.optim.Adam(p, lr=0.1))
        return made[0]

    fit(nn.Linear(4, 3), ROWS, step=CROSS_ENTROPY, epochs=1, batch_size=10, optimizer=other,
        checkpoint=Checkpoint(path, changed=("optimizer", "lr")), device="cpu", progress=False)  # fmt: skip
    assert not made[0].state


def test_each_thing_that_changes_is_said_once(tmp_path, recwarn):
    class Counting:
        calls = 0

        def __call__(self, model, batch):
            self.calls += 1
            return CROSS_ENTROPY(model, batch)

    step = Counting()
    saved(tmp_path / "c.pt", step=step, epochs=3)
    (found,) = (w for w in recwarn if "it changes while training" in str(w.message))
    assert found.filename == __file__
    assert [str(found.message)] == [
        "step: it changes while training and has no state_dict for what changes; unless it is a "
        "cache, a run resumed from the checkpoint will not equal an uninterrupted one"
    ]


class Silent(list):
    """A list that no fingerprint looks into."""

    def fingerprint(self):
        return 0


READS = Silent()


class Late(torch.utils.data.Dataset):
    """It changes when it is read a second time."""

    def __len__(self):
        return 28

    def __getitem__(self, row):
        READS.append(row)
        if len(READS) > 28:
            self.again = True
        return ROWS[0][row], ROWS[1][row]


@pytest.mark.parametrize(("epochs", "told"), [(1, []), (3, ["train"])])
def test_data_that_change_late_are_told_at_the_end(epochs, told, tmp_path, recwarn):
    READS.clear()
    saved(tmp_path / "c.pt", train=Late(), epochs=epochs)
    said = [str(w.message) for w in recwarn if "it changes" in str(w.message)]
    assert [text.split(":")[0] for text in said] == told
    assert {w.filename for w in recwarn if "it changes" in str(w.message)} <= {__file__}


class Closed:
    __slots__ = ()

    def __reduce_ex__(self, version):
        raise TypeError


class Holding(Step):
    def __init__(self):
        self.closed = Closed()

    def __call__(self, model, batch):
        return CROSS_ENTROPY(model, batch)


def test_what_nobody_can_read_is_said(tmp_path):
    said = "^checkpoint=: nobody can read what Closed consists of; that it is the same when the run"
    with pytest.warns(UserWarning, match=said) as caught:
        saved(tmp_path / "c.pt", step=Holding())
    assert caught[0].filename == __file__


class ByEpoch:
    """Batches that ask which epoch it is and keep it."""

    def __init__(self):
        self.epoch, self.heard = 0, Silent()

    def set_epoch(self, epoch):
        self.epoch = epoch
        self.heard.append(epoch)

    def __len__(self):
        return 2

    def __iter__(self):
        yield ROWS[0][:14], ROWS[1][:14]
        self.heard.append(f"in {self.epoch}")
        yield ROWS[0][14:], ROWS[1][14:]


def test_the_number_of_an_epoch_is_no_change_of_the_data(tmp_path, recwarn):
    train = ByEpoch()
    saved(tmp_path / "c.pt", train=train, epochs=3)
    assert not [w for w in recwarn if "it changes" in str(w.message)]
    assert [heard for heard in train.heard if isinstance(heard, str)] == ["in 0", "in 1", "in 2"]
    assert refused(saved, tmp_path / "c.pt", train=train, epochs=4) is None  # its epoch is 3 now
