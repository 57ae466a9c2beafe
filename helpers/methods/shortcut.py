"""Ways to train when a mark gives the answer away, under one budget (survey 9; chapter 9-practice/validate-thoroughly)."""

from dataclasses import dataclass, replace

import torch

from helpers.methods.groups import between, cells, even_rows, even_weights, without, worst_group

PENALTIES = (1e3, 1e2, 1e1, 1.0)  # four settings for each way
DRAWS = 15  # models that are averaged


@dataclass(frozen=True)
class Seen:
    """Rows as a clinic saw them.

    Attributes: ``x`` (N, F); ``y`` (N,) 0 or 1; ``scanner`` (N,) 0 or 1; ``mark`` (F,) what
    scanner 1 has added; ``seed`` of what a way draws at random.
    """

    x: torch.Tensor
    y: torch.Tensor
    scanner: torch.Tensor
    mark: torch.Tensor
    seed: int = 0

    @property
    def other(self):
        """The same rows as the other scanner would have seen them."""
        return self.x + (1 - 2 * self.scanner)[:, None] * self.mark


def linear(x, y, penalty, weights=None):
    """Logistic regression by scikit-learn on standardised columns; returns rows -> log-odds.

    Parameters
    ----------
    x : (N, F)
    y : (N,) of 0 and 1
    penalty : float > 0
    weights : (N,) or None
    """
    from sklearn.linear_model import LogisticRegression

    mean, spread = x.mean(0), x.std(0).clamp(min=1e-6)
    model = LogisticRegression(C=1 / penalty, max_iter=300)
    model.fit((x - mean) / spread, y, sample_weight=weights)
    w, b = torch.from_numpy(model.coef_[0]).float(), float(model.intercept_[0])
    return lambda rows: (rows - mean) / spread @ w + b


def _as_it_comes(seen, penalty):
    return linear(seen.x, seen.y, penalty)


def _masked(seen, penalty):
    hot = seen.mark.abs() > seen.mark.abs().max() / 2
    score = linear(seen.x.masked_fill(hot, 0), seen.y, penalty)
    return lambda rows: score(rows.masked_fill(hot, 0))


def _cropped(seen, penalty):
    hot = seen.mark.abs() > seen.mark.abs().max() / 2
    beside = ~hot & (seen.mark.abs() > 1e-5 * seen.mark.abs().max())

    def crop(rows):
        rows = rows.masked_fill(hot, 0)
        return rows - rows[:, beside].sum(1, keepdim=True) / beside.sum().clamp(min=1) * beside

    score = linear(crop(seen.x), seen.y, penalty)
    return lambda rows: score(crop(rows))


def _projected(seen, penalty):
    along = between(seen.x, seen.y, seen.scanner)
    score = linear(without(seen.x, along), seen.y, penalty)
    return lambda rows: score(without(rows, along))


def _even(seen, penalty):
    kept = even_rows(cells(seen.y, seen.scanner), seen.seed)
    return linear(seen.x[kept], seen.y[kept], penalty)


def _even_draws(seen, penalty):
    draws = [_even(replace(seen, seed=1000 * k + seen.seed), penalty) for k in range(DRAWS)]
    return lambda rows: torch.stack([score(rows) for score in draws]).mean(0)


def _weighted(seen, penalty):
    return linear(seen.x, seen.y, penalty, even_weights(cells(seen.y, seen.scanner)))


def _worst_group(seen, penalty):
    mean, spread = seen.x.mean(0), seen.x.std(0).clamp(min=1e-6)
    cell = cells(seen.y, seen.scanner)
    w, b = worst_group((seen.x - mean) / spread, seen.y, cell, penalty)
    return lambda rows: (rows - mean) / spread @ w + b


def _both_marks(seen, penalty):
    return linear(torch.cat([seen.x, seen.other]), seen.y.repeat(2), penalty)


WAYS = {
    "as it comes": _as_it_comes,
    "as it comes, chosen by cells": _as_it_comes,
    "mark covered": _masked,
    "crop first": _cropped,
    "direction removed": _projected,
    "even rows only": _even,
    "even rows, fifteen draws": _even_draws,
    "even weights": _weighted,
    "worst group": _worst_group,
    "both marks on each": _both_marks,
}


def choose(name, train, valid):
    """Train one way at each penalty and keep what is best on validation rows.

    Parameters
    ----------
    name : str
        One of `WAYS`. "as it comes" is chosen by the plain accuracy, as by somebody who suspects
        nothing; all others by the mean over the cells of class and scanner.
    train, valid : Seen

    Returns
    -------
    callable, rows (N, F) -> (N,) log-odds of class 1
    """
    weights = torch.ones(len(valid.y))
    if name != "as it comes":
        weights = even_weights(cells(valid.y, valid.scanner))
    tried = [WAYS[name](train, penalty) for penalty in PENALTIES]
    scores = [(right(score(valid.x), valid.y) * weights).mean() for score in tried]
    return tried[int(torch.stack(scores).argmax())]


def right(score, y):
    """1.0 where the sign of the log-odds (N,) is that of the class `y` (N,), 0.0 elsewhere.

    Parameters
    ----------
    score : (N,) log-odds of class 1
    y : (N,) of 0 and 1

    Examples
    --------
    >>> right(torch.tensor([2.0, 2.0]), torch.tensor([1, 0])).tolist()
    [1.0, 0.0]
    """
    return ((score > 0).long() == y).float()
