"""What a page loads: one style sheet and two scripts for all pages, the rest only where used.

The theme and its extensions put forty files, 3.6 MB, on every page. Here each page keeps what
its content asks for; what every page needs is joined after the build.
"""

import re
import shutil
from pathlib import Path

from icons import icon_style

STYLES = ["basic.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css", "pygments.css"]
STYLES += ["styles/sphinx-book-theme.css"]
HEAD = ["documentation_options.js", "doctools.js", "sphinx_highlight.js"]
END = ["scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js", "scripts/sphinx-book-theme.js"]
END += ["book.js"]
NEVER = "thebe|DOCUMENTATION_OPTIONS.pagename"  # they call a server, or a version switcher
# Part of a file's name or of an inline script: what the page must hold for it to be loaded.
NEEDS = {
    "mathjax": r'class="[^"]*\bmath\b',
    "clipboard|copybutton": r'class="highlight',
    "toggle": r'class="[^"]*\b(toggle|dropdown|tag_hide|hide)',
    "mystnb": r'class="[^"]*\bcell',
    "exercise": r'class="[^"]*\b(exercise|solution)',
    "sphinx-design|design-tabs": r'class="[^"]*\bsd-',
    "atlas.": r'id="atlas"',
    "resources.": r'class="[^"]*\bresources\b',
    "finder.": r"^book/finder$",
    "explore.": r'class="[^"]*\bexplore\b',
}


def wanted(said, page):
    """Whether a page, given as its name and its body, needs a file or an inline script."""
    if re.search(NEVER, said):
        return False
    for part, sign in NEEDS.items():
        if any(name.lower() in said.lower() for name in part.split("|")):
            return re.search(sign, page, re.M) is not None
    return True


def described(asset):
    """Address, or text, of what Sphinx is about to load."""
    name = getattr(asset, "filename", None)
    return str(name) if name else str(getattr(asset, "attributes", {}).get("body", asset))


def keep_needed(app, pagename, templatename, context, doctree):
    """Drop from a page what it does not need, and what the joined files hold."""
    page = f"{pagename}\n{context.get('body') or ''}"
    joined = {f"_static/{name}" for name in STYLES + HEAD + END}
    for kind in ("css_files", "script_files"):
        context[kind] = [
            asset
            for asset in context[kind]
            if described(asset).split("?")[0] not in joined and wanted(described(asset), page)
        ]


def join(static, names):
    """The text of several files, one after the other."""
    return "\n".join((static / name).read_text() for name in names)


def write_joined(app, error):
    """Write the joined files when all pages are there, and remove the fonts they replace."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    fonts = next((static / "vendor" / "fontawesome").glob("*"))
    texts = [path.read_text() for path in out.rglob("*.html")]
    styles = join(static, STYLES)
    others = [(static / name).read_text() for name in ("exercise.css",)]
    icons = icon_style(fonts, texts, [styles, *others])
    (static / "site.css").write_text(icons + styles)
    (static / "site.js").write_text(join(static, HEAD))
    (static / "site-end.js").write_text(join(static, END))
    shutil.rmtree(static / "vendor")


def setup(app):
    """Register the joined files and the events, after every extension has added its files."""
    app.add_css_file("site.css", priority=100)
    app.add_js_file("site.js", priority=100)
    app.connect("html-page-context", keep_needed, priority=990)
    app.connect("build-finished", write_joined, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
