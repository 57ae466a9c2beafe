import csv
import itertools
import re
import sys
from pathlib import Path

import pytest
import yaml

from helpers.notebook import finder

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
import curriculum  # noqa: E402

CURRICULUM = curriculum.chapters()
CHAPTERS = {chapter.name for chapter in CURRICULUM}
SECTIONS = {"2", "3", "4", "5", "6", "7", "8", "9"} | {
    section for chapter in CURRICULUM for section in re.findall(r"\d(?:\.\d+)*", chapter.section)
}
SECTIONS |= {section.rsplit(".", 1)[0] for section in SECTIONS}
FIELDS = {"id", "asks", "when", "first", "why", "fails", "beat"}
FIELDS |= {"chapters", "next", "survey", "precedents"}


def problems(text):
    """What is wrong in the rules' file, each with its line and what to change."""
    known = yaml.safe_load(text)
    tree = {key.value: node for key, node in yaml.compose(text).value}
    answers = {question["id"]: question["options"] for question in known["questions"]}
    seen = set()
    for rule, node in zip(known["rules"], tree["rules"].value, strict=True):
        said = list(faults(rule, answers, seen))
        seen.add(rule.get("id"))
        yield from (f"finder.yml, line {node.start_mark.line + 1}: {fault}" for fault in said)


def faults(rule, answers, seen):
    """What is wrong in one rule."""
    missing, extra = FIELDS - set(rule), set(rule) - FIELDS
    if missing or extra:
        yield f"add {sorted(missing)}, remove {sorted(extra)}"
        return
    if rule["id"] in seen:
        yield f"the id {rule['id']} is taken: choose another"
    for name, allowed in rule["when"].items():
        if name not in answers:
            yield f"no question {name!r}: use one of {', '.join(answers)}"
        else:
            for answer in set(allowed) - set(answers[name]):
                yield f"{name} has no answer {answer!r}: use one of {', '.join(answers[name])}"
    for chapter in {*rule["chapters"], *rule["next"]} - CHAPTERS:
        yield f"no chapter {chapter!r} among notebooks/*/*.yml"
    if not rule["chapters"]:
        yield "name at least one chapter"
    for section in {str(s) for s in rule["survey"]} - SECTIONS:
        yield f"the survey has no section {section}"
    for row in rule["precedents"]:
        for number in row["refs"]:
            if not 1 <= number <= 275:
                yield f"the survey has no reference {number}: 1 to 275"


def combinations():
    answers = finder.options()
    for values in itertools.product(*answers.values()):
        yield dict(zip(answers, values, strict=True))


def test_the_rules_are_well_formed():
    assert list(problems(finder.RULES.read_text())) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("data: [volumes]", "data: [volume]", r"line \d+: data has no answer 'volume': use one"),
        ("4-models/supervised-learning", "4-models/supervised", r"line \d+: no chapter '4-models"),
        ("survey: [4.3.1]", "survey: [4.99]", r"line \d+: the survey has no section 4.99"),
        ("refs: [72]", "refs: [720]", r"line \d+: the survey has no reference 720"),
        ("    beat: ", "    beats: ", r"line \d+: add \['beat'\], remove \['beats'\]"),
        ("goal: [predict]", "aim: [predict]", r"line \d+: no question 'aim'"),
        (
            "id: classify-volumes",
            "id: classify-images",
            r"line \d+: the id classify-images is taken",
        ),
    ],
)
def test_a_wrong_edit_is_named_with_its_line(old, new, said):
    text = finder.RULES.read_text()
    assert old in text
    assert any(re.search(said, problem) for problem in problems(text.replace(old, new, 1)))


def test_every_combination_has_an_answer_and_no_rule_is_dead():
    alive, asked = set(), 0
    for given in combinations():
        found = finder.recommend(**given)
        assert found, given
        assert found[0].chapters
        asked += 1
        alive |= {approach.rule for approach in found[:3]}  # what the page opens
    assert asked == 9 * 6 * 5 * 3 * 2
    assert alive == {rule["id"] for rule in finder.rules()["rules"]}


def test_every_survey_section_leads_somewhere():
    named = {str(section)[0] for rule in finder.rules()["rules"] for section in rule["survey"]}
    assert named >= set("245678"), named


def test_precedents_cite_the_survey_s_references():
    with open(ROOT / "book" / "data" / "survey_references.csv") as file:
        numbers = {int(row["number"]) for row in csv.DictReader(file)}
    used = {
        n for rule in finder.rules()["rules"] for row in rule["precedents"] for n in row["refs"]
    }
    assert used <= numbers
    assert len(used) > 60


def test_the_specific_comes_before_the_general():
    for given in itertools.islice(combinations(), 0, None, 37):
        scores = [approach.score for approach in finder.recommend(**given)]
        assert scores == sorted(scores, reverse=True)
    assert finder.recommend(data="video", labels="none", goal="decide")[-1].rule == "whole-project"


def test_an_unknown_answer_gets_a_sentence():
    with pytest.raises(ValueError, match="recommend: data must be one of images, .* found 'photo'"):
        finder.recommend(data="photo", labels="many", goal="predict")
