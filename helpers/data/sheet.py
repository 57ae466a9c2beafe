"""Reading a table file as text, as a scientist sees it in a spreadsheet (survey 2.2; every "Your own data").

Row 1 is the header, data start in row 2, and errors name the row, the column and the value.
"""

import io
import re

from .arguments import path_of, separator_of, shown

LARGEST = 500_000_000  # bytes
MOST_CELLS = 100_000_000
SEPARATORS = (",", ";", "\t", "|")
BINARY = (  # how a file begins, what it must hold, and what it is
    (b"PK\x03\x04", b"xl/", "an Excel workbook, save the sheet as CSV (UTF-8)"),
    (b"PK\x03\x04", b"", "a zip archive, unpack it, or is an Excel workbook, save the sheet as CSV (UTF-8)"),
    (b"\x1f\x8b", b"", "compressed with gzip, unpack it"),
)  # fmt: skip


def read_cells(where, path, separator=","):
    """Read a CSV, TSV or Parquet file into cells of text; pandas parses.

    Parameters
    ----------
    where : str
        Name of the caller, first word of every error.
    path : str or Path
        A file with a header, UTF-8; one that ends in ``.parquet`` is read as Parquet.
    separator : str
        One character between cells; a file that ends in ``.tsv`` has tabs.

    Returns
    -------
    pandas.DataFrame of stripped strings, at least one row, its index the row in a spreadsheet. A
    column without a name is called "Unnamed: 0", with its place, as pandas does.

    Raises
    ------
    FileNotFoundError : if there is no such file.
    ValueError : for a file that is empty, too large, an Excel workbook, not UTF-8, has no names or
        one of them twice, or a row with another number of cells than the header.

    Examples
    --------
    >>> import tempfile; from pathlib import Path; file = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = file.write_text("mass,kind\\n1.5,cat\\n")
    >>> read_cells("demo", file).to_dict("list")
    {'mass': ['1.5'], 'kind': ['cat']}
    """
    ending, separator = path_of(where, path).suffix.lower(), separator_of(where, separator)
    if ending == ".parquet":
        return _parquet(where, path)
    separator = "\t" if ending == ".tsv" else separator
    frame = _parse(where, path, read_text(where, path), separator)
    return _named(where, path, frame, separator)


def read_text(where, path):
    """Read a UTF-8 text file of bounded size; errors as in ``read_cells``.

    Parameters
    ----------
    where, path : as in ``read_cells``.

    Returns
    -------
    str, without a byte order mark.

    Examples
    --------
    >>> import tempfile; from pathlib import Path; file = Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = file.write_text("hello")
    >>> read_text("demo", file)
    'hello'
    """
    content = _file(where, path).read_bytes()
    for start, holds, advice in BINARY:
        if content.startswith(start) and holds in content:
            raise ValueError(f"{where}: {path} is {advice}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{where}: {path}, row {line} is not UTF-8 text, save the file as UTF-8 (a sheet as CSV)"
        ) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ValueError(f"{where}: {path}, row {line} holds a null byte, it is not a text file")
    return text


def column(where, path, frame, name):
    """Return one column, or say which ones exist.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    frame : pandas.DataFrame
    name : str

    Raises
    ------
    ValueError : if there is no such column.

    Examples
    --------
    >>> import pandas
    >>> column("demo", "a.csv", pandas.DataFrame({"mass": ["1"]}), "mass").tolist()
    ['1']
    """
    if not isinstance(name, str) or name not in frame.columns:
        known = ", ".join(map(str, frame.columns[:30])) + ", ..." * (frame.shape[1] > 30)
        raise ValueError(f"{where}: {path} has no column {shown(name)}, its columns are {known}")
    return frame[name]


