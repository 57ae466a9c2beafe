"""Stored results of a chapter's long run (survey 9; chapter 9-practice/validate-thoroughly).

A chapter runs in a minute; `experiments/<part>/<name>.py` runs the same comparison at length and
`make results` stores what it found.
"""

import json
from dataclasses import dataclass
from pathlib import Path

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
ADDRESS = "https://raw.githubusercontent.com/executable-survey/executable-survey/main/experiments"


@dataclass(frozen=True)
class LongRun:
    """What a long run found.

    Attributes
    ----------
    rows : list of dict
        One a case: what was run, and the numbers that came out.
    about : dict
        ``machine``, ``versions``, ``date``, ``seconds`` (of processor time) and ``hash``.
    """

    rows: list
    about: dict

    def __repr__(self):
        minutes = self.about["seconds"] / 60
        return (
            f"{len(self.rows)} runs, {minutes:.0f} processor minutes on {self.about['machine']}, "
            f"{self.about['date']}, torch {self.about['versions']['torch']}"
        )

    def scores(self, value, by, **where):
        """The numbers of each method in one and the same order, ready to be compared in pairs.

        Parameters
        ----------
        value : str
            Which number, for instance "accuracy".
        by : str
            What tells the methods apart, for instance "rival".
        **where : equalities
            Only rows with these entries: ``split="blocks"``.

        Returns
        -------
        dict of name -> list of floats

        Raises
        ------
        ValueError
            If no row fits, or the methods were not run on the same cases.
        """
        numbers = set(self.about["numbers"])
        chosen = [r for r in self.rows if all(r.get(k) == v for k, v in where.items())]
        found = {}
        for row in chosen:
            case = json.dumps({k: v for k, v in row.items() if k != by and k not in numbers})
            found.setdefault(row[by], {})[case] = row[value]
        if not found:
            raise ValueError(f"scores(): no row of the long run has {where}")
        first = next(iter(found.values()))
        for name, values in found.items():
            if set(values) != set(first):
                raise ValueError(f"scores(): {name!r} was not run on the same cases as the others")
        return {name: [values[case] for case in first] for name, values in found.items()}


def long_run(chapter):
    """The stored results of a chapter's long run.

    Parameters
    ----------
    chapter : str
        "part/name". Without a checkout, as in Colab, the table is fetched from the book's
        repository.

    Returns
    -------
    LongRun

    Raises
    ------
    ValueError
        If there is none, or it can neither be found nor fetched.
    """
    path = EXPERIMENTS / f"{chapter}.json"
    stored = json.loads(path.read_text() if path.exists() else fetched(chapter))
    rows = [row["case"] | row["result"] for row in stored["rows"]]
    numbers = sorted({name for row in stored["rows"] for name in row["result"]})
    about = {key: stored[key] for key in ("machine", "versions", "date", "seconds", "hash")}
    return LongRun(rows, about | {"numbers": numbers})


def fetched(chapter):
    """The table as the book's repository has it."""
    from urllib.error import URLError
    from urllib.request import urlopen

    if EXPERIMENTS.is_dir():
        raise ValueError(f"long_run({chapter!r}): no experiments/{chapter}.json: make results")
    try:
        with urlopen(f"{ADDRESS}/{chapter}.json", timeout=20) as answer:
            return answer.read(1_000_000).decode()
    except (URLError, TimeoutError) as error:
        raise ValueError(
            f"long_run({chapter!r}): not stored here, and not fetched: {error}"
        ) from error
