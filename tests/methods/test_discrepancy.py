import copy

import numpy as np
import pytest
import torch
from torch import nn

from helpers.methods.discrepancy import (
    coral,
    covariance,
    discrepancy,
    gaussian_kernel,
    joint_mmd,
    median_distance,
    mmd,
    recolour,
    renormalise,
)
from helpers.methods.gradient_reversal import Adaptable


def samples():
    draws = np.random.default_rng(0)
    a, b = draw_pair(draws)
    return a, b, torch.from_numpy(a), torch.from_numpy(b)


def draw_pair(draws):
    return draws.normal(size=(30, 4)), draws.normal(size=(25, 4)) @ draws.normal(size=(4, 4)) + 1


def test_kernel_and_mmd_equal_scikit_learn():
    from sklearn.metrics.pairwise import rbf_kernel

    a, b, x, y = samples()
    theirs = 0
    for width in (0.7, 2.0):
        gamma = 1 / (2 * width**2)
        assert gaussian_kernel(x, y, width).numpy() == pytest.approx(rbf_kernel(a, b, gamma))
        theirs += rbf_kernel(a, a, gamma).mean() + rbf_kernel(b, b, gamma).mean()
        theirs -= 2 * rbf_kernel(a, b, gamma).mean()
    assert float(mmd(x, y, [0.7, 2.0])) == pytest.approx(theirs)
    assert float(mmd(x, y, [0.7])) != pytest.approx(theirs)


@pytest.mark.parametrize("offset", [0, 1000, 3000])
@pytest.mark.parametrize("widths", [[0.7, 2.0], None])
def test_single_precision_far_from_zero_is_scikit_learn_in_double(offset, widths):
    """Squares less a product lost 5 to 9 % at means of 1000 to 3000."""
    from sklearn.metrics.pairwise import rbf_kernel

    _, _, x, y = samples()
    x, y = (x + offset).float(), (y + offset).float()
    middle = float(median_distance(x.double(), y.double()))
    theirs = 0
    for width in widths or (middle / 2, middle, 2 * middle):
        gamma = 1 / (2 * width**2)
        a, b = (z.double().numpy() - offset for z in (x, y))  # exact in double
        assert gaussian_kernel(x, y, width).numpy() == pytest.approx(
            rbf_kernel(a, b, gamma), rel=1e-3, abs=1e-6
        )
        theirs += rbf_kernel(a, a, gamma).mean() + rbf_kernel(b, b, gamma).mean()
        theirs -= 2 * rbf_kernel(a, b, gamma).mean()
    assert float(mmd(x, y, widths)) == pytest.approx(theirs, rel=1e-3)


def test_the_gradient_is_that_of_the_formula_and_does_not_move_the_width():
    _, _, x, y = samples()
    both = x.requires_grad_(), y.requires_grad_()

    def by_hand(x, y, width):
        return (-(x[:, None] - y).square().sum(2) / (2 * width**2)).exp().mean()

    middle = float(median_distance(x, y))  # detached: which pair it is must not matter
    widths = [0.5 * middle, middle, 2 * middle]
    expected = sum(by_hand(x, x, w) + by_hand(y, y, w) - 2 * by_hand(x, y, w) for w in widths)
    for mine, theirs in zip(*(torch.autograd.grad(z, both) for z in (mmd(x, y), expected))):
        assert torch.allclose(mine, theirs, atol=1e-10)
        assert mine.abs().max() > 1e-4


def test_the_usual_width_equals_scipy():
    from scipy.spatial.distance import pdist

    a, b, x, y = samples()
    found = float(median_distance(x, y))
    distances = np.sort(pdist(np.concatenate([a, b])))
    assert found == pytest.approx(distances[(len(distances) - 1) // 2])
    widths = [found / 2, found, 2 * found]
    assert float(mmd(x, y)) == pytest.approx(float(mmd(x, y, widths)))


def test_mmd_is_symmetric_and_zero_only_for_equal_samples():
    _, _, x, y = samples()
    assert float(mmd(x, y)) == pytest.approx(float(mmd(y, x)))
    assert float(mmd(x, x[torch.randperm(30)])) == pytest.approx(0, abs=1e-12)
    assert float(mmd(x, y)) > 0.1


def test_covariance_and_coral_equal_numpy():
    a, b, x, y = samples()
    assert covariance(x).numpy() == pytest.approx(np.cov(a.T))
    theirs = ((np.cov(a.T) - np.cov(b.T)) ** 2).sum() / (4 * 16)
    assert float(coral(x, y)) == pytest.approx(theirs)
    assert float(coral(x + 3, y)) == pytest.approx(theirs)  # means are not seen


def test_recolouring_equals_scipy_s_square_roots():
    from scipy.linalg import sqrtm

    a, b, x, y = samples()
    eye = np.eye(4)
    root = np.linalg.inv(sqrtm(np.cov(a.T) + 0.5 * eye)) @ sqrtm(np.cov(b.T) + 0.5 * eye)
    theirs = (a - a.mean(0)) @ root + b.mean(0)
    assert recolour(x, y, ridge=0.5).numpy() == pytest.approx(theirs)
    exact = recolour(x, y, ridge=0.0)
    assert covariance(exact).numpy() == pytest.approx(np.cov(b.T))
    assert exact.mean(0).numpy() == pytest.approx(b.mean(0))


def test_new_statistics_equal_torch_s_own():
    from torch.optim.swa_utils import update_bn

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.BatchNorm1d(6))
    model(torch.randn(40, 4))
    before, x = copy.deepcopy(model.state_dict()), 3 * torch.randn(50, 4) + 1
    theirs = copy.deepcopy(model)
    update_bn([x], theirs)
    mine = renormalise(model, x)
    for (name, one), two in zip(mine.state_dict().items(), theirs.state_dict().values()):
        assert torch.allclose(one.double(), two.double(), atol=1e-6), name
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())
    assert not torch.allclose(mine[1].running_mean, model[1].running_mean, atol=0.1)
    with pytest.raises(ValueError, match="batch norm, found none"):
        renormalise(nn.Linear(2, 2), x)


