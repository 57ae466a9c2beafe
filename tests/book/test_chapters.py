"""Every chapter keeps the house rules (rules.py), and each rule notices what it is about."""

import copy
import dataclasses
import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
import rules  # noqa: E402
from rules import curriculum  # noqa: E402

ALL = curriculum.chapters()
WRITTEN = curriculum.written()
MODEL = next(c for c in WRITTEN if c.name == "7-interpretability/shapley-values")


def test_there_are_chapters_and_a_curriculum():
    assert len(WRITTEN) >= 12
    assert len(ALL) >= 66


@pytest.mark.parametrize("chapter", ALL, ids=lambda chapter: chapter.name)
def test_nothing_is_missing_but_in_drafts(chapter):
    found = [] if chapter.draft else rules.faults(chapter)
    assert not found, "\n".join(found)


@pytest.fixture
def changed(tmp_path, monkeypatch):
    """A copy of the model chapter, changed; returns what a rule says of it."""

    def judge(rule, edit_notebook=None, **fields):
        notebook = copy.deepcopy(curriculum.notebook_json(MODEL.notebook))
        if edit_notebook:
            edit_notebook(notebook)
        path = tmp_path / f"{MODEL.name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(notebook))
        monkeypatch.setattr(curriculum, "NOTEBOOKS", tmp_path)
        monkeypatch.setattr(rules, "ROOT", tmp_path)
        return "\n".join(rule(dataclasses.replace(MODEL, **fields)))

    return judge


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def say(number, source):
    def edit(notebook):
        code_cells(notebook)[number]["source"] = source

    return edit


def cite(number):
    return lambda notebook: code_cells(notebook)[number]["metadata"].update(tags=["cited"])


def add(source):
    return lambda notebook: code_cells(notebook)[-1].update(source=source)


def without(word, instead=""):
    def edit(notebook):
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"]).replace(word, instead)

    return edit


def output(**kinds):
    return lambda notebook: code_cells(notebook)[3].update(outputs=[kinds])


CASES = [
    (rules.finished, add("TODO = 1"), "still says TODO"),
    (rules.stored, lambda n: code_cells(n)[2].update(execution_count=1), "not run in order"),
    (rules.stored, output(output_type="error"), "a stored error or warning"),
    (rules.stored, output(output_type="stream", name="stderr"), "a stored error or warning"),
    (rules.stored, lambda n: n["metadata"]["cost"].update(seconds=61), "took 61 s; expected"),
    (rules.stored, lambda n: n["metadata"].pop("cost"), "took 0 s; expected"),
    (rules.stored, add("'/root/x'"), "one machine is stored"),
    (rules.card, without("**Level**"), "the card lacks Level"),
    (rules.card, without("chapter-card"), "needs a title and a card"),
    (rules.card, without("supervised-learning"), "does not name the prerequisite"),
    (rules.anatomy, without("## Exercises"), "no heading with 'exercises'"),
    (rules.short_cells, add("x = 1\n" * 26), "a code cell has 26 lines"),
    (rules.conventions, say(0, "import helpers"), "must be the install cell"),
    (rules.conventions, say(1, "x = 1"), "must call start()"),
    (rules.conventions, add("%matplotlib inline"), "a shell command or a magic"),
    (rules.conventions, add("from torch import *"), "imports *"),
    (rules.without_cited, cite(1), "Undefined name `mine`"),
    (rules.checks, without("check(", "print("), "0 checks; expected"),
    (rules.checks, add('check("a", 1, 0)\ncheck("a", 2, 0)'), "the same claim: 'a'"),
    (rules.checks, add('check(f"a", 1, 0)'), "must be a literal"),
    (rules.alt_texts, lambda n: [c["metadata"].clear() for c in code_cells(n)], "without alt"),
    (rules.exercises, without("{exercise}"), "0 exercises; expected"),
    (rules.exercises, without("check(", "print("), "no solution that runs and checks"),
]


@pytest.mark.parametrize(("rule", "edit", "said"), CASES, ids=lambda x: getattr(x, "__name__", x))
def test_each_rule_notices_what_it_is_about(rule, edit, said, changed):
    assert said in changed(rule, edit)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"section": "seven"}, "no section 'seven'"),
        ({"prerequisites": ["4-models/nothing"]}, "is no chapter"),
        ({"words": []}, "name the words"),
        ({"extras": ["brains"]}, "its imports need ['cells', 'interpret']"),
    ],
)
def test_a_wrong_yml_is_named(fields, said, changed):
    assert said in changed(rules.own_file, **fields)


def test_a_chapter_without_proofs_is_named(changed):
    assert "nothing proves that its checks can fail" in changed(rules.proofs)


def uncompared():
    """Cells with output that nbval does not compare."""
    for chapter in WRITTEN:
        for number, cell in enumerate(rules.code(chapter)):
            if set(cell["metadata"].get("tags", [])) & rules.UNCOMPARED and cell["outputs"]:
                yield f"{chapter.name}:{number}"


def test_what_nbval_does_not_compare_is_listed_with_a_reason():
    from checked import exceptions

    assert sorted(exceptions()) == sorted(uncompared())
    assert all(len(str(reason)) > 20 for reason in exceptions().values())


def test_the_kinds_of_what_is_compared_are_told_apart():
    from checked import counts, kind_of

    found = {kind: count for kind, count, *_ in counts()}
    assert min(found[kind] for kind in ("value", "verdict", "listing", "figure")) > 10
    assert kind_of({"text": "✓ a: 1 (at least 0)\n✓ b\n"}) == "verdict"
    assert kind_of({"text": "✓ a: 1 (at least 0)\nnine\n"}) == "value"
    assert kind_of({"data": {"image/png": "x", "text/plain": "Figure: y"}}) == "figure"
    assert kind_of({"data": {"text/html": '<div class="comparison" style'}}) == "comparison"
