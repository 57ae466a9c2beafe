import pytest
import torch
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.neighbors import KernelDensity as Theirs

from helpers.methods.gan import non_saturating
from helpers.methods.generators import (
    FLOOR,
    WAYS,
    KernelDensity,
    Noisy,
    Way,
    adam,
    choose,
    copies,
    epochs_of,
    flow,
    game,
    gaussian,
    kernel_density,
    mixture,
    shown,
    unchanged,
)
from helpers.models.rows import RowCodec


def rows(n=120, seed=0):
    g = torch.Generator().manual_seed(seed)
    return torch.randn(n, 4, generator=g) * torch.tensor([1.0, 2.0, 0.5, 1.0]) + 1


@pytest.mark.parametrize("name", WAYS)
def test_every_way_makes_rows_that_repeat_with_the_seed_and_differ_without(name):
    way = WAYS[name]
    made = way.learn(rows(), way.settings[0], 4, 0)
    drawn = made.draw(50, 1)
    assert drawn.shape == (50, 4)
    assert torch.equal(drawn, made.draw(50, 1))
    assert not torch.equal(drawn, made.draw(50, 2))


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


def test_networks_move_towards_the_data():
    target = rows(512) * 0.2 + 5
    for made in (
        flow(target, 0.01, 300, 0),
        game(target, (0.003, 0.003), 300, 0, step=non_saturating),
    ):
        assert (made.draw(200, 0).mean(0) - target.mean(0)).abs().max() < 1.5
        untrained = made.__class__(made.generator, made.latent)
        assert torch.equal(untrained.draw(3, 0), made.draw(3, 0))
    start = game(target, (0.0, 0.0), 1, 0, step=non_saturating)
    assert (start.draw(200, 0).mean(0) - target.mean(0)).abs().min() > 3


def test_the_setting_that_validation_rows_prefer_is_chosen():
    way = Way(kernel_density, "width", (50.0, 0.5, 0.001))
    assert choose(way, rows(), rows(seed=1), updates=0) == 0.5
    assert choose(Way(copies, "noise", (0.01,)), rows(), rows(), updates=0) == 0.01
    blind = Way(lambda *args: Noisy(args[0], args[1]), "noise", (9.0, 0.1))
    assert choose(blind, rows(), rows(seed=1), updates=0) == 0.1


def test_budgets_as_text_and_as_passes():
    assert shown((0.001, 0.003)) == "0.001 / 0.003"
    assert WAYS["plain game"].budget.startswith("rates 0.001 / 0.001, ")
    assert epochs_of(400, rows(640)) == 40
    assert epochs_of(1, rows(640)) == 1
    assert unchanged("network") == "network"
    assert adam(0.1)([torch.nn.Parameter(torch.zeros(1))]).defaults["betas"] == (0.0, 0.9)
