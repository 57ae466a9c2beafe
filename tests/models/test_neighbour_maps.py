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
