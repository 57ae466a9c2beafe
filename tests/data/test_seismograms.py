"""Seismograms of ObsPy against ObsPy itself."""

import numpy as np
import pytest
import torch
from obspy.signal.trigger import ar_pick, coincidence_trigger

from helpers.data import seismograms
from helpers.data.seismograms import (
    NATURAL,
    QUAKES,
    QUIET,
    RATE,
    arrivals,
    component,
    network,
    quakes,
    quiet,
)


def test_ten_earthquakes_at_seven_places_each_beginning_at_its_first_arrival():
    found = quakes()
    assert len({quake.quake for quake in found}) == 10
    assert len({quake.place for quake in found}) == 7
    for quake in found:
        before, after = quake.x[:4].square().mean(), quake.x[40:240].square().mean()
        assert after > 9 * before, (quake.station, float(after / before))
        assert len(quake.x) >= 14 * RATE


def test_noise_is_long_enough_and_of_the_same_places():
    found = quiet()
    assert len({stretch.station for stretch in found}) == len(found) == 23
    assert min(len(stretch.x) for stretch in found) >= 40 * RATE
    assert {row[0] for row in QUIET} == {row[0] for row in QUAKES}
    for stretch in found:
        assert torch.isfinite(stretch.x).all()


def test_no_quiet_stretch_holds_an_arrival_that_is_marked():
    spans = {row[1]: row[4] for row in QUIET}
    for records in NATURAL.values():
        for record, times in records.items():
            start, end = spans.get(record, (0, 0))
            assert not any(start < time < end for time in times), record


def test_what_is_outside_the_band_is_gone():
    x = component((seismograms.UH.format(3, "SHZ"),), "SHZ").numpy()
    power = np.abs(np.fft.rfft(x)) ** 2
    hertz = np.fft.rfftfreq(len(x), 1 / RATE)
    inside = power[(hertz > 1) & (hertz < 15)].mean()
    assert power[hertz < 0.3].mean() < 0.01 * inside
    assert power[hertz > 19].mean() < 0.3 * inside


def test_the_arrival_at_reichenhall_is_that_of_obspys_picker():
    folder = seismograms.Path(__import__("obspy").__file__).parent / "signal/tests/data"
    z, n, e = (np.loadtxt(folder / f"loc_RJOB20050801145719850.{c}") for c in "zne")
    picked, _ = ar_pick(z, n, e, 200.0, 1.0, 20.0, 1.0, 0.1, 4.0, 1.0, 2, 8, 0.1, 0.2)
    assert abs(picked - QUAKES[0][5]) < 0.1


def test_four_stations_hold_the_three_earthquakes_of_obspys_test():
    stream = network().filter("bandpass", freqmin=10, freqmax=20)
    found = coincidence_trigger("recstalta", 3.5, 1, stream, 3, sta=0.5, lta=10)
    begin = min(trace.stats.starttime for trace in stream)
    marked = NATURAL["Unterhaching"]["UH3"]
    assert len(found) == 3
    assert all(abs(event["time"] - begin - time) < 1.5 for event, time in zip(found, marked))


def test_windows_of_arrivals_have_them_eighteen_seconds_in():
    windows = arrivals("UH3", (29.4, 206.9))
    assert windows.shape == (2, 30 * RATE)
    loudest = windows.square().unfold(1, RATE, RATE).mean(2).argmax(1)
    assert loudest.tolist() in ([18, 18], [17, 18], [18, 19], [18, 17])
    with pytest.raises(ValueError, match=r"arrivals\('UH9'\): expected one of RJOB"):
        arrivals("UH9", (1,))


def test_a_missing_component_is_named():
    with pytest.raises(ValueError, match="expected  'XYZ', found UH3 'SHZ'"):
        component((seismograms.UH.format(3, "SHZ"),), "XYZ")
