"""Terms lead to chapters and back, and readers find chapters by other names."""

import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
import terms as t  # noqa: E402

SITE = ROOT / "_build" / "html"
TERMS = t.glossary_terms(t.complete())


def test_every_word_belongs_to_a_term():
    assert list(t.faults(TERMS, yaml.safe_load(t.WORDS.read_text())["terms"])) == []


def test_a_term_that_a_chapter_brings_stands_in_the_glossary_in_order():
    text = t.glossary(t.GLOSSARY.read_text(), {"Baseless claim": "One without a check."})
    terms = t.glossary_terms(text)
    assert terms.index("Baseless claim") + 1 == terms.index("baseline")
    assert "Baseless claim\n  One without a check.\n\nbaseline" in text
    assert t.glossary(text, {}) == text


def test_a_wrong_word_is_reported_with_file_line_and_remedy():
    words = yaml.safe_load(t.WORDS.read_text())["terms"]
    said = "\n".join(t.faults([x for x in TERMS if x != "batch"], {**words, "epochh": []}))
    assert "'epochh' is not a term of book/glossary.md; add it there" in said
    line = 1 + next(k for k, x in enumerate(t.WORDS.read_text().splitlines()) if "batch:" in x)
    assert f"words.yml:{line}: 'batch'" in said


def test_terms_are_found_as_whole_words_only():
    texts = {"a": "An epoch ends.", "b": "Epochal epoch-making.", "c": "many epochs", "d": "rates"}
    found = t.users(["epoch", "learning rate"], {"learning rate": ["rates"]}, texts)
    assert found == {"epoch": ["a", "c"], "learning rate": ["d"]}


def test_a_path_keeps_its_order_and_leaves_out_what_is_planned():
    text = "# T\n\n## A reader\n\n1. {doc}`/notebooks/x/b`\n2. {doc}`/notebooks/x/p`\n3. {doc}`/notebooks/x/a`\n"
    assert t.reading_paths(text, {"x/a", "x/b"}) == {"A reader": ["x/b", "x/a"]}


@pytest.mark.skipif(not SITE.exists(), reason="the site is not built: run `make book`")
def test_the_site_links_both_ways():
    glossary = (SITE / "book" / "glossary.html").read_text()
    used = t.users(TERMS, yaml.safe_load(t.WORDS.read_text())["terms"], t.chapters())
    assert sum(map(bool, used.values())) >= 30
    for term, names in used.items():
        anchor = f"term-{re.sub('[ /]', '-', term)}"
        assert f'id="{anchor}"' in glossary
        for name in names:
            assert f'href="../notebooks/{name}.html"' in glossary, (term, name)
            page = (SITE / "notebooks" / f"{name}.html").read_text()
            assert f"glossary.html#{anchor}" in page, (term, name)


@pytest.mark.skipif(not SITE.exists(), reason="the site is not built: run `make book`")
def test_a_chapter_names_its_neighbours_on_each_path():
    for reader, names in t.reading_paths(t.PATHS.read_text(), t.chapters()).items():
        for before, after in zip(names, names[1:], strict=False):
            page = (SITE / "notebooks" / f"{before}.html").read_text()
            box = page.split('class="lead-on', 1)[1].split("</div>")[0]
            assert f"/{after.split('/')[1]}.html" in box or f'"{after.split("/")[1]}.html' in box, (
                reader
            )
