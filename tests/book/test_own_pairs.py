"""The chapter on registration runs on pairs of images that its author has not seen."""

import csv
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from monai.networks.nets import VoxelMorph as TheirVoxelMorph
from PIL import Image

from helpers.data.own import image_folder
from helpers.data.own_pairs import image_pairs

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402
from test_own_images import files, folders  # noqa: E402, F401

CHAPTER = "4-models/image-registration"


def alien(home, patients=6, each=3, seed=0):
    """Colour images of odd sides: three bright discs, that sit a little elsewhere in the fixed image."""
    rng = np.random.default_rng(seed)
    for name in ("before", "after"):
        (home / name).mkdir()
    v, u = np.mgrid[:70, :90]
    for number in range(patients * each):
        discs = [(rng.uniform(20, 50), rng.uniform(25, 65), rng.uniform(6, 12)) for _ in range(3)]
        shift = rng.uniform(-4, 4, size=(3, 2))
        for name, moved in (("before", 0 * shift), ("after", shift)):
            pixels = rng.normal(30, 5, size=(70, 90, 3))
            for (a, b, radius), (down, right) in zip(discs, moved):
                pixels[np.hypot(v - a - down, u - b - right) < radius] += [150, 90, 60]
            image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
            image.save(home / name / f"mouse{number // each}_{number}.png")
    return home


def test_the_chapter_runs_on_colour_images_with_six_mice(folders, monkeypatch):  # noqa: F811
    home, work = folders
    assert TheirVoxelMorph  # imported before the clock starts
    before = files(alien(home))
    data = image_pairs(home / "before", home / "after", size=32, groups=r"(mouse\d+)")
    names = run(CHAPTER, data, work, monkeypatch)
    mice = [set(names[part].groups.tolist()) for part in ("train", "valid", "test")]
    assert not mice[0] & mice[1]
    assert not mice[0] & mice[2]
    assert not mice[1] & mice[2]
    assert not names["known"]
    with open(next(work.rglob("pairs.csv"))) as file:
        rows = list(csv.DictReader(file))
    assert [row["pair"] for row in rows] == names["test"].rows
    gains = [float(row["likeness after"]) - float(row["likeness before"]) for row in rows]
    assert np.mean(gains) > 0.02
    assert max(float(row["folds"]) for row in rows) < 0.1
    assert len(list(work.rglob("*.png"))) == len(rows)
    assert np.array(Image.open(next(work.rglob("000.png")))).shape == (32, 32)
    with torch.no_grad():
        assert names["again"](data.moving[:1], data.fixed[:1]).shape == (1, 2, 32, 32)
    assert names["recipe"].decisions["size"] == 32
    assert files(home) == before


def test_images_without_partners_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=2, each=1)
    data = image_folder(home / "before", size=32, labelled=False)
    with pytest.raises(ValueError, match="expected pairs, found Tiles"):
        run(CHAPTER, data, work, monkeypatch)


def test_mice_too_few_for_three_parts_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=2, each=2)
    data = image_pairs(home / "before", home / "after", size=32, groups=r"(mouse\d+)")
    with pytest.raises(ValueError, match="expected at least 3 groups"):
        run(CHAPTER, data, work, monkeypatch)


def test_one_test_pair_is_refused_before_anything_is_trained(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=5, each=1)
    data = image_pairs(home / "before", home / "after", size=32)
    with pytest.raises(ValueError, match="expected at least 2 test pairs, found 1 of 5"):
        run(CHAPTER, data, work, monkeypatch)
