"""Your own sequences: molecules as SMILES, proteins and DNA as FASTA, texts (survey 4.4 and 4.5)."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import torch

from .arguments import alphabet_of, missing_of, names_of, shown
from .cells import Reading
from .keys import ask_groups, group_codes, named_codes, named_parts, timestamps
from .labels import read_labels
from .molecules import Molecules
from .origin import Origin, Report, count_of, shorten
from .readers import Texts
from .sheet import column, read_cells, read_text


@dataclass(frozen=True)
class Sequences(Origin):
    """Named sequences.

    Attributes: ``names`` and ``sequences``, two lists of N strings (upper case); ``y`` (N,) int64
    and ``classes`` if the names hold a label, otherwise None and empty.
    """

    names: list[str]
    sequences: list[str]
    y: torch.Tensor | None = None
    classes: list[str] = field(default_factory=list)


def smiles_table(
    path,
    smiles,
    target=None,
    *,
    unit="",
    task=None,
    classes=None,
    groups=...,
    time=None,
    missing=None,
    unlabelled=None,
    unreadable=None,
    numeric=(),
    percent=(),
    dates=None,
    decimal=".",
    thousands=None,
    separator=",",
):
    """Read a CSV, TSV or Parquet file of molecules with one measured number or class each.

    Parameters
    ----------
    path : str or Path
        UTF-8 text, its first row the names of the columns.
    smiles : str
        Name of the column of molecules.
    target : str or None
        Name of the column to predict; None: nothing to predict.
    unit : str
        Of a target that is a number.
    task, classes, groups, time, missing, unlabelled : as in `own.table`
    numeric, percent, dates, decimal, thousands, separator : as in `own.table`
    unreadable : None or "drop"
        A SMILES that RDKit cannot read is refused, or its row is left out and named in the report.

    Returns
    -------
    Molecules, canonical SMILES written by RDKit; ``test`` all False.

    Raises
    ------
    FileNotFoundError, ValueError : a SMILES that RDKit cannot read or a target that is no number,
        with row, column and value; what may be read in two ways, with what to pass.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "molecules.csv"
    >>> _ = file.write_text("molecule,logS\\nOCC,0.9\\nc1ccccc1,-1.6\\n")
    >>> smiles_table(file, "molecule", "logS").smiles
    ['CCO', 'c1ccccc1']
    """
    if unreadable not in (None, "drop"):
        raise ValueError(
            f"smiles_table: unreadable must be None or 'drop', found {shown(str(unreadable))}"
        )
    reading = _reading("smiles_table", missing, numeric, percent, dates, decimal, thousands)
    decisions = {
        "reader": "smiles_table", "smiles": smiles, "unit": unit, "separator": separator,
        "unreadable": unreadable,
    }  # fmt: skip
    cells, labels, origin = _labelled(
        "smiles_table", path, smiles, target, reading, decisions,
        {"task": task, "classes": classes, "unlabelled": unlabelled, "unit": unit}, groups, time,
        readable=_molecule if unreadable else None,
    )  # fmt: skip
    texts = [_canonical(path, smiles, row, cell) for row, cell in cells.items()]
    if len(set(texts)) < len(texts):
        twice = count_of(len(texts) - len(set(texts)), "molecule")
        origin["report"].notes.append(f"{twice} that stand there twice")
    none = torch.zeros(len(texts), dtype=torch.bool)
    return Molecules(texts, labels[0], unit, none, classes=labels[1], **origin)


def texts(
    path,
    text,
    target=None,
    *,
    task=None,
    classes=None,
    groups=...,
    time=None,
    missing=None,
    unlabelled=None,
    numeric=(),
    percent=(),
    dates=None,
    separator=",",
):
    """Read a CSV, TSV or Parquet file of texts with one label or number each.

    Parameters
    ----------
    path : str or Path
        UTF-8 text, its first row the names of the columns.
    text : str
        Name of the column of texts.
    target : str or None
        Name of the column to predict; None: nothing to predict.
    task, classes, groups, time, missing, unlabelled, numeric, percent, dates, separator
        As in `own.table`.

    Returns
    -------
    Texts; ``train`` holds all rows, ``valid`` and ``test`` none.

    Raises
    ------
    FileNotFoundError, ValueError : as in `own.table`; an empty text, with its row.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "notes.csv"
    >>> _ = file.write_text("note,ill\\nno fever,no\\nhigh fever,yes\\n")
    >>> texts(file, "note", "ill").text
    ['no fever', 'high fever']
    """
    reading = _reading("texts", missing, numeric, percent, dates)
    decisions = {"reader": "texts", "text": text, "separator": separator}
    cells, labels, origin = _labelled(
        "texts", path, text, target, reading, decisions,
        {"task": task, "classes": classes, "unlabelled": unlabelled}, groups, time,
    )  # fmt: skip
    if (cells == "").any():
        row = (cells == "").idxmax()
        raise ValueError(f"texts: {path}, row {row}, column {text!r}: expected a text, found none")
    none = torch.arange(0)
    return Texts(cells.tolist(), *labels, torch.arange(len(cells)), none, none, **origin)


def _reading(where, missing, numeric, percent, dates, decimal=".", thousands=None):
    """What the caller said about the target and the time."""
    return Reading(
        decimal, thousands, missing_of(where, missing),
        numeric=names_of(where, "numeric", numeric), percent=names_of(where, "percent", percent),
        dates={} if dates is None else dates,
    )  # fmt: skip


def _labelled(where, path, name, target, reading, decisions, labels, groups, time, readable=None):
    """A column of texts, (y, classes), and what `Origin` holds."""
    frame = read_cells(where, path, decisions["separator"])
    groups = ask_groups(where, path, frame, target, groups)
    for needed in (name, *(other for other in (target, groups, time) if other is not None)):
        column(where, path, frame, needed)
    if name == target:
        raise ValueError(
            f"{where}: {path}: the column {name!r} is both input and target, expected two columns"
        )
    lost = (
        [] if readable is None else [row for row in frame.index if not readable(frame[name][row])]
    )
    frame = frame.drop(index=lost)
    if frame.empty:
        raise ValueError(f"{where}: {path}, column {name!r}: expected one readable row, found none")
    y, classes = None, []
    if target is not None:
        y, classes, keep = read_labels(where, path, frame[target], reading, **labels)
        frame = frame[keep]
    roles = {name: "input", target: "target", groups: "groups", time: "time"}
    if target is not None:
        roles[target] = "target, " + ("classification" if classes else "regression")
    lines = [
        (n, roles.get(n, "ignored"), shorten(cells.iloc[0]), f"{cells.nunique()} values")
        for n, cells in frame.items()
    ]
    head = ("column", "read as", "sample", "values")
    notes = [count_of(len(frame), "row"), f"groups: {groups or 'none named'}"]
    if lost:
        notes.append(f"left out, not readable: row {', '.join(map(str, lost))}")
    origin = {
        "groups": None if groups is None else group_codes(where, path, frame[groups], where != "smiles_table"),
        "time": None if time is None else timestamps(where, path, frame[time], reading),
        "rows": list(frame.index), "path": str(path), "decisions": {**decisions, "classes": classes},
        "report": Report(Path(path).name, head, lines, notes),
    }  # fmt: skip
    return frame[name], (y, classes), origin


def _canonical(path, name, row, cell):
    """Rewrite one SMILES in canonical form."""
    from rdkit.Chem import MolToSmiles

    mol = _molecule(cell)
    if mol is None:
        raise ValueError(
            f"smiles_table: {path}, row {row}, column {name!r}: expected a SMILES that RDKit can "
            f"read, found {shown(cell)}; pass unreadable='drop' to leave such rows out"
        )
    return MolToSmiles(mol)


def _molecule(cell):
    """RDKit's molecule of one cell, or None."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(cell)
    return mol if mol is not None and mol.GetNumAtoms() else None


