import pytest
import torch
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from helpers.data.splits import group_folds
from helpers.methods import rivals
from helpers.methods.rivals import RIVALS, Rival, choose, out_of_fold, scale_of
from helpers.train.schedule import one_cycle


@pytest.fixture
def blobs():
    """Three clouds of 40 rows in units of different size."""
    draws = torch.Generator().manual_seed(0)
    y = torch.arange(120) % 3
    x = torch.randn(120, 2, generator=draws) + 4 * torch.nn.functional.one_hot(y, 3)[:, :2]
    return x * torch.tensor([1000.0, 0.1]), y


def test_every_rival_has_three_settings_but_the_majority():
    assert {name: len(rival.settings) for name, rival in RIVALS.items() if name != "majority"} == {
        "logistic regression": 3, "forest": 3, "nearest neighbours": 3, "support vectors": 3,
        "network": 3,
    }  # fmt: skip
    assert RIVALS["network"].budget == "rate 0.003, 0.01, 0.03"


def test_out_of_fold_agrees_with_scikit_learn(blobs):
    x, y = blobs
    x = (x - x.min(0).values) / (x.max(0).values - x.min(0).values)  # in 0..1: not scaled again
    folds = group_folds(torch.arange(len(y)), 4)
    one = Rival(RIVALS["nearest neighbours"].learn, "k", (3,))
    trained = [(torch.cat([train, valid]), valid[:1], test) for train, valid, test in folds]
    guess = out_of_fold(one, x, y, trained, classes=3)
    where = torch.zeros(len(y))
    for number, (_, _, test) in enumerate(folds):
        where[test] = number
    theirs = cross_val_predict(KNeighborsClassifier(3), x, y, cv=PredefinedSplit(where))
    assert guess.tolist() == theirs.tolist()


@pytest.mark.parametrize("name", [name for name in RIVALS if name != "majority"])
def test_rivals_learn_clouds_and_not_shuffled_labels(name, blobs):
    x, y = blobs
    train, valid, test = group_folds(torch.arange(len(y)), 3)[0]
    fitted = choose(RIVALS[name], x, y, train, valid, classes=3)
    assert (fitted.predict(x[test]) == y[test]).double().mean() > 0.8
    mixed = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(1))]
    fitted = choose(RIVALS[name], x, mixed, train, valid, classes=3)
    assert (fitted.predict(x[test]) == mixed[test]).double().mean() < 0.6


def test_the_setting_is_chosen_on_validation_rows_alone(blobs):
    x, y = blobs
    train, valid, test = group_folds(torch.arange(len(y)), 3)[0]
    kept = choose(RIVALS["nearest neighbours"], x, y, train, valid, classes=3)
    changed = y.clone()
    changed[test] = 0
    again = choose(RIVALS["nearest neighbours"], x, changed, train, valid, classes=3)
    assert kept.setting == again.setting
    assert torch.equal(kept.predict(x), again.predict(x))


def test_columns_in_one_unit_stay_and_others_are_scaled(blobs):
    x, _ = blobs
    centre, spread = scale_of(x)
    assert torch.allclose(((x - centre) / spread).std(0), torch.ones(2))
    assert scale_of(torch.rand(5, 3))[1].tolist() == [1, 1, 1]
    assert scale_of(torch.full((5, 1), 7.0))[1].tolist() == [1]


def test_one_class_in_the_training_rows_is_predicted(blobs):
    x, y = blobs
    rows = (y == 2).nonzero()[:, 0]
    fitted = choose(RIVALS["logistic regression"], x, y, rows, torch.arange(6), classes=3)
    assert set(fitted.predict(x).tolist()) == {2}


def test_numbers_are_refused(blobs):
    x, y = blobs
    with pytest.raises(ValueError, match="expected class numbers"):
        choose(RIVALS["majority"], x, y.float(), torch.arange(9), torch.arange(9, 12), classes=3)


def test_the_pages_name_these_settings():
    assert {name: rival.budget for name, rival in RIVALS.items()} == {
        "majority": "nothing to set",
        "logistic regression": "C 0.1, 1, 10",
        "forest": "leaf 1, 2, 4",
        "nearest neighbours": "k 1, 3, 5",
        "support vectors": "C 1, 3, 10",
        "network": "rate 0.003, 0.01, 0.03",
    }


def test_a_setting_that_is_none_is_not_printed_and_zero_is():
    learn = RIVALS["majority"].learn
    assert Rival(learn, "nothing to set", (None,)).budget == "nothing to set"
    assert Rival(learn, "depth", (None, 0, 3)).budget == "depth 0, 3"
    assert Rival(learn, "floor", (0,)).budget == "floor 0"


def test_each_library_is_asked_for_what_its_setting_says():
    for make, name, others in (
        (rivals.logistic_regression, "C", {"max_iter": 1000}),
        (rivals.nearest_neighbours, "n_neighbors", {}),
        (rivals.support_vectors, "C", {}),
        (rivals.forest, "min_samples_leaf", {"n_estimators": 50, "random_state": 9}),
    ):
        told = make(7, 9).get_params()
        assert told | {name: 7} | others == told


def test_the_network_is_trained_like_this(monkeypatch):
    seen = []
    monkeypatch.setattr(rivals, "fit", lambda *given, **options: seen.append((given, options)))
    data = torch.rand(9, 5), torch.arange(9) % 3
    net = rivals.network(data, data, 3, 0.02, 4)
    given, options = seen[0]
    assert given[1] is given[2] is data
    assert [part.out_features for part in net if isinstance(part, torch.nn.Linear)] == [128, 3]
    assert [part.p for part in net if isinstance(part, torch.nn.Dropout)] == [0.3]
    assert (options["epochs"], options["lr"], options["seed"]) == (30, 0.02, 4)
    assert (options["stop"].epochs, options["progress"]) == (15, False)
    assert options["schedule"](0.4) == one_cycle()(0.4)
    again = rivals.network(data, data, 3, 0.02, 4)
    assert torch.equal(net[1].weight, again[1].weight)


def test_of_equal_settings_the_first_is_kept_and_columns_of_shares_are_not_scaled():
    x, y = torch.rand(30, 2), torch.arange(30) % 2
    even = Rival(
        lambda train, valid, classes, setting, seed: RIVALS["majority"].learn(
            train, valid, classes, setting, seed
        ),
        "k",
        (5, 1),
    )
    assert choose(even, x, y, torch.arange(20), torch.arange(20, 30), classes=2).setting == 5
    for low, high, kept in ((0.0, 1.0, True), (-0.01, 1.0, False), (0.0, 1.01, False)):
        centre, _ = scale_of(torch.tensor([[low], [high]]))
        assert (centre.item() == 0) is kept
