"""Real earthquakes planted into real noise of other stations, at a set strength (survey 4.5.4; chapter 4-models/recurrent-networks)."""

import torch

from helpers.ground.random import generator

from .seismograms import RATE, Seismogram, quakes, quiet

SECONDS = 30  # length of a window
ARRIVAL = (15, 22)  # seconds into the window: before it a trigger needs quiet to compare with
PLACES = ("Reichenhall", "Unterhaching", "Membach", "A1032", "Jan Mayen", "Akita", "Montserrat")
STRENGTHS = (0.5, 1.0, 2.0, 4.0)
TAUGHT = (0.4, 5.0)  # strengths in training
BURST, FADES = 15, 3  # seconds: length of a burst, and in which it falls to a third


def plant(noise, quake, ratio, begin):
    """Noise with an earthquake added.

    Parameters
    ----------
    noise : tensor (T,)
    quake : tensor (S,)
        Beginning 0.2 seconds before its first arrival.
    ratio : float > 0
        Root mean square of the first five seconds of the earthquake over that of the noise.
    begin : int
        Sample of the window at which the earthquake begins.

    Returns
    -------
    tensor (T,)

    Raises
    ------
    ValueError
        If `begin` lies outside the noise.
    """
    if not 0 <= begin < len(noise):
        raise ValueError(f"plant(begin={begin}): expected 0 to {len(noise) - 1}, the window")
    part = quake[: len(noise) - begin].clone()
    part *= ratio * noise.square().mean().sqrt() / quake[: 5 * RATE].square().mean().sqrt()
    part[:8] *= torch.linspace(0, 1, 8)  # no step where it begins, and none where it ends
    part[-20:] *= torch.linspace(1, 0, 20)
    out = noise.clone()
    out[begin : begin + len(part)] += part
    return out


def windows_of(stretches, count, seed):
    """Windows from random places, as many from each station.

    Parameters
    ----------
    stretches : sequence of Seismogram
    count : int
        Windows a station.
    seed : int

    Returns
    -------
    tensor (stations times count, 1200), station after station.
    """
    draw, length, found = generator(seed), SECONDS * RATE, []
    for stretch in stretches:
        starts = torch.randint(len(stretch.x) - length + 1, (count,), generator=draw)
        found += [stretch.x[k : k + length] for k in starts.tolist()]
    return torch.stack(found)


def planted(windows, quakes, ratios, seed):
    """Each window with an earthquake drawn at random, each earthquake as likely as any other.

    Parameters
    ----------
    windows : tensor (N, T)
    quakes : sequence of Seismogram
    ratios : (low, high)
        Strengths are drawn evenly in their logarithm.
    seed : int

    Returns
    -------
    tensor (N, T)
    """
    draw, found = generator(seed), []
    names = sorted({quake.quake for quake in quakes})
    low, high = (torch.tensor(float(r)).log() for r in ratios)
    for window in windows:
        name = names[int(torch.randint(len(names), (), generator=draw))]
        same = [quake for quake in quakes if quake.quake == name]
        quake = same[int(torch.randint(len(same), (), generator=draw))]
        ratio = (low + (high - low) * torch.rand((), generator=draw)).exp()
        begin = int(torch.randint(ARRIVAL[0] * RATE, ARRIVAL[1] * RATE, (), generator=draw))
        found.append(plant(window, quake.x, ratio, begin))
    return torch.stack(found)


def split(place, seed=0):
    """Windows to learn from, to choose by and to test on; no place stands in two of them.

    Parameters
    ----------
    place : str
        One of `PLACES`: its earthquakes and its stations of noise are the test. The next two in
        the list choose, the other four teach.
    seed : int

    Returns
    -------
    (windows (N, 1200), labels (N,)), (quiet, loud), (quiet, loud)
        Half of N have an earthquake, of a strength between 0.4 and 5. `quiet` is a tensor of
        windows, `loud` a dict from (earthquake, strength) to a tensor of windows.

    Raises
    ------
    ValueError
        For a place that is not there.
    """
    taught, choosing, tested = parted(place)
    return (
        to_teach(*taught, 10 * seed + 1),
        to_judge(*choosing, 10 * seed + 2),
        to_judge(*tested, 10 * seed + 3),
    )