def fasta(path, *, alphabet=None, label=None, groups=None):
    """Read a FASTA file.

    Parameters
    ----------
    path : str or Path
        UTF-8 text.
    alphabet : str, letters in a list, or None
        Allowed letters, for example "ACGTN", in either case; None allows every letter, "*" and "-".
    label, groups : regular expression or None
        What the first brackets find in a name is its class, or the group it belongs to:
        ``label="type=(\\w+)"`` reads "enzyme" in ">P12 type=enzyme". None: none is read.

    Returns
    -------
    Sequences, in the order of the file, upper case; names without ">".

    Raises
    ------
    FileNotFoundError, ValueError : text before the first ">", a record without a name or a
        sequence, or a letter outside the alphabet, with line number.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.fasta"
    >>> _ = file.write_text(">first\\nacg\\nT\\n>second\\nGG\\n")
    >>> fasta(file).sequences
    ['ACGT', 'GG']
    """
    names, parts, starts = [], [], []
    alphabet = alphabet_of("fasta", alphabet)
    for number, line in enumerate(re.split("\r\n|\r|\n", read_text("fasta", path)), 1):
        line = line.strip()
        if line.startswith(">"):
            names.append(_name(path, number, line[1:].strip()))
            parts.append([])
            starts.append(number)
        elif line:
            if not parts:
                raise ValueError(
                    f"fasta: {path}, line {number}: expected a line that starts with '>', found {line[:20]!r}"
                )
            parts[-1].append(_letters(path, number, line.upper(), alphabet))
    if not names:
        raise ValueError(f"fasta: {path} holds no sequence, expected lines that start with '>'")
    for name, part, number in zip(names, parts, starts):
        if not part:
            raise ValueError(f"fasta: {path}, line {number}: record {shown(name)} has no sequence")
    return _sequences(path, names, ["".join(part) for part in parts], alphabet, label, groups)


