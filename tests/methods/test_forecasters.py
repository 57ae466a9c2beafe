import pytest
import torch
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge

from helpers.data.lags import in_time, lagged
from helpers.data.series import Series
from helpers.data.time_series import sunspots
from helpers.methods import forecasters
from helpers.methods.forecasters import (
    Forecaster,
    choose,
    last_season,
    last_value,
    network,
    ridge,
    rivals,
)
from helpers.train.schedule import one_cycle


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


def test_what_was_tried_is_said():
    assert rivals(11, 24)["forest on lags"].budget == "in a leaf 1, 3, 10; rows 6, 12, 24"
    assert rivals(11, 22)["last value"].budget == "nothing"
    assert "(1e-12, 0.3), ..., (10.0, 100.0)" in rivals(11, 22)["kernel on lags"].budget


def test_the_rows_to_read_are_chosen_and_nothing_before_them_is_seen():
    windows = lagged(wave(), lags=24)
    train, valid, test = in_time(windows)
    chosen = choose(Forecaster(ridge, "penalty", (0.1,), rows=(1, 6)), windows, train, valid)
    assert chosen.rows == 6  # one value does not say whether a wave rises
    held = windows.part(test)
    changed = windows.x[test].clone()
    changed[:, :18] = 1e3
    other = type(held)(changed, held.y, held.base, held.origin, held.horizon)
    assert torch.equal(chosen.forecast(held), chosen.forecast(other))
    changed[:, 18:] = 1e3
    assert not torch.equal(chosen.forecast(held), chosen.forecast(other))


def test_fitted_again_is_fitted_to_both_parts():
    windows = lagged(sunspots(), lags=22)
    train, valid, test = in_time(windows)
    held, seen = windows.part(test), torch.cat([train, valid])
    again = choose(Forecaster(ridge, "", (10.0,), again=True), windows, train, valid)
    once = choose(Forecaster(ridge, "", (10.0,)), windows, train, valid)
    flat = ((windows.x - once.centre) / once.spread).flatten(1).double().numpy()
    y = ((windows.y - once.centre[0]) / once.spread[0]).double().numpy()
    wanted = Ridge(10.0).fit(flat[seen], y[seen]).predict(flat[test])
    wanted = torch.as_tensor(wanted).float() * once.spread[0] + once.centre[0]
    assert torch.allclose(again.forecast(held), wanted, atol=1e-3)
    assert not torch.allclose(once.forecast(held), wanted, atol=1e-1)


@pytest.mark.parametrize("name", ["kernel on lags", "forest on lags"])
def test_curved_rivals_say_what_the_library_says(name):
    windows = lagged(wave(), lags=12)
    train, valid, _ = in_time(windows)
    x, y = windows.x.flatten(1).double().numpy(), windows.y.double().numpy()
    few = windows.part(train)
    usual = float(torch.pdist(few.x.flatten(1)).square().median())
    libraries = {
        "kernel on lags": (KernelRidge(alpha=0.1, kernel="rbf", gamma=1 / usual / 4), (0.1, 2.0)),
        "forest on lags": (ExtraTreesRegressor(100, min_samples_leaf=3, random_state=0), 3),
    }
    library, setting = libraries[name]
    wanted = torch.as_tensor(library.fit(x[train], y[train]).predict(x[valid])).float()
    found = rivals(12, 12)[name].learn(few, None, setting, 0)(windows.x[valid])
    assert torch.allclose(found, wanted, atol=1e-5)
    other = rivals(12, 12)[name].learn(few, None, (9.0, 9.0) if setting != 3 else 9, 0)
    assert not torch.allclose(other(windows.x[valid]), wanted, atol=1e-3)


def test_a_column_that_is_constant_in_training_is_refused():
    x = torch.cat([wave().x, torch.zeros(160, 1)], 1)
    x[140:, 1] = 1e12
    windows = lagged(Series(x, ["x", "flag"], 1.0, time=torch.arange(160).double()), lags=12)
    train, valid, _ = in_time(windows)
    with pytest.raises(ValueError, match="column 1 .* is constant in the training part"):
        choose(rivals(12, 12)["ridge on lags"], windows, train, valid)


