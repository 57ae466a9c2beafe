"""What a page loads, and the icons that are cut from the theme's fonts."""

import sys
from pathlib import Path

import pydata_sphinx_theme
import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "book" / "_ext"))
import assets  # noqa: E402
import icons  # noqa: E402

FONTS = Path(pydata_sphinx_theme.__file__).parent.rglob("fontawesome/*/webfonts/*.ttf")
built = pytest.mark.skipif(
    not (SITE / "book" / "index.html").exists(), reason="the site is not built: run `make book`"
)


def test_a_page_gets_what_its_content_asks_for():
    formula = 'notebooks/x\n<span class="math notranslate">'
    assert assets.wanted("_static/mathjax/tex-chtml.js", formula)
    assert not assets.wanted("_static/mathjax/tex-chtml.js", "book/x\n<p>none</p>")
    assert assets.wanted("_static/copybutton.js", 'x\n<div class="highlight-python">')
    assert not assets.wanted("_static/sphinx-thebe.js", formula)
    assert assets.wanted("_static/unknown.js", "x\n")


def test_icons_are_found_by_name_in_pages_and_by_letter_in_styles():
    assert icons.names(['<i class="fas fa-rocket"></i>']) == {"fa-rocket"}
    style = '.fa-a:before,.fa-b:before{content:"\\f0aa"}.fa-c:before{content:"\\f0ab"}'
    assert icons.codes(style) == {"fa-a": 0xF0AA, "fa-b": 0xF0AA, "fa-c": 0xF0AB}
    assert icons.private('x{content:"\uf105"}y{content:"\\f107"}') == {0xF105, 0xF107}


def test_a_cut_font_is_small_and_says_what_it_holds():
    solid = next(path for path in FONTS if "solid" in path.name)
    here, face = icons.cut(solid, {0xF0C9, 0xF09B})
    assert here == {0xF0C9}, "the bars are in it, the cat of GitHub is not"
    assert "U+F0C9" in face
    assert len(face) < 5000 < solid.stat().st_size


@built
@pytest.mark.parametrize("path", [p for p in SITE.rglob("*.html") if "_static" not in p.parts])
def test_no_page_loads_formulas_without_a_formula_or_a_file_that_was_dropped(path):
    text = path.read_text()
    assert ("mathjax/tex" in text) == ('class="math' in text)
    assert "vendor/fontawesome" not in text


@built
def test_every_icon_of_every_page_is_in_the_style():
    style = (SITE / "_static" / "site.css").read_text()
    known = icons.codes(
        next(Path(pydata_sphinx_theme.__file__).parent.rglob("all.min.css")).read_text()
    )
    used = icons.names(path.read_text() for path in SITE.rglob("*.html")) & set(known)
    assert {"fa-bars", "fa-rocket", "fa-github"} <= used
    missing = [name for name in used if f".{name}::before" not in style]
    assert not missing
