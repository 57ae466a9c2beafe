"""What practitioners use today, task by task: tool, licence, release, and when that was looked up."""

import csv
import re
from html import escape
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT / "book" / "data" / "use_today.csv"
PINNED = ROOT / "constraints.txt"
RUNS = "runs here"  # in place of a release: the version is the one this book is stored with
PACKAGES = {"PyTorch Geometric": "torch-geometric", "UMAP": "umap-learn"}
HEAD = ("Task", "Tool and what it does", "Licence", "Last release seen", "Checked")


def read(path=ROWS):
    """The rows in the order of the file."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pinned():
    """Package, in small letters, to the version that the stored outputs were made with."""
    found = re.findall(r"^([\w.-]+)==([\w.+-]+)", PINNED.read_text(), re.M)
    return {name.lower().replace("_", "-"): version for name, version in found}


def release(row, versions):
    """The release as text: of this book's own environment, or as it was seen elsewhere."""
    if row["release"] != RUNS:
        where = f' <a href="{escape(row["evidence"])}">source</a>' if row["evidence"] else ""
        return escape(row["release"]) + where
    name = PACKAGES.get(row["tool"], row["tool"]).lower()
    return f"{versions[name]}, runs in this book"


def table(rows):
    """One table, each task named once."""
    versions = pinned()
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    body = ""
    for task, tools in groupby(rows, lambda row: row["task"]):
        for number, row in enumerate(tools := list(tools)):
            first = f'<th scope="rowgroup" rowspan="{len(tools)}">{escape(task)}</th>'
            link = f'<a href="{escape(row["url"])}">{escape(row["tool"])}</a>'
            cells = [f"{link}<br>{escape(row['does'])}", escape(row["licence"])]
            cells += [release(row, versions), row["checked"]]
            body += (
                "<tr>" + first * (not number) + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
            )
    return (
        f'<table class="use-today"><caption>Tools by task</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


class UseToday(SphinxDirective):
    """The table of book/data/use_today.csv."""

    def run(self):
        """HTML as it is."""
        for path in (ROWS, PINNED):
            self.env.note_dependency(str(path))
        return [nodes.raw("", table(read()), format="html")]


def setup(app):
    """Register the directive."""
    app.add_directive("use-today", UseToday)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
