"""Labels that travel along the graph of nearest neighbours (survey 6.2.2; chapter 6-less-data/self-training)."""

import warnings

import torch
from torch.nn import functional as F


def near(k):
    """A kernel for label spreading: 1 between two rows if one is among the other's k nearest.

    scikit-learn's own "knn" counts one direction only, so that a row may be reached by nobody.

    Parameters
    ----------
    k : int, neighbours
    """
    from sklearn.neighbors import NearestNeighbors

    def kernel(x, new=None):
        known = NearestNeighbors(n_neighbors=k).fit(x)
        if new is not None:  # (N, M), from learned rows to new ones
            return known.kneighbors_graph(new).T.toarray()
        graph = known.kneighbors_graph()
        return graph.maximum(graph.T).toarray()

    return kernel


def spread(x, labels, new, k, *, one_way=False):
    """Pass labels to neighbours, and on from them (Zhou et al. 2004), by scikit-learn.

    Parameters
    ----------
    x : Tensor (N, F)
    labels : Tensor (N,) int64, -1 where the label is not known.
    new : Tensor (M, F), rows to name.
    k : int, neighbours
    one_way : bool, True for scikit-learn's own graph, in which unreached rows get the first class.

    Returns
    -------
    Tensor (M,) int64

    Examples
    --------
    >>> x = torch.tensor([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])
    >>> spread(x, torch.tensor([0, -1, -1, -1, -1, 1]), x, 2).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    import numpy as np
    from sklearn.semi_supervised import LabelSpreading

    model = LabelSpreading(kernel="knn" if one_way else near(k), n_neighbors=k)
    model.fit(x.numpy(), labels.numpy())
    with np.errstate(invalid="ignore"):  # an unreached row divides nothing by nothing
        return torch.as_tensor(model.predict(new.numpy()))


def spectral(x, labels, new, k, *, seed=0):
    """Support vectors on the smoothest functions of the graph; a new row is its neighbours' mean.

    Parameters
    ----------
    x, labels, new, k : as for `spread`
    seed : int

    Returns
    -------
    Tensor (M,) int64

    Notes
    -----
    As many functions as there are classes among the labels, each row scaled to length one (Ng,
    Jordan and Weiss 2001, who cluster where we classify).

    Examples
    --------
    >>> x = torch.cat([torch.arange(20.0), 90 + torch.arange(20.0)])[:, None]
    >>> labels = torch.full((40,), -1)
    >>> labels[0], labels[39] = 0, 1
    >>> spectral(x, labels, torch.tensor([[5.0], [99.0]]), 5).tolist()
    [0, 1]
    """
    from sklearn.manifold import spectral_embedding
    from sklearn.neighbors import NearestNeighbors
    from sklearn.svm import SVC

    known = labels >= 0
    graph = near(k)(x.numpy())
    count = len(labels[known].unique())
    with warnings.catch_warnings():  # parts that do not hang together are what we look for
        warnings.filterwarnings("ignore", message="Graph is not fully connected")
        found = spectral_embedding(graph, n_components=count, random_state=seed, drop_first=False)
    pool = F.normalize(torch.as_tensor(found), dim=1)
    model = SVC(C=10).fit(pool[known].numpy(), labels[known].numpy())
    nearest = NearestNeighbors(n_neighbors=k).fit(x.numpy())
    place = pool[nearest.kneighbors(new.numpy(), return_distance=False)].mean(1)
    return torch.as_tensor(model.predict(place.numpy()))
