"""Simple models and a network on a small table, numbers or classes, under one budget (survey 2.3; chapter 2-considerations/simple-models).

Every rival sees the same training rows, tries three settings, and keeps the one with the smallest
squared error on the same validation rows. For classes that is the Brier score: the squared distance
between the probabilities and the class, so that one rule serves both tasks.
"""

from dataclasses import dataclass

import torch
from torch import nn

from helpers.methods.rivals import Rival
from helpers.models.mlp import MLP
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience


def targets(y, classes):
    """The target as columns: the numbers themselves, or one 0/1 column a class.

    Parameters
    ----------
    y : tensor (N,), float or int64
    classes : int
        Number of classes, 0 for a number.

    Examples
    --------
    >>> targets(torch.tensor([1, 0]), 2).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    return nn.functional.one_hot(y, classes).double() if classes else y.double()[:, None]


def network(train, valid, classes, lr, seed, *, hidden=64, dropout=0.1, epochs=40):
    """A multilayer perceptron with one hidden layer, stopped early on the validation loss.

    Parameters
    ----------
    train, valid : pairs (x, y) of tensors, scaled
    classes : int, 0 for a number
    lr : float
        Highest learning rate of the run.
    seed : int
    hidden : int
        Width of the layer.
    dropout : float
    epochs : int
    """
    torch.manual_seed(seed)
    net = MLP([train[0].shape[1], hidden, max(classes, 1)], dropout=dropout)
    loss = nn.functional.cross_entropy if classes else nn.functional.mse_loss
    pairs = [(x.float(), y if classes else y.float()[:, None]) for x, y in (train, valid)]
    fit(
        net, *pairs, step=supervised(loss), epochs=epochs, lr=lr, batch_size=32,
        schedule=one_cycle(), stop=Patience(15), seed=seed, progress=False,
    )  # fmt: skip
    return lambda x: predict(net, x.float()).softmax(1) if classes else predict(net, x.float())


def by_library(regressor, classifier):
    """A rival of a library: two functions (setting, seed) -> estimator, one for each task.

    Parameters
    ----------
    regressor, classifier : callables (setting, seed) -> estimator
    """

    def learn(train, valid, classes, setting, seed):
        x, y = (part.numpy() for part in train)
        if not classes:
            model = regressor(setting, seed).fit(x, y)
            return lambda new: torch.as_tensor(model.predict(new.numpy()).copy())[:, None]
        if len(set(y.tolist())) == 1:  # nothing to learn
            return lambda new: targets(train[1][:1], classes).expand(len(new), -1)
        model = classifier(setting, seed).fit(x, y)

        def answer(new):
            found = torch.zeros(len(new), classes, dtype=torch.float64)
            found[:, model.classes_] = torch.as_tensor(model.predict_proba(new.numpy())).double()
            return found

        return answer

    return learn


def mean(setting, seed):
    """The mean of the training rows.

    Parameters
    ----------
    setting, seed : not used
    """
    from sklearn.dummy import DummyRegressor

    return DummyRegressor()


def shares(setting, seed):
    """The shares of the classes among the training rows.

    Parameters
    ----------
    setting, seed : not used
    """
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior")


def ridge(penalty, seed):
    """Least squares with a penalty on squared weights.

    Parameters
    ----------
    penalty : float > 0
    seed : not used
    """
    from sklearn.linear_model import Ridge

    return Ridge(penalty)


def logistic(penalty, seed):
    """Logistic regression with a penalty on squared weights.

    Parameters
    ----------
    penalty : float > 0
    seed : not used
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1 / penalty, max_iter=2000)


def lasso(penalty, seed):
    """Least squares with a penalty on absolute weights; the penalty is a share of the spread.

    Parameters
    ----------
    penalty : float > 0
    seed : not used
    """
    from sklearn.linear_model import Lasso

    return Lasso(penalty)


