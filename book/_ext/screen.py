"""Figures and printed outputs that can be read on a phone and are crisp on a dense screen."""

import re
import struct
from pathlib import Path

from docutils import nodes

DPI = 120  # of helpers/plots/style.py: a figure with more dots is shown no larger, only sharper
IMAGE = re.compile(r'<img ([^>]*?)src="([^"]*_images/([^"/]+\.png))"([^>]*?)/?>')
STYLE = re.compile(r' ?style="width: \d+px; height: \d+px;"')
GAP = re.compile(r"\S {2,}\S")


def size(path):
    """Width and height of a PNG in CSS pixels, as Jupyter shows it; resolution by its pHYs."""
    head = path.read_bytes()[:200]
    width, height = struct.unpack(">II", head[16:24])
    place = head.find(b"pHYs")
    dpi = struct.unpack(">I", head[place + 4 : place + 8])[0] * 0.0254 if place > 0 else DPI
    scale = max(1, round(dpi / DPI))
    return round(width / scale), round(height / scale)


def sized(html, files):
    """Give every figure its size, so that nothing jumps, and load all but the first when near."""
    number = 0

    def one(found):
        nonlocal number
        before, address, name, after = found.groups()
        if name not in files or "width=" in before + after:
            return found[0]
        after = STYLE.sub("", after)  # Jupyter's own size, which would hide ours
        width, height = size(files[name])
        lazy = 'loading="lazy" ' if number else ""
        number += 1
        return (
            f'<img {before}src="{address}"{after}{lazy}width="{width}" height="{height}" '
            f'style="--natural: {width}px"/>'
        )

    return IMAGE.sub(one, html)


def figures(app, pagename, templatename, context, doctree):
    """Sizes for the figures of one page."""
    if app.builder.name == "html" and "_images/" in (context.get("body") or ""):
        files = {name: Path(app.srcdir) / path for path, name in app.builder.images.items()}
        context["body"] = sized(context["body"], files)


def is_table(text):
    """Whether a printed output holds columns, which wrapped lines would tear apart."""
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 1 and sum(bool(GAP.search(line)) for line in lines) > 0.6 * len(lines)


def outputs(app, doctree, docname):
    """Mark printed tables: they scroll, every other output wraps."""
    for block in doctree.findall(nodes.literal_block):
        if "output" in block["classes"] and is_table(block.astext()):
            block["classes"].append("columns")


def setup(app):
    """Register the events."""
    app.connect("html-page-context", figures)
    app.connect("doctree-resolved", outputs)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
