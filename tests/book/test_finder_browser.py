"""The finder's page in a real browser: answers, address, keyboard, print, copy, audit, no script."""

import sys
from itertools import combinations, product
from pathlib import Path
from random import Random

import pytest

sys.path.append(str(Path(__file__).parent))
from test_browser import SITE, overflow, pytestmark, set_mode, violations  # noqa: E402

from helpers.notebook.finder import options, ranked, recommend, rules  # noqa: E402

__all__ = ["pytestmark"]
FINDER = "book/finder.html"
WINDOWS = {"desktop": (1440, 900), "phone": (390, 844)}
CASES = [
    "task=outline&data=volumes&labelled=few&conditions=other-site,groups,must-explain&also=predict",
    "task=forecast&data=signals&labelled=many&amount=small",
    "task=classify&data=images&labelled=many",
]
EVERY = """(all) => {
  const form = document.getElementById('finder');
  const card = document.getElementById('finder-plan');
  return all.map(([given, held]) => {
    for (const [name, value] of Object.entries(given)) form.elements[name].value = value;
    for (const box of form.querySelectorAll('[name=conditions]')) box.checked = held.includes(box.value);
    form.dispatchEvent(new Event('change', {bubbles: true}));
    return [card.dataset.first, ...card.dataset.others.split(' ').filter(Boolean)];
  });
}"""

# Where the sentence below the first approach ends, for every answer to the three questions.
BOTTOMS = """(every) => every.map((answers) => {
  const form = document.getElementById('finder');
  for (const [name, value] of Object.entries(answers)) form.elements[name].value = value;
  form.dispatchEvent(new Event('change', {bubbles: true}));
  return document.querySelector('#finder-plan h2 + div').getBoundingClientRect().bottom;
})"""


def open_at(page, address, case, window="desktop"):
    """The finder's page, fresh, with answers in its address."""
    page.set_viewport_size(dict(zip(("width", "height"), WINDOWS[window], strict=True)))
    page.goto("about:blank")
    page.goto(f"{address}/{FINDER}{'#' * bool(case)}{case}", wait_until="load")


def answer(page, **answers):
    """Choose from the lists."""
    for name, value in answers.items():
        page.select_option(f"#finder select[name={name}]", value)


def first(page):
    """The first approach on the card, or None."""
    return page.evaluate("document.getElementById('finder-plan').dataset.first || null")


def in_view(page, selector):
    """Whether the whole of an element lies within the window."""
    return page.evaluate(
        "s => { const r = document.querySelector(s).getBoundingClientRect();"
        " return r.top >= 0 && r.bottom <= innerHeight; }",
        selector,
    )


def said(page, title):
    """The text under one heading of the card."""
    return page.evaluate(
        """t => {
          const head = [...document.querySelectorAll('#finder-plan h2, #finder-plan h3')]
            .find(h => h.textContent.startsWith(t));
          const out = [];
          for (let n = head && head.nextElementSibling; n && !/^H[23]$/.test(n.tagName); n = n.nextElementSibling)
            out.push(n.innerText);
          return out.join('\\n');
        }""",
        title,
    )


@pytest.mark.parametrize("window", list(WINDOWS))
def test_the_answer_is_in_view_when_the_last_needed_question_is_answered(window, tab, address):
    open_at(tab, address, "", window)
    assert "3 questions to go" in tab.inner_text("#finder-summary")
    answer(tab, task="outline", data="volumes")
    assert "1 question to go" in tab.inner_text("#finder-summary")
    assert not tab.is_visible("#finder-plan")
    answer(tab, labelled="few")
    assert tab.evaluate("scrollY") == 0
    assert in_view(tab, "#finder-plan h2")
    assert in_view(tab, "#finder-plan h2 + div")  # what it is, in a sentence
    assert tab.inner_text("#finder-summary").startswith("Your plan. Try first: A ready")


