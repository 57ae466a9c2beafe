"""A checkpoint is whole, of this run, or refused in a sentence that says what differs."""

import errno
import os
import random

import pytest
import torch
from torch import nn

from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
from helpers.train.schedule import cosine
from helpers.train.steps import supervised
from helpers.train.stop import Patience

MSE = supervised(nn.functional.mse_loss)
X = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
Y = X.sum(1, keepdim=True)


def train(path, epochs=2, seed=0, model=None, x=X, y=Y, changed=(), step=MSE, **more):
    torch.manual_seed(7)
    model = model or nn.Linear(3, 1)
    place = path and Checkpoint(path, changed=changed)
    history = fit(model, (x, y), step=step, epochs=epochs, seed=seed, checkpoint=place, **more)
    return model.weight.detach().clone(), history


def weighted(weight):
    def step(model, batch):
        return weight * MSE(model, batch)

    return step


def sgd(rate, momentum=0.0):
    return lambda weights: torch.optim.SGD(weights, rate, momentum=momentum)


STRANGERS = {
    "train": {"x": X + 1},
    "labels": {"y": -Y},
    "seed": {"seed": 1},
    "lr": {"lr": 0.5},
    "step": {"step": weighted(2.0)},
    "optimizer": {"optimizer": sgd(1e-3)},
    "batch_size": {"batch_size": 8},
    "accumulate": {"accumulate": 2},
    "clip": {"clip": 1.0},
    "average": {"average": 0.9},
    "schedule": {"schedule": cosine()},
    "transform": {"transform": lambda batch, draws: batch},
    "precision": {"precision": "bf16"},
    "stop": {"stop": Patience(3, "loss")},
}


@pytest.mark.parametrize("name", STRANGERS)
def test_another_run_is_refused_by_name_and_admitted_when_named(name, tmp_path):
    path, key = tmp_path / "c.pt", {"labels": "train"}.get(name, name)
    train(path)
    with pytest.raises(ValueError, match=rf"of another run; .*\b{key}: expected .* found"):
        train(path, 3, **STRANGERS[name])
    names = (key, "epochs", "lr") if name in ("schedule", "optimizer") else (key,)
    weight, history = train(path, 3, changed=names, **STRANGERS[name])
    assert len(history.rows) == 3
    assert not torch.equal(weight, train(None, 2)[0])


def test_more_epochs_go_on_and_fewer_are_refused(tmp_path):
    train(tmp_path / "c.pt", 2)
    assert torch.equal(train(tmp_path / "c.pt", 5)[0], train(None, 5)[0])
    with pytest.raises(ValueError, match="at most epochs=3 behind it, found 5"):
        train(tmp_path / "c.pt", 3)
    train(tmp_path / "s.pt", 2, schedule=cosine())
    with pytest.raises(ValueError, match="epochs: expected 4, found 2"):
        train(tmp_path / "s.pt", 4, schedule=cosine())


def test_a_named_rate_holds_from_here_on(tmp_path):
    path = tmp_path / "c.pt"
    train(path, 1, lr=1e-3)
    _, history = train(path, 2, lr=0.5, changed="lr")
    assert history.column("lr") == pytest.approx([1e-3, 0.5])


def test_an_average_named_on_resume_begins_from_the_loaded_weights(tmp_path):
    path = tmp_path / "c.pt"
    start = train(path, 30, lr=0.1)[0]
    _, history = train(path, 30, lr=0.1, changed="average", average=0.99)
    assert torch.equal(history.averaged.weight, start)


def test_every_kind_of_damage_is_one_sentence(tmp_path):
    path = tmp_path / "c.pt"
    train(path)
    whole, draws, refused = path.read_bytes(), random.Random(0), 0
    for case in range(60):
        bad = bytearray(whole)
        if case % 3 == 0:
            place = draws.randrange(len(bad))
            bad[place] ^= 1 << draws.randrange(8)
        elif case % 3 == 1:
            del bad[draws.randrange(len(bad)) :]
        else:
            bad += draws.randbytes(draws.randrange(1, 99))
        path.write_bytes(bad)
        with pytest.raises(ValueError, match="SHA-256 does not fit"):
            train(path, 3)
        refused += 1
    print(f"{refused} damaged checkpoints, {refused} sentences")
    path.write_bytes(whole)
    assert len(train(path, 3)[1].rows) == 3


@pytest.mark.parametrize("entry", ["model", "optimizers", "epoch", "processes", "fingerprint"])
def test_missing_entries_are_one_sentence(entry, tmp_path):
    path = tmp_path / "c.pt"
    train(path)
    state = Checkpoint(path).load()
    del state[entry]
    Checkpoint(path).save(state)
    with pytest.raises(ValueError, match="expected the state of this run, found entries"):
        train(path, 3)


def test_what_stands_in_the_way_is_found_before_training(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match="expected a file for the checkpoint, found a folder"):
        train(tmp_path / "folder")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="the checkpoint cannot be written"):
        train(tmp_path / "file" / "c.pt")


def test_a_full_disk_leaves_the_old_file_and_no_scraps(tmp_path, monkeypatch):
    path = tmp_path / "c.pt"
    train(path)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match="cannot be written .*No space left"):
        train(path, 3)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["c.pt"]


def test_scraps_of_a_killed_run_do_not_pile_up(tmp_path):
    (tmp_path / "c.pt.part").write_bytes(b"half a checkpoint")
    train(tmp_path / "c.pt")
    assert [file.name for file in tmp_path.iterdir()] == ["c.pt"]


def test_optimisers_of_another_kind_begin_anew(tmp_path):
    path = tmp_path / "c.pt"
    train(path, 1)
    _, history = train(path, 2, optimizer=sgd(0.1, 0.9), changed=("optimizer", "lr"))
    assert history.last("lr") == pytest.approx(0.1)


def test_the_counts_for_a_mid_epoch_file_are_kept(tmp_path):
    path = tmp_path / "c.pt"
    train(path, 1)
    state = Checkpoint(path).load()
    Checkpoint(path).save(state | {"window": 1})
    with pytest.raises(ValueError, match="saved within epoch 2; expected the same batch_size"):
        train(path, 3, batch_size=8, changed="batch_size")
