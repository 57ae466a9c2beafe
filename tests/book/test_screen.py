"""Reading on a phone: code wraps, figures are legible, headings fall in size; and what a page costs."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "book" / "_ext"))
import screen  # noqa: E402

PHONE = {"width": 390, "height": 844}
CHROMIUM = Path("/usr/bin/chromium")
READY = CHROMIUM.exists() and find_spec("playwright") and (SITE / "book" / "index.html").exists()
in_browser = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not READY, reason="needs Chromium, playwright and `make book`"),
]


def seen(test):
    """Mark a test that looks at the built site in a browser."""
    for mark in in_browser:
        test = mark(test)
    return test


def png(path, size, dpi):
    Image.new("L", size).save(path, dpi=(dpi, dpi))
    return path


def test_a_figure_with_twice_the_dots_is_shown_at_the_same_size(tmp_path):
    assert screen.size(png(tmp_path / "a.png", (768, 456), 120)) == (768, 456)
    assert screen.size(png(tmp_path / "b.png", (1536, 912), 240)) == (768, 456)
    html = '<img alt="x" src="../_images/b.png" /><img src="../_images/b.png"/>'
    made = screen.sized(html, {"b.png": tmp_path / "b.png"})
    assert made.count('width="768" height="456"') == 2
    assert made.count("lazy") == 1, "the first is loaded at once"


def test_the_size_that_jupyter_stores_does_not_hide_ours(tmp_path):
    png(tmp_path / "b.png", (768, 456), 120)
    html = '<img src="../_images/b.png" style="width: 767px; height: 455px;"/>'
    assert screen.sized(html, {"b.png": tmp_path / "b.png"}).count("style=") == 1


def test_a_printed_table_is_told_from_sentences():
    assert screen.is_table("epoch  loss  rate\n1      0.5   0.1\n2      0.4   0.1\n")
    assert not screen.is_table("✓ one (at least 0.5)\n✓ two (at most 1)\n")


@seen
def test_code_does_not_scroll_sideways_on_a_phone(tab, address):
    tab.set_viewport_size(PHONE)
    blocks = scrolling = 0
    for path in [*SITE.glob("book/**/*.html"), *SITE.glob("notebooks/*/*.html")]:
        tab.goto(f"{address}/{path.relative_to(SITE).as_posix()}", wait_until="load")
        found = tab.evaluate(
            """() => {
              document.querySelectorAll('details').forEach(d => d.open = true);
              const all = [...document.querySelectorAll('article .highlight pre')];
              const wide = e => e.scrollWidth > e.clientWidth + 1;
              return [all.length, all.filter(e => wide(e) || wide(e.parentElement)).length];
            }"""
        )
        blocks, scrolling = blocks + found[0], scrolling + found[1]
    print(f"{scrolling} of {blocks} code blocks scroll sideways at 390 px")
    assert blocks > 500
    assert scrolling < 0.05 * blocks


@seen
def test_figures_and_headings_can_be_read_on_a_phone(tab, address):
    tab.set_viewport_size(PHONE)
    for path in sorted(SITE.glob("notebooks/*/*.html")):
        tab.goto(f"{address}/{path.relative_to(SITE).as_posix()}", wait_until="load")
        small = tab.evaluate(
            """() => [...document.querySelectorAll('.cell_output img')]
              .map(e => [e.getBoundingClientRect().width, e.getAttribute('width'), e.alt])
              .filter(([shown, natural]) => shown < 0.6 * natural)"""
        )
        assert not small, f"{path.stem}: shown at less than 0.6 of its size: {small[:2]}"
        sizes = tab.evaluate(
            """() => ['h1', 'h2', 'h3'].map(h => document.querySelector('article ' + h))
              .filter(Boolean).map(e => parseFloat(getComputedStyle(e).fontSize))"""
        )
        assert sizes == sorted(sizes, reverse=True), f"{path.stem}: headings {sizes} px"
        assert len(set(sizes)) == len(sizes)


@seen
def test_the_sidebar_shows_the_chapters_of_the_current_part(tab, address):
    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.goto(f"{address}/notebooks/4-models/transformers.html", wait_until="load")
    shown = tab.locator("nav.bd-links a:visible").all_inner_texts()
    assert "Transformers" in shown
    assert "Shapley values" not in shown, "another part is folded"
    captions = tab.locator("nav.bd-links .caption").all_inner_texts()
    assert len(captions) == 3
    tab.goto(f"{address}/book/index.html", wait_until="load")
    shown = tab.locator("nav.bd-links a:visible").all_inner_texts()
    assert {"Transformers", "Shapley values"} <= set(shown)
    assert not any("does not exist" in text for text in shown)


@seen
@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_the_first_page_is_light(size, browser, address):
    context = browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    page, got = context.new_page(), []
    page.on("response", lambda r: got.append(len(r.body()) if r.ok else 0))
    page.goto(f"{address}/book/index.html", wait_until="networkidle")
    context.close()
    print(f"{size}: {len(got)} requests, {sum(got)} bytes")
    assert len(got) < 20
    assert sum(got) < 1_000_000
