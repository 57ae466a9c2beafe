"""What every score accepts: one gate for shapes, types, ranges, NaN and the ignored label (survey 9; all chapters).

Each function gives what the libraries take or refuses in one sentence. Class numbers are whole,
never rounded; nothing is broadcast, nothing wraps.
"""

from numbers import Integral

import numpy as np
import torch

MOST_CLASSES = 10_000  # a table of them takes 800 MB


def tensor(where, name, values):
    """`values` as a detached tensor of real numbers; lists keep double precision.

    Parameters
    ----------
    where, name : str
        The score that asks and the argument it asks for, for the sentence.
    values : tensor on any device, array, or nested sequence of numbers

    Raises
    ------
    ValueError : if these are not numbers in a rectangular table.
    """
    if not isinstance(values, torch.Tensor):
        try:
            values = torch.tensor(np.asarray(values))
        except (TypeError, ValueError, RuntimeError):
            raise ValueError(f"{where}: expected numbers as {name}, found {values!r:.60}") from None
    if values.is_complex():
        raise ValueError(f"{where}: expected real numbers as {name}, found {values.dtype}")
    return values.detach()


def class_numbers(where, prediction, target, *, classes=None, ignore=None):
    """Guessed and true class of every place that counts.

    Parameters
    ----------
    where : str
        The score that asks.
    prediction : tensor (N, K, ...) of scores, K >= 2, or (N, ...) of class numbers
    target : tensor (N, ...) of class numbers
    classes : int >= 1, optional
        K; None takes that of the scores, or any number from 0.
    ignore : int, optional
        Places with this target do not count, whatever is predicted there.

    Returns
    -------
    guess, true : int64 arrays of one length, at least 1

    Raises
    ------
    ValueError : for other shapes, numbers that are not whole, NaN, a class outside 0..K-1, or if
        nothing is left.
    """
    prediction, target = tensor(where, "prediction", prediction), tensor(where, "target", target)
    if target.ndim == 0:
        raise ValueError(f"{where}: expected a target (N, ...), found a single number")
    if prediction.ndim == target.ndim + 1 and prediction.shape[1] > 1:
        classes = prediction.shape[1] if classes is None else classes
        if prediction.shape[1] != classes:
            raise ValueError(f"{where}: expected {classes} scores, found {prediction.shape[1]}")
        prediction = finite(where, "scores", prediction, bounded=False).argmax(1)
    if prediction.shape != target.shape:
        raise ValueError(
            f"{where}: expected class numbers like the target's {tuple(target.shape)}, or at least "
            f"two scores for each, found {tuple(prediction.shape)}"
        )
    guess, true = whole(where, "prediction", prediction), whole(where, "target", target)
    if ignored_label(where, ignore) is not None:
        guess, true = guess[true != ignore], true[true != ignore]
    if not len(true):
        raise ValueError(f"{where}: expected at least one example that counts, found none")
    inside(where, "prediction", guess, classes)
    inside(where, "target", true, classes)
    return guess, true


def number_of_classes(where, classes):
    """Refuse a number of classes that is not whole, below 1, or too large for a table.

    Parameters
    ----------
    where : str
    classes : int >= 1
    """
    if not isinstance(classes, Integral) or not 1 <= classes <= MOST_CLASSES:
        raise ValueError(
            f"{where}: expected a whole number of classes, at least 1 and at most {MOST_CLASSES}, "
            f"found {classes!r:.60}"
        )


def ignored_label(where, ignore):
    """The label that does not count, or None; refuses what is no single whole number.

    Parameters
    ----------
    where : str
    ignore : int or None
    """
    if ignore is not None and (not isinstance(ignore, Integral) or isinstance(ignore, bool)):
        raise ValueError(f"{where}: expected one whole number as ignore, found {ignore!r:.60}")
    return ignore


def whole(where, name, values):
    """Class numbers as a flat int64 array; the parameters are those of `tensor`.

    Parameters
    ----------
    where, name : str
    values : tensor of integers or booleans
    """
    if values.is_floating_point():
        raise ValueError(f"{where}: expected whole class numbers as {name}, found {values.dtype}")
    return values.long().flatten().cpu().numpy()


