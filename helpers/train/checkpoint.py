"""Checkpoints: written atomically, resumed bit for bit (survey 9; chapter 4-models/supervised-learning)."""

import os
import pickle
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

FORMAT = 2


@dataclass(frozen=True)
class Checkpoint:
    """Where and how often to save; `fit` resumes from the file if it exists.

    Parameters
    ----------
    path : str or Path
        One file, replaced at each save. Parent folders are made.
    every : int >= 1
        Epochs between saves.
    steps : int or None
        Also save within an epoch, every so many optimiser steps.
    """

    path: str | Path
    every: int = 1
    steps: int | None = None

    def save(self, state):
        """Write next to the target, flush to disk, rename over it: never half a file."""
        path = Path(self.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                torch.save({"format": FORMAT, **state}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(scratch, path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise

    def load(self, device):
        """The saved state, or None if there is no file yet.

        Raises
        ------
        ValueError
            If the file is no checkpoint of this engine, is damaged, or has another format.
        """
        path = Path(self.path)
        if not path.exists():
            return None
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, EOFError, pickle.UnpicklingError, KeyError, OSError) as error:
            raise ValueError(
                f"{path}: expected a checkpoint written by helpers.train, found a file that cannot "
                f"be read ({type(error).__name__}). Delete it to start anew."
            ) from error
        found = state.get("format") if isinstance(state, dict) else None
        if found != FORMAT:
            raise ValueError(
                f"{path}: expected checkpoint format {FORMAT}, found {found}. It was written by "
                "another version of helpers or by other code; use that version or delete the file."
            )
        return state


def load_weights(model, weights, path):
    """Load `weights` into `model`, or say in one sentence how the two differ."""
    mine = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    theirs = {name: tuple(value.shape) for name, value in weights.items()}
    if mine != theirs:
        name = next(n for n in [*mine, *theirs] if mine.get(n) != theirs.get(n))
        raise ValueError(
            f"{path}: the checkpoint belongs to another model: for {name!r} expected shape "
            f"{mine.get(name, 'no such entry')}, found {theirs.get(name, 'no such entry')}"
        )
    model.load_state_dict(weights)


def random_states():
    """The state of every global generator, as tensors and tuples."""
    kind, keys, *rest = np.random.get_state()
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "numpy": (kind, torch.from_numpy(keys.astype(np.int64)), *rest),
        "python": random.getstate(),
    }


def restore_random_states(states):
    """Set every global generator back to `states`."""
    torch.set_rng_state(states["torch"])
    if states["cuda"] and torch.cuda.device_count() == len(states["cuda"]):
        torch.cuda.set_rng_state_all(states["cuda"])
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
