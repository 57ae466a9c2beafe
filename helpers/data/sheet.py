"""Reading a CSV file as a scientist sees it in a spreadsheet (survey 2.2; every "Your own data").

Row 1 is the header, data start in row 2, and errors name the row, the column and the value.
"""

import csv
import io
import math
from pathlib import Path

import torch

MISSING = ("", "na", "n/a", "nan", "null", "none", "?")
LARGEST = 500_000_000  # bytes


def read_csv(where, path, separator=","):
    """Read a CSV file into columns of text.

    Parameters
    ----------
    where : name of the caller, first word of every error. path : the file, UTF-8, with a header.
    separator : between cells.

    Returns
    -------
    dict from column name to list of stripped strings, all of one length, at least one row.

    Raises
    ------
    FileNotFoundError : if there is no such file.
    ValueError : for a file that is empty, too large, an Excel workbook, not UTF-8, has a column
        name twice, or a row with another number of cells than the header.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = file.write_text("mass,kind\\n1.5,cat\\n")
    >>> read_csv("demo", file)
    {'mass': ['1.5'], 'kind': ['cat']}
    """
    text = io.StringIO(read_text(where, path), newline="")
    try:
        rows = list(csv.reader(text, delimiter=separator, strict=True))
    except csv.Error as error:
        raise ValueError(f"{where}: {path} is not readable as CSV ({error})") from None
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) < 2:
        raise ValueError(f"{where}: {path} has {len(rows)} rows, expected a header and data")
    header = [name.strip() for name in rows[0]]
    _check_header(where, path, header, separator)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise ValueError(
                f"{where}: {path}, row {number}: expected {len(header)} cells like the header, "
                f"found {len(row)}"
            )
    return {name: [row[i].strip() for row in rows[1:]] for i, name in enumerate(header)}


def column(where, path, columns, name):
    """Return one column, or say which ones exist.

    Examples
    --------
    >>> column("demo", "a.csv", {"mass": ["1"]}, "mass")
    ['1']
    """
    if name not in columns:
        raise ValueError(
            f"{where}: {path} has no column {name!r}, its columns are {', '.join(columns)}"
        )
    return columns[name]


def is_missing(cell):
    """Tell whether a cell means "no value".

    Examples
    --------
    >>> is_missing("NA"), is_missing("0")
    (True, False)
    """
    return cell.lower() in MISSING


def is_number(cell):
    """Tell whether a cell reads as a number (infinite ones included).

    Examples
    --------
    >>> is_number("1e3"), is_number("high")
    (True, False)
    """
    try:
        float(cell)
    except ValueError:
        return False
    return True


def numbers(where, path, name, cells, impute=None):
    """Read cells as finite numbers.

    Parameters
    ----------
    where, path, name : for the error sentence. cells : strings. impute : None complains about a
        missing value, "median" puts the median of the present ones.

    Returns
    -------
    Tensor (len(cells),), float32.

    Raises
    ------
    ValueError : naming row, column and value of the first cell that is missing, not a number,
        or infinite; or a column without any value.

    Examples
    --------
    >>> numbers("demo", "a.csv", "mass", ["1", "NA", "3"], impute="median").tolist()
    [1.0, 2.0, 3.0]
    """
    values = [_number(where, path, name, row, cell, impute) for row, cell in enumerate(cells, 2)]
    present = sorted(v for v in values if not math.isnan(v))
    if not present:
        raise ValueError(f"{where}: {path}, column {name!r} has no value at all")
    half = len(present) // 2
    median = (present[half] + present[-1 - half]) / 2
    return torch.tensor([median if math.isnan(v) else v for v in values], dtype=torch.float32)


def _number(where, path, name, row, cell, impute):
    """Read one cell; NaN stands for a missing one that will be imputed."""
    place = f"{where}: {path}, row {row}, column {name!r}"
    if is_missing(cell):
        if impute is None:
            raise ValueError(f"{place}: expected a number, found a missing value ({cell!r})")
        return math.nan
    if not is_number(cell):
        raise ValueError(f"{place}: expected a number, found {cell!r}")
    if not math.isfinite(float(cell)):
        raise ValueError(f"{place}: expected a finite number, found {cell!r}")
    return float(cell)


def read_text(where, path):
    """Read a UTF-8 text file of bounded size; errors as in ``read_csv``.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = file.write_text("hello")
    >>> read_text("demo", file)
    'hello'
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{where}: there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{where}: {path} is larger than {LARGEST // 10**6} MB, cut it first")
    content = path.read_bytes()
    if content[:4] == b"PK\x03\x04":
        raise ValueError(f"{where}: {path} is an Excel workbook, save the sheet as CSV (UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{where}: {path}, row {line} is not UTF-8 text, save the file as CSV (UTF-8)"
        ) from None
    return text


def _check_header(where, path, header, separator):
    """Complain about names that are doubled or empty, and about another separator."""
    if len(header) == 1:
        for other in (",", ";", "\t"):
            if other != separator and other in header[0]:
                raise ValueError(
                    f"{where}: {path} has one column {header[0]!r}, it looks separated by "
                    f"{other!r}; pass separator={other!r}"
                )
    doubled = [name for name in header if header.count(name) > 1]
    if doubled:
        raise ValueError(f"{where}: {path} has the column name {doubled[0]!r} more than once")
