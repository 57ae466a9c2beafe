import numpy as np
import pytest
import torch

from helpers.data.lags import in_time, lagged
from helpers.data.time_series import co2, sunspots
from helpers.methods.box_jenkins import auto_regression, period, seasonal_arima
from helpers.methods.forecasters import Forecaster, choose


def test_auto_regression_is_that_of_statsmodels():
    from statsmodels.tsa.ar_model import AutoReg

    series = sunspots()
    windows = lagged(series, lags=22, horizon=3)
    train, valid, _ = in_time(windows)
    only = Forecaster(auto_regression, "order", (9,))
    ours = choose(only, windows, train, valid).forecast(windows.part(valid[:1]))
    seen = series.x[: int(windows.origin[train[-1]]) + 1, 0].double().numpy()
    fitted = AutoReg(np.diff(seen), lags=9).fit()
    origin = int(windows.origin[valid[0]])
    past = series.x[: origin + 1, 0].double().numpy()
    known = AutoReg(np.diff(past), lags=9)
    steps = known.predict(fitted.params, start=origin, end=origin + 2)
    assert float(ours[0]) == pytest.approx(past[-1] + steps.sum(), rel=1e-3)


def test_the_seasonal_model_beats_the_last_season_on_carbon_dioxide():
    x = co2().x[:, 0]
    origins = torch.arange(400, 440, 8)
    found = seasonal_arima(x, 300, origins, 12, 12)
    assert (found - x[origins + 12]).abs().mean() < (x[origins] - x[origins + 12]).abs().mean()
    assert torch.equal(found[:2], seasonal_arima(x[:430], 300, origins[:2], 12, 12))


def test_the_period_is_found_and_a_line_has_none():
    assert period(torch.sin(2 * torch.pi * torch.arange(160) / 12), 24) == 12
    assert period(torch.arange(50.0) ** 2, 20) == 1
