"""The chapter on saliency maps runs to the end on images that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own import image_folder

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402
from test_own_images import alien, files, folders  # noqa: E402, F401

CHAPTER = "7-interpretability/saliency-maps"


@pytest.mark.parametrize("size", [24, 12])
def test_the_chapter_runs_on_images_of_its_own(size, folders, monkeypatch):  # noqa: F811
    home, work = folders
    before = files(alien(home))
    data = image_folder(home, size=size, groups=r"(patient\d+)")
    names = run(CHAPTER, data, work, monkeypatch)
    assert names["classes"] == 3
    planted = (54, 1, 24, 24) if size == 24 else (256, 1, 24, 24)
    assert tuple(names["canvas"].shape) == planted
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert len(written) == 54
    assert (written.truth == written.prediction).mean() > 0.5
    maps = np.load(next(work.rglob("*.npz")))
    assert maps["Grad-CAM"].shape == (54, size, size)
    assert files(home) == before


def test_images_without_classes_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=1)
    data = image_folder(home / "plain", size=24, labelled=False)
    with pytest.raises(ValueError, match="expected one folder a class, found no labels"):
        run(CHAPTER, data, work, monkeypatch)
