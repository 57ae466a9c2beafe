"""What a public function of two arguments or more takes stands in its Parameters section."""

import ast
import re
from pathlib import Path

import pytest

HELPERS = Path(__file__).resolve().parents[2] / "helpers"
FILES = sorted(HELPERS.rglob("*.py"))


def takes(function, method):
    """Names of a function's arguments, without self."""
    listed = function.args
    names = [
        a.arg for a in (*listed.posonlyargs, *listed.args, listed.vararg, *listed.kwonlyargs) if a
    ]
    bound = method and not any(ast.unparse(d) == "staticmethod" for d in function.decorator_list)
    return names[1:] if bound else names


def callables(tree):
    """(name, arguments, docstring) of what a reader may call; forward and __init__ on their class."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, takes(node, False), ast.get_docstring(node) or ""
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for part in (part for part in node.body if isinstance(part, ast.FunctionDef)):
                if part.name == "__init__":
                    yield node.name, takes(part, True), ast.get_docstring(node) or ""
                elif not part.name.startswith("_") and part.name != "forward":
                    name = f"{node.name}.{part.name}"
                    yield name, takes(part, True), ast.get_docstring(part) or ""


def unexplained(source):
    """Names of callables whose Parameters section leaves out an argument or holds anything else."""
    for name, arguments, doc in callables(ast.parse(source)):
        section = re.search(r"(?s)Parameters\n-{10}\n(.*?)(\n\n[A-Z][a-z]+\n-{3,}\n|\Z)", doc)
        heads = re.findall(r"(?m)^\S.*", section[1] if section else "")
        listed = {word for head in heads for word in re.findall(r"\w+", head.split(" : ")[0])}
        stray = any(" : " not in head and re.search(r"[^\w*, ]", head) for head in heads)
        if stray or (len(arguments) >= 2 and not set(arguments) <= listed):
            yield name


def test_every_argument_is_explained():
    found = {str(path.relative_to(HELPERS)): list(unexplained(path.read_text())) for path in FILES}
    assert {path: names for path, names in found.items() if names} == {}


GOOD = '''
def f(x, y):
    """Add.

    Parameters
    ----------
    x, y : float

    Examples
    --------
    >>> z
    """
'''


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def", "def", []),
        ("x, y : float", "x : float", ["f"]),
        ("x, y : float", "x : float\n        less than y : this", ["f"]),
        ("x, y : float", "x, y : float\n\n    Shapes: any.", ["f"]),
        ("Parameters", "Notes", ["f"]),
        ("(x, y)", "(x, y, *, z=1)", ["f"]),
        ("(x, y)", "(x, y, *z)", ["f"]),
        ("(x, y)", "(x)", []),
        ("def f", "def _f", []),
    ],
)
def test_a_planted_gap_is_seen(old, new, expected):
    assert list(unexplained(GOOD.replace(old, new, 1))) == expected


def test_methods_and_constructors_are_read():
    text = 'class A:\n    """A."""\n    def __init__(self, a, b): ...\n    def g(self, c, d): ...\n'
    assert list(unexplained(text)) == ["A", "A.g"]
