"""Forecasters from repeating the last value to recurrent networks (survey 4.5.4; chapter 4-models/recurrent-networks).

Every rival sees the same windows of the past and keeps the setting with the smallest absolute
error on the same later windows. Test windows are forecast once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import torch
from torch import nn

from helpers.methods.box_jenkins import auto_regression
from helpers.models.mlp import MLP
from helpers.models.recurrent import LastState
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience


@dataclass(frozen=True)
class Forecaster:
    """A way to forecast, and the settings it may try.

    Attributes: ``learn``, callable (train, valid, setting, seed) -> function of windows x (N, L, F)
    to forecasts (N,), where train and valid are `helpers.data.lags.Windows` in units of the
    training spread; ``name`` and ``settings`` of what is tried; ``rows``, how many of the last
    rows of a window it may read, None for all; ``again``, whether it is fitted once more, with
    what was chosen, to both parts: not for those that `valid` stops.
    """

    learn: Callable
    name: str
    settings: tuple
    rows: tuple = (None,)
    again: bool = False

    @property
    def budget(self):
        """The settings as text, for a table."""
        few = (
            self.settings
            if len(self.settings) < 9
            else (self.settings[0], "...", self.settings[-1])
        )
        said = f"{self.name} {', '.join(map(str, few))}" if self.name else "nothing"
        return said if self.rows == (None,) else f"{said}; rows {', '.join(map(str, self.rows))}"


def last_value(train, valid, setting, seed):
    """Persistence: what is there stays.

    Parameters
    ----------
    train, valid, setting, seed : as in `Forecaster`; not used, there is nothing to learn
    """
    return lambda x: x[:, -1, 0]


def last_season(train, valid, setting, seed):
    """What was there one period before; the setting is the period, in steps.

    Parameters
    ----------
    train : Windows
        For the horizon.
    valid, seed : not used
    setting : int, at most lags + horizon - 1
    """
    steps = -(-train.horizon // setting) * setting - train.horizon  # back from the last row
    return lambda x: x[:, -1 - steps, 0]


def ridge(train, valid, setting, seed):
    """A linear map of all rows of the window; the setting is the weight of its penalty.

    Parameters
    ----------
    train : Windows
    valid, seed : not used
    setting : float > 0
    """
    from sklearn.linear_model import Ridge

    return by_library(Ridge(setting), train)


def boosting(train, valid, setting, seed):
    """A hundred boosted trees on all rows of the window; the setting is the leaves of a tree.

    Parameters
    ----------
    train : Windows
    valid : not used
    setting : int >= 2
    seed : int
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    trees = HistGradientBoostingRegressor(
        max_leaf_nodes=setting, min_samples_leaf=10, early_stopping=False, random_state=seed
    )
    return by_library(trees, train)


def forest(train, valid, setting, seed):
    """A hundred extremely randomised trees; the setting is the fewest windows in a leaf.

    Parameters
    ----------
    train : Windows
    valid : not used
    setting, seed : int
    """
    from sklearn.ensemble import ExtraTreesRegressor

    trees = ExtraTreesRegressor(100, min_samples_leaf=setting, random_state=seed)
    return by_library(trees, train)


def kernel(train, valid, setting, seed):
    """Kernel ridge regression on all rows of the window: past windows, weighted by likeness.

    Parameters
    ----------
    train : Windows
    valid, seed : not used
    setting : (float > 0, float > 0)
        Penalty, and width of the Gaussian kernel over the usual distance of two windows.
    """
    from sklearn.kernel_ridge import KernelRidge

    penalty, width = setting
    usual = float(torch.pdist(train.x.flatten(1)[:500]).square().median())
    return by_library(KernelRidge(alpha=penalty, kernel="rbf", gamma=1 / usual / width**2), train)


def by_library(estimator, train):
    """Fit an estimator of scikit-learn to flat windows in double precision; returns its forecast.

    Parameters
    ----------
    estimator : with ``fit`` and ``predict``
    train : Windows
    """
    estimator.fit(train.x.flatten(1).double().numpy(), train.y.double().numpy())
    return lambda x: torch.as_tensor(estimator.predict(x.flatten(1).double().numpy())).float()


