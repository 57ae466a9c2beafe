"""The house rules of a chapter, each a generator of sentences about what is missing.

`python tests/book/rules.py [part/name ...]` (make missing) prints them for chapters and drafts.
"""

import ast
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from docutils.nodes import make_id

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "book" / "_ext", ROOT / "tools", ROOT / "tests" / "book", ROOT)
sys.path[:0] = map(str, FOLDERS)
import curriculum  # noqa: E402
import ledger  # noqa: E402
from extras import needed  # noqa: E402

HEADINGS = ["idea", "by hand", "librar", "goes wrong", "in science", "your own data", "exercises"]
CARD = ["Survey section", "Level", "Data", "Time", "You need", "You will be able to"]
UNCOMPARED = {"nbval-ignore-output", "nbval-skip", "nbval-raises-exception"}
KINDS = {"method", "model", "resource", "science", "tool", "task", "tip", "template", "dataset"}
KINDS |= {"loss"}
SECONDS = 60  # a chapter alone, on one core
MACHINE = re.compile(r"(/root/|/home/\w+/|/tmp/|0x[0-9a-f]{8,}|image/svg)")


def text(cell):
    """The source of a cell."""
    return "".join(cell["source"])


def code(chapter):
    """The code cells."""
    return curriculum.code_cells(chapter.notebook)


def source(chapter):
    """All code of a chapter as one module."""
    return "\n".join(map(text, code(chapter)))


def prose(chapter):
    """All Markdown of a chapter."""
    cells = curriculum.notebook_json(chapter.notebook)["cells"]
    return "\n\n".join(text(cell) for cell in cells if cell["cell_type"] == "markdown")


