"""Resources today: every link of the survey, what it is for, its state and what that rests on."""

import csv
from collections import Counter
from html import escape
from pathlib import Path

from curriculum import sources, titles, written
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT / "book" / "data" / "resources.csv"
STATES = {  # in the order of the totals: what a reader may expect behind the link
    "alive": "a release, a merged change, new content or an answer of its makers in the two years "
    "before the check, or a package that ran when it was tried for this book; for a finished text or "
    "course, a reader who used it within these two years",
    "moved": "the work goes on at another address, which is given",
    "unmaintained": "the page may still open, but nobody works on it: its makers or its users say so, "
    "or the newest sign of them that we found is over two years old (they may have done more since)",
    "archived": "its owners closed it for changes; it can still be read",
    "closed": "the address no longer serves what the survey describes",
    "not checked": "no dated evidence was found; the link may be fine or gone",
}
PARTS = {
    "2": "Considerations",
    "3": "Libraries and resources",
    "4": "Models and tasks",
    "5": "Supervised methods",
    "6": "Less data",
    "7": "Interpretability",
    "8": "Advanced methods",
    "9": "Practice",
}
HEAD = ("Link and what it is for", "State", "Evidence", "Today")


def read(path=ROWS):
    """The rows as they stand in the survey's order."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables(rows, names):
    """One table for each part of the survey, inside the box that the filters know."""
    parts = [
        table(title, [row for row in rows if row["section"][0] == part], names)
        for part, title in PARTS.items()
    ]
    return f'<div id="atlas" class="resources">{"".join(parts)}</div>'


def table(title, rows, names):
    """The links of one part."""
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    body = "".join(line(row, names) for row in rows)
    return (
        f'<table class="atlas resources"><caption>Section {rows[0]["section"][0]}. {title}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def line(row, names):
    """One link."""
    marks = (
        f'data-section="{row["section"][0]}" data-kind="{row["kind"]}" data-state="{row["state"]}"'
    )
    first = (
        f'{link(row["url"], row["title"])} <span class="for">{escape(row["for"])}</span> '
        f'<span class="where">section {row["section"]}, {row["kind"]}</span>'
    )
    cells = [badge(row["state"]), evidence(row), today(row, names)]
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr {marks}><th scope="row">{first}</th>{body}</tr>'


def link(url, text):
    """A link out of the book."""
    return f'<a href="{escape(url)}">{escape(text)}</a>'


def badge(state):
    """The state as a word in a frame."""
    return f'<span class="badge {state.replace(" ", "-")}">{state}</span>'


def evidence(row):
    """Date and sentence, with the page where it was read; without evidence, the day of the search."""
    day = row["dated"] or row["checked"]
    source = f" {link(row['source'], 'Source')}" if row["source"] else ""
    return f'<time datetime="{day}">{day}</time> {escape(row["evidence"])}{source}'


def today(row, names):
    """What to use now, and the chapter that treats the subject."""
    parts = []
    if row["successor"]:
        name = row["successor"]
        now = link(row["successor_url"], name) if row["successor_url"] else escape(name)
        parts.append(f'<span class="now">Now: {now}</span>')
    if row["chapter"]:
        title, path = escape(names[row["chapter"]]), f"notebooks/{row['chapter']}"
        runs = row["chapter"] in {chapter.name for chapter in written()}
        chapter = f'<a href="../{path}.html">{title}</a>' if runs else f"{title} (planned)"
        parts.append(f'<span class="now">Chapter: {chapter}</span>')
    return " ".join(parts)


def totals(rows):
    """How many links are in each state, and what the word means."""
    count = Counter(row["state"] for row in rows)
    items = "".join(
        f"<dt>{badge(state)} {count[state]}</dt><dd>{meaning}</dd>"
        for state, meaning in STATES.items()
    )
    last = max(row["checked"] for row in rows)
    return (
        f"<p>The survey holds {len(rows)} links; those that it gives twice stand twice. "
        f'Last look: <time datetime="{last}">{last}</time>. For {count["not checked"]} of them '
        f"there is no dated evidence, and the table says so.</p>"
        f'<dl class="resource-states">{items}</dl>'
    )


def filters(rows):
    """Search field and three choices, as in the atlas; hidden where no script runs."""
    choices = [
        ("section", "Section", [(part, f"{part}. {title}") for part, title in PARTS.items()]),
        ("kind", "Kind", [(kind, kind) for kind in sorted({row["kind"] for row in rows})]),
        ("state", "State", [(state, state) for state in STATES]),
    ]
    fields = '<label>Find <input type="search" name="text" autocomplete="off"></label>'
    for name, label, options in choices:
        inside = "".join(f'<option value="{value}">{text}</option>' for value, text in options)
        fields += f'<label>{label} <select name="{name}"><option value="">all</option>{inside}</select></label>'
    return (
        f'<form class="atlas-filter" id="atlas-filter">{fields}<button type="reset">Show all'
        f'</button></form><p id="atlas-count" role="status" aria-live="polite">'
        f"{len(rows)} of {len(rows)} shown.</p>"
        "<noscript><style>#atlas-filter, #atlas-count { display: none; }</style></noscript>"
    )


class Resources(SphinxDirective):
    """Totals, filters and tables."""

    def run(self):
        """HTML as it is; this directive stands on the page `book/resources` only."""
        for path in (ROWS, *sources()):
            self.env.note_dependency(str(path))
        rows = read()
        html = totals(rows) + filters(rows) + tables(rows, titles())
        return [nodes.raw("", html, format="html")]


def setup(app):
    """Register the directive and its style; the script is the atlas's own."""
    app.add_directive("resources", Resources)
    app.add_css_file("resources.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
