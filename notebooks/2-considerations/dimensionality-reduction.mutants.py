"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

COMPONENTS = "helpers.models.components."
MAPS = "helpers.models.neighbour_maps."
GROUPS = "helpers.models.clustering."

MUTANTS = [
    {
        "name": "the file's values were scaled on these cells and clipped",
        "function": "helpers.data.embedded.pbmc",
        "old": "x=torch.from_numpy(data.X).float()",
        "new": "x=(lambda t: (t / t.std(0)).clamp(max=10))(torch.from_numpy(data.X).float())",
        "kills": ["the file's scaled genes: largest value"],
    },
    {
        "name": "the file's values were scaled on these cells",
        "function": "helpers.data.embedded.pbmc",
        "old": "x=torch.from_numpy(data.X).float()",
        "new": "x=(lambda t: t / t.std(0))(torch.from_numpy(data.X).float())",
        "kills": ["the file's scaled genes: smallest standard deviation"],
    },
    {
        "name": "columns are centred but not scaled",
        "old": "x = (raw - raw.mean(0)) / raw.std(0)",
        "new": "x = raw - raw.mean(0)",
        "kills": ["every column has unit variance"],
    },
    {
        "name": "PCA gives columns instead of components",
        "function": COMPONENTS + "pca",
        "old": "scores=u[:, :components] * s[:components]",
        "new": "scores=(x - mean)[:, :components]",
        "kills": ["PCA by hand agrees with scikit-learn"],
    },
    {
        "name": "the data are one more shuffle",
        "old": "share = torch.linalg.svdvals(x) ** 2",
        "new": "share = torch.linalg.svdvals(shuffled(99)) ** 2",
        "kills": [
            "components above chance",
            "first component over the first of shuffled data",
        ],
    },
    {
        "name": "NMF never updates",
        "function": COMPONENTS + "nmf",
        "old": "for _ in range(steps):",
        "new": "for _ in range(0):",
        "kills": [
            "NMF by hand agrees with scikit-learn",
            "CD79A, a gene of B cells, in the B-cell programme: rank",
        ],
    },
    {
        "name": "NMF steps against the plain gradient",
        "function": COMPONENTS + "nmf",
        "old": "h = h * (w.T @ x) / (w.T @ w @ h).clamp(min=tiny)",
        "new": "h = h + 1e-4 * (w.T @ x - w.T @ w @ h)",
        "kills": ["no entry became negative"],
    },
    {
        "name": "entropy in bits",
        "function": MAPS + "perplexity_of",
        "old": ".sum(1, keepdim=True).exp()",
        "new": ".sum(1, keepdim=True).div(0.6931).exp()",
        "kills": [
            "picking among seven alike has a perplexity of",
            "the divergence over scikit-learn's",
        ],
    },
    {
        "name": "probabilities are not averaged over both directions",
        "function": MAPS + "affinities",
        "old": "(p + p.T) / (2 * n)",
        "new": "(p + p.T) / n",
        "kills": ["probabilities of all pairs sum to"],
    },
    {
        "name": "Gaussian tails on the map",
        "function": MAPS + "heavy_tails",
        "old": '1 / (1 + torch.cdist(y, y, compute_mode="donot_use_mm_for_euclid_dist").square())',
        "new": "(-torch.cdist(y, y).square()).exp()",
        "kills": [
            "the gradient agrees with automatic differentiation",
            "the divergence over scikit-learn's",
        ],
    },
    {
        "name": "t-SNE never moves a point",
        "function": MAPS + "tsne",
        "old": "y = y + move",
        "new": "y = y + 0 * move",
        "kills": [
            "divergence of the map by hand over its start",
            "divergence of the map by hand over the library's",
        ],
    },
    {
        "name": "memberships are not joined from both sides",
        "function": MAPS + "fuzzy_graph",
        "old": "v + v.T - v * v.T",
        "new": "v",
        "kills": [
            "a pair's membership is the same from both sides",
            "the fuzzy graph agrees with umap-learn's",
        ],
    },
    {
        "name": "the library's t-SNE does not move its points",
        "old": 'TSNE(perplexity=perplexity, random_state=0, init="pca")',
        "new": 'TSNE(perplexity=perplexity, random_state=0, init="pca", learning_rate=1e-9)',
        "kills": [
            "neighbours t-SNE keeps beyond two components, lower end",
            "lead of t-SNE over PCA above chance in naming",
        ],
    },
    {
        "name": "UMAP does not move its points",
        "old": "UMAP(n_neighbors=k, random_state=0, n_jobs=1)",
        "new": 'UMAP(n_neighbors=k, random_state=0, n_jobs=1, init="random", n_epochs=1)',
        "kills": ["neighbours UMAP keeps beyond two components, lower end"],
    },
    {
        "name": "thirty components are two",
        "old": 'spaces["PCA above chance"] = found.scores[:, :needed].numpy()\n'
        'spaces["PCA, thirty"] = thirty.numpy()',
        "new": 'spaces["PCA above chance"] = maps["PCA"]\nspaces["PCA, thirty"] = maps["PCA"]',
        "kills": [
            "neighbours thirty components keep beyond t-SNE",
            "loss of all columns against PCA above chance, nearer end",
            "loss of two components against PCA above chance, nearer end",
        ],
    },
    {
        "name": "the columns that are not scaled are scaled, too",
        "old": '"all, not scaled": raw.numpy()',
        "new": '"all, not scaled": x.numpy()',
        "kills": ["lead of all columns, not scaled, over PCA above chance"],
    },
    {
        "name": "more components are other directions at random",
        "old": "neighbours_kept(x, found.scores[:, :m], k).mean() for m",
        "new": "neighbours_kept(x, at_random(m), k).mean() for m",
        "kills": ["components that keep as many neighbours as t-SNE"],
    },
    {
        "name": "k-means leaves its centres where they start",
        "function": GROUPS + "kmeans",
        "old": "centres = moved",
        "new": "centres = centres",
        "kills": ["k-means by hand agrees with scikit-learn"],
    },
    {
        "name": "starts of k-means++ are drawn evenly",
        "function": GROUPS + "plus_plus",
        "old": "weight = distances(x, centres).min(1).values.cpu() ** 2",
        "new": "weight = torch.ones(len(x))",
        "kills": ["starting error of k-means++ over that of random starts"],
    },
    {
        "name": "the mixture's covariances are never fitted",
        "function": GROUPS + "maximise",
        "old": "covariances + ridge * torch.eye(x.shape[1]).to(x)",
        "new": "0 * covariances + torch.eye(x.shape[1]).to(x)",
        "kills": ["EM steps by hand agree with scikit-learn's"],
    },
    {
        "name": "means are refitted without the probabilities",
        "function": GROUPS + "maximise",
        "old": "means = share.T @ x / mass[:, None]",
        "new": "means = share.T.flip(0) @ x / mass.flip(0)[:, None]",
        "kills": ["largest fall of the likelihood in a step"],
    },
    {
        "name": "k-means in place of the tree",
        "old": "AgglomerativeClustering(groups + extra)",
        "new": "KMeans(groups + extra, n_init=3, random_state=0)",
        "kills": ["finer groups with parts in two coarser ones"],
    },
    {
        "name": "k-means in place of spectral clustering",
        "old": "SpectralClustering(2, gamma=30, random_state=0)",
        "new": "KMeans(2, n_init=3, random_state=0)",
        "kills": ["spectral clustering finds two moons, simulated"],
    },
    {
        "name": "spectral clustering of a graph with one neighbour each",
        "old": 'groups, affinity="nearest_neighbors", n_neighbors=k, random_state=0',
        "new": 'groups, affinity="nearest_neighbors", n_neighbors=2, random_state=0',
        "kills": ["weakest grouping, lower end of its index"],
    },
    {
        "name": "groups at random are the k-means groups",
        "old": '"chance": torch.randint(groups, (n,), generator=generator(6)).numpy()',
        "new": '"chance": KMeans(groups, n_init=3, random_state=0).fit_predict(space)',
        "kills": ["index of groups drawn at random"],
    },
    {
        "name": "draws: ten components in the place of all columns",
        "old": 'if r["method"] == m]',
        "new": 'if r["method"] == {"all columns": "PCA, 10"}.get(m, m)]',
        "kills": ["draws: loss of all columns on the cells, nearer end"],
    },
    {
        "name": "draws: random directions in the place of t-SNE",
        "old": 'if r["method"] == m]',
        "new": 'if r["method"] == {"t-SNE": "random, 10"}.get(m, m)]',
        "kills": ["draws: lead of t-SNE over all pixels of the digits"],
    },
    {
        "name": "draws: perplexity 2 whatever is asked",
        "old": 'if r["method"] == m]',
        "new": 'if r["method"] == {"t-SNE, 15": "t-SNE, 2"}.get(m, m)]',
        "kills": ["neighbours that perplexity 2 costs against 15"],
    },
    {
        "name": "two random directions count as a setting",
        "old": 'tried = {"t-SNE": (2, 5, 15, 30, 100, 180),',
        "new": 'tried = {"t-SNE": (2, 5, 15, 30, 100, 180), "random": (2,),',
        "kills": ["range of the share named over all settings"],
    },
    {
        "name": "the mixture sees the t-SNE map",
        "function": "helpers.data.long_run.LongRun.scores",
        "old": "found.setdefault(row[by], {})[case] = row[value]",
        "new": "found.setdefault({'mixture': 'Ward on t-SNE', 'Ward on t-SNE': 'mixture'}"
        ".get(row[by], row[by]), {})[case] = row[value]",
        "kills": ["draws: lead of the mixture over k-means, lower end"],
    },
    {
        "name": "all clouds lie in one place and are alike",
        "function": "helpers.data.clouds.clouds",
        "old": "return middle[y] + wide[y, None] * noise, y",
        "new": "return middle[:2].float().mean(0) * (y[:, None] > 0) + noise, y",
        "kills": [
            "in the data the third cloud is farther, times",
            "in the data the second cloud is wider, times",
            "with two components it is farther, times",
            "groups: silhouette of the clusters in the data",
            "groups: agreement with a second map",
        ],
    },
    {
        "name": "PCA in place of t-SNE on the clouds",
        "old": 'draw_tsne = TSNE(perplexity=30, random_state=0, init="pca").fit_transform',
        "new": "draw_tsne = lambda v: pca(v, 2).scores.numpy()",
        "kills": [
            "on the t-SNE map it is farther, times",
            "on the t-SNE map it is wider, times",
        ],
    },
    {
        "name": "PCA in place of UMAP on the clouds",
        "old": 'pictures["UMAP"] = UMAP(random_state=0, n_jobs=1).fit_transform',
        "new": 'pictures["UMAP"] = pictures["PCA"]',
        "kills": [
            "on the UMAP map it is farther, times",
            "on the UMAP map it is wider, times",
        ],
    },
    {
        "name": "what is called t-SNE in the long run is the data",
        "function": "helpers.data.long_run.LongRun.scores",
        "since": 'apart = stored.scores("farther"',
        "old": "found.setdefault(row[by], {})[case] = row[value]",
        "new": "found.setdefault({'t-SNE': 'the data', 'the data': 't-SNE'}"
        ".get(row[by], row[by]), {})[case] = row[value]",
        "kills": [
            "largest factor of distance on any t-SNE or UMAP map",
            "largest factor of width on any of them",
        ],
    },
    {
        "name": "there are groups in the fog",
        "old": "fog, _ = clouds([[0]], each=300, dims=50, seed=1)",
        "new": "fog, _ = clouds((4 * torch.randn(12, 10)).tolist(), each=25, dims=50, seed=1)",
        "kills": [
            "fog: silhouette of the clusters on the map",
            "fog: silhouette of the same clusters in the data",
            "fog: agreement with a second map",
        ],
    },
    {
        "name": "starts of the long run are exchanged",
        "function": "helpers.data.long_run.LongRun.scores",
        "since": 'again = stored.scores("again"',
        "old": "found.setdefault(row[by], {})[case] = row[value]",
        "new": "found.setdefault({'t-SNE': 't-SNE, random start', 't-SNE, random start': 't-SNE'}"
        ".get(row[by], row[by]), {})[case] = row[value]",
        "kills": [
            "fog mapped twice from its components: agreement",
            "fog mapped twice from random starts: agreement",
        ],
    },
    {
        "name": "there are groups in the fog of the long run",
        "function": "helpers.data.long_run.LongRun.scores",
        "since": 'again = stored.scores("again"',
        "old": "for k, v in where.items())]",
        "new": "for k, v in (where | {'data': 'groups'}).items())]",
        "kills": ["fog: largest silhouette in the data, all maps"],
    },
    {
        "name": "components explain nothing of the digits",
        "old": "part = pca(pixels, m)",
        "new": "part = pca(pixels, 5)",
        "kills": [
            "error of twenty components over that of five",
            "all components reconstruct exactly",
        ],
    },
    {
        "name": "proline is in litres, and nothing is scaled",
        "old": "in_raw = bottles.x\nin_units = (bottles.x - bottles.x.mean(0)) / bottles.x.std(0)",
        "new": "in_raw = bottles.x / bottles.x.std(0)\nin_units = bottles.x",
        "kills": [
            "agreement with the cultivars in raw units",
            "agreement with each column scaled",
        ],
    },
    {
        "name": "the stripes are not elongated",
        "old": "long = torch.tensor([10, 0.5])",
        "new": "long = torch.tensor([0.5, 0.5])",
        "kills": ["k-means on the stripes: agreement"],
    },
    {
        "name": "cells with the genes of others",
        "old": "centred = x - x.mean(1, keepdim=True)",
        "new": "centred = x.flip(0) - x.mean(1, keepdim=True)",
        "kills": ["lead of all columns by correlation over PCA above chance"],
    },
    {
        "name": "columns are not shuffled",
        "old": "rng.permutation(column)",
        "new": "column",
        "kills": ["groups found in shuffled columns: silhouette in their components"],
    },
    {
        "name": "types of other cells",
        "old": "silhouette_score(where, y) for where in (x, space)",
        "new": "silhouette_score(where, y.flip(0)) for where in (space[:, :2], space)",
        "kills": ["types: silhouette in the components above chance"],
    },
    {
        "name": "components in the place of genes",
        "old": "for where in (x, space)",
        "new": "for where in (space, space)",
        "kills": ["types: silhouette in all genes"],
    },
    {
        "name": "the programme that a kind of cell uses least",
        "old": "level = w[y == kind].mean(0) / w.mean(0)",
        "new": "level = w.mean(0) / w[y == kind].mean(0)",
        "kills": ["best of four genes of killer cells in theirs: rank"],
    },
    {
        "name": "the weights of the components count twice, and nothing divides by the sum",
        "old": "probability, _ = responsibilities(z5, mixture)",
        "new": "probability = responsibilities(z5, mixture)[0] * mixture.weights",
        "kills": ["probabilities of a cell sum to one"],
    },
    {
        "name": "the mixture may draw circles only",
        "old": "    2, random_state=0, n_init=20,",
        "new": '    2, covariance_type="spherical", random_state=0, n_init=20,',
        "kills": ["a mixture on the stripes: agreement"],
    },
]
