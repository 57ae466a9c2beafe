"""Build the site from stored outputs, warnings as errors, only if something changed.

`make book` calls this. A digest of every source makes a second run without changes cheap.
"""

import hashlib
import os
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
BUILDERS = ["book/_ext", "tools"]  # Sphinx does not read a page anew because these changed


def digest(trees, sources=()):
    """One hash over the names and contents of all files in these folders, and of these patterns."""
    files = [path for pattern in sources for path in ROOT.glob(pattern)]
    for tree in trees:
        files += [
            p for p in (ROOT / tree).rglob("*") if p.is_file() and "__pycache__" not in p.parts
        ]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def build():
    """Run the book builder in a process of its own; its output is shown only if it fails."""
    run = subprocess.run(
        [sys.executable, __file__, "--sphinx"], cwd=ROOT, capture_output=True, text=True
    )
    if run.returncode:
        print(run.stdout[-6000:], run.stderr[-12000:], sep="\n")
        sys.exit("the site has warnings or errors: see above")


def sphinx():
    """What `jupyter-book build -W -n --keep-going` does, with a reader and a writer on each core.

    The command has no option for that (extensions: see `declare_safe` in book/_ext/chapter.py).
    """
    sys.path.pop(0)  # this folder, whose modules have common names: test, build
    from jupyter_book.sphinx import build_sphinx

    result = build_sphinx(
        ROOT,
        SITE,
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides={"latex_individualpages": False, "nitpicky": True},
        warningiserror=True,
        keep_going=True,
        jobs=os.cpu_count(),
    )
    sys.exit(result if isinstance(result, int) else 1)


def drop(builders):
    """Remove what an interrupted build left (only a finished one has a stamp) or an older builder."""
    if not STAMP.exists() or STAMP.read_text().split()[-1] != builders:
        for folder in (SITE, SITE.parent / ".doctrees"):
            shutil.rmtree(folder, ignore_errors=True)


def main():
    """Build if needed and say where to look."""
    begin, builders = time.perf_counter(), digest(BUILDERS)
    now = f"{digest(TREES, SOURCES)} {builders}"
    if STAMP.exists() and STAMP.read_text() == now and (SITE / "index.html").exists():
        print("The site is up to date.")
    else:
        print("Building the site from the stored outputs ...", flush=True)
        drop(builders)
        STAMP.unlink(missing_ok=True)
        build()
        STAMP.write_text(now)
        print(f"Built in {time.perf_counter() - begin:.0f} s.")
    print(f"Open {SITE / 'index.html'} in a browser, or run `make serve`.")


if __name__ == "__main__":
    sphinx() if "--sphinx" in sys.argv else main()
