"""What a column means: number, share, category, date (survey 2.2; every "Your own data").

`decide` looks at a column once and refuses what could be read in two ways; `encode` then reads the
cells of this file, or of a new one, as decided. All errors name the file, row, column and value.
"""

import re
from dataclasses import dataclass

import numpy as np

from .alike import twins
from .arguments import shown
from .cells import ASKED, hint, is_missing, is_number, read_values, refuse
from .codes import codes_among, listed, new_codes
from .meaning import check_meaning

LARGEST = 3.4e38  # of a float32
MOST_CATEGORIES = 50


@dataclass(frozen=True)
class Column:
    """How one column is read: ``kind`` number, percent, category or date, and what it held.

    Attributes: ``categories`` in alphabetical order; ``fill`` what takes the place of a missing
    cell, or None; ``first`` the earliest date in days since 1970; ``low`` and ``high``.
    """

    name: str
    kind: str
    categories: tuple = ()
    fill: float | str | None = None
    first: float = 0.0
    low: float | None = None
    high: float | None = None


def kind_of(where, path, cells, reading, target=False):
    """Say whether undecided cells are numbers or categories, or refuse.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    reading : Reading, what the caller said
    target : bool
        True: the column is to be predicted, which changes what to pass.

    Returns
    -------
    "number" or "category"

    Raises
    ------
    ValueError : for a column without a value, with numbers and texts, with texts that look like
        numbers, dates or shares, or with a word that may mean "missing".
    """
    present = cells[~is_missing(cells, reading, "number")]
    if present.empty:
        raise ValueError(
            f"{where}: {path}, column {cells.name!r} has no value at all, pass drop=({cells.name!r},)"
        )
    fine = is_number(present, reading)
    if fine.all():
        return "number"
    for row, cell in present[~fine].items():
        advice = hint(cells.name, cell)
        advice = advice and f"pass {advice}"
        if advice and target and "dates=" in advice:
            advice = "write days or hours as a number if it is a date or time, pass task='classification' if it names a class"
        if advice or fine.any():
            refuse(
                where,
                path,
                cells,
                row,
                "a number",
                f"{shown(cell)}; {advice or _odd(cells, row, fine)}",
            )
    if present.str.match("[-+<>~=$€£]* ?[0-9]").all():
        refuse(where, path, cells, present.index[0], f"a number with a decimal {reading.decimal!r}, or a name", f"{shown(present.iloc[0])}, "
               f"which looks like both; pass " + ("task='classification'" if target else f"categorical=({cells.name!r},) or drop=({cells.name!r},)"))  # fmt: skip
    ask_about_words(where, path, cells, reading)
    return "category"


def _odd(cells, row, fine):
    """What to do about a text among numbers."""
    cell = cells[row]
    if row == cells.index[0] and fine.iloc[1:].all() and re.search("[A-Za-z]", cell):
        return "remove this row if it holds units"
    if re.search("[0-9]", cell):
        return f"write a number without signs and units, or pass categorical=({cells.name!r},)"
    return f"pass missing=({shown(cell)},) if it means that there is no value"


def ask_about_words(where, path, cells, reading, said=False):
    """Refuse a text such as "None" or "NA" that may be a category or a missing value.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    reading : Reading, what the caller said
        With ``missing=()`` there is nothing to ask; other words than those named are asked about.
    said : bool
        True: the caller said that the column holds categories.

    Raises
    ------
    ValueError : naming row, column and word.
    """
    known = reading.missing
    if known is not None and (said or not known):
        return
    words = cells[cells.isin(ASKED - set(map(str, known or ())))]
    if words.isin(["-"]).all() and cells.str.fullmatch("[-+]*").all():
        return  # signs
    if len(words):
        both = tuple(dict.fromkeys([*(known or ()), *words.unique()[:5]]))
        other = (
            "missing=()"
            if known is None
            else f"categorical=({cells.name!r},) (or classes=, of a target)"
        )
        advice = (
            f"pass missing={both!r} if it means that there is no value, {other} if it is a category"
        )
        refuse(where, path, cells, words.index[0], "a category", f"{words.iloc[0]!r}; {advice}")


def decide(where, path, cells, reading):
    """Decide how a column is read, or refuse what could be read in two ways.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    reading : Reading, what the caller said

    Returns
    -------
    Column

    Raises
    ------
    ValueError : naming what was found, where, and what to pass.
    """
    name = cells.name
    said = [k for k, names in _said(reading).items() if name in names]
    if len(said) > 1:
        raise ValueError(f"{where}: column {name!r} is named both in {said[0]} and {said[1]}")
    if re.fullmatch("Unnamed: [0-9.]+", name) and not said:
        raise ValueError(
            f"{where}: {path}, column {int(name[9:].split('.')[0] or 0) + 1} has no name in the header (first value "
            f"{shown(cells.iloc[0])}), like the index that pandas writes; pass drop=({name!r},) or name it"
        )
    kind = {"dates": "date", "percent": "percent", "categorical": "category", "numeric": "number"}[
        said[0]
    ] if said else kind_of(where, path, cells, reading)  # fmt: skip
    if cells.nunique() < 2:
        raise ValueError(
            f"{where}: {path}, column {name!r} holds {shown(cells.iloc[0])} in every row and tells "
            f"nothing, pass drop=({name!r},)"
        )
    if kind == "category":
        return _category(where, path, cells, reading, bool(said))
    values = read_values(where, path, cells, kind, reading)
    present = values.dropna()
    if present.empty or (present.nunique() < 2 and (reading.impute or len(present) == len(values))):
        only = f"only the value {present.iloc[0]:g}" if len(present) else "no value"
        raise ValueError(f"{where}: {path}, column {name!r} holds {only}, pass drop=({name!r},)")
    if kind == "number":
        check_range(where, path, present, reading)
    if kind == "number" and not said:
        check_meaning(where, path, cells, present, reading)
    first = float(present.min()) if kind == "date" else 0.0
    fill = float(present.median()) - first if reading.impute else None
    low, high = float(present.min()), float(present.max())
    return Column(name, kind, fill=fill, first=first, low=low, high=high)


