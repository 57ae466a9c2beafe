import csv
import itertools
import re
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest

from helpers.notebook import finder

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
from curriculum import chapters  # noqa: E402

REFERENCES = ROOT / "book" / "data" / "survey_references.csv"
FIELDS = {"name", "says", "why", "read", "near", "survey", "tools", "outside"}
NEEDS = {"labels", "many", "unlabelled", "much"}
SENTENCE = re.compile(r"^[A-Z0-9].*[.?]$", re.S)
CONDITIONS = list(finder.options()["conditions"])
QUESTIONS = ("task", "data", "labelled", "amount")


@cache
def curriculum():
    """Every chapter's path and survey section, written or planned."""
    return {chapter.name: chapter.section for chapter in chapters()}


@cache
def sections():
    """Every section of the survey that a chapter or its part is about."""
    found = {s for text in curriculum().values() for s in re.findall(r"\d(?:\.\d+)*", text)}
    return found | {s.rsplit(".", 1)[0] for s in found} | set("23456789")


def problems(known):
    """What is wrong in the rules, each with its file and place and what to change."""
    yield from approach_faults(known)
    seen = set()
    for plan in known["plans"]["plans"]:
        for data in plan["data"]:
            place = f"finder-plans.yml, {plan['task']} {data}"
            if (plan["task"], data) in seen:
                yield f"{place}: there is a plan for it already"
            seen.add((plan["task"], data))
            yield from (f"{place}: {said}" for said in plan_faults(plan, known))
    asked = finder.options()
    for cell in set(itertools.product(asked["task"], asked["data"])) - seen:
        yield f"finder-plans.yml, {' '.join(cell)}: there is no plan for it"
    yield from condition_faults(known)


def approach_faults(known):
    """What is wrong with the approaches."""
    chapters, here = set(curriculum()), finder.written()
    for name, row in known["approaches"].items():
        place = f"finder-approaches.yml, {name}"
        if missing := FIELDS - set(row):
            yield f"{place}: add {sorted(missing)}"
            continue
        if extra := set(row) - FIELDS - {"deep", "heavy", "needs", "beat"}:
            yield f"{place}: remove {sorted(extra)}"
        if row.get("needs", "many") not in NEEDS:
            yield f"{place}: needs must be one of {sorted(NEEDS)}"
        yield from (f"{place}: no chapter {c!r}" for c in row["read"] if c not in chapters)
        if row["near"] not in here:
            yield f"{place}: near must be a chapter that is written, found {row['near']!r}"
        yield from (f"{place}: no tool {t!r}" for t in row["tools"] if t not in known["tools"])
        yield from (f"{place}: no section {s}" for s in row["survey"] if s not in sections())
        if not row["outside"]["url"].startswith("http") or not row["tools"]:
            yield f"{place}: name a living source and a tool"


def plan_faults(plan, known):
    """What is wrong in one plan."""
    words = {*finder.options()["labelled"], *finder.options()["amount"]}
    for choice in plan["choices"]:
        name, said = next(iter(choice.items())) if isinstance(choice, dict) else (choice, "")
        if name not in known["approaches"]:
            yield f"no approach {name!r}"
        yield from (f"no answer {word!r}" for word in said.split() if word not in words)
    yield from (f"no tool {t!r}" for t in plan.get("tools", ()) if t not in known["tools"])
    open_to = [c if isinstance(c, str) else next(iter(c)) for c in plan["choices"]]
    if plan.get("cheap", open_to[0]) not in open_to:
        yield f"cheap must be one of its choices, found {plan['cheap']!r}"
    if not plan.get("beat") or not SENTENCE.match(plan.get("fools", "")):
        yield "say what to beat and what would fool"
    for row in plan.get("precedents", ()):
        if not all(1 <= number <= 275 for number in row.get("refs", ())):
            yield f"the survey has no reference {row['refs']}"
        if "refs" not in row and not re.match(r"10\.\d{4}", row.get("doi", "")):
            yield f"{row['what']} needs the survey's number or a DOI"


def condition_faults(known):
    """What is wrong with the conditions."""
    for name, rule in known["conditions"].items():
        place = f"finder-conditions.yml, {name}"
        for row in [*rule.get("first", ()), *rule.get("next", ())]:
            if row["use"] not in known["approaches"]:
                yield f"{place}: no approach {row['use']!r}"
            for question in set(row) - {"use"}:
                for answer in set(row[question]) - set(finder.options().get(question, ())):
                    yield f"{place}: {question} has no answer {answer!r}"
        for piece in rule["pieces"]:
            for part in set(piece) - {"for"}:
                if part not in finder.PARTS or not SENTENCE.match(piece[part]):
                    yield f"{place}: {part} must be a part of a plan and a sentence"


