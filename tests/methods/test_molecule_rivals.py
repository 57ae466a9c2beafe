import pytest
import torch
from sklearn.ensemble import RandomForestRegressor

from helpers.data.graphs import GraphBatches, smiles_to_graph
from helpers.data.molecules import counts
from helpers.methods import molecule_rivals
from helpers.methods.molecule_rivals import (
    RIVALS,
    bag,
    by_group,
    by_network,
    choose,
    error,
    gin,
    mpnn,
    out_of_fold,
)
from helpers.train.schedule import one_cycle

SMILES = ["C" * n for n in range(1, 21)] + ["C" * n + "O" for n in range(1, 21)]
Y = torch.tensor([float(len(text)) for text in SMILES])
ROWS = torch.arange(40)
FOLDS = [(ROWS[ROWS % 4 > 1], ROWS[ROWS % 4 == 1], ROWS[ROWS % 4 == 0])]
COLUMNS = torch.stack([Y, Y.flip(0), -Y, Y**2], 1)


def test_the_forest_is_scikit_learns_and_never_sees_the_test_targets():
    guess = out_of_fold(RIVALS["forest, four numbers"], {"four numbers": COLUMNS}, Y, FOLDS)
    train, _, test = FOLDS[0]
    theirs = RandomForestRegressor(100, max_features=0.33, random_state=0)
    theirs.fit(COLUMNS[train].numpy(), Y[train].numpy())
    assert torch.allclose(guess[test], torch.tensor(theirs.predict(COLUMNS[test].numpy())).float())
    changed = Y.clone()
    changed[test] = 99.0
    again = out_of_fold(RIVALS["forest, four numbers"], {"four numbers": COLUMNS}, changed, FOLDS)
    assert torch.equal(guess, again)


@pytest.mark.parametrize("make", [mpnn, gin, bag])
def test_networks_learn_size_and_shuffled_targets_teach_nothing(make):
    graphs, (train, valid, test) = [smiles_to_graph(text) for text in SMILES], FOLDS[0]
    wrong = {}
    for name, y in (
        ("true", Y),
        ("shuffled", Y[torch.randperm(40, generator=torch.Generator().manual_seed(0))]),
    ):
        store = GraphBatches(graphs, y, batch_size=8)
        said = by_network(make, epochs=25)(store, y, train, valid, 0, 0.01, 0)(test)
        wrong[name] = float(error(said, Y[test]).mean())
    assert wrong["true"] < 0.6 * wrong["shuffled"]


def test_classes_are_predicted_as_class_numbers():
    y = (Y > 10).long()
    graphs = GraphBatches([smiles_to_graph(text) for text in SMILES], y, batch_size=8)
    for name, inputs in (
        ("MPNN", graphs),
        ("MPNN, sum only", graphs),
        ("forest, four numbers", COLUMNS),
        ("linear, counts", counts(SMILES)),
        ("mean", COLUMNS),
    ):
        found = choose(RIVALS[name], inputs, y, *FOLDS[0][:2], classes=2)(FOLDS[0][2])
        assert found.dtype == torch.int64
        assert set(found.tolist()) <= {0, 1}


def test_tries_choose_by_validation():
    rival = RIVALS["linear, four numbers"]
    fitted = {n: choose(rival, COLUMNS, Y, *FOLDS[0][:2], tries=n) for n in (1, 3)}
    valid = FOLDS[0][1]
    assert error(fitted[3](valid), Y[valid]).mean() <= error(fitted[1](valid), Y[valid]).mean()
    assert rival.budget(2) == "penalty 1.0, 0.1"


def test_means_by_group_and_wrong_targets():
    assert by_group(torch.tensor([1.0, 3.0, 5.0]), torch.tensor([1, 1, 0])) == [5.0, 2.0]
    with pytest.raises(ValueError, match=r"choose\(classes=2\): expected int64 targets, found"):
        choose(RIVALS["mean"], COLUMNS, Y, *FOLDS[0][:2], classes=2)


def test_the_linear_model_of_counts_adds_up_a_property():
    x = counts(SMILES)
    train, valid, test = FOLDS[0]
    rival = RIVALS["linear, counts"]
    wrong = error(choose(rival, x, Y, train, valid)(test), Y[test]).mean()
    shuffled = Y[torch.randperm(40, generator=torch.Generator().manual_seed(0))]
    assert wrong < 0.5
    assert error(choose(rival, x, shuffled, train, valid)(test), Y[test]).mean() > 2


def test_a_model_of_columns_predicts_rows_of_another_table():
    model = choose(RIVALS["forest, four numbers"], COLUMNS, Y, *FOLDS[0][:2])
    assert torch.equal(model(ROWS[:3], COLUMNS.flip(0)), model(ROWS.flip(0)[:3]))


