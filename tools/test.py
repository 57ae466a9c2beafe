"""Every test in one run: the package, the book, every chapter; then what a clean machine would see.

1. pytest: the package's tests, the book's own and, through nbval, every chapter. One torch thread
   per worker; the tests of a file or class stay together on one worker.
2. The chapters that read cited data once more, with an empty data folder and no network: all cells
   but those tagged `cited` must run.
3. The proofs of chapters whose own files changed, then the oldest stale ones for five minutes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "HELPERS_PROGRESS": "0"}
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout", "300"]
NBVAL += ["--nbval-sanitize-with", str(ROOT / "tests" / "book" / "sanitize.cfg")]
NO_NETWORK = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}


def pytest(*arguments, workers, **environment):
    """Run pytest; returns its exit status."""
    call = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "loadscope"]
    call += ["--durations=15", "-p", "no:cacheprovider", *arguments]
    return subprocess.call(call, cwd=ROOT, env=os.environ | ONE_THREAD | environment)


def citing():
    """The chapters that read cited data."""
    sys.path += [str(ROOT), str(ROOT / "book" / "_ext")]
    from cited_data import cited_by
    from curriculum import written

    return [str(c.notebook) for c in written() if cited_by(c.notebook)]


def offline(workers):
    """The citing chapters on a machine without data and network."""
    print("\nwithout cited data and without a network:", flush=True)
    with tempfile.TemporaryDirectory() as empty:
        return pytest(*NBVAL, *citing(), workers=workers, HELPERS_DATA=empty, **NO_NETWORK)


def proofs():
    """What changed, then the oldest, within five minutes."""
    print("\nproofs of changed chapters, then the oldest:", flush=True)
    call = [sys.executable, "tools/proofs.py", "--budget", "300"]
    return subprocess.call(call, cwd=ROOT, env=os.environ | ONE_THREAD)


def main():
    """Run all parts, or the chapters alone; red if any part is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--chapters", action="store_true", help="nbval over the chapters only")
    options = parser.parse_args()
    if options.chapters:
        sys.exit(pytest(*NBVAL, "notebooks", workers=options.workers))
    states = [
        pytest(*NBVAL, "notebooks", "tests", "helpers", workers=options.workers),
        offline(options.workers),
        proofs(),
    ]
    names = ("tests and chapters", "without cited data", "proofs")
    print(", ".join(f"{n}: {'green' if not s else 'RED'}" for n, s in zip(names, states)))
    sys.exit(any(states))


if __name__ == "__main__":
    main()
