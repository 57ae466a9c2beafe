import os
from pathlib import Path

import pytest


@pytest.fixture
def cited_data(monkeypatch):
    """The cited files, if somebody fetched them: HELPERS_DATA, or ../shared/data of the project."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("HELPERS_DATA") or beside)
    if not (folder / "cora").is_dir():
        pytest.skip("cited data not fetched: set HELPERS_DATA to a folder that holds them")
    monkeypatch.setenv("HELPERS_DATA", str(folder))
    return folder
