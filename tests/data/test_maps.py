"""What the chapter on segmentation refuses, and what 255 may mean."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.maps import require_maps, undecided, void_as
from helpers.data.nuclei import simulated_nuclei
from helpers.data.own import image_masks


@pytest.fixture
def street(tmp_path):
    """Three images whose masks hold 0, 1, 2 and, along an edge, 255, as VOC has it."""
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    mask = np.zeros((16, 16), dtype=np.uint8)
    mask[4:8], mask[8:12], mask[12:] = 1, 2, 255
    for name in "abc":
        Image.fromarray(mask).save(tmp_path / "images" / f"{name}.png")
        Image.fromarray(mask).save(tmp_path / "masks" / f"{name}.png")
    return image_masks(tmp_path / "images", tmp_path / "masks", 16)


def test_what_has_maps_passes():
    assert require_maps(simulated_nuclei(2, 16)) is None


def test_255_beside_small_numbers_is_refused_until_it_is_decided(street):
    with pytest.raises(ValueError, match="does not guess what 255 means beside 0, 1, 2"):
        require_maps(street)
    for value in (0, 2, 255):
        assert require_maps(void_as(street, value)) is None


def test_pixels_that_were_read_as_void_are_refused_and_the_way_out_works(street, tmp_path):
    void = image_masks(tmp_path / "images", tmp_path / "masks", 16, void=255)
    assert float((void.y == -1).float().mean()) == 0.25
    with pytest.raises(ValueError) as error:
        require_maps(void)
    assert str(error.value) == (
        "This chapter learns from every pixel and scores every pixel: expected classes from 0, found "
        "0.25 of the pixels void; read the masks without void=, and decide with "
        "helpers.data.maps.void_as which class these pixels join."
    )
    assert require_maps(void_as(street, 0)) is None
    assert require_maps(replace(void, y=void.y.clamp(min=0))) is None


def test_void_joins_the_class_that_was_named(street):
    joined = void_as(street, 2)
    assert joined.values == [0, 1, 2]
    assert joined.y.flatten().bincount().tolist() == [3 * 64, 3 * 64, 3 * 128]
    assert torch.equal(joined.y[:, :12], street.y[:, :12])
    kept = void_as(street, 255)
    assert torch.equal(kept.y, street.y)
    assert kept.classes[-1] == "255, kept"


def test_a_decision_about_nothing_is_refused(street):
    with pytest.raises(ValueError, match=r"void_as: expected one of \[0, 1, 2, 255\], found 7"):
        void_as(street, 7)
    with pytest.raises(ValueError, match="found 255"):
        void_as(void_as(street, 0), 0)


@pytest.mark.parametrize(
    ("classes", "asks"),
    [
        (["0", "1", "255"], True),
        (["0.0", "1.0", "255.0"], True),
        (["0", "255"], False),
        (["0", "128", "255"], False),
        (["0", "1", "2"], False),
        (["background", "nucleus", "255"], False),
    ],
)
def test_only_small_numbers_make_255_suspicious(classes, asks):
    assert undecided(classes) is asks


def told(data):
    try:
        require_maps(data)
    except ValueError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("sides", "fits"), [((8, 8), True), ((8, 12), False), ((4, 8), False)])
def test_sides_can_be_halved_three_times(sides, fits):
    y = torch.zeros(2, *sides)
    data = SimpleNamespace(x=torch.zeros(2, 1, *sides), y=y, classes=["0", "1"])
    said = "This chapter halves flat images three times: expected sides in multiples of 8, found "
    assert told(data) == (None if fits else f"{said}{sides}; pass another size.")
    deep = SimpleNamespace(x=torch.zeros(2, 1, 8, 8, 8), y=torch.zeros(2, 8, 8, 8), classes=["0"])
    assert told(deep) == f"{said}(8, 8, 8); pass another size."


def test_every_pixel_has_a_class():
    said = (
        "This chapter needs a class for every pixel: expected masks as large as the images; read "
    )
    x = torch.zeros(2, 1, 8, 8)
    for rest in ({}, {"y": torch.zeros(2)}, {"y": torch.zeros(2, 8, 16)}, {"y": None}):
        assert told(SimpleNamespace(x=x, classes=["0"], **rest)).startswith(said)


def test_what_is_not_decided_is_told(street):
    assert told(street) == (
        "This chapter does not guess what 255 means beside 0, 1, 2: expected a decision; wrap the "
        "data in helpers.data.maps.void_as(data, 0) to count these pixels as class 0, or in "
        "void_as(data, 255) to keep them as a class."
    )
    assert undecided(["0", "99", "255"])
    assert not undecided(["0", "100", "255"])
    assert not undecided(["0", "1", "254"])
    assert not undecided(["0", "1", "255", "256"])


def test_classes_above_void_move_down(street):
    middle = replace(street, values=[0, 255, 1, 2], classes=["0", "255", "1", "2"])
    found = void_as(middle, 2)
    assert (found.values, found.classes) == ([0, 1, 2], ["0", "1", "2"])
    expected = torch.tensor([0, 2, 1, 2])[street.y]
    assert torch.equal(found.y, expected)
    assert found.y.dtype == torch.int64
    kept = void_as(middle, 255)
    assert kept.classes == ["0", "255, kept", "1", "2"]
    assert kept.values == [0, 255, 1, 2]