def test_the_pages_name_these_settings():
    rates = "16 epochs, rate 0.005, 0.002, 0.01"
    leaves = "leaf 1, 2, 4"
    assert {name: (rival.reads, rival.budget(3)) for name, rival in RIVALS.items()} == {
        "mean": ("four numbers", "nothing to set "),
        "linear, four numbers": ("four numbers", "penalty 1.0, 0.1, 10.0"),
        "linear, counts": ("counts", "penalty (1.0, 10.0, 100.0)"),
        "forest, four numbers": ("four numbers", leaves),
        "forest, seven numbers": ("seven numbers", leaves),
        "forest, fingerprints": ("fingerprints", leaves),
        "GIN": ("graphs", rates),
        "MPNN, sum only": ("graphs", rates),
        "MPNN": ("graphs", rates),
        "bag of atoms and bonds": ("graphs", "48 epochs, rate 0.005, 0.002, 0.01"),
    }
    assert RIVALS["MPNN"].budget() == "16 epochs, rate 0.005"


def test_each_library_is_asked_for_what_its_setting_says():
    told = molecule_rivals.ridge(7, 9)[-1].get_params()
    assert told["alpha"] == 7
    told = molecule_rivals.logistic(7, 9)[-1].get_params()
    assert (told["C"], told["max_iter"]) == (1 / 7, 1000)
    assert molecule_rivals.ridge_of_counts((7, 8), 9).alphas == (7, 8)
    for make in (molecule_rivals.forest, molecule_rivals.forest_of_classes):
        told = make(7, 9).get_params()
        expected = {"n_estimators": 100, "min_samples_leaf": 7, "max_features": 0.33}
        assert told | expected | {"random_state": 9} == told


def test_of_one_penalty_for_counts_the_middle_is_taken_for_classes():
    y, x = (Y > 10).long(), counts(SMILES)
    found = choose(RIVALS["linear, counts"], x, y, *FOLDS[0][:2], classes=2)(FOLDS[0][2])
    model = molecule_rivals.logistic(10.0, 0).fit(x[FOLDS[0][0]].numpy(), y[FOLDS[0][0]].numpy())
    assert found.tolist() == model.predict(x[FOLDS[0][2]].numpy()).tolist()


@pytest.mark.parametrize("classes", [0, 2])
def test_a_network_is_trained_like_this(classes, monkeypatch):
    seen = []
    monkeypatch.setattr(
        molecule_rivals, "fit", lambda *given, **options: seen.append((given, options))
    )
    y = (Y > 10).long() if classes else Y
    store = GraphBatches([smiles_to_graph(text) for text in SMILES], y, batch_size=8)
    train, valid, _ = FOLDS[0]
    said = by_network(bag)(store, y, train, valid, classes, 0.02, 3)
    (net, _, _), options = seen[-1]
    assert said.net is net
    assert (options["epochs"], options["stop"].epochs, options["lr"]) == (16, 16, 0.02)
    assert (options["clip"], options["seed"], options["progress"]) == (1.0, 3, False)
    assert options["schedule"](0.4) == one_cycle()(0.4)
    out, target = torch.randn(5, 2), torch.arange(5) % 2
    if classes:
        wanted = torch.nn.functional.cross_entropy(out, target)
        assert options["step"].loss(out, target) == wanted
        assert set(said(train).tolist()) <= {0, 1}
    else:
        scaled = (target - Y[train].mean()) / Y[train].std()
        wanted = (out[:, 0] - scaled).square().mean()
        assert torch.allclose(options["step"].loss(out[:, 0], target), wanted)
        again = by_network(bag)(store, y, train, valid, 0, 0.02, 3)
        assert torch.equal(again(train), said(train))


def test_networks_have_these_sizes():
    batch = next(iter(GraphBatches([smiles_to_graph("CCO")], torch.zeros(1), batch_size=1)))
    for make in (mpnn, gin, bag):
        assert make(3).eval()(batch).shape[-1] == 3
    inputs = {p.shape[1] for p in gin(1).parameters() if p.ndim == 2}
    assert 26 in inputs


def test_the_first_of_equal_settings_is_kept_and_errors_are_counted():
    assert error(torch.tensor([1, 2, 2]), torch.tensor([1, 1, 2])).tolist() == [0, 1, 0]
    assert error(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 1.5])).tolist() == [2, 0.5]
    tried = []

    def learn(x, y, train, valid, classes, setting, seed):
        tried.append((setting, seed))
        return lambda rows: torch.full((len(rows),), float(setting))

    rival = molecule_rivals.Rival("four numbers", learn, "k", (3, 8, 8, 5))
    y = torch.full((40,), 8.0)
    assert choose(rival, COLUMNS, y, *FOLDS[0][:2], seed=4)(ROWS[:1]).item() == 3
    assert tried == [(3, 4)]
    assert choose(rival, COLUMNS, y, *FOLDS[0][:2], tries=4)(ROWS[:1]).item() == 8
    assert tried[1:] == [(3, 0), (8, 0), (8, 0), (5, 0)]
    with pytest.raises(
        ValueError, match=r"choose\(classes=0\): expected float32 targets, found torch.int64"
    ):
        choose(rival, COLUMNS, y.long(), *FOLDS[0][:2])