def _file(where, path):
    """Check that a path is an ordinary file of bounded size."""
    path = path_of(where, path)
    if not path.exists():
        raise FileNotFoundError(f"{where}: there is no file {shown(path)}")
    if not path.is_file():  # a folder, or a pipe that would never end
        raise ValueError(f"{where}: {path} is not an ordinary file")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{where}: {path} is larger than {LARGEST // 10**6} MB, cut it first")
    return path


def _parse(where, path, text, separator):
    """Cells of all rows, the header among them; None where a row is short."""
    import pandas

    try:  # the Python engine, because the other fills short rows without a word
        frame = pandas.read_csv(
            io.StringIO(text, newline=""),
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            engine="python",
        )
    except pandas.errors.EmptyDataError:
        raise ValueError(f"{where}: {path} has 0 rows, expected a header and data") from None
    except pandas.errors.ParserError as error:
        _check_first_line(where, path, text.split("\n")[0].strip(), separator)
        raise ValueError(f"{where}: {path} {_reason(str(error))}") from None
    while len(frame) and frame.iloc[-1].isna().all():
        frame = frame.iloc[:-1]
    if len(frame) < 2:
        raise ValueError(f"{where}: {path} has {len(frame)} rows, expected a header and data")
    if frame.size > MOST_CELLS:
        raise ValueError(
            f"{where}: {path} has {frame.size:,} cells, expected at most {MOST_CELLS:,}"
        )
    return frame


def _reason(message):
    """Say why pandas could not parse."""
    wrong = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if wrong:
        expected, row, found = wrong.groups()
        return f"row {row}: expected {expected} cells like the header, found {found}"
    return f"is not readable as CSV ({message})"


def _check_first_line(where, path, line, separator):
    """Complain about another separator, or a comment above the header, in a file that pandas cannot parse."""
    seen = {other: line.count(other) for other in SEPARATORS if other != separator}
    other = max(seen, key=seen.get)
    if separator not in line and seen[other]:
        raise ValueError(
            f"{where}: {path} has the header {shown(line)}, it looks separated by {other!r}; pass separator={other!r}"
        )
    if line.startswith(("#", "%", "//")) or separator not in line:
        raise ValueError(
            f"{where}: {path}, row 1: expected names of columns, found {shown(line)}; remove the lines above the header"
        )


def _named(where, path, frame, separator):
    """Take the first row as names, check that all others are as long."""
    header = _check_header(where, path, frame.iloc[0], separator)
    short = frame.isna().any(axis=1)
    if short.any():
        row = int(short.idxmax())
        raise ValueError(
            f"{where}: {path}, row {row + 1}: expected {len(header)} cells like the header, "
            f"found {int(frame.loc[row].notna().sum())}"
        )
    frame = frame.iloc[1:].apply(lambda cells: cells.str.strip())
    again = (frame == header).all(axis=1)
    if again.any() and len(header) > 1:
        raise ValueError(
            f"{where}: {path}, row {int(again.idxmax()) + 1} holds the names of the columns again, expected data; "
            "remove it (joined files?)"
        )
    frame.columns = header
    frame.index = range(2, len(frame) + 2)
    return frame


def _check_header(where, path, header, separator):
    """The names of the columns; refuses doubled ones, numbers, and another separator."""
    header = [str(name or "").strip() for name in header]
    header = [name or f"Unnamed: {place}" for place, name in enumerate(header)]
    if len(header) == 1:
        for other in SEPARATORS:
            if other != separator and other in header[0]:
                raise ValueError(
                    f"{where}: {path} has one column {header[0]!r}, it looks separated by "
                    f"{other!r}; pass separator={other!r}"
                )
    doubled = [name for name in header if header.count(name) > 1]
    if doubled:
        raise ValueError(f"{where}: {path} has the column name {shown(doubled[0])} more than once")
    if all(re.fullmatch(r"[-+]?[0-9.,]+(e[-+]?[0-9]+)?", name, re.I) for name in header):
        raise ValueError(
            f"{where}: {path}, row 1: expected names of columns, found only numbers "
            f"({', '.join(header[:3])}); write a header into the first row"
        )
    return header


def _parquet(where, path):
    """Read a Parquet file of bounded size, its values as text."""
    import pandas

    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ValueError(f"{where}: {path} needs pyarrow (pip install pyarrow), or CSV") from None
    try:
        size = parquet.read_metadata(_file(where, path))
        if size.num_rows * size.num_columns > MOST_CELLS:
            raise ValueError(f"more than {MOST_CELLS:,} cells")
        frame = pandas.read_parquet(path)
    except (ArrowException, OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{where}: {path} cannot be read as Parquet ({error})") from None
    if not len(frame):
        raise ValueError(f"{where}: {path} has 0 rows, expected data")
    if not isinstance(frame.index, pandas.RangeIndex):
        names = [name or "" for name in frame.index.names]
        frame.index.names = [f"index {k}" for k in range(len(names))]
        columns = [*names, *frame.columns]
        frame = frame.reset_index(allow_duplicates=True).set_axis(columns, axis=1)
    header = _check_header(where, path, frame.columns, None)
    missing = frame.isna()
    text = frame.astype(str).apply(lambda cells: cells.str.strip()).mask(missing, "")
    text.columns, text.index = header, range(2, len(frame) + 2)
    return text