def _said(reading):
    """The columns that the caller named, by argument."""
    names = ("dates", "percent", "categorical", "numeric")
    return {name: getattr(reading, name) for name in names}


def check_range(where, path, values, reading):
    """Refuse what float32 cannot hold, and codes such as -999 that mean "no value".

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    values : pandas.Series of float64 without NaN, indexed by row
    reading : Reading, what the caller said
        A column among its ``numeric`` may hold codes and lose digits.

    Raises
    ------
    ValueError : naming row, column and value, and what to pass.
    """
    huge = values[values.abs() > LARGEST]
    if len(huge):
        refuse(
            where, path, values, huge.index[0], f"at most {LARGEST} (float32)", f"{huge.iloc[0]}"
        )
    if values.name in reading.numeric:
        return
    left, many = values.astype("float32").nunique(), values.nunique()
    if left < 0.99 * many:
        raise ValueError(
            f"{where}: {path}, column {values.name!r}: {many} different values from {values.min():.15g} to "
            f"{values.max():.15g} become {left} in float32; pass dates={{{values.name!r}: 's'}} if they "
            f"are seconds since 1970, numeric=({values.name!r},) if the lost digits do not matter"
        )
    codes = codes_among(np.sort(values.unique()))
    if codes:
        rows = values[values == codes[0]]
        known = tuple(map(str, reading.missing or ()))
        refuse(where, path, values, rows.index[0], "a measurement", f"{rows.iloc[0]:.15g} ({len(rows)} times), far from the "
               f"rest; pass missing={known + listed(codes)} if it means that there is no value, numeric=({values.name!r},) if it is one")  # fmt: skip


def _category(where, path, cells, reading, said):
    """Decide the categories of a column."""
    name = cells.name
    ask_about_words(where, path, cells, reading, said)
    gone = is_missing(cells, reading, "category")
    if gone.any() and not reading.impute:
        refuse(where, path, cells, gone.idxmax(), "a category", "a missing value; pass impute='median'"
               " to make 'missing' a category")  # fmt: skip
    counts = cells[~gone].value_counts()
    if not said and len(counts) == len(cells) > 4:
        raise ValueError(
            f"{where}: {path}, column {name!r} has another text in every row (first {shown(cells.iloc[0])}); "
            f"if it identifies rows, pass drop=({name!r},)"
        )
    pair = twins(counts.index, capitals=not said)
    if pair:
        differ = not twins(pair, capitals=False)
        raise ValueError(
            f"{where}: {path}, column {name!r} holds {pair[0]!r} and {pair[1]!r}; make them alike"
            + f", or pass categorical=({name!r},) if they are two categories" * differ
        )
    kept = counts.index if not reading.rare else counts.index[counts >= reading.rare]
    kinds = {
        *kept,
        *(["other"] if len(kept) < len(counts) else []),
        *(["missing"] if gone.any() else []),
    }
    if len(kinds) < 2:
        raise ValueError(
            f"{where}: {path}, column {name!r}: rare={reading.rare} joins all its texts, pass drop=({name!r},)"
        )
    if len(kinds) > MOST_CATEGORIES:
        raise ValueError(
            f"{where}: {path}, column {name!r} has {len(kinds)} different texts, expected at most "
            f"{MOST_CATEGORIES}; if it identifies rows, pass drop=({name!r},) or groups={name!r}, or rare=5 to join "
            "those in fewer than 5 rows"
        )
    return Column(name, "category", tuple(sorted(kinds)), "missing" if reading.impute else None)


def encode(where, path, cells, column, reading):
    """Read the cells of a column as it was decided, in this file or in a new one.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    column : Column, as `decide` returned it
    reading : Reading, as it was when the column was decided

    Returns
    -------
    dict from feature name to float64 array (N,); a category gives one 0/1 feature a value.

    Raises
    ------
    ValueError : for a missing cell without ``fill``, or a category that was not seen.
    """
    if column.kind == "category":
        gone = is_missing(cells, reading, "category")
        texts = cells.mask(gone, "missing") if column.fill else cells
        if "other" in column.categories and reading.rare:
            texts = texts.where(texts.isin(column.categories), "other")
        new = texts[~texts.isin(column.categories)]
        if len(new):
            known = ", ".join(map(str, column.categories[:10]))
            refuse(where, path, cells, new.index[0], f"one of {known}", shown(cells[new.index[0]]))
        return {f"{column.name}={k}": (texts == k).to_numpy(float) for k in column.categories}
    values = read_values(where, path, cells, column.kind, reading)
    wrong = values[values.abs() > LARGEST]
    if column.kind == "number" and column.low is not None and column.name not in reading.numeric:
        codes = new_codes(values.dropna().to_numpy(), column.low, column.high)
        wrong = values[(values.abs() > LARGEST) | values.isin(codes)]
    if len(wrong):
        refuse(where, path, cells, wrong.index[0], f"a number like those of the first file ({column.low:g} to {column.high:g})",
               f"{shown(cells[wrong.index[0]])}; leave the row out if there is no value")  # fmt: skip
    values = values - column.first
    gone = values[values.isna()]
    if len(gone) and column.fill is None:
        row = gone.index[0]
        what = f"a missing value ({shown(cells[row])}); pass impute='median', or leave the row out"
        refuse(where, path, cells, row, "a number", what)
    return {column.name: values.fillna(column.fill if column.fill is not None else 0).to_numpy()}
