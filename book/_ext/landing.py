"""The first page: how much is there, and one picture with one finding a chapter.

The pictures are the figures stored in the notebooks, scaled and joined to one sheet a part, so
that the page asks for few files. A picture that is no longer in its notebook is left out.
"""

import base64
import io
from collections import Counter
from functools import cache
from html import escape
from pathlib import Path

import atlas
from curriculum import PARTS, chapters, code_cells, evidence, written
from docutils import nodes
from PIL import Image
from sources import read_yaml
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "book" / "data" / "gallery.yml"
WIDTH, HEIGHT = 600, 400  # of one picture, in pixels: twice what a card shows


def counts():
    """What the first page says about the state of the book."""
    states = Counter(row["state"] for row in atlas.read())
    return {
        "written": len(written()),
        "planned": len(chapters()),
        "runs": states["runs"],
        "shown": states["runs"] + states["shown"],
        "named": states.total(),
    }


counted = cache(counts)  # a build changes nothing


def finding(chapter):
    """Figure and sentence of a chapter: its own, or those of the gallery's file."""
    own = chapter.finding if "sentence" in chapter.finding else {}
    return own or read_yaml(GALLERY).get(chapter.name, {})


def picture(chapter):
    """The stored figure that a finding names by words of its alt text: alt text and PNG, or None."""
    words = " ".join(finding(chapter).get("figure", "").split())
    for cell in code_cells(chapter.notebook) if words else ():
        alt = " ".join(cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "").split())
        for output in cell["outputs"]:
            png = output.get("data", {}).get("image/png")
            if png and alt.startswith(words):
                return alt, base64.b64decode("".join(png))
    return None


@cache
def thumbnail(png):
    """A figure on a white card of fixed size."""
    figure = Image.open(io.BytesIO(png)).convert("RGBA")
    figure.thumbnail((WIDTH - 24, HEIGHT - 24), Image.Resampling.LANCZOS)
    card = Image.new("RGB", (WIDTH, HEIGHT), "white")
    place = ((WIDTH - figure.width) // 2, (HEIGHT - figure.height) // 2)
    card.paste(figure, place, figure)
    return card


def shown(part):
    """The chapters of a part that have a picture, each with alt text and PNG."""
    found = [(c, picture(c)) for c in written() if c.part == part]
    return [(chapter, *found) for chapter, found in found if found]


def sheet(pictures):
    """The pictures of one part, one below the other, as WebP."""
    joined = Image.new("RGB", (WIDTH, HEIGHT * len(pictures)), "white")
    for number, png in enumerate(pictures):
        joined.paste(thumbnail(png), (0, number * HEIGHT))
    file = io.BytesIO()
    joined.save(file, "WEBP", quality=70, method=6)
    return file.getvalue()


def card(part, number, total, chapter, alt):
    """One chapter: its part of the sheet, its name as the link of the whole card, its finding."""
    height = 100 * number / max(total - 1, 1)
    return (
        f'<figure class="card"><img src="../_static/gallery-{part}.webp" alt="{escape(alt)}" '
        f'width="{WIDTH}" height="{HEIGHT}" loading="lazy" style="object-position: 0 {height:.2f}%">'
        f'<figcaption><a href="../notebooks/{chapter.name}.html">{escape(chapter.title)}</a>'
        f"<span>{escape(finding(chapter)['sentence'])}</span></figcaption></figure>"
    )


class Gallery(SphinxDirective):
    """A card for each written chapter with a finding."""

    def run(self):
        """HTML for the page `book/index`; nothing on the one page that is printed."""
        for path in (GALLERY, *evidence()):
            self.env.note_dependency(str(path))
        if self.env.app.builder.name != "html":
            return []
        cards = []
        for part in PARTS:
            inside = shown(part)
            cards += [
                card(part, number, len(inside), chapter, alt)
                for number, (chapter, alt, _) in enumerate(inside)
            ]
        return [nodes.raw("", f'<div class="gallery">{"".join(cards)}</div>', format="html")]


def count(name, rawtext, text, lineno, inliner, options=None, content=None):
    """Role: one of `counts()` as a number."""
    return [nodes.strong(rawtext, str(counted()[text]))], []


def write_sheets(app, error):
    """Write the pictures beside the other static files."""
    if error or app.builder.name != "html":
        return
    for part in PARTS:
        if inside := shown(part):
            path = Path(app.outdir) / "_static" / f"gallery-{part}.webp"
            path.write_bytes(sheet([png for *_, png in inside]))


def setup(app):
    """Register directive, role and event."""
    app.add_directive("gallery", Gallery)
    app.add_role("count", count)
    app.connect("build-finished", write_sheets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
