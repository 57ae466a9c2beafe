"""Detectors of earthquakes planted into the noise of other stations, every place held out once.

Seven places. Each is the test once, with its earthquakes and its stations of noise; the next two
choose the setting, the other four teach. A row has, for each earthquake of the test, the share of
its plantings that score above all but five in a hundred of the quiet windows of that test, over
four strengths, and at each. `false` is the share of those quiet windows that pass the threshold
of the choosing places; for records as they are, 1 stands for an arrival that passes it. `bursts`
is the share found of bursts that are no earthquakes: noise of the choosing places that dies away,
planted into the noise of the test at the same strengths.
"""

from functools import cache

import numpy as np

from helpers.data.planted_quakes import PLACES, STRENGTHS, planted_bursts, split
from helpers.data.seismograms import NATURAL, arrivals
from helpers.methods.quake_detectors import DETECTORS
from helpers.metrics.false_alarms import share_found

LEARNERS = ("forest", "convolution", "GRU")  # these begin at random: twice


def cases():
    """Cheap detectors first."""
    return [
        {"model": model, "place": place, "seed": seed}
        for seed in (1, 2)
        for model in DETECTORS
        for place in PLACES
        if seed == 1 or model in LEARNERS
    ]


@cache
def parts(place):
    """The windows of one place held out."""
    return *split(place), planted_bursts(place)


def shares(score, judged):
    """Share found of each (earthquake, strength), and the scores of the quiet windows."""
    silent, loud = judged
    still = score(silent)
    return {key: share_found(score(windows), still) for key, windows in loud.items()}, still


def run(model, place, seed):
    """One detector on one place: the setting by the choosing places, then the test."""
    taught, choosing, testing, burst = parts(place)
    tried = []
    for k, setting in enumerate(DETECTORS[model].settings):
        score = DETECTORS[model].learn(setting, *taught, seed)
        found, still = shares(score, choosing)
        tried.append((np.mean(list(found.values())), -k, score, np.quantile(still, 0.95)))
    mean, k, score, threshold = max(tried, key=lambda one: one[:2])
    found, still = shares(score, testing)
    row = {"setting": -k, "chosen by": mean, "false": np.mean(still > threshold)}
    for name in sorted({name for name, _ in found}):
        row[name] = np.mean([found[name, ratio] for ratio in STRENGTHS])
        row |= {f"{name} at {ratio:g}": found[name, ratio] for ratio in STRENGTHS}
    loud = {ratio: share_found(score(windows), still) for ratio, windows in burst.items()}
    row["bursts"] = np.mean(list(loud.values()))
    row |= {f"bursts at {ratio:g}": share for ratio, share in loud.items()}
    for record, times in NATURAL.get(place, {}).items():
        for time, window in zip(times, arrivals(record, times), strict=True):
            row[f"{record}, {time:g} s"] = float(score(window[None])[0] > threshold)
    return row
