import csv
import re
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
import yaml
from docutils.nodes import make_id

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
sys.path.append(str(ROOT / "tests" / "book"))
from run_sabotaged import claims_of, code_of  # noqa: E402

COLUMNS = ["name", "kind", "section", "refs", "chapter", "anchor", "helper", "library"]
COLUMNS += ["check", "reason"]
KINDS = {"method", "model", "resource", "science", "tool", "task", "tip", "template", "dataset"}
KINDS |= {"loss"}
CURRICULUM = {
    row["path"] for row in yaml.safe_load((ROOT / "book/data/curriculum.yml").read_text())
}
NAMES = (ROOT / "tests" / "book" / "survey_names.txt").read_text().splitlines()
ATLAS = (ROOT / "book" / "data" / "atlas.csv").read_text()


def problems(text):
    """What is wrong in the atlas, each with its line and what to change."""
    reader = csv.DictReader(text.splitlines())
    if reader.fieldnames != COLUMNS:
        yield f"atlas.csv, line 1: the columns must be {','.join(COLUMNS)}"
        return
    seen = set()
    for row in reader:
        for fault in faults(row, seen):
            yield f"atlas.csv, line {reader.line_num}: {row['name']}: {fault}"
        seen.add(row["name"])


def faults(row, seen):
    """What is wrong in one row."""
    if None in row or None in row.values():
        yield f"expected {len(COLUMNS)} cells: quote a cell that holds a comma"
        return
    if row["name"] in seen:
        yield "this name has a row already: rename or remove one"
    if row["kind"] not in KINDS:
        yield f"no kind {row['kind']!r}: use one of {', '.join(sorted(KINDS))}"
    if not re.fullmatch(r"[1-9](\.\d){0,2}", row["section"]):
        yield f"no section {row['section']!r} in the survey"
    for number in filter(None, row["refs"].split(";")):
        if not (number.isdigit() and 1 <= int(number) <= 275):
            yield f"no reference {number!r}: 1 to 275, separated by semicolons"
    if row["chapter"] not in CURRICULUM:
        yield f"no chapter {row['chapter']!r} in book/data/curriculum.yml"
    elif row["check"]:
        yield from faults_of_a_running_row(row)
    elif row["helper"] or row["anchor"]:
        yield "anchor and helper belong to rows that run: name the check, or empty them"
    if row["check"] and row["reason"]:
        yield "a row that runs needs no reason: empty one of the two"


def faults_of_a_running_row(row):
    """Whether chapter, anchor, helper and check exist."""
    path = ROOT / "notebooks" / f"{row['chapter']}.ipynb"
    if not path.exists():
        yield f"{row['chapter']} is not written yet: empty check, or write the chapter"
        return
    if row["check"] not in claims_of(code_of(path)):
        yield f"no check {row['check']!r} in {row['chapter']}: copy its claim"
    if row["anchor"] not in anchors(path):
        yield f"no heading #{row['anchor']} in {row['chapter']}"
    if not row["library"]:
        yield "name the library (or the closed form) that the check compares with"
    if row["helper"] and not exists(row["helper"]):
        yield f"{row['helper']} does not exist: name a module and a symbol in it"


def anchors(path):
    """The ids of a notebook's headings."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return {make_id(title) for title in re.findall(r"^#+ (.+)$", text, re.M)}


def exists(symbol):
    """Whether a dotted name can be imported."""
    module, name = symbol.rsplit(".", 1)
    try:
        return hasattr(import_module(module), name)
    except ImportError:
        return False


def test_every_row_is_well_formed():
    assert list(problems(ATLAS)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dimensionality-reduction,principal", "dimension,principal", "line 13: PCA: no chapter"),
        (",principal-components-by-hand", ",pca", "line 13: PCA: no heading #pca"),
        ("components.pca,", "components.pcb,", r"line 13: PCA: helpers.models.components.pcb does"),
        ("PCA by hand agrees", "PCA agrees", "line 13: PCA: no check 'PCA agrees"),
        ("\nPCA,method", "\nPCA,methods", "line 13: PCA: no kind 'methods'"),
        ("\nPCA,method,2.3", "\nPCA,method,II", "line 13: PCA: no section 'II'"),
        ("\nt-SNE,method,2.3,141", "\nt-SNE,method,2.3,1410", "t-SNE: no reference '1410'"),
        ("\nUMAP,", "\nt-SNE,", "t-SNE: this name has a row already"),
        ("name,kind,", "name,sort,", "line 1: the columns must be"),
    ],
)
def test_a_wrong_edit_is_named_with_its_line(old, new, said):
    assert old in ATLAS
    assert any(re.search(said, problem) for problem in problems(ATLAS.replace(old, new, 1)))


def test_every_name_of_the_survey_has_a_row():
    rows = [row["name"] for row in csv.DictReader(ATLAS.splitlines())]
    assert len(NAMES) == 332
    missing = [name for name in NAMES if name not in rows]
    assert not missing, f"book/data/atlas.csv lacks a row for {missing}"


def test_the_state_is_computed_from_what_exists():
    from atlas import read, state

    count = Counter(row["state"] for row in read())
    assert count["runs"] >= 34
    assert sum(count.values()) == len(NAMES)
    assert state({"check": "", "reason": ""}) == "planned"
    assert state({"check": "", "reason": "archived"}) == "pointer"
    assert state({"check": "agrees", "reason": ""}) == "runs"


def test_every_chapter_that_runs_is_in_the_atlas():
    rows = list(csv.DictReader(ATLAS.splitlines()))
    running = {row["chapter"] for row in rows if row["check"]}
    written = {f"{p.parent.name}/{p.stem}" for p in (ROOT / "notebooks").glob("*/*.ipynb")}
    assert written <= running, f"no row of atlas.csv runs in {written - running}"
