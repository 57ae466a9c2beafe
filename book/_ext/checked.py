"""What running the chapters again compares: cells counted by what they print (page `compared`)."""

import re
from collections import Counter

import yaml
from curriculum import ROOT, code_cells, written

KINDS = {
    "value": ("numbers, words or a table of data", "printed text, all of it"),
    "verdict": ("checks: a claim, what was measured, its band", "all but the measured number"),
    "comparison": ("tables of rivals", "all but the measured cells; each row has a band"),
    "listing": ("source code of a helper", "all of it"),
    "figure": ("figures", "titles, labels and number of artists; not the pixels"),
}
PICTURES = {"image/png", "image/jpeg"}
UNCOMPARED = ROOT / "tests" / "book" / "uncompared.yml"
VERDICT = re.compile(r"^[✓○] ")


def kinds(cell):
    """The kinds of what one code cell prints."""
    return {kind_of(output) for output in cell["outputs"]}


def kind_of(output):
    """The kind of one output."""
    data = output.get("data", {})
    if PICTURES & set(data):
        return "figure"
    if "comparison" in "".join(data.get("text/html", ""))[:80]:
        return "comparison"
    if "".join(data.get("text/markdown", "")).startswith("```python"):
        return "listing"
    lines = "".join(output.get("text", "")).splitlines()
    return "verdict" if lines and all(VERDICT.match(line) for line in lines) else "value"


def counts():
    """(kind, cells, what it is, how it is compared) for each kind."""
    found = Counter(
        kind
        for chapter in written()
        for cell in code_cells(chapter.notebook)
        for kind in kinds(cell)
    )
    return [(kind, found[kind], *said) for kind, said in KINDS.items()]


def exceptions():
    """Cells that nbval does not compare, with the reason."""
    return yaml.safe_load(UNCOMPARED.read_text()) or {}
