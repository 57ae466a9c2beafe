import numpy as np
import pytest
import shap
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeRegressor

from helpers.interpret.shapley import exact, masking_game
from helpers.interpret.trees import leaves, tree_shap


@pytest.fixture
def rows():
    return np.random.default_rng(0).normal(size=(120, 5)).astype(np.float32)


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_leaf_by_leaf_equals_enumeration(rows, depth):
    target = rows[:, 0] * rows[:, 1] + rows[:, 2]
    fitted = DecisionTreeRegressor(max_depth=depth, random_state=0).fit(rows, target)
    found = tree_shap(fitted.tree_, rows[0], rows[1:9])
    game = masking_game(
        lambda z: torch.as_tensor(fitted.predict(z.numpy())),
        torch.as_tensor(rows[0]),
        torch.as_tensor(rows[1:9]),
    )
    assert np.allclose(found, exact(game, 5).numpy())
    assert not np.allclose(tree_shap(fitted.tree_, rows[0], rows[9:17]), found)


def test_the_mean_over_trees_agrees_with_shap(rows):
    forest = RandomForestClassifier(7, max_depth=4, random_state=0)
    forest.fit(rows, (rows[:, 0] * rows[:, 1] > 0).astype(int))
    found = np.mean(
        [tree_shap(t.tree_, rows[3], rows[:20], output=1) for t in forest.estimators_], axis=0
    )
    explain = shap.TreeExplainer(forest, rows[:20], feature_perturbation="interventional")
    assert np.allclose(found, explain.shap_values(rows[3:4])[0, :, 1], atol=1e-7)


def test_an_example_that_is_its_own_background_has_one_leaf_and_no_credit(rows):
    fitted = DecisionTreeRegressor(random_state=0).fit(rows, rows[:, 0])
    assert len(list(leaves(fitted.tree_, rows[0], rows[0]))) == 1
    assert tree_shap(fitted.tree_, rows[0], rows[:1]).tolist() == [0] * 5


def test_other_columns_are_refused(rows):
    fitted = DecisionTreeRegressor(max_depth=2).fit(rows, rows[:, 0])
    with pytest.raises(ValueError, match="expected x"):
        tree_shap(fitted.tree_, rows[0], rows[:, :4])
