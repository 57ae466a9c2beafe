import numpy as np
import pytest
import torch
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.metrics import uncertainty
from helpers.metrics.uncertainty import bootstrap_interval, mean_and_interval


def sample(n=80):
    return torch.randn(n, generator=torch.Generator().manual_seed(0))


def test_bootstrap_is_scipys():
    values = sample().double()
    for confidence in (0.5, 0.95):
        theirs = stats.bootstrap(
            (values.numpy(),), np.mean, method="percentile", rng=3, n_resamples=500,
            confidence_level=confidence,
        ).confidence_interval  # fmt: skip
        mine = bootstrap_interval(values, confidence=confidence, repeats=500, seed=3)
        assert mine == pytest.approx((theirs.low, theirs.high))
    assert bootstrap_interval(values, repeats=500) != mine


def test_the_interval_covers_as_often_as_it_says():
    g = torch.Generator().manual_seed(0)
    found = [
        bootstrap_interval(torch.randn(30, generator=g), confidence=0.8, repeats=200)
        for _ in range(150)
    ]
    assert np.mean([low < 0 < high for low, high in found]) == pytest.approx(0.8, abs=0.1)


def test_rows_stay_whole():
    """The difference of two columns that move together is certain; shuffled apart it is not."""
    both = torch.stack([sample(), sample() + 1], 1)
    gap = lambda rows: (rows[:, 1] - rows[:, 0]).mean()  # noqa: E731
    assert bootstrap_interval(both, gap, repeats=100) == pytest.approx((1, 1))
    apart = torch.stack([both[:, 0], both[:, 1].roll(1)], 1)
    low, high = bootstrap_interval(apart, gap, repeats=100)
    assert high - low > 0.1


def test_batches_of_draws_change_nothing(monkeypatch):
    whole = bootstrap_interval(sample(), repeats=300)
    monkeypatch.setattr(uncertainty, "BATCH", 1000)
    assert bootstrap_interval(sample(), repeats=300) == whole


@seed(0)
@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=60))
def test_interval_over_runs_is_scipys(values):
    mean, half = mean_and_interval(values)
    spread = stats.sem(values)
    if spread == 0:
        assert half == 0
        return
    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=spread)
    assert (mean - half, mean + half) == pytest.approx((low, high))
    assert half > stats.norm.ppf(0.975) * spread


def test_tensors_and_lists_of_tensors_are_runs():
    runs = torch.tensor([0.5, 0.75, 0.25])
    assert (
        mean_and_interval(runs)
        == mean_and_interval(list(runs))
        == mean_and_interval([0.5, 0.75, 0.25])
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: mean_and_interval([0.9]), r"two values or more, found shape \(1,\)"),
        (lambda: mean_and_interval([0.9, np.nan]), "finite numbers as values, found 1"),
        (lambda: bootstrap_interval(sample(), confidence=95), "confidence in .* found 95 and 2000"),
        (lambda: bootstrap_interval(sample(), repeats=0), "one repeat or more, found 0.95 and 0"),
        (lambda: bootstrap_interval(torch.ones(1)), "two values or more"),
        (lambda: bootstrap_interval(sample().log()), "finite numbers as values"),
        (lambda: bootstrap_interval(sample(), lambda v: v), r"one number, found shape \(80,\)"),
    ],
)
def test_bad_arguments_are_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_the_mean_two_thousand_draws_and_seed_nought_if_nothing_is_said():
    values = sample()
    asked = bootstrap_interval(values, torch.mean, confidence=0.95, repeats=2000, seed=0)
    assert bootstrap_interval(values) == asked
    for other in ({"confidence": 0.96}, {"repeats": 1999}, {"seed": 1}):
        assert bootstrap_interval(values, **other) != asked


def test_draws_take_little_memory_however_many(monkeypatch):
    import tracemalloc

    monkeypatch.setattr(uncertainty, "BATCH", 10_000)
    tracemalloc.start()
    bootstrap_interval(torch.arange(2000.0), repeats=400)
    assert tracemalloc.get_traced_memory()[1] < 3e6  # the row numbers of all draws: 6 MB
    tracemalloc.stop()


def test_one_draw_is_the_least():
    low, high = bootstrap_interval(sample(), repeats=1)
    assert low == high
    for repeats in (2.0, "9"):
        with pytest.raises(ValueError, match=f"one repeat or more, found 0.95 and {repeats}$"):
            bootstrap_interval(sample(), repeats=repeats)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 1.5])
def test_a_confidence_lies_between_nothing_and_certainty(confidence):
    with pytest.raises(ValueError, match=rf"confidence in \(0, 1\) .* found {confidence} and 2000"):
        bootstrap_interval(sample(), confidence=confidence)
