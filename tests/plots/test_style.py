"""The figure style: what it sets, and figures that are sharp in a notebook."""

import base64
import io

import matplotlib as mpl
import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from helpers.plots.style import PALETTE, sharpen, use_style


def shown(code):
    """PNG as an image, and its size on the page, of a figure that a kernel showed."""
    cells = [nbformat.v4.new_code_cell(text) for text in code]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120).execute()
    output = notebook.cells[-1].outputs[-1]
    image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    return image, output.metadata.get("image/png", {})


def test_the_style_sets_colours_that_differ():
    with mpl.rc_context():
        use_style()
        assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == PALETTE
    assert len(set(PALETTE)) == len(PALETTE) == 8


def test_outside_a_notebook_nothing_is_told():
    assert sharpen() is False


def test_a_figure_in_a_notebook_has_twice_the_dots_at_the_same_size():
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    style = "from helpers.plots.style import use_style\nuse_style()"
    image, size = shown([style, plot])
    assert size["width"] == pytest.approx(image.width / 2, abs=1)
    assert image.info["dpi"][0] == pytest.approx(240, abs=1)
    plain, size = shown(["import matplotlib as mpl", f"mpl.rcParams['figure.dpi'] = 120\n{plot}"])
    assert size == {}, "without the style, one dot a pixel"
    assert plain.info["dpi"][0] == pytest.approx(120, abs=1)
