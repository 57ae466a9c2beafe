"""The rules of the chapter on weak supervision stand twice, on its page and in its long run."""

import ast
import json
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "5-methods/weak-supervision"


def on_the_page():
    """The table of the cell that begins with it: relation to list of stems."""
    cells = json.loads((ROOT / "notebooks" / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    (source,) = [source for source in sources if "\nRULES = {" in source]
    (table,) = [node.value for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return ast.literal_eval(table)


def test_the_long_run_has_the_rules_of_the_page_in_their_order():
    text = runpy.run_path(str(ROOT / "experiments" / f"{NAME}.py"))["RULES"]
    lines = re.findall(r"^    (\w+): (.+)$", text, re.M)
    page = on_the_page()
    assert sum(map(len, page.values())) == 17
    assert [(relation, stems.split("; ")) for relation, stems in lines] == list(page.items())