def sparse_logistic(penalty, seed):
    """Logistic regression with a penalty on absolute weights.

    Parameters
    ----------
    penalty : float > 0
    seed : int
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(
        C=0.02 / penalty, l1_ratio=1, solver="saga", tol=1e-2, max_iter=5000, random_state=seed
    )


def tree(leaf, seed):
    """A regression tree; the setting is the smallest leaf.

    Parameters
    ----------
    leaf : int
    seed : int
    """
    from sklearn.tree import DecisionTreeRegressor

    return DecisionTreeRegressor(min_samples_leaf=leaf, random_state=seed)


def class_tree(leaf, seed):
    """A classification tree; the setting is the smallest leaf.

    Parameters
    ----------
    leaf : int
    seed : int
    """
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed)


def forest(leaf, seed):
    """Fifty trees on resampled rows, a third of the columns open at each question.

    Parameters
    ----------
    leaf : int, rows of the smallest leaf
    seed : int
    """
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(50, min_samples_leaf=leaf, max_features=1 / 3, random_state=seed)


def class_forest(leaf, seed):
    """The same forest for classes.

    Parameters
    ----------
    leaf : int, rows of the smallest leaf
    seed : int
    """
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(50, min_samples_leaf=leaf, random_state=seed)


BOOSTING = {"n_estimators": 100, "max_depth": 2, "subsample": 0.5}


def boosting(rate, seed):
    """A hundred small trees on residuals.

    Parameters
    ----------
    rate : float, share of each tree that is added
    seed : int
    """
    from sklearn.ensemble import GradientBoostingRegressor

    return GradientBoostingRegressor(learning_rate=rate, random_state=seed, **BOOSTING)


def class_boosting(rate, seed):
    """A hundred small trees on the gradient of the log loss.

    Parameters
    ----------
    rate : float, share of each tree that is added
    seed : int
    """
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(learning_rate=rate, random_state=seed, **BOOSTING)


ROUNDS = 150  # far fewer than the default: on some folds early stopping never comes, for a minute


def explainable(rate, seed, bags=2):
    """An explainable boosting machine without interactions: a sum of one curve a column.

    Parameters
    ----------
    rate : float
    seed : int
    bags : int
        Machines on resampled rows, whose curves are averaged.
    """
    from interpret.glassbox import ExplainableBoostingRegressor

    return ExplainableBoostingRegressor(
        interactions=0, outer_bags=bags, learning_rate=rate, max_rounds=ROUNDS, n_jobs=1,
        random_state=seed,
    )  # fmt: skip


def class_explainable(rate, seed, bags=2):
    """The same machine for classes, its curves in log-odds.

    Parameters
    ----------
    rate : float
    seed : int
    bags : int
        As for `explainable`.
    """
    from interpret.glassbox import ExplainableBoostingClassifier

    return ExplainableBoostingClassifier(
        interactions=0, outer_bags=bags, learning_rate=rate, max_rounds=ROUNDS, n_jobs=1,
        random_state=seed,
    )  # fmt: skip


def process(scale, seed):
    """A Gaussian process; its noise is fitted, its scale is the setting, in typical distances.

    Parameters
    ----------
    scale : float > 0
    seed : not used
    """
    from sklearn.gaussian_process import GaussianProcessRegressor, kernels

    def fit(x, y):
        kernel = 1.0 * kernels.RBF(scale * x.shape[1] ** 0.5, "fixed") + kernels.WhiteKernel()
        return GaussianProcessRegressor(kernel).fit(x, y)

    return _Late(fit)


def class_process(scale, seed):
    """A Gaussian process behind a logistic curve (Laplace's approximation).

    Parameters
    ----------
    scale : float > 0
    seed : not used
    """
    from sklearn.gaussian_process import GaussianProcessClassifier, kernels

    def fit(x, y):
        kernel = 9.0 * kernels.RBF(scale * x.shape[1] ** 0.5)
        return GaussianProcessClassifier(kernel, optimizer=None).fit(x, y)

    return _Late(fit)


@dataclass(frozen=True)
class _Late:
    """An estimator that is made when the number of columns is known."""

    fit: object


RIVALS = {
    "nothing": Rival(by_library(mean, shares), "nothing to set", (None,)),
    "ridge": Rival(by_library(ridge, logistic), "penalty", (1, 10, 100)),
    "lasso": Rival(by_library(lasso, sparse_logistic), "penalty", (0.01, 0.03, 0.1)),
    "tree": Rival(by_library(tree, class_tree), "leaf", (5, 15, 40)),
    "forest": Rival(by_library(forest, class_forest), "leaf", (1, 3, 10)),
    "boosting": Rival(by_library(boosting, class_boosting), "rate", (0.02, 0.05, 0.1)),
    "explainable boosting": Rival(
        by_library(explainable, class_explainable), "rate", (0.02, 0.04, 0.1)
    ),
    "Gaussian process": Rival(by_library(process, class_process), "scale", (0.5, 1, 2)),
    "network": Rival(network, "rate", (0.001, 0.003, 0.01)),
}


@dataclass(frozen=True)
class Fitted:
    """What a rival learned, with the scales of its training rows.

    Attributes: ``answer`` callable on scaled rows; ``centre``, ``spread`` (F,) of the columns;
    ``level``, ``unit`` of the target, 0 and 1 for classes; ``setting`` that was kept.
    """

    answer: object
    centre: torch.Tensor
    spread: torch.Tensor
    level: float
    unit: float
    setting: object

    def predict(self, x):
        """Predictions of raw rows x (N, F): (N, 1) in the target's unit, or (N, K) probabilities."""
        scaled = (x.double() - self.centre) / self.spread
        return self.answer(scaled).double() * self.unit + self.level


def choose(rival, x, y, train, valid, *, classes=0, seed=0):
    """Try a rival's settings and keep the one with the smallest squared error on validation rows.

    Parameters
    ----------
    rival : helpers.methods.rivals.Rival
        Its ``learn`` returns a callable, scaled rows (N, F) -> (N, 1) or (N, K).
    x : tensor (N, F)
    y : tensor (N,), a number or a class number (int64)
    train, valid : index tensors
    classes : int
        Number of classes, 0 for a number.
    seed : int

    Returns
    -------
    Fitted

    Raises
    ------
    ValueError
        If classes are expected and y holds no class numbers.
    """
    if classes and y.dtype != torch.int64:
        raise ValueError(f"choose(y=): expected class numbers (int64), found {y.dtype}")
    rows = x[train].double()
    spread = rows.std(0)
    centre, spread = rows.mean(0), torch.where(spread > 0, spread, 1.0)
    level, unit = (0.0, 1.0) if classes else (float(y[train].mean()), float(y[train].std()) or 1.0)
    pairs = [
        ((x[part].double() - centre) / spread, y[part] if classes else (y[part].double() - level) / unit)
        for part in (train, valid)
    ]  # fmt: skip
    tried = []
    for setting in rival.settings:
        answer = rival.learn(*pairs, classes, setting, seed)
        found = Fitted(answer, centre, spread, level, unit, setting)
        error = (found.predict(x[valid]) - targets(y[valid], classes)).square().sum(1).mean()
        tried.append((float(error), len(tried), found))
    return min(tried)[2]


def out_of_fold(rival, x, y, folds, *, classes=0, seed=0):
    """Predict every row by a model that has not seen it.

    Parameters
    ----------
    rival, x, y, classes, seed : as for `choose`
    folds : list of (train, valid, test) index tensors

    Returns
    -------
    tensor (N, 1) or (N, K)
    """
    guess = torch.full_like(targets(y, classes), torch.nan)
    for train, valid, test in folds:
        fitted = choose(rival, x, y, train, valid, classes=classes, seed=seed)
        guess[test] = fitted.predict(x[test])
    return guess
