"""The curriculum: one file beside each chapter says what it is; every shared table is computed.

`notebooks/<part>/<name>.yml` holds title, survey section, place within its part, prerequisites,
extras, search words, glossary terms, atlas rows and the comparisons named before the first run.
A chapter without a notebook is planned; with `draft: true` it stays so while it is being written.
"""

import json
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sources import read_yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))  # ledger.py: what the proofs of a chapter recorded
NOTEBOOKS = ROOT / "notebooks"
PARTS = {
    "2-considerations": "Considerations",
    "3-libraries": "Libraries and resources",
    "4-models": "Models and tasks",
    "5-methods": "Supervised methods",
    "6-less-data": "Doing more with less data",
    "7-interpretability": "Interpretability",
    "8-advanced": "Advanced methods",
    "9-practice": "Practice",
}


@dataclass(frozen=True)
class Chapter:
    """What a chapter's yml says; `name` is `part/name`."""

    name: str
    title: str
    section: str
    place: int
    runs: str
    words: list = field(default_factory=list)
    prerequisites: list = field(default_factory=list)
    extras: list = field(default_factory=list)
    terms: dict = field(default_factory=dict)  # glossary term -> definition
    atlas: list = field(default_factory=list)
    comparisons: list = field(default_factory=list)  # question, against, unit, what would say no
    finding: dict = field(default_factory=dict)  # cell and sentence for the gallery
    draft: bool = False

    @property
    def part(self):
        """The folder, which is the part of the book."""
        return self.name.split("/")[0]

    @property
    def notebook(self):
        """Where its notebook is, or would be."""
        return NOTEBOOKS / f"{self.name}.ipynb"

    @property
    def written(self):
        """Whether it stands in the book."""
        return self.notebook.exists() and not self.draft

    @property
    def cost(self):
        """Seconds and MiB, as measured when its outputs were stored; empty if never."""
        return notebook_json(self.notebook)["metadata"].get("cost", {}) if self.written else {}

    def beside(self, ending):
        """A file of this chapter: `beside("mutants.py")`."""
        return NOTEBOOKS / f"{self.name}.{ending}"


def chapters(root=NOTEBOOKS):
    """Every chapter of the curriculum, by part and place; a draft counts as planned."""
    found = [
        Chapter(name=f"{path.parent.name}/{path.stem}", **read_yaml(path))
        for path in root.glob("*/*.yml")
    ]
    return sorted(found, key=lambda chapter: (chapter.part, chapter.place, chapter.name))


def written():
    """The chapters that stand in the book."""
    return [chapter for chapter in chapters() if chapter.written]


def titles():
    """Chapter name to title."""
    return {chapter.name: chapter.title for chapter in chapters()}


def sources():
    """Every file that a page about the curriculum depends on."""
    return sorted(NOTEBOOKS.glob("*/*.yml"))


def evidence():
    """Every file that a page about what is proved depends on: a proof ages with what it rests on."""
    beside = [p for kind in ("ipynb", "json", "mutants.py") for p in NOTEBOOKS.glob(f"*/*.{kind}")]
    code = [*(ROOT / "helpers").rglob("*.py"), *(ROOT / "experiments").rglob("*.py")]
    pins = [ROOT / "constraints.txt", ROOT / "helpers" / "data" / "sources.csv"]
    return [*sources(), *sorted(beside), *sorted(code), *pins]


def notebook_json(path):
    """A notebook as stored, parsed once a build and again when it changes."""
    return parsed_json(path, path.stat().st_mtime_ns)


@cache
def parsed_json(path, changed):
    """The content of a notebook as it was at the time `changed`."""
    return json.loads(path.read_text(encoding="utf-8"))


def code_cells(path):
    """The code cells of a notebook."""
    return [cell for cell in notebook_json(path)["cells"] if cell["cell_type"] == "code"]


def install_cell(chapter):
    """The first code cell of a chapter: installs what it needs where `helpers` is missing."""
    extras = ",".join(["chapters", *chapter.extras])
    return INSTALL.format(extras=extras)


INSTALL = """# Colab and other fresh machines: install this chapter's packages. Silent where they are.
import importlib.util

if importlib.util.find_spec("helpers") is None:
    source = "git+https://github.com/executable-survey/executable-survey"
    packages = f"executable-survey[{extras}] @ {{source}}"
    get_ipython().run_line_magic("pip", f'install --quiet "{{packages}}"')"""


def bibliographies():
    """The book's own references first, then those of the chapters that are written."""
    books = [ROOT / "book" / "references.bib", ROOT / "book" / "corrections.bib"]
    return books + [c.beside("bib") for c in written() if c.beside("bib").exists()]


def expand_contents(app, config):
    """Put the chapters that `_toc.yml` names by a pattern into the curriculum's order."""
    from sphinx_external_toc.api import Document, FileItem, GlobItem

    site = config.external_site_map
    for page in list(site.values()):
        for tree in page.subtrees:
            items = []
            for item in tree.items:
                part = str(item).split("/")[1] if isinstance(item, GlobItem) else None
                found = [f"notebooks/{c.name}" for c in written() if c.part == part]
                items += map(FileItem, found) if part else [item]
                for name in found:
                    site[name] = Document(name)
            tree.items = items
        page.subtrees = [tree for tree in page.subtrees if tree.items]
    drafts = [f"notebooks/{chapter.name}.ipynb" for chapter in chapters() if chapter.draft]
    config["exclude_patterns"] = config["exclude_patterns"] + drafts


def setup(app):
    """Order the table of contents once it has been read (its reader has priority 900)."""
    app.connect("config-inited", expand_contents, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
