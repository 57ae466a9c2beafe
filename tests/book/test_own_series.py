"""The chapter on recurrent networks runs on series that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own import series

sys.path.append(str(Path(__file__).parent))
from test_own_data import folders, run  # noqa: E402, F401

CHAPTER = "4-models/recurrent-networks"


def alien(path, rows=260, columns=3):
    """A pulse in odd units with a trend, a day of seven readings, and two columns beside it."""
    rng = np.random.default_rng(0)
    t = np.arange(rows)
    pulse = -4000 + 11 * t + 90 * np.sin(2 * np.pi * t / 7) + rng.normal(size=rows) * 5
    frame = pd.DataFrame({"when": pd.date_range("2031-02-27", periods=rows, freq="5h")})
    frame["pulse (mV)"] = pulse
    for k in range(columns - 1):
        frame[f"other {k}"] = rng.normal(size=rows).cumsum()
    frame["when"] = frame["when"].dt.strftime("%Y-%m-%dT%H:%M")
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("rows", "columns"), [(260, 3), (1200, 1)])
def test_it_runs_and_writes_what_every_rival_said(rows, columns, folders, monkeypatch, capsys):  # noqa: F811
    home, work = folders
    data = series(alien(home / "pulse.csv", rows, columns), "when")
    names = run(CHAPTER, data, work, monkeypatch)
    written = pd.read_csv(work / "recurrent-networks" / "forecasts.csv")
    assert {"time", "truth", "ridge on lags", "LSTM", "last value"} <= set(written.columns)
    assert len(written) == len(names["origins"]) > rows / 5
    table = names["tables"]["pulse (mV)"]
    assert table["last value"].difference.mean < 0
    assert "✗" not in capsys.readouterr().out
    assert {path.name for path in home.iterdir()} == {"pulse.csv"}


def test_several_series_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    frame = pd.concat([pd.read_csv(alien(home / "a.csv", 120, 1)).assign(ward=w) for w in "ab"])
    frame.to_csv(home / "two.csv", index=False)
    data = series(home / "two.csv", "when", groups="ward")
    with pytest.raises(ValueError, match="expected no groups, found 2"):
        run(CHAPTER, data, work, monkeypatch)
