"""How this book is checked: what is compared, what kills each claim, long runs (page `checked`)."""

import json
import re
from collections import Counter
from html import escape

import draws
import ledger
import results
import yaml
from chapter import Markdown
from curriculum import ROOT, code_cells, written
from docutils import nodes

KINDS = {
    "value": ("numbers, words or a table of data", "printed text, all of it"),
    "verdict": ("checks: a claim, what was measured, its band", "all but the measured number"),
    "comparison": ("tables of rivals", "all but the measured cells; each row has a band"),
    "listing": ("source code of a helper", "all of it"),
    "figure": ("figures", "titles, labels and number of artists; not the pixels"),
}
PICTURES = {"image/png", "image/jpeg"}
UNCOMPARED = ROOT / "tests" / "book" / "uncompared.yml"
VERDICT = re.compile(r"^[✓○] ")


def kinds(cell):
    """The kinds of what one code cell prints."""
    return {kind_of(output) for output in cell["outputs"]}


def kind_of(output):
    """The kind of one output."""
    data = output.get("data", {})
    if PICTURES & set(data):
        return "figure"
    if "comparison" in "".join(data.get("text/html", ""))[:80]:
        return "comparison"
    if "".join(data.get("text/markdown", "")).startswith("```python"):
        return "listing"
    lines = "".join(output.get("text", "")).splitlines()
    return "verdict" if lines and all(VERDICT.match(line) for line in lines) else "value"


def counts():
    """(kind, cells, what it is, how it is compared) for each kind."""
    found = Counter(
        kind
        for chapter in written()
        for cell in code_cells(chapter.notebook)
        for kind in kinds(cell)
    )
    return [(kind, found[kind], *said) for kind, said in KINDS.items()]


def exceptions():
    """Cells that nbval does not compare, with the reason."""
    return yaml.safe_load(UNCOMPARED.read_text()) or {}


class Compared(Markdown):
    """What nbval compares, counted by kind, and the exceptions."""

    def text(self):
        """A table and a list."""
        yield "| what a cell prints | cells | compared as |"
        yield "|---|---:|---|"
        for _, count, said, how in counts():
            yield f"| {said} | {count} | {how} |"
        yield ""
        if not exceptions():
            yield "Every code cell with an output is compared; there are no exceptions."
        for place, reason in exceptions().items():
            yield f"- {place}: {reason}"


class Proofs(Markdown):
    """Claims of each chapter by kind, how many a mutant kills, and how many proofs are stale."""

    def text(self):
        """A row a chapter."""
        yield "| chapter | agrees | holds | result | killed by a mutant | mutants | stale |"
        yield "|---|---:|---:|---:|---:|---:|---:|"
        for chapter in written():
            kinds_of = Counter(ledger.claims_of(ledger.cells_of(chapter.notebook)).values())
            killed = {row["claim"] for row in ledger.rows(chapter.notebook)}
            mutants = len(ledger.mutants_of(chapter.notebook))
            counted = " | ".join(str(kinds_of[kind]) for kind in ("agrees", "holds", "result"))
            stale = len(ledger.stale(chapter.notebook))
            proven = f"{len(killed)} | {mutants} | {stale}"
            yield f"| {{doc}}`/notebooks/{chapter.name}` | {counted} | {proven} |"


class Score(Markdown):
    """The mutation score of the package, room by room, as last measured."""

    def text(self):
        """A row a room."""
        rooms = json.loads((ROOT / "tests" / "package" / "mutation_score.json").read_text())
        yield "| room of `helpers` | mutants drawn | without effect | noticed | share | seed, date |"
        yield "|---|---:|---:|---:|---:|---|"
        for room, found in sorted(rooms.items()):
            counted = f"{found['drawn']} | {found['equivalent']} | {found['killed']}"
            share = found["killed"] / max(found["drawn"] - found["equivalent"], 1)
            yield f"| {room} | {counted} | {share:.0%} | {found['seed']}, {found['date']} |"


class Draws(Markdown):
    """How the claims of each chapter fare when every stream of random numbers is moved."""

    def text(self):
        """A row a chapter."""
        yield "| chapter | other draws | claims that moved | held in all | fell |"
        yield "|---|---:|---:|---:|---:|"
        for chapter in written():
            name, record = f"{{doc}}`/notebooks/{chapter.name}`", draws.stored(chapter.notebook)
            if why := draws.stale(chapter.notebook):
                yield f"| {name} | {why} | | | |"
                continue
            moving, fell = draws.moving(chapter.notebook, record), draws.fallen(record)
            counted = f"{record['draws']} | {len(moving)} | {len(moving) - len(fell)} | {len(fell)}"
            yield f"| {name} | {counted} |"


