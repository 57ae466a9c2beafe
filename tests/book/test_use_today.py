"""The table of tools: every row is complete, and what is said to run here is pinned here."""

import re
import sys
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
import use_today as tools  # noqa: E402

ROWS = tools.read()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['task']}: {row['tool']}")
def test_a_row_says_what_who_and_when(row):
    for name in ("task", "tool", "does", "licence", "release"):
        assert row[name].strip(), f"{name} is empty"
    assert re.fullmatch(r"https://\S+", row["url"])
    assert date.fromisoformat(row["checked"]) <= date.today()
    if row["release"] != tools.RUNS:
        assert row["evidence"].startswith("https://"), "say where the release was seen"


def test_a_tool_that_runs_here_is_pinned():
    versions = tools.pinned()
    for row in ROWS:
        if row["release"] == tools.RUNS:
            assert re.match(r"\d", tools.release(row, versions))
    absent = {**ROWS[0], "tool": "nothing", "release": tools.RUNS}
    with pytest.raises(KeyError):
        tools.release(absent, versions)


def test_rows_of_a_task_stand_together_and_the_table_names_each_task_once():
    tasks = [row["task"] for row in ROWS]
    assert len(dict.fromkeys(tasks)) == sum(
        a != b for a, b in zip(tasks, ["", *tasks], strict=False)
    )
    assert tools.table(ROWS).count('scope="rowgroup"') == len(set(tasks))
    assert len(set(tasks)) >= 15
