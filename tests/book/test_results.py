"""Long runs: interrupted and resumed, stale when what they rest on has changed."""

import json
import math
import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))
import reach  # noqa: E402
import results  # noqa: E402

SCRIPT = """
from helpers.metrics.comparison import difference

def cases():
    return [{"seed": seed} for seed in range(3)]

def run(seed):
    if seed == FAILS:
        raise KeyboardInterrupt
    return {"square": seed ** 2}
"""


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "EXPERIMENTS", tmp_path)
    (tmp_path / "p").mkdir()

    def write(fails=None, more=""):
        (tmp_path / "p" / "c.py").write_text(f"FAILS = {fails}\n{SCRIPT}{more}")
        return "p/c"

    return write


def rows(tmp_path):
    return json.loads((tmp_path / "p" / "c.json").read_text())["rows"]


def test_an_interrupted_run_keeps_its_cases_and_goes_on(experiment, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "digest", lambda chapter: "same")
    with pytest.raises(KeyboardInterrupt):
        results.run(experiment(fails=2), minutes=1)
    assert [row["case"]["seed"] for row in rows(tmp_path)] == [0, 1]
    assert results.stale("p/c") == "1 cases are not run yet"
    assert results.run(experiment(), minutes=1) == 0
    assert [row["result"]["square"] for row in rows(tmp_path)] == [0, 1, 4]
    assert results.stale("p/c") is None


def test_text_is_kept_as_text(experiment, tmp_path):
    more = "def run(seed):\n    return {'square': seed ** 2, 'pictures': '00ff'}\n"
    results.run(experiment(more=more), minutes=1)
    assert rows(tmp_path)[2]["result"] == {"square": 4.0, "pictures": "00ff"}


def test_a_changed_script_is_stale_and_rechecked(experiment, tmp_path):
    results.run(experiment(), minutes=1)
    assert results.stale("p/c") is None
    before = rows(tmp_path)
    experiment(more="# changed\n")
    assert "have changed" in results.stale("p/c")
    results.run("p/c", minutes=0)
    assert rows(tmp_path) == before
    assert results.stale("p/c") is None
    assert results.stored("p/c")["rechecked"]["rows"] == 1  # one kind: no case says a word
    assert results.stored("p/c")["rechecked"]["of"] == 3


KINDS = """
def cases():
    return [{"rival": r, "seed": s} for r in RIVALS for s in range(2)]

def run(rival, seed):
    return {"score": seed + POINTS[rival], "nothing": float("nan"), "name": rival}
"""


def test_only_kinds_that_give_another_digit_begin_anew(experiment, tmp_path, capsys):
    points = "RIVALS = POINTS = {'tree': 1, 'line': 2, 'gone': 3}\n"
    results.run(experiment(more=points + KINDS), minutes=1)
    points = "RIVALS = POINTS = {'tree': 1, 'line': 2.001, 'new': 4}\n"
    assert results.run(experiment(more=points + KINDS), minutes=0) == 4
    assert [row["case"]["rival"] for row in rows(tmp_path)] == ["tree", "tree"]
    assert "'line'} begins anew" in capsys.readouterr().out
    assert results.run("p/c", minutes=1) == 0
    assert {r["case"]["rival"]: r["result"]["score"] for r in rows(tmp_path)} == {
        "tree": 2,
        "line": 3.001,
        "new": 5,
    }


def test_a_result_with_another_name_begins_anew():
    assert results.agree({"a": 1.0, "b": math.nan}, {"a": 1.0 + 1e-12, "b": math.nan})
    assert not results.agree({"a": 1.0}, {"b": 1.0})
    assert not results.agree({"a": "text"}, {"a": "texts"})
    assert not results.agree({"a": 1.0}, {"a": "1.0"})


def test_a_changed_helper_makes_it_stale(experiment, monkeypatch):
    results.run(experiment(), minutes=1)
    real = Path.read_text
    added = ["# a comment"]

    def changed(self, **how):
        return real(self, **how) + f"\n\n{added[0]}" * (self.name == "comparison.py")

    def now(text):
        added[0] = text
        reach.reached_at.cache_clear()  # a real change has another time of writing
        return results.stale("p/c")

    monkeypatch.setattr(Path, "read_text", changed)
    assert now("# a comment") is None
    assert now("NEW = 1") is None  # nothing that it reaches
    assert "have changed" in now("print()")
    reach.reached_at.cache_clear()


def test_a_file_written_anew_is_read_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(reach, "ROOT", tmp_path)
    (tmp_path / "helpers").mkdir()
    for number in (1, 2):
        (tmp_path / "helpers" / "a.py").write_text(f"def one():\n    return {number}\n")
        os.utime(tmp_path / "helpers" / "a.py", ns=(number, number))
        assert f"return {number}" in str(reach.reached("from helpers.a import one")[0])


def test_it_stops_when_the_time_is_over(experiment):
    assert results.run(experiment(), minutes=0) == 3


def test_one_that_never_ran_says_so(experiment):
    experiment()
    assert results.chapters() == ["p/c"]
    assert results.stale("p/c") == "never run"
