"""The first cell of every chapter: seed, threads, figure style, and whose data it runs on."""

import os
import warnings

import torch

from helpers.ground.random import seed_everything
from helpers.notebook.band import promise_results
from helpers.plots.describe import describe_in_notebooks
from helpers.plots.style import use_style


def start(seed=0, threads=1, data=None):
    """Make a chapter repeatable, its figures alike, and say whose data it runs on.

    Seeds Python, NumPy and torch, fixes the number of CPU threads (results depend on it
    in the last digits) and sets the book's figure style.

    Parameters
    ----------
    seed : int
        The chapter's seed. Change it: the conclusions should stand.
    threads : int >= 1
        CPU threads for torch; ``HELPERS_THREADS`` overrides it for a faster machine.
    data : what a reader of `helpers.data.own` returns, optional
        Your own data, on which the chapter then runs: the same split, rivals, method, table
        and figures. Results are shown without a band, since the book promises nothing about
        data that it has not seen; agreements and properties are checked as ever.

    Returns
    -------
    object or None
        `data`, so that a chapter can say ``data = start(...) or bundled()``.

    Raises
    ------
    ValueError
        If the number of threads is not a whole number of at least 1.
    """
    # torch itself, when fastai or torch_geometric is imported; nothing a reader can mend
    warnings.filterwarnings("ignore", message=".*torch.jit.script", category=FutureWarning)
    torch.set_num_threads(number_of_threads(threads))
    seed_everything(seed)
    use_style()
    describe_in_notebooks()
    promise_results(data is None)
    return data


def number_of_threads(threads):
    """The argument, or what HELPERS_THREADS says."""
    said = os.environ.get("HELPERS_THREADS", str(threads))
    if not said.isdigit() or int(said) < 1:
        raise ValueError(
            f"HELPERS_THREADS or threads: expected a whole number of at least 1, found {said!r}"
        )
    return int(said)
