"""The chapter on detection runs on images and boxes that its author has not seen."""

import csv
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.data.own import image_boxes

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402
from test_own_images import files, folders  # noqa: E402, F401


def alien(home, count=16, seed=0):
    """Images of odd sides with bright squares and dark bars; a table of their boxes."""
    rng = np.random.default_rng(seed)
    (home / "images").mkdir()
    with open(home / "boxes.csv", "w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["image", "label", "xmin", "ymin", "xmax", "ymax"])
        for number in range(count):
            pixels = rng.normal(120, 8, (70, 90, 3))
            for label, colour, (w, h) in (
                ("square", (220, 60, 60), (14, 14)),
                ("bar", (40, 40, 160), (30, 8)),
            ):
                u, v = int(rng.integers(0, 90 - w)), int(rng.integers(0, 70 - h))
                pixels[v : v + h, u : u + w] = colour
                lines.writerow([f"{number:02d}.png", label, u, v, u + w, v + h])
            image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
            image.save(home / "images" / f"{number:02d}.png")
    return home


def test_the_chapter_runs_on_squares_and_bars(folders, monkeypatch):  # noqa: F811
    home, work = folders
    before = files(alien(home))
    data = image_boxes(home / "images", home / "boxes.csv", size=(48, 64))
    names = run("4-models/object-detection", data, work, monkeypatch)
    assert names["classes"] == 2
    with open(next(work.rglob("boxes.csv"))) as file:
        rows = list(csv.DictReader(file))
    assert {row["label"] for row in rows} <= {"bar", "square"}
    assert {row["image"] for row in rows} <= {data.rows[k] for k in names["test"].tolist()}
    assert files(home) == before
