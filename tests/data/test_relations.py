"""ChemProt's five relations: counts, marks, and a split by sentence."""

import re

import pytest
import torch

from helpers.data.readers import chemprot
from helpers.data.relations import (
    RELATIONS,
    between,
    five_relations,
    pair_of,
    sentence,
    spans,
    stated,
)

TEXT = "We saw that << Aspirin >> blocks [[ COX (1) ]] in mice."


def test_joined_relations_agree_with_the_thirteen():
    data, source = five_relations(), chemprot()
    of = {fine: name for name, fines in RELATIONS.items() for fine in fines}
    assert sorted(of) == sorted(source.classes)
    assert [data.classes[k] for k in data.y.tolist()] == [
        of[source.classes[k]] for k in source.y.tolist()
    ]
    assert len(data.text) == 10_065


def test_no_sentence_stands_in_training_and_test():
    data = five_relations()
    kept = set(data.groups[data.train].tolist())
    assert not kept & set(data.groups[data.test].tolist())
    assert not kept & set(data.groups[data.valid].tolist())
    all_of_it = set(data.groups[chemprot().train].tolist())
    assert all_of_it & set(data.groups[data.test].tolist())


def test_marks_agree_with_a_regular_expression():
    for text in five_relations().text[::50]:
        assert len(spans(text)) == 2
        plain = re.sub(r"(<< | >>|\[\[ | \]\](?!\]))", "", text)
        assert sentence(text) == re.sub(r"\s", "", plain)
        assert all(name in plain.lower() for name in pair_of(text))


def test_the_names_are_left_out_and_their_order_does_not_matter():
    assert pair_of(TEXT) == ("aspirin", "cox (1)")
    assert "spirin" not in between(TEXT)
    assert between(TEXT, reach=0).strip() == "blocks"
    with pytest.raises(ValueError, match="expected two marked names, found 1"):
        spans("<< a >> alone")


def test_each_sentence_is_stated_once():
    data = five_relations()
    rows = data.valid[:200]
    sentences, relations = stated(data, rows)
    assert len(sentences) == len(data.groups[rows].unique()) == len(relations)
    pairs = {(int(data.groups[k]), pair_of(data.text[k])) for k in rows.tolist()}
    assert sum(map(len, relations)) == len(pairs)
    assert not any("<<" in text for text in sentences)
    assert torch.is_tensor(rows)


def test_what_stands_between_and_around_two_names():
    text = "0123456789abcdefghijklmnopq << A >> binds [[ B ]] 0123456789abcdefghijklmnopq"
    assert between(text) == text[8:28] + "  binds  " + text[49:69]
    assert between(text, reach=3) == text[25:28] + "  binds  " + text[49:52]
    assert between("<< A >> binds [[ B ]]") == "  binds  "
    assert spans(text) == [(28, 35), (42, 49)]
    with pytest.raises(ValueError) as caught:
        spans("<< a >> " + "x" * 80)
    assert (
        str(caught.value)
        == f"spans: expected two marked names, found 1 in {('<< a >> ' + 'x' * 52)!r}"
    )
    assert pair_of("[[ B ]] and << a >>") == ("a", "b")
    assert sentence("We << a >>  saw\n[[ B (c) ]].") == "WeasawB(c)."


def test_the_first_row_of_a_pair_is_the_one_that_is_stated():
    class Data:
        text = ["<< A >> x [[ B ]]", "[[ A ]] x << B >>", "<< C >> y [[ D ]]"]
        y, groups = torch.tensor([3, 1, 0]), torch.tensor([5, 5, 7])

    assert stated(Data, torch.arange(3)) == (["a x b", "c y d"], [{("a", "b"): 3}, {("c", "d"): 0}])


def test_training_loses_only_what_is_tested():
    data, source = five_relations(), chemprot()
    tested = set(data.groups[source.test].tolist())
    expected = [row for row in source.train.tolist() if int(data.groups[row]) not in tested]
    assert data.train.tolist() == expected
    assert torch.equal(data.valid, source.valid)
    assert data.classes == ["activates", "inhibits", "agonist", "antagonist", "converted"]
    assert data.groups[0] == 0
