"""Every split keeps what it promises, or says in one sentence why it cannot."""

import re
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from helpers.data import splits

SHARE = st.floats(0.05, 0.95)
RINGS = ("c1ccccc1", "C1CCCCC1", "c1ccncc1", "C1CCNC1", "c1ccsc1", "C1CC1", "c1ccc2ccccc2c1", "")


def whole(train, test, n):
    return torch.equal(torch.cat([train, test]).sort().values, torch.arange(n))


def near(held, n, test):
    return abs(len(held) - n * test) <= max(1, n / 100)


def split_or_sentence(split, *data, test, again=True):
    """The two sides, or None where the share was refused, and then rightly.

    With `again` the share that the sentence names can be had by asking for it.
    """
    try:
        return split(*data, test=test)
    except ValueError as error:
        sentence = str(error)
    if "cannot be kept" not in sentence:
        assert re.search("both sides non-empty|at least two", sentence), sentence
        return None
    named = float(re.search(r"it would be test=([\d.]+)$", sentence)[1])
    assert abs(named - test) * len(data[0]) > 0.9 * max(1, len(data[0]) / 100)
    if again:
        assert near(split(*data, test=named)[1], len(data[0]), named)
    return None


@seed(0)
@settings(max_examples=40, deadline=None)
@given(n=st.integers(10, 200), test=SHARE, number=st.integers(0, 99))
def test_random_split_is_disjoint_complete_and_of_the_size_asked(n, test, number):
    train, held = splits.random_split(n, test=test, seed=number)
    assert whole(train, held, n)
    assert abs(len(held) - n * test) <= 0.5 + 1e-9


def test_random_split_depends_on_the_seed_and_only_on_it():
    a, b, c = (splits.random_split(100, seed=s)[1] for s in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)


@seed(0)
@settings(max_examples=80, deadline=None)
@given(counts=st.lists(st.integers(2, 40), min_size=1, max_size=30), test=SHARE)
def test_every_class_gives_its_share_and_so_do_all(counts, test):
    from sklearn.model_selection import train_test_split

    y = np.repeat(np.arange(len(counts)), counts)
    sides = split_or_sentence(
        lambda y, test: splits.random_split(len(y), test=test, y=y), y, test=test, again=False
    )
    if sides is None:
        return
    assert whole(*sides, len(y))
    found = np.bincount(y[sides[1].numpy()], minlength=len(counts))
    assert (abs(found - np.array(counts) * test) < 1).all()
    assert ((found > 0) & (found < counts)).all()
    assert near(sides[1], len(y), test)
    if min(sum(counts) * test, sum(counts) * (1 - test)) >= len(counts) + 1:
        theirs = train_test_split(y, test_size=len(sides[1]), stratify=y, random_state=0)[1]
        assert abs(np.bincount(theirs, minlength=len(counts)) - found).max() <= 1


def test_many_small_classes_cannot_keep_a_small_share():
    """100 classes of three rows, test=0.1, had given 33 % without a word."""
    y = np.repeat(np.arange(100), 3)
    with pytest.raises(ValueError, match=r"test=0.1 cannot be kept with every class on both sides"):
        splits.random_split(300, test=0.1, y=y)
    assert len(splits.random_split(300, test=0.333, y=y)[1]) == 100


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_labels_of_every_kind_split_alike(kind):
    y = [0] * 70 + [1] * 20 + [2] * 10
    expected = splits.random_split(100, test=0.3, y=torch.tensor(y))
    assert torch.equal(splits.random_split(100, test=0.3, y=kind(y))[1], expected[1])
    names = np.array(["a", "b", "c"])[y].tolist()
    assert torch.equal(splits.random_split(100, test=0.3, y=names)[1], expected[1])


def test_unstratified_split_of_a_rare_class_differs():
    y = torch.tensor([0] * 90 + [1] * 10)
    counts = {int(y[splits.random_split(100, seed=s)[1]].sum()) for s in range(10)}
    stratified = {int(y[splits.random_split(100, y=y, seed=s)[1]].sum()) for s in range(10)}
    assert stratified == {2}
    assert len(counts) > 1


