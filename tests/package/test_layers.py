"""Who may import whom, and other rules of the house that reading alone would not keep."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELPERS = ROOT / "helpers"
FILES = sorted(HELPERS.rglob("*.py"))

MAY_IMPORT = {
    "ground": set(),
    "metrics": set(),
    "plots": set(),
    "data": {"ground"},
    "models": {"ground"},
    "interpret": {"ground"},
    "train": {"ground", "metrics", "plots"},  # plots only inside History.plot
    "methods": {"ground", "metrics", "models", "train"},
    "agents": {"ground", "metrics", "models", "train"},
    "notebook": {"ground", "data", "metrics", "plots"},
}
ONLY_IN = {"matplotlib": {"plots"}, "pooch": {"data"}, "urllib": {"data"}, "requests": {"data"}}
MAY_PRINT = {"notebook", "train"}


def imports(tree):
    """Every module that a file imports, lazily or not, as dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno
            if node.module == "helpers":
                yield from ((f"helpers.{alias.name}", node.lineno) for alias in node.names)


def violations(source, room):
    """Sentences about what a file of `room` must not do."""
    tree = ast.parse(source)
    for name, line in imports(tree):
        parts = name.split(".")
        ours = parts[0] == "helpers" and len(parts) > 1 and parts[1] != room
        if ours and parts[1] not in MAY_IMPORT[room]:
            yield f"line {line}: {room} must not import {parts[1]}"
        if parts[0] in ONLY_IN and room not in ONLY_IN[parts[0]]:
            yield f"line {line}: {room} must not import {parts[0]}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield f"line {node.lineno}: star import"
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno}: assert outside tests"
        prints = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        if prints and room not in MAY_PRINT:
            yield f"line {node.lineno}: {room} must not print"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HELPERS)))
def test_every_file_keeps_to_its_room(path):
    room = path.relative_to(HELPERS).parts[0] if path.parent != HELPERS else None
    if room is None:
        assert not list(imports(ast.parse(path.read_text())))
        return
    assert list(violations(path.read_text(), room)) == []


@pytest.mark.parametrize(
    ("room", "source", "sentence"),
    [
        ("models", "from helpers.data.own import table", "must not import data"),
        ("models", "def f():\n    import matplotlib.pyplot", "must not import matplotlib"),
        ("metrics", "from helpers import ground", "must not import ground"),
        ("data", "print(1)", "must not print"),
        ("data", "from torch import *", "star import"),
        ("data", "assert True", "assert outside tests"),
    ],
)
def test_a_planted_violation_is_seen(room, source, sentence):
    assert any(sentence in found for found in violations(source, room))


LONG = {"fit"}  # one signature, documented argument by argument


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HELPERS)))
def test_files_and_functions_fit_a_reading_sitting(path):
    text = path.read_text()
    assert text.count("\n") <= 450
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name not in LONG:
            body = node.end_lineno - node.body[0].lineno + 1
            doc = ast.get_docstring(node, clean=False)
            body -= doc.count("\n") + 1 if doc else 0
            assert body <= 50, f"{path.name}: {node.name} has {body} lines"


def test_no_room_for_everything():
    names = {path.stem for path in FILES}
    assert not names & {"utils", "misc", "common", "base", "helpers", "tools"}


def test_importing_helpers_costs_torch_and_nothing_heavier():
    code = (
        "import sys, helpers, helpers.train.loop, helpers.models, helpers.data, helpers.metrics\n"
        "heavy = {'matplotlib', 'pandas', 'sklearn', 'scipy', 'torchvision', 'fastai', 'timm',"
        " 'accelerate', 'torch_geometric', 'IPython', 'pooch', 'shap'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_test_can_fail():
    """Each test function holds an assertion or expects an error."""
    idle = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                text = ast.unparse(node)
                if not any(
                    word in text for word in ("assert", "pytest.raises", "pytest.warns", "check(")
                ):
                    idle.append(f"{path.name}:{node.lineno} {node.name}")
    assert idle == []


def test_the_tests_mirror_the_package():
    """tests/<room>/test_<file>.py belongs to helpers/<room>/<file>.py."""
    rooms = {path.name for path in HELPERS.iterdir() if path.is_dir()}
    stray = [
        str(path.relative_to(ROOT))
        for room in rooms
        for path in (ROOT / "tests" / room).glob("test_*.py")
        if not (HELPERS / room / f"{path.stem.removeprefix('test_')}.py").exists()
        and path.stem not in {"test_offline", "test_gpu"}
    ]
    assert stray == []


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_every_module_has_its_test(room):
    """helpers/<room>/<file>.py has tests/<room>/test_<file>.py, without exception."""
    bare = {
        path.stem
        for path in (HELPERS / room).glob("[!_]*.py")
        if not (ROOT / "tests" / room / f"test_{path.name}").exists()
    }
    assert bare == set()
