"""Equal to scikit-learn, or refused in one sentence: generated shapes, types and values."""

import numpy as np
import pytest
import torch
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from sklearn import metrics

from helpers.metrics.classification import accuracy, balanced_accuracy, confusion_matrix, roc_auc

INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
SCORES = {
    "accuracy": (accuracy, metrics.accuracy_score),
    "balanced_accuracy": (balanced_accuracy, lambda t, p: recall_by_class(t, p).mean()),
}


def recall_by_class(true, guess):
    return np.array([(guess[true == k] == k).mean() for k in np.unique(true)])


def drawn(seed, n, classes, kind=torch.float32):
    g = torch.Generator().manual_seed(seed)
    target = torch.randint(0, classes, (n,), generator=g)
    scores = torch.randn(n, classes, generator=g).round(decimals=1).to(kind)
    return scores, target


cases = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10**6),
        "n": st.integers(1, 40),
        "classes": st.integers(2, 30),
        "kind": st.sampled_from(FLOATS),
    }
)


@pytest.mark.parametrize("name", SCORES)
@seed(0)
@settings(max_examples=40, deadline=None)
@given(case=cases, whole=st.sampled_from(INTEGERS), ignore=st.sampled_from([None, -100, 255]))
def test_shares_equal_scikit_learns_or_counting(name, case, whole, ignore):
    ours, theirs = SCORES[name]
    scores, target = drawn(**case)
    guess, true = scores.double().argmax(1), target.numpy()
    expected = pytest.approx(float(theirs(true, guess.numpy())))
    assert float(ours(scores, target.to(whole))) == expected
    assert float(ours(guess.to(whole), target)) == expected
    if ignore is not None:
        more = torch.cat([target, torch.full((7,), ignore)])
        assert float(ours(torch.cat([guess, guess[:1].expand(7)]), more, ignore=ignore)) == expected


@seed(0)
@settings(max_examples=40, deadline=None)
@given(case=cases, whole=st.sampled_from(INTEGERS), spare=st.integers(0, 3))
def test_confusion_equals_scikit_learns_in_every_integer_type(case, whole, spare):
    scores, target = drawn(**case)
    classes = case["classes"]
    expected = metrics.confusion_matrix(target, scores.double().argmax(1), labels=range(classes))
    assert (confusion_matrix(scores, target.to(whole), classes).numpy() == expected).all()
    found = confusion_matrix(scores.double().argmax(1).to(whole), target.to(whole), classes + spare)
    assert found.sum() == case["n"]
    assert (found[:classes, :classes].numpy() == expected).all()
    swapped = confusion_matrix(target, scores.double().argmax(1), classes)
    assert torch.equal(swapped, torch.from_numpy(expected.T))


@seed(0)
@settings(max_examples=60, deadline=None)
@given(case=cases, whole=st.sampled_from(INTEGERS))
def test_auc_equals_scikit_learns_for_one_column_and_for_two(case, whole):
    scores, target = drawn(**case | {"classes": 2, "n": case["n"] + 2})
    target[:2] = torch.tensor([0, 1])
    wide = scores.double()
    expected = metrics.roc_auc_score(target, wide[:, 1] - wide[:, 0])
    assert float(roc_auc(scores, target.to(whole))) == pytest.approx(expected)
    one = metrics.roc_auc_score(target, wide[:, 1])
    assert float(roc_auc(scores[:, 1], target)) == pytest.approx(one)
    assert float(roc_auc(-scores[:, 1], target)) == pytest.approx(1 - one)
    p = scores.float().softmax(1)
    expected = metrics.roc_auc_score(target, p[:, 1])
    assert float(roc_auc(p, target)) == pytest.approx(expected)


def test_two_columns_of_softmax_are_not_half():
    """Broadcasting (N, 2) against (N, 2) had made every score .5."""
    target = torch.arange(40) % 2
    sure = torch.stack([1 - target.float(), target.float()], 1) * 8
    assert float(roc_auc(sure.softmax(1), target)) == 1
    assert float(roc_auc(sure.flip(1).softmax(1), target)) == 0


def test_saturated_probabilities_keep_their_order():
    p = torch.tensor([1e-20, 1e-18, 1e-25, 1e-12])
    assert float(roc_auc(torch.stack([1 - p, p], 1), torch.tensor([0, 1, 0, 1]))) == 1


