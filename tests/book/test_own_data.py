"""Chapters run to the end on a table that their author has not seen: add a chapter to CHAPTERS."""

import json
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pytest
import torch

from helpers.data.own import table

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [
    "2-considerations/dimensionality-reduction",
    "4-models/supervised-learning",
    "6-less-data/self-training",
    "7-interpretability/shapley-values",
    "9-practice/explore-data",
    "9-practice/validate-thoroughly",
]
SECONDS = 15  # of processor time on a core of reference, see tools/store.py


def alien(path, rows, classes, seed=0):
    """A table in odd units: a class shifts two of five columns, rows come in groups of six."""
    rng = np.random.default_rng(seed)
    label = rng.integers(classes, size=rows)
    group = np.arange(rows) // 6
    frame = pd.DataFrame(rng.normal(size=(rows, 5)), columns=[f"column {k}" for k in range(5)])
    frame["column 1"] = 1000 + 300 * (label + frame["column 1"] / 3)
    frame["column 2"] = -5 + label % 3 + frame["column 2"] / 3
    frame["ward"] = rng.choice(["north", "south"], size=rows)
    frame["patient"] = [f"p{number}" for number in group]
    frame["finding"] = [f"type {number:02d}" for number in label]
    frame["size"] = label + rng.normal(size=rows)
    frame.to_csv(path, index=False)
    return path


