import math
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from helpers.ground.random import generator, seed_everything
from helpers.train import loop
from helpers.train import run as running
from helpers.train.average import Average
from helpers.train.checkpoint import Checkpoint
from helpers.train.guard import BadLoss
from helpers.train.loop import compiled, evaluate, fit, predict
from helpers.train.processes import Alone
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)


def data(n=200, features=6, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, features, generator=g)
    return x, (x[:, 0] + x[:, 1] > 0).long()


def mlp(seed=0, dropout=0.0, norm=False):
    torch.manual_seed(seed)
    middle = [nn.BatchNorm1d(16)] if norm else []
    return nn.Sequential(
        nn.Linear(6, 16), *middle, nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, 2)
    )


def weights(model):
    return torch.cat([value.flatten().double() for value in model.state_dict().values()])


def hand_written(model, x, y, epochs, batch_size, lr=1e-3, fused=True):
    """The loop of every tutorial, with the engine's order of examples."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, fused=fused)
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(x), generator=generator(0, epoch))
        for chunk in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[chunk]), y[chunk])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def test_same_weights_as_a_hand_written_loop_bit_for_bit():
    x, y = data()
    mine, theirs = mlp(dropout=0.3), mlp(dropout=0.3)
    seed_everything(5)
    fit(mine, (x, y), step=CROSS_ENTROPY, epochs=3, batch_size=32)
    seed_everything(5)
    hand_written(theirs, x, y, 3, 32)
    assert torch.equal(weights(mine), weights(theirs))


def test_another_seed_gives_other_weights():
    x, y = data()
    a, b = mlp(), mlp()
    fit(a, (x, y), step=CROSS_ENTROPY, epochs=1)
    fit(b, (x, y), step=CROSS_ENTROPY, epochs=1, seed=1)
    assert not torch.equal(weights(a), weights(b))


def test_convolutions_agree_with_a_channels_last_hand_written_loop():
    g = torch.Generator().manual_seed(0)
    x, y = torch.randn(64, 3, 8, 8, generator=g), torch.randint(0, 2, (64,), generator=g)

    def net():
        torch.manual_seed(0)
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))

    mine, theirs = net(), net().to(memory_format=torch.channels_last)
    fit(mine, (x, y), step=CROSS_ENTROPY, epochs=2, batch_size=16)
    hand_written(theirs, x, y, 2, 16)
    assert torch.allclose(weights(mine), weights(theirs), atol=1e-6)


@pytest.mark.parametrize("kind", ["dataset", "loader"])
def test_datasets_and_loaders_train_too(kind):
    x, y = data()
    train = TensorDataset(x, y)
    if kind == "loader":
        train = DataLoader(train, batch_size=32)
    model = mlp()
    history = fit(model, train, (x, y), step=CROSS_ENTROPY, epochs=15, lr=1e-2)
    assert history.last("valid_loss") < 0.3 < history.rows[0]["loss"]


def test_dataset_sees_the_same_order_as_tensors():
    x, y = data()
    a, b = mlp(), mlp()
    fit(a, (x, y), step=CROSS_ENTROPY, epochs=2)
    fit(b, TensorDataset(x, y), step=CROSS_ENTROPY, epochs=2)
    assert torch.equal(weights(a), weights(b))


def test_accumulation_gives_the_gradient_of_the_large_batch():
    x, y = data(n=192)
    a, b, other = mlp().double(), mlp().double(), mlp().double()
    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=0.1)}
    fit(a, (x.double(), y), step=CROSS_ENTROPY, epochs=2, batch_size=64, **sgd)
    fit(b, (x.double(), y), step=CROSS_ENTROPY, epochs=2, batch_size=32, accumulate=2, **sgd)
    fit(other, (x.double(), y), step=CROSS_ENTROPY, epochs=2, batch_size=32, **sgd)
    assert torch.allclose(weights(a), weights(b), atol=1e-12)
    assert not torch.allclose(weights(a), weights(other), atol=1e-3)


def test_a_short_last_window_is_weighted_by_its_examples():
    x, y = data(n=80)
    a, b = mlp().double(), mlp().double()
    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=0.1), "epochs": 1}
    fit(a, (x.double(), y), step=CROSS_ENTROPY, batch_size=64, **sgd)
    fit(b, (x.double(), y), step=CROSS_ENTROPY, batch_size=16, accumulate=4, **sgd)
    assert torch.allclose(weights(a), weights(b), atol=1e-12)


EVERYTHING = {
    "epochs": 6,
    "batch_size": 32,
    "schedule": one_cycle(),
    "clip": 1.0,
    "average": 0.9,
    "accumulate": 2,
}


def noisy(batch, draws):
    x, y = batch
    return x + 0.1 * torch.randn(x.shape, generator=draws), y


def train_with_everything(model, path=None, epochs=6, steps=None, **more):
    x, y = data()
    options = EVERYTHING | {"epochs": epochs, "transform": noisy, "stop": Patience(9)} | more
    checkpoint = path and Checkpoint(path, steps=steps, changed=("step",))
    seed_everything(3)
    return fit(model, (x, y), data(seed=1), step=CROSS_ENTROPY, checkpoint=checkpoint, **options)


def stop_after(steps):
    """A step that acts like a Ctrl-C after some batches."""
    seen = []

    def step(model, batch):
        seen.append(1)
        if len(seen) == steps:
            os.kill(os.getpid(), signal.SIGINT)
        return CROSS_ENTROPY(model, batch)

    step.validate = CROSS_ENTROPY.validate
    return step


@pytest.mark.parametrize("batches", [14, 24])
def test_resumed_equals_uninterrupted_bit_for_bit(tmp_path, batches):
    x, y = data()
    whole = mlp(dropout=0.2, norm=True)
    expected = train_with_everything(whole)
    part = mlp(dropout=0.2, norm=True)
    seed_everything(3)
    first = fit(
        part, (x, y), data(seed=1), step=stop_after(batches), transform=noisy, stop=Patience(9),
        checkpoint=Checkpoint(tmp_path / "c.pt", steps=1), **EVERYTHING,
    )  # fmt: skip
    assert first.interrupted
    again = mlp(seed=7, dropout=0.2, norm=True)
    history = train_with_everything(again, tmp_path / "c.pt", steps=1)
    assert torch.equal(weights(whole), weights(again))
    assert torch.equal(weights(expected.averaged), weights(history.averaged))
    assert strip(expected) == strip(history)


def strip(history):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in history.rows]


def test_a_shuffling_loader_resumes_bit_for_bit_in_mid_epoch(tmp_path):
    x, y = data()
    sgd = {"epochs": 4, "lr": 1e-2}

    def loader():
        return DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)

    whole, again = mlp(dropout=0.5), mlp(dropout=0.5)
    seed_everything(1)
    fit(whole, loader(), step=CROSS_ENTROPY, **sgd)
    place = Checkpoint(tmp_path / "c.pt", steps=2)
    seed_everything(1)
    fit(again, loader(), step=stop_after(18), checkpoint=place, **sgd)
    seed_everything(99)
    place = Checkpoint(tmp_path / "c.pt", steps=2, changed="step")
    fit(again, loader(), step=CROSS_ENTROPY, checkpoint=place, **sgd)
    assert torch.equal(weights(whole), weights(again))


SCRIPT = """
import sys, time, torch
from torch import nn
sys.path.insert(0, {folder!r})
from test_loop import CROSS_ENTROPY, data, mlp, weights
from helpers.ground.random import seed_everything
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
torch.set_num_threads(1)

