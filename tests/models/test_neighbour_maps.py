import numpy as np
import pytest
import torch
from sklearn.manifold import TSNE
from umap.umap_ import fuzzy_simplicial_set

from helpers.models.neighbour_maps import (
    affinities,
    conditional,
    divergence,
    fuzzy_graph,
    gradient,
    heavy_tails,
    perplexity_of,
    solve,
    tsne,
)


def rows(n=60, d=4, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).double()


def test_the_whole_chain_gives_the_divergence_that_scikit_learn_reports():
    x = rows()
    model = TSNE(method="exact", perplexity=8, max_iter=300, init="pca", random_state=0)
    y = torch.from_numpy(model.fit_transform(x.numpy())).double()
    assert float(divergence(affinities(x, 8), y)) == pytest.approx(model.kl_divergence_, rel=0.02)
    wrong = float(divergence(affinities(x, 16), y))
    assert abs(wrong / model.kl_divergence_ - 1) > 0.1


def test_the_gradient_is_that_of_automatic_differentiation():
    p, y = affinities(rows(), 8), rows(d=2, seed=1).requires_grad_()
    divergence(p, y).backward()
    assert torch.allclose(y.grad, gradient(p, y.detach()), atol=1e-14)
    assert not torch.allclose(y.grad, gradient(1.1 * p, y.detach()), atol=1e-4)


@pytest.mark.parametrize("perplexity", [2, 5.5, 20])
def test_every_row_has_the_perplexity_that_was_asked_for(perplexity):
    x = rows() * torch.linspace(0.1, 9, 60)[:, None]  # thin and dense regions
    squared = torch.cdist(x, x).square().fill_diagonal_(float("inf"))
    wide = torch.full((60, 1), 1.0).double()
    found = solve(
        lambda s: perplexity_of(conditional(squared, s)), perplexity, 1e-4 * wide, 1e4 * wide
    )
    assert torch.allclose(
        perplexity_of(conditional(squared, found)), torch.tensor(perplexity).double()
    )
    assert found.max() > 2 * found.min()  # not one width for all


def test_affinities_are_symmetric_probabilities():
    p = affinities(rows(), 8)
    assert torch.equal(p, p.T)
    assert p.sum().item() == pytest.approx(1)
    assert p.diagonal().abs().max() == 0


def test_heavy_tails_are_students_kernel():
    w = heavy_tails(torch.tensor([[0.0], [2.0]]))
    assert torch.allclose(w, torch.tensor([[0.0, 0.2], [0.2, 0.0]]))


def test_a_map_lowers_the_divergence_and_pulls_matter():
    x = torch.cat([rows(30), rows(30, seed=1) + 8])
    p = affinities(x, 8)
    begin = 1e-4 * x[:, :2]
    end = tsne(p, begin, steps=300)
    assert divergence(p, end) < 0.5 * divergence(p, begin)
    gap = (end[:30].mean(0) - end[30:].mean(0)).norm()
    assert gap > 2 * end[:30].std()
    assert torch.equal(tsne(p, begin, steps=0), begin - begin.mean(0))


def test_the_fuzzy_graph_is_umap_learns():
    x = rows(80)
    apart, who = torch.cdist(x, x).fill_diagonal_(0).topk(10, largest=False)
    theirs, _, _ = fuzzy_simplicial_set(
        x.numpy(), 10, np.random.RandomState(0), "euclidean",
        knn_indices=who.numpy(), knn_dists=apart.numpy(),
    )  # fmt: skip
    ours = fuzzy_graph(x, 10)
    assert np.abs(theirs.toarray() - ours.numpy()).max() < 5e-3
    assert torch.equal(ours, ours.T)
    assert ours.max() <= 1
    assert np.abs(theirs.toarray() - fuzzy_graph(x, 12).numpy()).max() > 0.1


def test_what_no_row_can_have_is_one_sentence():
    with pytest.raises(ValueError, match=r"perplexity=59\): expected above 1 and below 59 for 60"):
        affinities(rows(), 59)
    with pytest.raises(ValueError, match=r"fuzzy_graph\(k=2\): expected 3 to 60"):
        fuzzy_graph(rows(), 2)


