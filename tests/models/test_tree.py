import numpy as np
import pytest
import torch
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from helpers.models.tree import best_split, boost, forest, grow


@pytest.fixture
def table():
    draws = torch.Generator().manual_seed(1)
    x = torch.randn(60, 3, generator=draws)  # float32, as scikit-learn's trees see it
    y = (x[:, :1].sign() + 0.5 * x[:, 1:2]).double()
    return x.double(), y + 0.1 * torch.randn(60, 1, generator=draws).double()


def squared(y):
    return ((y - y.mean(0)) ** 2).sum()


def test_the_best_split_equals_trying_all(table):
    x, y = table
    tried = {}
    for column in range(3):
        for value in x[:, column]:
            low = x[:, column] <= value
            if low.all():
                continue
            tried[column, float(value)] = float(squared(y) - squared(y[low]) - squared(y[~low]))
    gain, column, threshold = best_split(x, y)
    best = max(tried, key=tried.get)
    assert gain == pytest.approx(tried[best])
    assert column == best[0]
    assert ((x[:, column] <= threshold) == (x[:, column] <= best[1])).all()


@pytest.mark.parametrize(("depth", "leaf"), [(1, 1), (3, 4), (2, 25)])
def test_a_tree_equals_scikit_learn(table, depth, leaf):
    x, y = table
    theirs = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=leaf, random_state=0)
    new = torch.randn(40, 3, generator=torch.Generator().manual_seed(2)).double()
    ours = grow(x, y, depth, leaf)(new)[:, 0]
    assert np.allclose(ours, theirs.fit(x, y[:, 0]).predict(new))


def test_with_one_column_a_class_it_is_a_classification_tree(table):
    x, y = table
    label = torch.bucketize(y[:, 0], torch.tensor([-0.8, 0.8]).double())
    onehot = torch.nn.functional.one_hot(label).double()
    theirs = DecisionTreeClassifier(max_depth=2, min_samples_leaf=5, random_state=0)
    assert np.allclose(grow(x, onehot, 2, 5)(x), theirs.fit(x, label).predict_proba(x))


def test_rows_that_cannot_be_parted_stay_together():
    assert best_split(torch.ones(4, 2), torch.arange(4.0)[:, None]) is None
    assert best_split(torch.arange(4.0)[:, None], torch.ones(4, 1)) is None
    assert best_split(torch.arange(4.0)[:, None], torch.arange(4.0)[:, None], leaf=3) is None


def test_a_forest_equals_scikit_learn_on_the_same_rows(table):
    x, y = table
    theirs = RandomForestRegressor(8, max_depth=2, random_state=0).fit(x, y[:, 0])
    samples = [torch.from_numpy(np.asarray(rows)).long() for rows in theirs.estimators_samples_]
    ours = forest(x, y, samples, 2)(x)[:, 0]
    assert np.allclose(ours, theirs.predict(x))
    assert not np.allclose(ours, grow(x, y, 2)(x)[:, 0], atol=1e-3)


def test_boosting_equals_scikit_learn_and_needs_its_residuals(table):
    x, y = table
    theirs = GradientBoostingRegressor(n_estimators=20, max_depth=2, random_state=0)
    ours = boost(x, y, 20, 0.1, 2)(x)
    assert np.allclose(ours[:, 0], theirs.fit(x, y[:, 0]).predict(x))
    errors = [squared(y - boost(x, y, rounds, 0.1, 2)(x)) for rounds in (1, 5, 20)]
    assert errors[0] > errors[1] > errors[2]


def test_a_tree_without_rows_or_questions_is_refused(table):
    with pytest.raises(ValueError, match=r"grow\(depth=-1, leaf=1\): expected at least 0 and 1"):
        grow(*table, -1)


def test_a_leaf_may_have_one_row_and_a_depth_none():
    x, y = torch.arange(4.0)[:, None], torch.tensor([[0.0], [0], [0], [9]])
    gain, column, threshold = best_split(x, y)
    assert (gain, column, threshold) == (pytest.approx(60.75), 0, 2.5)
    assert best_split(x, y, leaf=2)[2] == 1.5
    assert best_split(x, y.flip(0), leaf=2)[2] == 1.5
    assert grow(x, y, 0)(x).tolist() == [[2.25]] * 4
    assert grow(x, y, 1)(x)[:, 0].tolist() == [0, 0, 0, 9]
    assert grow(x, y, 1).column == 0
    assert best_split(x[:1], y[:1]) is None
    with pytest.raises(ValueError, match=r"grow\(depth=1, leaf=0\): expected at least 0 and 1"):
        grow(x, y, 1, 0)


def test_a_gain_of_nothing_is_no_split_and_the_smallest_gain_is_one():
    x = torch.arange(4.0)[:, None].double()
    even = torch.tensor([[1.0], [0], [1], [0]]).double()
    assert best_split(x[:2], torch.tensor([[1.0], [1]]).double()) is None
    assert best_split(x, 1e-5 * even) is not None
    assert best_split(x, 1e-7 * even) is None


def test_equal_values_are_not_parted_and_a_row_on_the_threshold_goes_below():
    x = torch.tensor([[1.0], [1], [1], [2]])
    y = torch.tensor([[0.0], [9], [0], [9]])
    assert best_split(x, y)[2] == 1.5
    tree = grow(x, y, 1)
    assert tree(torch.tensor([[1.5], [1.6]]))[:, 0].tolist() == [3, 9]
    assert (tree.threshold, tree.value.item()) == (1.5, 4.5)


def test_forests_and_boosting_ask_their_trees_for_leaves_of_that_size(table):
    x, y = table
    rows = torch.arange(60)
    assert torch.equal(forest(x, y, [rows], 3, leaf=20)(x), grow(x, y, 3, 20)(x))
    assert torch.equal(forest(x, y, [rows], 3)(x), grow(x, y, 3, 1)(x))
    once = boost(x, y, 1, 0.5, 3, leaf=20)(x)
    assert torch.allclose(once, y.mean(0) + 0.5 * grow(x, y - y.mean(0), 3, 20)(x))
