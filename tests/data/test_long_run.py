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


def test_entries_that_a_row_lacks_do_not_fit(stored):
    found = stored(row("a", 0, 0.1), row("b", 0, 0.2))
    assert found.scores("accuracy", by="rival", seed=0) == {"a": [0.1], "b": [0.2]}
    with pytest.raises(
        ValueError, match="^scores.*: no row of the long run has {'other': None, 'seed': 1}"
    ):
        found.scores("accuracy", by="rival", other=None, seed=1)
    assert found.about["numbers"] == ["accuracy"]
    assert sorted(found.about) == ["date", "hash", "machine", "numbers", "seconds", "versions"]
    assert found.rows[0] == {"rival": "a", "seed": 0, "split": "random", "accuracy": 0.1}


def test_other_numbers_are_no_part_of_a_case(stored):
    one, other = row("a", 0, 0.1), row("b", 0, 0.3)
    one["result"]["seconds"], other["result"]["seconds"] = 5, 7
    found = stored(one, other)
    assert found.about["numbers"] == ["accuracy", "seconds"]
    assert found.scores("accuracy", by="rival") == {"a": [0.1], "b": [0.3]}
    more = stored(row("a", 0, 0.1), row("b", 0, 0.3), row("b", 1, 0.3))
    with pytest.raises(
        ValueError, match="^scores.*: 'b' was not run on the same cases as the others$"
    ):
        more.scores("accuracy", by="rival")


def test_without_a_checkout_the_table_is_fetched(tmp_path, monkeypatch):
    from urllib import request
    from urllib.error import URLError

    monkeypatch.setattr(module, "EXPERIMENTS", tmp_path / "none")
    asked = []

    class Answer:
        def __init__(self, *given, **named):
            asked.append((*given, named))

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def read(self, most):
            assert most == 1_000_000
            return table([row("a", 0, 0.1)]).encode()

    monkeypatch.setattr(request, "urlopen", Answer)
    assert long_run("p/c").rows[0]["rival"] == "a"
    assert asked == [(f"{module.ADDRESS}/p/c.json", {"timeout": 20})]

    def offline(*given, **named):
        raise URLError("no network")

    monkeypatch.setattr(request, "urlopen", offline)
    with pytest.raises(ValueError) as caught:
        long_run("p/c")
    assert str(caught.value).startswith("long_run('p/c'): not stored here, and not fetched: ")
    monkeypatch.undo()
    monkeypatch.setattr(module, "EXPERIMENTS", tmp_path)
    with pytest.raises(ValueError) as caught:
        long_run("p/d")
    assert str(caught.value) == "long_run('p/d'): no experiments/p/d.json: make results"
