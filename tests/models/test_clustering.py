import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from helpers.models.clustering import (
    Mixture,
    gaussian_mixture,
    kmeans,
    maximise,
    plus_plus,
    responsibilities,
)


def blobs(seed=0):
    g = torch.Generator().manual_seed(seed)
    centres = torch.tensor([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
    return (torch.randn(90, 2, generator=g) + centres.repeat_interleave(30, 0)).double()


def test_kmeans_agrees_with_scikit_learn():
    x = blobs()
    start = x[[0, 1, 2]]
    mine = kmeans(x, start)
    theirs = KMeans(3, init=start.numpy(), n_init=1, tol=0).fit(x.numpy())
    assert np.allclose(mine.centres, theirs.cluster_centers_)
    assert mine.inertia == pytest.approx(theirs.inertia_)
    assert (mine.labels.numpy() == theirs.labels_).all()
    assert kmeans(x, start, steps=1).inertia > mine.inertia


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_single_precision_far_from_zero_is_scikit_learn_in_double(offset):
    """At a mean of 1000, labels of 35 points in 500 had not been the nearest centre's."""
    x = (torch.randn(500, 3, generator=torch.Generator().manual_seed(0)) + offset).float()
    start = x[:6]
    mine = kmeans(x, start)
    apart = cdist(x.double(), mine.centres.double())
    nearest = apart.min(axis=1)
    assert np.allclose(apart[np.arange(500), mine.labels], nearest, rtol=1e-4)
    assert mine.inertia == pytest.approx((nearest**2).sum(), rel=1e-4)
    theirs = KMeans(6, init=start.double().numpy(), n_init=1, tol=0).fit(x.double().numpy())
    assert mine.inertia == pytest.approx(theirs.inertia_, rel=2e-2)
    chosen = plus_plus(x, 6)
    assert len(chosen.unique(dim=0)) == 6


def test_a_centre_without_points_stays_where_it_is():
    x = blobs()
    start = torch.cat([x[[0, 40, 80]], torch.full((1, 2), 99.0).double()])
    mine = kmeans(x, start)
    assert mine.centres[3].tolist() == [99.0, 99.0]
    assert torch.equal(mine.labels, kmeans(x, start[:3]).labels)
    assert mine.centres.isfinite().all()


def test_examples_that_are_all_centres_can_still_be_drawn():
    assert plus_plus(torch.ones(3, 2), 3).tolist() == [[1.0, 1.0]] * 3


def test_mixtures_stay_on_their_device():
    """Identity matrices were made on the CPU; meta tensors refuse to mix as a GPU's do."""
    x = torch.empty(9, 2, device="meta", dtype=torch.float64)
    found = maximise(x, torch.empty(9, 3, device="meta", dtype=torch.float64))
    start, _ = gaussian_mixture(x, x[:3], steps=0)
    for mixture in (found, start):
        assert mixture.covariances.device.type == mixture.weights.device.type == "meta"
        assert mixture.covariances.dtype == torch.float64


def test_a_mixture_may_start_from_means():
    x = blobs()
    mixture, _ = gaussian_mixture(x, x[[0, 40, 80]], steps=0)
    assert mixture.weights.tolist() == [1 / 3] * 3
    assert torch.allclose(mixture.covariances, x.var() * torch.eye(2).double().expand(3, 2, 2))


def test_kmeans_settles_where_every_centre_is_a_mean():
    x = blobs()
    found = kmeans(x, plus_plus(x, 3))
    means = torch.stack([x[found.labels == k].mean(0) for k in range(3)])
    assert torch.allclose(found.centres, means)


def test_plus_plus_spreads_its_centres():
    x = blobs()
    spread = np.mean([float(torch.pdist(plus_plus(x, 3, seed)).min()) for seed in range(40)])
    at_random = np.mean(
        [
            float(
                torch.pdist(
                    x[torch.randperm(90, generator=torch.Generator().manual_seed(s))[:3]]
                ).min()
            )
            for s in range(40)
        ]
    )
    assert spread > 1.5 * at_random


def test_mixture_agrees_with_scikit_learn():
    x = blobs()
    start = Mixture(
        torch.tensor([0.3, 0.3, 0.4], dtype=torch.float64),
        x[[0, 40, 80]],
        torch.eye(2).double().expand(3, 2, 2),
    )
    theirs = GaussianMixture(
        3, weights_init=start.weights, means_init=start.means, max_iter=20, tol=0, reg_covar=0,
        precisions_init=np.stack([np.eye(2)] * 3),
    )  # fmt: skip
    theirs.fit(x.numpy())
    mine, _ = gaussian_mixture(x, start, steps=20, ridge=0)
    assert np.allclose(mine.means, theirs.means_, atol=1e-10)
    assert np.allclose(mine.covariances, theirs.covariances_, atol=1e-10)
    share, log_likelihood = responsibilities(x, mine)
    assert np.allclose(share, theirs.predict_proba(x.numpy()))
    assert np.allclose(log_likelihood, theirs.score_samples(x.numpy()))
    early, _ = gaussian_mixture(x, start, steps=1, ridge=0)
    assert not np.allclose(early.means, theirs.means_, atol=1e-3)


def test_the_likelihood_never_falls():
    _, history = gaussian_mixture(blobs(), blobs()[[0, 1, 2]], steps=40, ridge=0)
    assert all(b >= a - 1e-12 for a, b in zip(history, history[1:]))
    assert history[-1] > history[0]


def test_too_many_clusters_are_one_sentence():
    with pytest.raises(ValueError, match="expected 1 to 90"):
        plus_plus(blobs(), 91)


def test_seeds_and_steps_if_nothing_is_said():
    x = blobs()
    assert torch.equal(plus_plus(x, 3), plus_plus(x, 3, seed=0))
    assert not torch.equal(plus_plus(x, 3), plus_plus(x, 3, seed=1))
    assert plus_plus(x, 1).shape == (1, 2)
    assert plus_plus(x, 90).unique(dim=0).shape == (90, 2)
    with pytest.raises(ValueError, match=r"plus_plus\(clusters=0\): expected 1 to 90"):
        plus_plus(x, 0)
    assert len(gaussian_mixture(x, x[:3])[1]) == 100


def test_the_first_centre_is_uniform_and_the_next_goes_by_squared_distance():
    x = torch.tensor([[0.0], [1.0], [3.0]])
    pairs = [tuple(plus_plus(x, 2, seed)[:, 0].tolist()) for seed in range(3000)]
    first = [sum(a == value for a, _ in pairs) / 3000 for value in (0, 1, 3)]
    assert first == pytest.approx([1 / 3] * 3, abs=0.03)
    after = [b for a, b in pairs if a == 0]
    assert after.count(3.0) / len(after) == pytest.approx(9 / 10, abs=0.03)


def test_it_stops_when_nothing_moves_and_ridge_is_added_to_each_variance():
    x = blobs()
    settled = kmeans(x, kmeans(x, x[[0, 1, 2]]).centres, steps=1)
    assert torch.equal(settled.centres, kmeans(x, x[[0, 1, 2]]).centres)
    share = torch.ones(90, 1).double()
    plain, ridged = maximise(x, share, ridge=0), maximise(x, share, ridge=0.5)
    assert torch.allclose(ridged.covariances - plain.covariances, 0.5 * torch.eye(2).double())
    assert torch.allclose(plain.covariances[0], torch.cov(x.T, correction=0))
    assert torch.allclose(
        maximise(x, share).covariances, maximise(x, share, 1e-6).covariances, atol=1e-12
    )
    gap = maximise(x, share).covariances - plain.covariances
    assert gap[0, 0, 0].item() == pytest.approx(1e-6, rel=1e-3)
    one, _ = gaussian_mixture(x, x[[0, 40, 80]], steps=1)
    by_hand = gaussian_mixture(x, x[[0, 40, 80]], steps=1, ridge=1e-6)[0]
    assert torch.equal(one.covariances, by_hand.covariances)
