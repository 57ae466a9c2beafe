"""Run a chapter with every stream of random numbers moved: which of its claims still hold?

    python tools/draws.py part/name [--draws 3]     (make draws CHAPTER=part/name)
    python tools/draws.py                           say what was never drawn, or is old

Splits, simulated data, first weights, batches: what is random, in a chapter's cells or in what they
call, is drawn from seeds further on. Stored long runs are read as they are. A check that fails does
not end the run. `name.draws.json` beside the chapter keeps the value of every claim in every draw.
"""

import argparse
import contextlib
import io
import json
import math
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import ledger
from store import ONE_THREAD, write_atomically

STEP = 7919  # from one draw's seeds to the next one's


def move(step):
    """Move every seed below ten million that is given to Python, NumPy, torch, scikit-learn or the package."""
    import random

    import numpy
    import sklearn.utils
    import torch

    import helpers.ground.random

    def moved(seed):
        whole = isinstance(seed, int | numpy.integer) and not isinstance(seed, bool)
        return int(seed) + step if whole and 0 <= seed < 10**7 else seed

    class Random(random.Random):
        def seed(self, seed=None, version=2):
            super().seed(moved(seed), version)

    class Generator(torch.Generator):
        def manual_seed(self, seed):
            super().manual_seed(moved(seed))
            return self

    plain, state = helpers.ground.random.generator, sklearn.utils.check_random_state
    torch_seed, numpy_seed, numpy_rng = (
        torch.manual_seed,
        numpy.random.seed,
        numpy.random.default_rng,
    )

    def generator(*key, device="cpu"):
        return plain(moved(key[0]), *key[1:], device=device)

    def default_rng(seed=None):
        many = isinstance(seed, list | tuple)
        return numpy_rng([moved(seed[0]), *seed[1:]] if many else moved(seed))

    def check_random_state(seed):
        return state(moved(seed))

    random.Random, python_seed = Random, random.seed
    random.seed = lambda seed=None: python_seed(moved(seed))
    torch.Generator, torch.manual_seed = Generator, lambda seed: torch_seed(moved(seed))
    numpy.random.seed = lambda seed=None: numpy_seed(moved(seed))
    helpers.ground.random.generator, numpy.random.default_rng = generator, default_rng
    sklearn.utils.check_random_state = check_random_state
    for module in list(sys.modules.values()):
        if getattr(module, "check_random_state", None) is state:
            module.check_random_state = check_random_state


def play(path, step):
    """{claim: kind, low, high, value} of one run, and the cells that failed otherwise."""
    import matplotlib.pyplot

    matplotlib.use("Agg")
    move(step)
    import helpers.notebook
    import helpers.notebook.compare  # noqa: F401

    found, stopped = {}, []

    def note(kind):
        def recording(claim, value, low=None, high=None, kind=kind):
            name = next(n for n in names(claim) if n not in found)
            found[name] = {"kind": kind, "low": low, "high": high, "value": float(value)}

        return recording

    helpers.notebook.check = note("result")
    sys.modules["helpers.notebook.compare"].require = note("row")
    namespace = {"__name__": "__chapter__", "display": lambda *_: None}
    for number, cell in enumerate(ledger.cells_of(path)):
        try:
            exec(compile(cell, f"<cell {number}>", "exec"), namespace)
        except Exception as error:  # what moved seeds break is said, not hidden
            stopped.append(f"code cell {number}: {type(error).__name__}: {error}")
        matplotlib.pyplot.close("all")
    return found, stopped


def names(claim):
    """The claim, then "claim (2)" and so on: two tables may guard rows of one name."""
    yield claim
    yield from (f"{claim} ({number})" for number in range(2, 100))


def draw(path, step):
    """What `play` says, from a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        said = Path(scratch) / "said.json"
        call = [sys.executable, __file__, "--one", str(path), str(step), str(said)]
        subprocess.run(call, env=os.environ | ONE_THREAD, check=True)
        return json.loads(said.read_text())


def prints(path):
    """Hashes of the chapter's code and of what it rests on."""
    chapter = "\n".join(ledger.cells_of(path))
    return {"own": ledger.digest(chapter), "others": ledger.foundation(chapter)}


