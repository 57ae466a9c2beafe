"""The package's pages: sections, sources, chapters."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "book" / "_ext"))
import api  # noqa: E402

built = pytest.mark.skipif(
    not (SITE / "book" / "api").exists(), reason="the site is not built: run `make book`"
)


def test_the_short_form_of_raises_becomes_a_section_with_indented_text():
    given = [
        "Raises",
        "------",
        "ValueError, KeyError : for this",
        "and that.",
        "",
        "Notes",
        "-----",
    ]
    given += ["Shape : as given."]
    made = list(api.raised_below(given))
    assert made[2:5] == ["ValueError, KeyError", "    for this", "    and that."]
    assert made[-1] == "Shape : as given.", "other sections stay"


def test_a_chapter_that_is_written_becomes_a_link_and_a_planned_one_does_not():
    def improved(text):
        lines = [text]
        api.improve(None, "module", "x", None, None, lines)
        return lines[0]

    assert ":doc:`/notebooks/8-advanced/gans`" in improved("(chapter 8-advanced/gans).")
    assert improved("chapter 9-practice/no-such") == "chapter 9-practice/no-such"
    assert ":doc:" not in improved("see notebooks/8-advanced/gans.ipynb")


def test_a_thing_is_used_by_the_chapters_that_import_it():
    assert "7-interpretability/shapley-values" in api.users()["helpers.interpret.shapley.exact"]
    assert list(api.imported("%pip x\nfrom helpers.a.b import c, d\nimport os")) == [
        "helpers.a.b.c",
        "helpers.a.b.d",
    ]


def test_the_source_of_a_thing_is_its_lines():
    api.source.base = "https://example.org/blob/main"
    address = api.source("py", {"module": "helpers.train.loop", "fullname": "fit"})
    file, lines = address.removeprefix("https://example.org/blob/main/").split("#")
    first, last = (int(part.removeprefix("L")) for part in lines.split("-"))
    text = (ROOT / file).read_text().splitlines()
    assert any("def fit(" in line for line in text[first - 1 : first + 2])
    assert last > first
    assert api.source("py", {"module": "helpers.train.loop", "fullname": "nothing"}) is None


@built
@pytest.mark.parametrize(
    "path", sorted((SITE / "book" / "api").glob("*.html")), ids=lambda p: p.stem
)
def test_a_page_has_no_raw_field_and_links_source_and_chapters(path):
    text = path.read_text()
    assert ":raises" not in text
    assert ":param" not in text
    if path.stem != "index":
        assert "/blob/main/helpers/" in text
        assert "Used in: <a" in text
