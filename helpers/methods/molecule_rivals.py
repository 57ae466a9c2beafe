"""Predictors of a molecule's property under one budget (survey 4.4; chapter 4-models/graph-molecules).

Every rival sees the same training molecules and chooses on the same validation molecules; test
molecules are predicted once. A rival says what it reads, for instance "seven numbers" or "graphs".
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from helpers.models.graph import GIN, MPNN, DeepSet
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience


@dataclass(frozen=True)
class Rival:
    """A way to learn a property from molecules.

    Attributes: ``reads``, the kind of input; ``learn``, callable (inputs, y, train, valid,
    classes, setting, seed) -> a function from rows to predictions; ``name`` of the setting and the
    ``settings`` that may be tried, the usual one first. ``classes`` is 0 for regression.
    """

    reads: str
    learn: Callable
    name: str
    settings: tuple

    def budget(self, tries=1):
        """The settings that are tried, as text for a table."""
        return f"{self.name} {', '.join(map(str, self.settings[:tries]))}"


def by_library(regressor, classifier):
    """A rival of scikit-learn: each maker takes (setting, seed) and gives an estimator.

    Training molecules of one class leave nothing to learn: then that class is predicted.

    Parameters
    ----------
    regressor, classifier : callables (setting, seed) -> estimator
    """

    def learn(x, y, train, valid, classes, setting, seed):
        make = classifier if classes else regressor
        if classes and len(y[train].unique()) < 2:
            make = majority
        model = make(setting, seed).fit(x[train].numpy(), y[train].numpy())
        return lambda rows, x=x: torch.as_tensor(model.predict(x[rows].numpy())).to(y.dtype)

    return learn


def mean(setting, seed):
    """The mean of the training molecules, whatever the molecule.

    Parameters
    ----------
    setting : float or None, nothing to set
    seed : int
    """
    from sklearn.dummy import DummyRegressor

    return DummyRegressor()


def majority(setting, seed):
    """The most frequent class, whatever the molecule.

    Parameters
    ----------
    setting : float or None, nothing to set
    seed : int
    """
    from sklearn.dummy import DummyClassifier

    return DummyClassifier()


def ridge(setting, seed):
    """A linear model of scaled columns; the setting is the weight of its penalty.

    Parameters
    ----------
    setting : float or None, weight of the penalty
    seed : int
    """
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), Ridge(setting))


def ridge_of_counts(setting, seed):
    """A linear model of counts; leave-one-out on the training molecules chooses its penalty.

    Parameters
    ----------
    setting : sequence of float, weights of the penalty
    seed : int
    """
    from sklearn.linear_model import RidgeCV

    return RidgeCV(setting)


def logistic(setting, seed):
    """Its sibling for classes.

    Parameters
    ----------
    setting : float or None, weight of the penalty
    seed : int
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=1 / setting, max_iter=1000))


def forest(setting, seed):
    """A hundred randomised trees; the setting is the smallest leaf.

    Parameters
    ----------
    setting : float or None, smallest leaf
    seed : int
    """
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(
        100, min_samples_leaf=setting, max_features=0.33, random_state=seed
    )


def forest_of_classes(setting, seed):
    """Its sibling for classes.

    Parameters
    ----------
    setting : float or None, smallest leaf
    seed : int
    """
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(
        100, min_samples_leaf=setting, max_features=0.33, random_state=seed
    )


def by_network(make, epochs=16):
    """A rival that reads graphs: ``make(outputs)`` is an untrained network.

    The setting is the learning rate, raised and lowered once; the weights of the epoch with the
    lowest validation loss are kept. A number is scaled by mean and spread of the training molecules.

    Parameters
    ----------
    make : callable, (outputs) -> nn.Module of graphs
    epochs : int
    """

    def learn(store, y, train, valid, classes, setting, seed):
        torch.manual_seed(seed)
        net = make(classes or 1)
        middle, spread = (0.0, 1.0) if classes else (y[train].mean(), y[train].std())

        def loss(out, y):
            if classes:
                return nn.functional.cross_entropy(out, y)
            return nn.functional.mse_loss(out, (y - middle) / spread)

        fit(
            net, store.select(train, shuffle=True, seed=seed), store.select(valid),
            step=supervised(loss), epochs=epochs, lr=setting, clip=1.0, schedule=one_cycle(),
            stop=Patience(epochs), seed=seed, progress=False,
        )  # fmt: skip

        def predicted(rows, store=store):
            out = predict(net, store.select(rows))
            return out.argmax(1) if classes else out * spread + middle

        predicted.net = net
        return predicted

    return learn


