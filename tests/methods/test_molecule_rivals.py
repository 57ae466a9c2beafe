import pytest
import torch
from sklearn.ensemble import RandomForestRegressor

from helpers.data.graphs import GraphBatches, smiles_to_graph
from helpers.data.molecules import counts
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
