"""Build the site from stored outputs, warnings as errors, only if something changed.

`make book` calls this. A digest of every source makes a second run without changes cheap.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
STAMP = ROOT / "_build" / "sources.sha256"
SOURCES = ["_config.yml", "_toc.yml", "*.md", "CITATION.cff", "constraints.txt"]
TREES = ["book", "notebooks", "helpers", "benchmarks/results"]


def digest():
    """One hash over the names and contents of everything the site is made from."""
    files = [path for pattern in SOURCES for path in ROOT.glob(pattern)]
    for tree in TREES:
        files += [
            p for p in (ROOT / tree).rglob("*") if p.is_file() and "__pycache__" not in p.parts
        ]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def build():
    """Run the book builder; its own output is shown only if it fails."""
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", str(ROOT)]
    command += ["-W", "-n", "--keep-going", "--path-output", str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        print(run.stdout[-6000:], run.stderr[-12000:], sep="\n")
        sys.exit("the site has warnings or errors: see above")


def drop_halves():
    """Remove what an interrupted build may have left: only a finished one leaves its stamp."""
    if not STAMP.exists():
        for folder in (SITE, SITE.parent / ".doctrees"):
            shutil.rmtree(folder, ignore_errors=True)


def main():
    """Build if needed and say where to look."""
    begin, now = time.perf_counter(), digest()
    if STAMP.exists() and STAMP.read_text() == now and (SITE / "index.html").exists():
        print("The site is up to date.")
    else:
        print("Building the site from the stored outputs ...", flush=True)
        drop_halves()
        STAMP.unlink(missing_ok=True)
        build()
        STAMP.write_text(now)
        print(f"Built in {time.perf_counter() - begin:.0f} s.")
    print(f"Open {SITE / 'index.html'} in a browser, or run `make serve`.")


if __name__ == "__main__":
    main()
