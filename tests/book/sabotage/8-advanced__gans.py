"""How each check of 8-advanced/gans is made to fail."""

RUNS = [
    {  # wrong losses and penalties, other kernels, generators that are not trained or copy
        "edits": [
            ("best = (p / q).log()", "best = 0.5 * (p / q).log()"),
            (
                "(len(score) * loss_of(scores)).backward()",
                "(len(score) * loss_of(-scores)).backward()",
            ),
            ("closed = (linear.weight.norm() - 1) ** 2", "closed = linear.weight.norm() ** 2"),
            ("return -apart + 10 *", "return -apart + 2 *"),
            ("reference._v.copy_(state.v)", "reference._v.copy_(-state.u[0] + 0 * state.v)"),
            (
                "size = torch.linalg.matrix_norm(mine.weight",
                "size = 0.9 * torch.linalg.matrix_norm(mine.weight",
            ),
            (
                "fast, even = nn.Identity(), (2e-3, 2e-4), (1e-3, 3e-3)",
                "fast, even = nn.Identity(), (1e-3, 3e-3), (1e-3, 1e-9)",
            ),
            ("plain, (2e-3, 5e-3)),\n", "plain, (1e-9, 5e-3)),\n"),
            (
                "(ring[2000:4000] - centres[0]).norm(dim=1) < 0.45",
                "(ring[2000:4000] - centres[0]).norm(dim=1) > 2.2",
            ),
            (
                "honest = judged(ring[:2000], ring[2000:4000])",
                "honest = judged(ring[:2000], ring[2000:2500])",
            ),
            ("step=step, epochs=80", "step=step, epochs=1"),
            (
                "torch.cdist(images.flatten(1), x[train].flatten(1)).amin(1)",
                "torch.cdist(images.flatten(1), x[train].flatten(1)).amin(1) * (len(images) != 500)",
            ),
            (
                "own = kernel * factors[None, :, None, None]",
                "own = kernel * factors.abs()[None, :, None, None]",
            ),
            ("synthesise([w[:1], w[1:], w[1:]])", "synthesise([w[:1], w[:1], w[:1]])"),
            (
                'invented = predict(history.averaged["generator"], torch.randn(len(keep), 8))',
                "invented = torch.randn(len(keep), columns)",
            ),
            (
                "100 * torch.randn(6, 2, generator=draws)",
                "0.1 * torch.randn(6, 2, generator=draws)",
            ),
            ("coverage(wide, stray)", "coverage(narrow, stray)"),
            ("weight=0.0), plain", "weight=1.0), plain"),
        ],
        "fails": [
            "the best discriminator's loss gives the Jensen-Shannon divergence",
            "a recognised fake teaches nothing in the original game",
            "and most with the non-saturating loss",
            "the penalty of a linear critic is its closed form",
            "the critic rises by what the closed form says",
            "spectral normalisation agrees with PyTorch's",
            "the largest singular value is one",
            "a generator that learns too fast finds one kind of eight, or none",
            "a faster discriminator repairs it",
            "WGAN-GP repairs it",
            "spectral normalisation repairs it",
            "and cover about an eighth",
            "new real points cover almost everything",
            "spectral normalisation covers more",
            "WGAN-GP covers more",
            "samples of WGAN-GP are not copies",
            "one shared convolution equals a kernel for each image",
            "the fine layers' style changes the image",
            "invented wines cover more than independent columns do",
            "six stray samples raise recall from nothing",
            "coverage stays low",
            "without the penalty nothing is found",
        ],
    },
    {  # a cloud that is not real, a mixture of one, a plain game that repeats the test digits
        "edits": [
            (
                "(ring[2000:4000] - centres[0]).norm(dim=1) < 0.45]",
                "(ring[2000:4000] - centres[0]).norm(dim=1) < 0.45] * 0.8",
            ),
            ("(nearest <= radius).mean()", "(nearest <= 2 * radius).mean()"),
            ("GaussianMixture(30, reg_covar=1e-3", "GaussianMixture(1, reg_covar=1.0"),
            ('[score(x[train])], "30', '[score(x[train].flip(2))], "30'),
            (
                "scores |= {name: [score(images) for images in runs] for name, runs in samples.items()}",
                "scores |= {name: [score(x[test]) for images in runs] for name, runs in samples.items()}",
            ),
            ("step=step, epochs=80", "step=step, epochs=1"),
        ],
        "fails": [
            "samples from one cloud alone have perfect precision",
            "the three measures agree with scikit-learn",
            "real digits cover real digits",
            "the plain game covers little",
            "thirty Gaussians cover more than any of the three",
        ],
    },
]
