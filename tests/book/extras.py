"""Which extras of pyproject.toml a chapter needs: from its imports and those of its helpers."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEVERAL_PROCESSES = {"accelerate"}  # imported by the engine only under a launcher
FOR_CHAPTERS = ["cells", "images", "molecules", "brains", "interpret", "agents", "practice"]
FOR_CHAPTERS += ["language", "validation", "detection", "seismology"]


def canonical(name):
    """A package's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def extra_of():
    """Distribution name to the extra that names it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = {}
    for extra in ["chapters", *FOR_CHAPTERS]:
        for line in project["optional-dependencies"][extra]:
            found.setdefault(canonical(re.match(r"[\w.-]+", line)[0]), extra)
    return found


def needed(source):
    """The extras, besides `chapters`, that running `source` needs, sorted."""
    packages = packages_distributions()
    # a wheel may claim a name of the standard library, as ObsPy claims `signal`
    names = imported(source) - sys.stdlib_module_names
    owners = {canonical(o) for name in names for o in packages.get(name, [])}
    return sorted({extra_of().get(owner, "chapters") for owner in owners} - {"chapters"})


def imported(source):
    """Every package that some code imports, through the helpers that it uses."""
    found, seen = set(), set()
    waiting = [(ast.parse(source), False)]
    while waiting:
        tree, helper = waiting.pop()
        for module, name in imports(tree):
            if not module.startswith("helpers"):
                package = module.split(".")[0]
                found |= {package} - (SEVERAL_PROCESSES if helper else set())
            elif (module, name) not in seen:
                seen.add((module, name))
                waiting += [(part, True) for part in parts(module, name)]
    return found


def imports(tree):
    """(module, name) of every import in a tree; the name is None for a whole module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def parts(module, name):
    """What of a helper's module runs when `name` is imported and used: its top and that name."""
    path = ROOT / (module.replace(".", "/") + ".py")
    path = path if path.exists() else ROOT / module.replace(".", "/") / "__init__.py"
    body = ast.parse(path.read_text()).body
    named = {n.name: n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    wanted, reached = [name], set()
    while wanted:
        current = wanted.pop()
        if current in named and current not in reached:
            reached.add(current)
            wanted += [n.id for n in ast.walk(named[current]) if isinstance(n, ast.Name)]
    top = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
    return [*top, *(named[one] for one in reached)]
