"""Fields and volumes of simulated nuclei, and the real image."""

import numpy as np
import pytest
import torch
from scipy.ndimage import label

from helpers.data.nuclei import field, lamp, planted, real_nuclei, simulated_nuclei


def test_a_field_repeats_and_differs_from_the_next():
    data, again = simulated_nuclei(3, 32, seed=5), simulated_nuclei(2, 32, seed=5)
    assert torch.equal(data.x[:2], again.x)
    assert torch.equal(data.y[:2], again.y)
    assert not torch.equal(data.x[0], data.x[1])
    assert not torch.equal(simulated_nuclei(1, 32, seed=6).x, again.x[:1])


def test_every_field_has_all_classes_and_units_of_its_own():
    data = simulated_nuclei(6, 32)
    assert all(len(one.unique()) == 3 for one in data.y)
    assert data.x.mean((1, 2, 3)).abs().max() < 1e-5
    assert (data.x.std((1, 2, 3), correction=0) - 1).abs().max() < 1e-5
    assert data.block.tolist() == list(range(6))
    assert data.groups is None


def test_volumes_have_layers_that_resemble_their_neighbours():
    data = simulated_nuclei(4, 24, depth=10)
    assert data.x.shape == (4, 1, 10, 24, 24)
    assert data.y.shape == (4, 10, 24, 24)
    inside = data.y > 0
    beside = (inside[:, 1:] == inside[:, :-1]).float().mean()
    apart = (inside[:, 5:] == inside[:, :-5]).float().mean()
    assert beside > apart + 0.02


def test_nuclei_are_brighter_than_what_lies_around_them():
    data = simulated_nuclei(20, 48)
    gaps = [one[0][y > 0].mean() - one[0][y == 0].mean() for one, y in zip(data.x, data.y)]
    assert min(gaps) > 0.3
    shuffled = data.x.flatten(1)[:, torch.randperm(48 * 48)].view(20, 48, 48)
    gaps = [one[y > 0].mean() - one[y == 0].mean() for one, y in zip(shuffled, data.y)]
    assert abs(np.mean(gaps)) < 0.1


def test_a_dividing_nucleus_is_a_rod():
    y, glow = planted((64, 64), np.random.default_rng(1), 0.003)
    assert ((glow > 0) == (y > 0)).all()
    sizes = [np.bincount(label(y == k)[0].ravel())[1:] for k in (1, 2)]
    assert np.median(sizes[0]) > 1.5 * np.median(sizes[1])


def test_the_lamp_is_a_plane_around_one():
    light = lamp((5, 9), np.random.default_rng(0))
    assert light.mean() == pytest.approx(1)
    assert np.allclose(np.diff(light, 2, axis=0), 0)
    assert np.allclose(np.diff(light, 2, axis=1), 0)
    assert np.ptp(light) > 0.01
    assert lamp((3, 5, 9), np.random.default_rng(0)).shape == (3, 5, 9)


def test_the_camera_counts():
    image, y = field((32, 32), np.random.default_rng(0))
    assert (image == image.round()).all()
    assert image.min() >= 0
    assert set(np.unique(y)) == {0, 1, 2}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"count": 0}, "count must be a whole number from 1, found 0"),
        ({"count": 1, "side": 8}, "side must be a whole number from 16, found 8"),
        ({"count": 1, "depth": 2.5}, "depth must be a whole number from 8, found 2.5"),
    ],
)
def test_numbers_that_are_too_small_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        simulated_nuclei(**given)


def test_the_real_image_and_its_outlines_belong_together():
    from helpers.data.cited import DataUnavailable

    try:
        data = real_nuclei()
    except DataUnavailable as error:
        pytest.skip(f"cited data: {error}")
    assert data.x.shape == (1, 1, 512, 512)
    assert data.y.unique().tolist() == [0, 1]
    inside, outside = data.x[0, 0][data.y[0] == 1], data.x[0, 0][data.y[0] == 0]
    assert inside.mean() - outside.mean() > 1
    turned = data.y[0].T
    assert data.x[0, 0][turned == 1].mean() - data.x[0, 0][turned == 0].mean() < 0.3


def test_fields_are_those_that_the_stored_pages_rest_on(told):
    data = simulated_nuclei(4)
    assert told(data.x) == [0, 1.00003, -0.00984]
    assert data.y.flatten().bincount().tolist() == [12914, 2994, 476]
    assert data.x.shape == (4, 1, 64, 64)
    deep = simulated_nuclei(2, 24, depth=8, seed=1)
    assert told(deep.x) == [0, 1.00005, 0.00938]
    assert deep.y.flatten().bincount().tolist() == [7871, 1186, 159]
    assert (deep.values, deep.names) == ([0, 1, 2], ["field 0", "field 1"])
    assert deep.rows == deep.names
    assert torch.equal(data.x, simulated_nuclei(4, 64, None, 0).x)


def test_the_real_image_is_the_one_that_the_stored_pages_rest_on(told):
    from helpers.data.cited import DataUnavailable

    try:
        data = real_nuclei()
    except DataUnavailable as error:
        pytest.skip(f"cited data: {error}")
    assert told(data.x) == [0.0, 1.0, 0.03729]
    assert told(data.y) == [0.19923, 0.39942, 0.10472]
    assert (data.values, data.classes) == ([0, 1], ["background", "nucleus"])
    assert (data.names, data.rows, data.block.tolist()) == (["img2d"], ["img2d"], [0])
    assert (data.x.dtype, data.y.dtype) == (torch.float32, torch.int64)


@pytest.mark.parametrize(("name", "least"), [("count", 1), ("side", 16), ("depth", 8)])
def test_each_number_begins_where_it_says(name, least):
    usual = {"count": 1, "side": 16, "depth": 8}
    assert simulated_nuclei(**(usual | {name: least})).x.ndim == 5
    for bad in (least - 1, float(least), "x"):
        with pytest.raises(ValueError) as caught:
            simulated_nuclei(**(usual | {name: bad}))
        said = f"simulated_nuclei: {name} must be a whole number from {least}, found {bad!r}"
        assert str(caught.value) == said


def test_parts_of_a_field_are_those_of_its_seed(told):
    image, y = field((24, 20), np.random.default_rng(3))
    again = field((24, 20), np.random.default_rng(3))
    assert np.array_equal(image, again[0])
    assert y.dtype == np.int64
    assert lamp((4, 5), np.random.default_rng(1)).min() > 0.4
    corner = lamp((3, 3), np.random.default_rng(2))
    slope = np.random.default_rng(2).uniform(-0.6, 0.6, 2)
    assert corner[0, 0] == pytest.approx(1 - slope.sum() / 2)
    assert corner[2, 0] == pytest.approx(1 + slope[0] / 2 - slope[1] / 2)
