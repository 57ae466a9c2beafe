"""How each check of 5-methods/domain-adaptation is made to fail."""

RUNS = [
    {  # wrong gradients, kernels and covariances; the same digits on both sides; methods that do nothing
        "edits": [
            ("point.grad + 0.7 * slope", "point.grad - 0.7 * slope"),
            ("gamma = 1 / (2 * 1.5**2)", "gamma = 1 / 1.5**2"),
            ("mine = recolour(here, there, ridge=0.0)", "mine = recolour(here, there, ridge=1.0)"),
            ("/ (4 * 3**2)", "/ (4 * 3)"),
            ("return 0.6 * down + 0.5 * patches[rows]", "return images"),
            (
                "source, rest = random_split(len(x), test=0.5, y=y, seed=0)",
                "source = rest = torch.arange(900)",
            ),
            (
                "ys, xt = x[source], y[source], z[pool]",
                "ys, xt = x[source], y[source], z[pool].flip(2)",
            ),
            (
                "ceiling = train_one(plain_step, (xt, y[pool]), seed, epochs=28)",
                "ceiling = make_net()",
            ),
            ('"CORAL loss": discrepancy(coral, 10.0)', '"CORAL loss": dann(STEPS, strength=9.0)'),
            ('"MMD": discrepancy(mmd, 1.0)', '"MMD": discrepancy(mmd, -0.0)'),
            (
                "return score(renormalise(Adaptable(players",
                "return 0.1 + 0 * score(renormalise(Adaptable(players",
            ),
            (
                "clean = renormalise(net, xs).features(x[source[:400]])",
                "clean = renormalise(net, xs).features(z[test])",
            ),
            ("torch.arange(len(rows)) % 8 == 0", "torch.arange(len(rows)) % 1 == 0"),
            (
                "        net = adapt(resample(shares[-1][-1], seed), seed)",
                "        net = make_net().eval()",
            ),
            ("known = [adapt(resample(true, s), s)", "known = [make_net().eval()"),
            (
                "nets = [train_one(dann(STEPS, strength=strength), both, seed)",
                "nets = [make_net() if strength > 0.5 else train_one(plain_step, (xt, y[pool]), seed)",
            ),
            (
                "scale, offset = torch.randn(2, 13, generator=draws)",
                "scale, offset = torch.zeros(2, 13)",
            ),
            (
                "transferred(own_units(site_a.x), own_units(site_b.x))",
                "transferred(own_units(site_a.x), -own_units(site_b.x))",
            ),
            (
                "(torch.rand(300, 1, generator=draws) - 0.5) * 12**0.5",
                "3 * torch.randn(300, 1, generator=draws)",
            ),
            (
                "mmd(normal, uniform, [0.5]) / mmd(normal, other, [0.5])",
                "mmd(normal, other, [0.5]) / mmd(normal, uniform, [0.5])",
            ),
            ("0, epochs=epochs))", "0, epochs=1))"),
            ("renormalise(train_one(flips, both, seed), xt)", "make_net()"),
            ("features == site_b.features", "features == site_b.y"),
        ],
        "fails": [
            "the reversed gradient is minus strength times the finite difference",
            "MMD equals sums of scikit-learn's kernel",
            "recolouring equals SciPy's matrix square roots",
            "after recolouring the covariances agree",
            "the CORAL loss equals NumPy's covariances",
            "source and target share no digit",
            "without adaptation most of the accuracy is gone",
            "with target labels the digits are readable",
            "the best simple repair recovers a good part",
            "on average, alignment is above the best simple repair",
            "labels in the target remain far better",
            "the gain of two players lies above zero, interval and all",
            "among the four methods the means are close",
            "before, a line tells the domains apart",
            "after, it does so less well",
            "a target pool with other proportions costs accuracy on the same digits",
            "the first estimate sees that small digits are rare",
            "estimates come nearer to the true proportions",
            "re-weighting wins some accuracy back",
            "the true proportions would win back more",
            "the source score is high at every strength",
            "the source score hardly depends on the strength",
            "both sites have the same columns",
            "ignoring the change of instrument fails",
            "each site standardised by itself works",
            "CORAL sees next to nothing",
            "MMD sees the other shape",
            "three hundred are worth more",
            "self-supervision is far above source only",
        ],
    },
    {  # a strength that never hurts, and labels that are worth more than they are
        "edits": [
            ("strengths = (0.03, 0.2, 1.0)", "strengths = (0.1, 0.1, 0.1)"),
            ("with_labels(10, 200)", "with_labels(400, 50)"),
        ],
        "fails": ["the target score does", "ten labels are worth less than adaptation"],
    },
]
