"""Copies agree with pandas and scikit-learn, contradictions with counting, the sheet with both."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import radius_neighbors_graph

from helpers.data.datasheet import contradictions, copies, datasheet
from helpers.data.embedded import Table, breast_cancer, wine


def rows(seed=0):
    """Sixty rows, the last twenty copies of earlier ones."""
    x = torch.from_numpy(np.random.default_rng(seed).normal(size=(40, 3))).float()
    return torch.cat([x, x[5:25]])


def test_equal_rows_agree_with_pandas():
    x = rows()
    codes = pd.factorize(pd.Series(map(tuple, x.tolist())))[0]
    assert copies(x).tolist() == codes.tolist()
    assert copies(x[:40]).tolist() == list(range(40))


@pytest.mark.parametrize("within", [0.2, 0.6])
def test_near_rows_agree_with_the_components_of_a_graph(within):
    x = rows(3)
    graph = radius_neighbors_graph(x.numpy(), within)
    theirs = connected_components(graph, directed=False)[1]
    ours = copies(x, within)
    assert adjusted_rand_score(theirs, ours) == 1
    assert len(ours.unique()) < len(copies(x).unique())
    assert list(dict.fromkeys(ours.tolist())) == list(range(len(ours.unique())))


def test_contradictions_agree_with_counting():
    same, y = copies(rows()), torch.arange(60) % 7
    frame = pd.DataFrame({"same": same, "y": y})
    theirs = frame.groupby("same")["y"].transform("nunique") > 1
    assert contradictions(same, y).tolist() == theirs.tolist()
    assert not contradictions(same, same).any()


def test_the_sheet_of_a_known_table():
    x = torch.cat([rows(), torch.ones(60, 1), rows()[:, :1] * 3], 1)
    data = Table(
        x, torch.arange(60) % 3, list("abcde"), ["p", "q", "r"], groups=torch.arange(60) // 6
    )
    found = dict(datasheet(data, "demo").lines)
    assert found["rows, columns"] == "60, 5"
    assert found["groups (patients, sites)"] == "10"
    assert found["classes"] == "p 20, q 20, r 20"
    assert found["always the largest"] == "accuracy 0.333"
    assert found["copies of an earlier row"] == "20"
    assert (
        int(found["rows whose copy has another label"]) == contradictions(copies(x), data.y).sum()
    )
    assert found["constant columns"] == "d"
    assert found["columns that say nearly the same"] == "a and e"


def test_the_sheets_of_real_tables():
    found = dict(datasheet(breast_cancer()).lines)
    assert found["classes"] == "malignant 212, benign 357"
    assert found["copies of an earlier row"] == "0"
    assert "mean radius and mean perimeter" in found["columns that say nearly the same"]
    assert dict(datasheet(wine()).lines)["groups (patients, sites)"] == "not named"
    measured = Table(rows(), torch.rand(60), list("abc"))
    assert "target" in dict(datasheet(measured).lines)
    assert "classes" not in dict(datasheet(Table(rows(), None, list("abc"))).lines)


@pytest.mark.parametrize(
    ("x", "within", "sentence"),
    [
        (torch.zeros(3), 0, r"expected rows of finite numbers \(N, F\), found \(3,\)"),
        (torch.tensor([[float("nan")]]), 0, "1 missing or infinite value"),
        (torch.zeros(2, 1), -1, "within must be a distance of 0 or more, found -1"),
    ],
)
def test_refuses(x, within, sentence):
    with pytest.raises(ValueError, match=sentence):
        copies(x, within)


def test_the_sheet_line_by_line():
    x = torch.cat([rows(), torch.ones(60, 1), rows()[:, :1] * 3], 1)
    data = Table(
        x, torch.arange(60) % 3, list("abcde"), ["p", "q", "r" * 20], groups=torch.arange(60) // 6
    )
    sheet = datasheet(data)
    assert (sheet.source, sheet.head, sheet.notes) == ("this table", ("asked", "found"), [])
    assert [asked for asked, _ in sheet.lines] == [
        "rows, columns", "groups (patients, sites)", "classes", "always the largest",
        "missing values", "copies of an earlier row", "most frequent row occurs",
        "rows whose copy has another label", "constant columns",
        "columns that say nearly the same",
    ]  # fmt: skip
    assert sheet.lines[2][1].endswith("r" * 15 + "… 20")
    measured = Table(rows()[:40], torch.linspace(1.5, 2.25, 40), list("abc"))
    found = dict(datasheet(measured).lines)
    assert found["target"] == "1.5 to 2.25"
    assert found["constant columns"] == found["columns that say nearly the same"] == "none"
    assert found["copies of an earlier row"] == "0"
    assert "rows whose copy has another label" not in dict(
        datasheet(Table(rows(), None, list("abc"))).lines
    )


def test_twins_are_named_by_threes():
    x = rows()[:40]
    for copies_of, told in (
        (2, "a and b"), (3, "a and b; a and c; b and c"),
        (4, "a and b; a and c; a and d, and 3 more pairs"),
    ):  # fmt: skip
        many = x[:, :1] * torch.arange(1, copies_of + 1) * torch.tensor([1, -1] * 2)[:copies_of]
        found = dict(datasheet(Table(many, None, list("abcd")[:copies_of])).lines)
        assert found["columns that say nearly the same"] == told
    draws = np.random.default_rng(1)
    base = draws.normal(size=4000)
    for noise, alike in ((0.13, True), (0.16, False)):  # correlations of about .992 and .987
        pair = torch.from_numpy(np.stack([base, base + noise * draws.normal(size=4000)], 1)).float()
        found = dict(datasheet(Table(pair, None, ["a", "b"])).lines)
        assert (found["columns that say nearly the same"] != "none") is alike
    assert (
        dict(datasheet(Table(x[:, :1], None, ["a"])).lines)["columns that say nearly the same"]
        == "none"
    )


def test_copies_number_rows_as_they_come_and_take_a_distance():
    x = torch.tensor([[3.0], [1.0], [3.0], [1.5], [9.0]])
    assert copies(x).tolist() == [0, 1, 0, 2, 3]
    assert copies(x, 0.5).tolist() == [0, 1, 0, 1, 2]
    assert copies(x, 0.49).tolist() == [0, 1, 0, 2, 3]
    assert copies(x, 1.5).tolist() == [0, 0, 0, 0, 1]
    assert copies(x).dtype == torch.int64
    for bad, said in (
        (torch.zeros(0, 2), "found (0, 2) with 0 missing or infinite values"),
        (
            torch.tensor([[float("inf"), 1.0], [float("nan"), 2.0]]),
            "found (2, 2) with 2 missing or infinite values",
        ),
    ):
        with pytest.raises(ValueError) as caught:
            copies(bad)
        assert str(caught.value) == f"copies: expected rows of finite numbers (N, F), {said}"
    with pytest.raises(
        ValueError, match="^copies: within must be a distance of 0 or more, found nan$"
    ):
        copies(x, float("nan"))


def test_contradictions_of_numbers_and_of_one_row():
    assert (
        contradictions(torch.tensor([0, 1, 0]), torch.tensor([0.5, 2.0, 0.5])).tolist()
        == [False] * 3
    )
    assert contradictions(torch.tensor([0, 1, 0]), torch.tensor([0.5, 2.0, 0.25])).tolist() == [
        True,
        False,
        True,
    ]
    assert contradictions(torch.tensor([0, 0]), torch.tensor([-1, 0])).tolist() == [True, True]


def test_gaps_are_counted_by_class_and_repeat_only_gaps():
    gap = float("nan")
    x = torch.tensor([[0.0, 1.0], [gap, 1.0], [gap, 1.0], [gap, gap], [0.0, 1.0], [2.0, 1.0]])
    y = torch.tensor([0, 0, 1, 1, 0, 1])
    found = dict(datasheet(Table(x, y, list("ab"), ["p", "q"])).lines)
    frame = pd.DataFrame(x.numpy())
    assert found["missing values"] == "4 in 3 rows; of the rows: p 33.3%, q 66.7%"
    assert int(found["missing values"].split()[0]) == frame.isna().sum().sum()
    assert int(found["copies of an earlier row"]) == frame.duplicated().sum() == 2
    assert found["most frequent row occurs"] == "2 times"
    assert found["rows whose copy has another label"] == "2"
    assert found["constant columns"] == "b"
    assert dict(datasheet(Table(x, None, list("ab"))).lines)["missing values"] == "4 in 3 rows"
    whole = dict(datasheet(Table(x.nan_to_num(3.0), y, list("ab"), ["p", "q"])).lines)
    assert whole["missing values"] == "none"
    assert whole["constant columns"] == "none"