names = st.one_of(st.integers(0, 8), st.sampled_from(["p1", "p2", "p3"]), st.floats(0, 1))


@pytest.mark.filterwarnings("ignore:group_split")
@seed(0)
@settings(max_examples=80, deadline=None)
@given(
    groups=st.one_of(
        st.lists(names, min_size=4, max_size=60),
        st.lists(st.integers(0, 30), min_size=4, max_size=60).map(lambda g: [i // 3 for i in g]),
    ),
    test=SHARE,
    number=st.integers(0, 9),
)
def test_no_group_stands_on_two_sides(groups, test, number):
    if len(set(groups)) < 2:
        groups[0] = "another"
    train, held = splits.group_split(groups, test=test, seed=number)
    sides = [{groups[i] for i in side.tolist()} for side in (train, held)]
    assert whole(train, held, len(groups))
    assert not sides[0] & sides[1]
    assert abs(len(sides[1]) - len(set(groups)) * test) < 1


def group_split_quietly(groups, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return splits.group_split(groups, test=0.1, seed=seed)


def test_a_group_that_holds_most_rows_is_said_aloud():
    big = next(s for s in range(9) if len(group_split_quietly([0] * 36 + [1] * 4, s)[1]) == 36)
    with pytest.warns(UserWarning, match=r"test=0.1 of 2 groups holds 0.90 of the rows"):
        splits.group_split([0] * 36 + [1] * 4, test=0.1, seed=big)


def test_group_split_takes_as_many_groups_as_scikit_learn():
    from sklearn.model_selection import GroupShuffleSplit

    groups = torch.arange(10).repeat_interleave(7)
    held = splits.group_split(groups, test=0.3)[1]
    cut = GroupShuffleSplit(1, test_size=0.3, random_state=0).split(groups, groups=groups)
    assert len(groups[held].unique()) == len(groups[next(cut)[1]].unique()) == 3
    plain = splits.random_split(70, test=0.3)  # the negative control tears groups apart
    assert len(set(groups[plain[0]].tolist()) & set(groups[plain[1]].tolist())) > 3


@seed(0)
@settings(max_examples=100, deadline=None)
@given(
    times=st.one_of(
        st.lists(st.integers(0, 12), min_size=4, max_size=60),
        st.lists(st.floats(-1e9, 1e9), min_size=4, max_size=60),
    ),
    test=SHARE,
    kind=st.sampled_from([list, np.array, torch.tensor]),
)
def test_the_past_is_before_the_future_and_no_tie_is_cut(times, test, kind):
    given_times = torch.tensor(times, dtype=torch.float64) if kind is torch.tensor else kind(times)
    sides = split_or_sentence(splits.time_split, given_times, test=test)
    if sides is None:
        return
    train, held = sides
    times = torch.tensor(times, dtype=torch.float64)
    assert whole(train, held, len(times))
    assert times[train].max() < times[held].min()
    assert near(held, len(times), test)


def test_time_split_equals_the_last_fold_of_scikit_learn():
    from sklearn.model_selection import TimeSeriesSplit

    train, held = splits.time_split(torch.arange(20), test=0.2, gap=0)
    wanted = list(TimeSeriesSplit(3, test_size=4).split(range(20)))[-1]
    assert (train.tolist(), held.tolist()) == (wanted[0].tolist(), wanted[1].tolist())
    wanted = list(TimeSeriesSplit(3, test_size=4, gap=2).split(range(20)))[-1]
    assert splits.time_split(torch.arange(20), test=0.2, gap=3)[0].tolist() == wanted[0].tolist()


def test_lists_of_seconds_lose_no_precision():
    """Seconds since 1970 are 128 apart in float32."""
    times = [1.7e9 + i for i in range(10)]
    assert splits.time_split(times, test=0.3)[1].tolist() == [7, 8, 9]
    assert splits.group_split([1.7e9, 1.7e9 + 1], test=0.5)[1].numel() == 1


def test_short_integers_do_not_wrap_at_a_gap():
    times = np.arange(10, dtype=np.uint8)
    assert splits.time_split(times, test=0.8, gap=2)[0].tolist() == [0]
    assert splits.time_split(times, test=0.2, gap=3)[0].tolist() == [0, 1, 2, 3, 4, 5]


def test_ties_that_hold_most_rows_are_refused():
    """Three of five rows at the last time: a fifth had become three fifths."""
    with pytest.raises(
        ValueError, match=r"test=0.2 cannot .* one time together: it would be test=0.600"
    ):
        splits.time_split([1, 2, 3, 3, 3], test=0.2)
    assert splits.time_split([1, 2, 3, 3, 3], test=0.6)[1].tolist() == [2, 3, 4]


def cores(smiles):
    from rdkit import Chem
    from rdkit.Chem.Scaffolds import MurckoScaffold

    return [
        Chem.MolToSmiles(MurckoScaffold.GetScaffoldForMol(Chem.MolFromSmiles(s))) for s in smiles
    ]


def test_scaffolds_stay_intact_and_agree_with_rdkit():
    smiles = ["CCO", "CC", "Cc1ccccc1", "Oc1ccccc1", "c1ccncc1", "C1CCCCC1", "CC1CCCCC1", "CCC"]
    train, held = splits.scaffold_split(smiles, test=0.25)
    core = cores(smiles)
    assert whole(train, held, len(smiles))
    assert not {core[i] for i in train.tolist()} & {core[i] for i in held.tolist()}
    assert held.tolist() == [5, 6]  # acyclic (3) and benzene (2) fill training, pyridine still fits


@seed(0)
@settings(max_examples=60, deadline=None)
@given(kinds=st.lists(st.integers(0, 7), min_size=4, max_size=60), test=SHARE)
def test_scaffold_shares_are_kept_or_refused(kinds, test):
    smiles = ["C" * (1 + i % 3) + RINGS[kind] for i, kind in enumerate(kinds)]
    sides = split_or_sentence(splits.scaffold_split, smiles, test=test)
    if sides is None:
        return
    kinds = torch.tensor(kinds)
    assert whole(*sides, len(smiles))
    assert not set(kinds[sides[0]].tolist()) & set(kinds[sides[1]].tolist())
    assert near(sides[1], len(smiles), test)


def test_nine_of_ten_on_one_scaffold_cannot_give_a_fifth():
    smiles = ["C" * i + "c1ccccc1" for i in range(1, 10)] + ["C1CC1"]
    with pytest.raises(
        ValueError, match=r"test=0.2 cannot .* whole scaffolds: it would be test=0.900"
    ):
        splits.scaffold_split(smiles, test=0.2)


def test_scaffold_split_tests_rarer_scaffolds_than_a_random_split():
    from helpers.data.molecules import freesolv

    smiles = freesolv().smiles
    _, code, counts = np.unique(cores(smiles), return_inverse=True, return_counts=True)
    size = counts[code]
    scaffold, plain = splits.scaffold_split(smiles)[1], splits.random_split(len(smiles))[1]
    assert size[scaffold.numpy()].mean() < size[plain.numpy()].mean() / 3


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: splits.random_split(10, test=1.5), "share between 0 and 1, found 1.5"),
        (lambda: splits.random_split(3, y=[0, 0, 1]), "class 1 has one row"),
        (lambda: splits.random_split(3, y=[0, 0]), r"y must have shape \(3,\), found \(2,\)"),
        (lambda: splits.random_split(2, test=0.1), "0 test rows, expected both sides non-empty"),
        (lambda: splits.random_split(3, y=[0, None, 1]), "y has no value in row 1"),
        (lambda: splits.random_split(2, y=[[0, 1], [1, 1]]), "numbers or names as y"),
        (lambda: splits.group_split([1, 1]), "at least two groups, found 1"),
        (lambda: splits.group_split(["a", np.nan, "b"]), "groups has no value in row 1"),
        (lambda: splits.group_split(np.zeros((3, 2))), "one value a row as groups"),
        (lambda: splits.time_split([1.0, float("nan")]), "times has no value in row 1"),
        (lambda: splits.time_split([1.0, np.inf]), "finite numbers as times, found float64"),
        (lambda: splits.time_split(["2001", "2002"]), "finite numbers as times, found"),
        (lambda: splits.time_split([1, 1]), "at least two different times, found one"),
        (lambda: splits.time_split([1, 2], gap=-1), "gap must not be negative, found -1"),
        (lambda: splits.time_split([1, 2, 3], gap=9), "0 train and 1 test rows, expected both"),
        (lambda: splits.scaffold_split(["CC", "C1C"]), "row 1 is not a readable SMILES .* 'C1C'"),
        (lambda: splits.scaffold_split(["CC", None]), "row 1 is not a readable SMILES .* None"),
        (lambda: splits.scaffold_split("CCO"), "expected both sides non-empty"),
    ],
)
def test_what_cannot_be_split_is_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


