"""Earthquakes planted into noise: strength, place, and a split that shares nothing."""

import pytest
import torch

from helpers.data.planted_quakes import (
    ARRIVAL,
    PLACES,
    STRENGTHS,
    bursts,
    parted,
    plant,
    planted,
    planted_bursts,
    split,
    to_judge,
    windows_of,
)
from helpers.data.seismograms import RATE, Seismogram

generator = torch.Generator().manual_seed(0)
noise = torch.randn(1200, generator=generator)
quake = 50 * torch.randn(900, generator=generator)


def stretch(station, quake="", length=2000):
    x = torch.randn(length, generator=generator)
    return Seismogram("here", station, x, quake)


@pytest.mark.parametrize("ratio", [0.5, 2.0, 4.0])
def test_the_strength_is_what_was_asked_for(ratio):
    added = plant(noise, quake, ratio, 600) - noise
    strength = added[600 : 600 + 5 * RATE].square().mean().sqrt() / noise.square().mean().sqrt()
    assert abs(strength / ratio - 1) < 0.05
    assert added[:600].abs().max() == 0


def test_the_unit_of_the_recorder_plays_no_part():
    assert torch.allclose(
        plant(noise, quake, 2.0, 600), plant(noise, quake * 1e4, 2.0, 600), atol=1e-4
    )
    assert torch.allclose(
        7 * plant(noise, quake, 2.0, 600), plant(7 * noise, quake, 2.0, 600), atol=1e-4
    )


def test_noise_is_left_as_it_was_and_an_end_has_no_step():
    before = noise.clone()
    added = plant(noise, quake[:300], 4.0, 700) - noise
    assert torch.equal(noise, before)
    assert added[995:1000].abs().max() < 0.5 * added[700:1000].abs().max()
    assert added[1000:].abs().max() == 0


def test_a_begin_outside_is_refused():
    with pytest.raises(ValueError, match=r"plant\(begin=1200\): expected 0 to 1199"):
        plant(noise, quake, 1.0, 1200)


def test_as_many_windows_from_each_station_and_the_same_with_the_same_seed():
    stretches = [stretch("a"), stretch("b", length=1200)]
    first, again = (windows_of(stretches, 5, 3) for _ in range(2))
    assert first.shape == (10, 1200)
    assert torch.equal(first, again)
    assert not torch.equal(first, windows_of(stretches, 5, 4))
    assert torch.equal(first[5], stretches[1].x)


def test_planted_windows_change_from_the_arrival_on_only():
    windows = windows_of([stretch("a")], 8, 0)
    loud = planted(windows, [stretch("b", "one"), stretch("c", "two")], (1, 4), 0)
    begin = ((loud - windows).abs() > 0).int().argmax(1)
    assert (begin >= ARRIVAL[0] * RATE).all()
    assert (begin <= ARRIVAL[1] * RATE).all()


def test_judging_pairs_every_earthquake_with_every_strength():
    silent, loud = to_judge([stretch("b", "one"), stretch("c", "two")], [stretch("a")], 1, count=40)
    assert silent.shape == (40, 1200)
    assert set(loud) == {(name, ratio) for name in ("one", "two") for ratio in (0.5, 1.0, 2.0, 4.0)}
    assert all(windows.shape == (8, 1200) for windows in loud.values())


def test_no_earthquake_stands_in_two_parts():
    (windows, labels), choosing, testing = split("Membach")
    assert len(windows) == len(labels) > 1500
    assert 0.45 < labels.float().mean() < 0.55
    named = [{name for name, _ in part[1]} for part in (choosing, testing)]
    assert named == [{"2011-09-06", "1990-01-03"}, {"2013-08-15"}]
    rows = {tuple(row[:50].tolist()) for row in windows}
    assert not rows & {tuple(row[:50].tolist()) for row in testing[0]}


def test_an_unknown_place_is_refused():
    with pytest.raises(ValueError, match=r"split\(place='Rome'\): expected one of Reichenhall"):
        split("Rome")
    assert len(PLACES) == 7


def test_a_burst_is_noise_that_dies_away():
    steady = Seismogram("here", "a", torch.ones(1200))
    (burst,) = bursts([steady], 1, 0)
    assert (burst.quake, len(burst.x)) == ("burst", 15 * RATE)
    assert burst.x[0] == 1
    assert torch.allclose(burst.x[3 * RATE], torch.tensor(-1.0).exp())
    assert torch.allclose(burst.x[6 * RATE], torch.tensor(-2.0).exp())


def test_as_many_bursts_from_each_station_and_no_two_alike():
    found = bursts([stretch("a"), stretch("b")], 3, 2)
    assert [burst.station for burst in found] == list("aaabbb")
    assert len({tuple(burst.x[:20].tolist()) for burst in found}) == 6


def test_bursts_stand_in_the_noise_of_the_test_at_the_strengths_of_the_earthquakes():
    loud = planted_bursts("Membach", count=12)
    still = parted("Membach")[2][1]
    under = windows_of(still, 6, 3003)
    assert tuple(loud) == STRENGTHS
    for ratio, windows in loud.items():
        added = windows - under
        assert windows.shape == (12, 1200)
        begin = (added.abs() > 0).int().argmax(1)
        assert (begin >= ARRIVAL[0] * RATE).all()
        assert (begin <= ARRIVAL[1] * RATE).all()
        for k in range(12):
            strength = added[k, begin[k] : begin[k] + 5 * RATE].square().mean().sqrt()
            asked = ratio * under[k].square().mean().sqrt()
            assert abs(strength / asked - 1) < 0.2  # the first 0.2 seconds rise


def test_bursts_are_made_of_noise_from_which_nobody_learned():
    taught, choosing, tested = parted("Akita")
    places = [{record.place for part in group for record in part} for group in (taught, choosing)]
    assert not places[0] & places[1]
    assert {record.place for record in tested[1]} == {"Akita"}
