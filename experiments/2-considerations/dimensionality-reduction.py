"""What do maps keep? Ten draws of cells and of digits, other settings, and made clouds and noise.

A draw takes 560 of the 700 cells, or 700 of the 1797 digits, and starts each method anew. Draws
of one set share rows.
"""

import warnings
from functools import cache

import numpy as np
import torch
from sklearn.cluster import AgglomerativeClustering, KMeans, SpectralClustering
from sklearn.manifold import TSNE
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.mixture import GaussianMixture
from umap import UMAP

from helpers.data.clouds import clouds
from helpers.data.embedded import digits, pbmc
from helpers.ground.random import generator
from helpers.metrics.neighbours import between, neighbours_kept, vote
from helpers.models.components import pca

warnings.filterwarnings("ignore", message="n_jobs value")
PLAIN = ["PCA, 2", "PCA, 10", "PCA, 30", "random, 2", "random, 10", "all columns"]
SETTINGS = [f"t-SNE, {k}" for k in (2, 5, 15, 30, 100, 180)]
SETTINGS += [f"UMAP, {k}" for k in (3, 5, 15, 50, 180)]
GROUPINGS = ["k-means", "mixture", "Ward", "spectral", "Ward on t-SNE", "Ward on UMAP"]
STARTS = ["the data", "PCA", "t-SNE", "t-SNE, random start", "UMAP", "UMAP, random start"]

TWICE = ["t-SNE", "t-SNE, random start", "t-SNE, 5, random start", "UMAP", "UMAP, random start"]


def cases():
    """Maps of two sets, settings, groupings, clouds at known distances, noise and groups."""

    def all_of(what, seeds, methods, **more):
        return [
            {"what": what, **more, "method": method, "seed": seed}
            for seed in range(seeds)
            for method in methods
        ]

    found = [
        case
        for data in ("cells", "digits")
        for case in all_of("maps", 10, [*PLAIN, "t-SNE", "UMAP"], data=data)
    ]
    found += all_of("clouds", 10, STARTS)
    for data in ("noise", "groups"):
        found += all_of("twice", 5, TWICE, data=data)
    found += all_of("groupings", 10, GROUPINGS, data="cells")
    return found + all_of("maps", 5, SETTINGS, data="cells")


@cache
def drawn(data, seed):
    """Rows of a draw, columns ready for a distance, and their classes."""
    if data == "cells":
        cells = pbmc()
        x, y, rows = cells.log.double(), cells.y, 560
    else:
        pixels, y = digits()
        x, rows = pixels.flatten(1).double(), 700
    chosen = torch.randperm(len(x), generator=generator(seed))[:rows]
    x, y = x[chosen], y[chosen]
    x = x[:, x.std(0) > 0]
    return ((x - x.mean(0)) / x.std(0) if data == "cells" else x - x.mean(0)), y


@cache
def mapped(x, method, seed):
    """The rows in a method's coordinates; after the comma, its setting and start."""
    name, _, setting = method.partition(", ")
    thirty = pca(x, min(30, x.shape[1])).scores
    if name == "all columns":
        return x.numpy()
    if name == "PCA":
        return thirty[:, : int(setting or 2)].numpy()
    if name == "random":
        draw = torch.randn(x.shape[1], int(setting), generator=generator(seed, 1))
        return (x @ draw.double()).numpy()
    start = "random" if "random start" in setting else None
    number = int("".join(filter(str.isdigit, setting)) or 0)
    if name == "t-SNE":
        model = TSNE(perplexity=number or 30, init=start or "pca", random_state=seed)
    else:
        how = {"init": start or "spectral", "random_state": seed, "n_jobs": 1}
        model = UMAP(n_neighbors=number or 15, **how)
    return model.fit_transform(thirty.float().numpy())


def run(what, method, seed, data=None):
    """One case; see the functions named like `what`."""
    return {"maps": maps, "clouds": apart, "twice": twice, "groupings": grouped}[what](
        method, seed, data
    )


def maps(method, seed, data):
    """Share of 15 neighbours kept, and share of rows that their 15 neighbours name rightly."""
    x, y = drawn(data, seed)
    z = mapped(x, method, seed)
    return {"kept": neighbours_kept(x, z).mean(), "named": (vote(z, y) == y.numpy()).mean()}


def apart(method, seed, data):
    """How much farther the far cloud is, and how much wider the wide one; six in the data."""
    x, y = clouds([[0, 0], [10, 0], [0, 60]], each=80, seed=seed)
    wide, which = clouds([[0], [40]], [1.0, 6.0], each=120, seed=seed)
    z, w = ((mapped(v.double(), method, seed) if method != "the data" else v) for v in (x, wide))
    gap, w = between(z, y), torch.as_tensor(np.asarray(w))
    one, two = ((w[which == k] - w[which == k].mean(0)).norm(dim=1).mean() for k in (0, 1))
    return {"farther": gap[0, 2] / gap[0, 1], "wider": two / one}


def twice(method, seed, data):
    """Twelve clusters in each of two maps of the same rows: alike? apart in the map, in the data?"""
    centres = [[0]]
    if data == "groups":
        centres = (4 * torch.randn(12, 10, generator=generator(seed, 2))).tolist()
    x, _ = clouds(centres, each=300 // len(centres), dims=50, seed=seed)
    maps = [mapped(x.double(), method, 2 * seed + k) for k in (0, 1)]
    first, second = (KMeans(12, n_init=3, random_state=0).fit_predict(z) for z in maps)
    return {
        "again": adjusted_rand_score(first, second),
        "in the map": silhouette_score(maps[0], first),
        "in the data": silhouette_score(x, first),
    }


def grouped(method, seed, data):
    """Adjusted Rand index of ten clusters against the ten types."""
    x, y = drawn(data, seed)
    how, _, where = method.partition(" on ")
    z = mapped(x, where or "PCA, 10", seed)
    model = {
        "k-means": KMeans(10, n_init=10, random_state=seed),
        "mixture": GaussianMixture(10, n_init=3, random_state=seed, reg_covar=1e-3),
        "Ward": AgglomerativeClustering(10),
        "spectral": SpectralClustering(
            10, affinity="nearest_neighbors", n_neighbors=15, random_state=seed
        ),
    }[how]
    return {"agreement": adjusted_rand_score(y, model.fit_predict(z))}
