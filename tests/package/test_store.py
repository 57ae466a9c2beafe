"""What storing a chapter measures."""

import importlib.util
from pathlib import Path

import nbformat

PATH = Path(__file__).resolve().parents[2] / "tools" / "store.py"


def test_the_peak_is_that_of_the_notebook_and_not_of_one_before(tmp_path):
    spec = importlib.util.spec_from_file_location("store", PATH)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    peaks = []
    for source in ("held = bytearray(700_000_000)", "1 + 1"):
        path = tmp_path / "a.ipynb"
        cells = [nbformat.v4.new_code_cell(source)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        peaks.append(tool.store(path)["peak_mib"])
    assert peaks[0] > 650
    assert peaks[1] < peaks[0] - 500
