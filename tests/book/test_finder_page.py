"""The finder's page with answers on it: every combination, audited, from a file, without script."""

import itertools
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from test_browser import (  # noqa: E402
    FINDER,
    SITE,
    WIDTHS,
    address,
    axe,
    browser,
    overflow,
    pytestmark,
    set_mode,
    shown_rules,
    tab,
    violations,
)

from helpers.notebook.finder import options, recommend, rules  # noqa: E402

__all__ = ["address", "axe", "browser", "pytestmark", "tab"]
CASES = [
    "data=images&labels=few&goal=predict&amount=small&compute=cpu",
    "data=graph&labels=none&goal=decide&amount=large&compute=gpu",
]
EVERY = """(all) => {
  const form = document.getElementById('finder');
  return all.map(given => {
    for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
    form.dispatchEvent(new Event('change', {bubbles: true}));
    return [...document.querySelectorAll('article.rule')].filter(r => !r.hidden)
      .map(r => r.dataset.rule);
  });
}"""


def test_the_page_answers_every_combination_as_python_does(tab, address):
    names, answers = list(options()), options().values()
    every = [dict(zip(names, values, strict=True)) for values in itertools.product(*answers)]
    tab.goto(f"{address}/{FINDER}", wait_until="load")
    for given, shown in zip(every, tab.evaluate(EVERY, every), strict=True):
        found = [approach.rule for approach in recommend(**given)]
        assert shown == found[:3] + found[3:][-1:], given


@pytest.mark.parametrize("case", CASES)
def test_answers_fit_the_window_and_pass_the_audit(case, tab, address, axe):
    tab.goto("about:blank")
    tab.goto(f"{address}/{FINDER}#{case}", wait_until="load")
    tab.add_style_tag(content="* {transition: none !important; animation: none !important}")
    tab.evaluate(axe)
    assert len(shown_rules(tab)) >= 2
    for width, height in WIDTHS.values():
        tab.set_viewport_size({"width": width, "height": height})
        for mode in ("light", "dark"):
            set_mode(tab, mode)
            assert overflow(tab)["over"] <= 0, (width, mode)
            assert violations(tab) == [], (width, mode)


def test_the_page_works_as_a_file(browser):
    page = browser.new_page()
    page.goto(f"{(SITE / FINDER).as_uri()}#{CASES[0]}", wait_until="load")
    assert shown_rules(page)[0] == "few-images"
    page.check("input[name=labels][value=none]", force=True)
    assert shown_rules(page)[0] != "few-images"
    assert "labels=none" in page.url
    page.close()


def test_without_script_every_rule_can_be_read(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / FINDER).as_uri(), wait_until="load")
    assert page.locator("article.rule:visible").count() == len(rules()["rules"])
    context.close()


def test_a_shorter_address_forgets_the_old_answers(tab, address):
    tab.goto("about:blank")
    tab.goto(f"{address}/{FINDER}#{CASES[0]}", wait_until="load")
    tab.evaluate("location.hash = 'data=text'")
    tab.wait_for_function("document.querySelectorAll('#finder :checked').length === 3")
    assert "2 questions to go" in tab.inner_text("#finder-summary")


def test_an_answer_nobody_knows_in_the_address_is_left_out(tab, address):
    tab.goto("about:blank")
    tab.goto(f"{address}/{FINDER}#data=photo&labels=few&x=%22%5D", wait_until="load")
    assert shown_rules(tab) == []
    assert "2 questions to go" in tab.inner_text("#finder-summary")