def moving(given):
    """The conditions that can change the order of approaches for a problem; the others cannot."""
    for name in CONDITIONS:
        rule = finder.rules()["conditions"][name]
        rows = [*rule.get("first", ()), *rule.get("next", ())]
        if rule.get("light") or any(finder.fits(row, given) for row in rows):
            yield name


def every_problem(step=1):
    """Answers, each with every set of conditions that can change the order, or one in `step`."""
    asked = finder.options()
    number = 0
    for values in itertools.product(*(asked[question] for question in QUESTIONS)):
        given = dict(zip(QUESTIONS, values, strict=True))
        held = list(moving(given))
        for n in range(len(held) + 1):
            for conditions in itertools.combinations(held, n):
                if number % step == 0:
                    yield given, conditions
                number += 1


def can_do(name, given):
    """Whether an approach has the labels or examples that it cannot do without."""
    few = given["labelled"] == "few" and given["amount"] != "small"
    labelled = "many" if given["task"] == "forecast" else given["labelled"]
    return {
        "labels": labelled != "none",
        "many": labelled == "many",
        "unlabelled": few,
        "much": given["amount"] != "small",
    }.get(finder.rules()["approaches"][name].get("needs"), True)


def test_the_rules_are_well_formed():
    assert list(problems(finder.rules())) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("approaches", "unet", "read"), ["4-models/u"], "unet: no chapter '4-models/u'"),
        (("approaches", "unet", "near"), "4-models/attention", "near must be .* written"),
        (("approaches", "unet", "survey"), ["4.99"], "unet: no section 4.99"),
        (("approaches", "unet", "tools"), ["photoshop"], "unet: no tool 'photoshop'"),
        (("plans", "plans", 0, "task"), "outline", "outline images: there is a plan for it"),
        (("plans", "plans", 0, "data"), ["text"], "classify images: there is no plan for it"),
        (("plans", "plans", 0, "choices"), [{"unet": "most"}], "classify images: no answer 'most'"),
        (("plans", "plans", 0, "cheap"), "unet", "cheap must be one of its choices"),
        (("plans", "plans", 0, "precedents"), [{"what": "x"}], "needs the survey's number"),
        (("plans", "plans", 0, "precedents"), [{"what": "x", "refs": [720]}], "no reference"),
        (("conditions", "groups", "first"), [{"use": "magic"}], "groups: no approach 'magic'"),
        (("conditions", "groups", "pieces"), [{"split": "by patient"}], "split must be a part"),
    ],
)
def test_a_wrong_edit_is_named_with_its_place(path, value, said):
    known = deepcopy(finder.rules())
    node = known
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    assert any(re.search(said, problem) for problem in problems(known))


@pytest.fixture(scope="module")
def census():
    """What comes first and what is shown over all problems, and the contradictions."""
    first, shown, wrong, asked = set(), set(), [], 0
    approaches = finder.rules()["approaches"]
    for given, held in every_problem():
        names = finder.ranked(given, held)
        cell = (given["task"], given["data"])
        asked += 1
        first.add((*cell, names[0]))
        shown.update((*cell, name) for name in names[: 1 + finder.SHOWN])
        light = any(can_do(n, given) and not approaches[n].get("heavy") for n in names)
        heavy = "laptop" in held and approaches[names[0]].get("heavy") and light
        if not can_do(names[0], given) or heavy:
            wrong.append((given, held, names[0]))
    return {"first": first, "shown": shown, "wrong": wrong, "asked": asked}


@pytest.mark.timeout(240)
def test_every_combination_answers_and_none_contradicts_what_holds(census):
    assert census["asked"] > 14 * 12 * 3 * 3 * 2**3
    assert census["wrong"] == []


@pytest.mark.timeout(240)
def test_no_choice_is_dead(census):
    for (task, data), plan in finder.base_plans().items():
        for name, _ in plan["choices"]:
            assert (task, data, name) in census["shown"], f"{task} {data}: {name} is never shown"


@pytest.mark.timeout(240)
def test_no_condition_s_rule_is_dead(census):
    for name, rule in finder.rules()["conditions"].items():
        for row in rule.get("first", ()):
            cells = itertools.product(row["task"], row["data"])
            for cell in cells:
                assert (*cell, row["use"]) in census["first"], f"{name}: {row['use']} never first"
        for row in rule.get("next", ()):
            for cell in itertools.product(row["task"], row.get("data", finder.options()["data"])):
                assert (*cell, row["use"]) in census["shown"], f"{name}: {row['use']} never shown"


def test_contradictions_are_seen(monkeypatch):
    known = deepcopy(finder.rules())
    row = {"use": "self-training", "task": ["classify"], "data": ["images"]}
    known["conditions"]["imbalance"]["first"].append(row)
    monkeypatch.setattr(finder, "rules", lambda: known)
    given = {"task": "classify", "data": "images", "labelled": "none", "amount": "small"}
    assert not can_do(finder.ranked(given, ["imbalance"])[0], given)


