import random

import pytest

from helpers.models.ngram import NGram


def test_probabilities_sum_to_one_in_every_context():
    draws = random.Random(0)
    text = [draws.randrange(5) for _ in range(300)]
    model = NGram(3, vocabulary=6).fit(text)  # symbol 5 never occurs
    for context in [(), (1,), (1, 2), (5, 5), (2, 5)]:
        assert sum(model.probability(context, s) for s in range(6)) == pytest.approx(1)


def test_equal_to_witten_and_bell_by_hand():
    text = [0, 1, 0, 1, 1]
    model = NGram(2, vocabulary=3).fit(text)
    unigram = [(2 + 2 / 3) / 7, (3 + 2 / 3) / 7, (0 + 2 / 3) / 7]
    after_one = [(1 + 2 * unigram[0]) / 4, (1 + 2 * unigram[1]) / 4, 2 * unigram[2] / 4]
    assert [model.probability((1,), s) for s in range(3)] == pytest.approx(after_one)
    assert [model.probability((2,), s) for s in range(3)] == pytest.approx(unigram)


def test_bits_are_low_for_what_repeats_and_high_for_what_is_new():
    model = NGram(3, vocabulary=4).fit([0, 1, 2] * 50)
    known, strange = model.bits([0, 1, 2] * 5), model.bits([3, 3, 3])
    assert max(known[2:]) < 0.1
    assert min(strange) > 5
    with pytest.raises(ValueError, match="at least 1, found 0"):
        NGram(0, 4)
