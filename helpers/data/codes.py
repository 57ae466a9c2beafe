"""Numbers and words that stand for "no value" or for a sum of rows (survey 2.2; every "Your own data")."""

import numpy as np

from .arguments import shown

REPEATED = [int(digit * times) for digit in "789" for times in range(3, 8)]
NEAR = [10**k - j for k in (3, 4) for j in (2, 3)]  # 998 and 997 beside 999
FRACTIONS = [99.9, 99.99, 999.25, 999.9, 999.99, 9999.9]
FILLS = [-32768, 65535, -(2**31), 2**31 - 1, 9.96921e36, 9.969209968386869e36]
CODES = {sign * v for v in [99, *REPEATED, *NEAR, *FRACTIONS, 1e20, 1e30] for sign in (-1, 1)}
CODES |= {-1, -9, -77, -88, *FILLS}
BESIDE = {-7, -8, -97, -98, 77, 88, 97, 98}  # only together with one of the others
SUMMARIES = (
    "mean", "average", "median", "total", "sum", "sd", "std", "stdev", "sem", "se", "min", "max",
    "minimum", "maximum", "count", "n",
)  # fmt: skip
LAST = 8  # rows in which a summary may stand


def codes_among(values):
    """Codes for "no value" at one end of a column, far from the rest; a list, mostly empty.

    Parameters
    ----------
    values : array of different numbers, in ascending order

    Examples
    --------
    >>> codes_among(np.array([-999.0, -998.0, 30.0, 57.5]))
    [-999.0, -998.0]
    >>> codes_among(np.array([-999.0, -990.0, -980.0]))
    []
    """
    for line in (values, values[::-1]):
        found = 0
        while found < len(line) - 1 and line[found] in CODES | BESIDE:
            found += 1
        for count in range(found, 0, -1):
            pack, rest = line[:count], line[count:]
            if not CODES.isdisjoint(pack.tolist()) and _far(pack[-1], rest):
                return pack.tolist()
    return []


def _far(code, rest):
    """Whether a code stands apart: a negative one below what is never negative, or by a wide gap."""
    gap, steps = abs(rest[0] - code), np.abs(np.diff(rest))
    if code <= -9 and rest[0] >= 0:
        return True
    if len(rest) > 1 and gap > steps.sum():
        return True
    return len(rest) > 2 and code <= -99 and rest[0] > code and gap > 2 * np.median(steps)


def new_codes(values, low, high):
    """Codes among new values, far outside the range low..high of the first file; a list.

    Parameters
    ----------
    values : array (N,)
    low, high : float
    """
    return [v for v in np.unique(values) if v in CODES and _far(v, np.sort([low, high])[:: 1 if v < low else -1])
            and not low <= v <= high]  # fmt: skip


def listed(codes):
    """Codes as `missing=` takes them.

    Examples
    --------
    >>> listed([-999.0, 1e20])
    ('-999', '1e+20')
    """
    return tuple(f"{code:.15g}" for code in codes)


def ask_about_summary(where, path, frame):
    """Refuse a row such as "Mean" or "Total" at the end of a table.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    frame : pandas.DataFrame of str

    Raises
    ------
    ValueError : naming the row and the word.
    """
    first = frame.iloc[:, 0].str.casefold().str.strip(" .:")
    rows = first.tail(LAST)[first.tail(LAST).isin(SUMMARIES)]
    if len(frame) > LAST / 2 and len(rows) and first.value_counts()[rows].max() == 1:
        row, name = rows.index[0], frame.columns[0]
        raise ValueError(
            f"{where}: {path}, row {row}, column {name!r}: expected an example, found {shown(frame.at[row, name])}, "
            "which names a summary of the rows above; remove such rows from the file"
        )
