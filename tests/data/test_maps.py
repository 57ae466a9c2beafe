"""What the chapter on segmentation refuses, and what 255 may mean."""

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