def _sequences(path, names, sequences, alphabet, label, groups):
    """Read labels and groups from names, and report."""
    doubled = len(names) - len(set(names))
    if doubled:
        name = Counter(names).most_common(1)[0][0]
        raise ValueError(
            f"fasta: {path} has the name {shown(name)} more than once, expected one each"
        )
    y, classes = (None, [])
    if label:
        y, classes = named_codes(
            f"fasta: {path}, label", named_parts("fasta", names, label, "a label")
        )
    if label and len(classes) < 2:
        raise ValueError(
            f"fasta: {path}: label={label!r} finds only {classes[0]!r}, nothing can be learned"
        )
    lengths, copies = [len(s) for s in sequences], len(sequences) - len(set(sequences))
    notes = [
        count_of(len(names), "sequence"),
        f"letters {''.join(sorted(set(''.join(sequences))))}",
    ]
    notes += [f"{count_of(copies, 'sequence')} equal to an earlier one"] * (copies > 0)
    found = [("label", ", ".join(classes)), ("lengths", f"{min(lengths)} to {max(lengths)}")]
    found.append(("groups", groups or "none named"))
    return Sequences(
        names, sequences, y, classes,
        groups=named_codes(f"fasta: {path}, groups", named_parts("fasta", names, groups, "a group"))[0]
        if groups
        else None,
        rows=names, path=str(path), report=Report(Path(path).name, ("what", "found"), found, notes),
        decisions={"reader": "fasta", "alphabet": alphabet, "classes": classes},
    )  # fmt: skip


def _name(path, number, name):
    """Check that a record has a name."""
    if not name:
        raise ValueError(f"fasta: {path}, line {number}: expected a name after '>', found none")
    return name


def _letters(path, number, line, alphabet):
    """Check the letters of one line."""
    for place, letter in enumerate(line, 1):
        fine = (
            letter in alphabet
            if alphabet
            else letter.isascii() and (letter.isalpha() or letter in "*-")
        )
        if not fine:
            raise ValueError(
                f"fasta: {path}, line {number}, position {place}: expected a letter of "
                f"{alphabet or 'A to Z'}, found {letter!r}"
            )
    return line
