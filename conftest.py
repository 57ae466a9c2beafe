"""What pytest needs to run chapters: quiet, closing semicolons, cited data, the table of times."""

import os
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
sys.path.append(str(ROOT / "book" / "_ext"))


def pytest_configure(config):
    """No progress bars; cited data from ../shared/data if it is there; nbval as Jupyter runs.

    nbval executes without history, and IPython then ignores a closing semicolon (nbval #194).
    """
    os.environ["HELPERS_PROGRESS"] = "0"
    beside = ROOT.parent / "shared" / "data"
    if beside.is_dir():
        os.environ.setdefault("HELPERS_DATA", str(beside))

    from nbval.kernel import RunningKernel

    def execute(self, source, allow_stdin=None):
        return self.kc.execute(source, allow_stdin=allow_stdin, stop_on_error=False)

    RunningKernel.execute_cell_input = execute


def pytest_ignore_collect(collection_path):
    """Chapters that are still drafts are not run."""
    if collection_path.suffix == ".ipynb":
        from curriculum import written

        return True if collection_path not in {c.notebook for c in written()} else None
    return None


def why_absent(path):
    """One sentence if a cited data set of this chapter is neither here nor to be had, else None."""
    from cited_data import cited_by

    from helpers.data.cited import DataDamaged, DataUnavailable, fetch

    for name in cited_by(path):
        try:
            fetch(name)
        except DataDamaged:
            raise
        except DataUnavailable as error:
            return str(error)
    return None


@pytest.fixture
def skip_if_data_absent():
    """Skip a test of a chapter whose cited data is absent, with that reason."""

    def decide(path):
        reason = why_absent(path)
        if reason:
            pytest.skip(reason)

    return decide


def pytest_collection_modifyitems(items):
    """Skip the cells of a chapter whose cited data is absent."""
    reasons = {}
    for item in items:
        path = Path(item.path)
        if path.suffix == ".ipynb":
            if path not in reasons:
                reasons[path] = why_absent(path)
            if reasons[path]:
                item.add_marker(pytest.mark.skip(reason=reasons[path]))


def pytest_terminal_summary(terminalreporter):
    """Print the seconds of each chapter that ran, longest first."""
    seconds = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            place = getattr(report, "nodeid", "").split("::")[0]
            if place.endswith(".ipynb"):
                seconds[place] += getattr(report, "duration", 0)
    if seconds:
        terminalreporter.section("chapter times")
        for place, total in sorted(seconds.items(), key=lambda pair: -pair[1]):
            terminalreporter.write_line(f"{total:6.1f} s  {place}")
