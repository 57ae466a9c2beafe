"""A plan for a problem: what to beat, what to try first (survey 2.1; chapter 2-considerations/templates).

The rules are in the `finder-*.yml` beside this file. The book's finder page shows the same plans.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("questions", "approaches", "plans", "conditions", "tools")
NOTEBOOKS = HERE.parents[1] / "notebooks"
PARTS = ("split", "change", "validate", "fools")
SHOWN = 4  # approaches after the first
SHALLOW = "Deep learning is not the first thing to try here."
SECOND = "Keep one split for both goals, and judge the second with the errors of the first in it."


@dataclass(frozen=True)
class Plan:
    """What to do about a problem, from the split to what would deceive you.

    `first` and `others` are approaches (dicts of `finder-approaches.yml` with their `id`), in the
    order in which one would try them. `split`, `change`, `validate` and `fools` are sentences, one
    or more from each thing that holds. `read` are chapters that are written, best first; `own` says
    whether the first of them is about the first approach or merely the nearest. `also` is the plan
    for a second goal, or None.
    """

    problem: str
    first: dict
    others: tuple
    beat: str
    split: tuple
    change: tuple
    validate: tuple
    fools: tuple
    fails: str
    tools: tuple
    read: tuple
    own: bool
    survey: tuple
    precedents: tuple
    also: "Plan | None"

    @property
    def deep(self):
        """Whether the first approach is a neural network; None where any model will do."""
        return {"either": None}.get(self.first.get("deep"), self.first.get("deep", False))

    def __str__(self):
        lists = (("Split", self.split), ("Change", self.change), ("Validate", self.validate))
        lines = [self.problem, *self.brief()]
        for title, said in (*lists, ("What would fool you", self.fools)):
            lines += [f"{title}:", *(f"  - {sentence}" for sentence in said)] if said else []
        near = "" if self.own else " (the nearest chapter that is written)"
        outside = self.first["outside"]
        lines.append(f"Read: {', '.join(self.read)}{near}; survey {', '.join(self.survey)};")
        lines.append(f"  {outside['title']} <{outside['url']}>")
        if self.also:
            lines += ["", f"And then: {self.also.problem}", SECOND, *self.also.brief()]
        return "\n".join(lines)

    def brief(self):
        """The lines that say what to do, without the judging of it."""
        names = "; ".join(approach["name"] for approach in self.others[:SHOWN])
        return [
            *([SHALLOW] if self.deep is False else []),
            f"Beat first: {self.beat}.",
            f"Try first: {self.first['name']}. {self.first['why']}",
            f"If it fails: {self.fails}" + f" Then: {names}." * bool(names),
            "Use today: " + ", ".join(f"{t['name']} <{t['url']}>" for t in self.tools),
        ]


@cache
def rules():
    """The rules' files, by name: questions, approaches, plans, conditions, tools."""
    import yaml

    texts = {name: (HERE / f"finder-{name}.yml").read_text(encoding="utf-8") for name in FILES}
    return {name: yaml.safe_load(text) for name, text in texts.items()}


def options():
    """The answers that each question knows.

    Returns
    -------
    dict
        Question id -> list of answer ids, in the order of the page.

    Examples
    --------
    >>> options()["labelled"]
    ['none', 'few', 'many']
    """
    asked = rules()["questions"].items()
    return {name: list(question["options"]) for name, question in asked if "options" in question}


def written():
    """Chapters that are written, as `part/name`; empty where the book is not at hand."""
    return {
        f"{path.parent.name}/{path.stem}"
        for path in NOTEBOOKS.glob("*/*.ipynb")
        if "\ndraft: true" not in path.with_suffix(".yml").read_text(encoding="utf-8")
    }


@cache
def base_plans():
    """The plan for each task and kind of data, its choices as (approach, when it is open)."""
    words = {w: q for q in ("labelled", "amount") for w in options()[q]}
    found = {}
    for plan in rules()["plans"]["plans"]:
        choices = []
        for choice in plan["choices"]:
            name, said = next(iter(choice.items())) if isinstance(choice, dict) else (choice, "")
            when = {}
            for word in said.split():
                when.setdefault(words[word], set()).add(word)
            choices.append((name, when))
        found |= {(plan["task"], data): plan | {"choices": choices} for data in plan["data"]}
    return found


def fits(when, given):
    """Whether each question that `when` names has one of the answers named there.

    Parameters
    ----------
    when : dict of question id -> answers that fit; a question that is not in it does not matter
    given : dict of question id -> answer id
    """
    return all(given[name] in when[name] for name in given if name in when)


def active(given, conditions):
    """The conditions that hold, in the order of the rules' file, as (id, rule).

    Parameters
    ----------
    given : dict of question id -> answer id
    conditions : collection of condition ids
    """
    holds = {*conditions, given["labelled"], given["amount"]}
    return [(name, rule) for name, rule in rules()["conditions"].items() if name in holds]


def ranked(given, conditions):
    """Ids of the approaches for a problem, the first to try first.

    Parameters
    ----------
    given : dict of question id -> answer id
    conditions : collection of condition ids
    """
    holding = [rule for _, rule in active(given, conditions)]
    before, after = (
        [row["use"] for rule in holding for row in rule.get(place, ()) if fits(row, given)]
        for place in ("first", "next")
    )
    choices = base_plans()[given["task"], given["data"]]["choices"]
    names = [*before, *(name for name, when in choices if fits(when, given)), *after]
    names = list(dict.fromkeys(names))
    if any(rule.get("light") for rule in holding):
        approaches = rules()["approaches"]
        names.sort(key=lambda name: approaches[name].get("heavy", False))
    return names