def parted(place):
    """Records that teach, that choose and that are the test, as (earthquakes, quiet stretches) each.

    Parameters
    ----------
    place : str
        As for `split`.

    Raises
    ------
    ValueError
        For a place that is not there.
    """
    if place not in PLACES:
        raise ValueError(f"split(place={place!r}): expected one of {', '.join(PLACES)}")
    k, shaken, still = PLACES.index(place), quakes(), quiet()
    turned = PLACES[k:] + PLACES[:k]
    return [
        tuple([s for s in records if s.place in places] for records in (shaken, still))
        for places in (turned[3:], turned[1:3], turned[:1])
    ]


def to_teach(shaken, still, seed, count=1600):
    """Windows to learn from, half of them with an earthquake.

    Parameters
    ----------
    shaken, still : sequences of Seismogram
        Earthquakes, and stretches without.
    seed : int
    count : int
        How many windows, rounded down to as many from each stretch.

    Returns
    -------
    windows (N, 1200), labels (N,): the quiet ones first, label 0.
    """
    each = count // 2 // len(still)
    silent = windows_of(still, each, 1000 + seed)
    loud = planted(windows_of(still, each, seed), shaken, TAUGHT, seed)
    labels = torch.arange(2).repeat_interleave(torch.tensor([len(silent), len(loud)]))
    return torch.cat([silent, loud]), labels


def to_judge(shaken, still, seed, count=240):
    """Windows to choose or to test with.

    Parameters
    ----------
    shaken, still, seed : as for `to_teach`
    count : int
        How many quiet windows; for each earthquake and strength there are a fifth as many.

    Returns
    -------
    quiet (N, 1200), dict of (earthquake, strength) -> tensor (M, 1200)
    """
    silent = windows_of(still, count // len(still), 2000 + seed)
    under = windows_of(still, count // 5 // len(still), 3000 + seed)
    draw, loud = generator(seed), {}
    for name in sorted({quake.quake for quake in shaken}):
        same = [quake for quake in shaken if quake.quake == name]
        for ratio in STRENGTHS:
            begins = torch.randint(
                ARRIVAL[0] * RATE, ARRIVAL[1] * RATE, (len(under),), generator=draw
            )
            loud[name, ratio] = torch.stack(
                [
                    plant(window, same[k % len(same)].x, ratio, begin)
                    for k, (window, begin) in enumerate(zip(under, begins.tolist(), strict=True))
                ]
            )
    return silent, loud


def bursts(stretches, count, seed):
    """Bursts that are no earthquakes: noise that is there at once and dies away.

    Parameters
    ----------
    stretches : sequence of Seismogram
        Without earthquakes.
    count : int
        Bursts a station.
    seed : int

    Returns
    -------
    list of Seismogram, fifteen seconds each, to be planted as an earthquake is.
    """
    noise = windows_of(stretches, count, seed)[:, : BURST * RATE]
    faded = noise * torch.exp(-torch.arange(BURST * RATE) / (FADES * RATE))
    stations = [stretch for stretch in stretches for _ in range(count)]
    return [
        Seismogram(stretch.place, stretch.station, x, "burst")
        for stretch, x in zip(stations, faded, strict=True)
    ]


def planted_bursts(place, seed=0, count=96):
    """What `split` tests on, but with bursts of the choosing places in the place of earthquakes.

    Parameters
    ----------
    place : str
        As for `split`.
    seed : int
    count : int
        Windows a strength, rounded down to as many from each station of the test.

    Returns
    -------
    dict of strength -> tensor (M, 1200)
    """
    _, (_, choosing), (_, tested) = parted(place)
    found = bursts(choosing, -(-count // len(choosing)), 10 * seed + 4)
    _, loud = to_judge(found, tested, 10 * seed + 3, count=5 * count)
    return {ratio: windows for (_, ratio), windows in loud.items()}