class LongRuns(Markdown):
    """The stored long runs: how many cases, on what, when, and whether they are stale."""

    def text(self):
        """A row a long run."""
        if not results.chapters():
            yield "None is stored yet."
            return
        yield "| chapter | runs | processor minutes | machine | date | state |"
        yield "|---|---:|---:|---|---|---|"
        for name in results.chapters():
            table = results.stored(name) or {"rows": [], "seconds": 0, "machine": "", "date": ""}
            counted = f"{len(table['rows'])} | {table['seconds'] / 60:.0f}"
            state = results.stale(name) or "up to date"
            if again := table.get("rechecked"):
                state += f"; {again['rows']} of {again['of']} run again on {again['date']}, "
                state += "the same to the digit"
            yield f"| {name} | {counted} | {table['machine']} | {table['date']} | {state} |"


def proofs_of_page(app, doctree):
    """At the end of a chapter: each claim, what kills it and by how much; what other seeds give."""
    page = app.env.docname
    path = ROOT / f"{page}.ipynb"
    if not page.startswith("notebooks/") or not path.exists():
        return
    boxes = [killed_by(rows)] if (rows := ledger.rows(path)) else []
    if draws.stale(path) is None:
        boxes.append(drawn(path, draws.stored(path)))
    for kind in ("proofs", "draws"):
        app.env.note_dependency(str(path.with_suffix(f".{kind}.json")))
    sections = list(doctree.findall(nodes.section))
    sections[0].extend(nodes.raw("", box, format="html") for box in boxes)


def killed_by(rows):
    """The folded table of one chapter."""
    return folded(
        "proofs",
        "What each check is made to fail by",
        "One thing was changed at a time, never the measurement. The last column says how far "
        "outside its band the value then fell, in widths of the band (or sizes of its bound).",
        ("claim", "stored", "made to fail by", "then", "outside by"),
        [
            (
                row["claim"],
                said(row["value"]),
                row["mutant"],
                said(row["found"]),
                said(row["margin"]),
            )
            for row in rows
        ],
    )


def drawn(path, record):
    """The folded table of what claims give on other seeds, those that fell first."""
    fell, moving = draws.fallen(record), draws.moving(path, record)
    here = ledger.ledger_of(path)["claims"]
    sentence = "All of them stayed in their band."
    if fell:
        sentence = f"{len(fell)} left their band at least once: they say what was seen on the draw "
        sentence += "of this page, and no more."
    return folded(
        "proofs draws",
        "What other seeds give",
        "Every stream of random numbers was moved: splits, simulated data, first weights, "
        f"batches; stored long runs stayed. {len(moving)} claims moved. {sentence}",
        ("claim", "here", "band", "in other draws", ""),
        [
            (
                claim,
                said(here.get(claim, {}).get("value")),
                band(entry),
                ", ".join(map(said, entry["values"])),
                "fell" if claim in fell else "held",
            )
            for claim, entry in sorted(moving.items(), key=lambda pair: pair[0] not in fell)
        ],
    )


def folded(kind, title, words, names, rows):
    """A table behind a title; the first cell of a row names it."""
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<details class="{kind}"><summary>{title}</summary><p>{words}</p>'
        f'<div style="overflow-x:auto"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def band(entry):
    """A band in words."""
    low, high = entry["low"], entry["high"]
    if low is None and high is None:
        return "true"
    if None in (low, high):
        return f"at least {low:g}" if high is None else f"at most {high:g}"
    return f"{low:g} to {high:g}"


def said(value):
    """A recorded number with two digits; a truth as yes or no."""
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: ""}[value]
    return f"{value:.2g}"


def setup(app):
    """Register the directives and the box at each chapter's end."""
    app.add_directive("compared-outputs", Compared)
    app.add_directive("proofs", Proofs)
    app.add_directive("mutation-score", Score)
    app.add_directive("draws", Draws)
    app.add_directive("long-runs", LongRuns)
    app.connect("doctree-read", proofs_of_page, priority=600)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
