import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import splits


def whole(train, test, n):
    return torch.equal(torch.cat([train, test]).sort().values, torch.arange(n))


@settings(max_examples=30, deadline=None)
@given(n=st.integers(10, 200), test=st.floats(0.1, 0.9), seed=st.integers(0, 99))
def test_random_split_is_disjoint_and_complete(n, test, seed):
    train, held = splits.random_split(n, test=test, seed=seed)
    assert whole(train, held, n)
    assert abs(len(held) - n * test) <= 0.5 + 1e-9


def test_random_split_depends_on_the_seed_and_only_on_it():
    a, b, c = (splits.random_split(100, seed=s)[1] for s in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


def test_stratified_split_has_the_class_counts_of_scikit_learn():
    from sklearn.model_selection import train_test_split

    y = torch.tensor([0] * 70 + [1] * 20 + [2] * 10)
    train, held = splits.random_split(100, test=0.3, y=y)
    wanted = train_test_split(torch.arange(100), test_size=0.3, stratify=y, random_state=0)[1]
    assert whole(train, held, 100)
    assert y[held].bincount().tolist() == y[wanted].bincount().tolist()


def test_unstratified_split_of_a_rare_class_differs():
    y = torch.tensor([0] * 90 + [1] * 10)
    counts = {int(y[splits.random_split(100, seed=s)[1]].sum()) for s in range(10)}
    stratified = {int(y[splits.random_split(100, y=y, seed=s)[1]].sum()) for s in range(10)}
    assert stratified == {2}
    assert len(counts) > 1


@settings(max_examples=30, deadline=None)
@given(groups=st.lists(st.integers(0, 8), min_size=4, max_size=60), seed=st.integers(0, 9))
def test_groups_stay_intact(groups, seed):
    if len(set(groups)) < 2:
        groups = [*groups, 99]
    train, held = splits.group_split(groups, test=0.3, seed=seed)
    sides = [{groups[i] for i in side.tolist()} for side in (train, held)]
    assert whole(train, held, len(groups))
    assert not sides[0] & sides[1]


def test_group_split_takes_as_many_groups_as_scikit_learn():
    from sklearn.model_selection import GroupShuffleSplit

    groups = torch.arange(10).repeat_interleave(7)
    held = splits.group_split(groups, test=0.3)[1]
    cut = GroupShuffleSplit(1, test_size=0.3, random_state=0).split(groups, groups=groups)
    assert len(groups[held].unique()) == len(groups[next(cut)[1]].unique()) == 3
    plain = splits.random_split(70, test=0.3)  # the negative control tears groups apart
    assert len(set(groups[plain[0]].tolist()) & set(groups[plain[1]].tolist())) > 3


@settings(max_examples=30, deadline=None)
@given(times=st.lists(st.integers(0, 40), min_size=8, max_size=60, unique=True))
def test_the_past_is_before_the_future(times):
    train, held = splits.time_split(times, test=0.25)
    times = torch.tensor(times)
    assert whole(train, held, len(times))
    assert times[train].max() < times[held].min()


def test_time_split_equals_the_last_fold_of_scikit_learn():
    from sklearn.model_selection import TimeSeriesSplit

    train, held = splits.time_split(torch.arange(20), test=0.2, gap=0)
    wanted = list(TimeSeriesSplit(3, test_size=4).split(range(20)))[-1]
    assert (train.tolist(), held.tolist()) == (wanted[0].tolist(), wanted[1].tolist())


def test_time_gap_drops_late_training_rows_and_ties_stay_together():
    assert splits.time_split(torch.arange(10), test=0.2, gap=3)[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert splits.time_split([1, 2, 3, 3, 3], test=0.2)[1].tolist() == [2, 3, 4]


def test_scaffolds_stay_intact_and_agree_with_rdkit():
    from rdkit import Chem
    from rdkit.Chem.Scaffolds import MurckoScaffold

    smiles = ["CCO", "CC", "Cc1ccccc1", "Oc1ccccc1", "c1ccncc1", "C1CCCCC1", "CC1CCCCC1", "CCC"]
    train, held = splits.scaffold_split(smiles, test=0.25)
    core = [
        Chem.MolToSmiles(MurckoScaffold.GetScaffoldForMol(Chem.MolFromSmiles(s))) for s in smiles
    ]
    assert whole(train, held, len(smiles))
    assert not {core[i] for i in train.tolist()} & {core[i] for i in held.tolist()}
    assert held.tolist() == [5, 6]  # acyclic (3) and benzene (2) fill training, pyridine still fits


def test_scaffold_split_tests_rarer_scaffolds_than_a_random_split():
    from helpers.data.molecules import freesolv

    smiles = freesolv().smiles
    code, _ = splits._codes([splits._scaffold(s, 0) for s in smiles])
    size = code.bincount()[code].float()
    scaffold, plain = splits.scaffold_split(smiles)[1], splits.random_split(len(smiles))[1]
    assert size[scaffold].mean() < size[plain].mean() / 3


@settings(max_examples=30, deadline=None)
@given(n=st.integers(6, 80), k=st.integers(2, 6), seed=st.integers(0, 9))
def test_folds_test_every_row_once(n, k, seed):
    folds = splits.kfold(n, k, seed=seed)
    assert torch.equal(torch.cat([t for _, t in folds]).sort().values, torch.arange(n))
    assert all(whole(train, held, n) for train, held in folds)


def test_stratified_folds_have_the_class_counts_of_scikit_learn():
    from sklearn.model_selection import StratifiedKFold

    y = torch.tensor([0] * 30 + [1] * 15 + [2] * 5)
    ours = [y[t].bincount(minlength=3).tolist() for _, t in splits.kfold(50, 5, y=y)]
    theirs = StratifiedKFold(5).split(y, y)
    assert sorted(ours) == sorted(y[t].bincount(minlength=3).tolist() for _, t in theirs)


def test_complaints():
    with pytest.raises(ValueError, match="share between 0 and 1, found 1.5"):
        splits.random_split(10, test=1.5)
    with pytest.raises(ValueError, match="class 1 has one row"):
        splits.random_split(3, y=[0, 0, 1])
    with pytest.raises(ValueError, match=r"y must have shape \(3,\), found \(2,\)"):
        splits.random_split(3, y=[0, 0])
    with pytest.raises(ValueError, match="both sides non-empty"):
        splits.random_split(2, test=0.1)
    with pytest.raises(ValueError, match="at least two groups, found 1"):
        splits.group_split([1, 1])
    with pytest.raises(ValueError, match="without NaN"):
        splits.time_split([1.0, float("nan")])
    with pytest.raises(ValueError, match="gap must not be negative"):
        splits.time_split([1, 2], gap=-1)
    with pytest.raises(ValueError, match="row 1 is not a readable SMILES string, found 'C1C'"):
        splits.scaffold_split(["CC", "C1C"])
    with pytest.raises(ValueError, match="k must be between 2 and the 3 rows, found 4"):
        splits.kfold(3, 4)
