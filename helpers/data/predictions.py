"""Keep predictions: one row an example, in a file of yours (survey 9; every "Your own data")."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import torch


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
    ValueError : if the file exists or would lie beside the data, or lengths differ.

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

    scores = torch.as_tensor(prediction).detach().cpu()
    index = torch.arange(len(scores)) if index is None else torch.as_tensor(index).cpu()
    total = len(data.rows or data.y)
    if not len(index) or int(index.min()) < 0 or int(index.max()) >= total:
        raise ValueError(f"save_predictions: expected rows among the {total} of the data")
    places = [data.rows[k] for k in index.tolist()] if data.rows else index.tolist()
    chosen = scores.argmax(1) if scores.ndim == 2 else scores
    columns = {
        "row": places,
        "truth": _words(truth, data.classes, len(places)),
        "prediction": _words(chosen, data.classes, len(places)),
        "fold": torch.as_tensor(fold).expand(len(places)).tolist()
        if torch.as_tensor(fold).ndim == 0
        else torch.as_tensor(fold).tolist(),
    }
    if scores.ndim == 2:
        names = data.classes or [str(k) for k in range(scores.shape[1])]
        columns |= {f"score of {name}": part.tolist() for name, part in zip(names, scores.T)}
    for name, cells in columns.items():
        if len(cells) != len(places):
            raise ValueError(
                f"save_predictions: expected {len(places)} values of {name}, found {len(cells)}"
            )
    with new_file("save_predictions", path, data.path, overwrite, beside) as scratch:
        pandas.DataFrame(columns).to_csv(scratch, index=False)
    return Path(path)


def _words(values, classes, count):
    """Class names or numbers, empty where there is none."""
    if values is None:
        return [""] * count
    values = torch.as_tensor(values).detach().cpu()
    if values.ndim != 1:
        raise ValueError(
            f"save_predictions: expected one number an example, found shape {tuple(values.shape)}"
        )
    if not classes:
        return ["" if v != v else v for v in values.tolist()]
    numbers = values.long().tolist()
    if max(numbers) >= len(classes):
        raise ValueError(
            f"save_predictions: expected class numbers below {len(classes)}, found {max(numbers)}"
        )
    return ["" if k < 0 else classes[k] for k in numbers]


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