class TestGroupFolds:
    def test_tests_are_those_of_scikit_learn(self):
        from sklearn.model_selection import GroupKFold

        groups = np.repeat(np.arange(7), 3)
        folds = splits.group_folds(groups, 3, seed=5)
        theirs = GroupKFold(3, shuffle=True, random_state=5).split(groups, groups=groups)
        assert [fold[2].tolist() for fold in folds] == [rows.tolist() for _, rows in theirs]

    def test_no_group_stands_in_two_parts_and_all_rows_are_used(self):
        groups = torch.arange(40) // 4
        for parts in splits.group_folds(groups, 4):
            sets = [set(groups[part].tolist()) for part in parts]
            assert sum(map(len, sets)) == len(set.union(*sets))
            assert torch.cat(parts).sort().values.tolist() == list(range(40))

    def test_each_fold_validates_once_and_seeds_differ(self):
        folds = splits.group_folds(torch.arange(12), 3)
        assert torch.cat([fold[1] for fold in folds]).sort().values.tolist() == list(range(12))
        other = splits.group_folds(torch.arange(12), 3, seed=1)
        assert any(not torch.equal(a[2], b[2]) for a, b in zip(folds, other))

    def test_two_groups_are_refused(self):
        with pytest.raises(ValueError, match="expected at least 3 groups"):
            splits.group_folds([0, 0, 1, 1])


