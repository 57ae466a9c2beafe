"""Your own votes: rows are examples, columns are voters (survey 5.4; chapter 5-methods/weak-supervision)."""

from dataclasses import dataclass

import torch

from .keys import group_codes
from .origin import Origin, Report, shorten
from .sheet import column, read_cells

MISSING = ("", "NA", "NaN", "nan", "None", "null", "-1")
MOST_CLASSES = 30


@dataclass(frozen=True)
class Votes(Origin):
    """What several voters said about the same examples.

    Attributes: ``votes`` (N, J) int64, -1 where a voter was silent; ``y`` (N,) int64, -1 where the
    truth is not known; ``classes`` in alphabetical order; ``voters`` their names.
    """

    votes: torch.Tensor
    y: torch.Tensor
    classes: list[str]
    voters: list[str]


def votes_table(
    path, voters, truth=None, *, groups=None, classes=None, missing=MISSING, separator=","
):
    """Read a CSV or TSV file with one row an example and one column a voter.

    Parameters
    ----------
    path : str or Path
        A file with a header.
    voters : list of str, the columns that vote, three at least
    truth : str or None
        A column with the true class, where it is known.
    groups : str or None
        A column that tells which rows belong together, such as the patient: resampled as one.
    classes : list of str or None
        The classes in order. None: all that occur, in alphabetical order.
    missing : texts that mean "no vote", besides an empty cell
    separator : str

    Returns
    -------
    Votes, ``rows`` as a spreadsheet counts them.

    Raises
    ------
    FileNotFoundError, ValueError : file, column, row, expected and found.

    Examples
    --------
    >>> import tempfile; from pathlib import Path; file = Path(tempfile.mkdtemp()) / "v.csv"
    >>> _ = file.write_text("a,b,c,sure\\nyes,no,,yes\\nno,no,yes,\\n")
    >>> data = votes_table(file, ["a", "b", "c"], "sure")
    >>> data.votes.tolist(), data.y.tolist(), data.classes
    ([[1, 0, -1], [0, 0, 1]], [1, -1], ['no', 'yes'])
    """
    frame, voters = read_cells("votes_table", path, separator), list(voters)
    if len(voters) < 3 or len(set(voters)) < len(voters):
        raise ValueError(f"votes_table: expected three voters or more, each once, found {voters}")
    silent = {"", *([missing] if isinstance(missing, str) else missing)}
    named = [*voters, *([] if truth is None else [truth])]
    cells = {name: column("votes_table", path, frame, name).fillna("") for name in named}
    said = sorted({cell for part in cells.values() for cell in part} - silent)
    classes = said if classes is None else list(classes)
    if odd := sorted(set(said) - set(classes)):
        raise ValueError(f"votes_table: {path} holds {odd[0]!r}, which is none of {classes}")
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise ValueError(
            f"votes_table: expected 2 to {MOST_CLASSES} classes in {path}, found {len(classes)}"
        )
    number = {name: k for k, name in enumerate(classes)} | dict.fromkeys(silent, -1)
    table = torch.tensor([[number[cell] for cell in cells[name]] for name in voters]).T
    if mute := [name for name, part in zip(voters, table.T) if bool((part < 0).all())]:
        raise ValueError(f"votes_table: {path}, column {mute[0]!r} holds no vote")
    unknown = torch.full((len(frame),), -1)
    codes = groups and group_codes("votes_table", path, column("votes_table", path, frame, groups))
    y = unknown if truth is None else torch.tensor([number[cell] for cell in cells[truth]])
    return Votes(
        table.contiguous(), y, classes, voters, groups=codes, rows=list(frame.index), path=str(path),
        report=_report(path, voters, table, classes),
        decisions={
            "reader": "votes_table", "voters": voters, "truth": truth, "groups": groups, "classes": classes,
        },
    )  # fmt: skip


def _report(path, voters, votes, classes):
    """What each column was read as."""
    lines = []
    for name, part in zip(voters, votes.T):
        counts = [int((part == k).sum()) for k in range(len(classes))]
        said = ", ".join(f"{c} {n}" for c, n in zip(classes, counts))
        lines.append((shorten(name), str(int((part < 0).sum())), shorten(said, 60)))
    return Report(str(path), ("voter", "silent", "votes"), lines)
