"""Quantile bins in which every class weighs alike (survey 4.3.3; chapter 4-models/semantic-segmentation).

scikit-learn's boosted trees sort each column into bins of equal weight before they grow. Where rows
have weights they look for each edge by itself, which takes longer than the trees. Here all edges of
a column are found at once; the trees that follow are the same.
"""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.class_weight import compute_sample_weight

BINS = 255  # as many as scikit-learn's trees take


def edges(column, weight):
    """Edges of bins that hold equal weight, as scikit-learn's boosted trees draw them.

    Parameters
    ----------
    column : float array (N,)
        Without missing values.
    weight : float array (N,), > 0

    Returns
    -------
    float array, ascending, or None where no more than 255 values occur: trees bin these by value
    A value that equals an edge belongs below it. No bin is empty.
    """
    if len(np.unique(column)) <= BINS:
        return None
    order = column.argsort()
    values, below = column[order].astype(float), weight[order].cumsum()
    ranks = np.linspace(0, 100, BINS + 1)[1:-1] / 100 * below[-1]
    at = below.searchsorted(ranks).clip(max=len(values) - 1)
    after = (at + 1).clip(max=len(values) - 1)
    on_a_row = below[at] - ranks <= np.finfo(float).eps  # then the mean with the next one
    found = np.unique(np.where(on_a_row, (values[at] + values[after]) / 2, values[at]))
    return found[np.unique(found.searchsorted(values))[:-1]]


class BalancedBins(TransformerMixin, BaseEstimator):
    """Each value becomes the number of its bin; the first step before boosted trees.

    scikit-learn's ``KBinsDiscretizer`` puts a value that equals an edge above it, the trees put it
    below; so this is not that.
    """

    def fit(self, x, y):
        """Find the edges of each column.

        Parameters
        ----------
        x : float array (N, F)
            Without missing values.
        y : array (N,)
            Classes; each gets the same weight in all.
        """
        weight = compute_sample_weight("balanced", y)
        self.edges_ = [edges(column, weight) for column in x.T]
        return self

    def transform(self, x):
        """Numbers of bins, (N, F); a column of few values stays as it is."""
        columns = zip(x.T.astype(float), self.edges_, strict=True)
        return np.stack([c if e is None else e.searchsorted(c) for c, e in columns], axis=1)
