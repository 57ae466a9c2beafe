"""Words that lead on: terms to chapters and back, synonyms for the search, reading paths.

A chapter ends with the terms of the glossary that it uses and its neighbours on each reading
path; the glossary names the chapters that use a term. All of it is found in the sources, so that
nothing has to be kept in step by hand.
"""

import re
from pathlib import Path

import curriculum
from docutils import nodes
from sources import read_yaml
from sphinx import addnodes

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = ROOT / "book" / "glossary.md"
PATHS = ROOT / "book" / "reading-paths.md"
WORDS = ROOT / "book" / "data" / "words.yml"


def glossary(text, added):
    """The glossary's page with the terms that chapters bring, in alphabetical order."""
    before, rest = text.split("```{glossary}\n", 1)
    block, after = rest.split("```", 1)
    entries = re.split(r"\n\n+", block.strip())
    entries += [f"{term}\n  {definition}" for term, definition in added.items()]
    body = "\n\n".join(sorted(entries, key=str.casefold))
    return f"{before}```{{glossary}}\n{body}\n```{after}"


def glossary_terms(text):
    """The terms of the glossary, in its order."""
    block = text.split("```{glossary}")[1].split("```")[0]
    return [line.strip() for line in block.splitlines() if line and not line.startswith(" ")]


def of_chapters():
    """The terms that chapters bring, each with its definition."""
    return {term: said for c in curriculum.written() for term, said in c.terms.items()}


def complete():
    """The whole glossary as Markdown."""
    return glossary(GLOSSARY.read_text(), of_chapters())


def chapters():
    """Chapter name to the text of its Markdown cells, for those that are written."""
    found = {}
    for chapter in curriculum.written():
        cells = curriculum.notebook_json(chapter.notebook)["cells"]
        found[chapter.name] = "\n".join(
            "".join(c["source"]) for c in cells if c["cell_type"] == "markdown"
        )
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


def faults(terms, words):
    """What is wrong in words.yml, with file, line and what to change."""
    lines = WORDS.read_text().splitlines()
    for term in words:
        if term not in terms:
            line = next((n for n, s in enumerate(lines, 1) if s.strip().startswith(f"{term}:")), 0)
            yield f"book/data/words.yml:{line}: {term!r} is not a term of book/glossary.md; add it there"


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
    if page == "book/glossary" or page.startswith("notebooks/"):
        words, texts, terms = read_yaml(WORDS)["terms"], chapters(), glossary_terms(complete())
        if page == "book/glossary":
            tell_users(doctree, users(terms, words, texts))
        else:
            finish_chapter(doctree, page.removeprefix("notebooks/"), terms, words, texts)
    keywords = search_words(page)
    if keywords:
        doctree += nodes.meta(name="keywords", content=", ".join(keywords))
    for path in depends_on(page):
        app.env.note_dependency(str(path))


def depends_on(page):
    """Files whose change makes a page out of date, besides its own."""
    if page.startswith("notebooks/"):
        return [GLOSSARY, PATHS, WORDS, *curriculum.sources()]
    if page == "book/glossary":
        notebooks = [chapter.notebook for chapter in curriculum.written()]
        return [WORDS, *curriculum.sources(), *notebooks]
    return curriculum.sources() if page.startswith("book/parts/") else []


def search_words(page):
    """The words that lead to a page: of the chapter, or of all planned chapters of a part."""
    known = curriculum.chapters()
    if page.startswith("notebooks/"):
        return [word for c in known if f"notebooks/{c.name}" == page for word in c.words]
    if page.startswith("book/parts/"):
        planned = [c for c in known if f"book/parts/{c.part}" == page and not c.written]
        return [word for chapter in planned for word in chapter.words]
    return []


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
    used = [term for term, where in users(terms, words, mine).items() if where]
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


def complete_glossary(app, docname, source):
    """Replace the glossary's page by the whole one."""
    if docname == "book/glossary":
        source[0] = glossary(source[0], of_chapters())


def setup(app):
    """Register the events."""
    app.connect("source-read", complete_glossary)
    app.connect("doctree-read", lead_on)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
