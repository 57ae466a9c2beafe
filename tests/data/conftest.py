import os
from pathlib import Path

import pytest


@pytest.fixture
def cited_data():
    """The folder of cited files, if somebody fetched them."""
    folder = Path(os.environ.get("HELPERS_DATA", "")).expanduser()
    if not (folder / "cora").is_dir():
        pytest.skip("cited data not fetched: set HELPERS_DATA to a folder that holds them")
    return folder


@pytest.fixture
def write(tmp_path):
    """Write a file of one's own."""

    def put(text, name="mice.csv"):
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return tmp_path / name

    return put


@pytest.fixture
def told():
    """Mean, spread, and a sum that knows the order, of any table of numbers."""

    def numbers(values):
        import numpy as np

        flat = np.asarray(values, dtype=np.float64).ravel()
        place = np.linspace(0, 1, len(flat))
        return pytest.approx([flat.mean(), flat.std(ddof=1), flat @ place / len(flat)], abs=2e-5)

    return numbers
