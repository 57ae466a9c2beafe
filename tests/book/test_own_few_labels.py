"""The chapter on transfer learning runs on a folder of images that its author has not seen."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.own import image_folder

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_images import CLASSES, alien, files, folders, run  # noqa: E402, F401

CHAPTER = "5-methods/transfer-learning"


def test_the_chapter_runs_on_colour_images_of_patients(folders, monkeypatch, capsys):  # noqa: F811
    home, work = folders
    before = files(alien(home, patients=6, each=5))
    data = image_folder(home, size=8, groups=r"(patient\d+)")
    names = run(CHAPTER, data, work, monkeypatch, seconds=25)
    assert names["classes"] == 3
    assert names["graph"] == ()  # no molecules where they were not asked for
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert set(written.truth) == set(CLASSES)
    assert (written.truth == written.prediction).mean() > 0.5
    patients = set(written.row.str.extract(r"(patient\d+)")[0])
    assert len(patients) == 3  # half of the patients are the test
    assert "○ what the frozen rich body gains" in capsys.readouterr().out
    assert files(home) == before


def test_images_without_classes_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=1)
    data = image_folder(home / "plain", size=8, labelled=False)
    with pytest.raises(ValueError, match="expected one folder a class, found no labels"):
        run(CHAPTER, data, work, monkeypatch)


def test_a_class_of_few_images_is_refused_in_words(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=6, each=2)
    for path in sorted((home / "plain").iterdir())[2:]:
        path.unlink()
    data = image_folder(home, size=8, groups=r"(patient\d+)")
    with pytest.raises(ValueError, match="needs ten images of each class, found 2 of 'plain'"):
        run(CHAPTER, data, work, monkeypatch)


def test_a_single_group_is_refused_in_words(folders, monkeypatch):  # noqa: F811
    home, work = folders
    alien(home, patients=1, each=12)
    data = image_folder(home, size=8, groups=r"(patient\d+)")
    with pytest.raises(ValueError, match="expected 2 or more groups of each class in both halves"):
        run(CHAPTER, data, work, monkeypatch)
