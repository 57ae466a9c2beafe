import numpy as np
import pytest
import torch

from helpers.data.lags import in_time, lagged
from helpers.data.series import Series
from helpers.data.time_series import co2, sunspots
from helpers.methods.forecasters import (
    Forecaster,
    choose,
    network,
    period,
    ridge,
    rivals,
    seasonal_arima,
)


def wave(length=160, trend=0.0):
    t = torch.arange(length).float()
    x = torch.sin(2 * torch.pi * t / 12) + trend * t
    return Series(x[:, None], ["x"], 1.0, time=t.double())


def errors(series, names, **options):
    windows = lagged(series, **options)
    train, valid, test = in_time(windows)
    held = windows.part(test)
    found = {}
    for name in names:
        chosen = choose(rivals(12, options["lags"])[name], windows, train, valid)
        found[name] = float((chosen.forecast(held) - held.y - held.base).abs().mean())
    return found


def test_a_wave_is_known_one_season_later_and_by_every_line():
    found = errors(
        wave(),
        ["last value", "last season", "auto-regression", "ridge on lags"],
        lags=24,
        horizon=5,
    )
    assert found["last season"] < 1e-4 < found["last value"]
    assert found["auto-regression"] < 0.01
    assert found["ridge on lags"] < 0.1


def test_anchored_forecasters_follow_a_trend():
    names = ["boosting on lags", "ridge on lags", "kernel on lags"]
    level = errors(wave(trend=0.1), names[:1], lags=24, horizon=2)
    anchored = errors(wave(trend=0.1), names, lags=24, horizon=2, anchored=True)
    assert level["boosting on lags"] > 1 > 5 * max(anchored.values())


def test_auto_regression_is_that_of_statsmodels():
    from statsmodels.tsa.ar_model import AutoReg

    series = sunspots()
    windows = lagged(series, lags=22, horizon=3)
    train, valid, _ = in_time(windows)
    only = Forecaster(rivals(11, 22)["auto-regression"].learn, "order", (9,))
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


def test_settings_are_chosen_by_later_windows_alone():
    windows = lagged(wave(), lags=24)
    train, valid, test = in_time(windows)
    rival = Forecaster(ridge, "penalty", (1e6, 0.1))
    assert choose(rival, windows, train, valid).setting == 0.1
    broken = windows.y.clone()
    broken[test] = 1e9
    other = type(windows)(windows.x, broken, windows.base, windows.origin, windows.horizon)
    held = windows.part(test)
    same = [choose(rival, w, train, valid).forecast(held) for w in (windows, other)]
    assert torch.equal(*same)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "flat"])
def test_networks_learn_a_wave(cell):
    windows = lagged(wave(), lags=12)
    train, valid, test = in_time(windows)
    few, many = (
        network(windows.part(train), windows.part(valid), 0.02, 0, cell=cell, width=8, epochs=n)
        for n in (0, 40)
    )
    gap = [(f(windows.x[test]) - windows.y[test]).abs().mean() for f in (few, many)]
    assert gap[1] < 0.2 < gap[0]


def test_the_period_is_found_and_a_line_has_none():
    assert period(wave().x[:, 0], 24) == 12
    assert period(torch.arange(50.0) ** 2, 20) == 1


def test_what_was_tried_is_said():
    assert rivals(11, 22)["ridge on lags"].budget == "penalty 1.0, 10.0, 100.0"
    assert rivals(11, 22)["last value"].budget == "nothing"
