"""Figures to play with: numbers that a stored chapter exported, drawn here, moved in explore.js.

Without JavaScript the drawing remains, with a sentence that says what it shows.
"""

import json
from html import escape
from itertools import permutations
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
CHAPTERS = {
    "coalitions": "7-interpretability/shapley-values",
    "threshold": "9-practice/validate-thoroughly",
}
WIDTH, HEIGHT = 640, 260


def chapter(name):
    """The notebook that exports the numbers of a figure."""
    return NOTEBOOKS / f"{CHAPTERS[name]}.ipynb"


def numbers(name):
    """What `helpers.notebook.export` left in the stored notebook."""
    for cell in json.loads(chapter(name).read_text())["cells"]:
        for output in cell.get("outputs", []):
            found = output.get("metadata", {}).get("explore", {})
            if found.get("figure") == name:
                return found
    raise ValueError(f"{chapter(name)}: expected export({name!r}, ...), found none")


def text(x, y, said, anchor="start", kind=""):
    """A line of text in a drawing."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(said)}</text>'
    )


def drawing(inside, title, height=HEIGHT):
    """A drawing that scales with the page and has a name."""
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">{inside}</svg>'


def gains(worth, order):
    """What each player adds when the players come in this order; `worth` by bit mask."""
    here, found = 0, [0.0] * len(order)
    for player in order:
        found[player] = worth[here | 1 << player] - worth[here]
        here |= 1 << player
    return found


def shapley(worth, players):
    """The mean gain of each player over all orders."""
    found = [gains(worth, order) for order in permutations(range(players))]
    return [sum(column) / len(found) for column in zip(*found, strict=True)]


def bar(value, y, zero, scale, kind):
    """A bar to the right of zero, or to the left."""
    left = zero + scale * min(value, 0)
    return f'<rect class="{kind}" x="{left:.1f}" y="{y}" width="{abs(scale * value):.1f}" height="14"/>'


def draw_coalitions(data):
    """Two bars a player: its Shapley value, and what it brings now, which the script moves."""
    players = range(len(data["players"]))
    values, row = shapley(data["worth"], len(players)), 46
    every = [gain for order in permutations(players) for gain in gains(data["worth"], order)]
    low, high = min(0, *every), max(0, *every)
    scale = (WIDTH - 230) / (high - low)
    zero = 130 - scale * low
    bottom = 16 + row * len(values)
    inside = f'<line class="zero" x1="{zero:.1f}" x2="{zero:.1f}" y1="8" y2="{bottom}"/>'
    for number, value in enumerate(values):
        y = 16 + row * number
        inside += text(110, y + 19, data["players"][number], "end")
        inside += bar(value, y, zero, scale, "value")
        inside += bar(0, y + 16, zero, scale, "now")
        inside += text(WIDTH - 4, y + 12, f"{value:+.2f}".replace("-", "−"), "end", "small")
        inside += text(WIDTH - 4, y + 28, "", "end", "small gain")
    said = ", ".join(f"{n} {v:+.2f}" for n, v in zip(data["players"], values, strict=True))
    box = drawing(inside, f"Shapley values: {said}", bottom + 6)
    return box.replace("<svg ", f'<svg data-zero="{zero:.2f}" data-scale="{scale:.2f}" ', 1)


def draw_threshold(data):
    """Two histograms of scores, one above and one below the axis, and the threshold between."""
    step = WIDTH / len(data["positive"])
    tall = 105 / max(data["positive"] + data["negative"])
    inside = ""
    for kind, up in (("positive", True), ("negative", False)):
        for number, count in enumerate(data[kind]):
            top = 130 - count * tall if up else 132
            inside += (
                f'<rect class="{kind}" x="{number * step:.1f}" y="{top:.1f}" '
                f'width="{step - 1:.1f}" height="{count * tall:.1f}"/>'
            )
    middle = WIDTH / 2
    inside += f'<line class="threshold" x1="{middle}" x2="{middle}" y1="14" y2="246"/>'
    inside += text(4, 24, f"{data['names'][1]} (above)", kind="small")
    inside += text(4, 250, f"{data['names'][0]} (below)", kind="small")
    inside += text(WIDTH - 4, 250, "score of the model, 0 to 1", "end", "small")
    return drawing(inside, data["about"])


DRAW = {"coalitions": draw_coalitions, "threshold": draw_threshold}


def figure(name):
    """The whole figure: drawing, numbers, an empty place for the controls, what it shows."""
    data = numbers(name)
    kept = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<figure class="explore" data-explore="{name}">{DRAW[name](data)}'
        f'<div class="controls" hidden></div><p class="said" role="status" aria-live="polite"></p>'
        f"<figcaption>{escape(data['about'])} {escape(data['source'])}</figcaption>"
        f'<script type="application/json">{kept}</script></figure>'
    )


class Explore(SphinxDirective):
    """One figure by name."""

    required_arguments = 1

    def run(self):
        """HTML; an unknown name is an error with those that exist."""
        name = self.arguments[0]
        if name not in DRAW:
            raise self.error(f"explore: expected one of {', '.join(DRAW)}, found {name!r}")
        self.env.note_dependency(str(chapter(name)))
        return [nodes.raw("", figure(name), format="html")]


def setup(app):
    """Register directive, script and style."""
    app.add_directive("explore", Explore)
    app.add_js_file("explore.js", loading_method="defer")
    app.add_css_file("explore.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
