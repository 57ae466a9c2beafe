"""How long the site takes when all chapters are written: every planned one filled with a copy.

Builds twice in a folder of its own, from nothing and after one changed chapter, and stores the
seconds beside the benchmarks. No page shows them yet.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STORED = ROOT / "benchmarks" / "results" / "generated-book.json"


def fill(book):
    """Give every planned chapter a copy of a written one, its labels renamed; number of chapters."""
    written = sorted(book.glob("notebooks/*/*.ipynb"))
    planned = [
        p for p in sorted(book.glob("notebooks/*/*.yml")) if not p.with_suffix(".ipynb").exists()
    ]
    for path, pattern in zip(planned, cycle(written), strict=False):
        text = pattern.read_text().replace(f"{pattern.stem}-ex", f"{path.stem}-ex")
        path.with_suffix(".ipynb").write_text(text)
    return len(written) + len(planned)


def seconds(book):
    """Seconds of one build."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "tools/build.py"], cwd=book, check=True)
    return round(time.perf_counter() - begin, 1)


def main():
    """Fill, build, change a word, build, store."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book"
        skipped = shutil.ignore_patterns(".venv", "_build", ".git", ".hypothesis", "__pycache__")
        shutil.copytree(ROOT, book, ignore=skipped)
        os.environ["PYTHONPATH"] = str(book)
        found = {"chapters": fill(book), "from_nothing": seconds(book)}
        touched = book / "notebooks" / "4-models" / "supervised-learning.ipynb"
        touched.write_text(touched.read_text().replace("## The idea", "## The one idea"))
        found["one_changed"] = seconds(book)
    found |= {"cores": os.cpu_count(), "date": date.today().isoformat()}
    STORED.write_text(json.dumps(found, indent=1) + "\n")
    print(found)


if __name__ == "__main__":
    main()
