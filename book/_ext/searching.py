"""What the search finds: a chapter's words as index entries, and joined forms of its hyphens.

The scores are in book/_static/search.js. A reader who types "unet" means "U-Net".
"""

import re
from collections import Counter

import curriculum
from docutils import nodes
from sphinx import addnodes
from sphinx.util.index_entries import split_index_msg

HYPHENATED = re.compile(r"\b[^\W_]+(?:-[^\W_]+)+\b")
OFTEN = 4  # times that a chapter uses a hyphenated word for the word to lead to it


def joined(word):
    """A word as it is typed in haste: without hyphens, in small letters."""
    return word.replace("-", "").lower()


def prose(doctree):
    """The text of a page without code and outputs."""
    return "\n".join(node.astext() for node in doctree.findall(nodes.TextElement) if said(node))


def said(node):
    """Whether a node is a paragraph or a heading, and so read by a person."""
    return isinstance(node, nodes.paragraph | nodes.title | nodes.term)


def leading(doctree, text):
    """The words that lead to a page: its keywords, and the hyphenated words it uses often.

    A word that is the keyword of some chapter leads there, however often others use it.
    """
    keywords = [
        word.strip()
        for meta in doctree.findall(nodes.meta)
        if meta.get("name") == "keywords"
        for word in meta["content"].split(",")
    ]
    taken = {joined(word) for chapter in curriculum.chapters() for word in chapter.words}
    often = [w for w, times in Counter(HYPHENATED.findall(text)).items() if times >= OFTEN]
    often = [word for word in often if joined(word) not in taken]
    return dict.fromkeys(form for word in [*keywords, *often] for form in (word, joined(word)))


def index(app, doctree):
    """Add index entries and joined forms to a chapter that has just been read."""
    if not app.env.docname.startswith("notebooks/"):
        return
    text = prose(doctree)
    section = next(doctree.findall(nodes.section), None)
    if section is None:
        return
    words = [word for word in leading(doctree, text) if word]
    entries = [("single", word, section["ids"][0], "main", None) for word in words]
    section.insert(1, addnodes.index(entries=entries))
    forms = sorted({joined(word) for word in HYPHENATED.findall(text)})
    section += nodes.meta(name="keywords", content=", ".join(forms))


def keep_index(app):
    """Keep the index entries of pages that this build does not write again (sphinx issue 12599)."""
    kept = app.builder.indexer._index_entries if app.builder.search else {}
    for page, entries in app.env.get_domain("index").entries.items():
        if page not in kept:
            kept[page] = sorted(
                {
                    (part, target, main)
                    for kind, value, target, main, _ in entries
                    for part in split_index_msg(kind, value)
                }
            )
    return []


def setup(app):
    """Register the events; the first one after the keywords have been added."""
    app.connect("doctree-read", index, priority=900)
    app.connect("html-collect-pages", keep_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
