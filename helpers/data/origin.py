"""Where examples came from, and what a reader made of a file (survey 2.2; every "Your own data")."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import torch

from .arguments import shown


@dataclass(frozen=True)
class Report:
    """What a reader found, one line a column, folder, mask or file.

    Attributes: ``source`` the name of the file or folder; ``head`` the titles of the columns of
    the report; ``lines`` one tuple of texts a line, as long as ``head``; ``notes`` sentences.
    Prints as a table, and is drawn as one in a notebook.

    Examples
    --------
    >>> print(Report("a.csv", ("column", "read as"), [("mass", "number")], ["2 rows"]))
    a.csv: 2 rows
    column  read as
    mass    number
    """

    source: str
    head: tuple[str, ...]
    lines: list[tuple[str, ...]]
    notes: list[str] = field(default_factory=list)

    def __str__(self):
        table = [self.head, *self.lines]
        widths = [max(len(line[k]) for line in table) for k in range(len(self.head))]
        rows = ("  ".join(c.ljust(w) for c, w in zip(line, widths)).rstrip() for line in table)
        return "\n".join([f"{self.source}: {'; '.join(self.notes)}", *rows])

    __repr__ = __str__

    def _repr_html_(self):
        def row(line, tag):
            return "<tr>" + "".join(f"<{tag}>{escape(c)}</{tag}>" for c in line) + "</tr>"

        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        body = "".join(row(line, "td") for line in self.lines)
        return (
            f"<p><b>{escape(self.source)}</b></p><ul>{notes}</ul>"
            f"<table><thead>{row(self.head, 'th')}</thead><tbody>{body}</tbody></table>"
        )


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What every set of examples says about itself; the sets that the book ships leave it empty.

    Attributes: ``groups`` (N,) int64, rows of one number belong on one side of a split, or None;
    ``time`` (N,) float64, in the file's unit or in days since 1970, or None; ``rows`` where each
    example came from, a row of the file (the header is row 1) or a file name; ``path`` what was
    read; ``report`` the reading report; ``decisions`` what reads new examples in the same way.
    """

    groups: torch.Tensor | None = None
    time: torch.Tensor | None = None
    rows: list = field(default_factory=list, repr=False)
    path: str | None = None
    report: Report | None = field(default=None, repr=False)
    decisions: dict = field(default_factory=dict, repr=False)

    @property
    def task(self):
        """ "classification", "regression", or None where there is nothing to predict."""
        if getattr(self, "y", None) is None:
            return None
        return "classification" if self.classes else "regression"


def shorten(text, width=28):
    """Cut a text for one line of a report.

    Parameters
    ----------
    text : str, or anything with a text form
    width : int >= 1
        Most characters, the "…" among them.

    Examples
    --------
    >>> shorten("ACGTACGT", 5)
    'ACGT…'
    """
    text = " ".join(str(text).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def count_of(number, noun):
    """A number with its noun in the singular or plural.

    Parameters
    ----------
    number : int
    noun : str, in the singular; its plural ends in s

    Examples
    --------
    >>> count_of(1, "row"), count_of(2, "row")
    ('1 row', '2 rows')
    """
    return f"{number:,} {noun}" + "s" * (number != 1)


def span(sizes):
    """The smallest and largest width and height.

    Examples
    --------
    >>> span([(20, 30), (10, 40)])
    '10 x 30 to 20 x 40'
    """
    wide, high = zip(*sizes)
    low, top = f"{min(wide)} x {min(high)}", f"{max(wide)} x {max(high)}"
    return low if low == top else f"{low} to {top}"


def few(paths):
    """The first three names of files.

    Examples
    --------
    >>> few([Path(f"data/{k}.png") for k in range(5)])
    '0.png, 1.png, 2.png and 2 more'
    """
    return ", ".join(shown(Path(p.name)) for p in paths[:3]) + f" and {len(paths) - 3} more" * (
        len(paths) > 3
    )