def test_dropout_stays_off_while_statistics_are_taken():
    """With dropout of one half on, variances had come out 2.58 times too large."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Dropout(0.5), nn.BatchNorm1d(6), nn.Linear(6, 2))
    x = 3 * torch.randn(400, 4) + 1
    found = renormalise(model, x)
    seen = model[0](x).detach()
    assert torch.allclose(found[2].running_mean, seen.mean(0), atol=1e-5)
    assert torch.allclose(found[2].running_var, seen.var(0), rtol=1e-5)
    model.train()(x)
    assert not torch.allclose(model[2].running_var, seen.var(0), rtol=0.05)
    assert not any(part.training for part in found.modules())
    assert model.training


def test_recolouring_stays_on_its_device():
    x = torch.empty(9, 3, device="meta", dtype=torch.float64)
    found = recolour(x, x[:5])
    assert (found.device.type, found.dtype, found.shape) == ("meta", torch.float64, (9, 3))


def test_the_step_adds_the_weighted_distance():
    torch.manual_seed(0)
    model = Adaptable(nn.Linear(4, 3), nn.Linear(3, 2))
    source, labels, target = torch.randn(9, 4), torch.randint(2, (9,)), torch.randn(7, 4)
    found = discrepancy(mmd, 2.5)(model, (source, labels, target))
    classify = nn.functional.cross_entropy(model(source), labels)
    apart = mmd(model.features(source), model.features(target))
    assert float(found["loss"].detach()) == pytest.approx(float((classify + 2.5 * apart).detach()))
    assert not found["distance"].requires_grad
    with pytest.raises(ValueError, match="must not be negative, found -1"):
        discrepancy(mmd, -1)


@pytest.mark.parametrize("method", [mmd, coral, recolour])
def test_samples_with_other_columns_are_refused(method):
    with pytest.raises(ValueError, match=r"found \(5, 3\) and \(5, 2\)"):
        method(torch.randn(5, 3), torch.randn(5, 2))


def test_far_from_zero_nothing_is_lost():
    g = torch.Generator().manual_seed(0)
    x, y = torch.randn(80, 3, generator=g), torch.randn(90, 3, generator=g) + 0.5
    near = mmd(x.double(), y.double(), [1.0])
    for offset in (1000.0, 3000.0):
        assert float(mmd(x + offset, y + offset, [1.0])) == pytest.approx(float(near), rel=0.02)


def test_the_median_is_of_all_pairs_and_carries_no_gradient():
    x = torch.tensor([[0.0], [1.0]], requires_grad=True)
    y = torch.tensor([[10.0], [12.0]])
    middle = median_distance(x, y)  # of 1, 2, 9, 10, 11, 12: torch takes the lower one
    assert float(middle) == 9.0
    assert not middle.requires_grad


def test_renewed_statistics_are_those_of_the_data_without_dropout():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Dropout(0.6), nn.BatchNorm1d(3))
    x = torch.randn(4000, 3) * 2
    assert torch.allclose(renormalise(model, x)[1].running_var, x.var(0), rtol=1e-4)


def test_a_joint_distance_is_the_product_of_kernels_by_scikit_learn():
    from sklearn.metrics.pairwise import rbf_kernel

    _, _, x, y = samples()
    layers = (x, x[:, :2] ** 2), (y, y[:, :2] ** 2)
    whole = 1
    for one, other in zip(*layers):
        width = float(median_distance(one, other))
        both = torch.cat([one, other]).numpy()
        whole = whole * rbf_kernel(both, gamma=1 / (2 * width**2))
    theirs = whole[:30, :30].mean() + whole[30:, 30:].mean() - 2 * whole[:30, 30:].mean()
    assert float(joint_mmd(*layers)) == pytest.approx(theirs)
    with pytest.raises(ValueError, match="joint_mmd: expected two samples"):
        joint_mmd([x], [y[:, :2]])
    same = torch.ones(5, 2)
    assert float(joint_mmd([same], [same])) == 0
    assert float(mmd(same, same)) == 0


@pytest.mark.parametrize("method", [mmd, coral, recolour])
def test_samples_are_tables(method):
    for one, other in ((torch.randn(5), torch.randn(5, 2)), (torch.randn(5, 2), torch.randn(5))):
        with pytest.raises(ValueError, match=f"^{method.__name__}: expected two samples"):
            method(one, other)


def test_a_ridge_of_one_if_nothing_is_said_and_a_weight_of_nothing_is_a_weight():
    _, _, x, y = samples()
    assert torch.equal(recolour(x, y), recolour(x, y, ridge=1.0))
    assert not torch.allclose(recolour(x, y), recolour(x, y, ridge=2.0))
    flat = x.clone()
    flat[:, 1] = 3.0
    assert recolour(flat, y, ridge=0.0).isfinite().all()
    torch.manual_seed(0)
    model = Adaptable(nn.Linear(4, 3), nn.Linear(3, 2))
    batch = torch.randn(9, 4), torch.randint(2, (9,)), torch.randn(7, 4)
    found = discrepancy(mmd, 0)(model, batch)
    assert torch.allclose(found["loss"], nn.functional.cross_entropy(model(batch[0]), batch[1]))
    assert not found["classify"].requires_grad
    double = discrepancy(mmd, 0, loss=lambda a, b: 2 * nn.functional.cross_entropy(a, b))
    assert torch.allclose(double(model, batch)["loss"], 2 * found["loss"])
