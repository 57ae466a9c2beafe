import numpy as np
import torch

from helpers.methods.label_graph import near, spectral, spread


def rings(seed=0):
    """Two rings, one inside the other, and eight labels on each."""
    draws = torch.Generator().manual_seed(seed)
    turn = 6.2832 * torch.rand(200, generator=draws)
    y = torch.arange(200) % 2  # the inner and the outer one
    x = (1 + 2 * y[:, None]) * torch.stack([turn.cos(), turn.sin()], 1)
    x = x + 0.05 * torch.randn(x.shape, generator=draws)
    return x, torch.where(torch.arange(200) < 16, y, -1), y


def test_neighbours_are_neighbours_both_ways():
    from sklearn.neighbors import kneighbors_graph

    x = rings()[0].numpy()
    graph = near(5)(x)
    one_way = kneighbors_graph(x, 5).toarray()
    assert np.array_equal(graph, np.maximum(one_way, one_way.T))
    assert not np.array_equal(one_way, one_way.T)
    assert near(5)(x, x[:9]).shape == (len(x), 9)
    assert (near(5)(x, x[:9]).sum(0) == 5).all()


def test_spreading_equals_the_closed_form_of_its_paper():
    x, labels, y = rings()
    graph = near(7)(x.numpy())
    degree = graph.sum(1)
    smooth = graph / np.sqrt(np.outer(degree, degree))
    given = np.eye(2)[y.numpy()] * (labels.numpy() >= 0)[:, None]
    limit = np.linalg.solve(np.eye(200) - 0.2 * smooth, given)  # Zhou et al. 2004, eq. 4
    sure = np.abs(limit[:, 0] - limit[:, 1]) > 1e-6 * limit.max()  # beyond the library's steps
    nearest = np.stack([limit[row].argmax() for row in range(200)])
    from sklearn.semi_supervised import LabelSpreading

    model = LabelSpreading(kernel=near(7), max_iter=500, tol=1e-12)
    model.fit(x.numpy(), labels.numpy())
    assert sure.sum() > 50
    assert np.array_equal(model.transduction_[sure], nearest[sure])
    assert (spread(x, labels, x, 7) == y).float().mean() > 0.95


def test_two_rings_with_few_labels_are_told_apart_and_shuffled_ones_are_not():
    x, labels, y = rings()
    for way in (spread, spectral):
        assert (way(x, labels, x[16:], 7) == y[16:]).float().mean() > 0.95
        mixed = x[torch.randperm(200, generator=torch.Generator().manual_seed(0))]
        assert (way(mixed, labels, mixed[16:], 7) == y[16:]).float().mean() < 0.7


def test_the_one_way_graph_is_scikit_learn_s_own():
    from sklearn.semi_supervised import LabelSpreading

    x, labels, _ = rings()
    theirs = LabelSpreading(kernel="knn", n_neighbors=3).fit(x.numpy(), labels.numpy())
    with np.errstate(invalid="ignore"):
        expected = theirs.predict(x.numpy())
    assert spread(x, labels, x, 3, one_way=True).tolist() == expected.tolist()


def test_a_spectral_map_is_taught_by_scikit_learn_s_machine():
    import warnings

    from sklearn.manifold import spectral_embedding
    from sklearn.neighbors import NearestNeighbors
    from sklearn.svm import SVC

    draws = torch.Generator().manual_seed(0)
    x = torch.randn(60, 2, generator=draws) + 6 * (torch.arange(60) % 2)[:, None]
    labels = torch.full((60,), -1)
    labels[:6] = torch.arange(6) % 2
    new = torch.randn(10, 2, generator=draws) + 6 * (torch.arange(10) % 2)[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place = spectral_embedding(
            near(7)(x.numpy()), n_components=2, random_state=3, drop_first=False
        )
    place = torch.nn.functional.normalize(torch.as_tensor(place), dim=1)
    model = SVC(C=10).fit(place[:6].numpy(), labels[:6].numpy())
    rows = (
        NearestNeighbors(n_neighbors=7)
        .fit(x.numpy())
        .kneighbors(new.numpy(), return_distance=False)
    )
    wanted = model.predict(place[rows].mean(1).numpy())
    found = spectral(x, labels, new, 7, seed=3)
    assert found.tolist() == wanted.tolist() == (torch.arange(10) % 2).tolist()
