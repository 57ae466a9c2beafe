import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer

from helpers.data.cited import DataUnavailable
from helpers.data.words import BEGIN, OTHER, TOGETHER, WORD, Vocabulary, abstracts

TEXTS = ["The cell (2 cells) grows.", "A gene, the gene: 12 of 20!"]


def test_words_are_counted_as_scikit_learn_counts_them():
    known = CountVectorizer(token_pattern=WORD.pattern).fit(TEXTS)
    expected = {"0" if word.isdecimal() else word for word in known.get_feature_names_out()}
    assert set(Vocabulary.of(TEXTS, 100).words) == expected
    assert set(Vocabulary.of(TEXTS, 3).words) == {"the", "0", "gene"}  # 2, 3 and 2 times


def test_a_text_begins_and_unknown_words_are_one():
    known = Vocabulary.of(["gene gene cell"], 1)
    assert known.encode("cell GENE 7").tolist() == [BEGIN, OTHER, 3, OTHER]
    assert known.encode("").tolist() == [BEGIN]
    assert len(known) == 4


def test_rows_are_cut_and_filled_up_and_a_stream_joins_them():
    known = Vocabulary.of(TEXTS, 100)
    rows = known.rows(TEXTS, 4)
    assert rows.shape == (2, 4)
    assert known.rows(TEXTS, 40)[0].tolist() == known.encode(TEXTS[0]).tolist() + [0] * 31
    assert known.stream(TEXTS).tolist() == [k for t in TEXTS for k in known.encode(t).tolist()]


def test_shuffling_keeps_the_words_of_each_text_and_loses_their_order():
    known = Vocabulary.of(TEXTS, 100)
    plain, mixed = known.stream(TEXTS), known.stream(TEXTS, shuffled=True)
    assert not torch.equal(plain, mixed)
    first = len(known.encode(TEXTS[0]))
    for part in (slice(0, first), slice(first, None)):
        assert mixed[part][0] == BEGIN
        assert torch.equal(plain[part].sort().values, mixed[part].sort().values)
    assert torch.equal(mixed, known.stream(TEXTS, shuffled=True))


def test_words_of_a_long_text_are_shuffled_within_stretches():
    names = ["".join(chr(97 + k // 26**p % 26) for p in (2, 1, 0)) for k in range(450)]
    known = Vocabulary.of([" ".join(names)], 450)
    plain = known.encode(" ".join(names))[1:]
    mixed = known.stream([" ".join(names), ""], shuffled=True)
    assert mixed[0] == BEGIN
    assert mixed[451:].tolist() == [BEGIN]
    for a, b in zip(plain.split(TOGETHER), mixed[1:451].split(TOGETHER)):
        assert set(a.tolist()) == set(b.tolist())
        assert not torch.equal(a, b)


def test_abstracts_are_prose_without_labels():
    try:
        found = abstracts()
    except DataUnavailable:
        pytest.skip("the cited abstracts are neither cached nor can be fetched")
    assert len(found) == 1503
    assert found[0].startswith("Naloxone reverses the antihypertensive effect of clonidine .")
    assert not any("I-Entity" in text or "B-Disease" in text for text in found)
