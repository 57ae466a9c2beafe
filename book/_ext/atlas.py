"""The atlas: everything the survey names, as a map, a progress figure and a table to filter."""

from collections import Counter
from functools import cache
from html import escape

from citations import survey_numbers
from curriculum import ROOT, chapters, evidence, titles, written
from docutils import nodes
from ledger import doubt, stale
from sphinx.util.docutils import SphinxDirective

NAMES = ROOT / "book" / "data" / "survey_names.txt"  # what the survey names, in its order
STATES = {"runs": "runs", "shown": "shown", "planned": "planned", "pointer": "pointer only"}


def read():
    """The rows of all chapters in the survey's order, each with its chapter and computed state."""
    order = {name: number for number, name in enumerate(NAMES.read_text().splitlines())}
    rows, remembered = [], cache(stale)
    for chapter in chapters():
        for row in chapter.atlas:
            row = {**row, "chapter": chapter.name}
            draft = chapter.draft and row.get("check")
            rows.append({**row, "state": "planned" if draft else state(row, remembered)})
    return sorted(rows, key=lambda row: (order.get(row["name"], len(order)), row["name"]))


def state(row, remembered=None):
    """How far a row has come.

    It *runs* if the mutant that removes exactly this system was caught, of a compound row one for
    each part; a chapter that has code and a check for it, but no such proof, has *shown* it. A row
    with a reason points elsewhere; the others are planned.
    """
    if not row.get("check"):
        return "pointer" if row.get("reason") else "planned"
    doubts = any(doubt(row["chapter"], mutant, remembered) for mutant in removals(row))
    return "shown" if doubts else "runs"


def removals(row):
    """The mutants that remove what a row names: one, or a list for the parts of a compound row."""
    mutant = row.get("mutant")
    return mutant if isinstance(mutant, list) else [mutant]


def table(rows, keys, names):
    """All rows as one HTML table."""
    head = "".join(
        f'<th scope="col">{title}</th>'
        for title in ("Named by the survey", "Section", "Kind", "State", "Where, and checked by")
    )
    body = "".join(line(row, keys, names) for row in rows)
    return (
        f'<table class="atlas" id="atlas"><caption>What the survey names, by section</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def line(row, keys, names):
    """One row."""
    cited = ", ".join(
        f'<a href="bibliography.html#ref-{keys[n]}">{n}</a>' for n in row.get("refs", [])
    )
    name = escape(row["name"]) + (f" [{cited}]" if cited else "")
    cells = [name, row["section"], row["kind"], STATES[row["state"]], place(row, names)]
    marks = (
        f'data-section="{row["section"][0]}" data-kind="{row["kind"]}" data-state="{row["state"]}"'
    )
    first = f'<th scope="row">{cells[0]}</th>'
    return f"<tr {marks}>{first}{''.join(f'<td>{cell}</td>' for cell in cells[1:])}</tr>"


def place(row, names):
    """Chapter, helper and check of a row that runs; the planned chapter; or the reason."""
    title = escape(names[row["chapter"]])
    if row["state"] == "planned":
        if row["chapter"] not in {chapter.name for chapter in written()}:
            return f"{title} (planned)"
        return f'<a href="../notebooks/{row["chapter"]}.html">{title}</a>, not yet built there'
    if row["state"] == "pointer":
        return escape(row["reason"])
    link = f'<a href="../notebooks/{row["chapter"]}.html#{row["anchor"]}">{title}</a>'
    said = [f"{link}: {escape(row['check'])} ({escape(row['library'])})"]
    said += [f"<code>{row['helper']}</code>"] if row.get("helper") else []
    kills = escape("; ".join(removals(row))) if row["state"] == "runs" else ""
    said += [f"killed by: {kills}"] if kills else []
    said += [f"partly: {escape(row['partly'])}"] if row.get("partly") else []
    return "; ".join(said)


def progress(rows):
    """A bar for each section: what runs, what is planned, what is only pointed at."""
    parts = []
    for section in sorted({row["section"][0] for row in rows}):
        count = Counter(row["state"] for row in rows if row["section"][0] == section)
        total = sum(count.values())
        said = ", ".join(f"{count[name]} {label}" for name, label in STATES.items())
        bar = "".join(
            f'<span class="{name}" style="flex-grow:{count[name]}"></span>'
            for name in STATES
            if count[name]
        )
        parts.append(
            f'<li><a href="{part_page(section)}">Section {section}</a> <span class="said">'
            f'{total} named: {said}</span><span class="bar" aria-hidden="true">{bar}</span></li>'
        )
    return f'<ul class="atlas-progress">{"".join(parts)}</ul>'


def part_page(section):
    """The page of a part; the survey's introduction leads to the landing page."""
    found = sorted((ROOT / "book" / "parts").glob(f"{section}-*.md"))
    return f"parts/{found[0].stem}.html" if found else "index.html"


def filters(rows):
    """Search field and three choices."""
    kinds = sorted({row["kind"] for row in rows})
    sections = sorted({row["section"][0] for row in rows})
    choices = [
        ("section", "Section", [(s, s) for s in sections]),
        ("kind", "Kind", [(k, k) for k in kinds]),
        ("state", "State", list(STATES.items())),
    ]
    fields = '<label>Find <input type="search" name="text" autocomplete="off"></label>'
    for name, label, options in choices:
        inside = "".join(f'<option value="{v}">{escape(t)}</option>' for v, t in options)
        fields += f'<label>{label} <select name="{name}"><option value="">all</option>{inside}</select></label>'
    return (
        f'<form class="atlas-filter" id="atlas-filter">{fields}<button type="reset">Show all'
        f'</button></form><p id="atlas-count" role="status" aria-live="polite">'
        f"{len(rows)} of {len(rows)} shown.</p>"
    )


class Atlas(SphinxDirective):
    """Progress, filters and table."""

    def run(self):
        """HTML as it is; this directive stands on the page `book/atlas` only."""
        for path in evidence():
            self.env.note_dependency(str(path))
        rows, keys = read(), {number: key for key, number in survey_numbers().items()}
        html = progress(rows) + filters(rows) + table(rows, keys, titles())
        return [nodes.raw("", html, format="html")]


def setup(app):
    """Register the directive and the page's own script and style."""
    app.add_directive("atlas", Atlas)
    app.add_js_file("atlas.js", loading_method="defer")
    app.add_css_file("atlas.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
