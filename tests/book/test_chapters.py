"""The house rules of a chapter, read from the notebook as it is stored."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
IDS = [f"{path.parent.name}/{path.stem}" for path in CHAPTERS]
HEADINGS = ["idea", "by hand", "librar", "goes wrong", "in science", "your own data", "exercises"]
UNCOMPARED = {"nbval-ignore-output", "nbval-skip", "nbval-raises-exception"}


def read(path):
    return nbformat.read(path, as_version=4)


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path):
    return "\n\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")


chapter = pytest.mark.parametrize("path", CHAPTERS, ids=IDS)


def test_there_are_chapters():
    assert len(CHAPTERS) >= 4


@chapter
def test_it_was_run_in_order_from_a_fresh_kernel(path):
    counts = [cell.execution_count for cell in code(path)]
    assert counts == list(range(1, len(counts) + 1))


@chapter
def test_no_error_and_no_stderr_is_stored(path):
    for number, cell in enumerate(code(path)):
        for output in cell.outputs:
            assert output.output_type != "error", f"code cell {number}: stored error"
            assert output.get("name") != "stderr", f"code cell {number}: {output.text[:80]}"


@chapter
def test_the_first_cell_says_what_the_reader_needs_to_know(path):
    first = read(path).cells[0].source
    assert re.match(r"# [A-Z]", first)
    assert "chapter-card" in first
    for part in ("Survey section", "Level", "Data", "Time", "You need", "You will be able to"):
        assert f"**{part}**" in first, f"the card lacks {part}"
    name = f"{path.parent.name}/{path.stem}"
    assert f"{{chapter-time}}`{name}`" in first
    verbs = first.split("**You will be able to**")[1].split(":::")[0]
    assert len(verbs.split(";")) == 3, "three verbs, separated by semicolons"


@chapter
def test_every_part_of_the_anatomy_is_there(path):
    headings = "\n".join(re.findall(r"(?m)^#{2,3} .*", prose(path))).lower()
    assert [part for part in HEADINGS if part not in headings] == []


@chapter
def test_cells_are_short(path):
    lengths = [len(cell.source.splitlines()) for cell in code(path)]
    assert max(lengths) <= 25
    assert sorted(lengths)[len(lengths) // 2] <= 9


@chapter
def test_code_keeps_to_the_conventions(path):
    source = "\n".join(cell.source for cell in code(path))
    tree = ast.parse(source)
    assert "sys.path" not in source
    assert "filterwarnings" not in source
    assert not re.search(r"(?m)^[!%]", source)
    stars = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.names[0].name == "*"]
    assert not stars


@chapter
def test_it_starts_with_start_and_claims_are_checked(path):
    cells = code(path)
    assert "start(" in cells[0].source
    assert sum(cell.source.count("check(") for cell in cells) >= 6


@chapter
def test_every_figure_has_alt_text(path):
    for number, cell in enumerate(code(path)):
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        if pictures:
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) >= 40, f"code cell {number}: a figure without alt text"
            assert not alt.endswith(".png")


@chapter
def test_nothing_of_one_machine_is_stored(path):
    text = re.sub(r'"image/png": "[^"]*"', "", path.read_text())
    assert not re.search(r"(/root/|/home/\w+/|/tmp/|0x[0-9a-f]{8,}|image/svg)", text)


@chapter
def test_exercises_have_executed_solutions(path):
    text = prose(path)
    exercises = re.findall(r"\{exercise\}[^\n]*\n:label: (\S+)", text)
    solutions = re.findall(r"\{solution-start\} (\S+)", text)
    assert len(exercises) >= 2
    assert solutions == exercises
    inside, checked = None, set()
    for cell in read(path).cells:
        if cell.cell_type == "markdown":
            begin = re.search(r"\{solution-start\} (\S+)", cell.source)
            inside = begin[1] if begin else None if "{solution-end}" in cell.source else inside
        elif inside and "check(" in cell.source:
            checked.add(inside)
    assert checked == set(exercises), "each solution runs and checks its answer"


@chapter
def test_it_stays_light(path):
    assert path.stat().st_size < 1_000_000


def uncompared():
    """Cells with text output that nbval does not compare."""
    for path, name in zip(CHAPTERS, IDS):
        for number, cell in enumerate(code(path)):
            if set(cell.metadata.get("tags", [])) & UNCOMPARED and cell.outputs:
                yield f"{name}:{number}"


def test_what_nbval_does_not_compare_is_listed_with_a_reason_and_is_little():
    listed = yaml.safe_load((ROOT / "tests" / "book" / "uncompared.yml").read_text()) or {}
    found = list(uncompared())
    assert sorted(listed) == sorted(found)
    assert all(len(str(reason)) > 20 for reason in listed.values())
    texts = sum(bool(cell.outputs) for path in CHAPTERS for cell in code(path))
    assert 1 - len(found) / texts >= 0.97


def test_the_published_share_is_the_real_one():
    stored = json.loads((ROOT / "book" / "data" / "coverage.json").read_text())
    total = sum(has_text(cell) for path in CHAPTERS for cell in code(path))
    assert stored["total"] == total
    assert stored["compared"] == total - len(list(uncompared()))


def has_text(cell):
    """Does nbval compare anything of this cell's output?"""
    kinds = {k for o in cell.outputs for k in (o.get("data") or {"text": 0})}
    return bool(kinds - {"image/png", "image/jpeg"})
