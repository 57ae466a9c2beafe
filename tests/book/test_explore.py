"""Figures to play with: numbers that the code gives, drawings without a script, keys that move them."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "book" / "_ext"))
import explore  # noqa: E402

PAGE = SITE / "book" / "explore.html"
READY = PAGE.exists() and find_spec("playwright") and Path("/usr/bin/chromium").exists()
seen = pytest.mark.skipif(not READY, reason="needs Chromium, playwright and `make book`")


def test_the_numbers_are_what_the_stored_chapters_export():
    worth = explore.numbers("coalitions")["worth"]
    assert len(worth) == 16
    assert all(0 <= value <= 1 for value in worth)
    assert abs(worth[-1] - 0.5) < 0.1, "the tumour about which the network is least certain"
    counts = [sum(explore.numbers("threshold")[name]) for name in ("negative", "positive")]
    assert counts == [512, 512], "1024 tiles, half of them sick"


def test_a_figure_that_no_chapter_exports_is_named(monkeypatch, tmp_path):
    (tmp_path / "7-interpretability").mkdir()
    (tmp_path / "7-interpretability" / "shapley-values.ipynb").write_text('{"cells": []}')
    monkeypatch.setattr(explore, "NOTEBOOKS", tmp_path)
    with pytest.raises(ValueError, match=r"expected export\('coalitions', ...\), found none"):
        explore.numbers("coalitions")


def test_the_bars_are_the_shapley_values_of_the_package():
    import torch

    from helpers.interpret.shapley import exact

    worth = torch.tensor(explore.numbers("coalitions")["worth"], dtype=torch.float64)
    place = 2 ** torch.arange(4)
    theirs = exact(lambda rooms: worth[(rooms * place).sum(1)], 4)
    assert explore.shapley(worth.tolist(), 4) == pytest.approx(theirs.tolist(), abs=1e-12)
    first, last = (explore.gains(worth.tolist(), o) for o in ((0, 1, 2, 3), (3, 2, 1, 0)))
    assert max(abs(a - b) for a, b in zip(first, last, strict=True)) > 0.02, "the order matters"


@pytest.mark.parametrize("name", list(explore.DRAW))
def test_without_a_script_there_is_a_drawing_and_what_it_shows(name):
    html = explore.figure(name)
    assert html.count("<rect") >= 8
    assert 'role="img" aria-label="' in html
    assert '<div class="controls" hidden>' in html
    assert explore.numbers(name)["about"][:40] in html


@pytest.mark.browser
@seen
def test_the_figures_answer_to_keys(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/book/explore.html", wait_until="load")
    data = explore.numbers("coalitions")
    tab.focus("figure[data-explore=coalitions] button")
    for _ in range(4):
        tab.keyboard.press("Space")
        tab.keyboard.press("Tab")
    said = tab.inner_text("figure[data-explore=coalitions] .said")
    assert f"The model says {100 * data['worth'][-1]:.0f} %" in said
    shown = tab.locator("figure[data-explore=coalitions] .gain").all_text_contents()
    gains = explore.gains(data["worth"], (0, 1, 2, 3))
    assert [float(t.replace("−", "-")) for t in shown] == pytest.approx(gains, abs=0.006)
    tab.keyboard.press("Space")
    assert "Nothing is known" in tab.inner_text("figure[data-explore=coalitions] .said")
    before = tab.inner_text("figure[data-explore=threshold] .said")
    tab.focus("figure[data-explore=threshold] input >> nth=0")
    tab.keyboard.press("Home")
    said = tab.inner_text("figure[data-explore=threshold] .said")
    assert said != before
    assert said.startswith("100 % of the sick are found, 100 %")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Home")
    assert "Of all alarms 1.0 % are right" in tab.inner_text("figure[data-explore=threshold] .said")


@pytest.mark.browser
@seen
def test_without_javascript_the_drawings_stand(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/book/explore.html")
    assert page.locator("figure.explore svg:visible").count() == 2
    assert page.locator("figure.explore .controls:visible").count() == 0
    context.close()
