"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

from ledger import exchanged

TOOLS = "helpers.methods.transfer."
WAYS = "helpers.methods.finetuning."
ATOMS = "helpers.data.atoms."
TEXT = "helpers.methods.ulmfit."
WORDS = "helpers.models.language_model."
SOURCES = "5-methods/transfer-learning-sources"
RICH = "source body, frozen, rich source"

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
            "what the frozen rich body gains over the network from scratch, in the mean",
            "what the frozen rich body gains over patches of the images, in the mean",
            "what it gains over a random body, in the mean",
        ],
    },
    {
        "name": "the 52 letters are not merged",
        "old": "(torch.randperm(52, generator=generator(0, 5)) % 5)[letter]",
        "new": "letter",
        "kills": [
            "what they gain over the same letters merged into five, in the mean",
        ],
    },
    {
        "name": "copies are not warped",
        "function": TOOLS + "warped",
        "old": "return grid_sample(images, grid, align_corners=False), y.repeat(copies)",
        "new": "return images, y.repeat(copies)",
        "kills": [
            "what warped copies gain a network from scratch, in the mean",
            "its mean lead over the network from scratch on warped copies",
        ],
    },
    {
        "name": "the narrow source has all letters",
        "old": "letters(3000, side, classes=5)",
        "new": "letters(3000, side, classes=52)",
        "kills": ["what 52 classes gain over five as a source, in the mean"],
    },
    {
        "name": "head only frees the body",
        "function": WAYS + "head_only",
        "old": "freeze_to(net, 3)",
        "new": "freeze_to(net, 0)",
        "kills": [
            "how far frozen kernels have moved",
        ],
    },
    {
        "name": "falling rates do not fall",
        "function": WAYS + "falling",
        "old": "discriminative(net, task.setting)",
        "new": "discriminative(net, task.setting, 1)",
        "kills": [
            "first block over third: falling rates, as a share of one rate",
        ],
    },
    {
        "name": "everything is free from the beginning",
        "function": WAYS + "gradual",
        "old": "(3, 2, 1, 0)",
        "new": "(0, 0, 0, 0)",
        "kills": [
            "the same: gradual unfreezing, as a share of falling rates",
        ],
    },
    {
        "name": "fastai gets one group",
        "function": WAYS + "by_fastai",
        "old": "[params(part) for part in net]",
        "new": "[params(net)]",
        "kills": [
            "the same: fastai's recipe, as a share of one rate",
        ],
    },
    {
        "name": "adapters do not learn",
        "function": WAYS + "adapted",
        "old": "[p for p in net.parameters() if p.requires_grad]",
        "new": "[*net[5].parameters()]",
        "kills": [
            "how far adapters move the features, as a share",
        ],
    },
    {
        "name": "the low-rank changes do not learn",
        "function": WAYS + "low_rank",
        "old": "[p for p in net.parameters() if p.requires_grad]",
        "new": "[*net[3].parameters()]",
        "kills": [
            "largest rank of a low-rank change",
        ],
    },
    {
        "name": "the low rank is eight",
        "function": WAYS + "low_rank",
        "old": "LowRank(group[0], 4, alpha=4)",
        "new": "LowRank(group[0], 8, alpha=8)",
        "kills": [
            "largest rank of a low-rank change",
        ],
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
        "new": '"supervised": features(None, 2)',
        "kills": [
            "what supervised weights gain over random ones, both ranked, in the mean",
        ],
    },
    {
        "name": "predictions are not clipped",
        "old": "return answers.clip(values.min(), values.max())",
        "new": "return answers",
        "kills": [
            "error of context weights that clipping leaves, smallest share",
        ],
    },
    {
        "name": "the scaled features are ranked",
        "old": 'said(ridge("scaled"), found["context"]',
        "new": 'said(ridge("ranked"), found["context"]',
        "kills": [
            "largest share of a split's squared error that three molecules make",
            "splits of fifteen in which scaled context weights err more than twice as much as the mean",
            "the same where one is held out, in the mean",
        ],
    },
    {
        "name": "three other molecules are suspected",
        "old": 'text in ("C", "CC", "CO")]',
        "new": "k in (0, 1, 2)]",
        "kills": [
            "largest error of scaled context weights, times the mean's, where none of the three is held out",
        ],
    },
    {
        "name": "the six descriptors are the length of the text",
        "function": ATOMS + "six_descriptors",
        "old": "part(MolFromSmiles(text))",
        "new": "float(len(text))",
        "kills": ["least lead of the forest over published features, any split"],
    },
    {
        "name": "the average is not removed",
        "function": "helpers.methods.blame.unpooled",
        "old": "nn.AdaptiveAvgPool2d(4)",
        "new": "nn.AdaptiveAvgPool2d(1)",
        "kills": [
            "what averaging costs the same weights, in the mean",
            "what averaging costs weights without a source, in the mean",
        ],
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
        "old": 'Task(bodies["rich"], x[rows], y[rows], classes, seed, rate)',
        "new": 'Task(bodies["rich"], x[rows], y[rows], classes, seed, 0.1)',
        "kills": [
            "letters kept after a gentle finetuning",
            "digits at the rate 0.01 less those at the gentlest",
        ],
    },
    {
        "name": "every rate is small",
        "old": 'Task(bodies["rich"], x[rows], y[rows], classes, seed, rate)',
        "new": 'Task(bodies["rich"], x[rows], y[rows], classes, seed, 0.0001)',
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
        "old": "weights[order]",
        "new": "weights",
        "kills": ["what the arrangement is worth, in the mean"],
    },
    {
        "name": "sentences are read backwards",
        "function": WORDS + "LanguageModel.states",
        "old": "recurrent(layer, x, ",
        "new": "recurrent(layer, x.flip(1), ",
        "kills": ["states of the language model differ from fastai's AWD_LSTM by"],
    },
    {
        "name": "what fills up a sentence is pooled",
        "function": WORDS + "concat_pool",
        "old": "states.masked_fill(~kept[..., None], 0).sum(1)",
        "new": "states.sum(1)",
        "kills": ["pooled states differ from fastai's by"],
    },
    {
        "name": "the language model reads nothing",
        "function": TEXT + "read",
        "old": "epochs=epochs",
        "new": "epochs=0",
        "kills": ["surprise by the next word, language model less counts of words"],
    },
    {
        "name": "rates do not fall from group to group of the text's network",
        "function": TEXT + "ulmfit",
        "old": "discriminative(net.groups, rate)",
        "new": "discriminative(net.groups, rate, 1)",
        "kills": ["how far ULMFiT moves the vectors of words, as a share of one rate"],
    },
    {
        "name": "all groups of the text's network are free from the first pass",
        "function": TEXT + "ulmfit",
        "old": "freeze_to(net.groups, count)",
        "new": "freeze_to(net.groups, 0)",
        "kills": ["how far ULMFiT moves the vectors of words, as a share of one rate"],
    },
    {
        "name": "in the long run averaged vectors of words stand in for TF-IDF",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['TF-IDF'] = intent[300]['word vectors, averaged']",
        "kills": [
            "long run: what TF-IDF gains over ULMFiT with 300 labels, lower end",
            "long run: what it gains over finetuning at one rate, lower end",
        ],
    },
    {
        "name": "in the long run TF-IDF is reduced to its directions",
        "old": "for count in again}",
        "new": "for count in again}\n    anew[1000]['TF-IDF'] = anew[1000]['TF-IDF, directions of all texts']",
        "kills": [
            "long run: what TF-IDF gains over directions of all texts on other draws of 1000 labels, lower end",
        ],
    },
    {
        "name": "in the long run the source has read nothing",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['ULMFiT'] = intent[300]['from scratch']",
        "kills": ["long run: what ULMFiT gains over the same network from scratch, lower end"],
    },
    {
        "name": "in the long run the stages of ULMFiT are equal",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['ULMFiT'] = intent[300]['ULMFiT, equal quarters']",
        "kills": ["long run: what its stages gain over equal quarters, lower end"],
    },
    {
        "name": "in the long run TF-IDF stands in for frozen states",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['frozen'] = intent[300]['TF-IDF']",
        "kills": ["long run: what frozen states gain over averaged vectors of words, upper end"],
    },
    {
        "name": "in the long run the vectors of words have read nothing",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['word vectors, averaged'] = intent[300]['random vectors, averaged']",
        "kills": ["long run: what reading gives averaged vectors, lower end"],
    },
    {
        "name": "in the long run the frozen body has read nothing",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['frozen'] = intent[300]['frozen, untrained']",
        "kills": ["long run: what reading gives frozen states, lower end"],
    },
    {
        "name": "in the long run no words are shuffled",
        "old": "for count in told}",
        "new": "for count in told}\n    intent[300]['frozen, shuffled words'] = intent[300]['frozen']",
        "kills": ["long run: what reading shuffled words gives them, upper end"],
    },
    exchanged(
        SOURCES,
        "from scratch, warped copies",
        "from scratch",
        "long run: what warped copies gain a network from scratch, lower end",
    ),
    exchanged(
        SOURCES,
        RICH,
        "from scratch",
        "long run: what a frozen body with a source of its own gains over the network from scratch, lower end",
        "long run: its mean lead over the network from scratch on warped copies",
    ),
    exchanged(
        SOURCES,
        RICH,
        "patches of the images",
        "long run: what it gains over patches of the images, lower end",
    ),
    exchanged(
        SOURCES,
        RICH,
        "random body, frozen",
        "long run: what it gains over a random body, lower end",
    ),
    exchanged(
        SOURCES,
        RICH,
        "source body, frozen, narrow source",
        "long run: what 52 classes gain over five, lower end",
    ),
    exchanged(
        SOURCES,
        RICH,
        "source body, frozen, merged source",
        "long run: what they gain over the same letters merged, lower end",
    ),
    {
        "name": "in the long run the frozen body and the network from scratch exchange their forms",
        "function": "helpers.data.long_run.long_run",
        "since": '= long_run("5-methods/transfer-learning-sources")',
        "old": 'rows = [row["case"] | row["result"] for row in stored["rows"]]',
        "new": 'names = {"from scratch": "source body, frozen, rich source", "source body, frozen, rich source": "from scratch"}\n'
        '    rows = [row["case"] | row["result"] | {"way": names.get(row["case"]["way"], row["case"]["way"])} for row in stored["rows"]]',
        "kills": ["long run: lowest of the six lower ends, with forms as the unit"],
    },
    {
        "name": "in the long run the shuffled and the rich body exchange their rows",
        "old": "import copy\n",
        "new": "import copy\n\nmixed_rows = 'shuffled body, frozen'\neach[frozen], each[mixed_rows] = each[mixed_rows], each[frozen]\n",
        "kills": ["long run: what the arrangement is worth, lower end"],
    },
    exchanged(
        SOURCES,
        "finetuned, warped copies, rich source",
        RICH,
        "long run: what finetuning on copies gains over the frozen body, lower end",
    ),
    exchanged(
        SOURCES,
        "finetuned, warped copies, rich source",
        "from scratch, warped copies",
        "long run: what it gains over copies alone, lower end",
    ),
    exchanged(
        SOURCES,
        "source body, frozen, the page's source",
        RICH,
        "long run: lead of the page's source over sources trained anew, lower end",
    ),
    exchanged(
        "5-methods/transfer-learning",
        "digits 0 to 4, averaged",
        "digits 0 to 4, not averaged",
        "long run: what averaging costs the same weights, lower end",
    ),
    exchanged(
        "5-methods/transfer-learning",
        "random, averaged",
        "random, not averaged",
        "long run: what averaging costs weights without a source, lower end",
    ),
]
