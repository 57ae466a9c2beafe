"""Run a chapter's mutants, one change at a time, and record what they kill and by how much.

    python tools/proofs.py notebooks/PART/NAME.ipynb    all mutants of one chapter
    python tools/proofs.py --stale                      say which records are old
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
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import ledger
from forks import wait


def located(name):
    """The plain function behind a dotted name, its decorators taken off."""
    parts, module = name.split("."), None
    for i in range(len(parts) - 1, 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            module = importlib.import_module(".".join(parts[:i]))
            break
    thing = module
    for part in parts[i:]:
        thing = inspect.getattr_static(thing, part)
    thing = getattr(thing, "fget", None) or getattr(thing, "__func__", thing)
    return inspect.unwrap(thing)


def codes(code):
    """A code object and all inside it."""
    yield code
    for part in code.co_consts:
        if inspect.iscode(part):
            yield from codes(part)


def signature(text):
    """The arguments of a function's source, with their defaults."""
    return ast.dump(ast.parse(textwrap.dedent(text)).body[0].args)


def bent(function, old, new):
    """The function's code with one text replaced; its signature stays."""
    path, real = inspect.getsourcefile(function), function.__code__
    lines, first = inspect.getsourcelines(function)
    text = "".join(lines)
    if text.count(old) != 1:
        raise ValueError(f"{function.__qualname__}: expected {old!r} once, found {text.count(old)}")
    changed = text.replace(old, new)
    if signature(text) != signature(changed):
        raise ValueError(f"{function.__qualname__}: {new!r} changes the signature; bend the body")
    source = Path(path).read_text(encoding="utf-8").splitlines(keepends=True)
    source[first - 1 : first - 1 + len(lines)] = [changed]
    every = codes(compile("".join(source), path, "exec", dont_inherit=True))
    at = (real.co_qualname, real.co_firstlineno)
    return next(code for code in every if (code.co_qualname, code.co_firstlineno) == at)


def margin(value, low, high, healthy):
    """How far outside its band: in widths, in bounds, or in the healthy distance from a zero."""
    if isinstance(value, bool):
        return None
    bound = low if high is None or (low is not None and value < low) else high
    width = high - low if None not in (low, high) else abs(bound)
    return float(f"{abs(value - bound) / (width or abs(healthy - bound) or 1):.3g}")


NO_RECORD = '{"ended": "ran out of time, or died", "failed": {}}'


class Run:
    """One run of a chapter, of which children fork off, each with one mutant."""

    def __init__(self, cells, mutants, note, limit):
        self.cells, self.mutants = list(cells), mutants
        self.note, self.limit = Path(note), limit
        self.waiting, self.claims, self.records = {}, {}, {}
        self.failed, self.stood = {}, {}
        self.mutant = None  # in a child, its own

    def check(self, real):
        """A check that records; in a child a failure is noted, and the cell goes on."""
        from helpers.notebook.check import CheckFailed

        def check(claim, value, low=None, high=None, kind=None):
            number = value.item() if hasattr(value, "item") else value
            try:
                real(claim, value, low, high, **({"kind": kind} if kind else {}))
            except CheckFailed:
                if self.mutant is None:
                    raise
                if math.isfinite(number):
                    far = margin(number, low, high, self.claims.get(claim, {}).get("value", 0))
                    self.failed[claim] = {"value": number, "margin": far}
                if set(self.mutant["kills"]) <= set(self.failed):
                    self.end("all named claims failed")
            if self.mutant is not None:
                self.stood |= {claim: number} if claim in self.mutant["kills"] else {}
            else:
                band = {"kind": kind or "result", "value": number, "low": low, "high": high}
                self.claims[claim] = band

        return check

    def arm(self, mutant):
        """Have the function that is to be bent announce its next call."""
        function = located(mutant["function"])
        body, real = bent(function, mutant["old"], mutant["new"]), function.__code__
        if function in self.waiting:
            self.waiting[function][1].append((mutant, body))
            return
        hook = f"__announce_{real.co_name}_{real.co_firstlineno}"
        exec(f"def wait(*a, **k):\n    return {hook}(a, k)", scope := {})
        names = ("co_filename", "co_firstlineno", "co_qualname", "co_freevars")
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
        """Hand over a child's record and leave."""
        try:
            stood = {c: v for c, v in self.stood.items() if c not in self.failed}
            record = {"ended": why, "failed": self.failed, "stood": stood}
            self.note.write_text(json.dumps(record))
        finally:
            os._exit(0)

    def play(self):
        """Run the cells; in the parent to the end, in a child until it has its record."""
        namespace = {"__name__": "__chapter__", "display": lambda *_: None}
        for number in range(len(self.cells)):
            for mutant in [m for m in self.mutants if self.mutant is None]:
                if "function" in mutant:
                    if ledger.since(mutant, self.cells) == number:
                        self.arm(mutant)
                elif mutant["old"] in self.cells[number] and self.fork(mutant):
                    self.cells[number] = self.cells[number].replace(mutant["old"], mutant["new"])
                    break
            cell, name = self.cells[number], f"<cell {number}>"
            linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
            try:
                exec(compile(cell, name, "exec"), namespace)
            except Exception as error:
                if self.mutant is None:
                    raise
                self.end(f"{type(error).__name__}: {error}")
        if self.mutant is not None:
            self.end("ran to the end")


