"""Your own time series: one row a time step (survey 4.5; every "Your own data")."""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from .arguments import missing_of, names_of, shown
from .cells import Reading
from .columns import Column, decide, encode
from .keys import ask_groups, group_codes, timestamps
from .origin import Origin, Report, count_of, shorten
from .sheet import column, read_cells


@dataclass(frozen=True)
class Series(Origin):
    """Measurements in the order of time.

    Attributes: ``x`` (T, F) float32 in raw units; ``features`` F column names; ``step`` the time
    between two rows, in the unit of ``time``.
    """

    x: torch.Tensor
    features: list[str]
    step: float


def series(
    path,
    time,
    *,
    drop=(),
    numeric=(),
    dates=None,
    groups=...,
    gaps=False,
    impute=None,
    missing=None,
    decimal=".",
    thousands=None,
    separator=",",
):
    """Read a CSV, TSV or Parquet file with one row a time step.

    Parameters
    ----------
    path : str or Path
        UTF-8 text, its first row the names of the columns.
    time : str
        The column that orders the rows, numbers or dates.
    drop, numeric, dates, impute, missing, decimal, thousands, separator : as in `own.table`
    groups : str or None
        A column that names several series in one file, one after the other; None: one series. It
        must be said if a column looks like an identifier that repeats.
    gaps : bool
        True: steps may differ. False: they are equal, to a thousandth, or refused.

    Returns
    -------
    Series, its rows sorted by group and time; the report says if they were not.

    Raises
    ------
    FileNotFoundError, ValueError : as in `own.table`; a time that stands there twice, a gap, a
        column of text.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "pulse.csv"
    >>> _ = file.write_text("hour,pulse\\n0,61\\n1,64\\n2,62\\n")
    >>> data = series(file, "hour")
    >>> data.x[:, 0].tolist(), data.step
    ([61.0, 64.0, 62.0], 1.0)
    """
    frame = read_cells("series", path, separator)
    drop, numeric = names_of("series", "drop", drop), names_of("series", "numeric", numeric)
    missing = missing_of("series", missing)
    reading = Reading(
        decimal, thousands, missing, impute, None, numeric, (), (), {} if dates is None else dates
    )
    groups = ask_groups("series", path, frame, time, groups)
    for name in (time, *drop, *numeric, *reading.dates, *([groups] if groups else [])):
        column("series", path, frame, name)
    names = [name for name in frame if name not in (time, groups, *drop)]
    if not names:
        raise ValueError(f"series: {path} has no column besides the time and the dropped ones")
    columns = [decide("series", path, frame[name], reading) for name in names]
    wrong = [found.name for found in columns if found.kind == "category"]
    if wrong:
        raise ValueError(
            f"series: {path}, column {wrong[0]!r} holds text ({shown(frame[wrong[0]].iloc[0])}), expected numbers; "
            f"pass drop=({wrong[0]!r},) or groups={wrong[0]!r}"
        )
    decisions = {
        "reader": "series", "time": time, "groups": groups, "drop": drop, "separator": separator,
        "gaps": gaps, "reading": asdict(reading), "columns": [asdict(found) for found in columns],
    }  # fmt: skip
    data = _read(path, frame, decisions)
    decisions["step"] = data.step
    return data


def series_again(path, decisions):
    """Read a new file exactly as a first one was read.

    Parameters
    ----------
    path : str or Path
        A file with the same columns.
    decisions : dict
        `Series.decisions` of the first file.

    Returns
    -------
    Series

    Raises
    ------
    FileNotFoundError, ValueError : a column is missing, or a cell cannot be read as before.
    """
    frame = read_cells("series", path, decisions["separator"])
    roles = [name for name in (decisions["time"], decisions["groups"]) if name]
    names = [*roles, *(found["name"] for found in decisions["columns"])]
    for name in names:
        column("series", path, frame, name)
    new = [name for name in frame if name not in {*names, *decisions["drop"]}]
    if new:
        raise ValueError(
            f"series: {path} has a column {new[0]!r} that the first file had not, expected {', '.join(names)}"
        )
    data = _read(path, frame, decisions)
    step = decisions.get("step", data.step)
    if abs(data.step - step) > 1e-3 * step and not decisions["gaps"]:
        raise ValueError(
            f"series: {path}, column {decisions['time']!r}: expected steps of {step:g} as in the first file, found {data.step:g}"
        )
    return data


def _read(path, frame, decisions):
    """Build the Series of a frame as decided."""
    reading = Reading(**decisions["reading"])
    columns = [Column(**found) for found in decisions["columns"]]
    moments = timestamps("series", path, frame[decisions["time"]], reading)
    groups = torch.zeros(len(frame), dtype=torch.int64)
    if decisions["groups"]:
        groups = group_codes("series", path, frame[decisions["groups"]])
    order = torch.argsort(moments, stable=True)
    order = order[torch.argsort(groups[order], stable=True)]
    rows = [frame.index[k] for k in order.tolist()]
    step = _step(path, decisions, rows, moments[order], groups[order])
    values = {}
    for found in columns:
        values |= encode("series", path, frame[found.name], found, reading)
    x = torch.stack([torch.from_numpy(v) for v in values.values()], 1).float()[order]
    notes = [count_of(len(rows), "row"), f"step {step:g}"]
    notes += ["sorted by time"] * (not bool((order.diff() > 0).all()))
    kinds = {found.name: found.kind for found in columns} | {decisions["time"]: "time"}
    lines = [
        (n, kinds.get(n, "ignored" if n != decisions["groups"] else "groups"), shorten(c.iloc[0]))
        for n, c in frame.items()
    ]
    return Series(
        x, list(values), step, time=moments[order],
        groups=groups[order] if decisions["groups"] else None, rows=rows, path=str(path),
        report=Report(Path(path).name, ("column", "read as", "sample"), lines, notes),
        decisions=decisions,
    )  # fmt: skip


def _step(path, decisions, rows, moments, groups):
    """The time between rows of one group; refuses doubled times and gaps."""
    inside = groups.diff() == 0
    steps = moments.diff()
    if not inside.any():
        raise ValueError(f"series: {path} has one row a series, expected at least two")
    usual = float(steps[inside].median())
    double = inside & (steps == 0)
    place = f"series: {path}, column {decisions['time']!r}"
    if double.any():
        k = int(double.nonzero()[0])
        raise ValueError(
            f"{place}: rows {rows[k]} and {rows[k + 1]} have one time; name the column that tells series apart "
            "with groups=, remove one if it is a copy, or write the zone if the clock was set back"
        )
    odd = inside & ((steps - usual).abs() > 1e-3 * usual)
    if odd.any() and not decisions["gaps"]:
        k = int(odd.nonzero()[0])
        raise ValueError(
            f"{place}: expected equal steps of {usual:g}, found {float(steps[k]):g} between rows {rows[k]} and "
            f"{rows[k + 1]}; fill the gap, or pass gaps=True"
        )
    return usual
