"""Problems from published studies: is the finder's first approach one that an expert would sign?"""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from helpers.notebook.finder import options, pieces, recommend, rules

HERE = Path(__file__).parent
FIELDS = {"id", "study", "problem", "given", "first", "acceptable", "forbidden"}
IDENTIFIER = {"doi": r"10\.\d{4,}/\S+", "arxiv": r"\d{4}\.\d{4,5}"}


def cases(name):
    """The problems of one file."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


APART = ["set_aside_cases.yml", "set_aside_cases_2.yml"]


def set_aside(name):
    """Problems that somebody wrote from the vocabulary alone, in the form of the others.

    The rules were first run on them when they were finished, on 2026-11-21: 24 of 24 acceptable,
    none forbidden, 16 the very one expected. When structure and control were divided, on 2026-11-22,
    the task of two was renamed (causes, control-log), and the figures stayed. A second file was
    written that day by somebody else, for the questions that were new: at the first run 22 of 24
    were acceptable, none forbidden, 16 the very one expected. Two rules were mended afterwards (the
    parameters of many subjects, cells that have a label for the person only): 24, none, 18.
    """
    for row in cases(name):
        known = {"labelled": "many", "amount": "medium", "conditions": []} | row["answers"]
        yield row | {"given": known, "first": row["expected"]}


def faults(case):
    """What is wrong with how a problem is written down."""
    known = set(rules()["approaches"])
    if set(case) != FIELDS:
        yield f"fields must be {sorted(FIELDS)}"
        return
    if not any(re.fullmatch(p, str(case["study"].get(k, ""))) for k, p in IDENTIFIER.items()):
        yield "name the study by DOI or arXiv number"
    if {"by", "year", "title"} - set(case["study"]):
        yield "name who wrote the study, when, and its title"
    for name in {*case["acceptable"], *case["forbidden"]} - known:
        yield f"no approach {name!r}"
    if case["first"] not in case["acceptable"]:
        yield "the first approach must be acceptable"
    if set(case["acceptable"]) & set(case["forbidden"]):
        yield "an approach cannot be acceptable and forbidden"


def judged(found, advise=lambda given: recommend(**given).first["id"]):
    """Ids of the problems by verdict: acceptable, forbidden, or neither."""
    verdicts = {"acceptable": [], "forbidden": [], "neither": []}
    for case in found:
        first = advise(case["given"])
        kinds = [kind for kind in ("acceptable", "forbidden") if first in case[kind]]
        verdicts[kinds[0] if kinds else "neither"].append(case["id"])
    return verdicts


def test_the_cases_are_written_down_well():
    found = cases("cases.yml")
    assert [(case["id"], said) for case in found for said in faults(case)] == []
    assert len({case["id"] for case in found}) == len(found) >= 60


def test_the_cases_cover_every_task_every_kind_of_data_and_every_condition():
    given = [case["given"] for case in cases("cases.yml")]
    for name in ("task", "data", "labelled", "amount"):
        assert {answers[name] for answers in given} == set(options()[name])
    held = Counter(condition for answers in given for condition in answers["conditions"])
    assert set(held) == set(options()["conditions"])


def test_an_expert_would_sign_the_first_approach():
    verdicts = judged(cases("cases.yml"))
    assert verdicts["forbidden"] == []
    assert verdicts["neither"] == []


@pytest.mark.parametrize("name", APART)
def test_an_expert_who_did_not_know_the_rules_would_sign_it(name):
    found = list(set_aside(name))
    verdicts = judged(found)
    assert len(found) >= 20
    assert len(verdicts["acceptable"]) >= 0.85 * len(found), verdicts["neither"]
    assert verdicts["forbidden"] == []


def test_problems_of_somebody_who_wanted_to_refute_it_are_no_worse_than_they_were():
    """35 of 50 at the first run, 38 when what was common to several was mended; the rest is open."""
    found = cases("adverse_cases.yml")
    signed = [
        case for case in found if recommend(**case["answers"]).first["id"] in case["acceptable"]
    ]
    assert len(found) == 50
    assert len(signed) >= 38


@pytest.mark.parametrize("name", APART)
def test_a_plan_speaks_of_each_condition_that_the_expert_would_not_leave_out(name):
    for case in set_aside(name):
        given = {k: v for k, v in case["given"].items() if k not in ("conditions", "also")}
        held = case["given"]["conditions"]
        for condition in case["must_say"]:
            without = pieces(given, [name for name in held if name != condition])
            assert pieces(given, held) != without, (case["id"], condition)


def test_bad_advice_is_seen():
    """A finder that always says the same thing fails, whatever it says."""
    found = cases("cases.yml")
    for always in ("pretrained-cnn-finetune", "gradient-boosting", "unet", "classical-restoration"):
        verdicts = judged(found, advise=lambda given, always=always: always)
        assert len(verdicts["acceptable"]) < 0.25 * len(found)
    assert len(judged(found, advise=lambda given: "gan")["forbidden"]) > 0.3 * len(found)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("study", {"by": "X", "year": 2020, "title": "Y"}, "DOI"),
        ("acceptable", ["magic"], "no approach 'magic'"),
        ("forbidden", ["pretrained-cnn-finetune"], "cannot be acceptable and forbidden"),
    ],
)
def test_a_badly_written_case_is_named(field, value, said):
    case = cases("cases.yml")[0] | {field: value}
    assert any(said in fault for fault in faults(case))
