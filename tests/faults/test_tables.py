import pytest

from tests.faults import sequences, tables
from tests.faults.judge import report, unexpected

FAMILIES = tables.FAMILIES | sequences.FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_tables_and_sequences_are_read_right_or_refused(family, record_property):
    counts, faults = report(FAMILIES[family]())
    record_property("faults", (family, dict(counts)))
    found = unexpected(family, faults)
    assert not found, "\n".join(found)
