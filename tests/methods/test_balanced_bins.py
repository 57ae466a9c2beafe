"""Quantile bins in which every class weighs alike."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.ensemble._hist_gradient_boosting.binning import _find_binning_thresholds
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer
from sklearn.utils.class_weight import compute_sample_weight

from helpers.methods.balanced_bins import BINS, BalancedBins, edges


def table(rows, seed=0, digits=None):
    """Columns of which some repeat values, and three classes of which one is rare."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 4)).astype(np.float32)
    x[:, 1] = np.round(x[:, 1], 2)  # more than 255 values, many of them often
    x[:, 2] = np.round(x[:, 2], 1)  # fewer
    x[:, 3] = np.maximum(x[:, 3], 0)
    y = (x[:, 0] + x[:, 3] + rng.normal(size=rows) > 0.5) + (rng.random(rows) < 0.03)
    return x, y.astype(int)


@pytest.mark.parametrize("seed", range(4))
def test_the_edges_are_scikit_learn_s(seed):
    x, y = table(3000, seed)
    weight = compute_sample_weight("balanced", y)
    for column in x.T[[0, 1, 3]]:
        wanted = _find_binning_thresholds(column.astype(float), BINS, weight)
        found = edges(column, weight)
        assert np.isin(found, wanted).all()
        values = column.astype(float)
        same = np.unique(wanted.searchsorted(values), return_inverse=True)[1]
        assert np.array_equal(found.searchsorted(values), same)


def test_an_edge_that_falls_on_a_row_lies_halfway_to_the_next():
    column, weight = np.arange(510.0), np.ones(510)
    wanted = _find_binning_thresholds(column, BINS, weight)
    assert np.array_equal(edges(column, weight), wanted)
    assert wanted[0] == 1.5


@pytest.mark.parametrize("seed", range(3))
def test_trees_behind_the_bins_are_scikit_learn_s_own(seed):
    x, y = table(2500, seed)
    new, _ = table(2000, seed + 10)
    options = {"max_iter": 10, "class_weight": "balanced", "early_stopping": False}
    theirs = HistGradientBoostingClassifier(random_state=0, **options).fit(x, y)
    ours = make_pipeline(BalancedBins(), HistGradientBoostingClassifier(random_state=0, **options))
    ours.fit(x, y)
    assert np.array_equal(ours.predict_proba(new), theirs.predict_proba(new))
    assert ours.classes_.tolist() == theirs.classes_.tolist()
    plain = HistGradientBoostingClassifier(random_state=0, max_iter=10, early_stopping=False)
    assert not np.array_equal(plain.fit(x, y).predict_proba(new), theirs.predict_proba(new))


def test_a_column_of_few_values_stays_as_it_is_and_no_bin_is_empty():
    x, y = table(3000)
    found = BalancedBins().fit(x, y).transform(x)
    assert np.array_equal(found[:, 2], x[:, 2].astype(float))
    for column in (0, 1, 3):
        assert np.array_equal(np.unique(found[:, column]), np.arange(found[:, column].max() + 1))
    assert BalancedBins().fit(x[:200], y[:200]).edges_ == [None] * 4


def test_the_discretizer_of_scikit_learn_puts_a_value_on_an_edge_above_it():
    x, y = table(3000)
    weight = compute_sample_weight("balanced", y)
    theirs = KBinsDiscretizer(
        BINS, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf"
    ).fit(x[:, :1].astype(float), sample_weight=weight)
    on_edges = edges(x[:, 0], weight)[:50, None]
    ours = BalancedBins().fit(x[:, :1], y).transform(on_edges)
    assert (theirs.transform(on_edges) > ours).any()
