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
