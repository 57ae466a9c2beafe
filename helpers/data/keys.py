"""Which rows belong together, and in which order they came (survey 2.4; every "Your own data")."""

import re

import torch

from .alike import twins
from .arguments import shown
from .cells import ASKED, COMPACT, Reading, hint, is_missing, is_number, read_values, refuse
from .codes import codes_among

IDENTIFIER = (
    "id|patient|subject|participant|person|donor|animal|mouse|rat|litter|family|plate|batch|slide|"
    "scan|specimen|case|cohort|site|hospital|cent(re|er)|individual|record|sample|study|index"
)
MARKS = ("id", "no", "nr", "number", "code", "name")  # what makes a word an identifier


def identifies(name):
    """Whether a column is called like an identifier: "patient_id", "Patient (study no.)", "index".

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> [identifies(name) for name in ("patientid", "PatientNr", "patient age", "mass")]
    [True, True, False, False]
    """
    words = re.findall("[a-z]+", re.sub("([a-z])([A-Z])", r"\1 \2", name).lower())
    bare = [word for word in words if word not in MARKS]
    known = [re.fullmatch(f"({IDENTIFIER})({'|'.join(MARKS)})?", word) for word in bare]
    return "id" in words or (any(known) and (len(bare) == 1 or bare != words))


def ask_groups(where, path, frame, target, groups):
    """Ask whose rows belong together, if a column looks like an identifier that repeats.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    frame : pandas.DataFrame of str
    target : str or None
        A column that is not asked about.
    groups : str, None, or Ellipsis if the caller did not say

    Returns
    -------
    str or None

    Raises
    ------
    ValueError : naming the column, and what to pass.
    """
    if groups is not ...:
        return groups
    for name in frame:
        many = frame[name].nunique() if name != target and identifies(name) else 0
        if 1 < many < len(frame):
            raise ValueError(
                f"{where}: {path}, column {name!r} has {many} different values in {len(frame)} rows; pass "
                f"groups={name!r} to keep rows of one value on one side of a split, groups=None if rows are independent"
            )
    return None


def group_codes(where, path, cells, capitals=True):
    """Number the groups of a column.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    capitals : bool
        False: capitals and small letters may tell groups apart, as in SMILES.

    Returns
    -------
    Tensor (N,), int64, groups in alphabetical order.

    Raises
    ------
    ValueError : for an empty cell, a word that means "missing", or two groups that look alike.
    """
    gone = cells.isin(["", *ASKED])
    if gone.any():
        row = gone.idxmax()
        raise ValueError(
            f"{where}: {path}, row {row}, column {cells.name!r}: expected a group, found {shown(cells[row])}"
        )
    return named_codes(f"{where}: {path}, column {cells.name!r}", cells.tolist(), capitals)[0]


def timestamps(where, path, cells, reading):
    """Read the column that orders rows: numbers, ISO dates, or dates whose format was said.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    reading : Reading, what the caller said

    Returns
    -------
    Tensor (N,), float64, in the file's unit; of dates in days since 1970.

    Raises
    ------
    ValueError : for a missing time, or one that is neither a number nor an ISO date.
    """
    if is_missing(cells, reading, "number").any():
        row = is_missing(cells, reading, "number").idxmax()
        raise ValueError(
            f"{where}: {path}, row {row}, column {cells.name!r}: expected a time, found none"
        )
    if cells.name in reading.dates:
        return torch.tensor(read_values(where, path, cells, "date", reading).to_numpy())
    compact = cells.str.fullmatch(COMPACT).all() and cells.name not in reading.numeric
    if compact:
        raise ValueError(f"{where}: {path}, column {cells.name!r} holds numbers like {cells.iloc[0]}, which may "
                         f"be dates; pass dates={{{cells.name!r}: '%Y%m%d'}} or numeric=({cells.name!r},)")  # fmt: skip
    odd = cells[~is_number(cells, reading)]
    iso = cells.str.match("[0-9]{4}-[0-9]{2}-[0-9]{2}")
    if len(odd) and iso.all():
        reading = Reading(dates={cells.name: "ISO8601"})
        return torch.tensor(read_values(where, path, cells, "date", reading).to_numpy())
    if len(odd):
        raise ValueError(
            f"{where}: {path}, row {odd.index[0]}, column {cells.name!r}: expected a number or an ISO "
            f"date, found {shown(odd.iloc[0])}; pass {hint(cells.name, odd.iloc[0]) or 'dates={...} with its format'}"
        )
    values = read_values(where, path, cells, "number", reading)
    codes = (
        []
        if cells.name in reading.numeric
        else codes_among(values.drop_duplicates().sort_values().to_numpy())
    )
    mixed = values[(values > 1e11) & (values.min() > 1e8) & (values.min() < 1e10)]
    rows = values[values.isin(codes)].index if codes else mixed.index
    if len(rows):
        refuse(where, path, cells, rows[0], "a time like the others", f"{shown(cells[rows[0]])}, which may be a code for no "
               f"value, or in another unit; remove the row, or pass numeric=({cells.name!r},) if it is right")  # fmt: skip
    return torch.tensor(values.to_numpy())


def named_parts(where, names, pattern, what):
    """Read a part of each name, such as the patient in "p07_slice3.png", with a pattern.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    names : list of str
    pattern : str
        A regular expression whose first group is the part, for example "(p[0-9]+)_".
    what : str, the part, for the error sentence

    Returns
    -------
    list of str

    Raises
    ------
    ValueError : for a pattern without a group, or a name that does not hold it.

    Examples
    --------
    >>> named_parts("demo", ["p07_1.png", "p08_1.png"], "(p[0-9]+)_", "a group")
    ['p07', 'p08']
    """
    try:
        found = [re.search(pattern, name) for name in names]
        parts = [part.group(1) for part in found]
    except (re.error, IndexError, TypeError) as error:
        raise ValueError(
            f"{where}: expected a regular expression with a group in brackets for {what}, such as "
            f"'(p[0-9]+)_', found {pattern!r} ({error})"
        ) from None
    except AttributeError:
        name = next(name for name, part in zip(names, found) if part is None)
        raise ValueError(
            f"{where}: expected {what} as {pattern!r} in the name {name!r}, found none"
        ) from None
    if not all(parts):
        name = next(name for name, part in zip(names, parts) if not part)
        raise ValueError(
            f"{where}: expected {what} as {pattern!r} in the name {name!r}, found none"
        )
    return parts


def named_codes(where, parts, capitals=True):
    """Number different texts in alphabetical order, if no two of them look alike.

    Parameters
    ----------
    where : str, the caller and the place, for the error sentence
    parts : list of str
    capitals : bool
        False: capitals and small letters may tell them apart.

    Returns
    -------
    Tensor (N,), int64, and the texts

    Raises
    ------
    ValueError : naming two texts that look alike.
    """
    numbers, kinds = codes_of(parts)
    pair = twins(kinds, capitals)
    if pair:
        raise ValueError(
            f"{where} holds {pair[0]!r} and {pair[1]!r}, expected one spelling; make them alike"
        )
    return numbers, kinds


def codes_of(parts):
    """Number different texts in alphabetical order.

    Examples
    --------
    >>> codes_of(["b", "a", "b"])
    (tensor([1, 0, 1]), ['a', 'b'])
    """
    kinds = sorted(set(parts))
    place = {kind: k for k, kind in enumerate(kinds)}
    return torch.tensor([place[part] for part in parts], dtype=torch.int64), kinds
