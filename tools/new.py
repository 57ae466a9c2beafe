"""A new chapter: `make new CHAPTER=part/name` writes its files, with what is demanded marked TODO.

A planned chapter keeps what its yml says and becomes a draft: it still counts as planned until
`draft: true` is removed. `make missing CHAPTER=part/name` lists what is missing.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))
import curriculum  # noqa: E402

YML = """title: {title}
section: '{section}'  # TODO as in the survey, for instance 4.3.1
place: {place}
runs: to be written  # TODO what is built by hand
words: [{words}]  # TODO words by which readers look for it
"""
DRAFT = """draft: true
prerequisites: []
extras: []
comparisons:  # written before the first run; only what stands here becomes a claim
- question: TODO
  against: TODO the strongest cheap rival
  unit: TODO what would be new, a patient or a site
  says_no: TODO the result that would refute it
"""
CARD = """# {title}

*TODO the scientist's question?*

:::{{admonition}} This chapter
:class: chapter-card
**Survey section** {section} · **Level** TODO · **Data** TODO embedded, cited or simulated · **Time** {{chapter-time}}`{name}`

**You need** TODO {{doc}}`supervised learning <../4-models/supervised-learning>`

**You will be able to** *TODO*; *TODO*; *TODO*.
:::"""
FIGURE = {"mystnb": {"image": {"alt": "TODO what the stored figure shows, in a sentence or two."}}}
OPEN = """```{{exercise}} TODO
:label: {slug}-ex{number}
TODO
```

```{{solution-start}} {slug}-ex{number}
:class: dropdown
```"""
# (Markdown or code, metadata): the parts of a chapter in their order
PARTS = [
    ("## The idea\n\nTODO plain words, a diagram, the objective as an equation", None),
    ("## TODO by hand\n\nTODO a motive before each piece of code", None),
    ('check("TODO the part by hand has its closed form", 1.0, 1, 1, kind="agrees")', {}),
    ("## With the library", None),
    ('check("TODO by hand agrees with the library", 0.0, high=1e-6, kind="agrees")', {}),
    ("## On scientific data\n\nTODO a row, its units, the split and why; the rivals first", None),
    ('check("TODO the rival scores", 1.0, low=0)\ncheck("TODO the gain", 1.0, low=0)', {}),
    ("import matplotlib.pyplot as plt\n\nplt.plot([0, 1]);", FIGURE),
    ("TODO what to see, how large it is, how sure", None),
    ("## What goes wrong\n\nTODO a failure provoked, recognised, repaired", None),
    ('check("TODO it goes wrong", 1.0, low=0)\ncheck("TODO it is mended", 1.0, low=0)', {}),
    ("## What this page does not show\n\nTODO the doubts that remain", None),
    ("## In science\n\nTODO what was learned, with citations", None),
    ("## Your own data\n\nTODO `start(data=...)` runs the whole chapter on it", None),
    ("## Check yourself\n\nTODO three questions, each answer with a reason", None),
    ("## Exercises", None),
    ("{open 1}", None),
    ('check("TODO the answer to the first", 1.0, low=0)', {}),
    ("```{solution-end}\n```", None),
    ("{open 2}", None),
    ('check("TODO the answer to the second", 1.0, low=0)', {}),
    ("```{solution-end}\n```", None),
    ("## You can now\n\nTODO the three verbs again, with this page's numbers", None),
]


def skeleton(chapter):
    """The notebook of a new chapter."""
    slug = chapter.name.split("/")[1]
    card = CARD.format(title=chapter.title, section=chapter.section, name=chapter.name)
    cells = [nbformat.v4.new_markdown_cell(card)]
    cells.append(nbformat.v4.new_code_cell(curriculum.install_cell(chapter)))
    cells[-1].metadata["tags"] = ["remove-cell"]
    cells.append(
        nbformat.v4.new_code_cell("from helpers.notebook import check, start\n\nstart(seed=0)")
    )
    for text, metadata in PARTS:
        if text.startswith("{open"):
            text = OPEN.format(slug=slug, number=text[-2])
        if metadata is None:
            cells.append(nbformat.v4.new_markdown_cell(text))
        else:
            cells.append(nbformat.v4.new_code_cell(text, metadata=metadata))
    return nbformat.v4.new_notebook(cells=cells)


def write(path, text):
    """Write a file that is not there yet."""
    if not path.exists():
        path.write_text(text)
        print(f"wrote {path.relative_to(ROOT)}")


def new(name):
    """Write the files of a chapter; what exists already is kept."""
    part, slug = name.split("/")
    yml = ROOT / "notebooks" / f"{name}.yml"
    last = max([c.place for c in curriculum.chapters() if c.part == part], default=0)
    title = slug.replace("-", " ").capitalize()
    asked = {
        "title": title,
        "section": part[0],
        "place": last + 10,
        "words": slug.replace("-", ", "),
    }
    text = yml.read_text() if yml.exists() else YML.format(**asked)
    if "draft:" not in text and not yml.with_suffix(".ipynb").exists():
        yml.write_text(text.rstrip("\n") + "\n" + DRAFT)
        print(f"wrote {yml.relative_to(ROOT)}")
    chapter = next(c for c in curriculum.chapters() if c.name == name)
    write(chapter.notebook, nbformat.writes(skeleton(chapter)) + "\n")
    write(
        chapter.beside("bib"),
        "% The chapter's own sources; the survey's are in book/references.bib.\n",
    )
    write(chapter.beside("mutants.py"), MUTANTS.format(name=name))


MUTANTS = '''"""What each check of {name} is killed by; see tools/proofs.py."""

MUTANTS = []  # TODO one for each system and each claim of kind holds or result
'''


def main():
    """Make each chapter named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapters", nargs="+", metavar="part/name")
    for name in parser.parse_args().chapters:
        if (
            not re.fullmatch(r"[1-9]-[a-z0-9-]+/[a-z0-9-]+", name)
            or name.split("/")[0] not in curriculum.PARTS
        ):
            sys.exit(
                f"no part {name.split('/')[0]!r}: expected part/name, the part one of {', '.join(curriculum.PARTS)}"
            )
        new(name)
    print("next: make missing CHAPTER=" + name)


if __name__ == "__main__":
    main()
