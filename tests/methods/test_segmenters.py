"""Rivals that give every pixel a class."""

import numpy as np
import pytest
import torch
from scipy import ndimage
from skimage import filters

from helpers.data.nuclei import simulated_nuclei
from helpers.methods import segmenters
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
from helpers.metrics.segmentation import dice_per_image, soft_dice_loss
from helpers.models.unet import UNet
from helpers.train.schedule import one_cycle


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
    kept, told = choose(constant, (0,), x, y, [0, 1], None, classes=2)  # nothing to choose by
    assert kept == 0
    assert told(x).eq(0).all()


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


def test_training_is_fit_with_these_arguments(monkeypatch):
    seen = []
    monkeypatch.setattr(segmenters, "fit", lambda *given, **options: seen.append((given, options)))
    for rows, named, epochs, batch in (
        (16, {}, 75, 8),
        (17, {}, 50, 8),
        (6, {"steps": 9, "batch": 3}, 4, 3),
    ):
        x, y = torch.rand(rows, 1, 8, 8), torch.zeros(rows, 8, 8).long()
        learn_network(lambda: torch.nn.Conv2d(1, 2, 1), **named)(x, y, 2, 0.02, 5)
        options = seen[-1][1]
        assert (options["epochs"], options["batch_size"]) == (epochs, batch)
        assert (options["lr"], options["seed"], options["transform"]) == (0.02, 5, turned)
        assert options["schedule"](0.4) == one_cycle()(0.4)
    assert options["step"].loss is soft_dice_loss


def test_the_forest_of_pixels_is_scikit_learn_s(monkeypatch):
    from sklearn.ensemble import RandomForestClassifier

    g = torch.Generator().manual_seed(0)
    x = torch.rand(2, 1, 16, 16, generator=g)
    y = (x[:, 0] > 0.6).long()
    features = np.concatenate([filter_responses(image) for image in x.double().numpy()])
    for most in (10_000, 300):
        monkeypatch.setattr(segmenters, "PIXELS", most)
        some = np.random.default_rng(4).permutation(512)[:most]
        theirs = RandomForestClassifier(
            50, min_samples_leaf=3, class_weight="balanced", random_state=4
        ).fit(features[some], y.numpy().ravel()[some])
        told = learn_forest(x, y, 2, 3, seed=4)(x)
        assert told.flatten().tolist() == theirs.predict(features).tolist()


def test_filters_reach_from_one_to_eight_pixels():
    from skimage.feature import multiscale_basic_features

    image = np.random.default_rng(0).random((2, 16, 12))
    theirs = [multiscale_basic_features(part, sigma_min=1, sigma_max=8) for part in image]
    assert np.array_equal(
        filter_responses(image), np.concatenate([t.reshape(192, -1) for t in theirs], 1)
    )


def test_an_object_is_described_by_scikit_image_in_units_of_the_image():
    from skimage.measure import regionprops

    rng = np.random.default_rng(0)
    image = discs([(9, 9), (20, 22)]) * 5 + rng.random((32, 32))
    numbers, _ = ndimage.label(image > 2)
    found = described(image, numbers)
    scaled = (image - image.mean()) / image.std()
    for row, part in zip(found, regionprops(numbers)):
        light = scaled[numbers == part.label]
        expected = [
            part.area,
            part.eccentricity,
            part.perimeter,
            part.extent,
            part.axis_minor_length,
        ]
        assert row == pytest.approx([*expected, light.mean(), light.std()])
    assert described(np.zeros((4, 4)), np.zeros((4, 4), int)).shape == (0, 7)


def test_smoothing_is_one_pixel_and_the_background_as_wide_as_asked():
    image = np.random.default_rng(0).random((20, 20))
    smooth = ndimage.gaussian_filter(image, 1, mode="nearest")
    assert flattened(image, 0) == pytest.approx(smooth)
    wide = ndimage.gaussian_filter(image, 5, mode="nearest")
    assert flattened(image, 5) == pytest.approx(smooth - wide)


def test_levels_are_those_of_otsu_and_never_more_than_four():
    rng = np.random.default_rng(0)
    steps = np.repeat(np.arange(5.0), 10)[None].repeat(50, 0) + 0.05 * rng.random((50, 50))
    x, y = torch.tensor(steps)[None, None], torch.arange(5).repeat_interleave(10).expand(1, 50, 50)
    cut = np.digitize(flattened(steps, 0), filters.threshold_multiotsu(flattened(steps, 0), 4))
    names = most_frequent(cut, y.numpy(), 4, 5)
    assert learn_threshold(x, y, 5, 0)(x)[0].tolist() == names[cut].tolist()
    assert len(set(names.tolist())) == 4


def test_objects_are_named_by_a_forest_of_a_hundred_trees():
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    images = [
        discs([(9, 9), (22, 22)], radius=r) + 0.1 * rng.random((32, 32)) for r in (3, 4, 5, 6)
    ]
    x = torch.tensor(np.stack(images))[:, None]
    y = torch.tensor(
        np.stack([discs([(9, 9)], radius=7) + 2 * discs([(22, 22)], radius=7) for _ in images])
    ).long()
    rows, names = [], []
    for image, true in zip(images, y.numpy()):
        found = objects(image, 0)
        rows.append(described(image, found))
        names += [np.bincount(true[found == k]).argmax() for k in range(1, found.max() + 1)]
    forest = RandomForestClassifier(100, random_state=3).fit(np.concatenate(rows), names)
    told = learn_objects(x, y, 3, 0, seed=3)(x)
    for image, seen in zip(images, told.numpy()):
        found = objects(image, 0)
        wanted = np.concatenate([[0], forest.predict(described(image, found))]).astype(int)[found]
        assert np.array_equal(seen, wanted)


def test_seeds_lie_more_than_three_pixels_apart():
    image = discs([(16, 10), (16, 19)])
    peaks = objects(image, 0)
    assert sorted(np.unique(peaks)) == [0, 1, 2]
    assert (objects(image, 0) > 0).sum() == pytest.approx((image > 0).sum(), rel=0.2)


def test_objects_are_scikit_image_s_watershed_of_smoothed_distances():
    from skimage.feature import peak_local_max
    from skimage.segmentation import watershed

    rng = np.random.default_rng(2)
    image = discs([(16, 8), (16, 14), (16, 20), (8, 14)], radius=4) + 0.05 * rng.random((32, 32))
    smooth = flattened(image, 0)
    inside = smooth > filters.threshold_otsu(smooth)
    depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(inside), 1, mode="nearest")
    found = {}
    for apart in (3, 4, 2):
        peaks = peak_local_max(
            depth, min_distance=apart, labels=ndimage.label(inside, np.ones((3, 3)))[0]
        )
        seeds = np.zeros(image.shape, int)
        seeds[tuple(peaks.T)] = 1 + np.arange(len(peaks))
        found[apart] = watershed(-depth, seeds, mask=inside)
    assert np.array_equal(objects(image, 0), found[3])
