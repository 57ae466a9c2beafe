import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from helpers.data.embedded import breast_cancer
from helpers.interpret.players import correlated_columns


def test_groups_agree_with_scikit_learn():
    x = breast_cancer().x.numpy()
    groups = correlated_columns(x, most=8)
    ours = np.empty(30)
    for number, group in enumerate(groups):
        ours[group] = number
    apart = 1 - np.abs(np.corrcoef(x.T))
    theirs = AgglomerativeClustering(8, metric="precomputed", linkage="average").fit_predict(apart)
    assert adjusted_rand_score(ours, theirs) == 1
    assert sorted(sum(groups, [])) == list(range(30))


def test_few_columns_stay_alone_and_noise_is_not_grouped_with_copies():
    x = np.random.default_rng(0).normal(size=(50, 4))
    assert correlated_columns(x) == [[0], [1], [2], [3]]
    copied = np.hstack([x, -2 * x[:, :1]])
    assert [0, 4] in correlated_columns(copied, most=4)
    assert [0, 4] not in correlated_columns(np.hstack([x, x[:, :1] ** 2]), most=4)


def test_a_constant_column_is_alone():
    x = np.random.default_rng(0).normal(size=(50, 3))
    table = np.hstack([x, x + 0.01, np.ones((50, 1))])
    assert [6] in correlated_columns(table, most=4)


def test_one_row_is_refused():
    with pytest.raises(ValueError, match="expected a table"):
        correlated_columns(np.ones((1, 3)))
