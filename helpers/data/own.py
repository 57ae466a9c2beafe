"""Your own tables, images, volumes, molecules, sequences, cells and graphs (survey 2.2; every "Your own data").

Each reader returns what the chapter's first cell returns, with a reading report. What could be read
in two ways is refused in one sentence that says what was found, where, and what to pass. Nothing is
written into your folders. Readers of other kinds of file live in files of their own and are
imported from here.
"""

from dataclasses import asdict
from pathlib import Path

import torch

from .arguments import missing_of, names_of
from .cells import Reading, is_missing, numbers
from .codes import ask_about_summary
from .columns import Column, decide, encode
from .embedded import Table
from .expression import h5ad
from .images import image_folder
from .keys import ask_groups, group_codes, timestamps
from .labels import read_labels
from .masks import image_masks
from .network import edge_list
from .origin import Report, count_of, shorten
from .own_boxes import image_boxes
from .sequences import fasta, smiles_table, texts
from .series import series
from .sheet import column, read_cells
from .volumes import volumes

__all__ = [
    "edge_list",
    "fasta",
    "h5ad",
    "image_boxes",
    "image_folder",
    "image_masks",
    "series",
    "smiles_table",
    "table",
    "texts",
    "volumes",
]


def table(
    path,
    target=None,
    *,
    drop=(),
    categorical=(),
    numeric=(),
    percent=(),
    dates=None,
    classes=None,
    task=None,
    groups=...,
    time=None,
    impute=None,
    rare=None,
    missing=None,
    unlabelled=None,
    decimal=".",
    thousands=None,
    separator=",",
):
    """Read a CSV, TSV or Parquet file with a header into a Table.

    Parameters
    ----------
    path : str or Path
        UTF-8 text, its first row the names of the columns.
    target : str or None
        Name of the column to predict.
    drop, categorical, numeric, percent : names of columns
        To leave out; numbers that are names (a ward), texts or groups that stay as they are; numbers that look like
        codes, row numbers or dates and measure something; shares such as 10 %, read as 0.1.
        A category becomes one 0/1 column for each value.
    dates : dict from a column to its format
        "%d.%m.%Y" and the like, "ISO8601", or "s" and "ms" since 1970. Read as days since the earliest.
    classes, task, unlabelled
        The labels in order; "classification" or "regression"; "keep" or "drop" for rows without
        a target. A target of text is classified, one with fractions regressed; whole numbers that
        repeat need ``task`` or ``classes``.
    groups : str or None
        The column whose rows belong together (a patient), None if rows are independent. It must be
        said if a column looks like an identifier that repeats.
    time : str or None
        The column that orders the rows. Neither it nor ``groups`` is a feature.
    impute : None or "median"
        None complains about missing values. "median" puts a column's median, and "missing" for a
        category. It uses all rows, test rows too: a slight leak.
    rare : int or None
        Categories in fewer rows than this are joined as "other".
    missing : texts that mean "no value", besides an empty cell
        None: NA, NaN, null and the like in columns of numbers. A -999 must be named.
    decimal, thousands, separator : "." or ",", a character or None, a character.

    Returns
    -------
    Table, x (N, F) float32, y int64 or float32; ``groups``, ``time``, ``rows`` (as a spreadsheet
    counts them) and ``report``.

    Raises
    ------
    FileNotFoundError, ValueError : file, row, column, expected and found, and what to pass.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "mice.csv"
    >>> _ = file.write_text("mass,strain,ill\\n21,a,no\\n25,b,yes\\n23,a,no\\n")
    >>> data = table(file, "ill")
    >>> data.features, data.y.tolist()
    (['mass', 'strain=a', 'strain=b'], [0, 1, 0])
    """
    frame = read_cells("table", path, separator)
    drop, categorical = (
        names_of("table", "drop", drop),
        names_of("table", "categorical", categorical),
    )
    numeric, percent = names_of("table", "numeric", numeric), names_of("table", "percent", percent)
    missing = missing_of("table", missing)
    reading = Reading(
        decimal,
        thousands,
        missing,
        impute,
        rare,
        numeric,
        categorical,
        percent,
        {} if dates is None else dates,
    )
    groups = ask_groups("table", path, frame, target, groups)
    ask_about_summary("table", path, frame)
    roles = [name for name in (target, groups, time) if name is not None]
    for name in (*roles, *drop, *categorical, *numeric, *percent, *reading.dates):
        column("table", path, frame, name)
    features = [name for name in frame if name not in roles and name not in drop]
    if not features:
        raise ValueError(f"table: {path} has no column besides the target and the dropped ones")
    columns = [decide("table", path, frame[name], reading) for name in features]
    if target is not None:
        _, classes, _ = read_labels(
            "table", path, frame[target], reading,
            task=task, classes=classes, unlabelled=unlabelled,
        )  # fmt: skip
        task = "classification" if classes else "regression"
    decisions = {
        "reader": "table", "target": target, "task": task, "classes": classes, "groups": groups,
        "time": time, "drop": drop, "separator": separator, "unlabelled": unlabelled,
        "reading": asdict(reading), "columns": [asdict(found) for found in columns],
    }  # fmt: skip
    return _read(path, frame, decisions)


