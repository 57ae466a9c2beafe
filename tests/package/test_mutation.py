"""The mutation score: planted weak tests are found out, good ones are not."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = '''"""Toy."""


def clip(value, low=0):
    """Not below a bound.

    >>> clip(12)
    12
    """
    if value < low:
        return low
    return value
'''
WEAK = "from helpers.toy.weak import clip\n\n\ndef test_it_runs():\n    clip(3)\n"
GOOD = """from helpers.toy.clip import clip


def test_values_within_and_below():
    assert [clip(v) for v in (-2, -1, 0, 1, 2)] == [0, 0, 0, 1, 2]
"""
SAME = {"file": "helpers/toy/clip.py", "line": "if value < low:"}
SAME |= {"mutation": "if (value <= low):", "reason": "at the bound both branches give the bound"}


@pytest.fixture(scope="module")
def mutants():
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module  # a dataclass looks itself up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """What the command prints and stores for one module with two tests."""
    folder = tmp_path_factory.mktemp("toy")
    for name in ("helpers/toy", "tests/toy", "tests/package"):
        (folder / name).mkdir(parents=True)
    for name in ("helpers", "helpers/toy"):
        (folder / name / "__init__.py").touch()
    for name, test in (("clip", GOOD), ("weak", WEAK)):
        (folder / f"helpers/toy/{name}.py").write_text(MODULE)
        (folder / f"tests/toy/test_{name}.py").write_text(test)
    (folder / "tests/package/equivalent_mutants.yml").write_text(json.dumps([SAME]))
    call = [sys.executable, str(ROOT / "tools/mutation.py"), "--room", "toy", "--seed", "3"]
    run = subprocess.run(call, cwd=folder, capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stderr[-2000:]
    return run, json.loads((folder / "tests/package/mutation_score.json").read_text())["toy"]


def test_a_weak_test_lets_mutants_live_and_they_are_named(scored):
    run, result = scored
    lived = {row["new"] for row in result["survivors"]}
    assert run.returncode == 1
    assert {row["file"] for row in result["survivors"]} == {"helpers/toy/weak.py"}
    assert {"def clip(value, low=(-1)):", "if (value <= low):"} <= lived
    assert "+ def clip(value, low=(-1)):" in run.stdout


def test_a_good_test_kills_all_but_what_is_argued(scored):
    _, result = scored
    assert result["equivalent"] == 1
    assert result["survived"] == len(result["survivors"]) < result["possible"] / 2
    assert result["drawn"] == result["possible"] == 1 + result["killed"] + result["survived"]
    assert result["share"] == result["killed"] / (result["killed"] + result["survived"])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"(a <= b)", "(a >= b)"}),
        ("a == b", {"(a != b)"}),
        ("a - b * c", {"(a + b * c)", "a - (b / c)"}),
        ("a and not b", {"(a or not b)", "a and b"}),
        ("x = -a", {"x = a"}),
        ("f(3)", {"pass", "f(4)", "f(2)"}),
        ("f(0.5)", {"pass", "f(1.5)", "f(1.0)"}),
        ("x = f(a, b, k=c)", {"x = f(b, a, k=c)", "x = f(a, b)"}),
        ("x = y.detach()", {"x = y"}),
        ("x = y.mean(d)", {"x = y.sum(d)"}),
        ("x = a if b else c", {"x = a", "x = c"}),
        ("if a: b = 1", {"if (not a): b = 1", "if a: b = 2", "if a: b = 0"}),
        ("def f():\n  if a: return b", {"if (not a): return b", "if a: pass"}),
        ("def f(a=True):\n  return a", {"def f(a=False):"}),
        ("x += a", {"x -= a", "pass"}),
        ("x.y = a", {"pass"}),
        ("if a: raise E(f'{b + 1}')", {"if (not a): raise E(f'{b + 1}')", "if a: pass"}),
        ("def f(a: 'int | None' = None) -> 3: return a", set()),
    ],
)
def test_each_operator_makes_what_it_says(source, expected, mutants):
    assert {mutant.new for mutant in mutants.mutants_of("f.py", source)} == expected


def test_a_mutant_changes_one_place_and_parses(mutants):
    source = "é = 'ü'\nb = (1 +\n     len('ä'))\n"
    texts = [mutant.applied(source) for mutant in mutants.mutants_of("f.py", source)]
    assert "é = 'ü'\nb = ((1 - len('ä')))\n" in texts
    assert "é = 'ü'\nb = (2 +\n     len('ä'))\n" in texts
    for text in texts:
        compile(text, "f.py", "exec")


def test_every_argued_mutant_exists_and_has_a_reason(mutants):
    import yaml

    rows = yaml.safe_load((ROOT / "tests/package/equivalent_mutants.yml").read_text())
    for row in rows:
        made = mutants.mutants_of(row["file"], (ROOT / row["file"]).read_text(encoding="utf-8"))
        found = {(mutant.old, mutant.new) for mutant in made}
        assert (row["line"], row["mutation"]) in found, f"{row['file']}: {row['line']}"
        assert len(row["reason"].split()) >= 5, row["line"]
