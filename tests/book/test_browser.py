"""Every page in a real browser: two widths, light and dark, no request that leaves the machine."""

from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = {"phone": (390, 844), "desktop": (1280, 800)}
CONTRAST = "color-contrast"
ALL_BUT_CONTRAST = {"rules": {CONTRAST: {"enabled": False}}}
# Rules of axe-core that the theme breaks: (rule, part of the selector or markup, reason).
THEME = [
    ("landmark-unique", "", "the theme has two navigations with one name"),
    ("landmark-no-duplicate-banner", "", "the theme has two headers"),
    ("region", "", "the theme's skip link and top button stand outside landmarks"),
    ("scrollable-region-focusable", "bd-sidebar", "the theme's sidebar"),
    ("aria-allowed-attr", "pst-", "the theme's buttons"),
    ("label", "__navigation", "the theme's hidden checkbox"),
    ("label", "sidebar-checkbox", "the theme's hidden checkbox"),
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium at /usr/bin/chromium"),
    pytest.mark.skipif(find_spec("playwright") is None, reason="playwright is not installed"),
    pytest.mark.skipif(not (SITE / "book" / "index.html").exists(), reason="run `make book` first"),
]


def names():
    """Pages with content of ours, by address."""
    folders = [SITE / "book", SITE / "notebooks"]
    found = [p.relative_to(SITE).as_posix() for f in folders for p in f.rglob("*.html")]
    return [*sorted(found), "search.html"]