def test_every_approach_of_the_vocabulary_is_shown_somewhere(census):
    assert {name for _, _, name in census["shown"]} == set(finder.rules()["approaches"])


def test_conditions_stack_each_with_its_own_part():
    given = {"task": "outline", "data": "volumes", "labelled": "few", "amount": "small"}
    alone = {c: finder.pieces(given, [c]) for c in CONDITIONS}
    none = finder.pieces(given, [])
    for pair in itertools.combinations(CONDITIONS, 2):
        both = finder.pieces(given, pair)
        for part in ("change", "validate", "fools"):
            added = {s for c in pair for s in alone[c][part]}
            assert set(both[part]) == added | set(none[part])
    for condition in CONDITIONS:
        assert alone[condition] != none, condition
    split = finder.recommend(**given, conditions=["other-site", "groups"]).split[0]
    assert "a site" in split
    assert "whole groups" in split
    assert "later" not in split


def test_where_nothing_is_trained_no_test_part_is_asked_for():
    mapped = {"data": "images", "labelled": "many", "conditions": ["nearby"]}
    fitted = finder.recommend(task="parameters", **mapped).split
    assert fitted == (finder.rules()["plans"]["tasks"]["parameters"]["split"],)
    assert finder.recommend(task="classify", **mapped).split[0].startswith("The test part must be")
    for rule in finder.rules()["conditions"].values():
        assert set(rule.get("untested", ())) <= set(finder.options()["task"])


def test_the_order_of_conditions_does_not_matter():
    for given, held in every_problem(step=211):
        assert finder.ranked(given, held) == finder.ranked(given, held[::-1])


def test_every_plan_has_something_to_read_now():
    here, own = finder.written(), 0
    everything = list(every_problem(step=53))
    for given, held in everything:
        tried = [finder.as_approach(name) for name in finder.ranked(given, held)]
        read, exact = finder.reading(tried)
        assert set(read) <= here
        assert read
        own += exact
    print(f"own chapter first in {own / len(everything):.0%} of {len(everything)} problems")


# For these no chapter is written or planned; what is named to read is the nearest.
NOT_NAMED = {"causal-discovery", "mechanistic-model-fit", "topic-model"}


def unnamed(approaches):
    """Approaches with a written chapter of their own in which no word of their name stands."""
    for key, approach in approaches.items():
        words = {w[:6] for w in re.findall(r"[a-z]{4,}", f"{approach['name']} {key}".lower())}
        words -= {"with", "from", "that", "model", "networ", "method", "search", "learn"}
        for chapter in set(approach["read"]) & finder.written():
            text = (ROOT / "notebooks" / f"{chapter}.ipynb").read_text(encoding="utf-8").lower()
            if not any(word in text for word in words):
                yield key


def test_a_chapter_that_is_named_for_an_approach_speaks_of_it():
    known = finder.rules()["approaches"]
    assert set(unnamed(known)) == NOT_NAMED
    elsewhere = known["bandit"] | {"read": ["8-advanced/rl-with-a-simulator"]}
    assert set(unnamed({"bandit": elsewhere})) == {"bandit"}
    assert finder.reading([known["bandit"] | {"id": "bandit"}]) == (
        ("8-advanced/rl-with-a-simulator",), False
    )  # fmt: skip


def test_a_record_is_never_answered_by_trials_and_trials_never_by_a_record():
    trials = {"rl-in-simulator", "bandit", "gaussian-process-bo", "design-of-experiments"}
    record = {"off-policy-evaluation", "offline-rl"}
    for given, held in every_problem():
        names = set(finder.ranked(given, held))
        if given["task"] == "control-log":
            assert not names & trials, (given, held)
        elif given["task"].startswith("control"):
            assert not names & record, (given, held)


def test_what_was_one_task_is_answered_apart():
    """Causes, formulas, parameters, states and shapes in the same data have different answers."""
    for data, least in {"signals": 4, "table": 4, "sequences": 4, "molecules": 4}.items():
        given = {"data": data, "labelled": "none", "amount": "medium"}
        tasks = ("causes", "formula", "parameters", "states", "shape")
        assert len({finder.ranked(given | {"task": t}, [])[0] for t in tasks}) >= least, data
    given = {"data": "table", "labelled": "many", "amount": "medium"}
    ways = ("control-real", "control-simulator", "control-log")
    assert len({finder.ranked(given | {"task": way}, [])[0] for way in ways}) == 3


def test_an_intervention_by_lot_is_compared_as_assigned():
    given = {"task": "causes", "data": "table", "labelled": "many"}
    plain = finder.recommend(**given)
    drawn = finder.recommend(**given, conditions=["perturbed"])
    assert (plain.first["id"], drawn.first["id"]) == ("causal-inference", "statistical-tests")
    assert "Compare as assigned" in drawn.change[0]


