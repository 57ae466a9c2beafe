"""Every detector by its contract, on bursts that any of them must find."""

import numpy as np
import pytest
import torch

from helpers.methods.quake_detectors import DETECTORS
from helpers.metrics.false_alarms import share_found

generator = torch.Generator().manual_seed(0)
noise = torch.randn(120, 1200, generator=generator)
burst = torch.randn(120, 1200, generator=generator)
burst[:, 700:900] *= 5
windows, labels = torch.cat([noise[:80], burst[:80]]), torch.arange(2).repeat_interleave(80)


@pytest.mark.parametrize("name", DETECTORS)
def test_bursts_are_found(name):
    detector = DETECTORS[name]
    score = detector.learn(detector.settings[-1], windows, labels, 0)
    found = score(burst[80:])
    assert found.shape == (40,)
    assert share_found(found, score(noise[80:])) > 0.9


@pytest.mark.parametrize("name", ["logistic regression", "forest", "convolution", "GRU"])
def test_what_learns_from_labels_dealt_at_random_finds_less(name):
    detector = DETECTORS[name]
    dealt = labels[torch.randperm(160, generator=torch.Generator().manual_seed(1))]
    score, wrong = (detector.learn(detector.settings[0], windows, y, 0) for y in (labels, dealt))
    gaps = [np.mean(f(burst[80:])) - np.mean(f(noise[80:])) for f in (score, wrong)]
    assert gaps[0] > 2 * abs(gaps[1])


@pytest.mark.parametrize("name", DETECTORS)
def test_the_same_seed_gives_the_same_scores(name):
    detector = DETECTORS[name]
    runs = [detector.learn(detector.settings[0], windows, labels, 3)(noise[:5]) for _ in range(2)]
    assert np.array_equal(*runs)