def prove(path, names=None, limit=600):
    """Run the mutants of one chapter, or those of these names, and store what they kill."""
    import matplotlib
    import torch

    matplotlib.use("Agg")
    torch.set_num_threads(1)
    import helpers.notebook
    from helpers.notebook.check import check

    cells = ledger.cells_of(path)
    every = ledger.mutants_of(path)
    for mutant in every:
        if why := ledger.refusal(mutant, cells, ledger.claims_of(cells)):
            raise SystemExit(why)
    chosen = [m for m in every if names is None or m["name"] in names]
    scratch = tempfile.mkdtemp()
    run = Run(cells, chosen, f"{scratch}.json", limit)
    for name in ledger.modules_of("\n".join(cells)):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)  # once, for all forks
    recording = run.check(check)
    for name, module in list(sys.modules.items()):
        if name.startswith("helpers.notebook") and getattr(module, "check", None) is check:
            module.check = recording
    helpers.notebook.check = recording
    with contextlib.chdir(scratch), contextlib.redirect_stdout(io.StringIO()):
        tempfile.tempdir = scratch  # what children leave behind goes with it
        run.play()
    shutil.rmtree(scratch)
    store(path, every, run)


def store(path, every, run):
    """Write the records beside the chapter; those of other mutants stay, dropped ones go."""
    before, prints = ledger.ledger_of(path), ledger.prints(path)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    kept = {}
    for mutant in every:
        name = mutant["name"]
        if name in run.records:
            kept[name] = {"kills": mutant["kills"], "date": now} | prints[name] | run.records[name]
        elif name in before["mutants"]:
            kept[name] = before["mutants"][name]
    text = {"seconds": round(time.process_time(), 1), "claims": run.claims, "mutants": kept}
    file = Path(path).with_suffix(".proofs.json")
    file.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def oldest(paths, budget):
    """Prove again what is stale: all that changed itself, then the oldest for `budget` seconds."""

    def turn(path):
        dates = [ledger.ledger_of(path)["mutants"].get(n, {}).get("date", "") for n in stale[path]]
        return not changed(path), min(dates)

    def changed(path):
        return set(stale[path].values()) != {"helpers, data or pins changed"}

    stale = {path: why for path in paths if (why := ledger.stale(path))}
    end, bad = time.monotonic() + budget, []
    for path in sorted(stale, key=turn):
        if changed(path) or time.monotonic() < end:
            print(f"{path}: {len(stale[path])} stale", flush=True)
            call = [sys.executable, __file__, str(path), "--only-stale"]
            bad += [path] * bool(subprocess.run(call).returncode)
    return bad


def main():
    """Prove chapters, or say what is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapters", nargs="*", type=Path, help="all that declare mutants, if none")
    parser.add_argument("--stale", action="store_true", help="say what is old, run nothing")
    parser.add_argument("--only-stale", action="store_true", help="leave proofs that stand")
    parser.add_argument("--budget", type=float, help="seconds for stale proofs, oldest first")
    asked = parser.parse_args()
    os.environ.setdefault("HELPERS_PROGRESS", "0")
    for pool in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
        os.environ[f"{pool}_NUM_THREADS"] = "1"  # a fork keeps only the thread that called it
    sys.path[0] = str(ledger.ROOT)  # not tools/, whose coverage.py would hide the library
    every = sorted((ledger.ROOT / "notebooks").glob("*/*.mutants.py"))
    paths = [p.resolve() for p in asked.chapters]
    paths = paths or [p.with_name(p.name.replace(".mutants.py", ".ipynb")) for p in every]
    if asked.budget is not None:
        sys.exit(bool(oldest(paths, asked.budget)))
    if not asked.stale:
        if len(paths) != 1:
            parser.error("one chapter at a time; --budget runs several")
        prove(paths[0], ledger.stale(paths[0]) if asked.only_stale else None)
    said = [f"{path.stem}: {line}" for path in paths for line in ledger.problems(path)]
    print("\n".join(said) or "every claim is killed by a mutant, and every record is new")
    sys.exit(bool(said))


if __name__ == "__main__":
    main()
