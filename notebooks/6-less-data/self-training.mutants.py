"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

METHODS = "helpers.methods."
SELF_TRAIN = METHODS + "pseudo_label.self_train"
AVERAGE = "helpers.train.average.Average.update"
FEW = METHODS + "few_labels."
NOTHING_ADMITTED = {
    "function": SELF_TRAIN,
    "old": "~known & (sure > threshold)",
    "new": "~known & (sure > 2)",
}

MUTANTS = [
    {
        "name": "the teacher remembers its random start",
        "function": AVERAGE,
        "old": "min(self.decay, keep) if self.warm_up else self.decay",
        "new": "self.decay",
        "kills": ["the young teacher is the plain mean of its students"],
    },
    {
        "name": "the ensemble is not corrected for its start",
        "function": METHODS + "temporal_ensembling.Ensemble.target",
        "old": "total / (1 - self.momentum ** count.clamp(min=1))",
        "new": "total",
        "kills": ["the corrected average is a weighted mean of the past"],
    },
    {
        "name": "the temperature multiplies",
        "function": METHODS + "mixmatch.sharpen",
        "old": ".log() / temperature",
        "new": ".log() * temperature",
        "kills": [
            "three quarters sharpen to nine tenths",
            "sharpening is a temperature on the logits",
        ],
    },
    {
        "name": "labels are mixed in another proportion",
        "function": METHODS + "mixmatch.mixup",
        "old": "own[:, None] * target + (1 - own[:, None]) * target[order]",
        "new": "own[:, None] * target + own[:, None] * target[order]",
        "kills": [
            "mixing conserves the mass of each label",
            "our mixing and torchvision's differ by",
        ],
    },
    {
        "name": "the ramp is not squared",
        "function": METHODS + "ramps.sigmoid_ramp",
        "old": ") ** 2)",
        "new": "))",
        "kills": ["halfway up, the ramp is exp(-5/4)"],
    },
    {
        "name": "pseudo-labels do not train the next model",
        "function": SELF_TRAIN,
        "old": "known = labels >= 0",
        "new": "known = y >= 0",
        "kills": ["pseudo-labels unlike scikit-learn's", "rounds unlike scikit-learn's"],
    },
    {
        "name": "the average runs to the present",
        "function": AVERAGE,
        "since": "from torch.optim.swa_utils import",
        "old": "1 - keep",
        "new": "keep",
        "kills": ["our averaged weights and torch's differ by"],
    },
    {
        "name": "temporal ensembling without agreement",
        "function": METHODS + "temporal_ensembling.TemporalEnsembling.__call__",
        "old": " + weight * apart",
        "new": "",
        "kills": ["temporal ensembling: the step is the sum of both terms"],
    },
    {
        "name": "MixMatch without the unlabelled",
        "function": METHODS + "mixmatch.MixMatch.__call__",
        "old": "labelled + weight * apart",
        "new": "labelled",
        "kills": ["MixMatch: the step is the sum of both terms"],
    },
    {
        "name": "pseudo-labels name the least likely class",
        "function": METHODS + "pseudo_label.PseudoLabel.__call__",
        "old": "many.detach().argmax(1)",
        "new": "many.detach().argmin(1)",
        "kills": ["the gradient of a pseudo-label is p minus its own one-hot"],
    },
    {
        "name": "mean teacher without agreement",
        "function": METHODS + "mean_teacher.MeanTeacher.__call__",
        "old": " + weight * apart",
        "new": "",
        "kills": ["mean teacher: the step is the sum of both terms"],
    },
    {
        "name": "nothing is perturbed",
        "function": FEW + "moved",
        "old": "return (images + 0.05 * torch.randn_like(images)).flatten(1)",
        "new": "return rows",
        "kills": ["spread of what a perturbation changes, over the spread of the data"],
    },
    {
        "name": "every dealing is the same",
        "function": FEW + "deal",
        "old": "wanted = range(int(y.max()) + 1)",
        "new": "wanted, seed = range(int(y.max()) + 1), 0",
        "kills": ["accuracy, best dealing less worst, mean over the ways"],
    },
    {
        "name": "the network with labels only sees nothing perturbed",
        "function": FEW + "_supervised",
        "old": "transform=_perturbed(deal)",
        "new": "transform=None",
        "kills": ["largest mean gain of the three that ask for agreement"],
    },
    {
        "name": "label spreading between random points",
        "function": METHODS + "label_graph.spread",
        "since": "accuracy = {name: [way.accuracy(D)",
        "old": "model.fit(x.numpy(), labels.numpy())",
        "new": "model.fit(torch.rand_like(x).numpy(), labels.numpy())",
        "kills": [
            "mean gain of label spreading over the network",
            "blood cells: what the other direction repairs",
            "blood cells: label spreading by correlation, mean change",
        ],
    },
    {
        "name": "spectral coordinates of random points",
        "function": METHODS + "label_graph.spectral",
        "old": "graph = near(k)(x.numpy())",
        "new": "graph = near(k)(torch.rand_like(x).numpy())",
        "kills": [
            "mean gain of the spectral rival over the network",
            "mean lead of the spectral rival over the best teacher",
            "typical rows and the spectral rival, mean lead over self-training",
        ],
    },
    NOTHING_ADMITTED
    | {
        "name": "self-training admits nothing",
        "since": "accuracy = {name: [way.accuracy(D)",
        "kills": [
            "mean gain of self-training over the network",
            "mean gain of self-trained logistic regression",
            "gain with three labels of each digit",
        ],
    },
    {
        "name": "the student hears no teacher",
        "function": METHODS + "pseudo_label.noisy_student",
        "old": "models[-1](x).clone()",
        "new": "torch.full_like(models[-1](x), 1 / given.shape[1])",
        "kills": ["mean gain of the noisy student over the network"],
    },
    {
        "name": "typical rows are drawn at random",
        "function": FEW + "typical_rows",
        "old": "torch.cdist(torch.as_tensor(centres, dtype=x.dtype), x).argmin(1).unique()",
        "new": "torch.randperm(len(x))[:n]",
        "kills": [
            "typical rows: mean gain of logistic regression",
            "typical rows: mean gain of the network without a pool",
            "typical rows give the network about what self-training does, mean lead",
        ],
    },
    NOTHING_ADMITTED
    | {
        "name": "on blood cells nothing is admitted",
        "since": "blood, cell_deals = {}",
        "kills": [
            "blood cells: mean change by a threshold",
            "blood cells: share of the pool that both thresholds name, at least",
        ],
    },
    {
        "name": "balanced self-training on cells admits nothing",
        "old": '("threshold", plain), ("threshold, balanced", even)',
        "new": '("threshold", plain), ("threshold, balanced", lambda *few: lambda x: '
        "even(*few)(x) / 2)",
        "kills": ["blood cells: share of the pool that both thresholds name, at least"],
    },
    {
        "name": "the long run's support vectors are not trained again on the pool",
        "old": 'stored.scores("accuracy", by="way", per_class=n, **fresh) for n in (3, 10)',
        "new": '(s := stored.scores("accuracy", by="way", per_class=n, **fresh)) '
        '| {"support vectors, copies, self-trained": s["support vectors, copies"]} for n in (3, 10)',
        "kills": ["dealings of twenty in which they are ahead"],
    },
    {
        "name": "logistic regression trains itself in the place of support vectors",
        "old": 'stored.scores("accuracy", by="way", per_class=n, **fresh) for n in (3, 10)',
        "new": '(s := stored.scores("accuracy", by="way", per_class=n, **fresh)) '
        '| {"support vectors, copies, self-trained": s["self-training, logistic"]} for n in (3, 10)',
        "kills": [
            "self-trained support vectors over the same on labels only, lower end",
            "dealings of twenty in which they are ahead",
        ],
    },
    {
        "name": "labels spread along the graph in the place of its spectrum",
        "old": 'stored.scores("accuracy", by="way", per_class=n, **fresh) for n in (3, 10)',
        "new": '(s := stored.scores("accuracy", by="way", per_class=n, **fresh)) '
        '| {"spectral, support vectors": s["label spreading"]} for n in (3, 10)',
        "kills": ["the spectral rival over support vectors on copies, lower end"],
    },
    {
        "name": "weights are not balanced",
        "function": FEW + "logistic",
        "old": "max_iter=3000, **options)",
        "new": "max_iter=3000)",
        "kills": [
            "blood cells: mean change, threshold and balanced weights",
            "blood cells: what balanced weights spare a threshold, mean",
            "blood cells: draws of six in which they spare something",
            "balanced weights: mean change of accuracy",
        ],
    },
    {
        "name": "the one-way graph goes both ways",
        "function": METHODS + "label_graph.spread",
        "old": '"knn" if one_way else near(k)',
        "new": "near(k)",
        "kills": [
            "blood cells: one-way label spreading, upper end of its change",
            "blood cells: what the other direction repairs",
        ],
    },
    NOTHING_ADMITTED
    | {
        "name": "the default threshold admits nothing",
        "since": "def rounds(D, train",
        "kills": [
            "default self-training: mean change of accuracy",
            "default self-training: mean change of confidence",
            "default self-training: share of the largest class in the end",
            "smallest mean rise of confidence under the first four rules",
        ],
    },
    {
        "name": "the quota is ignored",
        "function": METHODS + "pseudo_label.surest",
        "since": "def rounds(D, train",
        "old": "if per_class is None:",
        "new": "if True:",
        "kills": ["a quota and no threshold: mean change of accuracy"],
    },
    {
        "name": "the threshold is forgotten above the quota",
        "old": "(timid, above | surest)",
        "new": "(timid, above | surest | {'threshold': 0.0})",
        "kills": ["a quota above the threshold: mean change of accuracy"],
    },
    {
        "name": "the penalty is not weaker",
        "old": "(logistic(classes, 10), above)",
        "new": "(logistic(classes, 1), above)",
        "kills": ["a weaker penalty: mean change of accuracy"],
    },
    {
        "name": "strangers in the pool without them",
        "old": "if present else D.hidden < 5",
        "new": "if present else D.hidden < 3",
        "kills": ["what the strangers cost it"],
    },
    {
        "name": "some strangers are named from the start",
        "old": "def strangers(D, others=0, present=True):",
        "new": "def strangers(D, others=5, present=True):",
        "kills": ["strangers that receive a confident wrong name"],
    },
    {
        "name": "the guess is the least likely class",
        "function": SELF_TRAIN,
        "since": "def strangers(D",
        "old": "guess = predict(x).max(1)",
        "new": "guess = predict(x).max(1).values, predict(x).argmin(1)",
        "kills": ["accuracy on the familiar digits all the same"],
    },
    {
        "name": "no stranger is named",
        "old": "[:others]",
        "new": "[:0]",
        "kills": ["strangers still named after five were called 'other'"],
    },
    {
        "name": "all strangers are named",
        "old": "[:others]",
        "new": "[: 200 * others]",
        "kills": ["cost of 'other' in accuracy on the familiar"],
    },
    {
        "name": "logistic regression sees the true labels",
        "function": FEW + "_logistic",
        "since": "def spoiled(D):",
        "old": "(*deal.few)(deal.test)",
        "new": "(deal.x, deal.hidden)(deal.test)",
        "kills": ["five wrong labels cost logistic regression"],
    },
    {
        "name": "self-training sees the true labels",
        "function": FEW + "_repeated",
        "since": "def spoiled(D):",
        "old": "deal.x, deal.labels, threshold=0.0",
        "new": "deal.x, deal.hidden, threshold=0.0",
        "kills": ["and cost its self-training"],
    },
    NOTHING_ADMITTED
    | {
        "name": "among five wrong labels nothing is admitted",
        "since": "def spoiled(D):",
        "kills": ["self-training spares of that cost"],
    },
    {
        "name": "three labels where thirty are asked for",
        "function": METHODS + "two_streams.hide_labels",
        "since": "more = [dealt(seed, 30)",
        "old": "rows[:per_class]",
        "new": "rows[:3]",
        "kills": ["what is left of it with thirty"],
    },
    {
        "name": "the average keeps what it should give",
        "function": AVERAGE,
        "since": "half = np.log(0.5) / np.log(0.95)",
        "old": "1 - keep",
        "new": "keep",
        "kills": ["what is left of the first weights after that many steps"],
    },
    {
        "name": "distances between rows are random",
        "old": "apart = torch.cdist(x[known], x[known])",
        "new": "apart = torch.rand(int(known.sum()), int(known.sum()))",
        "kills": [
            "of the thirty digits, nearest labelled one is the same",
            "of the labelled cells, nearest labelled one is of the same type",
            "and nearest by correlation",
        ],
    },
    {
        "name": "labels of other cells",
        "old": "even(D.x, D.hidden)",
        "new": "even(D.x, D.hidden.flip(0))",
        "kills": ["blood cells: mean gain by all labels, balanced"],
    },
]
