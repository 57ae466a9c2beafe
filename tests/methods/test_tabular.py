import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge

from helpers.data.splits import group_folds
from helpers.methods import tabular
from helpers.methods.rivals import Rival
from helpers.methods.tabular import RIVALS, choose, out_of_fold, targets
from helpers.train.schedule import one_cycle


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


def test_the_pages_name_these_settings():
    assert {name: rival.budget for name, rival in RIVALS.items()} == {
        "nothing": "nothing to set",
        "ridge": "penalty 1, 10, 100",
        "lasso": "penalty 0.01, 0.03, 0.1",
        "tree": "leaf 5, 15, 40",
        "forest": "leaf 1, 3, 10",
        "boosting": "rate 0.02, 0.05, 0.1",
        "explainable boosting": "rate 0.02, 0.04, 0.1",
        "Gaussian process": "scale 0.5, 1, 2",
        "network": "rate 0.001, 0.003, 0.01",
    }


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        ("ridge", {"alpha": 7}),
        ("logistic", {"C": 1 / 7, "max_iter": 2000}),
        ("lasso", {"alpha": 7}),
        ("sparse_logistic", {"C": 0.02 / 7, "l1_ratio": 1, "solver": "saga", "tol": 0.01}),
        ("sparse_logistic", {"max_iter": 5000, "random_state": 9}),
        ("tree", {"min_samples_leaf": 7, "random_state": 9}),
        ("class_tree", {"min_samples_leaf": 7, "random_state": 9}),
        ("forest", {"n_estimators": 50, "min_samples_leaf": 7, "max_features": 1 / 3}),
        ("class_forest", {"n_estimators": 50, "min_samples_leaf": 7, "random_state": 9}),
        ("boosting", {"learning_rate": 7, "n_estimators": 100, "max_depth": 2, "subsample": 0.5}),
        ("class_boosting", {"learning_rate": 7, "n_estimators": 100, "max_depth": 2}),
        ("class_boosting", {"subsample": 0.5, "random_state": 9}),
        ("explainable", {"interactions": 0, "outer_bags": 2, "learning_rate": 7, "n_jobs": 1}),
        ("explainable", {"max_rounds": 150, "random_state": 9}),
        ("class_explainable", {"interactions": 0, "outer_bags": 2, "random_state": 9}),
        ("class_explainable", {"learning_rate": 7, "n_jobs": 1, "max_rounds": 150}),
    ],
)
def test_each_library_is_asked_for_what_its_setting_says(make, expected):
    told = getattr(tabular, make)(7, 9).get_params()
    assert {name: told[name] for name in expected} == pytest.approx(expected)


def test_gaussian_processes_have_these_kernels():
    from sklearn.gaussian_process import kernels

    x, draws = torch.randn(12, 4).numpy(), np.random.default_rng(0)
    process = tabular.process(2, 0).fit(x, draws.normal(size=12))
    usual = 1.0 * kernels.RBF(4.0, "fixed") + kernels.WhiteKernel()
    assert process.kernel == usual
    process = tabular.class_process(2, 0).fit(x, np.arange(12) % 2)
    assert process.kernel == 9.0 * kernels.RBF(4.0)
    assert process.optimizer is None


@pytest.mark.parametrize("classes", [0, 3])
def test_the_network_is_trained_like_this(classes, monkeypatch):
    seen = []
    monkeypatch.setattr(tabular, "fit", lambda *given, **options: seen.append((given, options)))
    data = torch.rand(9, 5).double(), (torch.arange(9) % 3 if classes else torch.rand(9).double())
    answer = tabular.network(data, data, classes, 0.02, 4)
    (net, train, valid), options = seen[0]
    widths = [part.out_features for part in net if isinstance(part, torch.nn.Linear)]
    assert widths == [64, max(classes, 1)]
    assert [part.p for part in net if isinstance(part, torch.nn.Dropout)] == [0.1]
    assert (options["epochs"], options["lr"], options["batch_size"]) == (40, 0.02, 32)
    assert (options["stop"].epochs, options["seed"], options["progress"]) == (15, 4, False)
    assert options["schedule"](0.4) == one_cycle()(0.4)
    assert train[0].dtype == torch.float32
    assert train[1].shape == ((9,) if classes else (9, 1))
    if classes:
        assert torch.allclose(answer(data[0]).sum(1), torch.ones(9))
