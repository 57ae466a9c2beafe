"""The search index of a site that is built a second time."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "book" / "_ext"))


def indexed(source, *extensions):
    """Words of the index with their pages, after one build of a small site."""
    from sphinx.application import Sphinx

    out = source.parent / "out"
    said = {"extensions": list(extensions)}
    Sphinx(source, None, out, out / ".doctrees", "html", said, status=None, warning=None).build()
    text = (out / "searchindex.js").read_text()
    found = json.loads(text[text.index("(") + 1 : text.rindex(")")])
    return {w: found["docnames"][at[0][0]] for w, at in found["indexentries"].items()}


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("index", "other", "third"):
        (folder / f"{name}.rst").write_text(
            f":orphan:\n\n{name}\n=====\n\n.. index:: word of {name}\n\nText.\n"
        )
    return folder


def test_a_second_build_keeps_the_index_entries_of_pages_that_did_not_change(source):
    first = indexed(source, "searching")
    assert first == {f"word of {name}": name for name in ("index", "other", "third")}
    (source / "other.rst").write_text((source / "other.rst").read_text() + "\nMore.\n")
    assert indexed(source, "searching") == first


def test_sphinx_alone_loses_them(source):
    """If this fails, Sphinx has mended its issue 12599, and `keep_index` can go."""
    indexed(source)
    (source / "other.rst").write_text((source / "other.rst").read_text() + "\nMore.\n")
    assert "word of third" not in indexed(source)
