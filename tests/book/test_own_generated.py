"""The chapter that makes rows runs to the end on rows that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from helpers.data.own import image_folder, table

sys.path.append(str(Path(__file__).parent))
from test_own_data import alien, folders, run  # noqa: E402, F401

CHAPTER = "8-advanced/gans"


def test_a_table_comes_back_as_made_up_rows(folders, monkeypatch):  # noqa: F811
    home, work = folders
    path = alien(home / "alien.csv", 180, 3)
    data = table(path, "finding", groups="patient", drop=("size",))
    names = run(CHAPTER, data, work, monkeypatch, seconds=19)
    made = pd.read_csv(next(work.rglob("made-up.csv")))
    assert list(made.columns) == [*data.features, "class"]
    assert len(made) == len(names["train"])
    assert set(made["class"]) <= set(data.classes)
    assert set(made["ward=north"]) <= {0.0, 1.0}
    real = pd.read_csv(path)
    assert made["column 1"].between(real["column 1"].min() - 1, real["column 1"].max() + 1).all()
    written = pd.read_csv(next(work.rglob("measures.csv")))
    assert len(written) == 8 * 3
    assert next(work.rglob("generator.pt")).stat().st_size > 1000
    assert {path.name for path in home.iterdir()} == {"alien.csv"}


def test_images_without_a_class_come_back_as_pixels(folders, monkeypatch):  # noqa: F811
    home, work = folders
    rng = np.random.default_rng(0)
    for number in range(90):
        spot = np.zeros((12, 12), dtype=np.uint8)
        row, column = rng.integers(2, 10, size=2)
        spot[row - 2 : row + 2, column - 2 : column + 2] = 200
        spot = np.clip(spot + rng.integers(0, 40, size=spot.shape), 0, 255).astype(np.uint8)
        Image.fromarray(spot).save(home / f"{number}.png")
    data = image_folder(home, 12, grey=True, labelled=False)
    names = run(CHAPTER, data, work, monkeypatch, seconds=19)
    made = pd.read_csv(next(work.rglob("made-up.csv")))
    assert made.shape == (len(names["train"]), 144)
    assert made.to_numpy().min() >= 0
    assert made.to_numpy().max() <= 1
    assert names["codec"].width < 144
