"""The first cell of every chapter: seed, threads, figure style."""

import os
import warnings

import torch

from helpers.ground.random import seed_everything
from helpers.plots.style import use_style


def start(seed=0, threads=1):
    """Make a chapter repeatable and its figures alike.

    Seeds Python, NumPy and torch, fixes the number of CPU threads (results depend on it
    in the last digits) and sets the book's figure style.

    Parameters
    ----------
    seed : int
        The chapter's seed. Change it: the conclusions should stand.
    threads : int >= 1
        CPU threads for torch; ``HELPERS_THREADS`` overrides it for a faster machine.
    """
    # torch itself, when fastai or torch_geometric is imported; nothing a reader can mend
    warnings.filterwarnings("ignore", message=".*torch.jit.script", category=FutureWarning)
    torch.set_num_threads(int(os.environ.get("HELPERS_THREADS", threads)))
    seed_everything(seed)
    use_style()