def pieces(given, conditions):
    """Sentences that the conditions add: part of the plan -> list, in the order of the file.

    Parameters
    ----------
    given : dict of question id -> answer id
    conditions : collection of condition ids
    """
    said = {part: [] for part in PARTS}
    if tests := demanded(given, conditions):
        said["split"].append(f"The test part must be {', and '.join(tests)}.")
    for _, rule in active(given, conditions):
        piece = next(
            (p for p in rule["pieces"] if given["task"] in p.get("for", [given["task"]])), {}
        )
        for part in PARTS:
            said[part] += [piece[part]] if part in piece else []
    return said


def demanded(given, conditions):
    """What the conditions demand of the test part; a draw at random does not give that.

    Parameters
    ----------
    given : dict of question id -> answer id
    conditions : collection of condition ids
    """
    return [
        rule["test"]
        for _, rule in active(given, conditions)
        if "test" in rule and given["task"] not in rule.get("untested", ())
    ]


def recommend(*, task, data, labelled="many", amount="medium", conditions=(), also=None):
    """A plan for a problem, composed from the task, the data and everything else that holds.

    Parameters
    ----------
    task, data, labelled, amount : str
        One answer of `options()` each.
    conditions : sequence of str
        Any of `options()["conditions"]`; their order does not matter.
    also : str, optional
        A second task for the same data.

    Returns
    -------
    Plan
        Printing it gives a page for a lab book.

    Raises
    ------
    ValueError
        If an answer is not one of a question's.

    Examples
    --------
    >>> plan = recommend(task="predict", data="table", labelled="few", conditions=["groups"])
    >>> plan.first["id"], plan.deep
    ('regularised-linear', False)
    >>> print(plan.split[0])
    The test part must be made of whole groups (patients, days, shots, families) never seen in training.
    """
    given = {"task": task, "data": data, "labelled": labelled, "amount": amount}
    known = options()
    asked = [*given.items(), *(("conditions", name) for name in conditions)]
    asked += [("task", also)] if also is not None else []
    for name, answer in asked:
        if answer not in known[name]:
            raise ValueError(
                f"recommend: {name} must be one of {', '.join(known[name])}, found {answer!r}."
            )
    return compose(given, frozenset(conditions), also)


def compose(given, conditions, also=None):
    """The plan for checked answers.

    Parameters
    ----------
    given : dict of question id -> answer id
    conditions : collection of condition ids
    also : str or None
        A second task for the same data.
    """
    base = base_plans()[given["task"], given["data"]]
    general = rules()["plans"]["tasks"][given["task"]]
    tried = [as_approach(name) for name in ranked(given, conditions)]
    added = pieces(given, conditions)
    tested = bool(demanded(given, conditions))
    own_split = [] if general.get("random") and tested else [general["split"]]
    rival = tried[0].get("beat", base["beat"])
    read, own = reading(tried)
    return Plan(
        problem=sentence(given, conditions),
        first=tried[0],
        others=tuple(tried[1:]),
        beat=general["floor"] if tried[0]["id"] == base.get("cheap") else rival,
        split=(*added["split"][:tested], *own_split, *added["split"][tested:]),
        change=tuple(added["change"]),
        validate=(general["validate"], *added["validate"]),
        fools=(general["fools"], base["fools"], *added["fools"]),
        fails=general["fails"],
        tools=tools(tried[0], base),
        read=read,
        own=own,
        survey=tuple(tried[0]["survey"]),
        precedents=tuple(base.get("precedents", ())),
        also=compose(given | {"task": also}, conditions) if also else None,
    )


def as_approach(name):
    """An approach of the rules' file with its id."""
    return {"id": name} | rules()["approaches"][name]


def reading(tried):
    """Chapters that are written, the first approach's before the others', and if it has one."""
    here = written()
    own = [chapter for chapter in tried[0]["read"] if chapter in here]
    others = [chapter for approach in tried[1:4] for chapter in approach["read"]]
    found = [*(own or [tried[0]["near"]]), *(chapter for chapter in others if chapter in here)]
    return tuple(dict.fromkeys(found)), bool(own)


def tools(first, base):
    """What practitioners use: two tools for just these data, the first approach's, then the rest.

    Parameters
    ----------
    first : dict
        The approach to try first, as `as_approach` gives it.
    base : dict
        The plan for task and data, of `base_plans`.
    """
    here = base.get("tools", [])
    both = [name for name in here if name in first["tools"]]
    names = dict.fromkeys([*both, *here[:2], *first["tools"], *here])
    return tuple(rules()["tools"][name] for name in list(names)[:4])


def sentence(given, conditions):
    """The problem in words.

    Parameters
    ----------
    given : dict of question id -> answer id
    conditions : collection of condition ids
    """
    asked = rules()["questions"]
    short = {name: asked[name]["options"][answer]["short"] for name, answer in given.items()}
    held = [name for name in asked["conditions"]["options"] if name in conditions]
    rest = [short["labelled"], short["amount"]]
    rest += [asked["conditions"]["options"][name]["short"] for name in held]
    begin = f"{short['task']} {short['data']}"
    return f"{begin[0].upper()}{begin[1:]}: {', '.join(rest)}."
