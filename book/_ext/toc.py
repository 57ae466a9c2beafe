"""Write _toc.yml from what exists: `python book/_ext/toc.py` after adding a chapter or a page."""

from pathlib import Path

import yaml
from sources import read_yaml

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "2-considerations": "Considerations",
    "3-libraries": "Libraries and resources",
    "4-models": "Models and tasks",
    "5-methods": "Supervised methods",
    "6-less-data": "Doing more with less data",
    "7-interpretability": "Interpretability",
    "8-advanced": "Advanced methods",
    "9-practice": "Practice",
}
FIRST = ["how-to-use", "finder", "reading-paths", "workflow", "templates", "atlas", "glossary"]
ROOMS = ["notebook", "train", "data", "models", "methods", "agents", "interpret"]
ROOMS += ["metrics", "plots", "ground"]
LAST = ["resources", "bibliography", "costs", "compared", "benchmarks", "contributing"]


def pages(names):
    """Entries of the pages in `book/` that exist."""
    return [{"file": f"book/{n}"} for n in names if (ROOT / "book" / f"{n}.md").exists()]


def chapters(part):
    """Entries of the notebooks of one part, in the curriculum's order, then others by name."""
    rows = read_yaml(ROOT / "book" / "data" / "curriculum.yml")
    order = {row["path"]: number for number, row in enumerate(rows)}
    found = [f"{part}/{path.stem}" for path in (ROOT / "notebooks" / part).glob("*.ipynb")]
    found.sort(key=lambda name: (order.get(name, len(order)), name))
    return [{"file": f"notebooks/{name}"} for name in found]


def api():
    """The API pages of the rooms that hold a module."""
    rooms = [r for r in ROOMS if len(list((ROOT / "helpers" / r).glob("*.py"))) > 1]
    return {"file": "book/api/index", "sections": pages([f"api/{room}" for room in rooms])}


def table_of_contents():
    """The whole table, as _toc.yml holds it."""
    parts = [{"caption": "Find your way", "chapters": pages(FIRST)}]
    for part, caption in PARTS.items():
        entry = {"file": f"book/parts/{part}"}
        if chapters(part):
            entry["sections"] = chapters(part)
        parts.append({"caption": caption, "chapters": [entry]})
    behind = [*pages(LAST), api(), *pages(["404"])]
    parts.append({"caption": "Behind the book", "chapters": behind})
    return {"format": "jb-book", "root": "book/index", "parts": parts}


if __name__ == "__main__":
    text = (
        "# Written by `python book/_ext/toc.py`: run it again after adding a chapter or a page.\n"
    )
    text += yaml.safe_dump(table_of_contents(), sort_keys=False)
    (ROOT / "_toc.yml").write_text(text)
