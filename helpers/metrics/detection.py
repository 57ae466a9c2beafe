"""How good a detector is: average precision, F1, kinds of error (survey 4.3.2; chapter 4-models/object-detection).

Answers and references are lists of `helpers.metrics.boxes.Found`, one an image.
"""

import numpy as np
import torch

from helpers.metrics.boxes import iou

ERRORS = ("right", "doubled", "misplaced", "wrong class", "background")


def match(found, truth, overlap=0.5):
    """Give each answer, best first, the free box of the reference that it overlaps most.

    Parameters
    ----------
    found, truth : Found
        Of one image and one class.
    overlap : float
        The least IoU of a match.

    Returns
    -------
    order : int64 tensor (M,), the answers, best first
    taken : int64 tensor (M,), the box that each of them got, or -1
    """
    order = found.scores.argsort(descending=True, stable=True)
    taken = torch.full((len(order),), -1)
    if len(truth.boxes) and len(order):
        overlaps = iou(found.boxes[order], truth.boxes).numpy()
        for number in np.flatnonzero(overlaps.max(1) >= overlap).tolist():
            box = int(overlaps[number].argmax())
            if overlaps[number, box] >= overlap:
                taken[number] = box
                overlaps[:, box] = -1
    return order, taken


def of_class(found, label):
    """The boxes of one class.

    Parameters
    ----------
    found : Found
    label : int
    """
    return type(found)(*(part[found.labels == label] for part in found))


def ranked(found, truth, label, overlap=0.5):
    """All answers of one class, best first, and which of them are right.

    Parameters
    ----------
    found, truth : lists of Found
    label : int
    overlap : float
        The least IoU of a match.

    Returns
    -------
    scores : tensor (R,), falling
    right : bool tensor (R,)
    boxes : int, how many the reference has
    """
    scores, hits, boxes = [], [], 0
    for answer, wanted in zip(found, truth):
        answer, wanted = of_class(answer, label), of_class(wanted, label)
        order, taken = match(answer, wanted, overlap)
        scores.append(answer.scores[order])
        hits.append(taken >= 0)
        boxes += len(wanted.boxes)
    scores = torch.cat(scores)
    order = scores.argsort(descending=True, stable=True)
    return scores[order], torch.cat(hits)[order], boxes


def average_precision(found, truth, label, overlap=0.5):
    r"""Average precision of one class, as the COCO benchmark defines it.

    Answers of all images are sorted by score. After each, precision is the share of answers so
    far that are right, recall the share of boxes found. With precision at recall r,

    .. math:: \mathrm{AP} = \tfrac{1}{101} \sum_{r \in \{0, 0.01, \dots, 1\}} \max_{r' \ge r} p(r')

    Parameters
    ----------
    found, truth : lists of Found
    label : int
    overlap : float
        The least IoU of a match.

    Returns
    -------
    float in 0..1; NaN if the reference has no such box.
    """
    _, right, boxes = ranked(found, truth, label, overlap)
    if not boxes:
        return float("nan")
    right = right.double().cumsum(0)
    precision = right / torch.arange(1, len(right) + 1)
    best_from = precision.flip(0).cummax(0).values.flip(0) if len(right) else precision
    points = torch.linspace(0, 1, 101, dtype=torch.double)
    place = torch.searchsorted(right / boxes, points)
    return float(torch.cat([best_from, best_from.new_zeros(1)])[place].mean())


def counts(found, truth, classes, least=0.0, overlap=0.5):
    """Right answers, answers and boxes of each image and class.

    Parameters
    ----------
    found, truth : lists of Found
    classes : int
    least : float
        Answers with smaller scores do not count.
    overlap : float

    Returns
    -------
    int64 tensor (N, classes, 3)
    """
    rows = []
    for answer, wanted in zip(found, truth):
        sure = type(answer)(*(part[answer.scores >= least] for part in answer))
        for label in range(classes):
            a, w = of_class(sure, label), of_class(wanted, label)
            rows.append([(match(a, w, overlap)[1] >= 0).sum(), len(a.boxes), len(w.boxes)])
    return torch.tensor(rows).view(len(found), classes, 3)


def f1_per_image(found, truth, classes, least=0.0, overlap=0.5):
    r"""For each image :math:`2\,\text{right} / (\text{answers} + \text{boxes})`, averaged over its classes.

    Parameters
    ----------
    found, truth, classes, least, overlap
        As in `counts`. Classes that neither an image nor its answer holds are left out of its mean.

    Returns
    -------
    float64 tensor (N,); 1 for an empty image without answers.
    """
    right, answers, boxes = counts(found, truth, classes, least, overlap).double().unbind(-1)
    there = (answers + boxes) > 0
    score = (2 * right / (answers + boxes).clamp(min=1) * there).sum(1)
    return torch.where(there.any(1), score / there.sum(1).clamp(min=1), 1.0)


def error_types(found, truth, least=0.0, overlap=0.5, touch=0.1):
    """What became of each answer and each box of the reference.

    An answer is *right*; or it lies on a box that a surer answer has taken (*doubled*), on one
    of another class (*wrong class*), or overlaps one a little (*misplaced*); or it lies on none
    (*background*). A box that no right answer took is *missed*. After Bolya et al. 2020.

    Parameters
    ----------
    found, truth : lists of Found
    least : float
        Answers with smaller scores do not count.
    overlap, touch : floats
        The least IoU of a match, and of a touch.

    Returns
    -------
    dict of name -> count, the `ERRORS` and "missed"
    """
    total = dict.fromkeys((*ERRORS, "missed"), 0)
    for answer, wanted in zip(found, truth):
        sure = type(answer)(*(part[answer.scores >= least] for part in answer))
        kinds = kinds_of(sure, wanted, overlap, touch)
        for name in ERRORS:
            total[name] += kinds.count(name)
        total["missed"] += len(wanted.boxes) - kinds.count("right")
    return total


def kinds_of(found, truth, overlap=0.5, touch=0.1):
    """The kind of each answer of one image, in order, as `error_types` names them.

    Parameters
    ----------
    found, truth : Found
    overlap, touch : floats
    """
    right = torch.zeros(len(found.boxes), dtype=torch.bool)
    for label in found.labels.unique():
        rows = (found.labels == label).nonzero()[:, 0]
        order, taken = match(of_class(found, label), of_class(truth, label), overlap)
        right[rows[order]] = taken >= 0
    overlaps = iou(found.boxes, truth.boxes)
    same = found.labels[:, None] == truth.labels
    best_same = _largest(overlaps * same)
    best_other = _largest(overlaps * ~same)
    kinds = []
    for number in range(len(right)):
        if right[number]:
            kinds.append("right")
        elif best_same[number] >= overlap:
            kinds.append("doubled")
        elif best_other[number] >= overlap:
            kinds.append("wrong class")
        elif max(best_same[number], best_other[number]) >= touch:
            kinds.append("misplaced")
        else:
            kinds.append("background")
    return kinds


def _largest(matrix):
    """The largest number of each row, 0 where there are no columns."""
    return matrix.amax(1).tolist() if matrix.shape[1] else [0.0] * len(matrix)
