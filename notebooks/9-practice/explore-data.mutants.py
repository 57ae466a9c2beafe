"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

LABELS = "helpers.methods.label_errors."

MUTANTS = [
    {
        "name": "every label is believed",
        "function": LABELS + "suspects",
        "old": "return (found >= 0) & (found != y)",
        "new": "return (found >= 0) & (found > found.max())",
        "kills": [
            "share of the planted labels that are found",
            "one neighbour: gain by removing suspects, lower end",
            "logistic regression: mean gain by removing suspects",
            "one label in four exchanged: nine gain by removing suspects, lower end",
            "errors of one class: nine gain by removing suspects, lower end",
        ],
    },
    {
        "name": "suspects are rows that belong where they say",
        "function": LABELS + "suspects",
        "old": "(found != y)",
        "new": "(found == y)",
        "kills": ["share of the suspects that are planted"],
    },
    {
        "name": "the class is not rare",
        "old": "few = max(2, round(0.02 * int((y != rare).sum())))",
        "new": "few = max(2, round(0.5 * int((y != rare).sum())))",
        "kills": ["with a rare class, guessing has the accuracy"],
    },
    {
        "name": "balanced accuracy forgets to balance",
        "function": "helpers.metrics.classification.balanced_accuracy",
        "system": "balanced accuracy",
        "old": 'average="macro"',
        "new": 'average="micro"',
        "kills": ["its balanced accuracy is one over the classes"],
    },
    {
        "name": "only equal rows are copies",
        "function": "helpers.data.datasheet.copies",
        "old": "    if within:",
        "new": "    if within > 1e9:",
        "kills": [
            "share of planted copies that the search misses",
            "copies agree with the parts of a graph",
        ],
    },
    {
        "name": "copies within four times the distance",
        "function": "helpers.data.datasheet.copies",
        "old": "eps=within",
        "new": "eps=4 * within",
        "kills": ["share of the pairs found that are no copies"],
    },
    {
        "name": "nothing is measured twice",
        "old": "again = torch.randperm(len(z), generator=draws)[: len(z) // 7]",
        "new": "again = torch.randperm(len(z), generator=draws)[:2]",
        "kills": ["labels that mean nothing: balanced accuracy with copies on both sides"],
    },
    {
        "name": "copies are told apart again",
        "old": "groups=same, cv=together",
        "new": "groups=same, cv=naive",
        "kills": ["what copies on both sides add to it"],
    },
    {
        "name": "every doubt is a guess",
        "old": '"unseen": doubted(unseen(labels, seed), labels)',
        "new": '"unseen": torch.rand(len(y), generator=generator(seed, 9))',
        "kills": ["mean gain of unseen probabilities over neighbours"],
    },
    {
        "name": "the linear model that has seen the labels knows others",
        "old": '"seen": doubted(seen(labels, linear), labels)',
        "new": '"seen": doubted(seen(labels.flip(0), linear), labels)',
        "kills": ["untuned: gain of having seen the labels"],
    },
    {
        "name": "the penalty that ranks worst is taken",
        "old": "best = max((",
        "new": "best = min((",
        "kills": ["inverse penalty that ranks the eight draws best"],
    },
    {
        "name": "the tuned model has hardly a penalty",
        "old": "return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))",
        "new": "return make_pipeline(StandardScaler(), LogisticRegression(C=1e5 / C, max_iter=1000))",
        "kills": [
            "tuned: gain of unseen probabilities over neighbours, lower end",
            "tuned: gain of having seen the labels, upper end",
        ],
    },
    {
        "name": "the tuned model that has seen the labels knows others",
        "old": '"seen, tuned": doubted(seen(labels, weighed(best)), labels)',
        "new": '"seen, tuned": doubted(seen(labels.flip(0), weighed(best)), labels)',
        "kills": ["tuned: gain of having seen the labels, lower end"],
    },
    {
        "name": "the forest may not remember: leaves of fifty rows",
        "old": "RandomForestClassifier(30, random_state=seed)",
        "new": "RandomForestClassifier(30, random_state=seed, min_samples_leaf=50)",
        "kills": ["forest: gain of having seen the labels"],
    },
    {
        "name": "hard cases are exchanged no more often",
        "old": "((easy_share, None), (hard_share, unsure))",
        "new": "((easy_share, None), (hard_share, None))",
        "kills": ["labels found where it is hard, against at random, upper end"],
    },
    {
        "name": "every row is disputed",
        "old": "listed = p.argmax(1) != given",
        "new": "listed = given >= 0",
        "kills": ["rows that the model disputes: share with a right label"],
    },
    {
        "name": "the gap knows nothing",
        "old": "measured = 1.0 - ((y == int(counts.argmin())) & left_out).float()",
        "new": "measured = 1.0 - left_out.float()",
        "kills": [
            "a gap that knows: balanced accuracy at home",
            "what it loses at another hospital",
        ],
    },
    {
        "name": "the gaps by chance know",
        "old": "by_chance = measured[torch.randperm(len(y), generator=generator(0, 5))]",
        "new": "by_chance = measured",
        "kills": ["gaps by chance: what they lose elsewhere"],
    },
    {
        "name": "no model, one class for all",
        "old": "linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))",
        "new": "linear = make_pipeline(StandardScaler(), LogisticRegression(C=1e-9))",
        "kills": ["accuracy over all rows"],
    },
    {
        "name": "the joint is read the other way round",
        "function": LABELS + "confident_joint",
        "old": "y[sure] * classes + found[sure]",
        "new": "found[sure] * classes + y[sure]",
        "kills": ["suspects that belong to the largest class, for one the other way"],
    },
    {
        "name": "links reach a hundredth as far",
        "function": "helpers.data.datasheet.copies",
        "old": "eps=within",
        "new": "eps=within / 100",
        "since": "wide = copies",
        "kills": ["share of all rows in the largest group"],
    },
    {
        "name": "nobody disagreed",
        "old": "differ, looked = 4, 60",
        "new": "differ, looked = 1, 600",
        "kills": ["one label in twenty may be wrong, and three times as many"],
    },
    {
        "name": "equal rows are told apart",
        "function": "helpers.data.datasheet.copies",
        "old": "x.unique(dim=0, return_inverse=True)[1]",
        "new": "torch.arange(len(x))",
        "since": "equal = copies(taste)",
        "kills": [
            "one neighbour: flattery by equal rows over that of logistic regression, lower end"
        ],
    },
    {
        "name": "the vote of nine is the word of one",
        "old": "KNeighborsClassifier(9)",
        "new": "KNeighborsClassifier(1)",
        "kills": [
            "nine neighbours: change by removing suspects, upper end",
            "nine neighbours as given, lead over one on cleaned labels, lower end",
        ],
    },
    {
        "name": "true labels are the labels as given",
        "old": 'sets["true labels"] = (train, y[train])',
        "new": 'sets["true labels"] = (train, noisy)',
        "kills": ["logistic regression: mean gain that true labels would bring"],
    },
    {
        "name": "errors fall on all classes alike, and are few",
        "old": "    noisy = exchanged(y[train], share, seed, weights)",
        "new": "    noisy = exchanged(y[train], 0.1, seed)",
        "kills": ["errors of one class: one neighbour on cleaned labels over nine as given"],
    },
    {
        "name": "elsewhere the same are not measured",
        "old": "tables[:, -1] = 1 ",
        "new": "tables[:, -1] *= 1 ",
        "kills": [
            "what it loses at another hospital",
            "what is left of the gap's promise elsewhere",
        ],
    },
    {
        "name": "the weak column is all columns",
        "old": "plain = z[:, [x.shape[1] // 2]]",
        "new": "plain = z",
        "kills": ["balanced accuracy of the weak column alone"],
    },
    {
        "name": "nothing stands beside the gap",
        "old": "tables = torch.cat([columns, gaps[:, None]], 1).numpy()",
        "new": "tables = torch.cat([columns[:, :1] * 0, gaps[:, None]], 1).numpy()",
        "kills": [
            "with all other columns beside it: what the gap that knows loses",
            "with all other columns: what leaving the gap out would have won away",
        ],
    },
    {
        "name": "the file leaves out its first row",
        "function": "helpers.data.predictions.save_predictions",
        "old": "pandas.DataFrame(columns).to_csv",
        "new": "pandas.DataFrame(columns).iloc[1:].to_csv",
        "kills": ["the file holds every row once"],
    },
]