def run(chapter, data, folder, monkeypatch, seconds=SECONDS):
    """Execute the code of a chapter in an empty folder, with `data` handed to start.

    It may take `seconds`. What other processes and slow machines add to them is asked for only where
    the limit is passed, three times: the pace of one machine changes by a third within minutes.
    """
    import matplotlib.pyplot as plt

    cells = json.loads((ROOT / f"notebooks/{chapter}.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"][1:]
    assert code[0].count("start(seed=0)") == 1
    code[0] = code[0].replace("start(seed=0)", "start(seed=0, data=reader)")
    monkeypatch.chdir(folder)
    names = {"reader": data, "display": print, "__name__": "chapter"}
    begin = time.process_time()
    try:
        for number, cell in enumerate(code):
            exec(compile(cell, f"{chapter}, code cell {number}", "exec"), names)
            plt.close("all")
    finally:
        from helpers.notebook.band import promise_results

        promise_results(True)
    spent = time.process_time() - begin
    print(f"own data: {chapter} took {spent:.1f} s")
    if spent > seconds:
        sys.path.append(str(ROOT / "tools"))
        from store import pace

        spent /= median(pace() for _ in range(3))
    assert spent <= seconds, f"{chapter} took {spent:.1f} s on own data"
    return names


@pytest.fixture
def folders(tmp_path):
    """A folder for the table and an empty one beside it to work in."""
    for name in ("data", "work"):
        (tmp_path / name).mkdir()
    return tmp_path / "data", tmp_path / "work"


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize(("rows", "classes", "groups"), [(150, 3, "patient"), (300, 20, None)])
def test_a_chapter_runs_on_an_alien_table(chapter, rows, classes, groups, folders, monkeypatch):
    home, work = folders
    path = alien(home / "alien.csv", rows, classes)
    drop = ("size",) if groups else ("size", "patient")
    data = table(path, "finding", groups=groups, drop=drop)
    names = run(chapter, data, work, monkeypatch)
    assert names["classes"] == classes
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert list(written.columns[:4]) == ["row", "truth", "prediction", "fold"]
    assert len(written) == rows
    assert (written.truth == written.prediction).mean() > 1.5 / classes
    assert {path.name for path in home.iterdir()} == {"alien.csv"}


def test_a_number_is_refused_where_classes_are_expected(folders, monkeypatch):
    home, work = folders
    data = table(alien(home / "a.csv", 60, 3), "size", groups="patient", drop=("finding",))
    with pytest.raises(ValueError, match="expected a class for every row, found task 'regression'"):
        run("4-models/supervised-learning", data, work, monkeypatch)


@pytest.mark.parametrize("target", ["size", None])
def test_maps_take_a_measurement_or_no_label_at_all(target, folders, monkeypatch):
    home, work = folders
    drop = ("patient", "finding") if target else ("patient", "finding", "size")
    data = table(alien(home / "a.csv", 90, 3), target, groups=None, drop=drop)
    names = run("2-considerations/dimensionality-reduction", data, work, monkeypatch)
    assert names["names"] == (["low", "middle", "high"] if target else [])
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert len(written) == 90
    assert written.truth.isna().all() == (target is None)
    assert np.load(next(work.rglob("maps.npz")))["t-SNE"].shape == (90, 2)


def test_self_training_takes_rows_that_nobody_has_labelled(folders, monkeypatch):
    home, work = folders
    path = alien(home / "a.csv", 180, 3)
    frame = pd.read_csv(path)
    frame.loc[frame.index % 3 > 0, "finding"] = ""
    frame.to_csv(path, index=False)
    data = table(path, "finding", groups="patient", drop=("size",), unlabelled="keep")
    names = run("6-less-data/self-training", data, work, monkeypatch)
    assert all((D.truth >= 0).all() for D in names["deals"])
    written = pd.read_csv(next(work.rglob("*.csv")))
    assert written.truth.isna().sum() == 120
    known = written.dropna()
    assert (known.truth == known.prediction).mean() > 0.5


def test_self_training_refuses_images_in_a_sentence(folders, monkeypatch):
    from test_own_images import alien as images

    from helpers.data.own import image_folder

    home, work = folders
    data = image_folder(images(home), size=8, groups=r"(patient\d+)")
    with pytest.raises(ValueError, match="expected a table, found images"):
        run("6-less-data/self-training", data, work, monkeypatch)


def test_validation_takes_a_number_and_a_time(folders, monkeypatch, capsys):
    home, work = folders
    path = alien(home / "a.csv", 180, 3)
    frame = pd.read_csv(path)
    frame["day"] = pd.date_range("2020-01-01", periods=180).astype(str)
    frame.to_csv(path, index=False)
    data = table(path, "size", groups="patient", time="day", drop=("finding",))
    names = run("9-practice/validate-thoroughly", data, work, monkeypatch)
    assert names["here"].names == ["low", "high"]
    assert torch.equal(names["amount"], data.y)
    assert list(names["cuts"]) == ["rows at random", "groups kept apart", "the past foretells"]
    assert set(pd.read_csv(next(work.rglob("*.csv"))).truth) == {"low", "high"}


def test_shapley_values_leave_the_control_out_where_four_columns_leave_no_trio(
    folders, monkeypatch, capsys
):
    home, work = folders
    drop = ("size", "patient", "column 4", "ward")
    data = table(alien(home / "a.csv", 150, 3), "finding", groups=None, drop=drop)
    names = run("7-interpretability/shapley-values", data, work, monkeypatch)
    assert data.x.shape[1] == 4
    assert names["controls"] == []
    assert "L1: the same for other trios" not in capsys.readouterr().out


def test_many_rows_are_thinned_before_anything_looks_at_pairs(folders, monkeypatch):
    home, _ = folders
    data = table(alien(home / "a.csv", 3100, 3), "finding", groups="patient", drop=("size",))
    cells = json.loads((ROOT / "notebooks/9-practice/explore-data.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    names = {"mine": data}
    exec(next(cell for cell in code if "mine or breast_cancer()" in cell), names)
    thin = names["data"]
    assert len(thin.y) == len(thin.groups) == len(thin.rows) == 3000
    kept = pd.read_csv(home / "a.csv").set_axis(range(3100))
    place = {row: k for k, row in enumerate(data.rows or range(3100))}
    assert all(kept.finding[place[r]] == thin.classes[int(k)] for r, k in zip(thin.rows, thin.y))
