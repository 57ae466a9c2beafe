import os
from pathlib import Path

import pytest


@pytest.fixture
def cited_data():
    """The folder of cited files, if somebody fetched them."""
    folder = Path(os.environ.get("HELPERS_DATA", ""))
    if not (folder / "cora").is_dir():
        pytest.skip("cited data not fetched: set HELPERS_DATA to a folder that holds them")
    return folder
