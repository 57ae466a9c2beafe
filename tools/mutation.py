"""How many small errors in `helpers` do its tests notice? `make mutants`, or with arguments:

    python tools/mutation.py --room interpret --seed 7 --count 40

Mutants are drawn by seed, room by room, one change at a time. Each runs in a fork in which
torch, pytest and what the tests import are loaded already, and `helpers` and `tests` are
loaded anew, with the mirrored test and the doctests of the changed module. What changes nothing
is argued, one by one, in tests/package/equivalent_mutants.yml, and does not count.
"""

import argparse
import contextlib
import importlib.abc
import importlib.util
import io
import json
import os
import random
import sys
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

from forks import wait
from mutants import mutants_of

ROOT = Path.cwd()
EQUIVALENT = ROOT / "tests" / "package" / "equivalent_mutants.yml"
SCORES = ROOT / "tests" / "package" / "mutation_score.json"
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--import-mode=importlib"]
PYTEST += [
    "--assert=plain",
    "--doctest-modules",
    "-m",
    "not (sabotage or gpu or online or browser)",
]


class Instead(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Imports one module from given text instead of from its file."""

    def __init__(self, path, source):
        self.path, self.source = str(ROOT / path), source
        self.name = path.removesuffix(".py").replace("/", ".")

    def find_spec(self, name, path=None, target=None):
        """The spec of that one module, None for all others."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_filename(self, name):
        """Where the unchanged source lies."""
        return self.path

    def get_data(self, path):
        """The changed source."""
        return self.source.encode()


def tests_of(file):
    """The module's own test, else those of its room; and its doctests."""
    room, stem = Path(file).parts[1], Path(file).stem
    own = ROOT / "tests" / room / f"test_{stem}.py"
    return [str(own if own.exists() else own.parent), str(ROOT / file)]


def load(tests):
    """Import once, for all forks, what the tests import."""
    import torch

    torch.set_num_threads(1)
    import pytest
    from hypothesis import settings

    settings.register_profile("mutation", database=None, derandomize=True)
    settings.load_profile("mutation")
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*PYTEST, "--collect-only", *tests])


def forget():
    """Drop `helpers`, `tests` and the conftests, so that they are imported anew."""
    for name in list(sys.modules):
        if name.split(".")[0] in ("helpers", "tests", "conftest"):
            del sys.modules[name]


def outcome(tests, limit, changed=None):
    """Run tests in a fork: (0 passed, another number failed, None ran out of time; processor seconds)."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1), os.dup2(silence, 2)
            forget()
            if changed:
                sys.meta_path.insert(0, Instead(*changed))
            import pytest

            os._exit(pytest.main([*PYTEST, *tests]))
        finally:
            os._exit(99)
    return wait(child, limit)


def equivalents():
    """The argued mutants as {(file, line, mutation): reason}."""
    import yaml

    rows = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.exists() else None
    return {(row["file"], row["line"], row["mutation"]): row["reason"] for row in rows or []}


def files_of(room):
    """The modules of one room, relative to the root."""
    found = sorted((ROOT / "helpers" / room).rglob("*.py"))
    return [str(path.relative_to(ROOT)) for path in found if path.name != "__init__.py"]


class Baseline:
    """Seconds of a module's unchanged tests, measured once; they must pass."""

    def __init__(self, most):
        self.most, self.seconds = most, {}

    def limit(self, file):
        """Seconds that a mutant of this file may take."""
        if file not in self.seconds:
            status, self.seconds[file] = outcome(tests_of(file), self.most)
            if status != 0:
                raise SystemExit(f"{file}: its tests do not pass unchanged (status {status})")
        return min(self.most, max(10, 6 * self.seconds[file]))

    def killed(self, mutant):
        """Whether the tests notice; time running out counts if they are five times as fast."""
        limit = self.limit(mutant.file)
        source = (ROOT / mutant.file).read_text(encoding="utf-8")
        change = (mutant.file, mutant.applied(source))
        status, _ = outcome(tests_of(mutant.file), limit, change)
        return 5 * self.seconds[mutant.file] < limit if status is None else status != 0


def score(files, seed, count, baseline):
    """Draw mutants of these files until `count` are counted; what became of them."""
    every = [m for f in files for m in mutants_of(f, (ROOT / f).read_text(encoding="utf-8"))]
    random.Random(seed).shuffle(every)
    argued, begin = equivalents(), time.monotonic()
    result = {"seed": seed, "date": str(date.today()), "possible": len(every), "drawn": 0}
    result |= {"killed": 0, "equivalent": 0, "survived": 0, "survivors": []}
    for mutant in every:
        if result["killed"] + result["survived"] == count:
            break
        result["drawn"] += 1
        key = (mutant.file, mutant.old, mutant.new)
        if baseline.killed(mutant):
            result["killed"] += 1
            if key in argued:
                print(f"argued to be equivalent, yet killed: {key}")
        elif key in argued:
            result["equivalent"] += 1
        else:
            result["survived"] += 1
            row = asdict(mutant)
            result["survivors"].append(
                {k: row[k] for k in ("file", "line", "operator", "old", "new")}
            )
            print(
                f"  {mutant.file}:{mutant.line} {mutant.operator}\n    - {mutant.old}\n    + {mutant.new}"
            )
    result["seconds"] = round(time.monotonic() - begin)
    return result


def share(result):
    """Killed among those counted."""
    return result["killed"] / max(result["killed"] + result["survived"], 1)


def main():
    """Score the rooms asked for, store and print; status 1 if one is below the bar."""
    rooms = sorted(path.name for path in (ROOT / "helpers").iterdir() if files_of(path.name))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--room", action="append", choices=rooms, help="all if none is named")
    parser.add_argument("--file", help="one module, such as helpers/train/loop.py; not stored")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=40, help="mutants counted in a room")
    parser.add_argument("--least", type=float, default=0.9, help="share that must be killed")
    parser.add_argument("--limit", type=float, default=180, help="most seconds of one mutant")
    asked = parser.parse_args()
    os.environ.setdefault("HELPERS_PROGRESS", "0")
    sys.path[0] = str(ROOT)  # not tools/, whose coverage.py would hide the library
    groups = {asked.file: [asked.file]} if asked.file else {}
    groups = groups or {room: files_of(room) for room in asked.room or rooms}
    load([test for files in groups.values() for file in files for test in tests_of(file)])
    baseline, low = Baseline(asked.limit), 0
    for name, files in groups.items():
        print(name, flush=True)
        result = score(files, asked.seed, asked.count, baseline)
        low += share(result) < asked.least
        counts = ", ".join(f"{result[key]} {key}" for key in ("killed", "equivalent", "survived"))
        print(f"  {result['drawn']} drawn: {counts}; {share(result):.0%}, {result['seconds']} s")
        if not asked.file:
            stored = json.loads(SCORES.read_text()) if SCORES.exists() else {}
            SCORES.write_text(json.dumps(stored | {name: result}, indent=1, sort_keys=True) + "\n")
    sys.exit(bool(low))


if __name__ == "__main__":
    main()
