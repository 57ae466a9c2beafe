import csv
import re
import sys
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))

COLUMNS = "url,title,section,kind,for,state,dated,checked,evidence,source,successor,successor_url"
COLUMNS = [*COLUMNS.split(","), "chapter"]
STATES = ["alive", "moved", "unmaintained", "archived", "closed", "not checked"]
KINDS = {"library", "code", "models", "tool", "course", "post", "book", "site", "list", "video"}
from curriculum import titles  # noqa: E402

CURRICULUM = set(titles())
LINKS = (ROOT / "tests" / "book" / "survey_links.txt").read_text().splitlines()
RESOURCES = (ROOT / "book" / "data" / "resources.csv").read_text(encoding="utf-8")
NAME = "book/data/resources.csv"


def problems(text):
    """What is wrong in the list, each with its file and line and what to change."""
    reader = csv.DictReader(text.splitlines())
    if reader.fieldnames != COLUMNS:
        yield f"{NAME}:1: the columns must be {','.join(COLUMNS)}"
        return
    seen = set()
    for row in reader:
        where = f"{NAME}:{reader.line_num}: {row['title']}"
        if None in row or None in row.values():
            yield f"{where}: expected {len(COLUMNS)} cells: quote a cell that holds a comma"
            continue
        for fault in [*faults(row), *faults_of_the_state(row)]:
            yield f"{where}: {fault}"
        link = f"{row['section']} {row['url']}"
        if link in seen:
            yield f"{where}: this link stands twice in section {row['section']}: remove one"
        if link not in LINKS:
            yield f"{where}: section {row['section']} of the survey has no link {row['url']}"
        seen.add(link)
    for link in LINKS:
        if link not in seen:
            yield f"{NAME}: no row for {link.split()[1]} of section {link.split()[0]}: add it"


def faults(row):
    """What is wrong in the cells of one row."""
    for name in ("title", "for", "evidence"):
        if not row[name].strip():
            yield f"{name} is empty: say it in a few words"
    if row["kind"] not in KINDS:
        yield f"no kind {row['kind']!r}: use one of {', '.join(sorted(KINDS))}"
    if row["chapter"] and row["chapter"] not in CURRICULUM:
        yield f"no chapter {row['chapter']!r} among notebooks/*/*.yml"
    for name in ("url", "source", "successor_url"):
        if row[name] and not re.fullmatch(r"https?://[^\s/]+\S*", row[name]):
            yield f"{name} {row[name]!r} is no address: start it with https://"
    if not day(row["checked"]) or len(row["checked"]) != 10:
        yield f"checked {row['checked']!r} is no date: write it as 2026-11-21"
    if row["dated"] and not day(row["dated"]):
        yield f"dated {row['dated']!r} is no date: write it as 2026-11-21 or 2026-11"


def faults_of_the_state(row):
    """Whether the state has what it needs: a date, a recent one, a successor."""
    state = row["state"]
    if state not in STATES:
        yield f"no state {state!r}: use one of {', '.join(STATES)}"
        return
    if bool(row["dated"]) == (state == "not checked"):
        yield "evidence has a date, a link that is not checked has none: fill or empty dated"
    seen, checked = day(row["dated"]), day(row["checked"])
    if seen and checked and seen > checked:
        yield f"the evidence of {row['dated']} is younger than the check of {row['checked']}"
    if state == "alive" and seen and checked and (checked - seen).days > 731:
        yield f"evidence of {row['dated']} is too old for alive: find a newer one, or not checked"
    if state not in ("alive", "not checked") and not row["successor"]:
        yield f"{state}: name the successor, or say in that cell that there is none"
    if row["successor_url"] and not row["successor"]:
        yield "successor_url without a successor: name it"
    if state == "moved" and not row["successor_url"]:
        yield "moved: give the new address in successor_url"


def day(text):
    """The date of an ISO day or month; None for anything else."""
    try:
        return date.fromisoformat(text if len(text) != 7 else f"{text}-01")
    except ValueError:
        return None


def test_every_row_is_well_formed():
    assert list(problems(RESOURCES)) == []


def test_each_link_of_the_survey_stands_exactly_once():
    rows = [f"{row['section']} {row['url']}" for row in csv.DictReader(RESOURCES.splitlines())]
    assert len(LINKS) == 119
    assert rows == LINKS


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            ",unmaintained,2019-12-05",
            ",asleep,2019-12-05",
            r"csv:14: Chainer: no state 'asleep': use one of",
        ),
        (",archived,2023-11-17", ",archived,17 Nov 2023", r"csv:16: MXNet: dated '17 Nov 2023' is"),
        (",PyTorch,https", ",,https", "csv:14: Chainer: unmaintained: name the successor"),
        (",JAX documentation,https://docs.jax.dev/", ",JAX,", "csv:17: JAX: moved: give the new"),
        (
            "3-libraries/labelling",
            "3-libraries/labels",
            "LabelImg: no chapter '3-libraries/labels'",
        ),
        (
            ",not checked,,",
            ",not checked,2026-01-01,",
            "csv:5: Machine learning course.*: evidence has a date",
        ),
        (",alive,2026-03-17", ",alive,2021-03-17", "csv:4: InterpretML: evidence of 2021-03-17 is"),
        (
            ",alive,2026-03-17",
            ",alive,2027-03-17",
            "csv:4: InterpretML: the evidence of 2027-03-17",
        ),
        (",code,Particles", ",codes,Particles", "BoxNet: no kind 'codes'"),
        ("https://chainer.org/", "chainer.org", "csv:14: Chainer: url 'chainer.org' is no address"),
        ("https://chainer.org/", "https://chainer.com/", "no row for https://chainer.org/"),
        ("https://onnx.ai/", "https://mxnet.io/", "csv:16: MXNet: this link stands twice"),
        ("t-SNE explained with", "t-SNE, explained, with", r"csv:2: t-SNE tutorial: expected 13"),
        ("url,title", "link,title", "csv:1: the columns must be url,title"),
    ],
)
def test_a_wrong_edit_is_named_with_its_line(old, new, said):
    assert old in RESOURCES
    found = list(problems(RESOURCES.replace(old, new, 1)))
    assert any(re.search(said, problem) for problem in found), found


def test_the_page_holds_each_link_and_counts_them():
    from resources import STATES as EXPLAINED
    from resources import filters, read, tables, titles, totals

    rows = read()
    html = totals(rows) + filters(rows) + tables(rows, titles())
    assert html.count('<tr data-section="') == len(LINKS)
    assert list(EXPLAINED) == STATES
    for state in STATES:
        number = sum(row["state"] == state for row in rows)
        assert f"{state}</span> {number}</dt>" in html
        assert html.count(f'data-state="{state}"') == number
    assert "{row" not in html


def test_a_planned_chapter_is_not_linked():
    from resources import today

    row = {"successor": "", "successor_url": "", "chapter": "9-practice/none-such"}
    assert today(row, {"9-practice/none-such": "None such"}) == (
        '<span class="now">Chapter: None such (planned)</span>'
    )
    row["chapter"] = "4-models/supervised-learning"
    assert 'href="../notebooks/4-models/supervised-learning.html"' in today(
        row, {row["chapter"]: "Supervised learning"}
    )