@pytest.mark.parametrize("window", list(WINDOWS))
def test_every_answer_is_in_view_and_the_tasks_stand_under_headings(window, tab, address):
    open_at(tab, address, "", window)
    names = ("task", "data", "labelled")
    known = options()
    every = [dict(zip(names, v, strict=True)) for v in product(*(known[n] for n in names))]
    bottoms = tab.evaluate(BOTTOMS, every)
    late = [problem for problem, b in zip(every, bottoms, strict=True) if b > WINDOWS[window][1]]
    assert late == []
    groups = tab.locator("#finder select[name=task] optgroup").evaluate_all(
        "all => all.map(group => group.label)"
    )
    assert groups == ["Read and measure", "Follow in time", "Understand", "Make and decide"]


@pytest.mark.parametrize("case", CASES)
def test_a_plan_fits_the_window_and_passes_the_audit(case, tab, address, axe):
    open_at(tab, address, case)
    tab.add_style_tag(content="* {transition: none !important; animation: none !important}")
    tab.evaluate(axe)
    assert first(tab)
    for width, height in WINDOWS.values():
        tab.set_viewport_size({"width": width, "height": height})
        for mode in ("light", "dark"):
            set_mode(tab, mode)
            assert overflow(tab)["over"] <= 0, (width, mode)
            assert violations(tab) == [], (width, mode)
    assert tab.evaluate("document.querySelectorAll('#finder-plan [id]').length") == 0


def test_the_page_answers_as_python_does(tab, address):
    """Every task, data and number of labels, with conditions drawn anew for each."""
    names = ("task", "data", "labelled", "amount")
    held = list(options()["conditions"])
    pairs = [[], held, *map(list, combinations(held, 1)), *map(list, combinations(held, 2))]
    draw, every = Random(0), []
    for task in options()["task"]:
        for data in options()["data"]:
            for labelled in options()["labelled"]:
                for amount in options()["amount"]:
                    given = dict(zip(names, (task, data, labelled, amount), strict=True))
                    every.append((given, draw.choice(pairs)))
    open_at(tab, address, "")
    answers = tab.evaluate(EVERY, [list(problem) for problem in every])
    for (given, conditions), shown in zip(every, answers, strict=True):
        assert shown == ranked(given, conditions), (given, conditions)


def test_conditions_add_their_parts_on_the_page_as_in_python(tab, address):
    answers = {"task": "outline", "data": "volumes", "labelled": "few", "amount": "small"}
    plan = recommend(**answers, conditions=["groups", "other-site"], also="predict")
    case = "&".join(f"{name}={value}" for name, value in answers.items())
    open_at(tab, address, f"{case}&conditions=other-site,groups&also=predict")
    assert tab.inner_text("#finder-plan .problem") == plan.problem
    titles = {"Split": plan.split, "What changes": plan.change, "Validate": plan.validate}
    for title, sentences in {**titles, "What would fool": plan.fools}.items():
        shown = [line for line in said(tab, title).splitlines() if line.strip()]
        assert shown == list(sentences), title
    assert [t["name"] for t in plan.tools] == [
        line.split(" (")[0] for line in said(tab, "Use today").splitlines() if line.strip()
    ]
    assert plan.also.first["name"] in tab.inner_text("#finder-plan")
    tab.uncheck("input[value=groups]", force=True)
    assert "whole groups" not in said(tab, "Split")


def test_it_is_answered_by_keyboard_and_the_address_holds_the_problem(tab, address):
    open_at(tab, address, "", "phone")
    tab.focus("#finder select[name=task]")
    for keys in ("Outline", "Images", "Few"):
        tab.keyboard.type(keys)
        tab.keyboard.press("Tab")
    assert first(tab) == "pretrained-segmenter"
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    tab.keyboard.press("Enter")  # what else holds
    for _ in options()["conditions"]:
        tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    assert tab.evaluate("document.activeElement.value") == "laptop"
    assert first(tab) == "pixel-classifier"
    shared = tab.url
    assert shared.endswith("#task=outline&data=images&labelled=few&conditions=laptop")
    tab.goto("about:blank")
    tab.goto(shared, wait_until="load")
    assert first(tab) == "pixel-classifier"
    assert tab.is_checked("input[value=laptop]")
    tab.click("text=Start again")
    assert first(tab) is None
    assert "#" not in tab.url
    assert tab.evaluate("document.activeElement.name") == "task"


