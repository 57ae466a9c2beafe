import pytest
import torch
from sklearn.linear_model import Lasso, LogisticRegression, Ridge

from helpers.models.linear_models import lasso, leave_one_out, logistic, ridge, soft_threshold


@pytest.fixture
def table():
    draws = torch.Generator().manual_seed(0)
    x = torch.randn(30, 4, generator=draws, dtype=torch.float64)
    x[:, 3] = x[:, 2] + 0.1 * x[:, 3]  # two columns that vary together
    return x, x @ torch.tensor([2.0, 0, 1, 0]).double() + 5 + torch.randn(30, generator=draws)


@pytest.mark.parametrize("penalty", [0.5, 20.0])
def test_ridge_equals_scikit_learn(table, penalty):
    x, y = table
    theirs = Ridge(penalty).fit(x, y)
    assert torch.allclose(ridge(x, y, penalty).weights, torch.from_numpy(theirs.coef_))
    assert ridge(x, y, penalty).intercept.item() == pytest.approx(theirs.intercept_)


def test_a_penalty_shrinks_weights_and_never_the_intercept(table):
    x, y = table
    lines = [ridge(x, y, penalty) for penalty in (0.0, 10.0, 1e9)]
    norms = [line.weights.norm() for line in lines]
    assert norms[0] > norms[1] > norms[2]
    assert lines[2].intercept.item() == pytest.approx(y.mean().item(), rel=1e-4)


@pytest.mark.parametrize("penalty", [0.0, 3.0])
def test_leave_one_out_equals_refits_and_not_the_fit(table, penalty):
    x, y = table
    rest = ~torch.eye(len(x), dtype=torch.bool)
    refits = torch.stack([ridge(x[r], y[r], penalty)(x[i]) for i, r in enumerate(rest)])
    assert torch.allclose(leave_one_out(x, y, penalty), refits)
    assert not torch.allclose(ridge(x, y, penalty)(x), refits, atol=1e-3)


def test_the_soft_threshold_is_the_minimum_of_a_parabola_with_a_kink():
    grid = torch.linspace(-5, 5, 100_001)
    for pull in (-3.0, -0.4, 0.9, 2.5):
        cost = 0.5 * (grid - pull) ** 2 + 1.0 * grid.abs()
        best = grid[cost.argmin()]
        assert abs(soft_threshold(torch.tensor(pull), 1.0) - best) < 1e-3


@pytest.mark.parametrize("penalty", [0.05, 0.5])
def test_lasso_equals_scikit_learn(table, penalty):
    x, y = table
    line, theirs = lasso(x, y, penalty), Lasso(penalty, tol=1e-12, max_iter=100_000).fit(x, y)
    assert torch.allclose(line.weights, torch.from_numpy(theirs.coef_), atol=1e-6)
    assert line.intercept.item() == pytest.approx(theirs.intercept_, abs=1e-6)


def test_a_strong_lasso_leaves_nothing_and_ridge_leaves_all(table):
    x, y = table
    assert (lasso(x, y, 100.0).weights == 0).all()
    assert (lasso(x, y, 0.5).weights == 0).any()
    assert (ridge(x, y, 100.0).weights != 0).all()


def test_logistic_equals_scikit_learn_and_its_errors_the_inverse_curvature(table):
    x, y = table
    label = (y > y.median()).long()
    label[:4] = 1 - label[:4]  # not separable
    fitted = logistic(x, label, penalty=0.5)
    theirs = LogisticRegression(C=2.0, tol=1e-12, max_iter=10_000).fit(x, label)
    assert torch.allclose(fitted.weights, torch.from_numpy(theirs.coef_[0]), atol=1e-5)
    few, free = x[:, :2], logistic(x[:, :2], label)

    def loss(w):
        score = few @ w[:2] + w[2]
        return (torch.nn.functional.softplus(score) - label * score).sum()

    at = torch.cat([free.weights, free.intercept[None]])
    curvature = torch.autograd.functional.hessian(loss, at)
    assert torch.allclose(free.errors, torch.linalg.inv(curvature).diagonal().sqrt())


def test_separated_classes_make_weights_grow_until_a_penalty_holds_them():
    x = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]]).double()
    label = torch.tensor([0, 0, 1, 1])
    sizes = [logistic(x, label, steps=k).weights.abs().item() for k in (4, 10)]
    assert sizes[1] > 1.5 * sizes[0]
    assert logistic(x, label, penalty=1.0).steps < 10


@pytest.mark.parametrize("fit", [ridge, leave_one_out, lasso, logistic])
def test_a_negative_penalty_is_refused(fit, table):
    x, y = table
    with pytest.raises(ValueError, match=r"penalty=-1.0\): expected a number of at least 0"):
        fit(x, (y > 5).long(), -1.0)


def test_other_labels_are_refused(table):
    with pytest.raises(ValueError, match="expected 0 and 1, found"):
        logistic(*table)


def test_a_separable_table_stops_after_fifty_steps_and_others_when_nothing_moves(table):
    x, y = table
    apart = (x[:, 0] > 0).long()
    assert logistic(x, apart).steps <= 50
    assert logistic(x, apart, steps=3).steps == 3
    label = (y > y.median()).long()
    label[:4] = 1 - label[:4]
    fitted = logistic(x, label)
    assert 3 < fitted.steps < 15
    again = logistic(x, label, steps=100, tolerance=1e-14)
    assert torch.allclose(fitted.weights, again.weights, atol=1e-9)
    assert logistic(x, label, tolerance=0.5).steps < fitted.steps
    p = fitted(x).sigmoid()
    ones = torch.cat([x, torch.ones(30, 1).double()], 1)
    assert (ones.T @ (p - label)).abs().max() < 1e-8


@pytest.mark.parametrize("fit", [ridge, leave_one_out, lasso, logistic])
@pytest.mark.parametrize("penalty", [-0.1, float("nan")])
def test_penalties_are_no_less_than_nothing(fit, penalty, table):
    x, y = table
    with pytest.raises(
        ValueError, match=rf"^{fit.__name__}\(penalty={penalty}\): expected a number of"
    ):
        fit(x, (y > 5).double(), penalty)
    assert fit(x, (y > 5).double(), 0.01) is not None


def test_classes_are_nought_and_one(table):
    x, y = table
    with pytest.raises(ValueError, match=r"logistic\(y=\): expected 0 and 1, found \[0, 1, 2\]"):
        logistic(x, torch.arange(30) % 3)
    with pytest.raises(ValueError, match=r"found \[0, 1, 2, 3, 4\]$"):
        logistic(x, torch.arange(30))


def test_sweeps_go_on_until_weights_stand(table):
    x, y = table
    few, many = lasso(x, y, 0.05, sweeps=1), lasso(x, y, 0.05)
    assert (few.weights - many.weights).abs().max() > 1e-3
    asked = lasso(x, y, 0.05, sweeps=1000, tolerance=1e-9)
    assert torch.equal(many.weights, asked.weights)
    rough = lasso(x, y, 0.05, tolerance=0.5)
    assert not torch.allclose(rough.weights, many.weights, atol=1e-6)
