"""The whole book as one page and as a PDF: `make pdf`.

The builder joins all pages into one; Chromium prints it. Without Chromium the one page remains,
which any browser prints.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "_build" / "print"
BUILT = OUT / "_build" / "singlehtml"
PAGE = BUILT / "all.html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def one_page():
    """Build the single page; the builder's output is shown only if it fails."""
    command = [str(Path(sys.executable).parent / "jupyter-book"), "build", str(ROOT)]
    command += ["--builder", "singlehtml", "--path-output", str(OUT)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{run.stdout[-4000:]}{run.stderr[-4000:]}\nthe page was not built: see above")
    # The builder writes addresses as seen from the top, and the page into a folder below it.
    (BUILT / "book" / "index.html").replace(PAGE)


def print_page(browser, target):
    """Let a headless browser print the page, once its formulas are set."""
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    command += ["--virtual-time-budget=30000", f"--print-to-pdf={target}", PAGE.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode or not target.exists():
        sys.exit(f"{run.stderr[-2000:]}\n{browser} did not print {PAGE}")


def main():
    """Build, print, and say where the result lies."""
    print("Joining all pages into one ...", flush=True)
    one_page()
    print(f"One page: {PAGE}")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("No Chromium found: open the page in a browser and print it.")
        return
    target = ROOT / "_build" / "executable-survey.pdf"
    print_page(browser, target)
    print(f"PDF: {target} ({target.stat().st_size / 2**20:.0f} MiB)")


if __name__ == "__main__":
    main()
