"""What kills which claim of a chapter, how old the proofs are, and which claims have none.

Beside `notebooks/PART/NAME.ipynb` stand `NAME.mutants.py`, the declarations, and
`NAME.proofs.json`, what proofs.py measured. A declaration is a dict:

    name      what is removed or bent, as a reader should read it
    old, new  one replacement of source text, that occurs once
    function  the function of `helpers` it stands in; without it, a code cell of the notebook
    kills     claims that fail because of it
    since     text of the cell from which on the function is bent; from the first, if left out
    system    the named system, if the function lies where things are measured
"""

import ast
import hashlib
import json
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEASURES = re.compile(
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
            kinds = [k.value.value for k in node.keywords if k.arg == "kind"]
            kinds += [part.value for part in node.args[4:5]]
            found[ast.literal_eval(node.args[0])] = (*kinds, "result")[0]
    return found


def since(mutant, cells):
    """Number of the code cell from which on a function is bent; None if its text is not unique."""
    found = [n for n, cell in enumerate(cells) if mutant.get("since", "") in cell]
    return found[0] if len(found) == 1 or "since" not in mutant else None


def refusal(mutant, cells, claims):
    """Why a declaration is not accepted, in one sentence; None if it is."""
    unknown = [claim for claim in mutant["kills"] if claim not in claims]
    if unknown:
        return f"{mutant['name']}: the chapter makes no claim {unknown[0]!r}"
    if function := mutant.get("function"):
        if not function.startswith("helpers."):
            return f"{mutant['name']}: expected a function of helpers, found {function}"
        if function.startswith(MEASURING) and not mutant.get("system"):
            return f"{mutant['name']}: {function} measures; name the system it is, or leave it"
        return None if since(mutant, cells) is not None else f"{mutant['name']}: since is unclear"
    count = sum(cell.count(mutant["old"]) for cell in cells)
    if count != 1:
        return f"{mutant['name']}: expected its text once in the code cells, found it {count} times"
    if MEASURES.search(next(cell for cell in cells if mutant["old"] in cell)):
        return f"{mutant['name']}: its cell holds a check, a table or a figure"
    return None


def modules_of(source):
    """Names of the modules that Python source imports, or may import."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return sorted(names)


def imported(source):
    """Files of `helpers` that Python source names in its imports."""
    names = [name for name in modules_of(source) if name.startswith("helpers.")]
    places = [ROOT / name.replace(".", "/") for name in names]
    return {f for p in places for f in (p.with_suffix(".py"), p / "__init__.py") if f.exists()}


def rests_on(path):
    """Files behind a chapter: helpers it imports, directly or not, cited data, pins."""
    found, new = set(), imported("\n".join(cells_of(path)))
    while new:
        found |= new
        new = {f for file in new for f in imported(file.read_text(encoding="utf-8"))} - found
    pins = {ROOT / "constraints.txt", ROOT / "helpers" / "data" / "sources.csv"}
    return sorted(file for file in found | pins if file.exists())


def digest(*parts):
    """A short SHA-256 of texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def prints(path):
    """{name: hashes of what a proof depends on}: the chapter and declaration, and the rest."""
    chapter = "\n".join(cells_of(path))
    others = digest(*(file.read_text(encoding="utf-8") for file in rests_on(path)))
    return {
        mutant["name"]: {"own": digest(chapter, json.dumps(mutant)), "others": others}
        for mutant in mutants_of(path)
    }


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
    """One dict a claim and mutant that kills it: claim, kind, band, healthy value, and the kill."""
    ledger, table = ledger_of(path), []
    for claim, healthy in ledger["claims"].items():
        for name, record in ledger["mutants"].items():
            kill = record["failed"].get(claim)
            if kill and claim in record["kills"]:
                found = {"mutant": name, "found": kill["value"], "margin": kill["margin"]}
                table.append({"claim": claim} | healthy | found)
    return table


def problems(path):
    """Sentences on what a chapter's proofs lack: killed by nothing, missed, or stale."""
    ledger = ledger_of(path)
    claims = {c: claim["kind"] for c, claim in ledger["claims"].items()}
    claims |= claims_of(cells_of(path))
    killed = {row["claim"] for row in rows(path)}
    said = [f"{name}: {why}" for name, why in stale(path).items()]
    for name, record in ledger["mutants"].items():
        said += [
            f"{name}: does not kill {claim!r} ({record['ended']}; {record['stood'].get(claim)})"
            for claim in record["kills"]
            if claim not in record["failed"]
        ]
    open_claims = [c for c, kind in claims.items() if kind != "agrees" and c not in killed]
    return said + [f"nothing kills {claim!r}" for claim in open_claims]


def doubt(chapter, mutant):
    """Why an atlas row's mutant does not prove its system; None if it does."""
    path = ROOT / "notebooks" / f"{chapter}.ipynb"
    record = ledger_of(path)["mutants"].get(mutant)
    if record is None:
        return f"{chapter} records no mutant {mutant!r}"
    if mutant in stale(path):
        return f"{chapter}, {mutant!r}: {stale(path)[mutant]}"
    if not set(record["kills"]) & set(record["failed"]):
        return f"{chapter}: no check notices {mutant!r}"
    return None
