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