def test_all_that_was_tried():
    found = rivals(11, 24)
    assert {name: (rival.name, rival.settings) for name, rival in found.items()} == {
        "last value": ("", (None,)),
        "last season": ("period", (11,)),
        "auto-regression": ("order", (3, 12, 23)),
        "ridge on lags": ("penalty", (1e-6, 1e-3, 0.1, 1, 10, 100, 1000, 10_000)),
        "kernel on lags": (
            "penalty and width",
            tuple(
                (a, b) for a in (1e-12, 1e-9, 1e-6, 1e-3, 0.1, 10) for b in (0.3, 1, 3, 10, 30, 100)
            ),
        ),
        "boosting on lags": ("leaves", (2, 4, 8, 16, 256)),
        "forest on lags": ("in a leaf", (1, 3, 10)),
        **dict.fromkeys(("flat network", "RNN", "GRU", "LSTM"), ("rate", (0.003, 0.01, 0.03, 0.1))),
    }
    again = {name for name, rival in found.items() if rival.again}
    assert again == {name for name in found if name.endswith("lags")}
    assert found["ridge on lags"].rows == found["boosting on lags"].rows == (6, 12, 24)
    assert rivals(11, 4)["ridge on lags"].rows == (2, 4)
    assert rivals(11, 4)["auto-regression"].settings == (1, 2, 3)
    assert (
        found["ridge on lags"].budget
        == "penalty 1e-06, 0.001, 0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0; rows 6, 12, 24"
    )
    assert found["last season"].budget == "period 11"


@pytest.mark.parametrize("horizon", [1, 4, 12, 13])
def test_a_season_back_is_the_latest_that_is_known(horizon):
    windows = lagged(wave(), lags=30, horizon=horizon)
    x = windows.x
    back = 12 if horizon <= 12 else 24
    found = last_season(windows, None, 12, 0)(x)
    assert torch.equal(found, x[:, 29 + horizon - back, 0])
    assert torch.equal(last_value(windows, None, None, 0)(x), x[:, 29, 0])


def test_boosting_and_ridge_say_what_the_library_says():
    from sklearn.ensemble import HistGradientBoostingRegressor

    windows = lagged(sunspots(), lags=11)
    train, valid, _ = in_time(windows)
    few = windows.part(train)
    x, y = few.x.flatten(1).double().numpy(), few.y.double().numpy()
    new = windows.x[valid]
    for name, setting, library in (
        ("ridge on lags", 3.0, Ridge(3.0)),
        (
            "boosting on lags",
            4,
            HistGradientBoostingRegressor(
                max_leaf_nodes=4, min_samples_leaf=10, early_stopping=False, random_state=5
            ),
        ),
    ):
        wanted = library.fit(x, y).predict(new.flatten(1).double().numpy())
        found = rivals(11, 11)[name].learn(few, None, setting, 5)(new)
        assert found.dtype == torch.float32
        assert torch.allclose(found, torch.as_tensor(wanted).float(), atol=1e-4)


def test_a_network_is_trained_like_this(monkeypatch):
    seen = []
    monkeypatch.setattr(forecasters, "fit", lambda *given, **options: seen.append((given, options)))
    windows = lagged(wave(), lags=12)
    for cell in ("lstm", "flat"):
        named = {} if cell == "lstm" else {"cell": cell}
        network(windows, windows, 0.02, 3, **named)
        (net, train, valid), options = seen[-1]
        assert train[1].shape == valid[1].shape == (len(windows.x), 1)
        assert (options["epochs"], options["lr"], options["batch_size"]) == (60, 0.02, 32)
        assert (options["clip"], options["stop"].epochs, options["seed"]) == (1.0, 12, 3)
        assert options["schedule"](0.4) == one_cycle()(0.4)
        assert net(windows.x[:3]).shape == (3, 1)
    flat = [part.out_features for part in net.modules() if isinstance(part, torch.nn.Linear)]
    assert flat == [64, 1]
    lstm = seen[0][0][0]
    assert {p.shape[1] for p in lstm.parameters() if p.ndim == 2} >= {1, 16}