def claims(chapter):
    """The claims of its checks: literal strings, in order."""
    for node in ast.walk(ast.parse(source(chapter))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "check":
            claim = node.args[0]
            yield claim.value if isinstance(claim, ast.Constant) else None


def anchors(chapter):
    """The ids of its headings."""
    return {make_id(title) for title in re.findall(r"^#+ (.+)$", prose(chapter), re.M)}


def finished(chapter):
    """Nothing of the skeleton is left."""
    files = [chapter.notebook, *map(chapter.beside, ("yml", "bib", "mutants.py"))]
    for path in files:
        if path.exists() and "TODO" in path.read_text():
            yield f"{path.relative_to(ROOT)} still says TODO"


def stored(chapter):
    """Run in order from a fresh kernel, without errors, and what it cost is known."""
    counts = [cell["execution_count"] for cell in code(chapter)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"not run in order from a fresh kernel: make store CHAPTER=notebooks/{chapter.name}.ipynb"
    for number, cell in enumerate(code(chapter)):
        for output in cell["outputs"]:
            if output["output_type"] == "error" or output.get("name") == "stderr":
                yield f"code cell {number}: a stored error or warning"
    seconds = chapter.cost.get("seconds", 0)
    if not 0 < seconds <= SECONDS:
        yield f"its stored run took {seconds} s; expected at most {SECONDS} on one core, measured"
    if MACHINE.search(re.sub(r'"image/png": "[^"]*"', "", chapter.notebook.read_text())):
        yield "a path or an address of one machine is stored in it"
    if chapter.notebook.stat().st_size > 1_000_000:
        yield "the notebook weighs more than a megabyte"


def card(chapter):
    """The first cell says what the reader needs to know, and agrees with the yml."""
    first = text(curriculum.notebook_json(chapter.notebook)["cells"][0])
    if not re.match(r"# [A-Z]", first) or "chapter-card" not in first:
        yield "the first cell needs a title and a card (class chapter-card)"
        return
    for part in CARD:
        if f"**{part}**" not in first:
            yield f"the card lacks {part}"
    if f"{{chapter-time}}`{chapter.name}`" not in first:
        yield f"the card's time must be {{chapter-time}}`{chapter.name}`"
    if not re.search(rf"\*\*Survey section\*\* {re.escape(chapter.section)}\b", first):
        yield f"the card's survey section differs from {chapter.section} in the yml"
    if len(first.split("**You will be able to**")[-1].split(":::")[0].split(";")) != 3:
        yield "the card needs three verbs, separated by semicolons"
    need = first.split("**You need**")[-1].split("**You will")[0]
    for name in chapter.prerequisites:
        if name.split("/")[1] not in need:
            yield f"the card does not name the prerequisite {name} of the yml"


def anatomy(chapter):
    """Every part of a chapter has its heading."""
    headings = "\n".join(re.findall(r"(?m)^#{2,3} .*", prose(chapter))).lower()
    for part in HEADINGS:
        if part not in headings:
            yield f"no heading with '{part}'"


def short_cells(chapter):
    """Cells can be read at a glance."""
    lengths = sorted(len(text(cell).splitlines()) for cell in code(chapter))
    if lengths[-1] > 25:
        yield f"a code cell has {lengths[-1]} lines; expected at most 25"
    if lengths[len(lengths) // 2] > 9:
        yield f"the median code cell has {lengths[len(lengths) // 2]} lines; expected at most 9"


def conventions(chapter):
    """The first cells are alike, and code keeps out of what a reader cannot see."""
    all_code = source(chapter)
    if text(code(chapter)[0]) != curriculum.install_cell(chapter):
        yield "the first code cell must be the install cell: python tools/new.py --install-cell"
    if "start(" not in text(code(chapter)[1]):
        yield "the second code cell must call start()"
    for word in ("sys.path", "filterwarnings"):
        if word in all_code:
            yield f"a cell uses {word}"
    if re.search(r"(?m)^[!%]", all_code):
        yield "a cell uses a shell command or a magic"
    if re.search(r"(?m)^from \S+ import \*", all_code):
        yield "a cell imports *"


def without_cited(chapter):
    """Without cited data the cells that are not tagged `cited` run, so they need no name of its."""
    cells = [c for c in code(chapter) if "cited" not in c["metadata"].get("tags", [])]
    if len(cells) == len(code(chapter)):
        return
    ask = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "F821",
        "--output-format",
        "json",
        "-",
    ]
    ask += ["--config", "builtins = ['display', 'get_ipython']"]
    said = subprocess.run(ask, input="\n".join(map(text, cells)), capture_output=True, text=True)
    for fault in json.loads(said.stdout):
        yield f"only a cell tagged `cited` knows it: {fault['message']}"


def checks(chapter):
    """Claims are checked, and each is a literal sentence of its own."""
    found = list(claims(chapter))
    if len(found) < 6:
        yield f"{len(found)} checks; expected at least 6"
    if None in found:
        yield "the claim of a check must be a literal string"
    for claim in {c for c in found if found.count(c) > 1}:
        yield f"two checks make the same claim: {claim!r}"


def alt_texts(chapter):
    """Every figure says in words what it shows."""
    for number, cell in enumerate(code(chapter)):
        if any("image/png" in output.get("data", {}) for output in cell["outputs"]):
            alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
            if len(alt) < 40 or alt.endswith(".png"):
                yield f"code cell {number}: a figure without alt text of 40 characters or more"


def exercises(chapter):
    """At least two exercises; each solution runs and checks its answer."""
    asked = re.findall(r"\{exercise\}[^\n]*\n:label: (\S+)", prose(chapter))
    if len(asked) < 2:
        yield f"{len(asked)} exercises; expected at least 2"
    inside, checked = None, set()
    for cell in curriculum.notebook_json(chapter.notebook)["cells"]:
        if cell["cell_type"] == "markdown":
            begin = re.search(r"\{solution-start\} (\S+)", text(cell))
            inside = begin[1] if begin else None if "{solution-end}" in text(cell) else inside
        elif inside and "check(" in text(cell):
            checked.add(inside)
    for label in set(asked) - checked:
        yield f"exercise {label}: no solution that runs and checks its answer"


def own_file(chapter):
    """The yml is complete and names what exists."""
    known = {other.name for other in curriculum.chapters()}
    if not re.fullmatch(r"[1-9](\.\d){0,2}", chapter.section):
        yield f"no section {chapter.section!r} in the survey"
    for name in chapter.prerequisites:
        if name not in known:
            yield f"prerequisite {name!r} is no chapter"
    if not chapter.words:
        yield "words: name the words by which readers look for it"
    if chapter.notebook.exists():
        wanted = needed(source(chapter))
        if sorted(chapter.extras) != wanted:
            yield f"extras: {chapter.extras}; its imports need {wanted}"


def atlas_rows(chapter):
    """Rows are well formed; one that runs names anchor, helper, library and a claim that exist."""
    for row in chapter.atlas:
        for fault in row_faults(chapter, row):
            yield f"atlas row {row.get('name')!r}: {fault}"


def row_faults(chapter, row):
    """What is wrong in one row of the atlas."""
    fields = {"name", "kind", "section", "refs", "anchor", "helper", "library", "check", "mutant"}
    for odd in set(row) - fields - {"reason", "partly"}:
        yield f"no field {odd!r}"
    if row.get("kind") not in KINDS:
        yield f"no kind {row.get('kind')!r}: use one of {', '.join(sorted(KINDS))}"
    if not re.fullmatch(r"[1-9](\.\d){0,2}", str(row.get("section"))):
        yield f"no section {row.get('section')!r} in the survey"
    for number in row.get("refs", []):
        if not (isinstance(number, int) and 1 <= number <= 275):
            yield f"no reference {number!r}: 1 to 275"
    if not row.get("check"):
        if row.get("helper") or row.get("anchor"):
            yield "anchor and helper belong to rows that run: name the check, or remove them"
        return
    if row.get("reason"):
        yield "a row that runs needs no reason"
    if not chapter.notebook.exists():
        yield "the chapter is not written yet: remove check, or write the chapter"
        return
    if row["check"] not in claims(chapter):
        yield f"no check {row['check']!r} in the chapter: copy its claim"
    if row.get("anchor") not in anchors(chapter):
        yield f"no heading #{row.get('anchor')} in the chapter"
    if not row.get("library"):
        yield "name the library (or the closed form) that the check compares with"
    if row.get("helper") and not exists(row["helper"]):
        yield f"{row['helper']} does not exist: name a module and a symbol in it"


def exists(symbol):
    """Whether a dotted name can be imported."""
    module, name = symbol.rsplit(".", 1)
    try:
        return hasattr(import_module(module), name)
    except ImportError:
        return False


def proofs(chapter):
    """Of each check it is proven that it can fail; those that agree with a library aside."""
    if not chapter.beside("mutants.py").exists():
        yield f"no notebooks/{chapter.name}.mutants.py: nothing proves that its checks can fail"
        return
    killed = {row["claim"] for row in ledger.rows(chapter.notebook)}
    for claim, kind in ledger.claims_of(ledger.cells_of(chapter.notebook)).items():
        if kind != "agrees" and claim not in killed:
            yield f"no mutant kills {claim!r}"


OF_YML = [own_file, atlas_rows]
OF_NOTEBOOK = [finished, stored, card, anatomy, short_cells, conventions, without_cited, checks]
OF_NOTEBOOK += [alt_texts, exercises, proofs]


def faults(chapter):
    """All that is missing in a chapter, each with the rule that misses it."""
    rules = OF_YML + (OF_NOTEBOOK if chapter.notebook.exists() else [])
    return [f"{rule.__name__}: {fault}" for rule in rules for fault in rule(chapter)]


def main(names):
    """Print what is missing in the chapters named, or in all that have a notebook."""
    chosen = [c for c in curriculum.chapters() if c.name in names or not names]
    if unknown := set(names) - {chapter.name for chapter in chosen}:
        sys.exit(
            f"no chapter {', '.join(sorted(unknown))}: expected part/name, see notebooks/*/*.yml"
        )
    total = 0
    for chapter in chosen:
        for fault in faults(chapter):
            total += 1
            print(f"{chapter.name}: {fault}")
    print(f"{len(chosen)} chapters, {total} things missing")
    return total > 0


if __name__ == "__main__":
    sys.exit(
        main([name.removeprefix("notebooks/").removesuffix(".ipynb") for name in sys.argv[1:]])
    )
