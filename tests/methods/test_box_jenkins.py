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


def test_the_seasonal_model_is_that_of_statsmodels_with_one_of_each():
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    g = torch.Generator().manual_seed(0)
    values = (
        torch.arange(80) * 0.1
        + torch.sin(torch.arange(80) * torch.pi / 2)
        + 0.1 * torch.randn(80, generator=g)
    )
    past = values.double().numpy()
    fitted = SARIMAX(past[:60], order=(0, 1, 1), seasonal_order=(0, 1, 1, 4)).fit(disp=0)
    wanted = [fitted.apply(past[: k + 1]).forecast(3)[-1] for k in (62, 70)]
    found = seasonal_arima(values, 60, torch.tensor([62, 70]), 3, 4)
    assert found.tolist() == pytest.approx(wanted, abs=1e-5)


def test_a_period_is_the_highest_inner_peak_and_no_longer_than_asked():
    t = torch.arange(200).double()
    wave = torch.sin(2 * torch.pi * t / 8)
    assert period(wave, 12) == 8
    assert period(wave, 8) == 8
    assert period(wave, 7) == 1
    both = wave + 3 * torch.sin(2 * torch.pi * t / 5)
    assert period(both, 5) == 5
    assert period(t**2, 20) == 1
