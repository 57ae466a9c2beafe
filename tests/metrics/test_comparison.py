import math

import numpy as np
import pytest
from scipy import stats

from helpers.metrics.comparison import Difference, difference, mean_interval

A = np.random.default_rng(0).normal(0.8, 0.05, 12)
B = A - 0.02 + np.random.default_rng(1).normal(0, 0.01, 12)


def test_the_paired_interval_is_scipys_paired_t_test():
    expected = stats.ttest_rel(A, B).confidence_interval(0.95)
    found = difference(A, B)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    unpaired = stats.ttest_ind(A, B).confidence_interval(0.95)
    assert unpaired.high - unpaired.low > 3 * (found.high - found.low)


def test_three_values_by_hand():
    # mean 2, standard deviation 1, Student's point for two degrees of freedom 4.302653
    found = mean_interval([1, 2, 3])
    assert found.mean == 2
    assert found.high - 2 == pytest.approx(4.302653 / math.sqrt(3), abs=1e-6)


def test_resplit_is_nadeau_and_bengios_formula():
    share, n = 0.3 / 0.7, len(A)
    variance = (1 / n + share) * np.var(A - B, ddof=1)
    half = stats.t.ppf(0.975, n - 1) * math.sqrt(variance)
    found = difference(A, B, "resplit", share=share)
    assert found.high - found.mean == pytest.approx(half, rel=1e-12)
    assert half > 2 * (difference(A, B).high - found.mean)


def test_bootstrap_is_scipys_bca_and_close_to_the_normal_interval_for_many_units():
    units = np.random.default_rng(2).normal(1, 1, 4000)
    found = mean_interval(units, "bootstrap")
    half = 1.96 / math.sqrt(len(units))
    assert found.high - found.mean == pytest.approx(half, rel=0.06)
    skewed = np.random.default_rng(3).exponential(1, 30)
    found = mean_interval(skewed, "bootstrap")
    assert found.high - found.mean > 1.1 * (found.mean - found.low)  # a symmetric one could not


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    covered = [(i := mean_interval(rng.normal(size=5))).low <= 0 <= i.high for _ in range(2000)]
    assert 0.935 <= np.mean(covered) <= 0.965


def test_lower_is_better_turns_the_sign_and_wins_count_pairs():
    errors = difference([1.0, 2.0, 3.0], [2.0, 2.0, 5.0], better="lower")
    assert errors.mean == 1
    assert (errors.wins, errors.ties, errors.n) == (2, 1, 3)
    assert difference([1.0, 2.0, 3.0], [2.0, 2.0, 5.0]).mean == -1


@pytest.mark.parametrize(
    ("low", "high", "margin", "said"),
    [(0.01, 0.03, 0, "gains"), (-0.03, -0.01, 0, "loses"), (-0.01, 0.01, 0, "open")]
    + [(-0.01, 0.01, 0.02, "level"), (0.01, 0.03, 0.05, "level"), (0.0, 0.02, 0, "open")],
)
def test_what_an_interval_allows_to_say(low, high, margin, said):
    assert Difference((low + high) / 2, low, high, 1, 0, 2).says(margin) == said


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: mean_interval([1.0]), "at least 2 scores, found 1"),
        (lambda: mean_interval([1.0, math.nan]), "finite scores, found nan"),
        (lambda: mean_interval([1, 2], "z"), "how='z'"),
        (lambda: mean_interval([1, 2], "resplit"), "share="),
        (lambda: mean_interval([1, 2], share=0.5), "share="),
        (lambda: difference([1, 2], [1, 2, 3]), "found 2 and 3"),
        (lambda: difference([1, 2], [1, 2], better="more"), "better='more'"),
    ],
)
def test_errors_say_what_is_wrong(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_equal_scores_have_an_interval_of_no_width():
    for how in ("t", "bootstrap"):
        assert difference([0.5, 0.7], [0.4, 0.6], how).low == pytest.approx(0.1)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_the_bootstrap_is_scipys_with_the_confidence_and_the_seed_that_are_asked(confidence):
    theirs = stats.bootstrap(
        (A - B,), np.mean, n_resamples=4999, method="BCa", rng=np.random.default_rng(3),
        confidence_level=confidence,
    ).confidence_interval  # fmt: skip
    found = difference(A, B, "bootstrap", confidence=confidence, seed=3)
    assert (found.low, found.high) == (theirs.low, theirs.high)
    assert mean_interval(A - B, "bootstrap", confidence=confidence, seed=3).low == found.low
    assert difference(A, B, "bootstrap", confidence=confidence).low != found.low


def test_ninety_five_percent_and_seed_nought_if_nothing_is_said():
    for how in ("t", "bootstrap"):
        asked = difference(A, B, how, confidence=0.95, seed=0)
        assert difference(A, B, how) == asked
        assert mean_interval(A - B, how) == mean_interval(A - B, how, confidence=0.95, seed=0)
        assert asked.high > difference(A, B, how, confidence=0.9).high
    found = difference(A, B, "resplit", share=0.5, confidence=0.8)
    half = stats.t.ppf(0.9, 11) * math.sqrt((1 / 12 + 0.5) * np.var(A - B, ddof=1))
    assert found.high - found.mean == pytest.approx(half, rel=1e-12)


def test_many_units_take_little_memory():
    import tracemalloc

    units = np.arange(2000.0)
    tracemalloc.start()
    mean_interval(units, "bootstrap")
    assert tracemalloc.get_traced_memory()[1] < 60e6  # all resamples at once: 160 MB
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("low", "high", "margin", "said"),
    [(-0.02, 0.0, 0, "open"), (0.0, 0.0, 0, "level"), (-0.02, 0.02, 0.02, "level")]
    + [(-0.021, 0.02, 0.02, "open"), (-0.02, 0.021, 0.02, "open"), (0.01, 0.03, 0.02, "gains")]
    + [(-0.03, -0.01, 0.02, "loses")],
)
def test_bounds_that_an_interval_just_touches(low, high, margin, said):
    assert Difference((low + high) / 2, low, high, 1, 0, 2).says(margin) == said


@pytest.mark.parametrize("values", [["a", "b"], [[1.0, 2.0], [3.0, 4.0]], 3.0, [None, 1.0]])
def test_what_is_no_row_of_numbers_is_one_sentence(values):
    for call in (lambda: mean_interval(values), lambda: difference([1.0, 2.0], values)):
        with pytest.raises(ValueError, match="^expected scores, one number each, found") as caught:
            call()
        assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", ["confidence", "share"])
@pytest.mark.parametrize("value", [0, -0.5, "0.5", math.nan, math.inf])
def test_shares_and_confidence_have_limits_that_do_not_belong_to_them(name, value):
    high = 1 if name == "confidence" else math.inf
    sentence = f"^{name} must be a number between 0 and {high}, found {value!r}$"
    given = {"share": 0.5} | {name: value}
    with pytest.raises(ValueError, match=sentence):
        mean_interval([1.0, 2.0], "resplit", **given)
    with pytest.raises(ValueError, match="^confidence must .* 0 and 1, found 1$"):
        mean_interval([1.0, 2.0], confidence=1)


def test_a_share_may_exceed_one():
    assert mean_interval([1.0, 2.0], "resplit", share=2).high > 2
