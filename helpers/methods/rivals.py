"""Classifiers of a table under one budget (survey 4.1 and 9; chapter 4-models/supervised-learning).

Every rival sees the same training rows, may try the same number of settings, and keeps the one
that does best on the same validation rows. Test rows are predicted once, by the one that was kept.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from helpers.models.mlp import MLP
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience


@dataclass(frozen=True)
class Rival:
    """A way to learn classes, and the settings it may try.

    Attributes: ``learn``, callable (train, valid, classes, setting, seed) -> model, where train
    and valid are pairs (x, y) of tensors and classes is their number; ``name`` and ``settings`` of
    what is tried.
    """

    learn: Callable
    name: str
    settings: tuple

    @property
    def budget(self):
        """The settings as text, for a table; a setting of None is nothing to set."""
        tried = ", ".join(str(setting) for setting in self.settings if setting is not None)
        return f"{self.name} {tried}".rstrip()


def network(train, valid, classes, lr, seed, *, hidden=128, dropout=0.3, epochs=30, model=MLP):
    """A multilayer perceptron with one hidden layer, stopped early on the validation loss.

    Parameters
    ----------
    train, valid : pairs (x, y) of tensors, (N, F) float32 and (N,) int64
    classes : int
        Number of classes.
    lr : float > 0
        The setting: the highest learning rate of the cycle.
    seed : int
        Of first weights and the order of rows.
    hidden : int
        Units of the hidden layer.
    dropout : float in [0, 1)
        Share of hidden units left out in training.
    epochs : int
        Most passes over the training rows; 15 without a lower validation loss end it.
    model : callable, (list of layer widths, dropout) -> nn.Module
    """
    torch.manual_seed(seed)
    net = model([train[0].shape[1], hidden, classes], dropout=dropout)
    fit(
        net, train, valid, step=supervised(nn.functional.cross_entropy), epochs=epochs, lr=lr,
        schedule=one_cycle(), stop=Patience(15), seed=seed, progress=False,
    )  # fmt: skip
    return net


def by_library(make):
    """A rival of scikit-learn: ``make(setting, seed)`` is its estimator.

    Training rows of one class leave nothing to learn: then that class is predicted.
    """

    def learn(train, valid, classes, setting, seed):
        x, y = (part.numpy() for part in train)
        estimator = make(setting, seed) if len(set(y.tolist())) > 1 else majority(setting, seed)
        return estimator.fit(x, y)

    return learn


def majority(setting, seed):
    """The most frequent class, whatever the input.

    Parameters
    ----------
    setting, seed : any
        Not used: there is nothing to set or draw.
    """
    from sklearn.dummy import DummyClassifier

    return DummyClassifier()


def logistic_regression(setting, seed):
    """A linear score for each class; the setting is the inverse strength of the penalty.

    Parameters
    ----------
    setting : float > 0
        scikit-learn's C.
    seed : any
        Not used: nothing is drawn.
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=setting, max_iter=1000)


def nearest_neighbours(setting, seed):
    """The class of most of the nearest training rows; the setting is how many.

    Parameters
    ----------
    setting : int >= 1
        scikit-learn's n_neighbors.
    seed : any
        Not used: nothing is drawn.
    """
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(setting)


def support_vectors(setting, seed):
    """A support vector machine with a Gaussian kernel; the setting is the price of an error.

    Parameters
    ----------
    setting : float > 0
        scikit-learn's C.
    seed : any
        Not used: nothing is drawn.
    """
    from sklearn.svm import SVC

    return SVC(C=setting)


def forest(setting, seed):
    """Fifty randomised trees; the setting is the smallest leaf.

    Parameters
    ----------
    setting : int >= 1
        scikit-learn's min_samples_leaf, in rows.
    seed : int
        Of the rows and columns that each tree sees.
    """
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(50, min_samples_leaf=setting, random_state=seed)


RIVALS = {
    "majority": Rival(by_library(majority), "nothing to set", (None,)),
    "logistic regression": Rival(by_library(logistic_regression), "C", (0.1, 1, 10)),
    "forest": Rival(by_library(forest), "leaf", (1, 2, 4)),
    "nearest neighbours": Rival(by_library(nearest_neighbours), "k", (1, 3, 5)),
    "support vectors": Rival(by_library(support_vectors), "C", (1, 3, 10)),
    "network": Rival(network, "rate", (0.003, 0.01, 0.03)),
}


@dataclass
class Fitted:
    """A model with the scaling that its training rows gave; predicts classes of raw rows."""

    model: object
    centre: torch.Tensor
    spread: torch.Tensor
    setting: object

    def predict(self, x):
        """Class numbers, (N,) int64, of raw rows x (N, F)."""
        x = (x - self.centre) / self.spread
        if isinstance(self.model, nn.Module):
            return predict(self.model, x).argmax(1)
        return torch.as_tensor(self.model.predict(x.numpy()))


def scale_of(x):
    """Centre and spread of each column: 0 and 1 where all columns lie in 0..1 already."""
    if bool(((x >= 0) & (x <= 1)).all()):
        return torch.zeros(x.shape[1]), torch.ones(x.shape[1])
    spread = x.std(0)
    return x.mean(0), torch.where(spread > 0, spread, 1.0)


def choose(rival, x, y, train, valid, *, classes, seed=0):
    """Try a rival's settings and keep the one that is right on most validation rows.

    Parameters
    ----------
    rival : Rival
    x, y : tensors, (N, F) float32 and (N,) int64
        All rows; columns are scaled by the training rows only.
    train, valid : index tensors
    classes : int
        Number of classes.
    seed : int

    Returns
    -------
    Fitted
        Of several settings that are equally good, the first.

    Raises
    ------
    ValueError
        If y holds no class numbers.
    """
    if y.dtype != torch.int64:
        raise ValueError(
            f"choose(y=): expected class numbers (int64), found {y.dtype}; a number is regressed, "
            "not classified"
        )
    centre, spread = scale_of(x[train])
    scaled = (x - centre) / spread
    pairs = (scaled[train], y[train]), (scaled[valid], y[valid])
    best, most = None, -1
    for setting in rival.settings:
        model = rival.learn(*pairs, classes, setting, seed)
        found = Fitted(model, centre, spread, setting)
        right = int((found.predict(x[valid]) == y[valid]).sum())
        if right > most:
            best, most = found, right
    return best


def out_of_fold(rival, x, y, folds, *, classes, seed=0):
    """Predict every row by a model that has not seen it.

    Parameters
    ----------
    rival, x, y, classes, seed : as for `choose`
    folds : list of (train, valid, test) index tensors
        For instance `helpers.data.splits.group_folds`.

    Returns
    -------
    tensor (N,), int64
        Predicted class of each row; -1 for rows that no fold tests.
    """
    guess = torch.full_like(y, -1)
    for train, valid, test in folds:
        guess[test] = choose(rival, x, y, train, valid, classes=classes, seed=seed).predict(x[test])
    return guess
