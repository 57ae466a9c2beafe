"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

TOOLS = "helpers.methods.transfer."
WAYS = "helpers.methods.finetuning."
ATOMS = "helpers.data.atoms."

MUTANTS = [
    {
        "name": "the adapter's second part does not start at zero",
        "function": TOOLS + "Adapter.__init__",
        "old": "nn.init.zeros_(self.up.weight)",
        "new": "nn.init.ones_(self.up.weight)",
        "kills": ["an adapter starts as the identity"],
    },
    {
        "name": "the low-rank change does not start at zero",
        "function": TOOLS + "LowRank.__init__",
        "old": "nn.init.zeros_(self.B.weight)",
        "new": "nn.init.ones_(self.B.weight)",
        "kills": ["a low-rank change starts at nothing"],
    },
    {
        "name": "the folded change is not scaled",
        "function": TOOLS + "LowRank.change",
        "old": "self.scale * torch",
        "new": "torch",
        "kills": ["the change folded into the weights gives the same"],
    },
    {
        "name": "the low-rank change is not scaled",
        "function": TOOLS + "LowRank.forward",
        "old": "self.scale * self.B",
        "new": "self.B",
        "kills": ["the low-rank layer differs from peft's by"],
    },
    {
        "name": "one group too many is frozen",
        "function": TOOLS + "freeze_to",
        "old": "number >= count",
        "new": "number > count",
        "kills": ["parameters frozen otherwise than by fastai"],
    },
    {
        "name": "rates fall by two",
        "function": TOOLS + "discriminative",
        "old": "lr / factor**below",
        "new": "lr / 2**below",
        "kills": ["rates differ from fastai's spread by"],
    },
    {
        "name": "the triangle falls too slowly",
        "function": TOOLS + "slanted",
        "old": "1 - (t - cut) / (1 - cut)",
        "new": "1 - (t - cut)",
        "kills": ["the slanted triangle differs from PyTorch's cycle by"],
    },
    {
        "name": "the source has learned shuffled labels",
        "old": "images, labels, 0.01",
        "new": "images, labels[torch.randperm(len(labels))], 0.01",
        "kills": [
            "share of fresh letters that the rich source reads",
            "what the frozen rich body gains over the network from scratch, lower end",
            "what it gains over the nearest neighbour, lower end",
            "what it gains over a random body, lower end",
            "with one label, the mean gain over the network from scratch",
        ],
    },
    {
        "name": "the narrow source has all letters",
        "old": "letters(3000, side, classes=5)",
        "new": "letters(3000, side, classes=52)",
        "kills": ["what 52 classes gain over five as a source, lower end"],
    },
    {
        "name": "one label of each class is ten",
        "function": WAYS + "few",
        "old": "[:count]",
        "new": "[:10]",
        "kills": ["how much of this gain ten labels take away"],
    },
    {
        "name": "adapters learn a hundred times too fast",
        "function": WAYS + "adapted",
        "old": "torch.optim.AdamW(free, rate)",
        "new": "torch.optim.AdamW(free, 100 * rate)",
        "kills": ["between the best and the worst way to move, in the mean"],
    },
    {
        "name": "the moving ways see ten labels, the frozen body three",
        "old": 'right(WAYS[name], "rich", 3, seed)',
        "new": 'right(WAYS[name], "rich", 10, seed)',
        "kills": ["largest mean lead over the frozen body"],
    },
    {
        "name": "every atom is read one row too far",
        "function": ATOMS + "numbered",
        "old": "atom.GetAtomicNum() - 1",
        "new": "atom.GetAtomicNum()",
        "kills": ["least likeness of means, molecules here and published"],
    },
    {
        "name": "the atoms are not shifted",
        "old": "atoms + torch.tensor([change, 0])",
        "new": "atoms",
        "kills": ["the same with every atom one element further"],
    },
    {
        "name": "the supervised weights are not loaded",
        "old": '"supervised": features("gcn_supervised_contextpred")',
        "new": '"supervised": features(None)',
        "kills": ["what supervised weights gain over random ones, both ranked, in the mean"],
    },
    {
        "name": "nothing is ranked",
        "old": 'StandardScaler() if kind == "scaled" else',
        "new": "StandardScaler() if kind else",
        "kills": ["splits of four in which ranking lowers the error of context weights"],
    },
    {
        "name": "the six descriptors are the length of the text",
        "function": ATOMS + "six_descriptors",
        "old": "part(MolFromSmiles(text))",
        "new": "float(len(text))",
        "kills": ["least lead of six descriptors over published features, any split"],
    },
    {
        "name": "the average is not removed",
        "old": "wide[2][3] = nn.AdaptiveAvgPool2d(4)",
        "new": "wide[2][3] = nn.AdaptiveAvgPool2d(1)",
        "kills": [
            "what averaging costs the same weights, lower end",
            "what averaging costs weights without a source, lower end",
        ],
    },
    {
        "name": "the blamed source has learned nothing",
        "old": "source = train(small_net(5, seed, pool=1)",
        "new": "source = (lambda net, *_, **__: net)(small_net(5, seed, pool=1)",
        "kills": ["what the blamed source adds to random weights, both averaged"],
    },
    {
        "name": "frozen batch norm goes on counting",
        "function": TOOLS + "Group.train",
        "old": "mode and any(p.requires_grad for p in self.parameters())",
        "new": "mode",
        "since": "def drift(kind):",
        "kills": ["how far frozen groups move their features"],
    },
    {
        "name": "the head is not trained, so no batch passes",
        "old": "    train(net, x[rows], y[rows], 0, 0",
        "new": "    0 and train(net, x[rows], y[rows], 0, 0",
        "kills": ["how far frozen weights with live batch norm move them"],
    },
    {
        "name": "every rate is large",
        "old": 'finetune(bodies["rich"], x[rows], y[rows], classes, rate, seed)',
        "new": 'finetune(bodies["rich"], x[rows], y[rows], classes, 0.1, seed)',
        "kills": [
            "letters kept after a gentle finetuning",
            "digits at the rate 0.01 less those at the gentlest",
        ],
    },
    {
        "name": "every rate is small",
        "old": 'finetune(bodies["rich"], x[rows], y[rows], classes, rate, seed)',
        "new": 'finetune(bodies["rich"], x[rows], y[rows], classes, 0.0001, seed)',
        "kills": ["letters kept at the rate 0.01"],
    },
    {
        "name": "the rank is a hundred times larger",
        "old": "part[0] = LowRank(part[0], 4)",
        "new": "part[0] = LowRank(part[0], 400)",
        "kills": [
            "weights that move, less those predicted from the shapes",
            "their share of all weights",
        ],
    },
    {
        "name": "nothing is shuffled",
        "old": "weights[torch.randperm(len(weights))]",
        "new": "weights",
        "kills": ["what the arrangement is worth, lower end"],
    },
]
