import pytest

from tests.faults import checkpoints
from tests.faults.judge import report, unexpected

FAMILIES = checkpoints.FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_damaged_and_foreign_checkpoints_are_refused(family, record_property):
    counts, faults = report(FAMILIES[family]())
    record_property("faults", (family, dict(counts)))
    found = unexpected(family, faults)
    assert not found, "\n".join(found)