def overflow(page):
    """Pixels by which the page is wider than its window, and what sticks out."""
    return page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          const over = document.documentElement.scrollWidth - room;
          const out = over <= 0 ? [] : [...document.querySelectorAll('article *')]
            .filter(e => e.getBoundingClientRect().right > room + 1).slice(0, 3)
            .map(e => e.outerHTML.slice(0, 100));
          return {over, out};
        }"""
    )


def cut_code(page):
    """Listings of which a part lies outside their box (tables of text may scroll)."""
    return page.evaluate(
        """() => [...document.querySelectorAll('article .highlight pre')]
          .filter(e => !e.closest('.columns') && e.scrollWidth > e.clientWidth + 1)
          .map(e => e.textContent.slice(0, 60))"""
    )


def violations(page, rules=None):
    """What axe-core says about the page by these rules, less what the theme causes."""
    options = {"resultTypes": ["violations"]} | (rules or {})
    result = page.evaluate("options => axe.run(document, options)", options)
    found = []
    for rule in result["violations"]:
        for node in rule["nodes"]:
            where = " ".join(map(str, node["target"])) + node["html"]
            if not any(rule["id"] == r and part in where for r, part, _ in THEME):
                found.append(f"{rule['id']}: {node['target']} {node['html'][:120]}")
    return found


def thin(page):
    """Leave the last three elements of each kind in the article.

    A kind is a chain of tags, classes and styles, which give an element its colours: three answer
    for all. axe asks for the contrast of each one by itself, twenty seconds on a long page.
    """
    page.evaluate(
        """() => {
          const own = e => e.tagName + '.' + e.className + '.' + (e.getAttribute('style') || '');
          const kind = e => e.tagName === 'ARTICLE' ? '' : kind(e.parentElement) + ' ' + own(e);
          const seen = {};
          for (const e of [...document.querySelectorAll('article *')].reverse()) {
            if (e.children.length) continue;
            const name = kind(e);
            seen[name] = (seen[name] || 0) + 1;
            if (seen[name] > 3) e.remove();
          }
        }"""
    )


def set_mode(page, mode):
    page.evaluate(
        # Two frames later the page's own handlers have seen a change of size as well.
        """m => {
          document.documentElement.dataset.theme = m;
          document.documentElement.dataset.mode = m;
          return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        }""",
        mode,
    )


@pytest.mark.parametrize("name", names())
def test_page(name, tab, address, axe):
    tab.far.clear()
    tab.errors.clear()
    tab.set_viewport_size(dict(zip(("width", "height"), WIDTHS["desktop"], strict=True)))
    tab.goto(f"{address}/{name}", wait_until="load")
    tab.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")
    formulas = tab.locator(".math").count()
    shown = tab.locator(".math mjx-container, mjx-container").count()
    assert shown >= formulas, f"{formulas} formulas, {shown} shown"
    assert tab.locator("mjx-merror, [data-mjx-error]").count() == 0
    tab.add_style_tag(content="* {transition: none !important; animation: none !important}")
    tab.evaluate(axe)
    problems = []
    for width, (w, h) in WIDTHS.items():
        tab.set_viewport_size({"width": w, "height": h})
        set_mode(tab, "light")
        wide = overflow(tab)
        if wide["over"] > 0:
            problems.append(f"{width}: {wide['over']} px too wide: {wide['out']}")
        if "/api/" not in name:
            problems += [f"{width}: code is cut: {text}" for text in cut_code(tab)]
        # The package's pages are long and all of one kind: they are read once.
        if width == "desktop" or "/api/" not in name:
            problems += [f"{width}: {line}" for line in violations(tab, ALL_BUT_CONTRAST)]
    thin(tab)
    for mode in ("light",) if "/api/" in name else ("light", "dark"):
        set_mode(tab, mode)
        problems += [f"{mode}: {line}" for line in violations(tab, {"runOnly": [CONTRAST]})]
    assert not problems, "\n".join(problems[:12])
    assert not tab.far, f"asked another machine for {tab.far[:5]}"
    assert not tab.errors, f"console: {tab.errors[:5]}"


def test_the_audit_sees_a_fault(tab, address, axe):
    """The negative control: a page spoilt on purpose."""
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/book/index.html", wait_until="load")
    tab.evaluate(axe)
    assert overflow(tab)["over"] <= 0
    assert cut_code(tab) == []
    tab.evaluate(
        """() => {
          const p = document.querySelector('article p');
          p.innerHTML = '<img src="_static/x.png"><span style="color:#ccc;background:#fff">pale</span>'
            + '<div style="width:2000px;height:1px;position:absolute"></div>'
            + '<div class="highlight"><pre style="white-space:pre">' + 'x'.repeat(400) + '</pre></div>';
        }"""
    )
    assert len(cut_code(tab)) == 1
    thin(tab)
    said = " ".join(violations(tab))
    assert "image-alt" in said
    assert "color-contrast" in said


@pytest.mark.parametrize("width", WIDTHS)
def test_no_equation_is_cut(width, tab, address):
    """Where it does not fit, its parts stand one below the other, in a size that can be read."""
    tab.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    cut = {}
    for name in (n for n in names() if n.startswith("notebooks/")):
        tab.goto(f"{address}/{name}", wait_until="load")
        tab.evaluate("window.MathJax && MathJax.startup ? MathJax.startup.promise : null")
        cut[name] = tab.evaluate(
            """() => [...document.querySelectorAll('mjx-container[display]')]
              .filter(e => e.scrollWidth > e.clientWidth + 1
                || parseFloat(getComputedStyle(e).fontSize) < 10)
              .map(e => e.textContent.slice(0, 60))"""
        )
    assert not {name: found for name, found in cut.items() if found}


def test_the_workflow_leads_on_by_keyboard(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/book/workflow.html", wait_until="load")
    boxes = tab.locator("svg.workflow a")
    assert boxes.count() == 12
    boxes.first.focus()
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert "workflow" not in tab.url


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("validation+loss", "4-models/supervised-learning"),
        ("XAI", "7-interpretability/shapley-values"),
        ("RL", "8-advanced/rl-with-a-simulator"),
        ("GNN", "4-models/graph-molecules"),
        ("t-SNE", "2-considerations/dimensionality-reduction"),
        ("CNN", "4-models/image-classification"),
        ("VAE", "book/parts/8-advanced"),
        *(
            (words, "4-models/semantic-segmentation")
            for words in ("U-Net", "unet", "u+net", "UNet")
        ),
        *((words, "2-considerations/dimensionality-reduction") for words in ("tsne", "t+sne")),
        ("WGAN-GP", "8-advanced/gans"),
        ("self+training", "6-less-data/self-training"),
    ],
)
def test_search_finds_a_chapter_by_other_names(words, page, tab, address):
    tab.goto(f"{address}/search.html?q={words}", wait_until="load")
    tab.wait_for_selector("ul.search li a", timeout=10_000)
    tab.wait_for_timeout(300)
    links = tab.locator("ul.search li a").evaluate_all("all => all.map(a => a.href)")
    assert f"{page}.html" in links[0], links[:6]
    places = ["notebooks/" in link and 2 or "/api/" not in link for link in links]
    assert places == sorted(places, reverse=True), "chapters, then pages, then the API"


def test_the_largest_picture_or_text_is_painted_soon(tab, address):
    """Largest contentful paint of the chapter with the heaviest page."""
    pages = list((SITE / "notebooks").glob("*/*.html"))
    heaviest = max(pages, key=lambda path: path.stat().st_size).relative_to(SITE)
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/{heaviest.as_posix()}", wait_until="load")
    painted = tab.evaluate(
        """() => new Promise(done => {
          new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
            .observe({type: 'largest-contentful-paint', buffered: true});
          setTimeout(() => done(1e9), 5000);
        })"""
    )
    print(f"largest contentful paint of {heaviest}: {painted:.0f} ms")
    assert 0 < painted < 2500


def test_the_atlas_filters_by_keyboard(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/book/atlas.html", wait_until="load")
    rows = tab.locator("#atlas tbody tr")
    everything = rows.count()
    assert f"{everything} of {everything} shown" in tab.inner_text("#atlas-count")
    tab.focus("#atlas-filter input[name=text]")
    tab.keyboard.type("resnext")
    assert 1 <= tab.locator("#atlas tbody tr:visible").count() < 9
    for _ in range(3):
        tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.name") == "state"
    tab.keyboard.type("pointer")
    assert "0 of" in tab.inner_text("#atlas-count")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")  # show all
    count = "document.getElementById('atlas-count').textContent"
    tab.wait_for_function(f"{count}.startsWith('{everything} of')")
    tab.goto("about:blank")
    tab.goto(f"{address}/book/atlas.html#state=runs&section=4", wait_until="load")
    shown = tab.locator("#atlas tbody tr:visible").all_inner_texts()
    fits = '#atlas tbody tr[data-section="4"][data-state="runs"]'
    assert 5 < len(shown) == tab.locator(fits).count() < everything
    assert all("runs" in text for text in shown)


def test_the_resources_filter_by_keyboard(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/book/resources.html", wait_until="load")
    assert tab.locator("#atlas tbody tr").count() == 119
    tab.focus("#atlas-filter input[name=text]")
    tab.keyboard.type("umap")
    assert 1 <= tab.locator("#atlas tbody tr:visible").count() < 9
    tab.goto("about:blank")
    tab.goto(f"{address}/book/resources.html#state=archived", wait_until="load")
    shown = tab.locator("#atlas tbody tr:visible").all_inner_texts()
    assert 1 <= len(shown) < 119
    assert all("archived" in text for text in shown)
