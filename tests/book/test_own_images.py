"""Chapters on images run to the end on folders that their author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.data.own import image_folder

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402

CHAPTER = "4-models/image-classification"
CLASSES = ("discs", "plain", "stripes")


@pytest.fixture
def folders(tmp_path):
    """A folder for the images and an empty one beside it to work in."""
    for name in ("data", "work"):
        (tmp_path / name).mkdir()
    return tmp_path / "data", tmp_path / "work"


def alien(home, patients=3, each=6, seed=0):
    """Colour images of three classes in odd sizes and two formats; file names tell the patient."""
    rng = np.random.default_rng(seed)
    for kind in CLASSES:
        (home / kind).mkdir()
        for number in range(patients * each):
            width, height = rng.integers(20, 50, size=2)
            v, u = np.mgrid[:height, :width]
            shape = {
                "discs": np.hypot(v - height / 2, u - width / 2) < height / 4,
                "plain": np.zeros_like(u),
                "stripes": u // 4 % 2,
            }[kind]
            tint = rng.uniform(60, 120, size=3)
            pixels = tint + 80 * shape[..., None] + rng.normal(0, 8, size=(height, width, 3))
            name = f"patient{number // each}_{number}." + ("png" if number % 2 else "jpg")
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(home / kind / name)
    return home


def files(home):
    """All that lies in a folder, with its contents."""
    return {path.relative_to(home): path.read_bytes() for path in home.rglob("*.*")}


def test_the_chapter_runs_on_colour_images_of_other_sizes(folders, monkeypatch):
    home, work = folders
    before = files(alien(home))
    data = image_folder(home, size=8, groups=r"(patient\d+)")
    names = run(CHAPTER, data, work, monkeypatch)
    assert names["classes"] == 3
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert list(written.columns[:4]) == ["row", "truth", "prediction", "fold"]
    assert set(written.truth) == set(CLASSES)
    assert (written.truth == written.prediction).mean() > 0.6
    patient = written.row.str.extract(r"(patient\d+)")[0]
    assert written.groupby(patient).fold.nunique().max() == 1
    assert files(home) == before


def test_images_without_classes_are_refused(folders, monkeypatch):
    home, work = folders
    alien(home, patients=1)
    data = image_folder(home / "plain", size=8, labelled=False)
    with pytest.raises(ValueError, match="expected one folder a class, found no labels"):
        run(CHAPTER, data, work, monkeypatch)
