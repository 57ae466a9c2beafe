"""The chapter on simple models runs on tables of numbers and of classes that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own import table

sys.path.append(str(Path(__file__).parent))
from test_own_data import folders, run  # noqa: E402, F401

CHAPTER = "2-considerations/simple-models"


def plots(path, rows, classes, seed=0, fields=12):
    """Yields of fields: two useful columns, one text, one column that is constant but for a row."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(rows, 4)) * 50, columns=["rain", "sun", "wind", "salt"])
    frame["soil"] = rng.choice(["clay", "loam", "sand"], size=rows)
    frame["quiet"] = 0.5
    frame.loc[3, "quiet"] = 7.5
    value = frame.rain - 0.5 * frame.sun + 30 * (frame.soil == "loam") + rng.normal(size=rows) * 10
    frame["field"] = [f"field {number}" for number in rng.integers(fields, size=rows)]
    if classes:
        cuts = np.quantile(value, np.linspace(0, 1, classes + 1)[1:-1])
        frame["harvest"] = [f"grade {k}" for k in np.searchsorted(cuts, value)]
    else:
        frame["harvest"] = value.round(2)
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("classes", "groups"), [(0, "field"), (3, None)])
def test_the_chapter_runs_on_a_strange_table(classes, groups, folders, monkeypatch, capsys):  # noqa: F811
    home, work = folders
    path = plots(home / "alien.csv", 90, classes)
    data = table(path, "harvest", groups=groups, drop=() if groups else ("field",))
    names = run(CHAPTER, data, work, monkeypatch, seconds=25)
    assert len(names["tables"]) == 1
    said = capsys.readouterr().out
    assert "quiet: all rows but 1 hold one value" in said
    assert "rain: " not in said
    assert "groups are too few" not in said
    written = pd.read_csv(next(work.rglob("predictions.csv")))
    assert list(written.columns) == ["row", "truth", "prediction", "fold"]
    assert len(written) == 90
    if classes:
        assert (written.truth == written.prediction).mean() > 0.6
    else:
        assert np.corrcoef(written.truth, written.prediction)[0, 1] > 0.8
    assert next(work.rglob("linear.pt")).exists()
    assert {file.name for file in home.iterdir()} == {"alien.csv"}


def test_the_chapter_runs_on_a_single_column_and_few_groups(folders, monkeypatch, capsys):  # noqa: F811
    home, work = folders
    path = plots(home / "alien.csv", 70, 0, fields=4)
    data = table(path, "harvest", groups="field", drop=("sun", "wind", "salt", "soil", "quiet"))
    assert data.x.shape == (70, 1)
    names = run(CHAPTER, data, work, monkeypatch)
    said = capsys.readouterr().out
    assert "4 groups are too few for intervals; mean squared errors:\nnothing " in said
    assert "squared error, your table" not in said
    assert names["together"].tolist() == [0.0]
    assert len(pd.read_csv(next(work.rglob("predictions.csv")))) == 70


def test_a_table_without_a_target_is_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    data = table(plots(home / "alien.csv", 90, 0), None, groups="field")
    with pytest.raises(ValueError, match="This chapter predicts: expected 60 rows with a target"):
        run(CHAPTER, data, work, monkeypatch)
