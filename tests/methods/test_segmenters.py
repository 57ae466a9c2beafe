"""Rivals that give every pixel a class."""

import numpy as np
import pytest
import torch
from scipy import ndimage
from skimage import filters

from helpers.data.nuclei import simulated_nuclei
from helpers.methods.segmenters import (
    as_slices,
    choose,
    described,
    filter_responses,
    flattened,
    learn_forest,
    learn_network,
    learn_objects,
    learn_threshold,
    most_frequent,
    objects,
    turned,
)
from helpers.metrics.segmentation import dice_per_image
from helpers.models.unet import UNet


def discs(centres, side=32, radius=5):
    """An image with bright discs, (H, W)."""
    v, u = np.mgrid[:side, :side]
    return sum(1.0 * (np.hypot(v - a, u - b) < radius) for a, b in centres)


def test_most_frequent_counts_as_a_loop_does():
    rng = np.random.default_rng(0)
    groups, y = rng.integers(4, size=200), rng.integers(3, size=200)
    loop = [np.bincount(y[groups == g], minlength=3).argmax() for g in range(4)]
    assert most_frequent(groups, y, 4, 3).tolist() == loop


def test_two_levels_are_cut_where_otsu_cuts():
    rng = np.random.default_rng(0)
    image = discs([(8, 8), (22, 20)]) + 0.2 * rng.standard_normal((32, 32))
    x, y = torch.tensor(image)[None, None], torch.tensor(discs([(8, 8), (22, 20)])).long()[None]
    smooth = flattened(image, 0)
    by_hand = smooth >= filters.threshold_otsu(smooth)
    assert (learn_threshold(x, y, 2, 0)(x)[0].numpy() == by_hand).mean() > 0.99
    assert (learn_threshold(x, 1 - y, 2, 0)(x)[0].numpy() == ~by_hand).mean() > 0.99


def test_a_slope_of_light_is_taken_away():
    slope = np.linspace(0, 3, 32)[None] + 0 * discs([]) + np.zeros((32, 32))
    image = discs([(8, 8), (22, 20)]) + slope
    inside = discs([(8, 8), (22, 20)]) > 0
    gaps = [flattened(image, k)[inside].min() - flattened(image, k)[~inside].max() for k in (0, 6)]
    assert gaps[1] > gaps[0]


def test_touching_discs_are_cut_apart():
    image = discs([(16, 10), (16, 19)])
    assert ndimage.label(image > 0)[1] == 1
    found = objects(image, 0)
    assert found.max() == 2
    assert described(image, found).shape == (2, 7)


def test_objects_are_named_by_their_shape_and_forest_by_their_filters():
    v, u = np.mgrid[:32, :32]
    rod = 1.0 * ((abs(v - 24) < 2) & (abs(u - 16) < 9))
    disc = discs([(9, 16)])
    x = torch.tensor(np.stack([disc + rod] * 4))[:, None]
    y = torch.tensor(np.stack([disc + 2 * rod] * 4)).long()
    for learn, setting in ((learn_objects, 0), (learn_forest, 1)):
        found = learn(x[:3], y[:3], 3, setting)(x[3:])
        assert dice_per_image(found, y[3:], 3)[0] > 0.8
        assert dice_per_image(learn(x[:3], y[:3].flip(1), 3, setting)(x[3:]), y[3:], 3)[0] < 0.6


def test_images_without_anything_are_background():
    x, y = torch.zeros(3, 1, 32, 32), torch.zeros(3, 32, 32, dtype=torch.int64)
    for learn in (learn_threshold, learn_objects):
        assert learn(x, y, 2, 0)(x).eq(0).all()


def test_filters_see_channels_and_depth():
    rng = np.random.default_rng(0)
    one, two = filter_responses(rng.random((1, 16, 16))), filter_responses(rng.random((2, 16, 16)))
    assert len(one) == 256
    assert two.shape[1] == 2 * one.shape[1]
    assert len(filter_responses(rng.random((1, 8, 16, 16)))) == 8 * 256


def test_images_and_classes_turn_together():
    x = torch.arange(16.0).view(1, 1, 4, 4)
    ways = set()
    for seed in range(60):
        image, y = turned((x, x[:, 0].long()), torch.Generator().manual_seed(seed))
        assert torch.equal(image[:, 0].long(), y)
        ways.add(tuple(y.flatten().tolist()))
    assert len(ways) == 8


def test_a_network_learns_takes_its_steps_and_repeats():
    data = simulated_nuclei(8, 16)
    seen = []

    def loss(scores, labels):
        seen.append(1)
        return torch.nn.functional.cross_entropy(scores, labels)

    learn = learn_network(lambda: UNet(1, 3, (4, 8)), steps=6, batch=4, loss=loss)
    told = learn(data.x, data.y, 3, 0.01)
    assert 6 <= len(seen) <= 8  # the engine may try one batch before the first step
    assert told(data.x).shape == data.y.shape
    again = learn(data.x, data.y, 3, 0.01)
    other = learn(data.x, data.y, 3, 0.01, seed=1)
    same = [torch.equal(*pair) for pair in zip(told.model.parameters(), again.model.parameters())]
    assert all(same)
    assert not torch.equal(told.model.head.weight, other.model.head.weight)


def test_the_better_setting_is_kept():
    x = torch.zeros(4, 1, 8, 8)
    y = torch.ones(4, 8, 8, dtype=torch.int64)

    def constant(x, y, classes, setting, seed):
        return lambda x: torch.full(x.shape[:1] + x.shape[2:], setting)

    for settings in ((0, 1), (1, 0)):
        kept, told = choose(constant, settings, x, y, [0, 1], [2, 3], classes=2)
        assert kept == 1
        assert told(x).eq(1).all()


def test_layers_bring_their_neighbours():
    x = torch.rand(2, 1, 5, 4, 4)
    flat = as_slices(x)
    assert torch.equal(flat.view(2, 5, 4, 4), x[:, 0])
    thick = as_slices(x, beside=1).view(2, 5, 3, 4, 4)
    assert torch.equal(thick[:, :, 1], x[:, 0])
    assert torch.equal(thick[:, 1:, 0], x[:, 0, :-1])
    assert torch.equal(thick[:, -1, 2], x[:, 0, -1])


def test_masks_of_other_sides_are_refused():
    with pytest.raises(ValueError, match="dice"):
        dice_per_image(torch.zeros(1, 4, 4).long(), torch.zeros(1, 5, 5).long(), 2)
