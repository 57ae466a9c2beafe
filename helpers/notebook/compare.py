"""The table at the end of a comparison: rivals, budgets, paired differences (survey 9)."""

from dataclasses import dataclass
from html import escape

from helpers.metrics.comparison import difference, mean_interval
from helpers.notebook.band import promised, require

INTERVALS = {
    "t": "Student's t",
    "bootstrap": "BCa bootstrap over the units",
    "resplit": "t corrected for overlapping splits",
}


def compare(
    scores,
    *,
    to,
    unit,
    score,
    bands,
    budget=None,
    better="higher",
    how="t",
    share=None,
    margin=0.0,
    kind="result",
):
    """Compare methods that were tried on the same units, as a table.

    Parameters
    ----------
    scores : dict of name -> sequence of n floats
        One score a unit, in the same order for every method. The strongest cheap rival is one
        of the rows.
    to : str
        The row that all others are compared with, for instance the best baseline.
    unit : str
        What one score belongs to, in the plural: "draws of thirty labels", "patients".
    score : str
        What is measured, with its unit: "balanced accuracy", "error (log mol/l)".
    bands : dict of name -> (low, high)
        Where the mean of each row must lie; the printed numbers themselves are hidden when
        chapters are compared. Not applied to a reader's own data.
    budget : dict of name -> str, optional
        What each method was given: settings tried, steps, seconds.
    better : {"higher", "lower"}
    how, share
        The kind of interval: see `helpers.metrics.comparison.mean_interval`.
    margin : float >= 0
        Differences up to this size count as level.
    kind : {"result", "holds", "agrees"}
        As for `check`.

    Returns
    -------
    Comparison
        Displays as a table; ``table["name"]`` is its row, for checks and for prose.

    Raises
    ------
    CheckFailed
        If the mean of a row leaves its band.
    ValueError
        If `to`, a band or a budget is missing, names nobody, or scores do not pair.

    Examples
    --------
    >>> table = compare(
    ...     {"forest": [0.81, 0.80, 0.84], "network": [0.85, 0.86, 0.87]},
    ...     to="forest", unit="draws", score="accuracy",
    ...     bands={"forest": (0.7, 0.9), "network": (0.8, 0.9)},
    ... )
    >>> table["network"].difference.wins, table["network"].difference.says()
    (3, 'gains')
    >>> table
    Comparison of forest, network: accuracy on 3 draws, differences to forest
    """
    budget = {} if budget is None else budget
    require_names(scores, to, bands, budget)
    rows = {}
    for name, values in scores.items():
        result = mean_interval(values, how, share=share)
        gap = None
        if name != to:
            gap = difference(values, scores[to], how, share=share, better=better)
        rows[name] = Row(budget.get(name, ""), result, gap)
        if promised(kind):
            require(f"{score} of {name}", result.mean, *bands[name])
    return Comparison(rows, to, unit, score, better, how, margin, len(scores[to]))


def require_names(scores, to, bands, budget):
    """Raise unless every row has a band, and nothing else has one.

    Parameters
    ----------
    scores, to, bands, budget : as for `compare`
        A budget may be empty.
    """
    if to not in scores:
        raise ValueError(f"compare(to={to!r}): expected one of {', '.join(scores)}")
    for said, names in (("bands", bands), ("budget", budget)):
        if names and set(names) != set(scores) or (said == "bands" and not names):
            odd = sorted(set(scores) ^ set(names))
            raise ValueError(
                f"compare({said}=): expected one for every row, found it wrong for {odd}"
            )


@dataclass(frozen=True)
class Row:
    """One method: budget, mean score with interval, difference to the reference (or None)."""

    budget: str
    result: object
    difference: object


@dataclass(frozen=True)
class Comparison:
    """Rows by name, and how they were made; see `compare`."""

    rows: dict
    to: str
    unit: str
    score: str
    better: str
    how: str
    margin: float
    n: int

    def __getitem__(self, name):
        return self.rows[name]

    def __repr__(self):
        names = ", ".join(self.rows)
        return (
            f"Comparison of {names}: {self.score} on {self.n} {self.unit}, differences to {self.to}"
        )

    def __str__(self):
        lines = [repr(self)]
        for name, row in self.rows.items():
            lines.append("  ".join([name, *filter(None, [row.budget, *self.measured(row)])]))
        return "\n".join(lines)

    def measured(self, row):
        """What was measured in a row, as text: result, difference, wins."""
        if row.difference is None:
            return [interval(row.result), "", ""]
        gap = row.difference
        ties = f", {gap.ties} ties" if gap.ties else ""
        return [interval(row.result), interval(gap, sign="+"), f"{gap.wins} of {gap.n}{ties}"]

    def _repr_html_(self):
        budgets = any(row.budget for row in self.rows.values())
        names = ["method", *["budget"] * budgets, self.score, f"better than {self.to} by", "wins"]
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
        body = "".join(self.line(name, row, budgets) for name, row in self.rows.items())
        return (
            '<div class="comparison" style="overflow-x:auto"><table>'
            f"<caption>{escape(self.caption())}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def line(self, name, row, budgets):
        """One row of the table; measured cells are marked, since their digits differ.

        Parameters
        ----------
        name : str
            The method.
        row : Row
        budgets : bool
            Whether the table has a column of budgets.
        """
        cells = f'<th scope="row">{escape(name)}</th>'
        cells += f"<td>{escape(row.budget)}</td>" * budgets
        for text in self.measured(row):
            number, *rest = text.split(" [")
            small = f"<br><small>[{rest[0]}</small>" if rest else ""
            cells += f'<td class="measured">{number}{small}</td>' if text else "<td></td>"
        return f"<tr>{cells}</tr>"

    def caption(self):
        """What the table compares, and how."""
        return (
            f"{self.n} {self.unit}; {self.better} {self.score} is better. In brackets, 95 % intervals "
            f"({INTERVALS[self.how]}); the differences are paired."
        )


def interval(found, sign=""):
    """A mean with its interval, with the digits that the interval's width supports.

    Parameters
    ----------
    found : Interval or Difference
    sign : str
        "+" writes the sign of a positive number too, "" does not.
    """
    width = found.high - found.low
    digits = next((d for d in range(6) if width >= 10.0**-d), 6) + 1 if width else 3
    low, mean, high = (format(x, f"{sign}.{digits}f") for x in (found.low, found.mean, found.high))
    return f"{mean} [{low}, {high}]".replace("-", "−")
