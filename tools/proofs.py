"""Run a chapter's mutants, one change at a time, and record what they kill and by how much.

    python tools/proofs.py notebooks/PART/NAME.ipynb    those never run or old; else all of them
    python tools/proofs.py --stale                      say what is old or missing, run nothing
    python tools/proofs.py --budget 300                 what changed itself, then the oldest stale

One process runs the chapter once. At the first call of a mutated function, or before an edited
cell, it forks; the child takes the one change and runs on until the named claims have failed.
A crash, or a value that is not finite, proves nothing. ledger.py says what may be declared.
"""

import argparse
import ast
import contextlib
import importlib
import inspect
import io
import json
import linecache
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import ledger
from forks import wait
from reach import IMPORTS, imported

NO_RECORD = '{"ended": "died, or ran out of time", "failed": {}}'


def located(name):
    """The plain function behind a dotted name, its decorators taken off."""
    parts = name.split(".")
    for i in range(len(parts) - 1, 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            thing = importlib.import_module(".".join(parts[:i]))
            break
    for part in parts[i:]:
        thing = inspect.getattr_static(thing, part)
    thing = getattr(thing, "fget", None) or getattr(thing, "__func__", thing)
    return inspect.unwrap(thing)


def codes(code):
    """A code object and all inside it."""
    yield code
    for part in filter(inspect.iscode, code.co_consts):
        yield from codes(part)


def bent(function, old, new):
    """The function's code with one text of its body replaced."""
    path, (lines, first) = inspect.getsourcefile(function), inspect.getsourcelines(function)
    text = "".join(lines)
    if text.count(old) != 1:
        raise ValueError(f"{function.__qualname__}: expected {old!r} once, found {text.count(old)}")
    source = Path(path).read_text(encoding="utf-8").splitlines(keepends=True)
    source[first - 1 : first - 1 + len(lines)] = [text.replace(old, new)]
    at = (function.__qualname__, function.__code__.co_firstlineno)
    every = codes(compile("".join(source), path, "exec", dont_inherit=True))
    return next(code for code in every if (code.co_qualname, code.co_firstlineno) == at)


def margin(value, low, high, healthy):
    """How far outside its band: in widths, in bounds, or in the healthy distance from a zero."""
    if isinstance(value, bool):
        return None
    bound = low if high is None or (low is not None and value < low) else high
    width = high - low if None not in (low, high) else abs(bound)
    return float(f"{abs(value - bound) / (width or abs(healthy - bound) or 1):.3g}")


class Run:
    """One run of a chapter, of which children fork off, each with one mutant."""

    def __init__(self, cells, mutants, note, limit):
        self.cells, self.mutants, self.note, self.limit = list(cells), mutants, note, limit
        self.waiting, self.claims, self.records = {}, {}, {}
        self.mutant, self.failed, self.stood = None, {}, {}  # of a child

    def recording(self, real):
        """A check that notes what was measured; in a child it also lets a failure pass."""

        def check(claim, value, low=None, high=None, **kind):
            number, held = value.item() if hasattr(value, "item") else value, True
            try:
                real(claim, value, low, high, **kind)
            except AssertionError:
                if self.mutant is None:
                    raise
                held = False
            if self.mutant is None:
                band = {"value": number, "low": low, "high": high}
                self.claims[claim] = {"kind": kind.get("kind", "result")} | band
            elif held:
                self.stood[claim] = number
            elif math.isfinite(number):
                healthy = self.claims.get(claim, {}).get("value", 0)
                far = margin(number, low, high, healthy)
                self.failed[claim] = {"value": number, "margin": far}
                if set(self.mutant["kills"]) <= set(self.failed):
                    self.end("all named claims failed")

        return check

    def listen(self):
        """Put recording checks in the place of `check`, and of what guards the rows of `compare`."""
        real = sys.modules["helpers.notebook.check"].check
        recording = self.recording(real)
        for name, module in list(sys.modules.items()):
            if name.startswith("helpers.notebook") and getattr(module, "check", None) is real:
                module.check = recording
        table = sys.modules["helpers.notebook.compare"]
        table.require = self.recording(table.require)

    def arm(self, mutant):
        """Have the function that is to be bent announce its next call."""
        function = located(mutant["function"])
        body, real = bent(function, mutant["old"], mutant["new"]), function.__code__
        if function in self.waiting:
            self.waiting[function][1].append((mutant, body))
            return
        hook = f"__announce_{real.co_name}_{real.co_firstlineno}"
        exec(f"def wait(*a, **k):\n    return {hook}(a, k)", scope := {})
        names = ("co_filename", "co_firstlineno", "co_freevars")
        alike = {name: getattr(real, name) for name in names}

        def called(args, kwargs):
            function.__code__, changes = self.waiting.pop(function)
            for mutant, body in changes:
                if self.fork(mutant):
                    function.__code__ = body
                    break
            return function(*args, **kwargs)

        function.__globals__[hook] = called
        function.__signature__ = inspect.signature(function)
        function.__code__ = scope["wait"].__code__.replace(**alike)
        self.waiting[function] = real, [(mutant, body)]

    def fork(self, mutant):
        """True in a child, which is to take the change; False here, when the child has ended."""
        if self.mutant is not None:
            return False
        child = os.fork()
        if child == 0:
            os.setsid()
            self.mutant = mutant
            for function, (code, _) in self.waiting.items():
                function.__code__ = code
            return True
        _, seconds = wait(child, self.limit)
        text = self.note.read_text() if self.note.exists() else NO_RECORD
        self.note.unlink(missing_ok=True)
        self.records[mutant["name"]] = json.loads(text) | {"seconds": round(seconds, 2)}
        return False

    def end(self, why):
        """Hand over a child's record and leave; the parent only goes on."""
        if self.mutant is not None:
            stood = {c: self.stood[c] for c in self.mutant["kills"] if c in self.stood}
            self.note.write_text(json.dumps({"ended": why, "failed": self.failed, "stood": stood}))
            os._exit(0)

    def prepare(self, number):
        """What begins with this cell: functions to be bent, or an edit of the cell, in a child."""
        for mutant in self.mutants if self.mutant is None else ():
            if "function" in mutant:
                if ledger.place(mutant.get("since", self.cells[0]), self.cells) == number:
                    self.arm(mutant)
            elif mutant["old"] in self.cells[number] and self.fork(mutant):
                self.cells[number] = self.cells[number].replace(mutant["old"], mutant["new"])
                break

    def play(self):
        """Run the cells; in the parent to the end, in a child until it has its record."""
        namespace = {"__name__": "__chapter__", "display": lambda *_: None}
        for number in range(len(self.cells)):
            self.prepare(number)
            cell, name = self.cells[number], f"<cell {number}>"
            linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
            try:
                exec(compile(cell, name, "exec"), namespace)
            except Exception as error:
                self.end(f"{type(error).__name__}: {error}")
                raise
        self.end("ran to the end")


def load(cells):
    """Import once, for all forks, what the chapter imports."""
    import matplotlib
    import torch

    matplotlib.use("Agg")
    torch.set_num_threads(1)
    for node in ast.walk(ast.parse("\n".join(cells))):
        for module, name, _ in imported(node) if isinstance(node, IMPORTS) else ():
            for one in (module, f"{module}.{name}"):
                with contextlib.suppress(ImportError):
                    importlib.import_module(one)


def prove(path, limit=600):
    """Run a chapter with its stale mutants, or with all, and store what they kill."""
    cells, every = ledger.cells_of(path), ledger.mutants_of(path)
    for mutant in every:
        if why := ledger.refusal(mutant, cells):
            raise SystemExit(f"{mutant['name']}: {why}")
    load(cells)
    old, scratch = ledger.stale(path), tempfile.mkdtemp()
    chosen = [mutant for mutant in every if not old or mutant["name"] in old]
    run = Run(cells, chosen, Path(f"{scratch}.json"), limit)
    run.listen()
    with contextlib.chdir(scratch), contextlib.redirect_stdout(io.StringIO()):
        tempfile.tempdir = scratch  # what children leave behind goes with it
        run.play()
    shutil.rmtree(scratch)
    records, prints = ledger.ledger_of(path)["mutants"], ledger.prints(path)
    about = {"date": datetime.now(UTC).isoformat(timespec="seconds")}
    for mutant in chosen:
        name = mutant["name"]
        records[name] = (
            {"kills": mutant["kills"], "ended": "its function was never called", "failed": {}}
            | about
            | prints[name]
            | run.records.get(name, {})
        )
    kept = {mutant["name"]: records[mutant["name"]] for mutant in every}
    text = {"seconds": round(time.process_time(), 1), "claims": run.claims, "mutants": kept}
    file = Path(path).with_suffix(".proofs.json")
    file.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def due(paths, budget):
    """Stale chapters: all that changed themselves, then the oldest while the time lasts."""
    stale = {path: why for path in paths if (why := ledger.stale(path))}
    mine = {p: set(stale[p].values()) != {"helpers, data or pins changed"} for p in stale}
    records = {path: ledger.ledger_of(path)["mutants"] for path in stale}
    dates = {p: min(records[p].get(name, {}).get("date", "") for name in stale[p]) for p in stale}
    end = time.monotonic() + budget
    for path in sorted(stale, key=lambda path: (not mine[path], dates[path])):
        if mine[path] or time.monotonic() < end:
            yield path


def idle(path):
    """Recorded mutants that nothing noticed: no claim they name fell, nor the band of a table."""
    records = ledger.ledger_of(path)["mutants"].items()
    return [
        name
        for name, record in records
        if not set(record["kills"]) & set(record["failed"])
        and not record["ended"].startswith("CheckFailed")
    ]


def main():
    """Prove chapters, or say what is stale; status 1 if something is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter", nargs="?", type=Path)
    parser.add_argument("--stale", action="store_true")
    parser.add_argument("--budget", type=float, metavar="SECONDS")
    asked = parser.parse_args()
    os.environ.setdefault("HELPERS_PROGRESS", "0")
    for pool in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
        os.environ[f"{pool}_NUM_THREADS"] = "1"  # a fork keeps only the thread that called it
    os.environ["NUMBA_THREADING_LAYER"] = "workqueue"  # GNU OpenMP ends a child that forks from it
    sys.path[0] = str(ledger.ROOT)  # not tools/, whose modules have common names
    sys.path.append(str(ledger.ROOT / "book" / "_ext"))
    from curriculum import written

    every = [chapter.notebook for chapter in written() if chapter.beside("mutants.py").exists()]
    paths = [asked.chapter.resolve()] if asked.chapter else every
    if asked.budget is not None:
        calls = ([sys.executable, __file__, str(path)] for path in due(paths, asked.budget))
        sys.exit(bool(sum(subprocess.run(call).returncode for call in calls)))
    if not asked.stale and asked.chapter:
        prove(*paths)
    said = [f"{path.stem}: {line}" for path in paths for line in ledger.problems(path)]
    print("\n".join(said) or "every claim is killed by a mutant, and every record is new")
    # what is not killed yet is published as such; a mutant that no check notices is red
    unnoticed = [f"{path.stem}: no check notices {n!r}" for path in paths for n in idle(path)]
    print("\n".join(unnoticed))
    sys.exit(bool(unnoticed))


if __name__ == "__main__":
    main()
