import math
import random

import pytest

from helpers.models.ngram import KneserNey, NGram, discount


@pytest.mark.parametrize("kind", [NGram, KneserNey])
def test_probabilities_sum_to_one_in_every_context(kind):
    draws = random.Random(0)
    text = [draws.randrange(5) for _ in range(300)]
    model = kind(3, vocabulary=6).fit(text)  # symbol 5 never occurs
    for context in [(), (1,), (1, 2), (5, 5), (2, 5)]:
        assert sum(model.probability(context, s) for s in range(6)) == pytest.approx(1)


def test_equal_to_witten_and_bell_by_hand():
    text = [0, 1, 0, 1, 1]
    model = NGram(2, vocabulary=3).fit(text)
    unigram = [(2 + 2 / 3) / 7, (3 + 2 / 3) / 7, (0 + 2 / 3) / 7]
    after_one = [(1 + 2 * unigram[0]) / 4, (1 + 2 * unigram[1]) / 4, 2 * unigram[2] / 4]
    assert [model.probability((1,), s) for s in range(3)] == pytest.approx(after_one)
    assert [model.probability((2,), s) for s in range(3)] == pytest.approx(unigram)


def test_equal_to_kneser_and_ney_by_hand():
    model = KneserNey(2, vocabulary=3).fit([0, 1, 0, 1, 1])
    # pairs: 01 twice, 10 once, 11 once; so D = 2 / (2 + 2 * 1), and 0 follows one symbol, 1 two
    assert model.discounts == [1 / (1 + 2), 0.5]
    lower = [(n - 1 / 3 + 2 / 9) / 3 for n in (1, 2)] + [2 / 9 / 3]
    after_one = [(0.5 + 0.5 * 2 * lower[0]) / 2, (0.5 + lower[1]) / 2, lower[2] / 2]
    assert [model.probability((1,), s) for s in range(3)] == pytest.approx(after_one)
    assert [model.probability((2,), s) for s in range(3)] == pytest.approx(lower)


def test_what_follows_one_word_only_is_not_believed_to_follow_everywhere():
    """Kneser and Ney's example: "Francisco" is frequent, but only after "San"."""
    text = ["san", "francisco"] * 20 + ["the", "bay", "a", "bay", "one", "bay", "old", "bay"]
    kneser_ney, plain = (kind(2, 9).fit(text) for kind in (KneserNey, NGram))
    unseen = ("francisco",)  # after a context in which neither was seen
    assert kneser_ney.probability(("new",), "bay") > kneser_ney.probability(("new",), *unseen)
    assert plain.probability(("new",), "bay") < plain.probability(("new",), *unseen)


@pytest.mark.parametrize("kind", [NGram, KneserNey])
def test_bits_are_low_for_what_repeats_and_high_for_what_is_new(kind):
    model = kind(3, vocabulary=4).fit([0, 1, 2] * 50)
    known, strange = model.bits([0, 1, 2] * 5), model.bits([3, 3, 3])
    assert max(known[2:]) < 0.1
    assert min(strange) > (5 if kind is NGram else 1.99)
    with pytest.raises(ValueError, match="at least 1, found 0"):
        kind(0, 4)


def test_a_count_of_one_only_is_taken_by_half():
    assert discount({(): {1: 5, 2: 4}}) == 0.5
    assert discount({(): {1: 1, 2: 1, 3: 2, 4: 3}}) == 2 / 4
    assert discount({(): {1: 1, 2: 3, 3: 3}}) == 1


def test_an_order_of_one_knows_no_context_and_shorter_contexts_are_used():
    text = [0, 1, 0, 1, 1, 2]
    for kind in (NGram, KneserNey):
        one = kind(1, 4).fit(text)
        assert one.probability((0,), 1) == one.probability((), 1) == one.probability((2, 2), 1)
        two = kind(3, 4).fit(text)
        assert two.probability((3, 1), 2) == two.probability((1,), 2)
    plain = NGram(3, 4).fit(text)
    bits = plain.bits([0, 1, 2, 0])
    wanted = [((), 0), ((0,), 1), ((0, 1), 2), ((1, 2), 0)]
    assert bits == pytest.approx([-math.log2(plain.probability(*pair)) for pair in wanted])
    assert NGram(1, 4).order == 1


def test_trigrams_of_kneser_and_ney_by_hand():
    model = KneserNey(3, vocabulary=3).fit([0, 1, 0, 1, 1, 0])
    # triples 010 101 011 110, once each; they continue the pairs 10, 01, 11
    assert {key: dict(value) for key, value in model.counts[2].items()} == {
        (0, 1): {0: 1, 1: 1}, (1, 0): {1: 1}, (1, 1): {0: 1},
    }  # fmt: skip
    assert {key: dict(value) for key, value in model.counts[1].items()} == {
        (1,): {0: 2, 1: 1}, (0,): {1: 1},
    }  # fmt: skip
    assert dict(model.counts[0][()]) == {0: 1, 1: 2}
    assert model.discounts == [1 / 3, 2 / 4, 1]
