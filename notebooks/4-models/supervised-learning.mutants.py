"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

from ledger import exchanged

RIVALS = "helpers.methods.rivals."

MUTANTS = [
    {
        "name": "forms are dealt to digits at random",
        "function": "helpers.data.forms.form_numbers",
        "old": "torch.bucketize(torch.arange(len(labels)), torch.tensor(ends), right=True)",
        "new": "torch.arange(len(labels))[torch.randperm(len(labels))] % len(ends)",
        "kills": [
            "nearest row of the same class comes from the same group",
            "flattery of the network by a random split, lower end",
            "smallest flattery among the rivals",
            "lowest accuracy of the network on one group",
        ],
    },
    {
        "name": "folds are dealt by row, not by group",
        "function": "helpers.data.splits.group_folds",
        "old": ".split(code, groups=code)",
        "new": ".split(code, groups=range(len(code)))",
        "kills": ["no group stands in two parts"],
    },
    {
        "name": "the first fold is tested again and again",
        "function": "helpers.data.splits.group_folds",
        "old": "tests = [torch.from_numpy(rows) for _, rows in dealt]",
        "new": "tests = [torch.from_numpy(rows) for _, rows in dealt][:1] * k",
        "kills": ["every row is tested exactly once"],
    },
    {
        "name": "inputs thirty times too large",
        "old": "z = (x - centre) / spread",
        "new": "z = 30 * (x - centre) / spread",
        "kills": ["first loss over log K"],
    },
    {
        "name": "the gradient passes the maximum as if it were not there",
        "function": "helpers.models.mlp.MLP.__init__",
        "since": "net = fresh().double()",
        "old": "nn.ReLU()]",
        "new": "type('Through', (nn.Module,), "
        "{'forward': lambda self, h: h + (h.relu() - h).detach()})()]",
        "kills": ["the chain rule agrees with a finite difference"],
    },
    {
        "name": "one step without moving",
        "old": "weight -= 0.1 * weight.grad",
        "new": "weight -= 0.0 * weight.grad",
        "kills": ["one step lowers the loss of its batch by"],
    },
    {
        "name": "the loop never moves the weights",
        "old": "            loss.backward()\n            adamw.step()",
        "new": "            loss.backward()",
        "kills": [
            "accuracy of the hand-written loop, validation",
            "engine and hand-written loop end with identical weights",
        ],
    },
    {
        "name": "fastai sees the batches of the first epoch only",
        "old": "self.epoch += 1",
        "new": "self.epoch += 0",
        "kills": ["fastai's Learner ends with the same weights"],
    },
    {
        "name": "support vectors without their kernel",
        "function": RIVALS + "support_vectors",
        "old": "SVC(C=setting)",
        "new": 'SVC(C=setting, kernel="linear")',
        "kills": ["lead of support vectors over the network, lower end"],
    },
    {
        "name": "sixty times as many neighbours, hardly near",
        "function": RIVALS + "nearest_neighbours",
        "old": "KNeighborsClassifier(setting)",
        "new": "KNeighborsClassifier(60 * setting)",
        "kills": [
            "mean lead of nearest neighbours over the network",
            "by row: the smaller mean lead of support vectors and neighbours over the network",
        ],
    },
    {
        "name": "the network is not trained",
        "function": RIVALS + "network",
        "old": "epochs=epochs",
        "new": "epochs=0",
        "kills": [
            "lead of the network over the majority, lower end",
            "lead of upright logistic regression over the network, lower end",
            "by row: lead of the network over logistic regression, lower end",
        ],
    },
    {
        "name": "logistic regression whose penalty forbids to learn",
        "function": RIVALS + "logistic_regression",
        "old": "C=setting",
        "new": "C=1e-12",
        "kills": [
            "lead of logistic regression over the majority, lower end",
            "lead of upright logistic regression over the network, upper end",
        ],
    },
    {
        "name": "a baseline that looks at the input",
        "function": RIVALS + "majority",
        "old": "return DummyClassifier()",
        "new": "return logistic_regression(0.1, seed)",
        "kills": ["majority baseline, accuracy"],
    },
    {
        "name": "the rivals of the library learn from reversed labels",
        "function": RIVALS + "choose",
        "old": "model = rival.learn(*pairs, classes, setting, seed)",
        "new": "model = (rival if rival.name == 'rate' else Rival(lambda t, *rest: rival.learn("
        "(t[0], t[1].flip(0)), *rest), '', ())).learn(*pairs, classes, setting, seed)",
        "since": "def reads(name, known):",
        "kills": ["mean lead of the network over the best rival, over the amounts"],
    },
    {
        "name": "every amount of labels is all of them",
        "old": "order[:n]",
        "new": "order",
        "kills": ["rivals whose first doubling gains more than the last"],
    },
    {
        "name": "training ends before it can overfit",
        "old": "epochs=150",
        "new": "epochs=5",
        "kills": [
            "validation loss at the end over its lowest, middle of three",
            "training loss at the end over the validation loss, middle of three",
        ],
    },
    {
        "name": "the learning rate is a hundred times lower",
        "old": "lr=3e-3",
        "new": "lr=3e-5",
        "kills": ["epoch of the lowest validation loss, of 150, middle of three"],
    },
    {
        "name": "no early stopping",
        "old": "stop=Patience(15)",
        "new": "stop=None",
        "kills": [
            "test loss of the run to the end over that of the one stopped early, middle of three"
        ],
    },
    {
        "name": "every maximum is left out, and the network is a linear map",
        "function": "helpers.models.mlp.MLP.__init__",
        "old": "nn.ReLU()",
        "new": "nn.Identity()",
        "kills": ["disc and ring, accuracy of the network"],
    },
    {
        "name": "a straight line divides the points",
        "old": "points.norm(dim=1) > 1.18",
        "new": "points[:, 0] > 0",
        "kills": ["disc and ring, accuracy of a linear model"],
    },
    {
        "name": "digits are made to lean more",
        "function": "helpers.data.forms.upright",
        "old": "slope, -slope * row",
        "new": "-slope, slope * row",
        "kills": ["mean gain of logistic regression from upright digits"],
    },
    {
        "name": "eight of the ten classes are one",
        "old": "x, y, classes = data.x[keep], data.y[keep], len(data.classes)\n",
        "new": "x, y, classes = data.x[keep], data.y[keep].clamp(max=2), len(data.classes)\n",
        "kills": ["largest gap between accuracy and balanced accuracy"],
    },
    {
        "name": "the short runs never step",
        "old": "        moves.step()",
        "new": "        pass",
        "kills": ["healthy: last losses over the first"],
    },
    {
        "name": "the rate is not too high",
        "old": "losses_of(lr=3.0)",
        "new": "losses_of(lr=0.1)",
        "kills": ["rate too high: last losses over the healthy ones"],
    },
    {
        "name": "zero_grad is not forgotten",
        "old": "if not forget:",
        "new": "if True:",
        "kills": [
            "zero_grad forgotten: last losses over the healthy ones",
            "AdamW, zero_grad forgotten: losses of steps 150 to 200 over the healthy ones",
            "AdamW, zero_grad forgotten: losses of the last fifty steps over the healthy ones",
        ],
    },
    {
        "name": "no dropout",
        "function": RIVALS + "network",
        "old": "dropout=dropout)",
        "new": "dropout=0.0)",
        "since": "quiet = net.eval()",
        "kills": [
            "dropout left on moves a score by",
            "and costs accuracy, mean of twenty passes",
        ],
    },
    {
        "name": "AdamW without its weight decay",
        "old": "w *= 1 - 0.01 * 0.1",
        "new": "pass",
        "kills": ["AdamW by hand agrees with torch"],
    },
    {
        "name": "the few labels come from all writers too",
        "old": "mixed[torch.isin(groups[mixed], few)]",
        "new": "mixed[: len(mixed) // 6]",
        "kills": ["gain of as many labels from all writers, lower end"],
    },
    {
        "name": "columns are selected without looking at the labels",
        "old": "heads - tails",
        "new": "heads + tails",
        "kills": ["selection before the split finds signal in noise"],
    },
    {
        "name": "selection sees the test half",
        "old": "heads = noise[rows][coin[rows] == 1].mean(0)\n"
        "    tails = noise[rows][coin[rows] == 0].mean(0)",
        "new": "heads = noise[coin == 1].mean(0)\n    tails = noise[coin == 0].mean(0)",
        "kills": ["selection on the training half finds none"],
    },
    exchanged(
        "4-models/supervised-learning",
        "support vectors",
        "network",
        "long run: lead of support vectors over the network, lower end",
        "long run: lead of the network over logistic regression, lower end",
    ),
    exchanged(
        "4-models/supervised-learning",
        "untrained hidden layer",
        "network",
        "long run: lead of an untrained hidden layer over the network, lower end",
    ),
    exchanged(
        "4-models/supervised-learning",
        "logistic regression, upright",
        "logistic regression",
        "long run: gain of logistic regression from upright digits, lower end",
    ),
]
