"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

METHODS = "helpers.methods."
SELF_TRAIN = METHODS + "pseudo_label.self_train"
AVERAGE = "helpers.train.average.Average.update"
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
        "name": "nothing is perturbed",
        "old": "return moved + 0.05 * torch.randn_like(inputs)",
        "new": "return inputs",
        "kills": ["a perturbed digit differs, but not beyond recognition"],
    },
    {
        "name": "label spreading between random points",
        "old": "n_neighbors=10).fit(x.flatten(1), labels)",
        "new": "n_neighbors=10).fit(torch.rand_like(x.flatten(1)), labels)",
        "kills": ["label spreading keeps up with the best network"],
    },
    {
        "name": "pseudo-labels name the least likely class",
        "function": METHODS + "pseudo_label.PseudoLabel.__call__",
        "old": "many.detach().argmax(1)",
        "new": "many.detach().argmin(1)",
        "kills": ["pseudo-labels drawn in each step neither gain nor lose much"],
    },
    {
        "name": "temporal ensembling without agreement",
        "function": METHODS + "temporal_ensembling.TemporalEnsembling.__call__",
        "old": " + weight * apart",
        "new": "",
        "kills": ["temporal ensembling gains"],
    },
    {
        "name": "mean teacher without agreement",
        "function": METHODS + "mean_teacher.MeanTeacher.__call__",
        "since": "seeds = (10, 11, 12, 13)",
        "old": " + weight * apart",
        "new": "",
        "kills": ["mean teacher gains"],
    },
    {
        "name": "MixMatch without the unlabelled",
        "function": METHODS + "mixmatch.MixMatch.__call__",
        "old": "labelled + weight * apart",
        "new": "labelled",
        "kills": ["MixMatch gains over the supervised network"],
    },
    NOTHING_ADMITTED
    | {
        "name": "self-training admits nothing",
        "since": "seeds = (10, 11, 12, 13)",
        "kills": ["self-training gains"],
    },
    {
        "name": "the student hears no teacher",
        "function": METHODS + "pseudo_label.noisy_student",
        "old": "models[-1](x).clone()",
        "new": "torch.full_like(models[-1](x), 1 / given.shape[1])",
        "kills": ["a noisy student gains"],
    },
    NOTHING_ADMITTED
    | {
        "name": "on blood cells nothing is admitted",
        "since": "blood = np.array",
        "kills": ["on blood cells a threshold makes it worse"],
    },
    {
        "name": "true labels for all blood cells",
        "old": "self_train(train, pool, labels, threshold=0.0, per_class=5)",
        "new": "self_train(train, pool, kind[known], threshold=0.0, per_class=5)",
        "kills": ["on blood cells a quota for each class does not help either"],
    },
    {
        "name": "a quota where the threshold collapsed",
        "old": "collapse(labels, threshold=0.75)",
        "new": "collapse(labels, threshold=0.0, per_class=10, rounds=15)",
        "kills": [
            "classes left almost without pseudo-labels, on average",
            "default self-training loses accuracy",
        ],
    },
    {
        "name": "the quota is ignored",
        "function": METHODS + "pseudo_label.surest",
        "since": "before = np.mean([timid(labels)",
        "old": "if per_class is None:",
        "new": "if True:",
        "kills": ["with a quota it gains"],
    },
    {
        "name": "a threshold in the place of the quota",
        "old": "collapse(labels, threshold=0.0, per_class=10, rounds=15)",
        "new": "collapse(labels, threshold=0.75)",
        "kills": ["and no class is left out"],
    },
    {
        "name": "some strangers are named from the start",
        "old": "def strangers(seed, others=0):",
        "new": "def strangers(seed, others=5):",
        "kills": ["strangers that receive a confident wrong name"],
    },
    {
        "name": "the guess is the least likely class",
        "function": SELF_TRAIN,
        "since": "open_pool = np.mean",
        "old": "guess = predict(x).max(1)",
        "new": "guess = predict(x).max(1).values, predict(x).argmin(1)",
        "kills": ["accuracy on the familiar digits does not show it"],
    },
    {
        "name": "no stranger is named",
        "old": "[:others]]] = 5",
        "new": "[:0]]] = 5",
        "kills": ["five examples named 'other' stop most of it"],
    },
    {
        "name": "two hundred strangers are named",
        "old": "[:others]]] = 5",
        "new": "[: 40 * others]]] = 5",
        "kills": ["at some cost in accuracy on the familiar"],
    },
    {
        "name": "labels of other wines",
        "old": "hide_labels(data.y, 5, seed=0)",
        "new": "hide_labels(data.y.flip(0), 5, seed=0)",
        "kills": ["the wines are told apart"],
    },
    NOTHING_ADMITTED
    | {
        "name": "few labels, and nothing admitted",
        "since": "def gain(per_class, seed):",
        "kills": ["with three labels of each digit there is a gain"],
    },
    {
        "name": "three labels where thirty are asked for",
        "function": METHODS + "two_streams.hide_labels",
        "since": "def gain(per_class, seed):",
        "old": "rows[:per_class]",
        "new": "rows[:3]",
        "kills": ["with thirty it has shrunk"],
    },
    {
        "name": "the average keeps what it should give",
        "function": AVERAGE,
        "since": "half = np.log(0.5) / np.log(0.95)",
        "old": "1 - keep",
        "new": "keep",
        "kills": ["half of the first weights is left"],
    },
]
