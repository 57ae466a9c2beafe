"""Forecasters under one budget, from repeating the last value to recurrent networks (survey 4.5.4; chapter 4-models/recurrent-networks).

Every rival sees the same windows of the past, may try the same number of settings, and keeps the
one with the smallest absolute error on the same later windows. Test windows are forecast once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

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
    training spread; ``name`` and ``settings`` of what is tried.
    """

    learn: Callable
    name: str
    settings: tuple

    @property
    def budget(self):
        """The settings as text, for a table."""
        return f"{self.name} {', '.join(map(str, self.settings))}" if self.name else "nothing"


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


def kernel(train, valid, setting, seed):
    """Kernel ridge regression on all rows of the window: past windows, weighted by likeness.

    Parameters
    ----------
    train : Windows
    valid, seed : not used
    setting : float > 0
        Penalty; the kernel is Gaussian, its width the usual distance of two windows.
    """
    from sklearn.kernel_ridge import KernelRidge

    flat = train.x.flatten(1)
    wide = float(torch.pdist(flat[:500]).square().median())
    return by_library(KernelRidge(alpha=setting, kernel="rbf", gamma=1 / wide), train)


def by_library(estimator, train):
    """Fit an estimator of scikit-learn to flat windows; returns its forecast.

    Parameters
    ----------
    estimator : with ``fit`` and ``predict``
    train : Windows
    """
    estimator.fit(train.x.flatten(1).numpy(), train.y.numpy())
    return lambda x: torch.as_tensor(estimator.predict(x.flatten(1).numpy())).float()


def auto_regression(train, valid, setting, seed):
    """Changes, each linear in the last changes, summed to the horizon: ARIMA(p, 1, 0) of statsmodels.

    Unlike `ridge` it learns one step and iterates, and it reads the first column alone.

    Parameters
    ----------
    train : Windows
        Of consecutive origins.
    valid, seed : not used
    setting : int
        Order: how many last changes a step reads, fewer than a window has rows.
    """
    from statsmodels.tsa.ar_model import AutoReg

    past = torch.cat([train.x[0, :, 0] + train.base[0], train.x[1:, -1, 0] + train.base[1:]])
    fitted = AutoReg(past.diff().double().numpy(), lags=setting).fit().params
    weights = torch.as_tensor(fitted).float()

    def forecast(x):
        known = x[..., 0]
        steps = known.diff(dim=1)
        for _ in range(train.horizon):
            step = weights[0] + steps[:, -setting:].flip(1) @ weights[1:]
            steps = torch.cat([steps, step[:, None]], 1)
        return known[:, -1] + steps[:, known.shape[1] - 1 :].sum(1)

    return forecast


def seasonal_arima(values, known, origins, horizon, season):
    """The "airline model" of Box and Jenkins, ARIMA(0,1,1)(0,1,1), with all of the past at hand.

    Unlike the others it is not bound to a window, and it has nothing to choose.

    Parameters
    ----------
    values : tensor (T,)
        The series.
    known : int
        Rows by which its two weights are fitted.
    origins : int64 tensor (N,)
        Rows after which to forecast; each forecast uses all rows up to its origin.
    horizon, season : int, in rows

    Returns
    -------
    tensor (N,)
    """
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    past = values.double().numpy()
    model = SARIMAX(past[:known], order=(0, 1, 1), seasonal_order=(0, 1, 1, season))
    fitted = model.fit(disp=0)
    ends = [fitted.apply(past[: k + 1]).forecast(horizon)[-1] for k in origins.tolist()]
    return torch.tensor(ends).float()


def network(train, valid, setting, seed, *, cell="lstm", width=16, epochs=60):
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
        Most passes; twelve without a smaller validation loss end it.
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
        schedule=one_cycle(), clip=1.0, stop=Patience(12), seed=seed, progress=False,
    )  # fmt: skip
    return lambda x: predict(net, x)[:, 0]


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
    found = {
        "last value": Forecaster(last_value, "", (None,)),
        "last season": Forecaster(last_season, "period", (season,)),
        "auto-regression": Forecaster(auto_regression, "order", orders),
        "ridge on lags": Forecaster(ridge, "penalty", (1.0, 10.0, 100.0)),
        "kernel on lags": Forecaster(kernel, "penalty", (0.001, 0.03, 1.0)),
        "boosting on lags": Forecaster(boosting, "leaves", (4, 8, 16)),
    }
    rates = (0.003, 0.01, 0.03)
    names = {"flat": "flat network", "rnn": "RNN", "gru": "GRU", "lstm": "LSTM"}
    for cell, name in names.items():
        found[name] = Forecaster(partial(network, cell=cell), "rate", rates)
    return found


def period(values, longest):
    """The lag of the highest peak of the autocorrelation; 1 without a peak.

    Parameters
    ----------
    values : tensor (T,)
        The part to learn from, alone.
    longest : int
        Longest lag that is looked at.

    Returns
    -------
    int, 1 to `longest`

    Examples
    --------
    >>> period(torch.sin(torch.arange(60) * 2 * torch.pi / 12), 24)
    12
    """
    steps = values.double().diff()
    steps = steps - steps.mean()
    like = [float((steps[k:] * steps[:-k]).sum()) for k in range(1, longest + 2)]
    inner = range(1, len(like) - 1)
    peaks = [k for k in inner if like[k] > max(like[k - 1], like[k + 1], 0)]
    return max(peaks, key=lambda k: like[k]) + 1 if peaks else 1


@dataclass(frozen=True)
class Chosen:
    """A fitted forecaster in raw units: `forecast(windows)` gives (N,); `setting` was kept."""

    model: Callable
    centre: torch.Tensor
    spread: torch.Tensor
    setting: object

    def forecast(self, windows):
        """Forecasts (N,) of Windows, in the unit of the series."""
        x = (windows.x - self.centre) / self.spread
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
    """
    seen = windows.x[train].flatten(0, 1)
    centre, spread = seen.mean(0), seen.std(0).clamp(min=1e-6)
    centre[0] = centre[0] * (windows.base == 0).all()
    truth = windows.y[valid] + windows.base[valid]
    best, least = None, float("inf")
    for setting in rival.settings:
        parts = [scaled(windows.part(rows), centre, spread) for rows in (train, valid)]
        found = Chosen(rival.learn(*parts, setting, seed), centre, spread, setting)
        error = (found.forecast(windows.part(valid)) - truth).abs().mean()
        if best is None or error < least:
            best, least = found, error
    return best


def scaled(windows, centre, spread):
    """Windows in units of the training spread.

    Parameters
    ----------
    windows : Windows
    centre, spread : tensors (F,)
    """
    kind = type(windows)
    x, y = (windows.x - centre) / spread, (windows.y - centre[0]) / spread[0]
    return kind(x, y, windows.base / spread[0], windows.origin, windows.horizon)
