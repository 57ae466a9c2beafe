"""Two classes by brightness and place alone."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from helpers.methods.local_rules import learn_local_threshold, learn_watershed
from helpers.methods.segmenters import flattened, learn_threshold


def discs(centres, radius, side=32):
    """An image with bright discs, (H, W)."""
    v, u = np.mgrid[:side, :side]
    return sum(1.0 * (np.hypot(v - a, u - b) < radius) for a, b in centres)


def sample(slope=0.0):
    """A noisy image of two discs on a slope of light, and its classes."""
    truth = discs([(8, 8), (22, 24)], radius=4)
    noise = 0.05 * np.random.default_rng(0).standard_normal(truth.shape)
    image = truth + slope * np.linspace(0, 1, 32)[None] + noise
    return torch.tensor(image)[None, None], torch.tensor(truth).long()[None]


def share(learn, setting, x, y):
    """Pixels that are right on the image it learned from."""
    return (learn(x, y, 2, setting)(x) == y).double().mean()


def test_a_local_threshold_is_a_gaussian_mean_by_scipy():
    x, y = sample()
    smooth = flattened(x[0, 0].numpy(), 0)
    local = ndimage.gaussian_filter(smooth, (21 - 1) / 6, mode="reflect")
    by_hand = smooth > local + 0.2 * smooth.std()
    assert np.array_equal(learn_local_threshold(x, y, 2, (21, 0.2))(x)[0].numpy(), by_hand)


def test_on_a_slope_of_light_the_local_threshold_passes_otsus():
    x, y = sample(slope=3)
    assert share(learn_local_threshold, (21, 0.2), x, y) > share(learn_threshold, 0, x, y) + 0.05


def test_the_watershed_finds_the_discs_and_needs_both_markers():
    x, y = sample()
    assert share(learn_watershed, (0.7, 1.3), x, y) > 0.97
    assert share(learn_watershed, (0.7, 99.0), x, y) < 0.95
    assert learn_watershed(x, y, 2, (0.7, 1.3))(torch.zeros_like(x)).eq(0).all()


def test_dark_objects_are_named_as_well():
    x, y = sample()
    for learn, setting in ((learn_local_threshold, (21, 0.2)), (learn_watershed, (0.7, 1.3))):
        assert share(learn, setting, x, 1 - y) == share(learn, setting, x, y)


@pytest.mark.parametrize(
    ("learn", "setting", "words"),
    [
        (learn_local_threshold, (20, 0.1), "odd side, found 20"),
        (learn_watershed, (2, 1), "low <= high"),
    ],
)
def test_settings_that_make_no_sense_are_refused(learn, setting, words):
    with pytest.raises(ValueError, match=words):
        learn(*sample(), 2, setting)
