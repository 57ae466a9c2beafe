"""The chapter on weak supervision runs to the end on votes that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own_votes import votes_table

sys.path.append(str(Path(__file__).parent))
from test_own_data import folders, run  # noqa: E402, F401

CHAPTER = "5-methods/weak-supervision"


def alien(path, rows, classes, known, seed=0):
    """Four readers and two rules of unlike worth; many silent; classes are words, a comma in one."""
    rng = np.random.default_rng(seed)
    names = np.array([f"type {k:02d}, odd" if k == 1 else f"type {k:02d}" for k in range(classes)])
    truth = rng.integers(classes, size=rows)
    frame = pd.DataFrame({"slide": [f"s{k}" for k in range(rows)]})
    for voter, worth in zip(
        ["reader A", "reader B", "reader C", "rule 1", "rule 2"], [9, 8, 6, 5, 5]
    ):
        said = np.where(rng.random(rows) < worth / 10, truth, rng.integers(classes, size=rows))
        frame[voter] = np.where(rng.random(rows) < 0.4, "", names[said])
    frame["biopsy"] = np.where(rng.random(rows) < known, names[truth], "")
    frame.to_csv(path, index=False)
    return list(frame.columns[1:-1])


@pytest.mark.parametrize(("rows", "classes", "known"), [(240, 3, 0.5), (150, 2, 0.0)])
def test_the_chapter_runs_on_votes(rows, classes, known, folders, monkeypatch):  # noqa: F811
    home, work = folders
    voters = alien(home / "alien.csv", rows, classes, known)
    data = votes_table(home / "alien.csv", voters, "biopsy")
    names = run(CHAPTER, data, work, monkeypatch)
    assert len(names["classes"]) == classes
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert list(written.columns[:4]) == ["row", "truth", "prediction", "fold"]
    assert len(written) == rows
    assert written.truth.notna().mean() == pytest.approx(known, abs=0.15)
    if known:
        told = written[written.truth.notna()]
        assert (told.truth == told.prediction).mean() > 0.6
    assert next(work.rglob("voters.pt")).exists()
    assert {path.name for path in home.iterdir()} == {"alien.csv"}


def test_one_known_row_is_no_comparison_and_patients_stay_together(folders, monkeypatch):  # noqa: F811
    home, work = folders
    voters = alien(home / "alien.csv", 120, 3, 0.5)
    frame = pd.read_csv(home / "alien.csv")
    frame["patient"] = [f"p{k // 2}" for k in range(len(frame))]
    frame.loc[frame.biopsy.notna().cumsum() != 1, "biopsy"] = np.nan
    frame.to_csv(home / "alien.csv", index=False)
    data = votes_table(home / "alien.csv", voters, "biopsy", groups="patient")
    names = run(CHAPTER, data, work, monkeypatch)
    assert len(names["test"]) == 1
    assert names["unit"] == "patient"
    assert len(names["groups"].unique()) == 60
    assert len(pd.read_csv(next(work.rglob("*.csv")))) == 120
