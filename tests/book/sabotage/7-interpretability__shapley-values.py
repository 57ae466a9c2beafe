"""How each check of 7-interpretability/shapley-values is made to fail."""

RUNS = [
    {  # wrong weights, a wrong background, a network that learned nothing
        "edits": [
            ("phi = exact(gloves, players=3)", "phi = sampled_wrong(gloves)"),
            (
                "from helpers.interpret.shapley import exact\n",
                "from helpers.interpret.shapley import exact\n\n\ndef sampled_wrong(game):\n    return torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)\n",
            ),
            (
                "gap = (kernel(random_game, 10) - truth)",
                "gap = (kernel(random_game, 10, samples=100) - truth)",
            ),
            (
                "sampled(random_game, 10, orders=n, seed=s)[0]",
                "sampled(random_game, 10, orders=20, seed=s)[0]",
            ),
            (
                "kernel(random_game, 10, samples=10 * n, seed=s)",
                "kernel(random_game, 10, samples=200, seed=s)",
            ),
            (
                "game = masking_game(lambda z: small(z)[:, 0], one, background)",
                "game = masking_game(lambda z: small(z)[:, 0], one, background[:3])",
            ),
            ("w * (one - background.mean(0))", "w * one"),
            (
                "baseline = LogisticRegression(max_iter=500).fit(z[train], malignant[train])",
                "baseline = LogisticRegression(max_iter=500).fit(z[train], malignant[train].flip(0))",
            ),
            (
                "(z[train], malignant[train]), step=step",
                "(z[train].flip(0), malignant[train]), step=step",
            ),
            (
                "return exact(masking_game(log_odds(net), z[row], known, groups), len(groups))",
                "return torch.randn(len(groups)).double()",
            ),
            (
                "gap = abs(phi.sum() + start_score - score)",
                "gap = abs(phi.sum() + start_score - score) + 1",
            ),
            (
                "intervals = [bootstrap_interval(values[:, i].abs(), repeats=500) for i in range(10)]",
                "intervals = [bootstrap_interval(values[:, i].abs() + 1, repeats=500) for i in range(10)]",
            ),
            ("size = data.x[train][:, [0, 2, 3]]", "size = data.x[train][:, [0, 4, 9]]"),
            (
                "for i in range(30)]\n    return torch.where(keep[:, owner], z[patient], known[torch.arange(400) % len(known)])",
                "for i in range(30)]\n    return z[torch.arange(400)]",
            ),
            (
                "phi, error = sampled(game, len(mine.features), orders=200)",
                "phi, error = sampled(game, len(mine.features), orders=200)\nphi = torch.randn(len(phi)) * error",
            ),
            (
                "exact(lambda coalitions: gloves(coalitions[:, :3]), players=4)",
                "exact(lambda coalitions: gloves(coalitions[:, 1:]), players=4)",
            ),
            (
                "with_it[:, player], without[:, player] = True, False",
                "with_it[:, player], without[:, player] = True, True",
            ),
            ("expected = score -", "expected = 9 + score -"),
            ("abs(truth.sum() - ends)", "abs(2 * truth.sum() - ends)"),
        ],
        "fails": [
            "the glove game is shared 4 : 1 : 1",
            "KernelSHAP on all coalitions is exact",
            "a hundred times the effort divides the sampling error by ten",
            "and the regression's error at least by as much",
            "exact values agree with shap",
            "KernelSHAP agrees with shap's",
            "a linear score has its closed form",
            "logistic regression separates the tumours",
            "the network separates the tumours",
            "contributions add up to the prediction",
            "efficiency holds for every patient",
            "in the four strongest properties, high values speak for malignant",
            "the interval holds the estimate, for each property",
            "radius, perimeter and area are one number",
            "the credit of all three moves less",
            "mixtures of ten players lie far from real patients",
            "grouping the size properties brings them back towards the data",
            "it is far larger than its standard error",
            "contributions add up on your data",
            "a player without a glove gets nothing, the others keep theirs",
            "and the sum is the distance from their mean",
            "with Shapley's they do",
        ],
    },
    {  # one network six times; a baseline that is far better than the network; no wrong weights
        "edits": [
            ("nets = [net] + [train_net(seed) for seed in range(1, 6)]", "nets = [net] * 6"),
            (
                "(z[train], malignant[train]), step=step",
                "(z[train].flip(0), malignant[train]), step=step",
            ),
            (
                "for seed in (1, 2)\n]",
                "for seed in (1, 2)\n]\nothers = [-importance for _ in others]",
            ),
            ("phi = explain_patient(net, patient)", "phi = -explain_patient(net, patient)"),
            (
                "uniform.append((random_game(with_it) - random_game(without)).mean())",
                "uniform.append(truth[player])",
            ),
        ],
        "fails": [
            "each of the four longest bars points right",
            "rankings of different seeds agree, but only roughly",
            "network and baseline are level",
            "the credit of a single one moves with the seed",
            "with uniform weights the shares do not add up",
        ],
    },
    {  # the same seed again and again
        "edits": [
            (
                "explain_patient(train_net(seed), row) for row in shown[:20]",
                "explain_patient(net, row) for row in shown",
            ),
            (
                "malign = z[train][malignant[train] == 1][:50]",
                "malign = z[train][malignant[train] == 0][:50]",
            ),
        ],
        "fails": [
            "against malignant patients there is less to explain",
            "another seed moves some property beyond its interval",
        ],
    },
]
