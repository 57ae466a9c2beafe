"""Which method first: rules for five questions (survey 2.1; chapter 2-considerations/templates).

The rules are in `finder.yml` beside this file. The book's finder page shows the same answers.
"""

from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path

RULES = Path(__file__).with_name("finder.yml")
TEXTS = ("asks", "first", "why", "fails", "beat")


@dataclass(frozen=True)
class Recommendation:
    """One rule that fits: what to do first, why, and what to do when it fails.

    `score` is the share of all combinations of answers that the rule does *not* cover, from 0
    (says the same to everybody) to nearly 1 (written for this case). `precedents` are pairs of
    what was done and the survey's reference numbers.
    """

    rule: str
    asks: str
    first: str
    why: str
    fails: str
    beat: str
    chapters: tuple
    next: tuple
    survey: tuple
    precedents: tuple
    score: float

    def __str__(self):
        lines = [f"{self.asks}\n  first: {self.first}", f"  beat:  {self.beat}"]
        lines += [f"  why:   {self.why}", f"  else:  {self.fails}"]
        lines.append(f"  read:  {', '.join(self.chapters)} (survey {', '.join(self.survey)})")
        return "\n".join(lines)


@cache
def rules():
    """Questions and rules of `finder.yml`, as read."""
    import yaml

    return yaml.safe_load(RULES.read_text(encoding="utf-8"))


def options():
    """The answers that each question knows.

    Returns
    -------
    dict
        Question id -> list of answer ids, in the order of the page.

    Examples
    --------
    >>> options()["compute"]
    ['cpu', 'gpu']
    """
    return {question["id"]: list(question["options"]) for question in rules()["questions"]}


def covered(when):
    """How many combinations of answers a rule's `when` covers; fewer means more specific."""
    return prod(len(when.get(name, answers)) for name, answers in options().items())


def recommend(*, data, labels, goal, amount="small", compute="cpu"):
    """Rank the first approaches for a problem, the most specific first.

    Parameters
    ----------
    data : str
        images, volumes, video, graph, sequence, text, table, sets or several.
    labels : str
        many, few, none, noisy, domain (they belong to other data) or tasks (several at once).
    goal : str
        predict, understand, transform, generate or decide.
    amount : str
        Examples in all: small (up to about a thousand), medium (to a hundred thousand), large.
    compute : str
        cpu or gpu.

    Returns
    -------
    list of Recommendation
        At least one. Equal scores keep the order of the rules' file.

    Raises
    ------
    ValueError
        If an answer is not one of a question's.

    Examples
    --------
    >>> best = recommend(data="table", labels="few", goal="predict")[0]
    >>> best.chapters
    ('2-considerations/simple-models',)
    >>> print(best.beat)
    The mean, or the most frequent class
    """
    given = {"data": data, "labels": labels, "goal": goal, "amount": amount, "compute": compute}
    for name, answers in options().items():
        if given[name] not in answers:
            raise ValueError(
                f"recommend: {name} must be one of {', '.join(answers)}, found {given[name]!r}."
            )
    fits = [rule for rule in rules()["rules"] if matches(rule["when"], given)]
    return [as_recommendation(rule) for rule in sorted(fits, key=lambda r: covered(r["when"]))]


def matches(when, given):
    """Whether each question named in `when` has one of the answers listed there."""
    return all(given[name] in answers for name, answers in when.items())


def as_recommendation(rule):
    """A rule of the file as a `Recommendation`."""
    everything = prod(len(answers) for answers in options().values())
    return Recommendation(
        rule=rule["id"],
        **{name: rule[name] for name in TEXTS},
        chapters=tuple(rule["chapters"]),
        next=tuple(rule["next"]),
        survey=tuple(str(section) for section in rule["survey"]),
        precedents=tuple((p["what"], tuple(p["refs"])) for p in rule["precedents"]),
        score=1 - covered(rule["when"]) / everything,
    )
