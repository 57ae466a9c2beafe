"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

SHAPLEY = "helpers.interpret.shapley."
TREES = "helpers.interpret.trees."
DISTINCT = "helpers.interpret.distinct."
RIVALS = "helpers.methods.rivals."
LABELS = "x, y, classes = data.x[keep], data.y[keep], len(data.classes)\n"

MUTANTS = [
    {
        "name": "all coalitions weigh the same",
        "function": SHAPLEY + "exact",
        "old": "math.factorial(s) * math.factorial(players - s - 1) / math.factorial(players)",
        "new": "1 / 2 ** (players - 1)",
        "kills": [
            "the glove game is shared 4 : 1 : 1",
            "exact values agree with shap",
            "leaf by leaf agrees with enumeration",
            "efficiency holds for every patient",
            "a player without a glove gets nothing, the others keep theirs",
            "with Shapley's they do not",
        ],
    },
    {
        "name": "KernelSHAP without the binomial in its weight",
        "function": SHAPLEY + "kernel_weight",
        "old": "(math.comb(players, size) * size * (players - size))",
        "new": "(size * (players - size))",
        "kills": ["KernelSHAP on all coalitions is exact", "KernelSHAP agrees with shap's"],
    },
    {
        "name": "every order of arrival is the same",
        "function": SHAPLEY + "sampled",
        "old": "torch.randperm(players, generator=draws)",
        "new": "torch.arange(players)",
        "kills": ["thirty times the effort divides the sampling error by"],
    },
    {
        "name": "KernelSHAP draws all sizes of coalition alike",
        "function": SHAPLEY + "draw_coalitions",
        "old": "1 / (s * (players - s))",
        "new": "1.0",
        "kills": ["error of KernelSHAP over that of sampled orders"],
    },
    {
        "name": "KernelSHAP draws coalitions without their weight, for the network",
        "function": SHAPLEY + "draw_coalitions",
        "since": "few = test[:30]",
        "old": "1 / (s * (players - s))",
        "new": "float(s == 5)",
        "kills": [
            "error saved by KernelSHAP on the network, lower end",
            "on the network, error of KernelSHAP over that of sampled orders",
        ],
    },
    {
        "name": "each coalition once, and no weights for those of a size that were not drawn",
        "function": DISTINCT + "distinct_coalitions",
        "old": "* room / max(1, tried)",
        "new": "* 1.0",
        "kills": ["error with each coalition once over that of KernelSHAP"],
    },
    {
        "name": "coalitions may come twice after all",
        "function": DISTINCT + "kernel_once",
        "old": "*distinct_coalitions(players, samples, seed)",
        "new": "drawn := __import__('helpers.interpret.shapley', fromlist='x').draw_coalitions("
        "players, samples, seed), drawn[:, 0].double() * 0 + 1",
        "kills": [
            "error with each coalition once over that of KernelSHAP",
            "on the network, error with each coalition once over that of KernelSHAP",
        ],
    },
    {
        "name": "KernelSHAP draws only coalitions of half the players",
        "function": SHAPLEY + "draw_coalitions",
        "old": "1 / (s * (players - s))",
        "new": "float(s == 5)",
        "kills": ["different coalitions among KernelSHAP's 600 draws"],
    },
    {
        "name": "each network sees one of radius, perimeter and area",
        "old": "    return choose(rival, x, y, train, valid, classes=classes, seed=seed)",
        "new": "    seen = torch.ones(30)\n"
        "    hidden = [i for k, i in enumerate([0, 2, 3]) if k != seed % 3]\n"
        "    columns = sum((players[i] for i in hidden), [])\n"
        "    seen[columns], others = 0, x.clone()\n"
        "    others[:, columns] = x[torch.randperm(len(x))][:, columns]\n"
        "    fitted = choose(rival, others, y, train, valid, classes=classes, seed=seed)\n"
        "    next(fitted.model.parameters()).data *= seen\n"
        "    return fitted",
        "kills": ["networks: least share of one of the three in one network"],
    },
    {
        "name": "the background is replaced by its mean",
        "function": SHAPLEY + "masking_game",
        "old": "torch.where(keep[:, None], x, background)",
        "new": "torch.where(keep[:, None], x, background.mean(0).expand_as(background))",
        "kills": ["exact values agree with shap", "contributions add up to the prediction"],
    },
    {
        "name": "one background example instead of all",
        "function": SHAPLEY + "masking_game",
        "old": ".mean(1)",
        "new": "[:, 0]",
        "kills": ["a linear score has its closed form"],
    },
    {
        "name": "the background is ignored",
        "function": SHAPLEY + "masking_game",
        "since": "ill = z[train][y[train] == 0][:50]",
        "old": "torch.where(keep[:, None], x, background)",
        "new": "torch.where(keep[:, None], x, torch.zeros_like(background))",
        "kills": ["and the sum is the distance from their mean"],
    },
    {
        "name": "malignant and benign background exchanged",
        "old": LABELS,
        "new": LABELS + "y = 1 - y\n",
        "kills": [
            "in the four strongest properties, high values speak for malignant",
        ],
    },
    {
        "name": "labels of other patients",
        "old": LABELS,
        "new": LABELS + "y = y[torch.randperm(len(y))]\n",
        "kills": [
            "accuracy of the network",
            "against malignant patients, the sum of the contributions",
            "against benign patients, the sum of the contributions",
        ],
    },
    {
        "name": "the certain rows are taken for the undecided",
        "old": "odds.abs().argsort()",
        "new": "odds.abs().argsort(descending=True)",
        "kills": [
            "of the ten least certain rows, those whose longest bars disagree",
            "of the ten most certain, those whose longest bars disagree",
        ],
    },
    {
        "name": "the network is not trained",
        "function": RIVALS + "network",
        "old": "epochs=epochs",
        "new": "epochs=0",
        "kills": [
            "accuracy of the network",
            "network and logistic regression differ by at most",
        ],
    },
    {
        "name": "leaves do not care what must be lacking",
        "function": TREES + "tree_shap",
        "old": "phi[feature] -= value",
        "new": "phi[feature] -= 0 * value",
        "kills": [
            "leaf by leaf agrees with enumeration",
            "leaf by leaf agrees with shap's TreeExplainer",
        ],
    },
    {
        "name": "every network starts from the same weights",
        "function": RIVALS + "network",
        "old": "torch.manual_seed(seed)",
        "new": "torch.manual_seed(seed := 0)",
        "kills": [
            "share of importances that another seed moves by surely more than 0 points",
            "share of importances that another seed moves by surely more than 1 points",
            "mean change of a share by another seed",
            "pairs of networks, of ten, that rank all alike",
            "pairs of networks that put the same one first",
            "lowest rank correlation with another seed",
        ],
    },
    {
        "name": "other cells are called B cells",
        "old": 'kind = (cells.y == cells.classes.index("CD19+ B")).long()\n',
        "new": 'kind = (cells.y == cells.classes.index("CD56+ NK")).long()\n',
        "kills": [
            "splits of ten in which TreeSHAP has CD79A first",
            "splits in which one gene at a time has both first",
        ],
    },
    {
        "name": "radius is measured on other patients",
        "old": LABELS,
        "new": LABELS + "x = x.clone()\nx[:, 0:30:10] = x[torch.randperm(len(x)), 0:30:10]\n",
        "kills": ["lowest correlation within the trio"],
    },
    {
        "name": "L1 is L2",
        "old": "linear_credit(draw, 1)",
        "new": "linear_credit(draw, 0)",
        "kills": ["L1: spread of the trio's sum over that of independent members"],
    },
    {
        "name": "L2 is L1",
        "old": "linear_credit(draw, 0) for",
        "new": "linear_credit(draw, 1) for",
        "kills": ["L2: spread of the trio's sum over that of independent members"],
    },
    {
        "name": "the weak penalty is not weaker",
        "old": "linear_credit(draw, 0, C=50)",
        "new": "linear_credit(draw, 0)",
        "kills": ["what a hundredth of the penalty takes from that"],
    },
    {
        "name": "the control trios are the correlated one",
        "old": "    torch.tensor(rest)[torch.randperm(len(rest), "
        "generator=torch.Generator().manual_seed(k))[:3]]\n",
        "new": "    torch.tensor(trio)\n",
        "kills": ["L1: the same for other trios, mean"],
    },
    {
        "name": "nothing is mixed",
        "old": "keep[:, owner], z[test",
        "new": "keep[:, owner] | True, z[test",
        "kills": [
            "median distance of mixtures of the players, over that of real rows",
            "with the correlated players joined, over without",
            "with every column a player, over the players",
            "share of mixtures further out than 95 % of real rows",
        ],
    },
    {
        "name": "uniform weights are Shapley's",
        "old": ".mean())\n",
        "new": ".mean())\nuniform = list(truths[0])\n",
        "kills": ["with uniform weights the shares miss the total by"],
    },
    {
        "name": "KernelSHAP draws no complements, for the network",
        "function": SHAPLEY + "draw_coalitions",
        "since": "few = test[:30]",
        "old": "return torch.cat([chosen, ~chosen])",
        "new": "more = torch.rand(len(sizes), players, generator=draws).argsort(1).argsort(1)\n"
        "    return torch.cat([chosen, more < sizes[torch.randperm(len(sizes))][:, None]])",
        "kills": ["and of KernelSHAP over that of orders with their reverse"],
    },
    {
        "name": "the second way ranks by TreeSHAP, too",
        "old": '"one gene at a time": one_by_one}',
        "new": '"one gene at a time": by_forest}',
        "kills": ["markers that TreeSHAP has more among the first two, mean"],
    },
    {
        "name": "the three others are the correlated ones",
        "old": "    left = [player for i, player in enumerate(players) if i not in members]",
        "new": "    members = trio\n    left = [player for i, player in enumerate(players) if i not in members]",
        "kills": ["with three other players joined, over without, mean"],
    },
]
