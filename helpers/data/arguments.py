"""What callers pass: paths, names of columns, a separator, an alphabet (every "Your own data").

Each gate returns the argument in one form, or refuses it in a sentence that names it.
"""

import os
import re
from numbers import Integral, Real
from pathlib import Path

LONGEST = 120  # characters of a value in a sentence


def shown(value):
    """A value as a sentence shows it: one line, the middle of a long one left out, no address.

    Parameters
    ----------
    value : anything; a Path is shown without quotation marks.

    Examples
    --------
    >>> print(shown(Path("a.csv")), shown("a.csv"), shown("a\\nb"))
    a.csv 'a.csv' 'a\\nb'
    >>> len(shown("9" * 400))
    120
    """
    text = str(value) if isinstance(value, os.PathLike) else repr(value)
    text = re.sub(" at 0x[0-9a-fA-F]+", "", text if text.isprintable() else repr(text))
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]}…{text[1 - half :]}"


def path_of(where, path):
    """The Path of a file or folder, which may be missing.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path

    Raises
    ------
    ValueError : for nothing, another type, or what no file can be called, such as the text of a
        table.

    Examples
    --------
    >>> path_of("demo", "a.csv").name
    'a.csv'
    """
    if not isinstance(path, str | os.PathLike) or path == "" or "\0" in str(path):
        raise ValueError(f"{where}: path must be the name of a file or folder, found {shown(path)}")
    try:
        Path(path).exists()
    except OSError:
        raise ValueError(
            f"{where}: path must be the name of a file or folder, found {shown(path)}, which the "
            "system cannot look up"
        ) from None
    return Path(path)


def names_of(where, argument, names, kind=str):
    """Names of columns, or other texts, as a tuple.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    argument : str, what the caller calls `names`, for the error sentence
    names : one name or several; None: none
    kind : type or union of types
        What a name may be.

    Raises
    ------
    ValueError : for what is no text and holds no texts.

    Examples
    --------
    >>> names_of("demo", "drop", "mass"), names_of("demo", "drop", ["mass", "age"])
    (('mass',), ('mass', 'age'))
    """
    if isinstance(names, kind):
        return (names,)
    try:
        found = tuple(() if names is None else names)
    except TypeError:
        found = (names,)
    if isinstance(names, dict) or not all(isinstance(name, kind) for name in found):
        raise ValueError(
            f"{where}: {argument} must be a text or several, found {argument}={shown(names)}"
        )
    return found


def missing_of(where, missing):
    """What means "no value", texts and numbers as a tuple, or None if the caller did not say.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    missing : one or several texts or numbers, or None

    Raises
    ------
    ValueError : for anything else.

    Examples
    --------
    >>> missing_of("demo", -999), missing_of("demo", "NA"), missing_of("demo", None)
    ((-999,), ('NA',), None)
    """
    return None if missing is None else names_of(where, "missing", missing, str | Real)


def whole_of(where, argument, value, low=None, high=None):
    """A whole number as a plain int.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    argument : str, what the caller calls `value`, for the error sentence
    value : int, of Python or NumPy
    low, high : int or None
        Limits, both allowed; None: there is none.

    Raises
    ------
    ValueError : for another type (True too), or a number beyond the limits.

    Examples
    --------
    >>> whole_of("demo", "k", 3, 1)
    3
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or (low is not None and value < low) or (high is not None and value > high):
        limits = ("" if low is None else f" from {low}") + ("" if high is None else f" to {high}")
        raise ValueError(
            f"{where}: {argument} must be a whole number{limits}, found {argument}={shown(value)}"
        )
    return int(value)


def distinct_of(where, argument, values):
    """Two different values or more as a list, colours as tuples, or None if the caller did not say.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    argument : str, what the caller calls `values`, for the error sentence
    values : sequence or array of numbers or colours, or None

    Raises
    ------
    ValueError : for anything else, or a value that stands there twice.

    Examples
    --------
    >>> distinct_of("demo", "values", (0, 255))
    [0, 255]
    """
    if values is None:
        return None
    found = values.tolist() if hasattr(values, "tolist") else values
    found = list(found) if isinstance(found, list | tuple) else []
    found = [
        tuple(v) if isinstance(v, list | tuple) else getattr(v, "item", lambda v=v: v)()
        for v in found
    ]
    try:
        different = len(set(found)) == len(found) > 0
    except TypeError:
        different = False
    if not different:
        raise ValueError(
            f"{where}: {argument} must be a list of different values, found {argument}={shown(values)}"
        )
    return found


def separator_of(where, separator):
    """The one character between the cells of a table.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    separator : str

    Raises
    ------
    ValueError : for another type or length, a line end or a quotation mark.
    """
    if not isinstance(separator, str) or len(separator) != 1 or separator in '\r\n"':
        raise ValueError(
            f"{where}: separator must be one character, such as ',', ';' or '\\t', found "
            f"{shown(separator)}"
        )
    return separator


def alphabet_of(where, alphabet):
    """The letters that a sequence may hold, in upper case, or None for every letter.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    alphabet : str, letters in a list, or None

    Raises
    ------
    ValueError : for another type, or no letter at all.

    Examples
    --------
    >>> alphabet_of("demo", "acgt"), alphabet_of("demo", ["A", "C"])
    ('ACGT', 'AC')
    """
    if alphabet is None:
        return None
    letters = alphabet if isinstance(alphabet, str | list | tuple | set) else ()
    if not letters or not all(isinstance(letter, str) and len(letter) == 1 for letter in letters):
        raise ValueError(
            f"{where}: alphabet must hold letters, such as 'ACGT', or be None for every letter, "
            f"found {shown(alphabet)}"
        )
    return "".join(letters).upper()
