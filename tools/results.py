"""Run a chapter's long comparison and store it: `make results CHAPTER=part/name` (experiments/README.md).

Each case is kept as soon as it is known. What was stored by another script, other helpers or
other versions is stale: one case of each kind is then run again, drawn by the new hash, and a kind
is kept only if that one gives every stored digit. A kind is what a case says in words (its rival,
its data); numbers (seed, size) do not make one.
"""

import argparse
import json
import math
import os
import platform
import random
import runpy
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import ledger
from store import ONE_THREAD, write_atomically

ROOT = Path(__file__).resolve().parents[1]
EXPERIMENTS = ROOT / "experiments"


def chapters():
    """The chapters that have a long run."""
    return sorted(str(path.relative_to(EXPERIMENTS))[:-3] for path in EXPERIMENTS.glob("*/*.py"))


def digest(chapter):
    """A hash of the script and of all that it rests on."""
    script = (EXPERIMENTS / f"{chapter}.py").read_text(encoding="utf-8")
    return ledger.digest(script, ledger.foundation(script))


def stored(chapter):
    """What is stored, or None."""
    path = EXPERIMENTS / f"{chapter}.json"
    return json.loads(path.read_text()) if path.exists() else None


def stale(chapter):
    """Why a stored table does not speak for the code as it is; None if it does."""
    table = stored(chapter)
    if table is None:
        return "never run"
    if table["hash"] != digest(chapter):
        return "its script, helpers or pins have changed"
    missing = len(script(chapter)["cases"]()) - len(table["rows"])
    return f"{missing} cases are not run yet" if missing else None


def script(chapter):
    """The names that an experiment defines."""
    return runpy.run_path(str(EXPERIMENTS / f"{chapter}.py"))


def machine():
    """The processor, or the GPU, in words."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    names = [
        s for s in Path("/proc/cpuinfo").read_text().splitlines() if s.startswith("model name")
    ]
    return f"one core of {names[0].split(':')[1].strip()}" if names else platform.processor()


def fresh(chapter):
    """An empty table."""
    versions = {name: version(name) for name in ("torch", "numpy", "scikit-learn")}
    return {"hash": digest(chapter), "machine": machine(), "versions": versions} | {
        "date": str(date.today()),
        "seconds": 0,
        "rows": [],
    }


def kind(case):
    """What a case says in words."""
    return tuple(sorted((name, value) for name, value in case.items() if isinstance(value, str)))


def result(known, case):
    """What one case gives: text, or numbers."""
    found = known["run"](**case).items()
    return {name: value if isinstance(value, str) else float(value) for name, value in found}


def agree(stored, found):
    """Whether two results are the same, but for the last digits of a sum."""

    def same(a, b):
        if isinstance(a, str) or isinstance(b, str):
            return a == b
        return math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b))

    return stored.keys() == found.keys() and all(same(stored[k], found[k]) for k in stored)


def recheck(chapter, table, known):
    """The table under the new hash: kinds of which one case, run again, gives what is stored."""
    cases = known["cases"]()
    rows, kinds = [row for row in table["rows"] if row["case"] in cases], {}
    for row in rows:
        kinds.setdefault(kind(row["case"]), []).append(row)
    draw, kept, again = random.Random(digest(chapter)), [], 0
    for name, members in kinds.items():
        row = draw.choice(members)
        found = result(known, row["case"])
        if agree(row["result"], found):
            kept += members
            again += 1
        else:
            print(f"{chapter}: {dict(name)} begins anew: {row} gave {found}", flush=True)
    new = fresh(chapter) | {name: table[name] for name in ("machine", "date")}
    new["seconds"] = round(table["seconds"] * len(kept) / max(1, len(table["rows"])), 1)
    new["rows"] = [row for row in table["rows"] if row in kept]
    new["rechecked"] = {"date": str(date.today()), "rows": again, "of": len(kept)}
    return new


def keep(chapter, table):
    """Write a table."""
    write_atomically(EXPERIMENTS / f"{chapter}.json", json.dumps(table, indent=1) + "\n")


def run(chapter, minutes):
    """Run what is missing, until the time is over; returns how many cases are left."""
    known, table = script(chapter), stored(chapter)
    if table is None:
        table = fresh(chapter)
    elif table["hash"] != digest(chapter):
        table = recheck(chapter, table, known)
        keep(chapter, table)
    done = [row["case"] for row in table["rows"]]
    waiting = [case for case in known["cases"]() if case not in done]
    begin = time.process_time()
    while waiting and time.process_time() - begin < 60 * minutes:
        case, before = waiting.pop(0), time.process_time()
        table["rows"].append({"case": case, "result": result(known, case)})
        table["seconds"] = round(table["seconds"] + time.process_time() - before, 1)
        keep(chapter, table)
        print(f"{chapter}: {table['rows'][-1]}", flush=True)
    return len(waiting)


def main():
    """Run the chapters named, or say how the stored tables stand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapters", nargs="*", metavar="part/name")
    parser.add_argument("--minutes", type=float, default=15, help="of processor time a chapter")
    options = parser.parse_args()
    os.environ |= ONE_THREAD
    for chapter in options.chapters:
        if chapter not in chapters():
            sys.exit(f"no experiments/{chapter}.py: expected one of {', '.join(chapters())}")
        left = run(chapter, options.minutes)
        print(f"{chapter}: {f'{left} cases left: run again' if left else 'complete'}")
    for chapter in [] if options.chapters else chapters():
        print(f"{chapter}: {stale(chapter) or 'up to date'}")


if __name__ == "__main__":
    main()
