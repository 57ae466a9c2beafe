"""What pytest needs to run chapters: quiet, closing semicolons, cited data, the table of times."""

import os
import re
import sys
from collections import Counter, defaultdict
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
            return f"cited data: {error}"
    return None


def pytest_collection_modifyitems(items):
    """Skip the cells tagged `cited` of a chapter whose cited data is absent."""
    reasons = {}
    for item in items:
        path = Path(item.path)
        if path.suffix == ".ipynb" and "cited" in item.cell["metadata"].get("tags", []):
            if path not in reasons:
                reasons[path] = why_absent(path)
            if reasons[path]:
                item.add_marker(pytest.mark.skip(reason=reasons[path]))


def reports(reporter, *outcomes):
    """The reports of the tests with these outcomes."""
    return [report for outcome in outcomes for report in reporter.stats.get(outcome, [])]


def reason_of(report):
    """Why a test was skipped, in one line."""
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return " ".join(said.removeprefix("Skipped: ").split())


def allowed(reason):
    """Whether tests/allowed_skips.yml names this reason, with the condition that must hold."""
    import yaml

    known = yaml.safe_load((ROOT / "tests" / "allowed_skips.yml").read_text())
    return any(re.search(row["reason"], reason) for row in known)


def pytest_sessionfinish(session):
    """A test that was skipped for a reason that nobody allowed makes the run red."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(session.config, "workerinput"):
        return
    odd = {reason_of(report) for report in reports(reporter, "skipped")}
    if not session.exitstatus and not all(map(allowed, odd)):
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter):
    """Print what was skipped and why, the share of each chapter that ran, and its seconds."""
    seconds, cells, skipped = defaultdict(float), defaultdict(int), defaultdict(int)
    reasons = Counter(reason_of(report) for report in reports(terminalreporter, "skipped"))
    for report in reports(terminalreporter, "passed", "failed", "skipped"):
        place = getattr(report, "nodeid", "").split("::")[0]
        if place.endswith(".ipynb"):
            seconds[place] += getattr(report, "duration", 0)
            cells[place] += 1
            skipped[place] += report.outcome == "skipped"
    if reasons:
        terminalreporter.section("skipped")
        for reason, count in reasons.items():
            mark = "" if allowed(reason) else " NOT ALLOWED: see tests/allowed_skips.yml"
            terminalreporter.write_line(f"{count:6d}  {reason}{mark}")
    if seconds:
        terminalreporter.section("chapters: seconds here, and share of the cells that ran")
        for place, total in sorted(seconds.items(), key=lambda pair: -pair[1]):
            share = 1 - skipped[place] / cells[place]
            terminalreporter.write_line(f"{total:6.1f} s {share:5.0%}  {place}")
