"""Numbers that may be no measurements: codes, names, row numbers, dates (survey 2.2; every "Your own data")."""

import re

import numpy as np

from .arguments import shown
from .cells import COMPACT, refuse
from .keys import identifies


def check_meaning(where, path, cells, values, reading):
    """Refuse numbers that look like codes, names, thousands, compact dates, or the number of the row.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    values : pandas.Series of float64, those that are not missing
    reading : Reading, for its decimal sign and thousands

    Raises
    ------
    ValueError : naming what was found, where, and what to pass.
    """
    name, known = cells.name, cells[values.index]
    either = f"pass numeric=({name!r},) if it measures something, drop=({name!r},) if not"
    texts = list(known)  # most columns are harmless, and lists are faster than Series to tell
    if any(re.match("[-+]?0[0-9]", text) for text in texts):
        row = known.str.match("[-+]?0[0-9]").idxmax()
        refuse(where, path, cells, row, "a number", f"{shown(cells[row])}, which looks like a code; pass "
               f"categorical=({name!r},) or numeric=({name!r},)")  # fmt: skip
    scales, other = _two_ways(known, reading)
    if len(scales):
        refuse(
            where,
            path,
            cells,
            scales[0],
            "a number",
            f"{shown(cells[scales[0]])}, {other}; {either.replace('drop', 'categorical')}",
        )
    counted = values.to_numpy() - values.iloc[0]
    if len(values) > 4 and values.is_unique and (values % 1 == 0).all() and identifies(name):
        raise ValueError(f"{where}: {path}, column {name!r} has another number in every row (first {values.iloc[0]:g}), "
                         f"like an identifier; {either}")  # fmt: skip
    if (
        len(values) > 4
        and values.iloc[0] in (0, 1)
        and np.array_equal(counted, np.arange(len(cells)))
    ):
        raise ValueError(f"{where}: {path}, column {name!r} counts the rows ({values.iloc[0]:g}, "
                         f"{values.iloc[1]:g}, ...), like the index that pandas writes; {either}")  # fmt: skip
    if all(re.fullmatch(COMPACT, text) for text in texts):
        raise ValueError(f"{where}: {path}, column {name!r} holds numbers like {known.iloc[0]}, which may "
                         f"be dates; pass dates={{{name!r}: '%Y%m%d'}} or numeric=({name!r},)")  # fmt: skip


def _two_ways(known, reading):
    """Rows of the first number that may be a name or be divided otherwise, and why."""
    texts = list(known)
    if any(re.fullmatch("[0-9]+E[0-9]+", text) for text in texts):
        wells = known[known.str.fullmatch("[0-9]+E[0-9]+")]
        return wells.index, "which may be a name with an E in it"
    points = {text for text in texts if "." in text}
    short = {text: text.rstrip("0") for text in points}
    versions = {t for t, s in short.items() if s != t and s in points and not s.endswith(".")}
    if versions:
        rows = known.index[known.isin(versions)]
        return rows, f"and {short[known[rows[0]]]!r}, which may be two versions"
    whole = "[-+]?(?:0|[1-9][0-9]{0,2}(?:[.][0-9]{3})*)"
    groups = points and (reading.decimal, reading.thousands) == (".", None)
    if groups and any("." not in t for t in texts) and all(re.fullmatch(whole, t) for t in texts):
        return known.index[
            known.isin(points)
        ], "which may be thousands; pass thousands='.', decimal=',' if so"
    return (), ""
