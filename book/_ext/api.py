"""The package's pages: docstrings with links to the source and to the chapters that use a thing."""

import ast
import importlib
import inspect
import json
import re
from functools import cache
from pathlib import Path

from chapter import Markdown

ROOT = Path(__file__).resolve().parents[2]
USERS = ROOT / "_build" / "users.json"  # changes when a chapter begins or ends to use a thing
NAMED = re.compile(r"(?<![\w/`.-])([2-9]-[a-z0-9-]+/[a-z0-9-]+)(?![\w/`-])")
PATTERN = re.compile(r"(?<=[\"'])\*(?=\.)")  # "*.gif", which reST takes for emphasis
RAISED = re.compile(r"^(\s*)([A-Z]\w+(?:, [A-Z]\w+)*) : (.+)$")


class Api(Markdown):
    """Every module of one room of `helpers`, from its docstrings."""

    required_arguments = 1
    optional_arguments = 0

    def behind(self):
        """Who uses what; autodoc itself knows the modules."""
        return [USERS]

    def text(self):
        """A section a module."""
        room = self.arguments[0]
        for path in sorted((ROOT / "helpers" / room).glob("*.py")):
            if path.stem != "__init__":
                yield f"## `helpers.{room}.{path.stem}`\n"
                yield f"```{{eval-rst}}\n.. automodule:: helpers.{room}.{path.stem}\n   :members:\n   :ignore-module-all:\n```\n"


def exists(chapter):
    """Whether a chapter is written."""
    return (ROOT / "notebooks" / f"{chapter}.ipynb").exists()


def imported(code):
    """Full names of what a cell imports from `helpers`."""
    plain = "\n".join(
        line for line in code.splitlines() if not line.lstrip().startswith(("%", "!"))
    )
    try:
        tree = ast.parse(plain)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers."):
            yield from (f"{node.module}.{name.name}" for name in node.names)


@cache
def users():
    """Full name of a thing of `helpers` to the chapters that import it."""
    found = {}
    for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")):
        chapter = f"{path.parent.name}/{path.stem}"
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code":
                for name in imported("".join(cell["source"])):
                    found.setdefault(name, {})[chapter] = True
    return {name: list(chapters) for name, chapters in found.items()}


def improve(app, what, name, thing, options, lines):
    """Link the chapters that a docstring names, in the form of sections that napoleon reads."""
    plain = [PATTERN.sub(r"\\*", line) for line in lines]
    lines[:] = [NAMED.sub(linked, line) for line in raised_below(plain)]


def raised_below(lines):
    """numpydoc's short form `Error : when`, also over several lines, as name and indented text."""
    section, inside = "", False
    for number, line in enumerate(lines):
        if "".join(lines[number + 1 : number + 2]).strip().startswith("---"):
            section = line.strip()
        found = RAISED.match(line) if section == "Raises" else None
        inside = bool(found) or (inside and bool(line.strip()))
        if found:
            yield f"{found[1]}{found[2]}"
            yield f"{found[1]}    {found[3]}"
        else:
            yield f"    {line}" if inside else line


def linked(found):
    """A chapter's name as a link, if it is written."""
    return f":doc:`/notebooks/{found[1]}`" if exists(found[1]) else found[0]


def tell_users(app, what, name, thing, options, lines):
    """After napoleon has read the sections, say which chapters use the thing."""
    chapters = users().get(name, [])
    if chapters:
        said = ", ".join(f":doc:`/notebooks/{chapter}`" for chapter in chapters)
        lines += ["", ".. container:: used-in", "", f"   Used in: {said}.", ""]


def skip(app, what, name, thing, skip, options):
    """Leave out what scikit-learn adds to every estimator for its routing of metadata."""
    return True if re.fullmatch(r"set_\w+_request", name) else None


def source(domain, info):
    """Address of a thing's lines on GitHub; None where there are none."""
    try:
        thing = importlib.import_module(info["module"])
        for part in info["fullname"].split("."):
            thing = getattr(thing, part)
        thing = inspect.unwrap(thing.fget if isinstance(thing, property) else thing)
        file = Path(inspect.getsourcefile(thing)).resolve()
        lines, first = inspect.getsourcelines(thing)
        place = file.relative_to(ROOT).as_posix()
    except (AttributeError, TypeError, OSError, ValueError):
        return None
    return f"{source.base}/{place}#L{first}-L{first + len(lines) - 1}"


def configure(app, config):
    """Tell linkcode where the source stands."""
    options = config.html_theme_options
    source.base = f"{options['repository_url']}/blob/{options['repository_branch']}"
    config.linkcode_resolve = source
    users.cache_clear()
    text = json.dumps(users(), indent=1)
    USERS.parent.mkdir(exist_ok=True)
    if not USERS.exists() or USERS.read_text() != text:
        USERS.write_text(text)


def setup(app):
    """Register the directive and the events around napoleon's."""
    app.setup_extension("sphinx.ext.linkcode")
    app.add_directive("api", Api)
    app.connect("config-inited", configure, priority=100)
    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", improve, priority=400)
    app.connect("autodoc-process-docstring", tell_users, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
