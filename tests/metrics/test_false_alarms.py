"""The share found at a set share of false alarms, against scikit-learn's curve."""

import numpy as np
import pytest
from sklearn.metrics import roc_curve

from helpers.metrics.false_alarms import share_found

draw = np.random.default_rng(0)
quiet, loud = draw.normal(size=400), draw.normal(1, size=300)


@pytest.mark.parametrize("false", [0.05, 0.2, 0.5])
def test_it_is_a_point_of_the_roc_curve(false):
    labels = np.repeat([0, 1], [400, 300])
    fpr, tpr, _ = roc_curve(labels, np.concatenate([quiet, loud]), drop_intermediate=False)
    assert abs(share_found(loud, quiet, false) - tpr[fpr <= false + 1e-9].max()) < 0.01


def test_scores_in_another_unit_find_as_much():
    assert share_found(np.exp(loud), np.exp(quiet)) == share_found(loud, quiet)
    assert share_found(quiet, quiet) == pytest.approx(0.05, abs=0.01)
    assert share_found(loud + 1, quiet) > share_found(loud, quiet)


def test_too_few_quiet_windows_are_refused():
    with pytest.raises(ValueError, match=r"expected 20 quiet windows or more, found 19"):
        share_found(loud, quiet[:19])