def test_it_says_when_deep_learning_is_not_first_and_what_to_beat(tab, address):
    open_at(tab, address, CASES[1])
    assert (
        tab.inner_text("#finder-plan .shallow")
        == "Deep learning is not the first thing to try here."
    )
    assert said(tab, "Beat first").strip() == "The last value carried forward, and the mean."
    open_at(tab, address, "task=forecast&data=signals&labelled=many")
    assert "seasonal naive" in said(tab, "Beat first")
    open_at(tab, address, CASES[2])
    assert tab.locator("#finder-plan .shallow").count() == 0


def test_a_plan_leads_to_a_chapter_a_tool_and_a_precedent(tab, address):
    open_at(tab, address, CASES[2])
    links = tab.locator("#finder-plan a").evaluate_all("all => all.map(a => a.href)")
    assert any("transfer-learning.html" in link for link in links)
    assert any(link.startswith("https://github.com/huggingface/pytorch") for link in links)
    assert any("bibliography.html#" in link for link in links)
    tab.click("#finder-plan a[href*='transfer-learning']")
    assert tab.title().startswith("Transfer learning")


def test_a_plan_can_be_copied_and_printed(browser, address):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{FINDER}#{CASES[0]}", wait_until="load")
    page.click("text=Copy as text")
    page.wait_for_selector("text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Outline things in volumes: few labelled")
    assert copied.rstrip().endswith(CASES[0])
    assert "Copy as text" not in copied
    page.emulate_media(media="print")
    assert page.is_visible("#finder-plan")
    for hidden in ("#finder", ".finder-buttons", "#how-it-decides"):
        assert not page.is_visible(hidden), hidden
    context.close()


def test_the_page_works_as_a_file(browser):
    page = browser.new_page()
    page.goto(f"{(SITE / FINDER).as_uri()}#{CASES[2]}", wait_until="load")
    assert first(page) == "pretrained-cnn-finetune"
    answer(page, labelled="few")
    assert first(page) == "frozen-features-linear"
    assert "labelled=few" in page.url
    page.close()


def test_without_script_every_part_can_be_read(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((SITE / FINDER).as_uri(), wait_until="load")
    assert page.locator("article.finder-plan:visible").count() == len(rules()["plans"]["plans"])
    assert page.locator("article.finder-approach:visible").count() == len(rules()["approaches"])
    pieces = sum(len(rule["pieces"]) for rule in rules()["conditions"].values())
    assert page.locator("article.finder-condition:visible").count() == pieces
    assert "Beat this first:" in page.inner_text("article.finder-plan >> nth=0")
    context.close()


def test_answers_that_nobody_knows_are_left_out(tab, address):
    open_at(tab, address, "task=win&data=images&labelled=few&conditions=dark&x=%22%5D")
    assert first(tab) is None
    assert "1 question to go" in tab.inner_text("#finder-summary")
    tab.evaluate("location.hash = 'data=text'")
    tab.wait_for_function("document.querySelector('[name=labelled]').value === ''")
    assert "2 questions to go" in tab.inner_text("#finder-summary")


def test_the_landing_page_leads_to_a_plan(tab, address):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/book/index.html", wait_until="load")
    with tab.expect_navigation(wait_until="load"):  # answers given earlier meet no script
        tab.click("article a[href*='finder.html'] >> nth=0")
    answer(tab, task="predict", data="molecules", labelled="many")
    tab.click("#finder-plan a[href*='graph-molecules']")
    assert "graph-molecules" in tab.url