def slow(model, batch):
    time.sleep(0.01)
    return CROSS_ENTROPY(model, batch)

seed_everything(3)
model = mlp(dropout=0.2, norm=True)
fit(model, data(), step=slow, epochs=6, batch_size=16, checkpoint=Checkpoint({path!r}, steps=2))
torch.save(weights(model), {out!r})
"""


def test_killed_in_the_middle_and_resumed_equals_uninterrupted(tmp_path):
    def launch(name):
        code = SCRIPT.format(
            folder=os.path.dirname(__file__),
            path=str(tmp_path / f"{name}.pt"),
            out=str(tmp_path / f"{name}.out"),
        )
        return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])

    assert launch("whole").wait(120) == 0
    victim = launch("killed")
    deadline = time.monotonic() + 60
    while not (tmp_path / "killed.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    victim.kill()
    victim.wait()
    assert not (tmp_path / "killed.out").exists(), "it finished before it could be killed"
    assert launch("killed").wait(120) == 0
    assert torch.equal(torch.load(tmp_path / "whole.out"), torch.load(tmp_path / "killed.out"))


def test_ctrl_c_keeps_the_best_weights():
    x, y = data()
    model = mlp()
    history = fit(model, (x, y), (x, y), step=stop_after(40), epochs=50, lr=1e-2, stop=Patience(50))
    assert history.interrupted
    assert 1 <= len(history.rows) < 50
    best = min(history.column("valid_loss"))
    assert math.isclose(
        evaluate(model, (x, y), step=CROSS_ENTROPY)["valid_loss"], best, rel_tol=1e-6
    )


def test_early_stopping_ends_on_the_best_weights():
    x, y = data(n=40)
    noise = torch.randint(0, 2, (40,), generator=torch.Generator().manual_seed(0))
    model = mlp()
    stop = Patience(5)
    history = fit(
        model, (x, noise), data(seed=2), step=CROSS_ENTROPY, epochs=200, lr=3e-2, stop=stop
    )
    losses = history.column("valid_loss")
    assert len(losses) < 200
    assert history.best_epoch == losses.index(min(losses)) + 1
    found = evaluate(model, data(seed=2), step=CROSS_ENTROPY)["valid_loss"]
    assert math.isclose(found, min(losses), rel_tol=1e-6)


def test_nan_is_named_and_leaves_weights_and_checkpoint_alone(tmp_path):
    x, y = data()
    model = mlp()
    place = Checkpoint(tmp_path / "c.pt")
    fit(model, (x, y), step=CROSS_ENTROPY, epochs=1, checkpoint=place)
    saved, before = (tmp_path / "c.pt").read_bytes(), weights(model)
    x[17, 2] = float("nan")
    place = Checkpoint(tmp_path / "c.pt", changed=("train", "batch_size"))
    with pytest.raises(
        BadLoss, match=r"epoch 2, batch \d+; the first bad output comes from module '0'"
    ):
        fit(model, (x, y), step=CROSS_ENTROPY, epochs=2, checkpoint=place, batch_size=200)
    assert (tmp_path / "c.pt").read_bytes() == saved
    assert torch.equal(weights(model), before)


def two_players(model, batch):
    (x,) = batch
    fake = model["generator"](torch.randn(len(x), 2))
    yield "critic", (model["critic"](fake.detach()) - model["critic"](x)).mean()
    yield "generator", -model["critic"](fake).mean()


def test_each_player_steps_on_its_own_loss():
    model = nn.ModuleDict({"generator": nn.Linear(2, 2), "critic": nn.Linear(2, 1)})
    start = {name: weights(player) for name, player in model.items()}
    players = {
        "critic": lambda p: torch.optim.SGD(p, lr=0.1),
        "generator": lambda p: torch.optim.SGD(p, lr=0.0),
    }
    history = fit(model, (torch.randn(64, 2) + 3,), step=two_players, epochs=2, optimizer=players)
    assert torch.equal(weights(model["generator"]), start["generator"])
    assert not torch.equal(weights(model["critic"]), start["critic"])
    assert {"critic", "generator"} <= set(history.rows[0])


def test_unknown_player_is_one_sentence():
    model = nn.ModuleDict({"a": nn.Linear(2, 2)})

    def step(model, batch):
        yield "b", model["a"](batch[0]).mean()

    with pytest.raises(ValueError, match="yielded player 'b'; expected one of a"):
        fit(model, (torch.randn(8, 2),), step=step, epochs=1)


def test_a_dict_logs_means_weighted_by_batch():
    x = torch.arange(10.0)[:, None]

    def step(model, batch):
        return {"loss": model(batch[0]).mean() * 0, "mean_x": batch[0].mean()}

    history = fit(nn.Linear(1, 1), (x,), step=step, epochs=1, batch_size=4)
    assert history.last("mean_x") == pytest.approx(4.5)


def test_average_follows_torch_swa_utils():
    x, y = data()
    model, reference = mlp(), None
    seen = []

    def warming_up(mean, new, updates):
        return mean + (1 - min(0.9, updates / (updates + 1))) * (new - mean)

    ema = torch.optim.swa_utils.AveragedModel(model, avg_fn=warming_up)

    def recording(inner, batch):
        if seen:
            ema.update_parameters(inner)
        seen.append(1)
        return CROSS_ENTROPY(inner, batch)

    history = fit(model, (x, y), step=recording, epochs=2, average=0.9)
    ema.update_parameters(model)
    reference = torch.cat([p.flatten().double() for p in ema.module.parameters()])
    assert torch.allclose(weights(history.averaged), reference, atol=1e-6)
    assert not torch.allclose(weights(model), reference, atol=1e-4)


def test_swa_is_the_mean_of_the_last_quarter():
    x, y = data(n=64)
    model, kept = mlp(), []

    class Recording(Dataset):
        def __len__(self):
            return 64

        def __getitem__(self, i):
            return x[i], y[i]

    def step(inner, batch):
        kept.append(weights(inner))
        return CROSS_ENTROPY(inner, batch)

    history = fit(model, Recording(), step=step, epochs=4, batch_size=16, average="swa")
    expected = torch.stack([*kept[13:], weights(model)]).mean(0)
    assert torch.allclose(weights(history.averaged), expected, atol=1e-6)


def test_groups_keep_their_ratio_under_a_schedule():
    model = mlp()

    def discriminative(parameters):
        first, last = list(model[0].parameters()), list(model[-1].parameters())
        return torch.optim.SGD([{"params": first, "lr": 0.01}, {"params": last, "lr": 0.1}])

    made, rates = [], []

    def step(model, batch):
        rates.append([group["lr"] for group in made[0].param_groups])
        return CROSS_ENTROPY(model, batch)

    fit(
        model, data(), step=step, epochs=2, schedule=one_cycle(),
        optimizer=lambda p: made.append(discriminative(p)) or made[0],
    )  # fmt: skip
    assert all(last == pytest.approx(10 * first) for first, last in rates)
    assert rates[-1][1] < 0.1
    assert [group["lr"] for group in made[0].param_groups] == [0.01, 0.1]


def test_bf16_is_close_and_not_equal():
    x, y = data()
    a, b = mlp(), mlp()
    fit(a, (x, y), step=CROSS_ENTROPY, epochs=2)
    fit(b, (x, y), step=CROSS_ENTROPY, epochs=2, precision="bf16")
    gap = (weights(a) - weights(b)).abs().max()
    assert 0 < gap < 0.02


def test_metrics_are_computed_on_the_whole_validation_set():
    x, y = data(n=100)

    def spread(prediction, target):
        assert len(prediction) == len(target) == 100
        return prediction.std()

    model = mlp()
    history = fit(model, (x, y), (x, y), step=CROSS_ENTROPY, epochs=1, metrics={"spread": spread})
    assert history.last("spread") == pytest.approx(float(predict(model, x).std()), rel=1e-5)


def test_a_graph_like_batch_needs_only_y():
    class Graph:
        def __init__(self, x, y):
            self.x, self.y, self.num_graphs = x, y, len(y)

        def to(self, device, non_blocking=False):
            return self

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(6, 2)

        def forward(self, graph):
            return self.layer(graph.x)

    x, y = data()
    batches = [Graph(x[i : i + 50], y[i : i + 50]) for i in range(0, 200, 50)]
    history = fit(Model(), batches, batches, step=CROSS_ENTROPY, epochs=20, lr=3e-2)
    assert history.last("valid_loss") < 0.3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"epochs": 1.5}, "epochs=1.5: expected a whole number of at least 0"),
        ({"batch_size": 0}, "batch_size=0: expected a whole number of at least 1"),
        ({"precision": "fp8"}, "precision='fp8': expected one of"),
        ({"precision": "fp16"}, "precision='fp16': expected a GPU"),
        ({"stop": Patience(2)}, "has no such column; found loss"),
    ],
)
def test_bad_arguments_are_one_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(mlp(), data(), **({"step": CROSS_ENTROPY, "epochs": 1, "device": "cpu"} | change))


@pytest.mark.parametrize(
    ("train", "sentence"),
    [
        ((torch.zeros(3, 6), torch.zeros(4)), r"equally long, found \[3, 4\]"),
        ((torch.zeros(0, 6), torch.zeros(0)), "the data set is empty"),
        (3, "data of type int: expected a tuple of tensors, a Dataset or an iterable"),
        ([], "gave no batch"),
    ],
)
def test_bad_data_is_one_sentence(train, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(mlp(), train, step=CROSS_ENTROPY, epochs=1)


def test_unreadable_and_foreign_checkpoints_are_one_sentence(tmp_path):
    path = tmp_path / "c.pt"
    options = {"step": CROSS_ENTROPY, "epochs": 1, "checkpoint": Checkpoint(path)}
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match="found a damaged file"):
        fit(mlp(), data(), **options)
    torch.save({"format": 99}, path)
    with pytest.raises(ValueError, match="of format 4 .* SHA-256 does not fit"):
        fit(mlp(), data(), **options)
    path.unlink()
    fit(mlp(), data(), **options)
    with pytest.raises(ValueError, match="belongs to another model: for '1.weight'"):
        fit(mlp(norm=True), data(), **(options | {"epochs": 2}))


def test_truncated_checkpoint_is_one_sentence(tmp_path):
    path = tmp_path / "c.pt"
    fit(mlp(), data(), step=CROSS_ENTROPY, epochs=1, checkpoint=Checkpoint(path))
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(ValueError, match="SHA-256 does not fit"):
        fit(mlp(), data(), step=CROSS_ENTROPY, epochs=2, checkpoint=Checkpoint(path))


def test_out_of_memory_gives_advice():
    def step(model, batch):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    with pytest.raises(torch.OutOfMemoryError, match="Try batch_size=32 with accumulate=2"):
        fit(mlp(), data(), step=step, epochs=1)


DISTRIBUTED = """
import sys, torch
sys.path.insert(0, {folder!r})
from test_loop import CROSS_ENTROPY, data, mlp, weights
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
torch.set_num_threads(1)
x, y = data(n=256)
model = mlp()
history = fit(model, (x, y), (x, y), step=CROSS_ENTROPY, epochs={epochs}, batch_size=32, device="cpu",
    clip=1.0, checkpoint=Checkpoint({path!r}))
