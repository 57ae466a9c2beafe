"""From the text of a cell to a number, a share or a date (survey 2.2; every "Your own data").

Signs are read as the caller said. A cell that could be read in two ways is refused with what to pass.
"""

import re
from dataclasses import dataclass, field
from numbers import Integral

import numpy as np

from .arguments import shown

MISSING = (
    "NA", "na", "N/A", "n/a", "#N/A", "NaN", "nan", "NAN", "NULL", "null", "None", "none", "?",
)  # fmt: skip
WORDS = (  # asked about in columns of text, in these spellings, in capitals, and begun with one
    "n.a.", "n. a.", "nd", "n.d.", "n. d.", "-", "--", "\u2013", "\u2014", ".", "..", "...", "*", "nil", "unknown", "missing", "not available",
    "not applicable", "not measured", "not determined", "no data", "no value", "undefined", "tbd", "<na>", "-nan", "1.#ind",
    "-1.#ind", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "unassigned",
)  # fmt: skip
ASKED = {
    *MISSING,
    *WORDS,
    *(w.upper() for w in WORDS),
    *(w.capitalize() for w in WORDS if len(w) > 3),
}
BLANKS = " \u00a0\u202f\u2009"  # a space that divides thousands may be any of them
COMPACT = "(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"  # a date in eight digits
PLAIN = r"[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[-+]?[0-9]+)?"
PLAIN_LINE = "-?[0-9]+(?:[.][0-9]+)?(?:[eE][-+]?[0-9]+)?"
PLAIN_LINES = re.compile(rf"{PLAIN_LINE}(?:\n{PLAIN_LINE})*")
MONTH = (
    "(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|"
    "oct(ober)?|nov(ember)?|dec(ember)?)"
)
HINTS = (  # a pattern, and what to pass
    (r"[-+]?[0-9]{1,3}([.][0-9]{3})+(,[0-9]*)?",
     "decimal=',', thousands='.' if the points divide thousands"),
    (r"[-+]?[0-9]+,[0-9]+|[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?",
     "decimal=',' if the comma is a decimal one, thousands=',' if it divides thousands"),
    (r"[-+]?[0-9]{1,3}(['’_\u00a0\u202f ][0-9]{3})+([.,][0-9]*)?",
     "thousands={0!r} if {0!r} divides thousands"),
    (r"[-+]?[0-9.,]+\s*%", "percent=({1!r},) to read 10 % as 0.1"),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?", "dates={{{1!r}: 'ISO8601'}} if it is a date"),
    (r"([0-9]{1,4}[-/. ]+[0-9]{1,2}[-/. ]+[0-9]{1,4}|[0-9]{1,2}/[0-9]{1,4}|[0-9]{4}-[0-9]{2}"
     rf"|[0-9]{{1,2}}:[0-9]{{2}}|([0-9]{{1,4}}[-. ]*)?{MONTH}[-., ]*[0-9]{{1,4}}(,? ?[0-9]{{4}})?"
     rf"|[0-9]{{1,2}}[-. ]*{MONTH})([T :].*)?",
     "dates={{{1!r}: '%d.%m.%Y'}}, or the format that it has, if it is a date, categorical=({1!r},) if it is a name"),
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What the caller said about the cells of a table; `own.table` explains each."""

    decimal: str = "."
    thousands: str | None = None
    missing: tuple | None = None
    impute: str | None = None
    rare: int | None = None
    numeric: tuple = ()
    categorical: tuple = ()
    percent: tuple = ()
    dates: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.impute not in (None, "median"):
            raise ValueError(f"table: impute must be None or 'median', found {self.impute!r}")
        one = isinstance(self.thousands, str | None) and self.thousands != self.decimal
        if self.decimal not in (".", ",") or not one:
            raise ValueError(
                "table: decimal must be '.' or ',' and differ from thousands, a text or None, found "
                f"decimal={self.decimal!r}, thousands={self.thousands!r}"
            )
        counted = isinstance(self.rare, Integral) and not isinstance(self.rare, bool)
        if self.rare is not None and not (counted and self.rare > 0):
            raise ValueError(
                f"table: rare must be a number of rows, 1 or more, or None, found {shown(self.rare)}"
            )
        forms = self.dates.items() if isinstance(self.dates, dict) else [(None, None)]
        if not all(isinstance(text, str) for pair in forms for text in pair):
            raise ValueError(
                "table: dates must be a dict from a column to its format, such as "
                f"{{'day': '%d.%m.%Y'}}, found {shown(self.dates)}"
            )


def refuse(where, path, cells, row, expected, found):
    """Raise the error sentence about one cell.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series, named as the column is
    row : int, as a spreadsheet counts
    expected, found : str
        How the sentence ends.
    """
    raise ValueError(
        f"{where}: {path}, row {row}, column {cells.name!r}: expected {expected}, found {found}"
    )


def is_number(cells, reading):
    """Tell which cells read as numbers, infinite ones included; a pandas Series of bool.

    Parameters
    ----------
    cells : pandas.Series of str.
    reading : Reading, for its decimal sign and thousands.

    Examples
    --------
    >>> import pandas
    >>> is_number(pandas.Series(["1e3", "high", "1,5"]), Reading()).tolist()
    [True, False, False]
    """
    if _all_plain(cells, reading):
        return cells.notna()
    point = re.escape(reading.decimal)
    whole = "[0-9]+"
    if reading.thousands:
        whole = f"(?:[0-9]+|[0-9]{{1,3}}(?:{_divider(reading)}[0-9]{{3}})+)"
    number = f"(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][-+]?[0-9]+)?"
    return cells.str.fullmatch(f"[-+\u2212]?(?:{number}|inf|Inf|infinity|Infinity)")


def numbers(cells, reading):
    """Read cells that are numbers as float64, NaN for the others; U+2212 is a minus.

    Parameters
    ----------
    cells : pandas.Series of str.
    reading : Reading, for its decimal sign and thousands.

    Examples
    --------
    >>> import pandas
    >>> numbers(pandas.Series(["1.234,5", "\u22122"]), Reading(",", ".")).tolist()
    [1234.5, -2.0]
    """
    if _all_plain(cells, reading):
        return cells.astype("float64")
    text = cells.where(is_number(cells, reading), "nan").str.replace("\u2212", "-")
    if reading.thousands:
        text = text.str.replace(_divider(reading), "", regex=True)
    return text.str.replace(reading.decimal, ".", regex=False).astype("float64")


def _all_plain(cells, reading):
    """Whether no cell needs more than Python's float, as in most columns: one pattern for all is ten times as fast."""
    lines = "\n".join(cells)
    plain = reading.decimal == "." and lines.count("\n") == len(cells) - 1
    return plain and PLAIN_LINES.fullmatch(lines) is not None


def _divider(reading):
    """The pattern of what divides thousands."""
    return f"[{BLANKS}]" if reading.thousands in BLANKS else re.escape(reading.thousands)


def is_missing(cells, reading, kind):
    """Tell which cells mean "no value": the empty ones, and those that the caller named.

    Parameters
    ----------
    cells : pandas.Series of str.
    reading : Reading, for its missing words and the signs of numbers.
    kind : "number", "percent", "date" or "category"
        In columns of numbers the usual words (NA, NaN, null ...) are missing unless the caller
        named others; in columns of text nothing is, because "None" or "NA" may be a category.

    Returns
    -------
    pandas.Series of bool.
    """
    words = reading.missing
    if words is None:
        words = () if kind == "category" else MISSING
    gone = cells.isin(["", *map(str, words)])
    if kind != "category":
        codes = [float(word) for word in map(str, words) if re.fullmatch(PLAIN, word)]
        gone = gone | numbers(cells, reading).isin(codes) if codes else gone
    return gone


def read_values(where, path, cells, kind, reading):
    """Read cells as float64, NaN where there is no value.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    kind : "number", "percent" (10 % is 0.1) or "date" (days since 1970)
    reading : Reading, what the caller said

    Returns
    -------
    pandas.Series of float64

    Raises
    ------
    ValueError : for a cell that is neither missing nor of this kind, or infinite.
    """
    gone = is_missing(cells, reading, kind)
    expected = {"number": "a number", "percent": "a share with %", "date": "a date"}[kind]
    if kind == "date":
        values = _days(cells.mask(gone, ""), reading.dates[cells.name], reading)
        expected += f" as {reading.dates[cells.name]!r}"
    elif kind == "percent":
        values = numbers(cells.where(cells.str.endswith("%"), "").str.rstrip("% "), reading) / 100
    else:
        values = numbers(cells, reading)
    bad = cells[values.isna() & ~gone]
    if len(bad):
        advice = kind == "number" and hint(cells.name, bad.iloc[0])
        found = shown(bad.iloc[0]) + (f"; pass {advice}" if advice else "")
        refuse(where, path, cells, bad.index[0], expected, found)
    endless = cells[np.isinf(values)]
    if len(endless):
        refuse(where, path, cells, endless.index[0], "a finite number", shown(endless.iloc[0]))
    return values.mask(gone)


def _days(cells, form, reading):
    """Days since 1970 of dates in one format, "s" and "ms" for seconds and thousandths."""
    import pandas

    if form in ("s", "ms"):
        return numbers(cells, reading) / (86400 if form == "s" else 86400e3)
    if form == "mixed":
        raise ValueError(
            f"table: dates={{{cells.name!r}: 'mixed'}} would guess day and month, expected a format such as '%d.%m.%Y'"
        )
    zoned = cells.str.contains("(?:Z|[+-][0-9]{2}:?[0-9]{2})$") & cells.str.contains(":")
    naive = cells[~zoned & (cells != "")]
    if zoned.any() and len(naive):
        raise ValueError(
            f"table: row {naive.index[0]}, column {cells.name!r}: expected a date with a time zone like "
            f"{shown(cells[zoned].iloc[0])}, found {shown(naive.iloc[0])}; write all with one, or all without"
        )
    try:
        dates = pandas.to_datetime(cells, format=form, errors="coerce", utc=True)
    except ValueError as error:
        raise ValueError(
            f"table: dates={{{cells.name!r}: {form!r}}} is no format of dates ({error}), expected one "
            "such as '%d.%m.%Y', 'ISO8601', 's' or 'ms'"
        ) from None
    future = cells[(dates > pandas.Timestamp.now(tz="UTC")).to_numpy() & ("%y" in form)]
    if len(future):
        raise ValueError(
            f"table: row {future.index[0]}, column {cells.name!r}: expected a year of four digits, found {shown(future.iloc[0])}, "
            f"which {form!r} reads as {dates[future.index[0]].year}; write the century, and '%Y'"
        )
    return (dates - pandas.Timestamp(0, tz="UTC")) / pandas.Timedelta(days=1)


def hint(name, cell):
    """What to pass for a text that looks like a number, a share or a date; None for others.

    Parameters
    ----------
    name : str
        Of the column, which the advice repeats.
    cell : str, one that is not read as a number
    """
    for pattern, advice in HINTS:
        if re.fullmatch(pattern, cell.replace("\u2212", "-"), re.IGNORECASE):
            divider = re.sub("[-+0-9.,]", "", cell)[:1]
            return advice.format(divider, name)
    return None
