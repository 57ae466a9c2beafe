"""The one figure style of the book: colour-blind safe, readable on a phone."""

import sys

# Okabe & Ito 2008, ordered so that neighbours differ in lightness as well as in hue.
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
SKY, VERMILION, YELLOW, INK = "#56B4E9", "#D55E00", "#F0E442", "#22303C"
PALETTE = [BLUE, ORANGE, GREEN, VERMILION, PINK, SKY, YELLOW, INK]
SEQUENTIAL, DIVERGING = "viridis", "PuOr"


def use_style():
    """Set matplotlib's defaults for every figure of a chapter."""
    import matplotlib as mpl

    mpl.rcParams.update(
        {
            "figure.figsize": (6.4, 3.8),
            "figure.dpi": 120,
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "axes.prop_cycle": mpl.cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#5B6770",
            "axes.labelcolor": INK,
            "axes.titlesize": 11,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "text.color": INK,
            "xtick.color": "#5B6770",
            "ytick.color": "#5B6770",
            "legend.frameon": False,
            "image.cmap": SEQUENTIAL,
            "lines.linewidth": 2,
            "font.size": 10,
            "savefig.bbox": "tight",
        }
    )
    sharpen()


def sharpen():
    """In a notebook, store figures with twice the dots, shown at the same size.

    Returns
    -------
    bool
        Whether a notebook's kernel was there to be told.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not hasattr(shell, "kernel"):
        return False
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("retina")
    return True
