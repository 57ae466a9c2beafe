"""The first page: true counts, a picture from each notebook, a sentence for each."""

import io
import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "book" / "_ext"))
import landing  # noqa: E402
from curriculum import chapters, written  # noqa: E402

built = pytest.mark.skipif(
    not (SITE / "book" / "index.html").exists(), reason="the site is not built: run `make book`"
)


def test_the_counts_are_those_of_the_files():
    said = landing.counts()
    on_disk = {f"{p.parent.name}/{p.stem}" for p in ROOT.glob("notebooks/*/*.ipynb")}
    named = {c.name for c in chapters() if not c.draft}
    assert said["written"] == len(on_disk & named) <= said["planned"]
    assert 0 <= said["runs"] <= said["shown"] < said["named"]
    assert said["shown"] > 0


@pytest.mark.parametrize("chapter", written(), ids=lambda chapter: chapter.name)
def test_each_chapter_has_a_picture_that_is_stored_in_it(chapter):
    assert landing.finding(chapter), f"{chapter.name}: no finding in its yml or gallery.yml"
    found = landing.picture(chapter)
    assert found, f"{chapter.name}: no stored figure has an alt text that begins with its words"
    assert 30 < len(landing.finding(chapter)["sentence"]) < 160


def test_a_picture_that_is_gone_is_left_out(monkeypatch):
    chapter = written()[0]
    monkeypatch.setattr(landing, "finding", lambda _: {"figure": "no such", "sentence": "x"})
    assert landing.picture(chapter) is None
    assert landing.shown(chapter.part) == []


def test_the_gallery_names_chapters_of_the_curriculum():
    names = {chapter.name for chapter in chapters()}
    assert set(yaml.safe_load(landing.GALLERY.read_text())) <= names


def test_a_sheet_holds_one_picture_below_the_other():
    png = io.BytesIO()
    Image.new("RGB", (90, 30), "red").save(png, "PNG")
    made = Image.open(io.BytesIO(landing.sheet([png.getvalue()] * 3)))
    assert made.size == (landing.WIDTH, 3 * landing.HEIGHT)
    red, _, blue = made.getpixel((landing.WIDTH // 2, landing.HEIGHT * 3 // 2))
    assert red > 200 > 60 > blue
    assert min(made.getpixel((3, landing.HEIGHT + 3))) > 240


@built
def test_the_page_says_the_counts_and_shows_the_pictures():
    text = (SITE / "book" / "index.html").read_text()
    said = landing.counts()
    for name in ("written", "planned", "runs", "shown", "named"):
        assert f"<strong>{said[name]}</strong>" in text
    for chapter in written():
        assert f'href="../notebooks/{chapter.name}.html"' in text.split('class="gallery"')[1]
