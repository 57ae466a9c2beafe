import pytest
import torch

from helpers.data.cited import DataUnavailable
from helpers.data.time_series import beijing_air, co2, indoor_movement, mackey_glass, sunspots


def cited(load):
    try:
        return load()
    except DataUnavailable as error:
        pytest.skip(f"cited data: {error}")


def test_sunspots_are_yearly():
    data = sunspots()
    assert data.step == 1
    assert (data.time[0], data.time[-1]) == (1700, 2008)
    assert data.x[data.time == 1957].item() == pytest.approx(190.2)


def test_carbon_dioxide_rises_month_by_month():
    data = co2()
    assert len(data.x) == 526
    assert data.step == pytest.approx(1 / 12)
    assert torch.isfinite(data.x).all()
    assert data.x[-12:].mean() - data.x[:12].mean() > 50


def test_the_simulated_series_obeys_its_equation():
    data = mackey_glass(3000, delay=17.0, every=0.1)
    x = data.x[:, 0].double()
    now, then = x[170:-1], x[:-171]
    slope = 0.2 * then / (1 + then**10) - 0.1 * now
    assert ((x[171:] - x[170:-1]) / 0.1 - slope).abs().max() < 0.01
    assert torch.equal(mackey_glass(50, seed=1).x, mackey_glass(50, seed=1).x)
    noisy = mackey_glass(50, seed=1, noise=0.1).x - mackey_glass(50, seed=1).x
    assert 0.05 < noisy.std() < 0.2
    with pytest.raises(ValueError, match="expected times above 0"):
        mackey_glass(50, every=0)


def test_dust_is_daily_without_gaps():
    data = cited(beijing_air)
    assert data.x.shape == (1825, 5)
    assert torch.isfinite(data.x).all()
    assert data.x[:, 0].min() > 1
    assert data.x[:, 0].max() < 7


def test_walks_end_at_the_marker_and_come_from_three_settings():
    x, y, groups = cited(indoor_movement)
    assert x.shape == (314, 129, 4)
    assert groups.bincount().tolist() == [104, 106, 104]
    assert int(y.sum()) == 158
    assert x.abs().max() <= 1
    assert (x[:, 0] == x[:, 1]).all(1).sum() > 300  # short walks repeat their first row in front
    assert (x[:, -1] != x[:, -2]).any(1).sum() > 300


def test_series_are_those_that_the_stored_pages_rest_on(told):
    assert told(mackey_glass(300).x) == [0.93005, 0.22735, 0.46396]
    other = mackey_glass(200, delay=20.0, every=3.0, noise=0.1, seed=2)
    assert told(other.x) == [0.92133, 0.27379, 0.45669]
    assert (other.step, mackey_glass(300).step) == (3, 6)
    assert told(mackey_glass(300).time) == [897.0, 520.48055, 599.0]
    assert len(mackey_glass().x) == 1500
    assert torch.equal(
        mackey_glass(50).x, mackey_glass(50, delay=17.0, every=6.0, noise=0.0, seed=0).x
    )
    assert told(sunspots().x) == [49.7521, 40.45259, 27.42835]
    assert told(sunspots().time) == [1854.0, 89.34484, 952.83333]
    assert told(co2().x) == [339.6192, 17.11645, 174.69132]
    assert told(co2().time) == [1980.04167, 12.66562, 993.68056]
    assert (sunspots().features, co2().features, sunspots().step) == (["sunspots"], ["CO2"], 1)
    assert co2().step == pytest.approx(1 / 12)


def test_cited_series_are_those_that_the_stored_pages_rest_on(told):
    data = cited(beijing_air)
    assert data.features == ["log dust", "DEWP", "TEMP", "PRES", "Iws"]
    assert (data.step, data.time[0], data.time[-1]) == (1, 0, 1824)
    assert told(data.x[:, 0]) == [4.27504, 0.83422, 2.13128]
    assert told(data.x / 100) == [2.1178084, 4.0296231, 1.0580953]
    x, y, groups = cited(indoor_movement)
    assert told(x) == [-0.11947, 0.45899, -0.05977]
    assert told(y) == [0.50318, 0.50079, 0.24301]
    assert told(groups) == [1.0, 0.81519, 0.72222]
    assert (x.dtype, y.dtype, groups.dtype) == (torch.float32, torch.int64, torch.int64)
    assert groups.unique().tolist() == [0, 1, 2]
    assert y.unique().tolist() == [0, 1]


def test_dust_is_the_logarithm_of_the_day_s_mean():
    import numpy as np
    import pandas

    from helpers.data.cited import fetch_file

    data = cited(beijing_air)
    frame = pandas.read_csv(fetch_file("beijing-air/pollution.csv")).iloc[24:]
    day = frame.iloc[24 * 100 : 24 * 101]
    assert data.x[100, 0] == pytest.approx(np.log(day["pm2.5"].mean()), rel=1e-5)
    assert data.x[100, 3] == pytest.approx(day["PRES"].mean(), rel=1e-5)


@pytest.mark.parametrize("given", [{"delay": 0}, {"every": 0}, {"delay": -1}, {"every": -0.5}])
def test_times_of_a_simulated_series_are_above_nought(given):
    said = {"delay": 17.0, "every": 6.0} | given
    with pytest.raises(ValueError) as caught:
        mackey_glass(10, **given)
    assert str(caught.value) == (
        f"mackey_glass(delay={said['delay']}, every={said['every']}): expected times above 0, found one "
        "that is not"
    )
    assert len(mackey_glass(5, delay=0.1, every=0.1).x) == 5
