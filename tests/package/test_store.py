"""What storing a chapter measures, and how it keeps figures."""

import base64
import importlib.util
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
from PIL import Image

PATH = Path(__file__).resolve().parents[2] / "tools" / "store.py"


def loaded():
    """The tool as a module."""
    spec = importlib.util.spec_from_file_location("store", PATH)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


store = loaded()


def test_the_peak_is_that_of_the_notebook_and_not_of_one_before(tmp_path):
    peaks = []
    for source in ("held = bytearray(700_000_000)", "1 + 1"):
        path = tmp_path / "a.ipynb"
        cells = [nbformat.v4.new_code_cell(source)]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        peaks.append(store.store(path)["peak_mib"])
    assert peaks[0] > 650
    assert peaks[1] < peaks[0] - 500


def png(pixels):
    """A picture as base64."""
    found = io.BytesIO()
    Image.fromarray(pixels).save(found, "PNG")
    return base64.b64encode(found.getvalue()).decode()


def pixels_of(text):
    """A base64 picture as numbers."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"), float)


def test_a_drawing_is_stored_with_few_colours_and_looks_the_same():
    """A line drawn soft, as matplotlib does: smaller, and no pixel differs by a visible step."""
    y, x = np.mgrid[:200, :200]
    line = np.clip(60 * np.abs(y - 100 - 40 * np.sin(x / 20)), 0, 255).astype(np.uint8)
    drawn = png(np.stack([line, line, np.full_like(line, 255)], -1))
    found = store.lighter(drawn)
    assert len(found) < len(drawn)
    assert np.abs(pixels_of(found) - pixels_of(drawn)).max() <= 8


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_photograph_and_what_is_see_through_stay(mode):
    """Many colours do not fit into 256, and an alpha channel would be lost."""
    drawn = np.random.default_rng(0).integers(0, 256, (64, 64, len(mode)), dtype=np.uint8)
    if mode == "RGBA":
        drawn[..., :3] = 0
    text = png(drawn)
    assert store.lighter(text) == text
