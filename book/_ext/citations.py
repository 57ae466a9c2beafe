"""Which pages cite which work: the sources are read at build, so the table cannot go stale."""

import json
import re
from collections import defaultdict
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
CITE = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
KEY = re.compile(r"^@\w+\{([^,\s]+),", re.M)
NUMBER = re.compile(r"^\s*survey\s*=\s*\{(\d+)\}", re.M)


def markdown(path):
    """Line number and text of each line of a page's Markdown; a notebook's lines count per cell."""
    if path.suffix == ".md":
        yield from ((str(n), s) for n, s in enumerate(path.read_text().splitlines(), 1))
        return
    for number, cell in enumerate(json.loads(path.read_text())["cells"]):
        if cell["cell_type"] == "markdown":
            lines = "".join(cell["source"]).splitlines()
            yield from ((f"cell {number}, line {n}", s) for n, s in enumerate(lines, 1))


def pages(root=ROOT):
    """The files that may cite: chapters and the book's own pages."""
    return sorted([*root.glob("notebooks/*/*.ipynb"), *root.glob("book/**/*.md")])


def cited(root=ROOT):
    """Tuples of key, file and place, one a citation."""
    for path in pages(root):
        for place, line in markdown(path):
            for found in CITE.finditer(line):
                for key in found[1].split(","):
                    yield key.strip(), path, place


def survey_numbers(root=ROOT):
    """Key to number in the survey's own list."""
    text = (root / "book" / "references.bib").read_text()
    starts = [found.start() for found in KEY.finditer(text)]
    numbers = {}
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        number = NUMBER.search(text, begin, end)
        if number:
            numbers[KEY.match(text, begin)[1]] = int(number[1])
    return numbers


class CitedBy(SphinxDirective):
    """Table of the cited works: number in the survey, work, the pages that use it."""

    def run(self):
        """Parse the table as Markdown, so that works and pages are links."""
        self.env.note_reread()
        return self.parse_text_to_nodes("\n".join(self.text()))

    def text(self):
        """A sentence and a table."""
        used, numbers = defaultdict(set), survey_numbers()
        for key, path, _ in cited():
            page = path.relative_to(ROOT).with_suffix("").as_posix()
            if page in self.env.found_docs and page != self.env.docname:
                used[key].add(page)
        of_survey = sum(key in numbers for key in used)
        yield (
            f"The pages of this book cite {of_survey} of the survey's {len(numbers)} references "
            f"so far, and {len(used) - of_survey} other works."
        )
        yield "\n| work | number in the survey | used in |\n|---|---|---|"
        for key in sorted(used):
            links = ", ".join(f"{{doc}}`/{page}`" for page in sorted(used[key]))
            yield f"| {{cite:t}}`{key}` | {numbers.get(key, 'not in its list')} | {links} |"


def setup(app):
    """Register the directive."""
    app.add_directive("cited-by", CitedBy)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
