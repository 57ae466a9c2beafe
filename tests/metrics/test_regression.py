import pytest
import torch
from sklearn import metrics

from helpers.metrics.regression import mae, r2, rmse


def case():
    g = torch.Generator().manual_seed(0)
    target = torch.randn(40, generator=g)
    return target + 0.5 * torch.randn(40, generator=g), target


def test_scores_agree_with_scikit_learn():
    guess, target = case()
    assert float(rmse(guess, target)) == pytest.approx(
        metrics.root_mean_squared_error(target, guess)
    )
    assert float(mae(guess, target)) == pytest.approx(metrics.mean_absolute_error(target, guess))
    assert float(r2(guess, target)) == pytest.approx(metrics.r2_score(target, guess), rel=1e-5)


def test_r2_is_not_symmetric():
    guess, target = case()
    assert float(r2(guess, target)) != pytest.approx(float(r2(target, guess)), abs=1e-3)


@pytest.mark.parametrize("score", [rmse, mae, r2])
def test_a_column_against_a_row_is_refused(score):
    guess, target = case()
    with pytest.raises(ValueError, match=r"one shape, found \(40, 1\) and \(40,\)"):
        score(guess[:, None], target)


def test_a_constant_target_has_no_r2():
    with pytest.raises(ValueError, match="a target that varies, found only 2"):
        r2(torch.rand(3), torch.full((3,), 2.0))