def table_again(path, decisions):
    """Read new rows exactly as a first file was read.

    Parameters
    ----------
    path : a file with the same feature columns; the target may be absent.
    decisions : dict, `Table.decisions` of the first file.

    Returns
    -------
    Table, y None without a target column, -1 or NaN where a row has no label.

    Raises
    ------
    FileNotFoundError, ValueError : a column is missing or new, or a cell cannot be read as before.
    """
    frame = read_cells("table", path, decisions["separator"])
    features = [found["name"] for found in decisions["columns"]]
    optional = [decisions[name] for name in ("target", "groups", "time")]
    for name in features:
        column("table", path, frame, name)
    new = [n for n in frame if n not in {*features, *optional, *decisions["drop"]}]
    if new:
        raise ValueError(
            f"table: {path} has a column {new[0]!r} that the first file had not, expected {', '.join(features)}"
        )
    known = {
        name: decisions[name] if decisions[name] in frame else None
        for name in ("target", "groups", "time")
    }
    return _read(path, frame, {**decisions, **known, "unlabelled": "keep"}, again=True)


def _read(path, frame, decisions, again=False):
    """Build the Table of a frame as decided."""
    reading = Reading(**decisions["reading"])
    target, y, classes = decisions["target"], None, decisions["classes"] or []
    if target is not None:
        y, classes, keep = read_labels(
            "table", path, frame[target], reading, task=decisions["task"],
            classes=classes or None, unlabelled=decisions["unlabelled"], again=again,
        )  # fmt: skip
        frame = frame[keep]
    columns, values = [Column(**found) for found in decisions["columns"]], {}
    for found in columns:
        new = encode("table", path, frame[found.name], found, reading)
        if set(new) & set(values):
            raise ValueError(
                f"table: {path} gives two features the name {sorted(set(new) & set(values))[0]!r}"
            )
        values |= new
    groups, time = decisions["groups"], decisions["time"]
    return Table(
        x=torch.stack([torch.from_numpy(v) for v in values.values()], 1).float(),
        y=y,
        features=list(values),
        classes=classes,
        groups=None
        if groups is None
        else group_codes("table", path, frame[groups], capitals=groups not in reading.categorical),
        time=None if time is None else timestamps("table", path, frame[time], reading),
        rows=list(frame.index),
        path=str(path),
        report=_report(path, frame, decisions, columns, classes),
        decisions=decisions,
    )


def _report(path, frame, decisions, columns, classes):
    """Say how each column was read."""
    reading, lines = Reading(**decisions["reading"]), []
    kinds = {found.name: found for found in columns}
    for name in frame:
        cells, found = frame[name], kinds.get(name)
        role = [r for r in ("target", "groups", "time") if decisions[r] == name]
        kind = found.kind if found else "ignored"
        if role == ["target"]:
            kind = f"target, {decisions['task']}"
        elif role:
            kind = role[0]
        gone = is_missing(cells, reading, "category" if kind == "category" else "number")
        lines.append((
            name, kind, shorten(cells.iloc[0], 16),
            _range(cells, found.kind if found else kind, classes, reading),
            str(int(gone.sum())),
        ))  # fmt: skip
    return Report(
        Path(path).name, ("column", "read as", "sample", "range or values", "missing"), lines,
        _notes(frame, decisions, columns, classes),
    )  # fmt: skip


def _range(cells, kind, classes, reading):
    """The range of a column of numbers, or its values and how often each occurs."""
    if kind in ("number", "target, regression"):
        values = _there(cells, reading)
        return f"{values.min():.6g} to {values.max():.6g}"
    counts = cells.value_counts()
    if kind in ("category", "target, classification") and len(counts) <= 6:
        return ", ".join(f"{shorten(k, 16)} {n}" for k, n in sorted(counts.items()))
    if kind == "date" or kind == "time":
        return f"{cells.iloc[0]} ... {cells.iloc[-1]}"
    return f"{len(counts)} values"


def _there(cells, reading):
    """The numbers of a column, NaN where a cell means that there is none."""
    return numbers(cells, reading).mask(is_missing(cells, reading, "number"))


def _notes(frame, decisions, columns, classes):
    """Sentences about the whole table."""
    reading = Reading(**decisions["reading"])
    notes = [count_of(len(frame), "row"), f"groups: {decisions['groups'] or 'none named'}"]
    twice = int(frame.duplicated().sum())
    if twice:
        notes.append(f"{count_of(twice, 'row')} equal to an earlier one")
    if any("\u2212" in cell for name in frame for cell in frame[name]):
        notes.append("the sign U+2212 is read as a minus")
    if decisions["reading"]["impute"]:
        notes.append("missing numbers take the median of all rows")
    for found in columns:
        if found.kind == "number":
            values = _there(frame[found.name], reading)
            if values.min() < found.low or values.max() > found.high:
                notes.append(
                    f"{found.name!r} goes from {values.min():g} to {values.max():g}, in the first file "
                    f"from {found.low:g} to {found.high:g}"
                )
    if classes and decisions["target"] is not None:
        lonely = frame[decisions["target"]].value_counts()
        notes += [f"class {k!r} has one row" for k in lonely.index[lonely == 1][:3]]
    return notes
