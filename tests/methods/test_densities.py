import pytest
import torch
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.neighbors import KernelDensity as Theirs

from helpers.methods.densities import (
    FLOOR,
    KernelDensity,
    Noisy,
    copies,
    gaussian,
    kernel_density,
    local_gaussians,
    mixture,
    neighbours,
    smote,
)
from helpers.methods.generators import WAYS
from helpers.models.rows import RowCodec


def rows(n=120, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(n, 4, generator=g) * torch.tensor([1.0, 2.0, 0.5, 1.0]) + 1


@pytest.mark.parametrize("way", [gaussian, mixture, kernel_density])
def test_densities_prefer_rows_of_their_own_kind(way):
    made = way(rows(400), 2 if way is not kernel_density else 0.3, 0, 0)
    assert made.score(rows(seed=1)) > made.score(rows(seed=1) + 3) + 1


@pytest.mark.parametrize("way", [gaussian, mixture])
def test_gaussians_keep_mean_and_spread(way):
    drawn = way(rows(2000), 3, 0, 0).draw(4000, 0)
    assert torch.allclose(drawn.mean(0), torch.ones(4), atol=0.15)
    assert torch.allclose(drawn.std(0), torch.tensor([1.0, 2.0, 0.5, 1.0]), rtol=0.25)


def test_kernel_density_agrees_with_scikit_learn_up_to_its_constant():
    gaps = []
    for seed, width in ((1, 0.4), (2, 0.4), (2, 1.0)):
        theirs = Theirs(bandwidth=width).fit(rows().numpy()).score(rows(20, seed).numpy()) / 20
        gaps.append(KernelDensity(rows(), width).score(rows(20, seed)) - theirs)
    assert gaps == pytest.approx([gaps[0]] * 3, abs=1e-4)
    narrow, far = KernelDensity(rows(), 0.1), rows(20, 1) + 2
    assert narrow.score(far) < KernelDensity(rows(), 1.0).score(far) - 1


def test_one_gaussian_agrees_with_scikit_learn_above_the_floor():
    theirs = PCA(2, svd_solver="full").fit(rows().double().numpy())
    assert theirs.noise_variance_ > FLOOR
    ours = gaussian(rows(), 2, 0, 0).score(rows(seed=1))
    assert ours == pytest.approx(theirs.score(rows(seed=1).double().numpy()), abs=1e-8)


@pytest.mark.parametrize("constant", [False, True])
def test_one_gaussian_is_drawn_and_scored_where_columns_are_bound_to_each_other(constant):
    x, y = (torch.from_numpy(part) for part in load_iris(return_X_y=True))
    x = x.float() * (torch.arange(4) > 0) if constant else x.float()
    codec = RowCodec.of(x, y, 3)
    points = codec.encode(x, y)
    for directions in WAYS["one Gaussian"].settings:
        made = gaussian(points, directions, 0, 0)
        drawn = made.draw(500, 0)
        assert drawn.isfinite().all()
        assert drawn[:, 4:].sum(1).std() < 0.1  # columns of classes keep their sum
        assert abs(made.score(points)) < 100
        assert made.score(points) > made.score(points + 3)


def test_a_mixture_of_too_few_rows_is_refused():
    with pytest.raises(ValueError, match="at least 24 rows to learn from, found 23; pass"):
        mixture(rows(23), 6, 0, 0)
    assert mixture(rows(24), 6, 0, 0).draw(5, 0).shape == (5, 4)


def test_copies_are_training_rows_moved_by_the_noise():
    near = torch.cdist(copies(rows(), 0.01, 0, 0).draw(30, 0), rows()).amin(1)
    assert near.max() < 0.1
    far = torch.cdist(Noisy(rows(), 1.0).draw(30, 0), rows()).amin(1)
    assert far.mean() > 0.2


def test_neighbours_are_those_of_all_distances_and_never_the_row_itself():
    apart = torch.cdist(rows(40), rows(40)).fill_diagonal_(torch.inf)
    assert torch.equal(neighbours(rows(40), 3), apart.argsort(1)[:, :3])
    assert neighbours(rows(40), 99).shape == (40, 39)


def test_local_gaussians_have_the_mean_and_covariance_of_the_neighbours():
    few = rows(30)
    drawn = local_gaussians(few, 29, 0, 0)
    drawn.near = drawn.near[:1].repeat(
        30, 1
    )  # whoever is drawn, the neighbours are the first row's
    near, made = few[drawn.near[0]], drawn.draw(20000, 0)
    assert torch.allclose(made.mean(0), near.mean(0), atol=0.05)
    assert torch.allclose(made.T.cov(), near.T.cov(correction=0), atol=0.12)
    assert (made.T.cov() - few.T.cov() * 4).abs().max() > 1


def test_smote_stays_on_lines_between_neighbours():
    few = torch.tensor([[0.0, 0.0], [1.0, 0.0], [10.0, 0.0], [10.0, 2.0]])
    drawn = smote(few, 1, 0, 0).draw(500, 0)
    first = drawn[drawn[:, 0] < 5]
    assert (first[:, 1] == 0).all()
    assert first[:, 0].min() >= 0
    assert 0.9 < first[:, 0].max() <= 1
    assert (drawn[drawn[:, 0] > 5][:, 0] == 10).all()
    wide = smote(few, 3, 0, 0).draw(500, 0)
    assert ((wide[:, 0] > 2) & (wide[:, 0] < 8)).any()


def test_draws_are_those_of_a_generator_of_their_seed():
    rows = torch.arange(12.0).view(6, 2)
    g = torch.Generator().manual_seed(3)
    chosen = rows[torch.randint(6, (5,), generator=g)]
    wanted = chosen + 0.1 * torch.randn(5, 2, generator=g)
    assert torch.equal(copies(rows, 0.1, 0, 0).draw(5, 3), wanted)
    near = neighbours(rows, 2)
    assert near.shape == (6, 2)
    assert neighbours(rows, 9).shape == (6, 5)
    g = torch.Generator().manual_seed(3)
    drawn = torch.randint(6, (5,), generator=g)
    around = rows[near[drawn]]
    middle = around.mean(1, keepdim=True)
    weight = torch.randn(5, 1, 2, generator=g) / 2**0.5
    assert torch.equal(
        local_gaussians(rows, 2, 0, 0).draw(5, 3), (middle + weight @ (around - middle))[:, 0]
    )
    g = torch.Generator().manual_seed(3)
    drawn = torch.randint(6, (5,), generator=g)
    there = rows[near[drawn]][torch.arange(5), torch.randint(2, (5,), generator=g)]
    wanted = rows[drawn].lerp(there, torch.rand(5, 1, generator=g))
    assert torch.allclose(smote(rows, 2, 0, 0).draw(5, 3), wanted, atol=1e-6)


def test_mixtures_have_at_most_half_as_many_parts_as_rows_and_a_ridge():
    rows = torch.randn(24, 3, generator=torch.Generator().manual_seed(0))
    for asked, used in ((5, 5), (12, 12), (20, 12)):
        found = mixture(rows, asked, 0, 7).estimator
        assert (found.n_components, found.reg_covar, found.random_state) == (used, 0.02, 7)
    one = mixture(rows, 1, 0, 7)
    assert one.score(rows) == pytest.approx(float(one.estimator.score(rows.double().numpy())))
    assert torch.equal(one.draw(9, 2), one.draw(9, 2))
    for asked, used in ((1, 1), (2, 2), (9, 2)):
        assert gaussian(rows, asked, 0, 0).estimator.n_components_ == used