def test_unsigned_scores_do_not_wrap():
    score, target = torch.tensor([0, 200, 100, 255], dtype=torch.uint8), [0, 1, 0, 1]
    assert float(roc_auc(score, target)) == 1


def test_thirty_thousand_rows_take_little_memory():
    g = torch.Generator().manual_seed(0)
    score, target = torch.randn(30_000, generator=g), torch.arange(30_000) % 2
    expected = metrics.roc_auc_score(target, score)
    import tracemalloc

    tracemalloc.start()
    assert float(roc_auc(score, target)) == pytest.approx(expected)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


def test_scores_of_pixels_and_lists_are_read_alike():
    g = torch.Generator().manual_seed(0)
    scores, target = torch.randn(2, 3, 4, 5, generator=g), torch.randint(3, (2, 4, 5), generator=g)
    expected = metrics.accuracy_score(target.flatten(), scores.argmax(1).flatten())
    assert float(accuracy(scores, target)) == pytest.approx(expected)
    assert float(accuracy(scores.argmax(1).tolist(), target.numpy())) == pytest.approx(expected)
    assert float(roc_auc([0.1, 0.1 + 1e-12], [0, 1])) == 1  # lists keep double precision


def test_balance_matters():
    target, guess = torch.tensor([0] * 9 + [1]), torch.zeros(10, dtype=torch.long)
    assert float(accuracy(guess, target)) == 0.9
    assert float(balanced_accuracy(guess, target)) == 0.5


SIX = torch.tensor([0, 1, 1, 0, 2, 1])
BAD = {
    "a column of targets": (torch.randn(6, 3), SIX[:, None], r"target's \(6, 1\), or at least two"),
    "one score each": (torch.randn(6, 1), SIX, r"two scores for each, found \(6, 1\)"),
    "other rows": (SIX[:5], SIX, r"target's \(6,\), or .* found \(5,\)"),
    "scores as classes": (torch.rand(6), SIX, "whole class numbers as prediction, found torch.fl"),
    "regression targets": (SIX, SIX.float(), "whole class numbers as target, found torch.float32"),
    "NaN": (torch.full((6, 3), torch.nan), SIX, "no NaN as scores, found 18"),
    "complex": (SIX, SIX.to(torch.complex64), "real numbers as target"),
    "an unnamed label": (SIX, SIX - 100, r"0 or more as target, found -100; a label .* ignore="),
    "a class without score": (torch.randn(6, 2), SIX, "0 to 1 as target, found 2"),
    "no example": (SIX[:0], SIX[:0], "at least one example that counts, found none"),
    "words": (["cat"] * 6, SIX, "numbers as prediction, found"),
}


@pytest.mark.parametrize("score", [accuracy, balanced_accuracy])
@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_scored_is_one_sentence(case, score):
    prediction, target, sentence = BAD[case]
    with pytest.raises(ValueError, match=f"{score.__name__}: expected .*{sentence}"):
        score(prediction, target)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: confusion_matrix([3, 0, 1], [0, 0, 1], 3), "0 to 2 as prediction, found 3"),
        (lambda: confusion_matrix([0, 0, 1], [0, 0, 3], 3), "0 to 2 as target, found 3; a label"),
        (lambda: confusion_matrix(torch.randn(3, 4), [0, 0, 1], 3), "expected 3 scores, found 4"),
        (lambda: confusion_matrix([0], [255], 3, ignore=255), "at least one example .* none"),
        (lambda: roc_auc(torch.rand(3), torch.ones(3).long()), r"both classes 0 and 1 .* \[1\]"),
        (lambda: roc_auc(torch.rand(3), torch.tensor([0, 1, 2])), r"found \[0, 1, 2\]"),
        (lambda: roc_auc(torch.rand(3, 1), [0, 1, 1]), r"\(N,\) or \(N, 2\) .* found \(3, 1\)"),
        (lambda: roc_auc(torch.rand(3, 3), [0, 1, 1]), r"found \(3, 3\) and \(3,\)"),
        (lambda: roc_auc([0.1, torch.nan, 0.2], [0, 1, 1]), "finite numbers as score, found 1"),
        (lambda: roc_auc([0.1, torch.inf, 0.2], [0, 1, 1]), "finite numbers as score, found 1"),
    ],
)
def test_errors_say_what_was_expected(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_a_forbidden_class_may_have_minus_infinity():
    scores = torch.tensor([[-torch.inf, 0.0], [1.0, -torch.inf]])
    assert float(accuracy(scores, torch.tensor([1, 1]))) == 0.5
