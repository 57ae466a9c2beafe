import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from skimage.color import deltaE_ciede2000, rgb2lab

from helpers.plots.style import PALETTE, use_style

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
    matplotlibs = [f"C{number}" for number in range(8)]
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
