"""What kills which claim of a chapter, how old the proofs are, and which claims have none.

Beside `notebooks/PART/NAME.ipynb` stand `NAME.mutants.py`, the declarations, and
`NAME.proofs.json`, what proofs.py measured. A declaration is a dict:

    name      what is removed or bent, as a reader should read it
    old, new  one replacement of source text, that occurs once
    function  the function of `helpers` it stands in; without it, a code cell of the notebook
    since     text of the cell from which on the function is bent; from the first, if left out
    kills     claims that fail because of it
    system    the named system, if the function lies where things are measured
"""

import ast
import functools
import hashlib
import json
import re
import runpy
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from reach import ENGINE, contents, file_of, reached

ROOT = Path(__file__).resolve().parents[1]
SHOWS = re.compile(
    r"\b(check|compare|display)\(|\bplt\b|\bax\b|\bfigure\b|helpers\.(plots|metrics)"
)
MEASURING = ("helpers.metrics.", "helpers.plots.", "helpers.notebook.")


def cells_of(path):
    """The code cells of a notebook, in order."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def mutants_of(path):
    """The declared mutants of a chapter."""
    file = Path(path).with_suffix(".mutants.py")
    return runpy.run_path(str(file))["MUTANTS"] if file.exists() else []


def ledger_of(path):
    """What was recorded: {"claims": {claim: ...}, "mutants": {name: ...}}."""
    file = Path(path).with_suffix(".proofs.json")
    empty = {"claims": {}, "mutants": {}}
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else empty


def claims_of(cells):
    """{claim: kind} of every check(...) in the source; claims are literal strings."""
    found = {}
    for node in ast.walk(ast.parse("\n".join(cells))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            kinds = [*node.args[4:5], *(k.value for k in node.keywords if k.arg == "kind")]
            found[ast.literal_eval(node.args[0])] = kinds[0].value if kinds else "result"
    return found


def exchanged(run, one, other, *kills):
    """A mutant: two contenders of a long run take each other's stored rows."""
    names = {one: other, other: one}
    return {
        "name": f"in the long run {one} and {other} exchange their rows",
        "function": "helpers.data.long_run.LongRun.scores",
        "since": f'= long_run("{run}")',
        "old": "found.setdefault(row[by], {})",
        "new": f"found.setdefault({names}.get(row[by], row[by]), {{}})",
        "kills": list(kills),
    }


def place(text, cells):
    """Number of the one code cell that holds this text; None if there is not exactly one."""
    found = [number for number, cell in enumerate(cells) if text in cell]
    return found[0] if len(found) == 1 else None


def refusal(mutant, cells):
    """Why a declaration is not accepted, in a few words; None if it is."""
    function = mutant.get("function")
    cell = place(mutant.get("since", cells[0]) if function else mutant["old"], cells)
    if cell is None:
        return "its cell is not to be found, or not the only one"
    if function and not function.startswith("helpers."):
        return f"expected a function of helpers, found {function}"
    if function and function.startswith(MEASURING) and not mutant.get("system"):
        return f"{function} measures; name the system it is, or leave it"
    if not function and cells[cell].count(mutant["old"]) != 1:
        return f"expected {mutant['old']!r} once in its cell"
    if not function and SHOWS.search(cells[cell]):
        return "its cell holds a check, a table or a figure"
    return None


@functools.cache
def owners():
    """Top-level module -> the distributions that hold it.

    A wheel may claim a name of the standard library, as ObsPy claims `signal`.
    """
    found = packages_distributions()
    return {name: held for name, held in found.items() if name not in sys.stdlib_module_names}


def foundation(source):
    """A hash of all that Python source rests on.

    The code of the helpers that it reaches, the pins of the packages that they import, and the
    checksums of the cited data that they name: what another chapter needs besides makes no proof
    old.
    """
    texts, packages = reached(source)
    needed = {"torch", "numpy", *(owner.lower() for p in packages for owner in owners().get(p, ()))}
    pins = [pin for pin in lines("constraints.txt") if pin.split("==")[0].lower() in needed]
    words = set(re.findall(r"[\w-]+", " ".join([source, *texts.values()])))
    read = [row for row in lines("helpers/data/sources.csv")
            if words & {row.split(",")[0], row.split(",")[0].replace("-", "_")}]  # fmt: skip
    return digest(*map(str, texts.items()), *sorted(pins), *read)


def lines(name):
    """The lines of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def digest(*parts):
    """A short SHA-256 of texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def engine(function):
    """The text of the engine's class or function that a mutant bends, if it bends one."""
    if not function.startswith(ENGINE):
        return []
    module, name = re.match(r"(helpers\.train\.\w+)\.(\w+)", function).groups()
    return [ast.unparse(contents(file_of(module).read_text(encoding="utf-8"))[0][name])]


def prints(path):
    """{name: hashes of what a proof depends on}: chapter and declaration, and all the rest."""
    chapter = "\n".join(cells_of(path))
    others = foundation(chapter)
    own = {
        mutant["name"]: digest(chapter, json.dumps(mutant), *engine(mutant.get("function", "")))
        for mutant in mutants_of(path)
    }
    return {name: {"own": mine, "others": others} for name, mine in own.items()}


def stale(path):
    """{name: why} of the mutants whose record is missing or old."""
    recorded, why = ledger_of(path)["mutants"], {}
    for name, now in prints(path).items():
        then = recorded.get(name, {})
        if then.get("own") != now["own"]:
            why[name] = "chapter or mutant changed" if then else "never run"
        elif then["others"] != now["others"]:
            why[name] = "helpers, data or pins changed"
    return why


def rows(path):
    """One dict for each claim and mutant that kills it, in the order of the chapter.

    Keys: claim, kind, value (measured), low, high, mutant, found (with the mutant), margin.
    """
    ledger = ledger_of(path)
    return [
        {
            "claim": claim,
            **healthy,
            "mutant": name,
            "found": fall["value"],
            "margin": fall["margin"],
        }
        for claim, healthy in ledger["claims"].items()
        for name, record in ledger["mutants"].items()
        if claim in record["kills"] and (fall := record["failed"].get(claim))
    ]


def problems(path):
    """Sentences on what a chapter's proofs lack: stale, missed, or claims killed by nothing."""
    ledger = ledger_of(path)
    kinds = {claim: healthy["kind"] for claim, healthy in ledger["claims"].items()}
    killed = {row["claim"] for row in rows(path)}
    said = [f"{name}: {why}" for name, why in stale(path).items()]
    for name, record in ledger["mutants"].items():
        for claim in set(record["kills"]) - set(record["failed"]):
            stood = record.get("stood", {}).get(claim)
            said.append(f"{name}: does not kill {claim!r}, {stood} ({record['ended']})")
    kinds |= claims_of(cells_of(path))
    alive = [claim for claim, kind in kinds.items() if kind != "agrees" and claim not in killed]
    return said + [f"nothing kills {claim!r}" for claim in alive]


def doubt(chapter, mutant, remembered=None):
    """Why an atlas row's mutant does not prove its system; None if it does.

    Who asks for many rows passes a `stale` that remembers what it said.
    """
    path = ROOT / "notebooks" / f"{chapter}.ipynb"
    record = ledger_of(path)["mutants"].get(mutant)
    if record is None:
        return f"{chapter} records no mutant {mutant!r}"
    if mutant in (old := (remembered or stale)(path)):
        return f"{chapter}, {mutant!r}: {old[mutant]}"
    if not set(record["kills"]) & set(record["failed"]):
        return f"{chapter}: no check notices {mutant!r}"
    return None