def inside(where, name, numbers, classes):
    """Refuse class numbers outside 0..classes-1; the first two parameters are those of `tensor`.

    Parameters
    ----------
    where, name : str
    numbers : int64 array (N,)
    classes : int or None, no upper limit
    """
    low, high = int(numbers.min()), int(numbers.max())
    if low < 0 or (classes is not None and high >= classes):
        expected = "0 or more" if classes is None else f"0 to {classes - 1}"
        raise ValueError(
            f"{where}: expected class numbers {expected} as {name}, found {low if low < 0 else high}"
            f"{'; a label that does not count is named with ignore=' if name == 'target' else ''}"
        )


def finite(where, name, values, *, bounded=True):
    """`values` if none is NaN and, where `bounded`, none infinite.

    Parameters
    ----------
    where, name : str
        As in `tensor`.
    values : tensor
    bounded : bool
        False lets infinite scores pass, as of an action that is forbidden.
    """
    bad = (~values.isfinite()).sum() if bounded else values.isnan().sum()
    if bad:
        kind = "finite numbers" if bounded else "no NaN"
        raise ValueError(f"{where}: expected {kind} as {name}, found {int(bad)} that are not")
    return values.to(torch.uint8) if values.dtype == torch.bool else values


def binary_scores(where, score, target, *, ignore=None):
    """Evidence for class 1 against class 0, and the class, of every example that counts.

    Parameters
    ----------
    where : str
        The score that asks.
    score : tensor (N,), or (N, 2) with one column a class
        Rows of probabilities give their second column, other rows the difference of the two.
    target : tensor (N,) of 0 and 1
    ignore : int, optional
        As in `class_numbers`.

    Returns
    -------
    score (N,) float64, target (N,) int64 : arrays

    Raises
    ------
    ValueError : for other shapes, NaN or infinite scores, other classes, or if one is missing.
    """
    score, target = tensor(where, "score", score), tensor(where, "target", target)
    if target.ndim != 1 or score.shape not in ((len(target),), (len(target), 2)):
        raise ValueError(
            f"{where}: expected scores (N,) or (N, 2) and a target (N,), "
            f"found {tuple(score.shape)} and {tuple(target.shape)}"
        )
    true = whole(where, "target", target)
    score = finite(where, "score", score).cpu().double()
    if score.ndim == 2:
        score = score[:, 1] if are_probabilities(score) else score[:, 1] - score[:, 0]
    score = score.numpy()
    if ignored_label(where, ignore) is not None:
        score, true = score[true != ignore], true[true != ignore]
    if set(true.tolist()) != {0, 1}:
        found = np.unique(true)[:5].tolist()
        raise ValueError(f"{where}: expected both classes 0 and 1 in target, found {found}")
    return score, true


def are_probabilities(rows):
    """Whether each row (N, K) lies in 0..1 and sums to one (to a thousandth)."""
    return bool((rows >= 0).all() and ((rows.sum(1) - 1).abs() <= 1e-3).all())


def tables(where, *samples):
    """Tables (N, D) with the same columns as floating tensors of one type and device.

    Parameters
    ----------
    where : str
        The score that asks.
    *samples : tensors (N, D), (M, D) ... of finite numbers
        float32 and float64 stay, shorter types become float32, long integers float64. MPS knows
        no float64: samples there move to the CPU.

    Raises
    ------
    ValueError : for other shapes, no rows, NaN or infinite entries.
    """
    samples = [finite(where, "points", tensor(where, "points", sample)) for sample in samples]
    shapes = [tuple(sample.shape) for sample in samples]
    if any(len(shape) != 2 or 0 in shape or shape[1] != shapes[0][-1] for shape in shapes):
        raise ValueError(
            f"{where}: expected tables with the same columns and at least one row, found "
            + " and ".join(map(str, shapes))
        )
    long = any(s.dtype.itemsize > 4 or s.dtype in (torch.int32, torch.uint32) for s in samples)
    place = "cpu" if samples[0].is_mps else samples[0].device
    return [sample.to(place, torch.float64 if long else torch.float32) for sample in samples]


def examples(where, values):
    """At least two finite rows on the CPU, whole numbers as float64.

    Parameters
    ----------
    where : str
        The score that asks.
    values : tensor (N, ...)
    """
    values = finite(where, "values", tensor(where, "values", values)).cpu()
    if values.ndim < 1 or len(values) < 2:
        raise ValueError(f"{where}: expected two values or more, found shape {tuple(values.shape)}")
    return values if values.is_floating_point() else values.double()


def as_score(value):
    """A library's number as a 0-d float64 tensor."""
    return torch.tensor(float(value), dtype=torch.float64)
