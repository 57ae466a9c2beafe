"""Checkpoints: written atomically, checked before they are believed (survey 9; chapter 4-models/supervised-learning)."""

import contextlib
import hashlib
import os
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path

import torch

FORMAT = 4
LONGEST = 250  # bytes of a file's name, with room for ".part" in the 255 of most systems
MARK = b"helpers sha256 "  # the file ends with this and 64 hexadecimal digits
CHANGEABLE = (
    "train", "valid", "model", "step", "optimizer", "lr", "schedule", "epochs", "batch_size", "transform",
    "precision", "accumulate", "clip", "average", "stop", "seed", "metrics", "device", "processes",
)  # fmt: skip


@dataclass(frozen=True)
class Checkpoint:
    """Where and how often to save; `fit` resumes from the file if it exists.

    A file of another run is refused: the sentence says what differs. What you change on purpose,
    name in `changed`.

    Parameters
    ----------
    path : str or Path
        One file, replaced at each save by way of ``<path>.part``, which is the engine's too.
        Parent folders are made.
    every : int >= 1
        Epochs between saves.
    steps : int >= 1 or None
        Also save within an epoch, every so many optimiser steps.
    changed : tuple of str
        Arguments of `fit` that differ from those of the run that wrote the file, for example
        ``("epochs", "lr")``; "processes" for their number. The new ones hold from here on.
        `epochs` alone may grow unnamed, where neither a schedule nor an average depends on it.

    Raises
    ------
    ValueError : for counts below 1 and unknown names.
    """

    path: str | Path
    every: int = 1
    steps: int | None = None
    changed: tuple = ()

    def __post_init__(self):
        self.refuse_path()
        for name, value in (
            ("every", self.every),
            ("steps", 1 if self.steps is None else self.steps),
        ):
            if not isinstance(value, Integral) or value < 1:
                raise ValueError(
                    f"Checkpoint({name}={getattr(self, name)!r}): expected a whole number of at "
                    "least 1"
                )
        if isinstance(self.changed, str):
            object.__setattr__(self, "changed", (self.changed,))
        unknown = sorted(map(str, set(self.changed) - set(CHANGEABLE)))
        if unknown:
            raise ValueError(
                f"Checkpoint(changed={tuple(self.changed)}): expected names from "
                f"{', '.join(CHANGEABLE)}; found {', '.join(unknown)}"
            )

    def refuse_path(self):
        """Raise for a path that names no file; ~ becomes the home folder."""
        path = self.path
        if not isinstance(path, str | Path) or "\0" in str(path) or not Path(path).name:
            raise ValueError(f"Checkpoint(path={path!r}): expected the path of a file")
        if len(os.fsencode(Path(path).name)) > LONGEST:
            raise ValueError(
                f"Checkpoint(path='{Path(path).name[:20]}...'): expected a file name of at most "
                f"{LONGEST} bytes"
            )
        if str(path).startswith("~"):
            object.__setattr__(self, "path", Path(path).expanduser())

    @property
    def scratch(self):
        """Where the next save is written before it replaces the file."""
        return Path(f"{self.path}.part")

    def prepare(self):
        """Make the folder and see that it can be written to, before an hour is spent."""
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self.scratch.write_bytes(b"")
            self.scratch.unlink()
        except OSError as error:
            raise ValueError(self.cannot("be written", error)) from error
        if Path(self.path).is_dir():
            raise ValueError(f"{self.path}: expected a file for the checkpoint, found a folder")

    def save(self, state):
        """Write next to the target, flush to disk, rename over it: never half a file.

        Raises
        ------
        ValueError : if the disk is full or the folder gone; the file before is left as it was.
        """
        try:
            with self.scratch.open("wb") as file:
                hashed = Hashed(file)
                torch.save({"format": FORMAT, **state}, hashed)
                file.write(MARK + hashed.sha.hexdigest().encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(self.scratch, self.path)
        except (OSError, RuntimeError) as error:
            raise ValueError(self.cannot("be written", error)) from error
        finally:
            with contextlib.suppress(OSError):
                self.scratch.unlink(missing_ok=True)

    def load(self):
        """The saved state, or None if there is no file yet.

        Raises
        ------
        ValueError
            If the file is no checkpoint of this engine, is damaged, or has another format.
        """
        path = Path(self.path)
        if not path.exists():
            return None
        if not path.is_file():
            raise ValueError(
                f"{path}: expected a file for the checkpoint, found a folder, a pipe or a device"
            )
        if not self.is_whole():
            raise ValueError(
                f"{path}: expected a checkpoint of format {FORMAT} written by helpers.train, found "
                "a damaged file or one written by other code or another version (its SHA-256 does "
                "not fit). Delete it to start anew."
            )
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # whatever unpickling foreign content brings
            raise ValueError(self.cannot("be read", error)) from error
        found = state.get("format") if isinstance(state, dict) else None
        if found != FORMAT:
            raise ValueError(
                f"{path}: expected checkpoint format {FORMAT}, found {found}. It was written by "
                "another version of helpers or by other code; use that version or delete the file."
            )
        return state

    def is_whole(self):
        """True if the file ends with the SHA-256 of what comes before."""
        path, sha, ending = Path(self.path), hashlib.sha256(), len(MARK) + 64
        try:
            with path.open("rb") as file:
                left = path.stat().st_size - ending
                while left > 0:
                    block = file.read(min(left, 1 << 20))
                    sha.update(block)
                    left -= len(block) or left
                return file.read() == MARK + sha.hexdigest().encode()
        except OSError as error:
            raise ValueError(self.cannot("be read", error)) from error

    def cannot(self, act, error):
        """One sentence about a file that fails.

        Parameters
        ----------
        act : str
            What failed: "be read" or "be written".
        error : Exception
        """
        reason = str(error).splitlines()[0] if str(error) else ""
        return (
            f"{self.path}: the checkpoint cannot {act} ({type(error).__name__}: {reason}); expected "
            "a file in a folder with room that this user may write to"
        )


class Hashed:
    """A file open for writing that keeps the SHA-256 of what goes through it."""

    def __init__(self, file):
        self.file, self.sha = file, hashlib.sha256()

    def write(self, block):
        """Write and hash."""
        self.sha.update(block)
        return self.file.write(block)

    def flush(self):
        """Hand on."""
        self.file.flush()


def as_checkpoint(checkpoint):
    """A path as a `Checkpoint`; None and a `Checkpoint` as they are."""
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return checkpoint
    if isinstance(checkpoint, str | Path):
        return Checkpoint(checkpoint)
    raise ValueError(
        f"checkpoint={checkpoint!r}: expected a path or a Checkpoint, found "
        f"{type(checkpoint).__name__}"
    )


def refuse_other_model(model, weights, path):
    """Raise if `weights` do not fit `model`, saying in one sentence how the two differ.

    Parameters
    ----------
    model : nn.Module
    weights : dict
        A saved ``state_dict``.
    path : str or Path
        Of the checkpoint, for the error sentence.
    """
    mine = {name: shape_of(value) for name, value in model.state_dict().items()}
    theirs = {name: shape_of(value) for name, value in weights.items()}
    if mine != theirs:
        name = next(n for n in [*mine, *theirs] if mine.get(n) != theirs.get(n))
        raise ValueError(
            f"{path}: the checkpoint belongs to another model: for {name!r} expected shape "
            f"{mine.get(name, 'no such entry')}, found {theirs.get(name, 'no such entry')}"
        )


def shape_of(value):
    """The shape of a tensor; an empty one for a module's extra state."""
    return tuple(getattr(value, "shape", ()))
