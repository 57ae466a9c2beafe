"""What is to be predicted: a class or a number (survey 2.2; every "Your own data")."""

from collections.abc import Collection

import torch

from .alike import twins
from .arguments import shown
from .cells import MISSING, is_missing, is_number, numbers, read_values, refuse
from .columns import ask_about_words, check_range, kind_of

MOST_CLASSES = 20  # more, and mostly different, are measurements or free text


def read_labels(
    where, path, cells, reading, *, task=None, classes=None, unlabelled=None, unit="", again=False
):
    """Read a target.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    path : str or Path, the file, for the error sentence
    cells : pandas.Series of str, indexed by row
    reading : Reading, what the caller said
    task : "classification", "regression" or None
        None: texts are classes; numbers with fractions, with a unit, or which mostly differ are
        regressed; whole numbers that repeat may be either and are refused.
    classes : list of str or None
        The labels in order, for a classification. None: alphabetical,
        numbers by size.
    unlabelled : None, "keep" or "drop"
        Rows without a value: refused, kept as -1 (regression: NaN), or left out.
    unit : str
        Of a regression target.
    again : bool
        True for new rows, which may hold one value only.

    Returns
    -------
    y : Tensor, int64 or float32, as long as ``keep`` has True
    classes : list of str, empty for regression
    keep : array (N,) of bool

    Raises
    ------
    ValueError : for a missing value, a label that is not in ``classes``, a constant target, or
        one that does not say what it is; with row, column, and what to pass.
    """
    _check(where, task, unlabelled, classes)
    task = task or ("regression" if cells.name in reading.percent else None)
    present = cells[~cells.isin(["", *MISSING, *map(str, reading.missing or ())])]
    digits = len(present) > 0 and bool(is_number(present, reading).all())
    wells = present.str.fullmatch("[0-9]+E[0-9]+")
    if digits and task != "regression" and wells.any():
        row = wells.idxmax()
        if task is None and classes is None:
            refuse(where, path, cells, row, "a number or a name", f"{shown(cells[row])}, which may be both; pass "
                   "task='classification' if it is a name, task='regression' if it is a number")  # fmt: skip
        digits = False
    if classes is None and task != "regression" and not digits:
        kind_of(where, path, cells, reading, True) if task is None else ask_about_words(
            where, path, cells, reading
        )
    named = cells.isin([str(label) for label in classes or ()])
    gone = is_missing(cells, reading, "number" if digits else "category") & ~named
    if gone.any() and unlabelled is None:
        row = gone.idxmax()
        raise ValueError(
            f"{where}: {path}, row {row}, column {cells.name!r} (the target): expected a value, found a "
            f"missing one ({shown(cells[row])}); pass unlabelled='drop' or 'keep', or list it in classes="
        )
    different = (numbers(cells, reading) if digits else cells)[~gone].nunique()
    if not again and different < 2:
        found = repr(cells[~gone].iloc[0]) if (~gone).any() else "no value"
        raise ValueError(
            f"{where}: {path}, column {cells.name!r} (the target) holds only {found}, nothing can be learned"
        )
    if classes is not None:
        task = "classification"
    task = task or _task(where, path, cells[~gone], reading, digits, unit)
    keep = (~gone).to_numpy() if unlabelled == "drop" else torch.ones(len(gone)).bool().numpy()
    if task == "regression":
        values = read_values(where, path, cells, _scale(cells, reading), reading)
        check_range(where, path, values.dropna(), reading)
        return torch.tensor(values[keep].to_numpy(), dtype=torch.float32), [], keep
    y, classes = _codes(where, path, cells, gone, reading if digits else None, classes)
    return y[torch.from_numpy(keep)], classes, keep


def _check(where, task, unlabelled, classes):
    """Check the caller's words."""
    if task not in (None, "classification", "regression"):
        raise ValueError(f"{where}: task must be 'classification' or 'regression', found {task!r}")
    if unlabelled not in (None, "keep", "drop"):
        raise ValueError(
            f"{where}: unlabelled must be None, 'keep' or 'drop', found {unlabelled!r}"
        )
    if task == "regression" and classes is not None:
        raise ValueError(
            f"{where}: classes= belongs to task='classification', found task='regression'"
        )
    several = isinstance(classes, Collection) and not isinstance(classes, str)
    names = list(map(str, classes)) if several else []
    if classes is not None and not 0 < len(set(names)) == len(names):
        raise ValueError(
            f"{where}: classes must be a list of different labels, found {shown(classes)}"
        )


def _scale(cells, reading):
    """How a number to be predicted is written."""
    return "percent" if cells.name in reading.percent else "number"


def _task(where, path, cells, reading, digits, unit):
    """Tell classes from numbers where only one of the two is possible."""
    many, half = cells.nunique(), len(cells) / 2
    if not digits:
        if many > max(MOST_CLASSES, half):
            raise ValueError(
                f"{where}: {path}, column {cells.name!r} (the target) has {many} different texts in "
                f"{len(cells)} rows, expected classes; pass task='classification' if they are"
            )
        return "classification"
    values = numbers(cells, reading)
    if unit or (values % 1 != 0).any() or many == len(cells) or many > max(MOST_CLASSES, half):
        return "regression"
    found = ", ".join(label_of(v) for v in sorted(values.unique())[:4])
    raise ValueError(
        f"{where}: {path}, column {cells.name!r} (the target) holds whole numbers ({found}{', ...' * (many > 4)}): "
        "pass task='classification' if they name classes, task='regression' if they measure something"
    )


def label_of(value):
    """The name of a class that is written as a number.

    Examples
    --------
    >>> label_of(2.0), label_of(0.5)
    ('2', '0.5')
    """
    return str(int(value)) if value % 1 == 0 else repr(float(value))


def _codes(where, path, cells, gone, reading, classes):
    """Class numbers, -1 for rows without a label; ``reading`` where labels are numbers."""
    texts = cells
    if reading:
        texts = numbers(cells, reading).map(lambda v: label_of(v) if v == v else "")
        classes = classes and [_plain(label) for label in classes]
    if classes is None:
        found = texts[~gone].unique()
        _ask_about_case(where, path, cells.name, found)
        classes = sorted(found, key=float) if reading else sorted(found)
    classes = [str(label) for label in classes]
    wrong = cells[~texts.isin(classes) & ~gone]
    if len(wrong):
        raise ValueError(
            f"{where}: {path}, row {wrong.index[0]}, column {cells.name!r} (the target): expected one of "
            f"{', '.join(classes)}, found {shown(wrong.iloc[0])}"
        )
    place = {label: k for k, label in enumerate(classes)}
    codes = [-1 if lost else place[text] for lost, text in zip(gone, texts)]
    return torch.tensor(codes, dtype=torch.int64), classes


def _ask_about_case(where, path, name, labels):
    """Refuse labels that look alike."""
    pair = twins(labels)
    if pair:
        raise ValueError(
            f"{where}: {path}, column {name!r} (the target) holds {pair[0]!r} and {pair[1]!r}; make them "
            "alike, or list both in classes= if they are two classes"
        )


def _plain(label):
    """A label as `label_of` writes it, if it is a number."""
    try:
        return label_of(float(label))
    except ValueError:
        return label
