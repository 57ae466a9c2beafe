"""A chapter about two sites runs to the end on a table of two sites that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own import table

sys.path.append(str(Path(__file__).parent))
from test_own_data import folders, run  # noqa: E402, F401

CHAPTER = "5-methods/domain-adaptation"


def two_sites(path, rows, classes, seed=0):
    """Rows of two scanners; the second has other units and offsets."""
    rng = np.random.default_rng(seed)
    label = rng.integers(classes, size=rows)
    frame = pd.DataFrame(rng.normal(size=(rows, 6)), columns=[f"column {k}" for k in range(6)])
    frame["column 1"] += 3 * label
    frame["column 4"] -= 2 * (label % 2)
    second = np.arange(rows) >= rows // 2
    numbers = list(frame.columns)
    moved = frame.loc[second, numbers] * rng.uniform(0.5, 3, 6) + 40 * rng.normal(size=6)
    frame.loc[second, numbers] = moved
    frame["scanner"] = np.where(second, "B", "A")
    frame["finding"] = [f"type {number:02d}" for number in label]
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("rows", "classes"), [(240, 3), (400, 2)])
def test_the_chapter_runs_on_two_sites(rows, classes, folders, monkeypatch):  # noqa: F811
    home, work = folders
    path = two_sites(home / "alien.csv", rows, classes)
    data = table(path, "finding", groups="scanner")
    names = run(CHAPTER, data, work, monkeypatch)
    assert names["first"].classes == classes
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert list(written.columns[:4]) == ["row", "truth", "prediction", "fold"]
    assert written.truth.notna().all()
    assert (written.truth == written.prediction).mean() > 1.2 / classes
    assert {path.name for path in home.iterdir()} == {"alien.csv"}


def test_a_single_site_is_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    path = two_sites(home / "alien.csv", 80, 2)
    data = table(path, "finding", groups="column 0", numeric=("column 0",))
    with pytest.raises(ValueError, match="two_sites: expected a class for the rows"):
        run(CHAPTER, data, work, monkeypatch)
