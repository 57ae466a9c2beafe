"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

SHAPLEY = "helpers.interpret.shapley."
LABELS = "malignant = (data.y == 0).long()\n"

MUTANTS = [
    {
        "name": "all coalitions weigh the same",
        "function": SHAPLEY + "exact",
        "old": "math.factorial(s) * math.factorial(players - s - 1) / math.factorial(players)",
        "new": "1 / 2 ** (players - 1)",
        "kills": [
            "the glove game is shared 4 : 1 : 1",
            "exact values agree with shap",
            "efficiency holds for every patient",
            "a player without a glove gets nothing, the others keep theirs",
            "with Shapley's they do",
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
        "kills": ["a hundred times the effort divides the sampling error by ten"],
    },
    {
        "name": "KernelSHAP draws all sizes of coalition alike",
        "function": SHAPLEY + "draw_coalitions",
        "old": "1 / (s * (players - s))",
        "new": "1.0",
        "kills": ["and the regression's error at least by as much"],
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
        "since": "malign = z[train][malignant[train] == 1][:50]",
        "old": "torch.where(keep[:, None], x, background)",
        "new": "torch.where(keep[:, None], x, torch.zeros_like(background))",
        "kills": [
            "against malignant patients there is less to explain",
            "and the sum is the distance from their mean",
        ],
    },
    {
        "name": "labels of other patients",
        "old": LABELS,
        "new": LABELS + "malignant = malignant[torch.randperm(len(malignant))]\n",
        "kills": [
            "logistic regression separates the tumours",
            "the network separates the tumours",
            "each of the four longest bars points right",
        ],
    },
    {
        "name": "the network learns nothing",
        "function": "helpers.train.steps.Supervised.__call__",
        "old": "return self.loss(model(*inputs), target)",
        "new": "return 0 * self.loss(model(*inputs), target)",
        "kills": [
            "the network separates the tumours",
            "network and baseline are level",
            "rankings of different seeds agree, but only roughly",
        ],
    },
    {
        "name": "benign called malignant",
        "old": "(data.y == 0)",
        "new": "(data.y == 1)",
        "kills": ["in the four strongest properties, high values speak for malignant"],
    },
    {
        "name": "the interval from ten of the patients",
        "function": "helpers.metrics.uncertainty.bootstrap_interval",
        "system": "bootstrap interval",
        "old": "len(values), (repeats, len(values))",
        "new": "10, (repeats, len(values))",
        "kills": ["the interval holds the estimate, for each property"],
    },
    {
        "name": "area measured on other patients",
        "old": "data = breast_cancer()\n",
        "new": "data = breast_cancer()\ndata.x[:, 3::10] = data.x[torch.randperm(len(data.x)), 3::10]\n",
        "kills": [
            "radius, perimeter and area are one number",
        ],
    },
    {
        "name": "every network starts from the same weights",
        "function": "helpers.models.mlp.MLP.__init__",
        "since": "def train_net(seed):",
        "old": "layers = [nn.Flatten()]",
        "new": "__import__('torch').manual_seed(0); layers = [nn.Flatten()]",
        "kills": [
            "the credit of a single one moves with the seed",
        ],
    },
    {
        "name": "nothing is mixed",
        "old": "keep[:, owner], z[patient]",
        "new": "False & keep[:, owner], z[patient]",
        "kills": [
            "mixtures of ten players lie far from real patients",
            "grouping the size properties brings them back towards the data",
        ],
    },
    {
        "name": "a player who has arrived does not stay",
        "function": SHAPLEY + "sampled",
        "since": "forest_like = LogisticRegression",
        "old": "steps[place + 1 :, player]",
        "new": "steps[place + 1, player]",
        "kills": ["contributions add up on your data"],
    },
    {
        "name": "the standard error of one order, not of their mean",
        "function": SHAPLEY + "sampled",
        "since": "forest_like = LogisticRegression",
        "old": "gains.std(0) / math.sqrt(orders)",
        "new": "gains.std(0)",
        "kills": ["it is far larger than its standard error"],
    },
]
