"""Count the cells whose text output nbval compares; store the share for the book."""

import json
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
PICTURES = {"image/png", "image/jpeg"}


def has_text(cell):
    """Does nbval compare anything of this cell's output? (Pictures it does not.)"""
    kinds = {kind for out in cell.outputs for kind in (out.get("data") or {"text": 0})}
    return bool(kinds - PICTURES)


def main():
    """Write book/data/coverage.json."""
    listed = yaml.safe_load((ROOT / "tests/book/uncompared.yml").read_text()) or {}
    total = 0
    for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        total += sum(has_text(cell) for cell in cells if cell.cell_type == "code")
    exceptions = [
        {"page": key.rsplit(":", 1)[0], "cell": int(key.rsplit(":", 1)[1]), "reason": reason}
        for key, reason in listed.items()
    ]
    share = {"compared": total - len(exceptions), "total": total, "exceptions": exceptions}
    (ROOT / "book/data/coverage.json").write_text(json.dumps(share, indent=1) + "\n")
    print(f"{share['compared']} of {total} cells with text output are compared")


if __name__ == "__main__":
    main()
