"""Distant supervision agrees with a regular expression and with counting by hand."""

import re

import pytest
import torch

from helpers.methods.distant import at_least_one, knowledge, matches, stands_in

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


def test_one_mention_is_enough_and_another_relation_is_not():
    known = {("a", "b"): 1, ("c", "d"): 0}
    pairs = [("a", "b"), ("a", "b"), ("c", "d"), ("x", "y")]
    said = at_least_one(known, pairs, torch.tensor([1, -1, 1, 0]))
    assert said == {("a", "b"): True, ("c", "d"): False}
