"""Bins and the calibration error, against torchmetrics."""

import pytest
import torch
from torchmetrics.functional.classification import binary_calibration_error

from helpers.metrics.calibration import calibration_error, reliability


def draw(n=500, seed=0):
    g = torch.Generator().manual_seed(seed)
    p = torch.rand(n, generator=g)
    return p, (torch.rand(n, generator=g) < p).long()


@pytest.mark.parametrize("bins", [1, 5, 15])
def test_the_error_is_torchmetrics(bins):
    for seed in range(3):
        p, y = draw(seed=seed)
        theirs = binary_calibration_error(p, y, n_bins=bins)
        assert float(calibration_error(p, y, bins)) == pytest.approx(float(theirs), abs=1e-6)


def test_ten_bins_are_made_if_nothing_is_said():
    p, y = draw()
    assert len(reliability(p, y)[0]) == 10
    assert calibration_error(p, y) == calibration_error(p, y, 10) != calibration_error(p, y, 11)


def test_said_and_seen_average_to_the_whole():
    p, y = draw()
    said, seen, share = reliability(p, y)
    assert float(share.sum()) == pytest.approx(1)
    assert float((share * said).sum()) == pytest.approx(float(p.double().mean()))
    assert float((share * seen).sum()) == pytest.approx(float(y.double().mean()))


def test_true_probabilities_are_better_calibrated_than_bold_ones():
    p, y = draw(20000)
    bold = (4 * p.logit()).sigmoid()
    assert float(calibration_error(p, y)) < 0.02
    assert float(calibration_error(bold, y)) > 0.1


def test_edges_and_empty_bins():
    said, seen, share = reliability(torch.tensor([0.0, 1.0]), torch.tensor([1, 0]), 10)
    assert said.tolist() == [0, 1]
    assert seen.tolist() == [1, 0]
    assert share.tolist() == [0.5, 0.5]


def test_errors_say_what_was_found():
    with pytest.raises(ValueError, match="found 0.5 to 2 and 10"):
        reliability(torch.tensor([0.5, 2.0]), torch.tensor([0, 1]))
    with pytest.raises(ValueError, match="one bin or more"):
        reliability(torch.tensor([0.5, 0.6]), torch.tensor([0, 1]), 0)


@pytest.mark.parametrize(("low", "high"), [(-0.01, 0.5), (0.5, 1.01)])
def test_what_is_no_probability_is_refused_at_both_ends(low, high):
    sentence = f"^reliability: expected probabilities in 0..1 .* found {low:g} to {high:g} and 10$"
    with pytest.raises(ValueError, match=sentence):
        calibration_error(torch.tensor([low, high], dtype=torch.float64), torch.tensor([0, 1]))


def test_a_probability_on_a_border_belongs_to_the_bin_below():
    p = torch.tensor([0.25, 0.5, 0.75, 1.0], dtype=torch.float64)
    said, _, share = reliability(p, torch.tensor([0, 1, 0, 1]), 2)
    assert said.tolist() == [0.375, 0.875]
    assert share.tolist() == [0.5, 0.5]
