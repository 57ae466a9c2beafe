"""Run a chapter with parts of it broken on purpose, and see which checks notice.

`python tests/book/run_sabotaged.py notebooks/PART/NAME.ipynb [...]` prints, per chapter,
the checks that no sabotage makes fail. The proofs live in tests/book/sabotage/.
"""

import ast
import contextlib
import io
import os
import runpy
import sys
import tempfile
from pathlib import Path

import nbformat

SABOTAGE = Path(__file__).parent / "sabotage"


def code_of(path):
    """The code cells of a notebook, in order."""
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def claims_of(cells):
    """The claim of every check(...) call: literal strings, each once."""
    claims = []
    for node in ast.walk(ast.parse("\n".join(cells))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            claim = node.args[0]
            if not (isinstance(claim, ast.Constant) and isinstance(claim.value, str)):
                raise ValueError(f"check at line {node.lineno}: the claim must be a literal string")
            claims.append(claim.value)
    return claims


def sabotage_runs(path):
    """The RUNS of a chapter's sabotage file, or None."""
    file = SABOTAGE / f"{path.parent.name}__{path.stem}.py"
    return runpy.run_path(str(file))["RUNS"] if file.exists() else None


def apply_edits(cells, edits):
    """Replace each text by its sabotaged version; each must occur."""
    for old, new in edits:
        if not any(old in cell for cell in cells):
            raise ValueError(f"sabotage edit not found in the notebook: {old!r}")
        cells = [cell.replace(old, new) for cell in cells]
    return cells


class Enough(Exception):
    """Every claim that this run is about has failed: the rest of the chapter is not needed."""


def failed_claims(cells, wanted):
    """Execute cells until each wanted claim has failed; return (failed claims, error or None)."""
    import matplotlib

    matplotlib.use("Agg")
    from helpers.notebook.check import CheckFailed
    from helpers.notebook.check import check as real_check

    failed = []

    def recording(claim, value, low=None, high=None, kind="result"):
        try:
            real_check(claim, value, low, high, kind)
        except CheckFailed:
            failed.append(claim)
            if wanted <= set(failed):
                raise Enough from None

    import helpers.notebook

    helpers.notebook.check = recording
    namespace = {"__name__": "__chapter__", "display": lambda *_: None}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            try:
                exec(compile(cell, "<chapter>", "exec"), namespace)
            except Enough:
                break
            except Exception as error:  # what a sabotage breaks downstream is not the point
                return failed, f"{type(error).__name__}: {error} in {cell[:60]!r}"
    return failed, None


def report(path):
    """Problems of one chapter's proof, as sentences."""
    cells, runs = code_of(path), sabotage_runs(path)
    if runs is None:
        return [f"{path}: no sabotage file"]
    problems, proven = [], set()
    for number, run in enumerate(runs):
        failed, error = failed_claims(apply_edits(cells, run["edits"]), set(run["fails"]))
        missed = set(run["fails"]) - set(failed)
        problems += [
            f"{path}, run {number}: still passes when sabotaged: {m!r} ({error})"
            for m in sorted(missed)
        ]
        proven |= set(run["fails"]) - missed
    problems += [
        f"{path}: no run makes this check fail: {c!r}" for c in claims_of(cells) if c not in proven
    ]
    return problems


if __name__ == "__main__":
    os.environ.setdefault("HELPERS_PROGRESS", "0")
    paths = [Path(p).resolve() for p in sys.argv[1:]]
    os.chdir(tempfile.mkdtemp())
    found = [problem for path in paths for problem in report(path)]
    print("\n".join(found) or "every check has a sabotage that it notices")
    sys.exit(bool(found))
