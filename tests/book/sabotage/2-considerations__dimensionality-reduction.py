"""How each check of 2-considerations/dimensionality-reduction is made to fail."""

RUNS = [
    {  # data without structure, wrong updates, wrong starts
        "edits": [
            (
                "cells = pbmc()",
                "cells = pbmc()\nimport dataclasses\ncells = dataclasses.replace(cells, y=cells.y.clone().fill_(0).scatter_(0, __import__('torch').arange(500), __import__('torch').arange(500) % 10), x=cells.x[:, :764])",
            ),
            (
                "found = pca(x, components=50)",
                "found = pca(x * 0 + __import__('torch').randn(x.shape).double(), components=50)",
            ),
            ("library = torch.from_numpy(PCA(10,", "library = 1.1 * torch.from_numpy(PCA(10,"),
            (
                "w100, h100 = nmf(log, w, h, steps=100)",
                "w100, h100 = nmf(log, w, h, steps=90)\nw100[0, 0], h100 = -1, torch.rand(h100.shape).double()",
            ),
            (
                "for name, points in maps.items()}\n",
                "for name, points in maps.items()}\ntrust = {'PCA': 0.5, 't-SNE': 0.5, 'UMAP': 0.5}\n",
            ),
            ("mine = kmeans(z, first)", "mine = kmeans(z, first, steps=1)"),
            (
                "steps = torch.tensor(likelihood).diff()",
                "steps = torch.tensor(likelihood[::-1]).diff() - 1",
            ),
            (
                "share, _ = responsibilities(z5, mixture)",
                "share, _ = responsibilities(z5, mixture)\nshare = share * 1.01",
            ),
            (
                "two_more, _ = gaussian_mixture(z5, mixture, steps=2)",
                "two_more, _ = gaussian_mixture(z5, mixture, steps=0)\nimport dataclasses\ntwo_more = dataclasses.replace(mixture, means=mixture.means + 1)",
            ),
            ('"chance": torch.randint(5, (700,)).numpy()', '"chance": family.numpy()'),
            (
                "flat = pixels.flatten(1).numpy()",
                "flat = pixels.flatten(1)[torch.randperm(1797)].numpy()",
            ),
            ("points = TSNE(perplexity=perplexity,", "points = TSNE(perplexity=30,"),
            ("for seed in (0, 1)\n)", "for seed in (0, 0)\n)"),
            (
                "scaled = (bottles.x - bottles.x.mean(0)) / bottles.x.std(0)",
                "scaled = torch.randn(178, 13)",
            ),
            ("two = pca(own, 2)", "two = pca(torch.randn(150, 4), 2)"),
            (
                "part = pca(pixels.flatten(1).double(), k)",
                "part = pca(pixels.flatten(1).double(), 5)",
            ),
            (
                "by_mixture = GaussianMixture(2,",
                "truth = truth[torch.randperm(400)]\nby_mixture = GaussianMixture(2,",
            ),
        ],
        "fails": [
            "700 cells, 765 genes",
            "the rarest type has fewer than ten cells",
            "the first component is far above chance",
            "components above chance",
            "PCA by hand agrees with scikit-learn",
            "NMF by hand agrees with scikit-learn",
            "CD79A, a gene of B cells, leads the B-cell programme",
            "a gene of natural killer cells leads theirs",
            "no entry became negative",
            "no map invents many neighbours",
            "t-SNE keeps neighbours better than two components",
            "UMAP keeps neighbours better than two components",
            "k-means by hand agrees with scikit-learn",
            "the likelihood never falls",
            "probabilities of a cell sum to one",
            "EM steps by hand agree with scikit-learn's",
            "chance scores zero",
            "the weakest method is far above chance",
            "k-means on pixels finds the digits roughly",
            "on the map it finds them better",
            "small perplexity packs points into clumps",
            "clumps of the fog do not come back with another seed",
            "scaled, it finds the cultivars",
            "two components keep most of the variance",
            "twenty components leave a quarter of the error of five",
            "all components reconstruct exactly",
            "the silhouette chooses three, the number of cultivars",
            "a mixture finds them",
        ],
    },
    {  # a method that reads the labels; units that were mended beforehand
        "edits": [
            (
                '"on UMAP": AgglomerativeClustering(5).fit_predict(maps["UMAP"])',
                '"on UMAP": family.numpy()',
            ),
            (
                "stripes[:, 1] += 4 * truth",
                "stripes = stripes / torch.tensor([10, 0.5])\nstripes[:, 1] += 9 * truth",
            ),
            (
                "bottles = wine()",
                "import dataclasses\n\nbottles = wine()\nbottles = dataclasses.replace(bottles, x=bottles.x / bottles.x.std(0))",
            ),
        ],
        "fails": [
            "k-means cuts the stripes across",
            "the two best methods cannot be told apart",
            "in raw units k-means finds little but proline",
        ],
    },
]