def stored(path):
    """What was recorded; None if nothing."""
    file = Path(path).with_suffix(".draws.json")
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def stale(path):
    """Why the record does not speak for the chapter as it is; None if it does."""
    record = stored(path)
    if record is None:
        return "never drawn"
    return None if record["prints"] == prints(path) else "chapter, helpers, data or pins changed"


def run(path, number):
    """Draw what is missing and store it."""
    record = stored(path) if stale(path) is None else None
    record = record or {"prints": prints(path), "date": "", "draws": 0, "stopped": [], "claims": {}}
    while record["draws"] < number:
        record["draws"] += 1
        found, stopped = draw(path, STEP * record["draws"])
        record["stopped"] += [f"draw {record['draws']}, {one}" for one in stopped]
        for claim, said in found.items():
            value = rounded(said.pop("value"))
            entry = record["claims"].setdefault(claim, said | {"values": []})
            entry["values"].append(value)
        record["date"] = str(date.today())
        write_atomically(Path(path).with_suffix(".draws.json"), text(record))
        print(f"{path.stem}, draw {record['draws']}: {len(fallen(record))} claims fell", flush=True)


def text(record):
    """The record as JSON, one line a claim."""
    lines = [
        f"  {json.dumps(claim, ensure_ascii=False)}: {json.dumps(entry)}"
        for claim, entry in record["claims"].items()
    ]
    head = json.dumps({k: v for k, v in record.items() if k != "claims"}, indent=1)
    return head[:-2] + ',\n "claims": {\n' + ",\n".join(lines) + "\n }\n}\n"


def moving(path, record):
    """{claim: entry} of those that differ from the page in some draw, or that fell."""
    here = ledger.ledger_of(path)["claims"]
    return {
        claim: entry
        for claim, entry in record["claims"].items()
        if entry["kind"] != "row"
        and (
            claim in fallen(record)
            or {*entry["values"], rounded(here.get(claim, {}).get("value", math.nan))}
            != {entry["values"][0]}
        )
    }


def rounded(value):
    """Four digits are kept."""
    return float(f"{float(value):.4g}")


def fallen(record, rows=False):
    """{claim: entry} with a value outside its band; rows of tables only if asked for."""
    return {
        claim: entry
        for claim, entry in record["claims"].items()
        if (entry["kind"] != "row" or rows)
        and not all(inside(value, entry) for value in entry["values"])
    }


def inside(value, entry):
    """Whether a value lies in the band; a truth value has none and must be true."""
    low, high = entry["low"], entry["high"]
    if low is None and high is None:
        return value == 1
    return (low is None or value >= low) and (high is None or value <= high)


def main():
    """Draw the chapter named, or say how the records stand."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="part/name")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("NOTEBOOK", "STEP", "FILE"))
    options = parser.parse_args()
    sys.path[0] = str(ledger.ROOT)  # not tools/, whose modules have common names
    sys.path.append(str(ledger.ROOT / "book" / "_ext"))
    if options.one:
        path, step, said = options.one
        with contextlib.chdir(Path(path).parent), contextlib.redirect_stdout(io.StringIO()):
            found = play(Path(path), int(step))
        Path(said).write_text(json.dumps(found))
        return
    from curriculum import written

    known = {chapter.name: chapter.notebook for chapter in written()}
    if unknown := set(options.chapters) - set(known):
        sys.exit(f"no written chapter {', '.join(sorted(unknown))}: expected part/name")
    for name in options.chapters:
        run(known[name], options.draws)
    for name, path in known.items() if not options.chapters else ():
        print(f"{name}: {stale(path) or f'{len(fallen(stored(path)))} claims fell'}")


if __name__ == "__main__":
    main()
