import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge

from helpers.data.splits import group_folds
from helpers.methods import tabular
from helpers.methods.rivals import Rival
from helpers.methods.tabular import RIVALS, choose, out_of_fold, targets


@pytest.fixture(scope="module")
def table():
    draws = torch.Generator().manual_seed(0)
    x = 5 + 3 * torch.randn(90, 4, generator=draws)
    y = 10 * x[:, 0] - 4 * x[:, 1] + torch.randn(90, generator=draws)
    return x, y, torch.bucketize(y, y.quantile(torch.tensor([0.3, 0.7]))), group_folds(range(90))


@pytest.mark.parametrize("name", RIVALS)
def test_every_rival_predicts_numbers_and_classes(name, table):
    x, y, label, folds = table
    rival = Rival(RIVALS[name].learn, RIVALS[name].name, RIVALS[name].settings[:2][-1:])
    number = out_of_fold(rival, x, y, folds[:2])
    tested = torch.cat([fold[2] for fold in folds[:2]])
    left = (number[tested, 0] - y[tested]).square().mean() / y.var()
    shares = out_of_fold(rival, x, label, folds[:2], classes=3)[tested]
    assert torch.allclose(shares.sum(1), torch.ones(len(tested)).double(), atol=1e-5)
    right = (shares.argmax(1) == label[tested]).double().mean()
    assert (left < 0.6 and right > 0.6) if name != "nothing" else (left > 0.9 and right < 0.6)


def test_ridge_equals_scikit_learn_with_the_scales_of_the_training_rows(table):
    x, y, label, folds = table
    train, valid, test = folds[0]
    centre, spread = x[train].double().mean(0), x[train].double().std(0)
    inputs = ((x.double() - centre) / spread).numpy()
    found = choose(RIVALS["ridge"], x, y, train, valid)
    theirs = Ridge(found.setting).fit(inputs[train], y[train].double())
    assert np.allclose(found.predict(x[test])[:, 0], theirs.predict(inputs[test]))
    found = choose(RIVALS["ridge"], x, label, train, valid, classes=3)
    theirs = LogisticRegression(C=1 / found.setting, max_iter=2000).fit(inputs[train], label[train])
    assert np.allclose(found.predict(x[test]), theirs.predict_proba(inputs[test]))


def test_the_setting_with_the_smallest_validation_error_is_kept(table):
    x, y, _, folds = table

    def learn(train, valid, classes, setting, seed):
        return lambda new: torch.full((len(new), 1), float(setting))

    rival = Rival(learn, "level", (-3, 0, 3))
    assert choose(rival, x, y, *folds[0][:2]).setting == 0
    shifted = y.clone()
    shifted[folds[0][1]] += 3 * y.std()
    assert choose(rival, x, shifted, *folds[0][:2]).setting == 3


def test_test_rows_change_nothing(table):
    x, y, _, folds = table
    other = y.clone()
    other[folds[0][2]] = 1e6
    ours = [out_of_fold(RIVALS["ridge"], x, v, folds[:1])[folds[0][2]] for v in (y, other)]
    assert torch.equal(*ours)


def test_a_class_that_is_not_in_the_training_rows_has_no_probability(table):
    x, _, label, folds = table
    train = folds[0][0][label[folds[0][0]] < 2]
    for rows, missing in ((train, 2), (train[label[train] == 0], 1)):
        found = choose(RIVALS["tree"], x, label, rows, folds[0][1], classes=3)
        assert (found.predict(x)[:, missing] == 0).all()


def test_targets_of_classes_are_columns(table):
    assert targets(table[2], 3).sum(1).eq(1).all()
    assert targets(table[1], 0).shape == (90, 1)


def test_numbers_are_refused_as_classes(table):
    with pytest.raises(ValueError, match="expected class numbers .int64., found torch.float32"):
        choose(RIVALS["ridge"], table[0], table[1], *table[3][0][:2], classes=3)


def test_the_network_repeats(table):
    x, y, _, folds = table
    rival = Rival(tabular.network, "rate", (0.01,))
    runs = [choose(rival, x, y, *folds[0][:2], seed=s).predict(x) for s in (0, 0, 1)]
    assert torch.equal(runs[0], runs[1])
    assert not torch.equal(runs[0], runs[2])
