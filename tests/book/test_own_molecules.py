"""The chapter on molecules runs to the end on molecules that its author has not seen."""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own import smiles_table

sys.path.append(str(Path(__file__).resolve().parent))
from test_own_data import run  # noqa: E402

CHAPTER = "4-models/graph-molecules"
CORES = ("C1CCCCC1{}", "c1ccncc1{}", "C{}", "c1ccc2ccccc2c1{}", "[Si](C)(C){}", "C1CC1{}")
ENDS = ("O", "CCO", "N", "CC(=O)O", "Br", "CCCC", "[N+](=O)[O-]", "OCC")
WRONG = ("C1CC", "not a molecule", "")


def alien(path, seed=0):
    """Forty-eight molecules with silicon, charges and a mixture, three that cannot be read, gaps in each target."""
    rng = np.random.default_rng(seed)
    smiles = [core.format(end) for core, end in product(CORES, ENDS)]
    polar = np.array([sum(text.count(letter) for letter in "ON") for text in smiles])
    frame = pd.DataFrame({"structure": smiles})
    frame["activity"] = 100 * polar + rng.normal(size=len(smiles))
    frame["two"] = np.where(polar > 0, "polar", "not")
    frame["three"] = np.select([polar == 0, polar == 1], ["zero", "one"], "many")
    frame.loc[7, "structure"] += ".O"
    frame.loc[[3, 17], ["activity", "two", "three"]] = None
    frame = pd.concat([frame, frame.tail(len(WRONG)).assign(structure=WRONG)], ignore_index=True)
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def folders(tmp_path):
    """A folder for the table and an empty one beside it to work in."""
    for name in ("data", "work"):
        (tmp_path / name).mkdir()
    return tmp_path / "data", tmp_path / "work"


@pytest.mark.parametrize(
    ("target", "unlabelled", "classes"), [("activity", "drop", 0), ("two", "drop", 2), ("three", "keep", 3)]
)  # fmt: skip
def test_the_chapter_runs_on_alien_molecules(
    target, unlabelled, classes, folders, monkeypatch, capsys
):
    home, work = folders
    file = alien(home / "alien.csv")
    known = {"groups": None, "unlabelled": unlabelled, "unreadable": "drop"}
    data = smiles_table(file, "structure", target, unit="" if classes else "nM", **known)
    assert "row 50, 51, 52" in str(data.report.notes)
    names = run(CHAPTER, data, work, monkeypatch)
    assert (names["classes"], len(names["smiles"])) == (classes, 46)
    assert "1 rows hold a mixture" in capsys.readouterr().out
    written = pd.read_csv(next(work.rglob("*.csv")), keep_default_na=False)
    assert list(written.columns[:4]) == ["row", "truth", "prediction", "fold"]
    assert len(written) == 46
    assert not set(written.row) & {5, 19, 50, 51, 52}
    if classes:
        assert (written.truth == written.prediction).mean() > 1.2 / classes
    else:
        assert np.corrcoef(written.truth, written.prediction)[0, 1] > 0.5
    assert {path.name for path in home.iterdir()} == {"alien.csv"}


def test_what_cannot_be_read_is_refused_with_its_row(folders):
    home, _ = folders
    with pytest.raises(ValueError, match="row 50, column 'structure'.*found 'C1CC'"):
        smiles_table(alien(home / "a.csv"), "structure", "two", groups=None, unlabelled="drop")


def test_molecules_without_a_target_are_refused(folders, monkeypatch):
    home, work = folders
    data = smiles_table(alien(home / "a.csv"), "structure", groups=None, unreadable="drop")
    with pytest.raises(ValueError, match="found no target column"):
        run(CHAPTER, data, work, monkeypatch)


def test_a_constant_target_is_refused_where_the_file_is_read(folders):
    home, _ = folders
    frame = pd.read_csv(alien(home / "a.csv")).head(45).assign(same=7.0)
    frame.to_csv(home / "a.csv", index=False)
    with pytest.raises(ValueError, match="column 'same'.*holds only '7.0', nothing can be learned"):
        smiles_table(home / "a.csv", "structure", "same", groups=None)