def test_a_fifth_and_seed_nought_if_nothing_is_said():
    groups = torch.arange(100) // 5
    for split, data, named in (
        (splits.random_split, 100, {"test": 0.2, "seed": 0}),
        (splits.group_split, groups, {"test": 0.2, "seed": 0}),
        (splits.time_split, range(100), {"test": 0.2, "gap": 0}),
    ):
        train, test = split(data)
        asked = split(data, **named)
        assert torch.equal(train, asked[0])
        assert torch.equal(test, asked[1])
        assert len(test) == 20
    folds = splits.group_folds(groups)
    assert len(folds) == 5
    for one, other in zip(folds, splits.group_folds(groups, 5, seed=0)):
        assert all(map(torch.equal, one, other))
    assert not torch.equal(folds[0][2], splits.group_folds(groups, seed=1)[0][2])


def test_folds_test_each_group_once_and_choose_by_the_next():
    groups = torch.arange(60) // 5
    folds = splits.group_folds(groups, 4)
    assert sorted(torch.cat([test for *_, test in folds]).tolist()) == list(range(60))
    for i, (train, valid, test) in enumerate(folds):
        assert torch.equal(valid, folds[(i + 1) % 4][2])
        assert sorted(torch.cat([train, valid, test]).tolist()) == list(range(60))
        assert train.tolist() == sorted(train.tolist())
    assert len(splits.group_folds([0, 1, 2], 9)) == 3
    with pytest.raises(ValueError, match="expected at least 3 groups and folds.* found 2 groups"):
        splits.group_folds([0, 1, 1])
    with pytest.raises(ValueError, match="found 3 groups and k=2"):
        splits.group_folds([0, 1, 2], 2)


