"""What a plot looks like is compared with a stored picture, pixel by pixel.

A picture that does not exist yet is drawn and the test fails: look at it, then run the test again.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.testing.compare import compare_images

LOOKS = Path(__file__).parent / "looks"


@pytest.fixture
def looks(tmp_path):
    """looks(figure, name): whether the figure equals looks/name.png."""

    def same(figure, name):
        known, drawn = LOOKS / f"{name}.png", tmp_path / f"{name}.png"
        figure.savefig(drawn, dpi=60, metadata={"Software": None}, bbox_inches=None)
        plt.close(figure)
        if not known.exists():
            known.write_bytes(drawn.read_bytes())
            pytest.fail(f"{known} is new: look at it, then run again")
        return compare_images(known, drawn, tol=0.3) is None

    with plt.style.context("default", after_reset=True):  # whatever other tests have set
        yield same
    plt.close("all")
