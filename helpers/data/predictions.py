"""Keep predictions: one row an example, in a file of yours (survey 9; every "Your own data")."""

import math
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import torch

from .arguments import shown


def save_predictions(
    path, data, truth, prediction, fold=0, *, index=None, overwrite=False, beside=False
):
    """Write a CSV file with one row an example: where it came from, truth, prediction, fold.

    Parameters
    ----------
    path : str or Path
        The file to write; its folder is made. The file appears at once and complete, or not at all.
    data : Table, Tiles, Molecules ...
        The set that a reader returned (or a bundled one: rows are then numbered from 0).
    truth : (n,) class numbers or values, or None for new examples. -1 and NaN are left empty.
    prediction : (n,) class numbers or values, or (n, C) scores, of which the largest is predicted and
        all are written.
    fold : int, or (n,) int
        In which fold of a cross-validation the example was held out.
    index : (n,) int64 or None
        Which examples of ``data`` these are; None: all.
    overwrite : bool
        True: an existing file is replaced. False: it is refused.
    beside : bool
        True: the file may be written where the data lie. False: that is refused.

    Returns
    -------
    Path

    Raises
    ------
    ValueError : if the file exists or would lie beside the data; if lengths differ, rows are none of
        the data's, or predictions are no numbers, no class numbers, or not one score a class.

    Examples
    --------
    >>> from helpers.data.embedded import Table
    >>> data = Table(torch.zeros(2, 1), torch.tensor([0, 1]), ["mass"], ["ill", "well"])
    >>> file = Path(tempfile.mkdtemp()) / "out.csv"
    >>> print(save_predictions(file, data, data.y, torch.tensor([0, 0])).read_text())
    row,truth,prediction,fold
    0,ill,ill,0
    1,well,ill,0
    """
    import pandas

    places = _places(data, index)
    scores, classes = _tensor("prediction", prediction), data.classes
    if scores.ndim == 2 and (len(classes) != scores.shape[1] or scores.shape[1] < 2):
        expected = f"{len(classes)} scores" if classes else "one number"
        raise ValueError(
            f"save_predictions: expected {expected} an example as prediction, found shape {tuple(scores.shape)}"
        )
    if scores.ndim == 2 and bool(scores.isnan().any()):
        raise ValueError("save_predictions: expected numbers as scores, found NaN")
    chosen = scores.argmax(1) if scores.ndim == 2 else scores
    fold = _tensor("fold", fold)
    columns = {
        "row": places,
        "truth": [""] * len(places) if truth is None else _words("truth", truth, classes),
        "prediction": _words("prediction", chosen, classes),
        "fold": fold.expand(len(places)).tolist() if fold.ndim == 0 else fold.tolist(),
    }
    if scores.ndim == 2:
        columns |= {f"score of {name}": part.tolist() for name, part in zip(classes, scores.T)}
    for name, cells in columns.items():
        if len(cells) != len(places):
            raise ValueError(
                f"save_predictions: expected {len(places)} values of {name}, found {len(cells)}"
                + "; pass index=, which examples of the data these are" * (index is None)
            )
    with new_file("save_predictions", path, data.path, overwrite, beside) as scratch:
        pandas.DataFrame(columns).to_csv(scratch, index=False)
    return Path(path)


def _tensor(name, values):
    """Numbers as a tensor on the CPU."""
    try:
        return torch.as_tensor(values).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(
            f"save_predictions: expected numbers as {name}, found {shown(values)}"
        ) from None


def _places(data, index):
    """Where the chosen examples came from: rows of the file, or numbers from 0."""
    rows = data.rows or list(range(len(data.y)))
    if index is None:
        return rows
    index = _tensor("index", index)
    whole = index.ndim == 1 and not index.is_floating_point() and index.dtype != torch.bool
    if not whole or not len(index) or int(index.min()) < 0 or int(index.max()) >= len(rows):
        raise ValueError(
            f"save_predictions: expected rows among the {len(rows)} of the data as index, whole "
            f"numbers from 0, found {shown(index.tolist())}"
        )
    return [rows[k] for k in index.tolist()]


def _words(name, values, classes):
    """Class names or numbers; a truth is empty where there is none."""
    values = _tensor(name, values)
    if values.ndim != 1:
        raise ValueError(
            f"save_predictions: expected one number an example as {name}, found shape {tuple(values.shape)}"
        )
    values, known = values.tolist(), dict(enumerate(classes))
    if name == "truth":
        known[-1] = ""
        values = [-1 if math.isnan(v) and classes else "" if math.isnan(v) else v for v in values]
    if not classes:
        return values
    wrong = [v for v in values if v not in known]
    if wrong:
        raise ValueError(
            f"save_predictions: expected class numbers below {len(classes)}, found {wrong[0]} as {name}"
        )
    return [known[v] for v in values]


@contextmanager
def new_file(where, path, source, overwrite, beside):
    """Write a file that appears at once and complete, away from the data it was made of.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path
        The file to write; its folder is made.
    source : str, Path or None
        The file or folder that was read; None: nothing that could be overwritten.
    overwrite : bool
        True: an existing file is replaced. False: it is refused.
    beside : bool
        True: the file may be written where the data lie. False: that is refused.

    Yields
    ------
    Path of a file to write to, renamed to ``path`` at the end.

    Raises
    ------
    ValueError : if the file exists, or would lie beside the data.
    """
    path = Path(path).expanduser().resolve()
    if path.exists() and not overwrite:
        raise ValueError(f"{where}: {path} exists, pass overwrite=True to replace it")
    if source is not None:
        data = Path(source).resolve()
        if path == data:
            raise ValueError(f"{where}: {path} is the file that was read, choose another name")
        home = data if data.is_dir() else data.parent
        if (path.parent == home or (data.is_dir() and home in path.parents)) and not beside:
            raise ValueError(
                f"{where}: {path} would lie beside the data in {home}; choose another folder, or pass beside=True"
            )
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    os.close(handle)
    try:
        yield Path(scratch)
        os.replace(scratch, path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