def test_rows_are_drawn_by_a_torch_permutation_of_their_seed():
    _, test = splits.random_split(50, test=0.1, seed=7)
    order = torch.randperm(50, generator=torch.Generator().manual_seed(7))
    assert set(test.tolist()) == set(order[:5].tolist())
    _, test = splits.group_split(torch.arange(10).repeat_interleave(3), test=0.3, seed=7)
    order = torch.randperm(10, generator=torch.Generator().manual_seed(7))
    assert set((test // 3).tolist()) == set(order[:3].tolist())
    for n, share, count in ((10, 0.25, 3), (10, 0.24, 2), (2, 0.5, 1), (3, 0.5, 2)):
        assert len(splits.random_split(n, test=share)[1]) == count
    assert len(splits.group_split([0, 1], test=0.01)[1]) == 1
    assert len(splits.group_split([0, 1], test=0.99)[0]) == 1


def test_a_gap_keeps_rows_out_that_are_too_near():
    train, test = splits.time_split(range(10), test=0.3, gap=2)
    assert (train.tolist(), test.tolist()) == ([0, 1, 2, 3, 4, 5], [7, 8, 9])
    train, _ = splits.time_split(range(10), test=0.3, gap=1)
    assert train.tolist() == [0, 1, 2, 3, 4, 5, 6]
    for gap in (-1, "2"):
        with pytest.raises(ValueError, match="time_split: gap must not be negative"):
            splits.time_split(range(10), gap=gap)
    for test in (0, 1, "0.2", -0.1):
        with pytest.raises(ValueError, match="test must be a share between 0 and 1"):
            splits.random_split(10, test=test)


@pytest.mark.parametrize("n", [1, 0, 2.0, "9"])
def test_rows_are_two_or_more(n):
    with pytest.raises(ValueError, match="expected a whole number n of at least 2, found"):
        splits.random_split(n)
    assert [len(part) for part in splits.random_split(2, test=0.5)] == [1, 1]


def test_names_of_groups_are_names():
    for groups, said in (
        (["a", " ", "b"], "groups has no value in row 1, expected a name or number"),
        (["a", "b ", "b"], "groups holds 'b ' and 'b', make them alike"),
        (["a", None, "b"], "groups has no value in row 1"),
        (["a", "a"], "expected at least two groups, found 1"),
    ):
        with pytest.raises(ValueError, match=f"^group_split: {said}$"):
            splits.group_split(groups)
    with pytest.raises(ValueError, match="row 1: expected a molecule, found .* with a wildcard"):
        splits.scaffold_split(["CCO", "C*", "CC"])
    with pytest.raises(ValueError, match="row 0 is not a readable SMILES string, found 'x1'"):
        splits.scaffold_split("x1")


@pytest.mark.parametrize("test", [0, 1, -0.1, "0.2", None, float("nan")])
def test_each_split_asks_for_a_share(test):
    for name, split in (
        ("random_split", lambda **share: splits.random_split(10, **share)),
        ("group_split", lambda **share: splits.group_split(range(10), **share)),
        ("time_split", lambda **share: splits.time_split(range(10), **share)),
        ("scaffold_split", lambda **share: splits.scaffold_split(["C"] * 10, **share)),
    ):
        with pytest.raises(ValueError) as caught:
            split(test=test)
        assert str(caught.value) == f"{name}: test must be a share between 0 and 1, found {test!r}"


@pytest.mark.parametrize("number", [1.5, "0", None, True])
def test_each_split_asks_for_a_whole_seed(number):
    for name, split in (
        ("random_split", lambda: splits.random_split(10, seed=number)),
        ("group_split", lambda: splits.group_split(range(10), seed=number)),
        ("group_folds", lambda: splits.group_folds(range(10), seed=number)),
    ):
        with pytest.raises(ValueError, match=f"^{name}: seed must be a whole number"):
            split()
    with pytest.raises(ValueError, match="^group_folds: k must be a whole number"):
        splits.group_folds(range(10), number)


def test_a_share_that_rows_do_not_allow_is_told_to_a_thousandth():
    """One row, or a hundredth of all, is the most that is put up with."""
    fits = splits.time_split([1] * 97 + [2] * 3, test=0.02)
    assert len(fits[1]) == 3
    with pytest.raises(ValueError) as caught:
        splits.time_split([1] * 96 + [2] * 4, test=0.02)
    assert str(caught.value) == (
        "time_split: test=0.02 cannot be kept with rows of one time together: it would be test=0.040"
    )
    assert len(splits.time_split([1] * 392 + [2] * 8, test=0.011)[1]) == 8  # four of 400 off
    with pytest.raises(ValueError, match="it would be test=0.022"):
        splits.time_split([1] * 391 + [2] * 9, test=0.011)


def test_uneven_groups_are_warned_of_only_where_they_matter():
    def said(sizes, test, seed=0):
        groups = np.repeat(np.arange(len(sizes)), sizes)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            held = splits.group_split(groups, test=test, seed=seed)[1]
        return len(held) / len(groups), caught

    seeds = {round(said([2, 8], 0.5, seed)[0], 1): seed for seed in range(9)}
    assert set(seeds) == {0.2, 0.8}
    share, caught = said([2, 8], 0.5, seeds[0.2])
    (warning,) = caught
    assert str(warning.message) == (
        "group_split: test=0.5 of 2 groups holds 0.20 of the rows; expect another seed, another share or "
        "more groups to do better"
    )
    assert warning.filename == __file__
    assert said([2, 8], 0.5, seeds[0.8])[1] == []  # less than twice as much
    assert said([1, 3], 0.5, seeds[0.2])[1] == []  # just half of it
    share, caught = said([19, 1], 0.1, seeds[0.8])
    assert abs(share - 0.05) < 1e-9 or abs(share - 0.95) < 1e-9
    assert len(caught) == (share > 0.5)  # half the share, but no tenth of the rows


def test_scaffolds_are_dealt_from_the_most_frequent():
    rings = ["c1ccccc1"] * 4 + ["C1CCCCC1"] * 3 + ["c1ccncc1"] * 2 + ["C1CC1"]
    assert splits.scaffold_split(rings, test=0.3)[1].tolist() == [7, 8, 9]
    assert splits.scaffold_split(rings[::-1], test=0.3)[1].tolist() == [0, 1, 2]
    assert (
        splits.scaffold_split(rings)[1].tolist()
        == splits.scaffold_split(rings, test=0.2)[1].tolist()
    )
    salts = ["c1ccccc1.Cl", "Oc1ccccc1", "CC", "CCO", "C1CC1"]
    train, test = splits.scaffold_split(salts, test=0.2)
    assert test.tolist() == [4]  # a salt is left out of the scaffold


def test_small_classes_give_one_row_and_keep_one():
    y = [0] * 16 + [1] * 2 + [2] * 2
    train, test = splits.random_split(20, y=y, test=0.2)
    labels = [y[row] for row in test.tolist()]
    assert [labels.count(k) for k in range(3)] == [3, 1, 1]
    train, test = splits.random_split(20, y=y, test=0.8)
    assert [[y[row] for row in train.tolist()].count(k) for k in range(3)] == [3, 1, 1]
    with pytest.raises(ValueError) as caught:
        splits.random_split(3, y=[0, 0, 1])
    assert (
        str(caught.value) == "random_split: class 1 has one row, expected at least two to stratify"
    )
    order = torch.Generator().manual_seed(5)
    first = torch.randperm(16, generator=order)[:3].tolist()
    assert set(first) <= set(splits.random_split(20, y=y, test=0.2, seed=5)[1].tolist())
