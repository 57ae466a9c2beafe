"""Prints how the cases of the fault suite ended, family by family."""

from collections import Counter

import yaml

from tests.faults.judge import KNOWN

ORDER = ("right", "refused", "warned", "wrong", "raw", "hang", "sentence", "refusal")
MEANING = (
    "right: equal to the expected value. refused: in one sentence. warned: said so at the start. "
    "wrong: accepted and not right. raw: another exception. sentence: a refusal that does not say "
    "what and where. refusal: refused though right."
)


def pytest_terminal_summary(terminalreporter):
    rows = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "faults":
                    family, counts = value
                    rows[family] = Counter(counts)
    if not rows:
        return
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
