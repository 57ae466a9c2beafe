"""A checkpoint is whole, of this run, or refused in a sentence that says what differs."""

import errno
import hashlib
import io
import os
import random
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers.train.checkpoint import (
    CHANGEABLE,
    FORMAT,
    MARK,
    Checkpoint,
    as_checkpoint,
    refuse_other_model,
)
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


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


def test_without_a_word_every_epoch_is_saved_and_nothing_between():
    place = Checkpoint("a.pt")
    assert (place.every, place.steps, place.changed) == (1, None, ())
    assert place.scratch == Path("a.pt.part")
    assert refused(Checkpoint, "a.pt", every=1, steps=1) is None
    assert Checkpoint("a.pt", changed="lr").changed == ("lr",)


@pytest.mark.parametrize("name", ["every", "steps"])
@pytest.mark.parametrize("value", [0, -1, 1.0, "2"])
def test_a_count_of_saves_is_at_least_one(name, value):
    said = f"Checkpoint({name}={value!r}): expected a whole number of at least 1"
    assert refused(Checkpoint, "a.pt", **{name: value}) == said


def test_every_argument_that_can_change_can_be_named_and_no_other():
    assert refused(Checkpoint, "a.pt", changed=CHANGEABLE) is None
    said = refused(Checkpoint, "a.pt", changed=("lr", "rate", 3))
    assert said.startswith("Checkpoint(changed=('lr', 'rate', 3)): expected names from train, val")
    assert said.endswith("; found 3, rate")


@pytest.mark.parametrize("path", [3, None, "", "/", ".", "a\0b"])
def test_a_path_that_names_no_file_is_refused(path):
    said = f"Checkpoint(path={path!r}): expected the path of a file"
    assert refused(Checkpoint, path) == said


def test_a_name_leaves_room_for_the_scratch_file():
    assert refused(Checkpoint, "folder/" + "a" * 250) is None
    said = refused(Checkpoint, "folder/" + "b" * 251)
    assert (
        said == "Checkpoint(path='" + "b" * 20 + "...'): expected a file name of at most 250 bytes"
    )
    assert "at most 250 bytes" in refused(Checkpoint, "é" * 126)  # two bytes each
    assert len(os.fsencode(Checkpoint("a" * 250).scratch.name)) == 255


def test_the_home_folder_is_found(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    assert Checkpoint("~/a.pt").path == Path("/somewhere/a.pt")
    assert Checkpoint("a~.pt").path == "a~.pt"


def test_folders_are_made_and_no_trial_is_left(tmp_path):
    place = Checkpoint(tmp_path / "a" / "b" / "c.pt")
    place.prepare()
    place.prepare()
    assert list((tmp_path / "a" / "b").iterdir()) == []
    assert place.load() is None


def test_what_was_saved_is_read_and_saved_over(tmp_path):
    place = Checkpoint(tmp_path / "c.pt")
    big = torch.arange(2**19)  # four megabytes: more than one block
    for number in (1, 2):
        place.save({"number": number, "big": big})
        state = place.load()
        assert (state["number"], state["format"]) == (number, FORMAT)
        assert torch.equal(state["big"], big)
    assert [file.name for file in tmp_path.iterdir()] == ["c.pt"]
    content = (tmp_path / "c.pt").read_bytes()
    digest = hashlib.sha256(content[:-79]).hexdigest()
    assert content[-79:] == b"helpers sha256 " + digest.encode()


def signed(path, content):
    """A file of this content with the mark of a whole one."""
    path.write_bytes(content + MARK + hashlib.sha256(content).hexdigest().encode())


def test_a_whole_file_of_something_else_is_refused(tmp_path):
    path, place = tmp_path / "c.pt", Checkpoint(tmp_path / "c.pt")
    for content, found in ([1, 2], None), ({"format": 3}, 3):
        file = io.BytesIO()
        torch.save(content, file)
        signed(path, file.getvalue())
        said = f"{path}: expected checkpoint format 4, found {found}. It was written by another"
        assert refused(place.load).startswith(said)
    signed(path, b"no pickle")
    said = refused(place.load)
    assert said.startswith(f"{path}: the checkpoint cannot be read (")
    assert "\n" not in said
    path.write_bytes(b"")
    assert "SHA-256 does not fit" in refused(place.load)
    path.unlink()
    os.mkfifo(path)
    said = f"{path}: expected a file for the checkpoint, found a folder, a pipe or a device"
    assert refused(place.load) == said


def test_a_failure_is_told_in_its_first_line():
    place = Checkpoint("c.pt")
    rest = "; expected a file in a folder with room that this user may write to"
    error = OSError("first\nsecond")
    said = "c.pt: the checkpoint cannot be read (OSError: first)"
    assert place.cannot("be read", error) == said + rest
    assert place.cannot("be written", OSError()).startswith(
        "c.pt: the checkpoint cannot be written"
    )
    assert "(OSError: )" in place.cannot("be written", OSError())


def test_a_file_that_cannot_be_opened_is_one_sentence(tmp_path, monkeypatch):
    place = Checkpoint(tmp_path / "c.pt")
    place.save({})

    def closed(self, *given):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    assert "cannot be read (PermissionError: " in refused(place.load)
    assert "cannot be written (PermissionError: " in refused(place.save, {})


def test_a_path_or_a_checkpoint_is_one():
    place = Checkpoint("a.pt", every=3)
    assert as_checkpoint(None) is None
    assert as_checkpoint(place) is place
    assert as_checkpoint("a.pt") == Checkpoint("a.pt")
    assert as_checkpoint(Path("a.pt")) == Checkpoint(Path("a.pt"))
    assert refused(as_checkpoint, 3) == "checkpoint=3: expected a path or a Checkpoint, found int"


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (nn.Linear(3, 1), nn.Linear(2, 1), "for 'weight' expected shape (1, 3), found (1, 2)"),
        (
            nn.Linear(3, 1), nn.Linear(3, 1, bias=False),
            "for 'bias' expected shape (1,), found no such entry",
        ),
        (
            nn.Linear(3, 1, bias=False), nn.Linear(3, 1),
            "for 'bias' expected shape no such entry, found (1,)",
        ),
    ],
)  # fmt: skip
def test_another_model_is_told_by_its_first_weight_that_differs(mine, theirs, said):
    found = refused(refuse_other_model, mine, theirs.state_dict(), "c.pt")
    assert found == f"c.pt: the checkpoint belongs to another model: {said}"
    assert refused(refuse_other_model, mine, mine.state_dict(), "c.pt") is None


def test_extra_state_has_no_shape():
    class Extra(nn.Linear):
        def get_extra_state(self):
            return {"a": 1}

        def set_extra_state(self, state):
            pass

    assert refused(refuse_other_model, Extra(2, 1), Extra(2, 1).state_dict(), "c.pt") is None
