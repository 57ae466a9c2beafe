"""The chapter on segmentation runs on images and masks that its author has not seen."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from monai.networks.nets import BasicUNet
from PIL import Image

from helpers.data.maps import void_as
from helpers.data.own import image_folder, image_masks

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402
from test_own_images import files, folders  # noqa: E402, F401

CHAPTER = "4-models/semantic-segmentation"
VALUES = (0, 40, 90, 255)


def alien(home, slides=4, each=3, seed=0):
    """Colour images of odd sides with four classes, one of them rare; names tell the slide."""
    rng = np.random.default_rng(seed)
    for name in ("images", "masks"):
        (home / name).mkdir()
    for number in range(slides * each):
        height, width = rng.integers(40, 70, size=2)
        v, u = np.mgrid[:height, :width]
        mask = np.zeros((height, width), dtype=np.uint8)
        for value, radius in ((40, 12), (90, 9), (255, 4))[: 2 + (number % 3 == 0)]:
            a, b = height * rng.uniform(0.3, 0.7), width * rng.uniform(0.3, 0.7)
            mask[np.hypot(v - a, u - b) < radius] = value
        tint = np.array([[90, 60, 60], [60, 120, 60], [60, 60, 140], [160, 160, 40]])
        pixels = tint[np.searchsorted(VALUES, mask)] + rng.normal(0, 12, (height, width, 3))
        name = f"slide{number // each}_{number}"
        image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        image.save(home / "images" / f"{name}.jpg")
        Image.fromarray(mask).save(home / "masks" / f"{name}.png")
    return home


def test_the_chapter_runs_on_colour_images_with_four_classes(folders, monkeypatch):  # noqa: F811
    home, work = folders
    assert BasicUNet  # imported before the clock starts
    before = files(alien(home))
    data = image_masks(
        home / "images",
        home / "masks",
        size=16,
        grey=False,
        groups=r"(slide\d+)",
        values=list(VALUES),
    )
    with pytest.raises(ValueError, match="does not guess what 255 means beside 0, 40, 90"):
        run(CHAPTER, data, work, monkeypatch)
    data = void_as(data, 255)
    names = run(CHAPTER, data, work, monkeypatch)
    assert names["classes"] == 4
    slides = [
        {data.rows[k].split("_")[0] for k in names[part]} for part in ("train", "valid", "test")
    ]
    assert not slides[0] & slides[2]
    assert not slides[1] & slides[2]
    assert not slides[0] & slides[1]
    assert names["unit"].startswith("images of one group")
    assert names["best"] == max(names["on_valid"], key=names["on_valid"].get)
    with open(next(work.rglob("overlap.csv"))) as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == [data.rows[k] for k in names["test"]]
    assert np.mean([float(row["dice"]) for row in rows]) > 0.5
    drawn = np.array(Image.open(next(work.rglob(rows[0]["map"]))))
    assert drawn.shape == (16, 16)
    assert drawn.max() < 4
    assert files(home) == before


def test_images_without_masks_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, each=1)
    data = image_folder(home / "images", size=24, labelled=False)
    with pytest.raises(ValueError, match="needs a class for every pixel"):
        run(CHAPTER, data, work, monkeypatch)


def test_sides_that_cannot_be_halved_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, each=1)
    data = image_masks(home / "images", home / "masks", size=20)
    with pytest.raises(ValueError, match="sides in multiples of 8"):
        run(CHAPTER, data, work, monkeypatch)


def test_a_mask_that_lost_its_values_is_refused(folders):  # noqa: F811
    home, _ = folders
    alien(home, each=1)
    first = next((home / "masks").iterdir())
    Image.open(first).save(first.with_suffix(".jpg"))
    first.unlink()
    with pytest.raises(ValueError, match="lossy"):
        image_masks(home / "images", home / "masks", size=24)


def test_slides_too_few_for_three_parts_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, slides=2, each=2)
    data = image_masks(home / "images", home / "masks", size=24, groups=r"(slide\d+)")
    with pytest.raises(ValueError, match="group_folds"):
        run(CHAPTER, void_as(data, 255), work, monkeypatch)
    assert torch.equal(data.groups.unique(), torch.arange(2))
