"""The figure style: colours that everybody can tell apart, figures that are sharp in a notebook."""

import base64
import io
import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from nbclient import NotebookClient
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab

from helpers.plots.style import PALETTE, sharpen, use_style

# How the eye without green or without red cones sees linear RGB (Machado et al. 2009, table 1).
WITHOUT = {
    "green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}  # fmt: skip


def seen(colours, matrix):
    """Colours as CIELAB, after a loss of cones."""
    rgb = np.array([to_rgb(colour) for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(matrix).T, 0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb2lab(rgb)


def nearest(colours, matrix):
    lab = seen(colours, matrix)
    return min(float(deltaE_ciede2000(a, b)) for a, b in itertools.combinations(lab, 2))


@pytest.mark.parametrize("cones", WITHOUT)
def test_every_two_colours_differ_without_a_kind_of_cone(cones):
    assert nearest(PALETTE, WITHOUT[cones]) > 10
    # By name, not "C0" to "C7": those follow the style, which another test may have set.
    matplotlibs = list(mpl.rcParamsDefault["axes.prop_cycle"].by_key()["color"][:8])
    assert nearest(matplotlibs, WITHOUT[cones]) < 5


def test_neighbours_differ_in_lightness():
    light = seen(PALETTE, np.eye(3))[:, 0]
    assert np.abs(np.diff(light)).min() > 3


def test_the_style_reaches_every_new_figure():
    with mpl.rc_context():
        mpl.rcdefaults()
        assert plt.subplots()[1].spines["top"].get_visible()
        use_style()
        ax = plt.subplots()[1]
        assert not ax.spines["top"].get_visible()
        assert ax.spines["left"].get_visible()
        lines = [ax.plot([0, number])[0] for number in range(len(PALETTE))]
        assert [line.get_color() for line in lines] == PALETTE
    plt.close("all")


def shown(code):
    """PNG as an image, and its size on the page, of a figure that a kernel showed."""
    cells = [nbformat.v4.new_code_cell(text) for text in code]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120).execute()
    output = notebook.cells[-1].outputs[-1]
    image = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
    return image, output.metadata.get("image/png", {})


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
