"""Triggers against their formula, features against what they must not see."""

import numpy as np
import pytest
import torch
from scipy.stats import kurtosis

from helpers.methods.triggers import features, filtered, loudest_second, spectrogram, sta_lta

generator = torch.Generator().manual_seed(0)
noise = torch.randn(6, 1200, generator=generator)
burst = noise.clone()
burst[:, 800:880] *= 6


def test_the_ratio_is_its_formula():
    x = burst[0].double().numpy()
    ratios = [
        (x[t - 19 : t + 1] ** 2).mean() / (x[t - 199 : t + 1] ** 2).mean() for t in range(199, 1200)
    ]
    assert np.isclose(sta_lta(burst[:1], 40, 0.5, 5)[0], max(ratios))


@pytest.mark.parametrize(
    "score", [lambda x: sta_lta(x, 40, 1, 10), lambda x: loudest_second(x, 40)]
)
def test_a_burst_is_louder_than_none_and_units_play_no_part(score):
    assert (score(burst) > 2 * score(noise)).all()
    assert np.allclose(score(burst * 1000), score(burst))


def test_a_band_removes_what_lies_outside():
    time = torch.arange(1200) / 40
    low, high = (torch.sin(2 * np.pi * f * time)[None] for f in (0.5, 5.0))
    kept = [np.abs(filtered(x, 40, (2.0, 8.0))[:, 200:]).max() for x in (low, high)]
    assert kept[0] < 0.05
    assert kept[1] > 0.9
    assert np.array_equal(filtered(low, 40, None), low.double().numpy())


def test_the_spectrogram_shows_a_tone_in_its_band_and_forgets_what_lasts():
    time = torch.arange(1200) / 40
    tone = torch.sin(2 * np.pi * 6 * time)
    once = noise[:1] + 10 * tone * (time > 20)
    assert spectrogram(once, 40).shape == (1, 59, 15)
    assert spectrogram(once, 40)[0, 50:].mean(0).argmax() == 5
    always = spectrogram(noise[:1] + 10 * tone, 40)
    assert always[..., 5].abs().max() < 1
    assert torch.allclose(spectrogram(burst * 100, 40), spectrogram(burst, 40), atol=1e-3)


def test_features_end_with_the_kurtosis():
    found = features(burst, 40)
    assert found.shape == (6, 17)
    centred = burst.numpy().astype(float)
    near = np.log(kurtosis(centred, axis=1, fisher=False))
    assert np.allclose(found[:, -1], near, atol=0.1)
    assert (features(burst, 40)[:, 0] > features(noise, 40)[:, 0]).all()


def test_an_average_longer_than_the_window_is_refused():
    with pytest.raises(
        ValueError, match=r"sta_lta\(long=30\): expected less than the window of 30 seconds"
    ):
        sta_lta(noise, 40, 1, 30)
