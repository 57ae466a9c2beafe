import json

import pytest

from helpers.data import long_run as module
from helpers.data.long_run import long_run


def table(rows):
    about = {"machine": "one core", "versions": {"torch": "2"}, "date": "2026-11-21"}
    return json.dumps(about | {"seconds": 90, "hash": "h", "rows": rows})


def row(rival, seed, accuracy, split="random"):
    case = {"rival": rival, "seed": seed, "split": split}
    return {"case": case, "result": {"accuracy": accuracy}}


@pytest.fixture
def stored(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "EXPERIMENTS", tmp_path)
    (tmp_path / "p").mkdir()

    def write(*rows):
        (tmp_path / "p" / "c.json").write_text(table(rows))
        return long_run("p/c")

    return write


def test_scores_are_paired_whatever_the_order_of_the_rows(stored):
    found = stored(row("a", 0, 0.1), row("a", 1, 0.2), row("b", 1, 0.4), row("b", 0, 0.3))
    assert found.scores("accuracy", by="rival") == {"a": [0.1, 0.2], "b": [0.3, 0.4]}


def test_rows_are_chosen_by_their_case(stored):
    found = stored(row("a", 0, 0.1), row("a", 0, 0.9, split="blocks"))
    assert found.scores("accuracy", by="rival", split="blocks") == {"a": [0.9]}
    with pytest.raises(ValueError, match=r"no row of the long run has \{'split': 'time'\}"):
        found.scores("accuracy", by="rival", split="time")


def test_methods_that_do_not_pair_are_refused(stored):
    found = stored(row("a", 0, 0.1), row("b", 1, 0.3))
    with pytest.raises(ValueError, match="'b' was not run on the same cases"):
        found.scores("accuracy", by="rival")


def test_it_says_on_what_it_was_made(stored):
    said = repr(stored(row("a", 0, 0.1)))
    assert said == "1 runs, 2 processor minutes on one core, 2026-11-21, torch 2"


def test_a_run_that_nobody_stored_says_how_to_make_it(stored):
    with pytest.raises(ValueError, match="no experiments/p/d.json: make results"):
        long_run("p/d")