def test_each_heading_of_the_tasks_stands_once_and_the_first_task_has_one():
    rows = list(finder.rules()["questions"]["task"]["options"].values())
    heads = [row["under"] for row in rows if "under" in row]
    assert "under" in rows[0]
    assert len(set(heads)) == len(heads) == 4


def test_a_second_goal_has_a_plan_of_its_own_and_one_split():
    answers = {"data": "images", "labelled": "few", "conditions": ["groups"]}
    plan = finder.recommend(task="outline", also="predict", **answers)
    assert plan.also.first == finder.recommend(task="predict", **answers).first
    assert finder.SECOND in str(plan)
    assert finder.recommend(task="outline", **answers).also is None


def test_a_plan_as_text_has_its_parts_in_order_and_leaves_out_empty_ones():
    plain = str(finder.recommend(task="forecast", data="signals"))
    heads = [line for line in plain.splitlines() if line.endswith(":")]
    assert heads == ["Split:", "Validate:", "What would fool you:"]
    changed = finder.recommend(task="classify", data="images", conditions=["imbalance"])
    assert changed.change
    assert "\nChange:\n  - " in str(changed)


def test_a_plan_says_whether_its_reading_is_the_approach_s_own_chapter():
    here = finder.written()
    near = "(the nearest chapter that is written)"
    seen = set()
    for task in ("classify", "forecast", "generate", "align"):
        for data in ("images", "signals", "volumes"):
            plan = finder.recommend(task=task, data=data)
            assert plan.own == any(chapter in here for chapter in plan.first["read"])
            assert (near in str(plan)) != plan.own
            assert not plan.own or plan.read[0] in plan.first["read"]
            seen.add(plan.own)
    assert seen == {True, False}


def test_a_cheap_method_that_comes_first_is_not_what_it_must_beat():
    short = finder.recommend(task="forecast", data="signals", amount="small")
    assert short.first["id"] == "arima-or-seasonal-naive"
    assert short.beat == "The last value carried forward, and the mean"
    assert "exponential" in finder.recommend(task="forecast", data="signals").beat


def test_a_plan_says_when_deep_learning_is_not_first():
    short = finder.recommend(task="forecast", data="signals", amount="small")
    assert short.deep is False
    assert str(short).splitlines()[1] == finder.SHALLOW
    volumes = finder.recommend(task="outline", data="volumes")
    assert volumes.deep is True
    assert finder.SHALLOW not in str(volumes)
    assert finder.recommend(task="design", data="text").deep is None


def test_precedents_cite_the_survey_s_references():
    with open(REFERENCES) as file:
        numbers = {int(row["number"]) for row in csv.DictReader(file)}
    rows = [p for plan in finder.rules()["plans"]["plans"] for p in plan.get("precedents", ())]
    used = {number for row in rows for number in row.get("refs", ())}
    assert used <= numbers
    assert len(used) > 40
    assert len({row["doi"] for row in rows if "doi" in row}) > 30


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"data": "photo"}, "recommend: data must be one of images, .* found 'photo'"),
        ({"conditions": ["dark"]}, "conditions must be one of other-site, .* found 'dark'"),
        ({"also": "win"}, "task must be one of classify, .* found 'win'"),
        ({"task": "control"}, "control-real, control-simulator, control-log, found 'control'"),
    ],
)
def test_an_unknown_answer_gets_a_sentence(wrong, said):
    with pytest.raises(ValueError, match=said):
        finder.recommend(**{"task": "classify", "data": "images", **wrong})


def test_a_stricter_test_part_replaces_a_draw_at_random_and_other_splits_stay():
    plans = finder.rules()["plans"]["tasks"]
    held = finder.options()["conditions"]
    for task, row in plans.items():
        for condition in held:
            split = finder.recommend(task=task, data="table", conditions=[condition]).split
            stricter = split[0].startswith("The test part must be")
            assert (row["split"] in split) != (row.get("random", False) and stricter), split
    assert {task for task, row in plans.items() if row.get("random")} == {"classify", "predict"}


def test_a_survival_model_is_to_beat_a_survival_curve():
    for task in ("classify", "predict"):
        plan = finder.recommend(task=task, data="table", conditions=["censored"])
        assert plan.first["id"] == "survival-model"
        assert plan.beat.startswith("A Kaplan-Meier curve")


def test_nothing_is_kept_from_training_where_nothing_is_trained():
    for task in ("align", "group", "causes", "formula", "parameters", "states", "shape"):
        for condition in ("groups", "other-site", "nearby"):
            split = finder.recommend(task=task, data="table", conditions=[condition]).split
            assert "never seen in training" not in " ".join(split), (task, condition)
