"""The book's own Sphinx parts: measured costs, what is compared, what a part holds.

Everything here reads what was stored when chapters ran, so that no number is typed into a page.
"""

import functools
import json
import posixpath
import re
from pathlib import Path

import pybtex.plugin
from cited_data import download
from curriculum import bibliographies, chapters, evidence, sources, titles, written
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from workflow import draw

ROOT = Path(__file__).resolve().parents[2]


def chapter_time(name, rawtext, text, lineno, inliner, options=None, content=None):
    """Role: what running a chapter costs, as measured when its outputs were stored."""
    cost = next((chapter.cost for chapter in written() if chapter.name == text), None)
    if not cost:
        return [nodes.inline(rawtext, "not measured yet")], []
    memory = f"{cost['peak_mib'] / 1024:.1f} GB of memory"
    said = f"about {max(round(cost['seconds'] / 5) * 5, 5)} s on one CPU core, {memory}"
    return [nodes.inline(rawtext, said, classes=["chapter-time"])], []


class Markdown(SphinxDirective):
    """A directive that writes Markdown and lets the page's parser read it."""

    optional_arguments = 1

    def behind(self):
        """Files whose change makes the page old: unless a directive knows better, all chapters."""
        return evidence()

    def run(self):
        """Parse what `text` returns."""
        for path in self.behind():
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes("\n".join(self.text()), allow_section_headings=True)


class Costs(Markdown):
    """Table of measured time, memory and download size."""

    def text(self):
        """One row a chapter."""
        yield "| chapter | time on one CPU core | peak memory | download |"
        yield "|---|---:|---:|---:|"
        for chapter in written():
            if cost := chapter.cost:
                spent = f"{cost['seconds']} s | {cost['peak_mib']} MiB"
                link = f"{{doc}}`/notebooks/{chapter.name}`"
                yield f"| {link} | {spent} | {download(chapter.notebook)} |"


class PartChapters(Markdown):
    """The chapters of one part: those that run are linked, the others are marked planned."""

    required_arguments = 1
    optional_arguments = 0

    def behind(self):
        """The chapters' yml files."""
        return sources()

    def text(self):
        """A table from the chapters' yml files."""
        yield "| chapter | survey | what runs in it |"
        yield "|---|---|---|"
        for chapter in chapters():
            if chapter.part == self.arguments[0]:
                link = f"{{doc}}`/notebooks/{chapter.name}`"
                title = link if chapter.written else f"{chapter.title} *(planned)*"
                yield f"| {title} | {chapter.section} | {chapter.runs} |"


class Benchmarks(Markdown):
    """Tables of benchmarks/results/engines-*.json."""

    def behind(self):
        """The stored measurements."""
        return sorted((ROOT / "benchmarks" / "results").glob("engines-*.json"))

    def text(self):
        """A section a machine, a table a case."""
        for path in self.behind():
            result = json.loads(path.read_text())
            where = result["machine"]
            yield f"## {'GPU' if where['gpu'] else 'CPU'}\n"
            yield (
                f"{where['gpu'] or where['cpu']}, {where['threads']} thread, Python "
                f"{where['python']}, torch {where['torch']}, {where['date']}.\n"
            )
            for case in result["cases"].values():
                yield f"### {case['case'].rstrip('.')}\n"
                yield "| engine | steps per second | overhead per step | time, ratio to hand-written |"
                yield "|---|---:|---:|---:|"
                for row in case["rows"]:
                    yield (
                        f"| {row['engine']} | {row['steps_per_second']} | "
                        f"{row['overhead_us_per_step']} µs | {row['ratio']} "
                        f"({row['ratio_low']} to {row['ratio_high']}) |"
                    )
                yield ""
            equal = [name for name, same in result["bit_equal"].items() if same]
            yield f"Weights bit-equal to the hand-written loop's: {', '.join(equal) or 'none'}.\n"
            yield "### What an import costs\n\n| engine | seconds | resident MiB |\n|---|---:|---:|"
            yield from (
                f"| {r['engine']} | {r['seconds']} | {r['mib']} |" for r in result["imports"]
            )
            yield ""


class Workflow(SphinxDirective):
    """The workflow figure, its boxes linked to chapters that run or to their part's page."""

    def run(self):
        """An inline SVG."""
        here = posixpath.dirname(self.env.docname)

        existing = {chapter.name for chapter in written()}

        def link(chapter):
            runs = chapter in existing
            page = f"notebooks/{chapter}" if runs else f"book/parts/{chapter.split('/')[0]}"
            return posixpath.relpath(page, here) + ".html", runs

        for path in sources():
            self.env.note_dependency(str(path))
        return [nodes.raw("", f'<div class="workflow-box">{draw(link)}</div>', format="html")]


def planned_chapter(app, env, node, contnode):
    """A reference to a chapter of the curriculum that is not written yet is text, not a link."""
    if node.get("reftype") != "doc":
        return None
    target = node["reftarget"]
    if not target.startswith("/"):
        target = posixpath.join("/", posixpath.dirname(node["refdoc"]), target)
    path = posixpath.normpath(target).removeprefix("/notebooks/")
    title = titles().get(path)
    if title is None:
        return None
    said = contnode.astext() if node.get("refexplicit") else title
    return nodes.inline("", f"{said} (planned)", classes=["planned"])


def entries(text):
    """Key and text of each entry of a .bib file."""
    starts = [found.start() for found in re.finditer(r"^@\w+\s*\{", text, re.M)]
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        entry = text[begin:end].strip()
        yield re.match(r"@\w+\s*\{\s*([^,\s]+)", entry)[1], entry


def find_bibliographies(app, config):
    """Merge all .bib files into one; a key that two files hold is taken from the first."""
    merged = {}
    for path in bibliographies():
        for key, entry in entries(path.read_text()):
            merged.setdefault(key, entry)
    text = "\n\n".join(merged.values()) + "\n"
    out = ROOT / "_build" / "bibliography.bib"
    out.parent.mkdir(exist_ok=True)
    if not out.exists() or out.read_text() != text:
        out.write_text(text)
    config.bibtex_bibfiles = [str(out.relative_to(ROOT))]


def declare_safe(app):
    """Let several processes read: two of jupyter-book's parts do not say that they allow it.

    One writes LaTeX; the other numbers sections, which it does after all pages are read.
    """
    for name in ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"):
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def setup(app):
    """Register roles, directives and events.

    sphinxcontrib-bibtex looks up pybtex's plugins, among all entry points of all installed
    packages, once for every citation: remembered, that saves an eighth of the build.
    """
    pybtex.plugin.find_plugin = functools.cache(pybtex.plugin.find_plugin)
    app.add_role("chapter-time", chapter_time)
    for name, directive in {
        "chapter-costs": Costs,
        "part-chapters": PartChapters,
        "benchmarks": Benchmarks,
        "workflow-figure": Workflow,
    }.items():
        app.add_directive(name, directive)
    app.connect("builder-inited", declare_safe)
    app.connect("config-inited", find_bibliographies, priority=100)
    app.connect("missing-reference", planned_chapter)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
