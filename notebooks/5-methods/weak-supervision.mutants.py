"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

SKENE, MODEL = "helpers.methods.dawid_skene.", "helpers.methods.label_model."
PIXELS, DISTANT = "helpers.methods.pixel_constraints.", "helpers.methods.distant."

MUTANTS = [
    {
        "name": "the rules see twelve letters",
        "old": "[between(text) for text in data.text]",
        "new": "[between(text)[:12] for text in data.text]",
        "kills": ["share of the heap on which some rule votes"],
    },
    {
        "name": "the M step counts nothing",
        "function": SKENE + "maximisation",
        "old": "count / count.sum(2, keepdim=True)",
        "new": "(0 * count + 1) / count.shape[2]",
        "kills": [
            "Dawid-Skene, largest error of an accuracy that it was not told",
            "unequal voters: gain of Dawid-Skene over the majority, lower end",
            "copies dropped: accuracy of Dawid-Skene",
        ],
    },
    {
        "name": "all voters have one accuracy",
        "function": MODEL + "agreed",
        "old": "return right /",
        "new": "return torch.full_like(right, 0.7) + 0 * right /",
        "kills": [
            "unequal voters: gain of the label model, lower end",
            "accuracy believed of the copied voter, right four times in ten",
        ],
    },
    {
        "name": "one voter is much better than the others",
        "old": "planted_votes(accuracy, rows=1000, seed=seed)",
        "new": "planted_votes([min(0.97, a + 0.3 * (k == 6)) for k, a in enumerate(accuracy)], rows=1000, seed=seed)",
        "kills": ["equal voters: gain of Dawid-Skene over the majority, upper end"],
    },
    {
        "name": "silence says nothing",
        "function": SKENE + "replies",
        "old": "one_hot(said, classes + 1).double()",
        "new": "one_hot(said, classes + 1).double() * (torch.arange(classes + 1) < classes)",
        "kills": [
            "sentences: gain of Dawid-Skene over the majority, lower end",
            "share of right labels when silence speaks, over when it does not",
        ],
    },
    {
        "name": "the label model is told how often each rule is right",
        "function": MODEL + "label_model",
        "old": "accuracy = agreed(votes, q, strength, believed)",
        "new": "accuracy = torch.tensor([.91, .89, .82, .73, .75, .66, .52, .66, .48, .75, .89, .85, .83, .64, .44, .91, .72]).double()",
        "since": "skene, model = dawid_skene",
        "kills": ["sentences: gain of the label model over the majority, upper end"],
    },
    {
        "name": "the ceiling learns from shuffled labels",
        "old": ".fit(inputs[pool], y[pool])",
        "new": ".fit(inputs[pool], y[pool].flip(0))",
        "kills": ["sentences: gain of weighing with all labels, lower end"],
    },
    {
        "name": "the classifier learns the labels of other rows",
        "function": "helpers.methods.relation_rivals.learn",
        "old": "weighted_rows(q)",
        "new": "weighted_rows(q.flip(0))",
        "kills": [
            "sentences: gain of a classifier on the majority over the majority, lower end",
        ],
    },
    {
        "name": "every count is called clear",
        "old": "clear = best_two[:, 0] > best_two[:, 1]",
        "new": "clear = best_two[:, 0] > -best_two[:, 1]",
        "kills": [
            "sentences: gain of the count where it is clear over the classifier, lower end",
            "sentences: the count where clear less all labels, mean",
        ],
    },
    {
        "name": "the classifier repeats the count",
        "old": 'pupil = learned["classifier on the majority"](test)',
        "new": 'pupil = p["majority"]',
        "kills": ["clear rows: accuracy of the classifier less that of the count"],
    },
    {
        "name": "sixteen times as many labels by hand",
        "old": "sentences_for(groups, pool, number, seed)",
        "new": "sentences_for(groups, pool, 16 * number, seed)",
        "kills": ["240 labels by hand: difference to the weak labels, upper end"],
    },
    {
        "name": "the rules are no inputs",
        "function": "helpers.methods.relation_rivals.with_votes",
        "old": "csr_matrix((votes >= 0).float().numpy())",
        "new": "csr_matrix(0 * (votes >= 0).float().numpy())",
        "kills": ["240 labels with the rules as inputs: difference to the weak labels"],
    },
    {
        "name": "in the long run the labeller without rules has them",
        "old": 'stored.scores("test", by="inputs", number=n) for n in numbers}',
        "new": '(s := stored.scores("test", by="inputs", number=n)) | {"letters": s["letters and rules"]} for n in numbers}',
        "kills": [
            "long run: draws of ten in which 1920 labels, letters alone, reach the weak labels"
        ],
    },
    {
        "name": "in the long run the labeller with rules has forgotten them",
        "old": 'stored.scores("test", by="inputs", number=n) for n in numbers}',
        "new": '(s := stored.scores("test", by="inputs", number=n)) | dict.fromkeys(("letters and rules", "count first"), s["letters"]) for n in numbers}',
        "kills": [
            "long run: draws of ten in which 480 labels with the rules pass the weak labels",
            "long run: 120 labels, count first, less the weak labels, mean",
            "long run: 480 labels less the weak labels, both count first, mean",
        ],
    },
    {
        "name": "the count of other rows is asked first",
        "old": "count_first(counted[test], answer) if",
        "new": "count_first(counted[test].flip(0), answer) if",
        "kills": [
            "120 labels, asked where the count is unclear: difference to the weak labels",
            "240 labels less weak labels, both asked where the count is unclear",
        ],
    },
    {
        "name": "the knowledge base says one thing of all pairs",
        "function": DISTANT + "knowledge",
        "old": "min(c, key=lambda k: (-c[k], k))",
        "new": "0 * min(c)",
        "kills": [
            "mentions that say what is known of the pair",
            "known pairs of which at least one mention says it",
            "the knowledge base over a list that says inhibits, lower end",
        ],
    },
    {
        "name": "names are found inside words",
        "function": DISTANT + "stands_in",
        "old": "if not any(edge.isalnum() for edge in edges):",
        "new": "if edges:",
        "kills": ["mentions in which no relation of the pair is marked"],
    },
    {
        "name": "only the last mention of a pair counts",
        "function": DISTANT + "at_least_one",
        "old": "said.get(pair, False) or label == known[pair]",
        "new": "label == known[pair]",
        "kills": ["at least one of the mentions, over any mention"],
    },
    {
        "name": "the relations stay with their pairs",
        "old": "    random.Random(0).shuffle(relation_of)\n",
        "new": "",
        "kills": [
            "with the relations shuffled among the pairs",
            "relations shuffled over a list that says inhibits, upper end",
        ],
    },
    {
        "name": "the smears have no colour",
        "old": "x, inside, photograph = smears.x, smears.inside, smears.groups",
        "new": "x, inside, photograph = smears.x.mean(1, keepdim=True).expand(-1, 3, -1, -1).contiguous(), smears.inside, smears.groups",
        "kills": ["in colour: gain of image labels over smoothed violet, upper end"],
    },
    {
        "name": "no least size is demanded",
        "function": PIXELS + "nearest_allowed",
        "old": "torch.where(size < low, raised(s, low), torch.where(size > high, raised(s, high), s))",
        "new": "torch.where(size > high, raised(s, high), s)",
        "kills": ["in colour: overlap with a size constraint, lower end"],
    },
    {
        "name": "the image labels belong to other images",
        "function": PIXELS + "image_labels",
        "old": "pool(model(x)), y)",
        "new": "pool(model(x)), y.flip(0))",
        "kills": ["in grey: gain of image labels over smoothed roughness"],
    },
    {
        "name": "the outlines belong to other images",
        "function": PIXELS + "pixel_labels",
        "old": "inside.float())",
        "new": "inside.flip(0).float())",
        "kills": ["in grey: outlines of the same time, over image labels"],
    },
    {
        "name": "the copies are independent voters",
        "old": "votes[:, :1].expand(-1, copies)",
        "new": "planted_votes(accuracy[:1] * copies + [0.5], rows=1000, seed=seed)[0][:, :copies]",
        "kills": ["one voter copied: gain of Dawid-Skene over the majority, upper end"],
    },
    {
        "name": "no voter errs",
        "function": "helpers.methods.planted_votes.planted_votes",
        "old": "torch.where(right, y[:, None], other)",
        "new": "torch.where(right | True, y[:, None], other)",
        "since": "votes_twice, _ =",
        "kills": ["voters left when copies are dropped"],
    },
    {
        "name": "the M step counts other rows",
        "function": SKENE + "maximisation",
        "old": 'torch.einsum("nk,njs->jks", q, said)',
        "new": 'torch.einsum("nk,njs->jks", q.flip(0), said)',
        "since": "steps = (1, 2, 5",
        "kills": ["smallest change of the log-likelihood in a step of EM"],
    },
    {
        "name": "EM stops after two steps",
        "function": SKENE + "dawid_skene",
        "old": "for _ in range(steps):",
        "new": "for _ in range(min(steps, 2)):",
        "since": "steps = (1, 2, 5",
        "kills": ["accuracy lost between the second step of EM and the last"],
    },
    {
        "name": "the belief cannot be switched off",
        "function": MODEL + "label_model",
        "old": "agreed(votes, q, strength, believed)",
        "new": "agreed(votes, q, strength + 100, believed)",
        "since": "free = label_model",
        "kills": [
            "without a belief: rules of seventeen that are taken to be always wrong",
            "without a belief: balanced accuracy",
        ],
    },
    {
        "name": "the file leaves out its first row",
        "function": "helpers.data.predictions.save_predictions",
        "old": "pandas.DataFrame(columns).to_csv",
        "new": "pandas.DataFrame(columns).iloc[1:].to_csv",
        "kills": ["the file holds every example once"],
    },
    {
        "name": "the voters answer for other rows",
        "function": SKENE + "Voters.posterior",
        "old": "replies(votes, len(self.prior))",
        "new": "replies(votes.flip(0), len(self.prior))",
        "since": "final = skene.posterior",
        "kills": ["the saved voters give the same probabilities"],
    },
]
