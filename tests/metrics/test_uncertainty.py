import numpy as np
import pytest
import torch
from scipy import stats

from helpers.metrics.uncertainty import bootstrap_interval, mean_and_interval


def test_bootstrap_agrees_with_scipy():
    values = torch.randn(80, generator=torch.Generator().manual_seed(0))
    mine = bootstrap_interval(values, repeats=4000)
    theirs = stats.bootstrap(
        (values.numpy(),), np.mean, n_resamples=4000, method="percentile", random_state=0
    ).confidence_interval
    assert mine == pytest.approx((theirs.low, theirs.high), abs=0.02)
    narrow = bootstrap_interval(values, confidence=0.5)
    assert narrow[1] - narrow[0] < 0.5 * (mine[1] - mine[0])


def test_interval_over_runs_agrees_with_scipy():
    runs = [0.91, 0.94, 0.9, 0.93, 0.97]
    mean, half = mean_and_interval(runs)
    low, high = stats.t.interval(0.95, 4, loc=np.mean(runs), scale=stats.sem(runs))
    assert (mean - half, mean + half) == pytest.approx((low, high), abs=1e-4)


def test_bad_arguments_are_one_sentence():
    with pytest.raises(ValueError, match="expected 2 to 11 runs, found 1"):
        mean_and_interval([0.9])
    with pytest.raises(ValueError, match="expected a number in"):
        bootstrap_interval(torch.ones(3), confidence=95)