def network(train, valid, setting, seed, *, cell="lstm", width=16, epochs=60, patience=12):
    """A network that reads the window; the setting is its learning rate.

    Parameters
    ----------
    train, valid : Windows
        The second stops the training.
    setting : float > 0
    seed : int
        Of first weights and the order of windows.
    cell : {"rnn", "gru", "lstm", "flat"}
        "flat" has no recurrence: a multilayer perceptron that sees all rows at once.
    width : int
        Numbers in its state; a flat network has four times as many hidden units.
    epochs : int
        Most passes.
    patience : int
        Passes without a smaller validation loss that end it.
    """
    torch.manual_seed(seed)
    _, rows, columns = train.x.shape
    if cell == "flat":
        net = nn.Sequential(nn.Flatten(), MLP([rows * columns, 4 * width, 1]))
    else:
        net = LastState(cell, columns, width, 1)
    fit(
        net, (train.x, train.y[:, None]), (valid.x, valid.y[:, None]),
        step=supervised(nn.functional.mse_loss), epochs=epochs, lr=setting, batch_size=32,
        schedule=one_cycle(), clip=1.0, stop=Patience(patience), seed=seed, progress=False,
    )  # fmt: skip
    return lambda x: predict(net, x)[:, 0]


PENALTIES = (1e-6, 1e-3, 0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)  # the first: least squares
RATES = (0.003, 0.01, 0.03, 0.1)  # of the networks
WIDTHS = tuple(product((1e-12, 1e-9, 1e-6, 1e-3, 0.1, 10.0), (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)))


def rivals(season, lags):
    """All of them, by name.

    Parameters
    ----------
    season : int
        A period of the series, in steps, at most `lags`.
    lags : int
        Rows of a window; the orders of auto-regression end there.

    Returns
    -------
    dict of name -> Forecaster
    """
    orders = tuple(sorted({max(1, lags // 8), max(1, lags // 2), lags - 1}))
    whole = {"again": True, "rows": tuple(sorted({max(2, lags // 4), lags // 2, lags}))}
    found = {
        "last value": Forecaster(last_value, "", (None,)),
        "last season": Forecaster(last_season, "period", (season,)),
        "auto-regression": Forecaster(auto_regression, "order", orders),
        "ridge on lags": Forecaster(ridge, "penalty", PENALTIES, **whole),
        "kernel on lags": Forecaster(kernel, "penalty and width", WIDTHS, again=True),
        "boosting on lags": Forecaster(boosting, "leaves", (2, 4, 8, 16, 256), **whole),
        "forest on lags": Forecaster(forest, "in a leaf", (1, 3, 10), **whole),
    }
    names = {"flat": "flat network", "rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}
    for cell, name in names.items():
        found[name] = Forecaster(partial(network, cell=cell), "rate", RATES)
    return found


@dataclass(frozen=True)
class Chosen:
    """A fitted forecaster in raw units: `forecast(windows)` gives (N,); `setting`, `rows` were kept."""

    model: Callable
    centre: torch.Tensor
    spread: torch.Tensor
    setting: object
    rows: object = None

    def forecast(self, windows):
        """Forecasts (N,) of Windows, in the unit of the series."""
        x = (windows.x[:, -(self.rows or 0) :] - self.centre) / self.spread
        return self.model(x) * self.spread[0] + self.centre[0] + windows.base


def choose(rival, windows, train, valid, *, seed=0):
    """Try a rival's settings and keep the one with the smallest error on later windows.

    Parameters
    ----------
    rival : Forecaster
    windows : Windows
        All; columns are scaled by the training windows only.
    train, valid : index tensors
    seed : int

    Returns
    -------
    Chosen
        Of several settings that are equally good, the first.

    Raises
    ------
    ValueError
        If a column is constant in the training windows: nothing can be learned from it, and a
        first change of it later may send a forecast anywhere.
    """
    seen = windows.x[train].flatten(0, 1)
    for k in (seen.amin(0) == seen.amax(0)).nonzero()[:, 0].tolist():
        raise ValueError(
            f"choose: column {k} of the series (counted from 0) is constant in the training part: "
            f"expected values that differ, found {float(seen[0, k]):g} alone; leave the column out"
        )
    centre, spread = seen.mean(0), seen.std(0).clamp(min=1e-6)
    centre[0] = centre[0] * (windows.base == 0).all()
    best, least = None, float("inf")
    for rows, setting in product(rival.rows, rival.settings):
        parts = [scaled(windows.part(part), centre, spread, rows) for part in (train, valid)]
        found = Chosen(rival.learn(*parts, setting, seed), centre, spread, setting, rows)
        error = (found.model(parts[1].x) - parts[1].y).abs().mean()
        if best is None or error < least:
            best, least = found, error
    if rival.again:
        both = scaled(windows.part(torch.cat([train, valid])), centre, spread, best.rows)
        best = replace(best, model=rival.learn(both, None, best.setting, seed))
    return best


def scaled(windows, centre, spread, rows=None):
    """Windows in units of the training spread.

    Parameters
    ----------
    windows : Windows
    centre, spread : tensors (F,)
    rows : int, optional
        Only the last ones of each window.
    """
    kind = type(windows)
    x = (windows.x[:, -(rows or 0) :] - centre) / spread
    y = (windows.y - centre[0]) / spread[0]
    return kind(x, y, windows.base / spread[0], windows.origin, windows.horizon)
