"""A temperature and a margin, from rows that training has not seen."""

import math

import pytest
import torch

from helpers.methods.calibrate import margin, temperature


def test_the_temperature_undoes_a_factor():
    g = torch.Generator().manual_seed(0)
    true = 2 * torch.randn(20000, generator=g)
    y = (torch.rand(20000, generator=g) < true.sigmoid()).long()
    assert temperature(true, y) == pytest.approx(1, abs=0.05)
    assert temperature(5 * true, y) == pytest.approx(5, rel=0.05)
    assert temperature(0.2 * true, y) == pytest.approx(0.2, rel=0.05)


def test_the_temperature_is_scikit_learn_s():
    import numpy as np
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator
    from sklearn.linear_model import LogisticRegression

    g = torch.Generator().manual_seed(1)
    x = torch.randn(300, 4, generator=g)
    y = (x[:, 0] + torch.randn(300, generator=g) > 0).long()
    model = LogisticRegression(C=1e4).fit(x[:40], y[:40])
    scaled = CalibratedClassifierCV(FrozenEstimator(model), method="temperature")
    theirs = scaled.fit(x[40:], y[40:]).predict_proba(x[40:])[:, 1]
    score = torch.from_numpy(model.decision_function(x[40:]))
    ours = (score / temperature(score, y[40:])).sigmoid().numpy()
    assert np.abs(ours - theirs).max() < 1e-4


def test_the_margin_is_the_rank_of_the_proof():
    errors = torch.arange(1.0, 101.0)
    assert margin(errors, 0.9) == 91  # ceil(101 * 0.9)
    assert margin(errors.flip(0), 0.5) == 51
    assert margin(errors[:18], 0.95) == math.inf
    assert margin(errors[:19], 0.95) == 19


def test_the_margin_covers_as_the_proof_says():
    g = torch.Generator().manual_seed(0)
    draws = torch.randn(4000, 20, generator=g).abs().double()
    held = torch.tensor([margin(row[:19], 0.8) for row in draws]).double()
    assert float((draws[:, 19] <= held).double().mean()) == pytest.approx(0.8, abs=0.02)
    assert float((2 * draws[:, 19] <= held).double().mean()) < 0.6  # not exchangeable


def test_errors_say_what_was_found():
    with pytest.raises(ValueError, match="expected one finite score a row"):
        temperature(torch.tensor([math.inf]), torch.tensor([1]))
    for errors, confidence in (([], 0.9), ([1.0], 1.0), ([-1.0], 0.9)):
        with pytest.raises(ValueError, match="expected absolute errors and a confidence"):
            margin(torch.tensor(errors), confidence)


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 1.1])
def test_a_confidence_lies_between_nothing_and_certainty(confidence):
    with pytest.raises(ValueError, match=f"found 3 errors and {confidence}"):
        margin(torch.ones(3), confidence)
    assert margin(torch.tensor([0.0]), 0.5) == 0
    assert margin(torch.ones(3)) == margin(torch.ones(3), 0.9) == math.inf
    errors = torch.arange(1.0, 10)
    assert (margin(errors), margin(errors, 0.5), margin(errors, 0.89)) == (9, 5, 9)
    assert margin(errors[:8]) == math.inf


def test_temperatures_reach_from_a_hundredth_to_a_thousand():
    y = torch.tensor([0.0, 1, 0, 1, 0, 1, 1, 0, 1, 0])
    score = torch.tensor([-1.0, 1, -1, 1, 1, -1, 1, -1, 1, -1])  # eight of ten right
    usual = 1 / math.log(4)
    for factor in (0.02, 1.0, 500.0):
        assert temperature(factor * score, y) == pytest.approx(factor * usual, rel=1e-3)
    sure = temperature(torch.tensor([-1.0, 1.0]), torch.tensor([0.0, 1.0]))
    assert sure == pytest.approx(math.exp(-5), rel=0.01)
    chance = temperature(torch.tensor([-1.0, -1.0]), torch.tensor([0.0, 1.0]))
    assert chance == pytest.approx(math.exp(7), rel=0.01)
