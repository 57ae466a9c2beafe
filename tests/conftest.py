"""Prints what tests measured: how the cases of the fault suite ended, and lines that tests leave.

It stands at the top since, under xdist, only the conftests of the named folders reach the summary.
"""

from collections import Counter

import pytest
import torch
import yaml

from tests.faults.judge import KNOWN

ORDER = ("right", "refused", "warned", "wrong", "raw", "hang", "sentence", "refusal")
MEANING = (
    "right: equal to the expected value. refused: in one sentence. warned: said so at the start. "
    "wrong: accepted and not right. raw: another exception. sentence: a refusal that does not say "
    "what and where. refusal: refused though right."
)


@pytest.fixture(autouse=True)
def as_many_threads():
    """Sums on a CPU depend on torch's threads in their last bits: no test leaves others behind."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def pytest_terminal_summary(terminalreporter):
    reports = [r for some in terminalreporter.stats.values() for r in some]
    left = [pair for r in reports for pair in getattr(r, "user_properties", ())]
    if lines := sorted({value for name, value in left if name == "measured"}):
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)
    if rows := {value[0]: Counter(value[1]) for name, value in left if name == "faults"}:
        fault_suite(terminalreporter, rows)


def fault_suite(terminalreporter, rows):
    """The table of families; rows : family to how its cases ended."""
    terminalreporter.section("fault suite")
    line = terminalreporter.write_line
    line(f"{'family':<34} {'cases':>6} " + " ".join(f"{name:>8}" for name in ORDER))
    for family, counts in [*sorted(rows.items()), ("all", sum(rows.values(), Counter()))]:
        line(
            f"{family:<34} {sum(counts.values()):>6} "
            + " ".join(f"{counts[name]:>8}" for name in ORDER)
        )
    line(MEANING)
    known = yaml.safe_load(KNOWN.read_text()) or {}
    line(f"{sum(map(len, known.values()))} of these faults are known: tests/faults/known.yml")
