"""What the theme and its extensions leave unusable by keyboard or wrong in the markup."""

from docutils import nodes


def without_thebe(app, pagename, templatename, context, doctree):
    """Thebe runs cells on a server; we do not use it, and it is included twice."""

    def wanted(script):
        said = f"{getattr(script, 'filename', '')} {getattr(script, 'attributes', {})}"
        return "thebe" not in said.lower()

    context["script_files"] = [script for script in context["script_files"] if wanted(script)]


def list_items(app, pagename, templatename, context, doctree):
    """Docutils gives bibliography entries a role that ARIA has dropped, inside a list."""
    body = context.get("body") or ""
    context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def unique_ids(app, doctree, docname):
    """sphinx-exercise gives the content of every exercise the same id."""
    for number, section in enumerate(doctree.findall(nodes.section)):
        if section["ids"] in (["exercise-content"], ["solution-content"]):
            section["ids"] = [f"{section['ids'][0]}-{number}"]


def setup(app):
    """Register the events and the script that makes scrolling regions focusable."""
    app.add_js_file("book.js", loading_method="defer")
    app.connect("html-page-context", without_thebe, priority=900)
    app.connect("html-page-context", list_items)
    app.connect("doctree-resolved", unique_ids)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
