"""Run chapters in a fresh kernel and store their outputs: `make store CHAPTER=...`.

Measured time and peak memory go to book/data/timings.json, from which the book's page
of measured costs is made. Nothing is written if a cell fails.
"""

import argparse
import json
import os
import resource
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
TIMINGS = ROOT / "book" / "data" / "timings.json"


def store(path):
    """Execute one notebook, write it back with its outputs, return what it cost."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell["metadata"].pop("execution", None)
    begin = time.perf_counter()
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": path.parent}},
        record_timing=False,
    ).execute()
    seconds = time.perf_counter() - begin
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    write_atomically(path, nbformat.writes(notebook) + "\n")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": round(seconds, 1), "peak_mib": round(peak)}


def write_atomically(path, text):
    """Write next to the target, then rename over it."""
    scratch = path.with_name(path.name + ".part")
    scratch.write_text(text)
    os.replace(scratch, path)


def main():
    """Store each notebook named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    os.environ.setdefault("HELPERS_PROGRESS", "0")
    for path in parser.parse_args().notebooks:
        cost = store(path.resolve())
        timings = json.loads(TIMINGS.read_text()) if TIMINGS.exists() else {}
        timings[f"{path.parent.name}/{path.stem}"] = cost
        TIMINGS.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(TIMINGS, json.dumps(timings, indent=1, sort_keys=True) + "\n")
        print(f"{path}: {cost['seconds']} s, peak {cost['peak_mib']} MiB")


if __name__ == "__main__":
    main()
