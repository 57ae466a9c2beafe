import pytest

from tests.faults import masks, pictures
from tests.faults.judge import report, unexpected

FAMILIES = pictures.FAMILIES | masks.FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_images_and_masks_are_read_right_or_refused(family, record_property):
    counts, faults = report(FAMILIES[family]())
    record_property("faults", (family, dict(counts)))
    found = unexpected(family, faults)
    assert not found, "\n".join(found)
