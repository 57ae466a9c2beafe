"""Every test in one run: the package, the book and, through nbval, every chapter.

One torch thread per worker; the tests of a file or class stay together on one worker. A chapter
whose kernel does not start is run once more. At the end: the table of chapter times and pytest's
plain count.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def command(workers, chapters_only):
    """The pytest call."""
    call = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "loadscope"]
    call += ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "300"]
    call += ["--nbval-sanitize-with", str(ROOT / "tests" / "book" / "sanitize.cfg")]
    call += ["--durations=15", "-p", "no:cacheprovider", "notebooks"]
    return call if chapters_only else [*call, "tests", "helpers"]


def main():
    """Run with one thread a worker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--chapters", action="store_true", help="nbval over the chapters only")
    options = parser.parse_args()
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HELPERS_PROGRESS": "0"}
    sys.exit(subprocess.call(command(options.workers, options.chapters), cwd=ROOT, env=environment))


if __name__ == "__main__":
    main()
