"""Words that lead on: terms to chapters and back, synonyms for the search, reading paths.

A chapter ends with the terms of the glossary that it uses and its neighbours on each reading
path; the glossary names the chapters that use a term. All of it is found in the sources, so that
nothing has to be kept in step by hand.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sources import read_yaml
from sphinx import addnodes

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "book" / "glossary.md"
PATHS = ROOT / "book" / "reading-paths.md"
WORDS = ROOT / "book" / "data" / "words.yml"
NOTEBOOKS = ROOT / "notebooks"
CONTENTS = ROOT / "_toc.yml"  # changes when a chapter is added


def glossary_terms(text):
    """The terms of the glossary, in its order."""
    block = text.split("```{glossary}")[1].split("```")[0]
    return [line.strip() for line in block.splitlines() if line and not line.startswith(" ")]


def chapters():
    """Chapter name to the text of its Markdown cells, for those that exist."""
    found = {}
    for path in sorted(NOTEBOOKS.glob("*/*.ipynb")):
        cells = json.loads(path.read_text())["cells"]
        text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        found[f"{path.parent.name}/{path.stem}"] = text
    return found


def users(terms, words, texts):
    """Term to the chapters that use it or one of its other names, as whole words."""
    found = {}
    for term in terms:
        names = "|".join(map(re.escape, [term, *words.get(term, [])]))
        pattern = re.compile(rf"(?<![\w-])(?:{names})(?:s|es)?(?![\w-])", re.I)
        found[term] = [name for name, text in texts.items() if pattern.search(text)]
    return found


def reading_paths(text, existing):
    """Reader to the chapters of the path that exist, in order."""
    found = {}
    for block in re.split(r"^## ", text, flags=re.M)[1:]:
        reader = block.splitlines()[0]
        listed = re.findall(r"\{doc\}`/notebooks/([^`]+)`", block)
        found[reader] = [name for name in listed if name in existing]
    return found


def faults(terms, words, known):
    """What is wrong in words.yml, with file, line and what to change."""
    lines = WORDS.read_text().splitlines()

    def where(key):
        number = next((n for n, t in enumerate(lines, 1) if t.strip().startswith(f"{key}:")), 0)
        return f"book/data/words.yml:{number}"

    for term in words["terms"]:
        if term not in terms:
            yield f"{where(term)}: {term!r} is not a term of book/glossary.md; add it there"
    for name in words["chapters"]:
        if name not in known:
            yield f"{where(name)}: {name!r} is no chapter of book/data/curriculum.yml"
    for name in sorted(known - set(words["chapters"])):
        yield f"book/data/words.yml: no words for {name}; add a line under `chapters`"


def link(chapter):
    """A reference to a chapter, shown with its title."""
    return addnodes.pending_xref(
        "",
        nodes.inline(),
        refdomain="std",
        reftype="doc",
        reftarget=f"/notebooks/{chapter}",
        refexplicit=False,
        refwarn=True,
    )


def listed(label, items):
    """A paragraph: label, items with commas."""
    paragraph = nodes.paragraph("", "", nodes.strong("", label), nodes.Text(" "))
    for number, item in enumerate(items):
        paragraph += [nodes.Text(", ")] * bool(number)
        paragraph += item
    return paragraph


def lead_on(app, doctree):
    """Add what follows from the sources to a page that has just been read."""
    page = app.env.docname
    words = read_yaml(WORDS)
    if page == "book/glossary" or page.startswith("notebooks/"):
        texts, terms = chapters(), glossary_terms(GLOSSARY.read_text())
        if page == "book/glossary":
            tell_users(doctree, users(terms, words["terms"], texts))
        else:
            finish_chapter(doctree, page.removeprefix("notebooks/"), terms, words, texts)
    keywords = search_words(page, words["chapters"])
    if keywords:
        doctree += nodes.meta(name="keywords", content=", ".join(keywords))
    if page == "book/glossary" or page.startswith(("notebooks/", "book/parts/")):
        for path in [GLOSSARY, PATHS, WORDS, CONTENTS, *NOTEBOOKS.glob("*/*.ipynb")]:
            app.env.note_dependency(str(path))


def search_words(page, words):
    """The words that lead to a page: of the chapter, or of all planned chapters of a part."""
    if page.startswith("notebooks/"):
        return words.get(page.removeprefix("notebooks/"), [])
    if page.startswith("book/parts/"):
        part = page.removeprefix("book/parts/")
        planned = [n for n in words if n.split("/")[0] == part and not exists(n)]
        return [word for name in planned for word in words[name]]
    return []


def exists(chapter):
    """Whether a chapter is written."""
    return (NOTEBOOKS / f"{chapter}.ipynb").exists()


def tell_users(doctree, found):
    """In the glossary, name the chapters after each definition."""
    for item in doctree.findall(nodes.definition_list_item):
        names = found.get(item.next_node(nodes.term).astext(), [])
        if names:
            said = listed("In:", [link(name) for name in names])
            said["classes"].append("term-users")
            item.next_node(nodes.definition).append(said)


def finish_chapter(doctree, chapter, terms, words, texts):
    """At the end of a chapter, its terms and its neighbours on each reading path."""
    mine = {chapter: texts[chapter]}
    used = [term for term, where in users(terms, words["terms"], mine).items() if where]
    box = nodes.container(classes=["lead-on"])
    for reader, names in reading_paths(PATHS.read_text(), texts).items():
        if chapter in names:
            box += neighbours(reader, names, names.index(chapter))
    if used:
        box += listed("Terms used here:", [term_link(term) for term in used])
    last = list(doctree.findall(nodes.section))
    (last[0] if last else doctree).append(box)


def neighbours(reader, names, place):
    """One line for one reading path."""
    parts = [link(names[place - 1]), nodes.Text(" ← here")] if place else [nodes.Text("here")]
    if place + 1 < len(names):
        parts += [nodes.Text(" → "), link(names[place + 1])]
    else:
        parts += [nodes.Text(", the end of this path")]
    label = nodes.strong("", f"Reading path, {reader[0].lower()}{reader[1:]}:")
    return nodes.paragraph("", "", label, nodes.Text(" "), *parts)


def term_link(term):
    """A reference into the glossary."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", term),
        refdomain="std",
        reftype="term",
        reftarget=term,
        refexplicit=True,
        refwarn=True,
    )


def setup(app):
    """Register the event."""
    app.connect("doctree-read", lead_on)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
