"""Self-training: a model labels data for its successor (survey 6.2.2; chapter 6-less-data/self-training)."""

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from helpers.methods.ramps import linear_ramp
from helpers.train.steps import Supervised, inputs_and_target


@dataclass
class SelfTrained:
    """The last model, the labels it was trained with, and the round in which each came."""

    predict: object
    labels: torch.Tensor  # (N,), -1 where no round was confident
    added: torch.Tensor  # (N,), 0 for given labels, r for round r, -1 for never


def self_train(train, x, y, *, threshold=0.75, rounds=10, per_class=None):
    """Train, label what the model is sure of, train again (Yarowsky 1995; Lee 2013).

    Parameters
    ----------
    train : callable, (x, y) -> predict
        Fits a new model and returns ``predict(x) -> Tensor (N, K)`` of probabilities.
    x : Tensor (N, ...)
    y : Tensor (N,) of labels 0..K-1; -1 where the label is not known.
    threshold : float in [0, 1)
        A pseudo-label is kept, for good, if its probability is larger.
    rounds : int >= 1, most rounds; it ends earlier when nothing is added.
    per_class : int, optional
        Keep in a round at most this many pseudo-labels of a class, the surest ones.

    Returns
    -------
    SelfTrained

    Raises
    ------
    ValueError : for a threshold outside [0, 1), or fewer than one round or label of a class.

    Examples
    --------
    >>> x = torch.tensor([[0.0], [1.0], [0.2], [0.9], [0.5]])
    >>> y = torch.tensor([0, 1, -1, -1, -1])
    >>> def train(x, y):  # the nearest mean
    ...     means = torch.stack([x[y == k].mean(0) for k in (0, 1)])
    ...     return lambda x: torch.softmax(-10 * torch.cdist(x, means), 1)
    >>> self_train(train, x, y, threshold=0.9).labels.tolist()
    [0, 1, 0, 1, -1]
    """
    if not 0 <= threshold < 1:
        raise ValueError(f"self_train: threshold must lie in [0, 1), found {threshold}")
    if rounds < 1 or (per_class is not None and per_class < 1):
        raise ValueError(
            f"self_train: expected rounds and per_class of 1 or more, found {rounds} and {per_class}"
        )
    labels, added = y.clone(), torch.where(y >= 0, 0, -1)
    for number in range(1, rounds + 1):
        known = labels >= 0
        predict = train(x[known], labels[known])
        if known.all():
            break
        sure, guess = predict(x).max(1)
        new = surest(sure, guess, ~known & (sure > threshold), per_class)
        labels[new], added[new] = guess[new].to(labels.dtype), number
        if not new.any():
            break
    else:
        predict = train(x[labels >= 0], labels[labels >= 0])
    return SelfTrained(predict, labels, added)


def surest(sure, guess, candidates, per_class):
    """Of the candidates (N,), the `per_class` surest of each guessed class; all, if None.

    Parameters
    ----------
    sure : Tensor (N,), probability of the guessed class.
    guess : Tensor (N,) of int64, the guessed class.
    candidates : Tensor (N,) of bool.
    per_class : int >= 1, or None to keep all candidates.

    Examples
    --------
    >>> sure, guess = torch.tensor([0.9, 0.8, 0.7, 0.99]), torch.tensor([0, 0, 1, 1])
    >>> surest(sure, guess, torch.tensor([True, True, True, False]), 1).tolist()
    [True, False, True, False]
    """
    if per_class is None:
        return candidates
    kept = torch.zeros_like(candidates)
    for label in guess[candidates].unique():
        rows = (candidates & (guess == label)).nonzero()[:, 0]
        kept[rows[sure[rows].argsort(descending=True)[:per_class]]] = True
    return kept


def noisy_student(train, x, y, *, generations=3, classes=None):
    """Teacher, noisy student, and the student becomes the teacher (Xie et al. 2019, algorithm 1).

    Parameters
    ----------
    train : callable, (x, targets) -> predict
        Fits a new model to soft targets (N, K), *with noise* (dropout, augmentation), and
        returns ``predict(x) -> Tensor (N, K)`` of probabilities, *without noise*.
    x : Tensor (N, ...)
    y : Tensor (N,) of labels 0..K-1; -1 where the label is not known.
    generations : int >= 0, students trained one after the other.
    classes : int, optional
        K, if a class may have no label at all; else the largest label and one.

    Returns
    -------
    list of predict, the first teacher and every student.

    Notes
    -----
    Pseudo-labels are soft and renewed by each generation; given labels stay. The paper filters
    and balances the unlabelled images, which is left to the caller.

    Examples
    --------
    >>> x, y = torch.eye(3), torch.tensor([0, 1, -1])
    >>> models = noisy_student(lambda x, t: lambda x: torch.full((len(x), 2), 0.5), x, y)
    >>> len(models)
    4
    """
    known = y >= 0
    given = F.one_hot(y[known], classes or -1).float()
    models = [train(x[known], given)]
    for _ in range(generations):
        targets = models[-1](x).clone()
        targets[known] = given
        models.append(train(x, targets))
    return models


class PseudoLabel(Supervised):
    r"""The step of Lee (2013, eq. 15): pseudo-labels are drawn anew for every batch.

    .. math:: L = H(y, f(x)) + \alpha(t)\, H(\arg\max f(u),\, f(u))

    Parameters
    ----------
    start, end : int, steps between which the weight rises.
    final : float, last weight alpha; 3 in the paper.

    Notes
    -----
    A batch is that of `TwoStreams`.

    Examples
    --------
    >>> step = PseudoLabel(0, 10)
    >>> x, y = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    >>> sorted(step(torch.nn.Linear(3, 3), (x, y, x, None)))
    ['loss', 'unlabelled', 'weight']
    """

    memory = ("steps",)

    def __init__(self, start, end, final=3.0):
        super().__init__(F.cross_entropy, inputs_and_target)
        self.start, self.end, self.final, self.steps = start, end, final, 0

    def __call__(self, model, batch):
        """Both losses of one batch."""
        x, y, u, _ = batch
        few, many = model(torch.cat([x, u])).split([len(x), len(u)])
        weight = self.final * linear_ramp(self.steps, self.end, self.start)
        self.steps += 1
        unlabelled = F.cross_entropy(many, many.detach().argmax(1))
        loss = F.cross_entropy(few, y) + weight * unlabelled
        return {"loss": loss, "unlabelled": unlabelled.detach(), "weight": weight}
