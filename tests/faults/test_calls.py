import pytest

from tests.faults import calls, scores
from tests.faults.judge import report, unexpected

FAMILIES = calls.FAMILIES | scores.FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_bad_calls_are_refused_and_good_ones_right(family, record_property):
    counts, faults = report(FAMILIES[family]())
    record_property("faults", (family, dict(counts)))
    found = unexpected(family, faults)
    assert not found, "\n".join(found)