def mpnn(outputs, **changes):
    """The message-passing network of the chapter: 26 atom features, 6 bond features."""
    return MPNN(26, 6, readout="sum", outputs=outputs, **changes)


def gin(outputs, **changes):
    """The graph isomorphism network of the chapter."""
    return GIN(26, readout="sum", outputs=outputs, **changes)


def bag(outputs):
    """The network without messages: a sum of atoms and bonds, then a hidden layer."""
    return DeepSet(26, 6, outputs=outputs)


FOREST, RATES = by_library(forest, forest_of_classes), (0.005, 0.002, 0.01)
COUNTS = by_library(ridge_of_counts, lambda setting, seed: logistic(setting[1], seed))
RIVALS = {
    "mean": Rival("four numbers", by_library(mean, majority), "nothing to set", ("",)),
    "linear, four numbers": Rival(
        "four numbers", by_library(ridge, logistic), "penalty", (1.0, 0.1, 10.0)
    ),
    "linear, counts": Rival("counts", COUNTS, "penalty", ((1.0, 10.0, 100.0),)),
    "forest, four numbers": Rival("four numbers", FOREST, "leaf", (1, 2, 4)),
    "forest, seven numbers": Rival("seven numbers", FOREST, "leaf", (1, 2, 4)),
    "forest, fingerprints": Rival("fingerprints", FOREST, "leaf", (1, 2, 4)),
    "GIN": Rival("graphs", by_network(gin), "16 epochs, rate", RATES),
    "MPNN, sum only": Rival("graphs", by_network(mpnn), "16 epochs, rate", RATES),
    "MPNN": Rival("graphs", by_network(partial(mpnn, hidden=32)), "16 epochs, rate", RATES),
    "bag of atoms and bonds": Rival("graphs", by_network(bag, 48), "48 epochs, rate", RATES),
}


def error(prediction, y):
    """What a prediction costs: the distance of numbers, or 1 for a wrong class and 0 for a right one.

    Parameters
    ----------
    prediction, y : tensors (N,), both float or both int64

    Examples
    --------
    >>> error(torch.tensor([1.5, 0.0]), torch.tensor([1.0, 1.0])).tolist()
    [0.5, 1.0]
    >>> error(torch.tensor([2, 0]), torch.tensor([2, 1])).tolist()
    [0.0, 1.0]
    """
    if y.dtype == torch.int64:
        return (prediction != y).double()
    return (prediction - y).abs().double()


def choose(rival, inputs, y, train, valid, *, classes=0, seed=0, tries=1):
    """Try the first settings of a rival and keep the one with the lowest validation error.

    Parameters
    ----------
    rival : Rival
    inputs : tensor (N, F), or a store of graphs such as `helpers.data.graphs.GraphBatches` with y
    y : tensor (N,), float32, or int64 classes from 0
    train, valid : index tensors
    classes : int
        Number of classes; 0 for regression.
    seed, tries : int

    Returns
    -------
    callable, rows -> predictions

    Raises
    ------
    ValueError
        If y does not fit the number of classes.
    """
    if (y.dtype == torch.int64) != bool(classes):
        raise ValueError(
            f"choose(classes={classes}): expected {'int64' if classes else 'float32'} targets, "
            f"found {y.dtype}"
        )
    best, least = None, float("inf")
    for setting in rival.settings[:tries]:
        found = rival.learn(inputs, y, train, valid, classes, setting, seed)
        wrong = error(found(valid), y[valid]).mean() if tries > 1 else 0.0
        if wrong < least:
            best, least = found, wrong
    return best


def out_of_fold(rival, inputs, y, folds, *, classes=0, seed=0, tries=1):
    """Predict every molecule by a model that has not seen it.

    Parameters
    ----------
    rival, y, classes, seed, tries : as for `choose`
    inputs : dict from what a rival reads to its inputs
    folds : list of (train, valid, test) index tensors

    Returns
    -------
    tensor (N,), like y
    """
    guess = torch.zeros_like(y)
    for train, valid, test in folds:
        known = inputs[rival.reads]
        found = choose(rival, known, y, train, valid, classes=classes, seed=seed, tries=tries)
        guess[test] = found(test)
    return guess


def by_group(values, groups):
    """The mean of `values` (N,) in each group (N,) int64: a list, one float a group.

    Parameters
    ----------
    values : Tensor (N,)
    groups : Tensor (N,) of int64, 0 to G - 1

    Examples
    --------
    >>> by_group(torch.tensor([1.0, 2.0, 6.0]), torch.tensor([0, 1, 1]))
    [1.0, 4.0]
    """
    return (groups.bincount(weights=values.double()) / groups.bincount()).tolist()