def test_a_root_is_found_between_the_ends_and_no_further():
    low, high = torch.full((3, 1), 1e-3).double(), torch.full((3, 1), 1e3).double()
    targets = torch.tensor([[0.5], [2.0], [700.0]]).double()
    assert torch.allclose(solve(lambda s: s, targets, low, high), targets, rtol=1e-12)
    assert torch.allclose(solve(lambda s: s, 1e9, low, high), high)
    assert torch.allclose(solve(lambda s: s, 0.0, low, high), low)
    assert torch.allclose(
        solve(lambda s: s, 2.0, low, high, steps=1),
        torch.tensor(31.6228).double().expand(3, 1),
        rtol=1e-5,
    )


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_neighbours_do_not_depend_on_the_unit(scale):
    x = rows()
    assert torch.allclose(affinities(scale * x, 8), affinities(x, 8), rtol=1e-9)
    assert torch.allclose(fuzzy_graph(scale * x, 10), fuzzy_graph(x, 10), atol=1e-9)


def test_widths_are_found_from_a_hundred_thousandth_to_a_thousand_times_the_distance():
    """One row far from a tight rest: what is wide for it is not for them."""
    x = torch.cat([1e-2 * rows(59), torch.full((1, 4), 40.0).double()])
    p = affinities(x, 8)
    squared = torch.cdist(x, x).square().fill_diagonal_(float("inf"))
    assert p.isfinite().all()
    wide = squared.masked_fill(squared.isinf(), 0).amax(1, keepdim=True).sqrt()
    sigma = solve(lambda s: perplexity_of(conditional(squared, s)), 8, 1e-5 * wide, 1e3 * wide)
    q = conditional(squared, sigma)
    assert torch.equal(p, (q + q.T) / 120)
    assert torch.allclose(perplexity_of(q)[:59], torch.tensor(8.0).double())
    two = torch.cat([rows(30), rows(30) + 1e-9])  # nearly doubled: narrower than the least width
    sharp = affinities(two, 1.0001)
    assert sharp.isfinite().all()


def test_thirty_and_fifteen_neighbours_if_nothing_is_said():
    x = rows(80)
    assert torch.equal(affinities(x), affinities(x, 30))
    assert torch.equal(fuzzy_graph(x), fuzzy_graph(x, 15))
    assert not torch.allclose(affinities(x), affinities(x, 29), rtol=1e-3)
    for bad in (1, 79, 0):
        with pytest.raises(ValueError, match=f"perplexity={bad}"):
            affinities(x, bad)
    assert affinities(x, 1.01).isfinite().all()
    for k, fine in ((3, True), (80, True), (81, False), (2, False)):
        if fine:
            assert fuzzy_graph(x, k).isfinite().all()
        else:
            with pytest.raises(ValueError, match=f"fuzzy_graph.k={k}"):
                fuzzy_graph(x, k)


def test_the_descent_is_that_of_van_der_maaten_written_out():
    x = rows(40)
    p, y = affinities(x, 8), 1e-2 * x[:, :2]
    begin, move, seen = y.clone(), torch.zeros_like(y), y.clone()
    for step in range(160):
        pull, momentum = (12, 0.5) if step < 150 else (1, 0.8)
        move = momentum * move - (40 / 12) * gradient(pull * p, seen)
        seen = seen + move
    assert torch.allclose(tsne(p, begin, steps=160), seen - seen.mean(0), atol=1e-9)
    assert torch.equal(tsne(p, begin), tsne(p, begin, steps=500, exaggeration=12, early=150))
    early = tsne(p, begin, steps=20, exaggeration=4, early=5)
    assert not torch.allclose(early, tsne(p, begin, steps=20), atol=1e-3)


def test_points_that_coincide_and_single_precision_stay_finite():
    y = torch.zeros(6, 2)
    assert divergence(affinities(rows(6), 2).float(), y).isfinite()
    far = torch.cat([torch.zeros(3, 2), torch.full((3, 2), 1e30)])
    assert divergence(affinities(rows(6), 2).float(), far).isfinite()
    assert divergence(affinities(rows(6), 2), far.double() * 1e100).isfinite()
