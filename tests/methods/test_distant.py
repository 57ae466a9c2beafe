"""Distant supervision agrees with a regular expression and with counting by hand."""

import random
import re

import pandas as pd
import pytest
import torch

from helpers.methods.distant import at_least_one, either_name, knowledge, matches, stands_in

SENTENCES = ["aspirin blocks cox-2 in mice", "cox is blocked by aspirin", "aspirins differ", "cox"]


@pytest.mark.parametrize("name", ["cox", "cox-2", "aspirin", "mice", "in"])
def test_agrees_with_a_regular_expression(name):
    for text in SENTENCES:
        found = re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text) is not None
        assert stands_in(name, text) == found


def test_both_names_must_stand_there():
    known = {("aspirin", "cox"): 1, ("aspirin", "mice"): 0, ("cox", "cox-2"): 2}
    assert matches(known, SENTENCES) == [
        (("aspirin", "cox"), 0),
        (("aspirin", "cox"), 1),
        (("aspirin", "mice"), 0),
    ]


def test_knowledge_is_the_most_frequent_relation():
    pairs = [("a", "b")] * 4 + [("c", "d")] * 2
    assert knowledge(pairs, [0, 2, 2, 1, 3, 1]) == {("a", "b"): 2, ("c", "d"): 1}
    with pytest.raises(ValueError, match="expected 6 labels, found 1"):
        knowledge(pairs, [0])


def test_a_name_alone_says_what_pandas_counts_in_the_other_pairs():
    draws = random.Random(3)
    known = {(draws.choice("abc"), draws.choice("uvw") + str(k % 4)): draws.choice([0, 0, 0, 1, 2])
             for k in range(40)}  # fmt: skip
    table = pd.DataFrame([(*pair, label) for pair, label in known.items()], columns=["x", "y", "k"])
    order = table.k.value_counts()
    for (x, y), found in either_name(known).items():
        mine = (table.x == x) & (table.y == y)
        shared = pd.concat([table[(table.x == x) & ~mine], table[(table.y == y) & ~mine]]).k
        counts = shared.value_counts() if len(shared) else order
        best = counts[counts == counts.max()].index
        assert found in best
        assert order[found] == order[best].max()


def test_a_name_alone_does_not_know_its_own_pair():
    assert either_name({("a", "b"): 2, ("c", "d"): 1, ("e", "f"): 1})["a", "b"] == 1


def test_one_mention_is_enough_and_another_relation_is_not():
    known = {("a", "b"): 1, ("c", "d"): 0}
    pairs = [("a", "b"), ("a", "b"), ("c", "d"), ("x", "y")]
    said = at_least_one(known, pairs, torch.tensor([1, -1, 1, 0]))
    assert said == {("a", "b"): True, ("c", "d"): False}