torch.save((weights(model), [row["loss"] for row in history.rows]), {out!r})
"""


def test_two_processes_equal_one_with_the_doubled_batch(tmp_path):
    script, out, path = tmp_path / "two.py", tmp_path / "two.out", tmp_path / "two.pt"
    script.write_text(
        DISTRIBUTED.format(folder=os.path.dirname(__file__), out=str(out), path=str(path), epochs=4)
    )
    launch = [
        sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2", "--master-addr=127.0.0.1",
        "--master-port=29611", str(script),
    ]  # fmt: skip
    environment = os.environ | {"ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    run = subprocess.run(launch, env=environment, capture_output=True, text=True, timeout=200)
    assert run.returncode == 0, run.stderr[-3000:]
    found, losses = torch.load(out)
    x, y = data(n=256)
    one = mlp()
    history = fit(one, (x, y), (x, y), step=CROSS_ENTROPY, epochs=4, batch_size=64, clip=1.0)
    assert torch.allclose(found, weights(one), rtol=1e-5, atol=1e-6)
    assert losses == pytest.approx(history.column("loss"), rel=1e-5)
    other = mlp()
    fit(other, (x, y), step=CROSS_ENTROPY, epochs=4, batch_size=32, clip=1.0)
    assert not torch.allclose(found, weights(other), atol=1e-4)
    # a checkpoint of two processes resumes in one
    again = mlp(seed=4)
    place = Checkpoint(path, changed=("processes", "batch_size"))
    resumed = fit(
        again, (x, y), (x, y), step=CROSS_ENTROPY, epochs=5, batch_size=64, clip=1.0,
        checkpoint=place,
    )  # fmt: skip
    assert len(resumed.rows) == 5
    whole = mlp()
    fit(whole, (x, y), (x, y), step=CROSS_ENTROPY, epochs=5, batch_size=64, clip=1.0)
    assert torch.allclose(weights(again), weights(whole), rtol=1e-5, atol=1e-6)


def test_unequal_batches_in_a_window_weigh_by_their_examples():
    x, y = data(n=88)
    a, b = mlp().double(), mlp().double()
    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=0.1), "epochs": 1}
    fit(a, (x.double(), y), step=CROSS_ENTROPY, batch_size=64, **sgd)
    fit(b, (x.double(), y), step=CROSS_ENTROPY, batch_size=16, accumulate=4, **sgd)
    assert torch.allclose(weights(a), weights(b), atol=1e-12)


def test_ctrl_c_during_validation_stops_and_saves_whatever_every_says(tmp_path):
    calls = []

    class Slow(type(CROSS_ENTROPY)):
        memory = ()

        def validate(self, model, batch):
            calls.append(1)
            if len(calls) == 4:  # one dry, then the second epoch's first of two
                os.kill(os.getpid(), signal.SIGINT)
            return super().validate(model, batch)

    x, y = data(n=80)
    options = {"batch_size": 40, "epochs": 5}
    slow = Slow(CROSS_ENTROPY.loss, CROSS_ENTROPY.unpack)
    whole, again = mlp(dropout=0.3), mlp(dropout=0.3)
    seed_everything(2)
    expected = fit(whole, (x, y), (x, y), step=CROSS_ENTROPY, **options)
    seed_everything(2)
    place = Checkpoint(tmp_path / "c.pt", every=5, changed=("step",))
    halted = fit(again, (x, y), (x, y), step=slow, checkpoint=place, **options)
    assert halted.interrupted
    assert len(halted.rows) == 1
    assert len(calls) == 4
    last = mlp(seed=5, dropout=0.3)
    history = fit(last, (x, y), (x, y), step=CROSS_ENTROPY, checkpoint=place, **options)
    assert strip(history) == strip(expected)


def test_players_and_compiled_models_train_together(monkeypatch):
    from functools import partial

    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="eager"))
    monkeypatch.setattr(torch, "compile", lambda model, mode=None, c=torch.compile: c(model))
    x, y = data(n=64)
    eager, fast = mlp(), mlp()
    fit(eager, (x, y), step=CROSS_ENTROPY, epochs=2)
    fit(fast, (x, y), step=CROSS_ENTROPY, epochs=2, compile=True)
    assert torch.allclose(weights(eager), weights(fast), atol=1e-6)
    model = nn.ModuleDict({"generator": nn.Linear(2, 2), "critic": nn.Linear(2, 1)})
    history = fit(model, (torch.randn(64, 2),), step=two_players, epochs=1, compile=True)
    assert {"critic", "generator"} <= set(history.rows[0])


def test_a_schedule_is_asked_before_each_step_for_the_share_that_is_done():
    asked, rates = [], []

    def schedule(t):
        asked.append(t)
        return 1 + t

    def step(model, batch):
        rates.append(optimizer.param_groups[0]["lr"])
        return nn.functional.cross_entropy(model(batch[0]), batch[1])

    x, y = data(n=40)
    model = mlp()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    fit(model, (x, y), step=step, epochs=2, batch_size=10, optimizer=optimizer, schedule=schedule)
    assert asked[-8:] == [k / 8 for k in range(8)]
    assert rates[-8:] == [0.5 * (1 + k / 8) for k in range(8)]
    assert optimizer.param_groups[0]["lr"] == 0.5  # a caller's optimiser keeps its rate


def quick(model=None, train=None, valid=None, **options):
    """One short run, and the model."""
    model = model or mlp()
    options = {"step": CROSS_ENTROPY, "epochs": 1, "progress": False} | options
    return fit(model, train or data(), valid, **options), model


def test_without_a_word_it_is_sixty_four_rows_a_step_of_seed_nought():
    sizes, rows = [], []

    def step(inner, batch):
        assert inner is model  # as it was given, not compiled
        sizes.append(len(batch[0]))
        rows.append(batch[0])
        return CROSS_ENTROPY(inner, batch)

    (x, y), model = data(), mlp()
    history, _ = quick(model, (x, y), step=step, epochs=1)
    assert sizes == [64, 64, 64, 8]
    assert torch.equal(torch.cat(rows), x[torch.randperm(200, generator=generator(0, 0))])
    assert history.last("lr") == 1e-3
    assert list(history.rows[0]) == ["epoch", "loss", "lr", "seconds"]
    assert (history.best_epoch, history.averaged, history.interrupted) == (None, None, False)
    assert history.column("epoch") == [1]
    assert 0 < history.last("seconds") < 60
    assert not model.training


def test_no_epoch_leaves_the_model_as_it_is_and_ready():
    history, model = quick(epochs=0, valid=data(), stop=Patience(2))
    assert history.rows == []
    assert torch.equal(weights(model), weights(mlp()))
    assert not model.training


def test_validation_is_the_row_s_and_leaves_no_numbers_drawn():
    class Drawing(type(CROSS_ENTROPY)):
        def validate(self, model, batch):
            torch.rand(3)
            return super().validate(model, batch)

    x, y = data()
    drawing = Drawing(CROSS_ENTROPY.loss, CROSS_ENTROPY.unpack)
    history, model = quick(valid=(x, y), metrics={"n": lambda p, t: len(p)}, step=drawing)
    assert list(history.rows[0]) == ["epoch", "loss", "valid_loss", "n", "lr", "seconds"]
    assert history.last("n") == 200
    found = evaluate(model, (x, y), step=CROSS_ENTROPY)["valid_loss"]
    assert history.last("valid_loss") == pytest.approx(found, rel=1e-6)


def test_progress_is_told_step_by_step(monkeypatch):
    told, closed = [], []

    class Line:
        on = True

        def __init__(self, total, wanted):
            told.append((total, wanted))

        def update(self, step, epoch, epochs, loss):
            told.append((step, epoch, epochs, round(float(loss), 3)))

        def close(self):
            closed.append(1)

    monkeypatch.setattr(loop, "Progress", Line)
    seen = []

    def step(model, batch):
        loss = CROSS_ENTROPY(model, batch)
        seen.append(round(loss.item(), 3))
        return loss

    fit(mlp(), data(), epochs=2, batch_size=100, step=step)
    places = [(1, 1, 2), (2, 1, 2), (3, 2, 2), (4, 2, 2)]
    assert told == [(4, True), *((*place, loss) for place, loss in zip(places, seen))]
    assert closed == [1]
    told.clear()
    Line.on = False
    with pytest.raises(ValueError, match="ZeroDivisionError"):
        quick(step=lambda model, batch: 1 / 0)
    assert told == [(4, False)]
    assert closed == [1, 1]


def test_a_schedule_that_fails_later_is_told_with_its_place():
    with pytest.raises(
        ValueError, match="^the step, or reading its batch, failed at epoch 1, batch 3 "
    ):
        quick(batch_size=50, schedule=lambda t: 1 / 0 if t == 0.5 else 1.0)


def test_averages_begin_at_the_last_quarter_or_at_once(monkeypatch):
    seen, real = [], Average.update
    monkeypatch.setattr(Average, "update", lambda self, model: seen.append(1) or real(self, model))
    for average, expected in (("swa", 2), (0.5, 8)):
        seen.clear()
        history, _ = quick(epochs=2, batch_size=50, average=average)
        assert len(seen) == expected
        assert not history.averaged.training


def test_swa_that_ends_too_soon_is_said_where_fit_was_called(recwarn):
    stop = Patience(1, "loss", higher_is_better=True)
    with pytest.warns(
        UserWarning, match="^average='swa': training ended before its last"
    ) as caught:
        history = fit(
            mlp(), data(), step=CROSS_ENTROPY, epochs=40, average="swa", stop=stop, lr=0.1
        )
    assert caught[0].filename == __file__
    assert history.averaged is None
    fit(mlp(), data(), step=CROSS_ENTROPY, epochs=0, average="swa")
    assert len(recwarn) == 0


def test_saves_come_every_so_many_epochs_and_at_the_end(tmp_path, monkeypatch):
    saves, real = [], Checkpoint.save

    def save(self, state):
        saves.append((state["epoch"], state["window"]))
        real(self, state)

    monkeypatch.setattr(Checkpoint, "save", save)
    place = Checkpoint(tmp_path / "a.pt", every=3)
    quick(epochs=7, batch_size=100, checkpoint=place)
    assert saves == [(3, 0), (6, 0), (7, 0)]
    saves.clear()
    quick(epochs=2, batch_size=50, checkpoint=Checkpoint(tmp_path / "b.pt", steps=3, every=2))
    assert saves == [(0, 3), (1, 3), (2, 0)]


def test_the_mode_of_compilation_is_handed_on(monkeypatch):
    asked = []
    monkeypatch.setattr(torch, "compile", lambda model, mode=None: asked.append(mode) or model)
    model = mlp()
    assert compiled(model, False) is model
    assert asked == []
    compiled(model, True), compiled(model, "reduce-overhead")
    assert asked == [None, "reduce-overhead"]
    asked.clear()
    players = nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.Linear(1, 1)})
    both = compiled(players, "max-autotune")
    assert asked == ["max-autotune"] * 2
    assert list(both) == ["a", "b"]
    assert both["a"] is players["a"]


def test_data_that_fail_in_a_later_batch_are_told_with_its_place():
    class Failing:
        def __iter__(self):
            yield tuple(part[:20] for part in data())
            raise OSError("gone")

    said = "^the step, or reading its batch, failed at epoch 1, batch 2 with OSError: gone"
    with pytest.raises(ValueError, match=said):
        quick(train=Failing())


def test_data_that_are_empty_in_a_later_epoch_are_told():
    class Once:
        epoch = 0

        def set_epoch(self, epoch):
            self.epoch = epoch

        def __iter__(self):
            return iter([tuple(part[:20] for part in data())] * (1 - self.epoch))

    with pytest.raises(ValueError, match="^the training data gave no batch: expected at least one"):
        quick(train=Once(), epochs=2)


def test_swa_s_norms_are_renewed_without_a_trace():
    class Counting(type(CROSS_ENTROPY)):
        memory, calls = ("calls",), 0

        def __call__(self, model, batch):
            self.calls += 1
            return super().__call__(model, batch)

    step = Counting(CROSS_ENTROPY.loss, CROSS_ENTROPY.unpack)
    history, model = quick(
        mlp(norm=True, dropout=0.5), epochs=4, batch_size=50, average="swa", step=step
    )
    assert step.calls == 16
    expected = history.averaged[0](data()[0]).mean(0)
    assert torch.allclose(history.averaged[1].running_mean, expected, atol=1e-5)
    assert not torch.allclose(model[1].running_mean, expected, atol=1e-5)


def test_processes_are_asked_at_once_around_an_epoch_and_now_and_then_within(monkeypatch):
    asked = []

    class Asking(Alone):
        def any(self, flag, now=False):
            asked.append((flag, now))
            return flag

        def share_buffers(self, model):
            asked.append("buffers")

        def agree(self, value):
            asked.append("agree")
            return value

    monkeypatch.setattr(loop, "join_processes", lambda device: Asking())
    quick(epochs=2, batch_size=100, valid=data())
    epoch = [(False, True), (False, False), (False, False), "buffers", "buffers", (False, True)]
    assert asked == [*epoch, "agree", *epoch, "agree", (False, True)]


def test_other_processes_draw_and_share_what_is_theirs(monkeypatch):
    class Second(Alone):
        rank, world, is_main, device = 1, 2, False, torch.device("cpu")

        def mean(self, total, weight):
            return total / weight

    sizes, places = [], []
    monkeypatch.setattr(loop, "join_processes", lambda device: Second())
    monkeypatch.setattr(loop, "Progress", lambda total, wanted: places.append(wanted) or Silent())

    class Silent:
        on = False

        def close(self):
            pass

    def step(model, batch):
        sizes.append(len(batch[0]))
        return CROSS_ENTROPY(model, batch)

    history, _ = quick(train=data(n=10), valid=data(n=10), batch_size=3, step=step, progress=True)
    assert sizes == [3, 3, 2, 3, 3, 3, 1]  # one dry, two of its own, then all that is held out
    assert places == [False]
    assert history.last("valid_loss") > 0


@pytest.fixture
def as_a_gpu(monkeypatch):
    """Losses are read only at the end of an epoch, before a save and before a stop."""
    monkeypatch.setattr(running, "reads_at_once", lambda device: False)


def bad_batches(*bad, stream=False):
    """Batches of eight rows, of which these give no finite loss."""

    class Stream(list):
        def state_dict(self):
            return {}

    x, y = data(n=48)
    for number in bad:
        x[8 * number, 0] = float("nan")
    return (Stream if stream else list)(zip(x.split(8), y.split(8)))


@pytest.mark.parametrize("accumulate", [1, 2])
def test_a_gpu_names_the_first_bad_batch_at_the_end_and_goes_back(as_a_gpu, accumulate, tmp_path):
    model = mlp(norm=True)
    fit(model, bad_batches(), step=CROSS_ENTROPY, epochs=1)
    before, seen = weights(model), []

    def step(model, batch):
        seen.append(1)
        return CROSS_ENTROPY(model, batch)

    said = "at epoch 1, batch 3; the first bad output comes from module '0' .Linear.; the batch its"
    place = Checkpoint(tmp_path / "c.pt")
    with pytest.warns(UserWarning, match="it changes"), pytest.raises(BadLoss, match=said):
        fit(model, bad_batches(2, 4), step=step, epochs=1, accumulate=accumulate, checkpoint=place)
    assert len(seen) == 6 + 1  # the whole epoch, and once more to find the culprit
    assert torch.equal(weights(model), before)
    assert not (tmp_path / "c.pt").exists()


def test_a_gpu_saves_nothing_bad_within_an_epoch(as_a_gpu, tmp_path):
    place = Checkpoint(tmp_path / "c.pt", steps=2)
    with pytest.raises(BadLoss, match="at epoch 1, batch 4;"):
        quick(train=bad_batches(3), checkpoint=place)
    assert place.load()["window"] == 2


def test_a_stream_s_bad_batch_is_gone(as_a_gpu):
    with pytest.raises(BadLoss, match="at epoch 1, batch 2; its batch is gone"):
        quick(train=bad_batches(1, stream=True))
    assert quick(train=bad_batches(stream=True))[0].rows


class Late:
    """A transform that changes at the last, short batch of an epoch."""

    def __init__(self):
        self.kept = 0

    def __call__(self, batch, draws):
        self.kept += len(batch[0]) == 8
        return batch


def test_what_changes_in_the_first_epoch_is_said_at_its_end(tmp_path):
    said = []

    class Seeing(type(CROSS_ENTROPY)):
        def __call__(self, model, batch):
            said.append(len(caught))
            return super().__call__(model, batch)

        def fingerprint(self):
            return "seeing"

    step = Seeing(CROSS_ENTROPY.loss, CROSS_ENTROPY.unpack)
    with pytest.warns(UserWarning, match="^transform: it changes while training") as caught:
        quick(step=step, epochs=3, transform=Late(), checkpoint=tmp_path / "c.pt")
    assert said == [0] * 4 + [1] * 8
    assert caught[0].filename == __file__
