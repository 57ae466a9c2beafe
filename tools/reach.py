"""What of `helpers` some Python source can reach: functions, classes and constants, not whole files.

A proof or a long run is old when what it rests on has changed. A name is reached if the source
imports it, or if something reached uses it; statements at the top of a module that define nothing
always count. What is reached through a module's name, or not found, counts as the whole module.

The engine is a leaf, as PyTorch is: tests/train holds it, bit by bit, to hand-written loops, so
that its text may change under a proof and its results may not.
"""

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFINES = (ast.FunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)
ENGINE = "helpers.train"


def file_of(module):
    """The file of a module of helpers, or None."""
    stem = ROOT / module.replace(".", "/")
    return next((f for f in (stem.with_suffix(".py"), stem / "__init__.py") if f.exists()), None)


def imported(node, package=""):
    """(module, name, name here) of what one import statement brings; None for a whole module."""
    if isinstance(node, ast.Import):
        return [(a.name, None, a.asname or a.name.split(".")[0]) for a in node.names]
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    module = ".".join([*above, *filter(None, [node.module])])
    return [(module, alias.name, alias.asname or alias.name) for alias in node.names]


def bare(node):
    """The node without docstrings: they may change freely."""
    for part in ast.walk(node):
        if isinstance(part, ast.Module | DEFINES[0] | DEFINES[1]) and ast.get_docstring(part):
            part.body = part.body[1:] or [ast.Pass()]
    return node


@functools.cache
def contents(source, package=""):
    """A module's definitions {name: node}, imports {name: (module, name)}, and all the rest."""
    named, brought, rest = {}, {}, []
    for node in bare(ast.parse(source)).body:
        if isinstance(node, DEFINES):
            named[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = getattr(node, "targets", None) or [node.target]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            named |= dict.fromkeys(names, node)
        elif isinstance(node, IMPORTS):
            brought |= {here: (module, name) for module, name, here in imported(node, package)}
        else:
            rest.append(node)
    return named, brought, rest


def reached(source):
    """{(module, name): source text} of all that is reached, and the outside packages, sorted."""
    return reached_at(
        source, ROOT, tuple(f.stat().st_mtime_ns for f in ROOT.glob("helpers/**/*.py"))
    )


@functools.cache
def reached_at(source, root, changed):
    """What `reached` says while no file of helpers below `root` changes."""
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, IMPORTS)]
    waiting = [(module, name) for n in nodes for module, name, _ in imported(n)]
    seen, texts, packages = set(), {}, set()
    while waiting:
        module, name = step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        file = file_of(module) if module.split(".")[0] == "helpers" else None
        if module.startswith(ENGINE):
            continue
        if file is None:
            packages.add(module.split(".")[0])
        elif name and file_of(f"{module}.{name}"):
            waiting.append((f"{module}.{name}", None))
        else:
            package = module if file.name == "__init__.py" else module.rpartition(".")[0]
            found, more = inside(module, package, file.read_text(encoding="utf-8"), name)
            texts |= found
            waiting += more
    return dict(sorted(texts.items())), sorted(packages)


@functools.cache
def inside(module, package, source, name):
    """The text of one name of a module, or of all, and what that uses."""
    named, brought, rest = contents(source, package)
    if name in brought and name not in named:
        return {}, [brought[name], (module, "")]
    chosen = {name: named[name]} if name in named else {} if name == "" else dict(named)
    nodes = [*chosen.values(), *rest]
    used = {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
    within = [n for node in nodes for n in ast.walk(node) if isinstance(n, IMPORTS)]
    waiting = [(m, n) for node in within for m, n, _ in imported(node, package)]
    waiting += [(module, one) for one in used & named.keys()]
    waiting += [brought[one] for one in used & brought.keys()]
    texts = {(module, one): ast.unparse(node) for one, node in chosen.items()}
    return texts | {(module, ""): "\n".join(map(ast.unparse, rest))}, waiting
