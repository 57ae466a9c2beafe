"""How many small errors in `helpers` do its tests notice? `make mutants`, or with arguments:

    python tools/mutation.py --room interpret --seed 7 --count 40

Mutants are drawn by seed, room by room, one change at a time. Each runs in a fork in which
torch, pytest and what the tests import are loaded already, and `helpers` and `tests` are
loaded anew, with the mirrored test and the doctests of the changed module. What changes nothing
is argued, one by one, in tests/package/equivalent_mutants.yml, and does not count.
"""

import argparse
import contextlib
import io
import json
import os
import random
import sys
import time
from datetime import date
from importlib.machinery import SourceFileLoader
from pathlib import Path

from forks import wait
from mutants import mutants_of

ROOT = Path.cwd()
EQUIVALENT = ROOT / "tests" / "package" / "equivalent_mutants.yml"
SCORES = ROOT / "tests" / "package" / "mutation_score.json"
PYTEST = "-x -q -p no:cacheprovider -p pytest_timeout --import-mode=importlib --assert=plain"
PYTEST = [*PYTEST.split(), "--doctest-modules", "-m", "not (gpu or online or browser)"]
LEAST, LONGEST = 0.9, 300  # share to be killed; seconds of one mutant


def tests_of(file):
    """The module's own test, else those of its room; and its doctests."""
    own = ROOT / "tests" / Path(file).parts[1] / f"test_{Path(file).stem}.py"
    return [str(own if own.exists() else own.parent), str(ROOT / file)]


def load(tests):
    """Import once, for all forks, what the tests import."""
    import pytest
    import torch
    from hypothesis import settings

    torch.set_num_threads(1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # finding them takes most of a short test
    settings.register_profile("mutation", database=None, derandomize=True)
    settings.load_profile("mutation")
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*PYTEST, "--collect-only", *tests])


def replace(path, source):
    """Have one module made from this text instead of from its file, and all of ours anew."""
    real = SourceFileLoader.get_code

    def get_code(loader, name):
        return compile(source, path, "exec") if loader.path == path else real(loader, name)

    SourceFileLoader.get_code = get_code
    for name in list(sys.modules):
        if name.split(".")[0] in ("helpers", "tests", "conftest"):
            del sys.modules[name]


def outcome(file, source, limit):
    """Test a module made from `source`, in a fork: (exit status, None if out of time; seconds)."""
    begin, child = time.monotonic(), os.fork()
    if child == 0:
        try:
            os.setsid()
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1), os.dup2(silence, 2)
            replace(str(ROOT / file), source)
            import pytest

            os._exit(pytest.main([*PYTEST, *tests_of(file)]))
        finally:
            os._exit(99)
    return wait(child, limit)[0], time.monotonic() - begin


def killed(mutant, source, unchanged):
    """Whether the tests notice; running out of time counts if they are five times as fast."""
    if mutant.file not in unchanged:
        status, unchanged[mutant.file] = outcome(mutant.file, source, LONGEST)
        if status != 0:
            raise SystemExit(f"{mutant.file}: its tests fail unchanged (status {status})")
    limit = min(LONGEST, max(10, 6 * unchanged[mutant.file]))
    status, _ = outcome(mutant.file, mutant.applied(source), limit)
    return 5 * unchanged[mutant.file] < limit if status is None else status != 0


def equivalents():
    """The argued mutants as {(file, line, mutation): reason}."""
    import yaml

    rows = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) if EQUIVALENT.exists() else []
    return {(row["file"], row["line"], row["mutation"]): row["reason"] for row in rows}


def score(files, seed, count):
    """Draw mutants of these files until `count` are counted; what became of them."""
    sources = {file: (ROOT / file).read_text(encoding="utf-8") for file in files}
    every = [mutant for file in files for mutant in mutants_of(file, sources[file])]
    random.Random(seed).shuffle(every)
    argued, begin, unchanged = equivalents(), time.monotonic(), {}
    result = {"killed": 0, "equivalent": 0, "survived": 0, "survivors": []}
    for mutant in every:
        if result["killed"] + result["survived"] == count:
            break
        key = (mutant.file, mutant.old, mutant.new)
        dead = killed(mutant, sources[mutant.file], unchanged)
        if dead and key in argued:
            print(f"  argued to be equivalent, yet killed: {key}")
        fate = "killed" if dead else "equivalent" if key in argued else "survived"
        result[fate] += 1
        if fate == "survived":
            print(
                f"  {mutant.file}:{mutant.line}\n    - {mutant.old}\n    + {mutant.new}", flush=True
            )
            row = {"file": mutant.file, "line": mutant.line, "operator": mutant.operator}
            result["survivors"].append(row | {"old": mutant.old, "new": mutant.new})
    result["share"] = result["killed"] / max(result["killed"] + result["survived"], 1)
    drawn = {"drawn": sum(result[fate] for fate in ("killed", "equivalent", "survived"))}
    about = {"seed": seed, "date": str(date.today()), "possible": len(every)}
    return about | drawn | result | {"seconds": round(time.monotonic() - begin)}


def main():
    """Score the rooms asked for, store and print; status 1 if one is below the bar."""
    rooms = {}
    for path in sorted((ROOT / "helpers").glob("*/*.py")):
        if path.name != "__init__.py":
            rooms.setdefault(path.parent.name, []).append(str(path.relative_to(ROOT)))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--room", action="append", choices=rooms, help="all if none is named")
    parser.add_argument("--file", help="one module, such as helpers/train/loop.py; not stored")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=40, help="mutants counted in a room")
    asked = parser.parse_args()
    os.environ.setdefault("HELPERS_PROGRESS", "0")
    sys.path[0] = str(ROOT)  # not tools/, whose modules have common names
    groups = {room: rooms[room] for room in asked.room or rooms}
    groups = {asked.file: [asked.file]} if asked.file else groups
    load([test for files in groups.values() for file in files for test in tests_of(file)])
    low = False
    for name, files in groups.items():
        print(name, flush=True)
        result = score(files, asked.seed, asked.count)
        low |= result["share"] < LEAST
        counts = ", ".join(f"{result[key]} {key}" for key in ("killed", "equivalent", "survived"))
        print(f"  {result['drawn']} drawn: {counts}; {result['share']:.0%}, {result['seconds']} s")
        if not asked.file:
            stored = json.loads(SCORES.read_text()) if SCORES.exists() else {}
            SCORES.write_text(json.dumps(stored | {name: result}, indent=1, sort_keys=True) + "\n")
    sys.exit(low)


if __name__ == "__main__":
    main()
