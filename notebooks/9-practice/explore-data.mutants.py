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
            "one label in four exchanged: nine gain by removing suspects, on average",
            "errors of one class: nine gain by removing suspects, on average",
        ],
    },
    {
        "name": "suspects are rows that belong where they say",
        "function": LABELS + "suspects",
        "old": "(found != y)",
        "new": "(found == y)",
        "kills": [
            "share of the suspects that are planted",
            "nine neighbours: change by removing suspects, lower end",
        ],
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
        "old": "empty, groups=same, cv=together",
        "new": "empty, groups=same, cv=naive",
        "kills": [
            "what copies on both sides add to it",
            "the formula from the honest score, less what is shown",
        ],
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
        "kills": [
            "untuned: gain of having seen the labels",
            "gain by the tuned penalty: rows left out over rows seen, on average",
        ],
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
            "tuned: gain of unseen probabilities over neighbours, on average",
            "tuned: gain of having seen the labels, upper end",
            "gain by the tuned penalty for rows left out, on average",
        ],
    },
    {
        "name": "the tuned model that has seen the labels knows others",
        "old": '"seen, tuned": doubted(seen(labels, weighed(best)), labels)',
        "new": '"seen, tuned": doubted(seen(labels.flip(0), weighed(best)), labels)',
        "kills": [
            "tuned: gain of having seen the labels, lower end",
        ],
    },
    {
        "name": "the other labels are as given",
        "old": "given, p = exchanged(y, seed=seed), unseen(y, seed, weighed(C))",
        "new": "given = exchanged(y, seed=seed)\n        p = unseen(given, seed, weighed(C))",
        "kills": ["the other labels true: gain by the tuned penalty, upper end"],
    },
    {
        "name": "neighbours that agree are the ones that count",
        "old": "(labels[near.indices] != labels[:, None])",
        "new": "(labels[near.indices] == labels[:, None])",
        "kills": [
            "mean gain of unseen probabilities over neighbours",
            "splice sites: lead of the search over neighbours",
            "splice sites: lead of the search over neighbours, lower end",
        ],
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
        "since": "same, found = copies(inputs)",
        "kills": [
            "one neighbour: flattery by equal rows over that of logistic regression, lower end",
            "splice sites: flattery of one neighbour by equal rows",
        ],
    },
    {
        "name": "nine and thirty-one neighbours are one",
        "old": "KNeighborsClassifier(k, ",
        "new": "KNeighborsClassifier(1, ",
        "kills": [
            "wine: flattery of one neighbour over that of nine, lower end",
            "wine: flattery of nine neighbours over that of 31",
            "31 neighbours: the formula less what is shown",
        ],
    },
    {
        "name": "one neighbour is thirty-one",
        "old": 'two = {"one neighbour": learners["nearest neighbour"]',
        "new": 'two = {"one neighbour": make_pipeline(StandardScaler(), KNeighborsClassifier(31))',
        "kills": [
            "wine, random split: one neighbour over logistic regression, lower end",
            "wine, equal rows together: logistic regression over one neighbour, lower end",
            "one neighbour: the formula less what is shown, further of two tables",
        ],
    },
    {
        "name": "the two models have each other's name",
        "old": 'learners["nearest neighbour"], "logistic regression": linear}\nmany',
        "new": 'linear, "logistic regression": learners["nearest neighbour"]}\nmany',
        "kills": ["splice sites: flattery of one neighbour over that of logistic regression"],
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
    {
        "name": "the smallest class is guessed",
        "old": "largest = torch.full_like(y, int(counts.argmax()))",
        "new": "largest = torch.full_like(y, int(counts.argmin()))",
        "kills": ["accuracy of always guessing the largest class"],
    },
    {
        "name": "the data sheet counts a copy too many",
        "function": "helpers.data.datasheet.datasheet",
        "old": "len(x) - int(same.max() + 1)",
        "new": "len(x) - int(same.max())",
        "kills": ["copies on the four sheets, against pandas"],
    },
    {
        "name": "the data sheet counts rows for missing values",
        "function": "helpers.data.datasheet._missing",
        "old": "{int(gaps.sum())} in",
        "new": "{int(lacking.sum())} in",
        "kills": ["unknown bases on the sheet, against a count of letters"],
    },
    {
        "name": "every base of a donor window is unknown",
        "old": "windows[2].str.strip()]",
        "new": 'windows[2].where(windows[0] != "EI", "N" * 60).str.strip()]',
        "kills": ["unknown bases at splice sites and elsewhere: p of no difference"],
    },
    {
        "name": "the row that stands there thousands of times is called a calcification",
        "old": "as_table(specks.iloc[:, :-1], specks.iloc[:, -1])",
        "new": "as_table(specks.iloc[:, :-1], specks.iloc[:, -1].mask("
        "specks.groupby(list(range(6)))[6].transform('size') > 100, \"'1'\"))",
        "kills": [
            "mammography: flattery of one neighbour by a third of copies",
            "mammography: the same in balanced accuracy",
            "mammography: what the formula says",
        ],
    },
    {
        "name": "every real label is believed",
        "function": LABELS + "suspects",
        "old": "return (found >= 0) & (found != y)",
        "new": "return (found >= 0) & (found > found.max())",
        "since": "hidden = [28, 29, 30, 31]",
        "kills": [
            "splice sites: sites that break the rule and are suspects",
            "splice sites: genes that the rule-breaking suspects come from",
            "splice sites: the site that nobody can read is a suspect",
            "splice sites: lead of the search over neighbours, upper end",
            "splice sites: lead of a random list over neighbours, upper end",
        ],
    },
    {
        "name": "real suspects are rows that belong where they say",
        "function": LABELS + "suspects",
        "old": "(found != y)",
        "new": "(found == y)",
        "since": "def left_out(inputs",
        "kills": [
            "splice sites: sites that keep the rule and are suspects",
            "splice sites: donors with GC that are suspects",
            "mammography: contradicted calcifications that are suspects",
            "mammography: all calcifications that are suspects",
        ],
    },
    {
        "name": "not the gaps but the whole windows are filled, with the window before them",
        "old": "bases = torch.where(window.isnan(), base, window)",
        "new": "gaps = window.isnan().any(1)[:, None]\n        "
        "bases = torch.where(gaps, window.roll(1, 0), window)",
        "kills": ["suspected sites that lack a letter or two: those that stay with any letter"],
    },
    {
        "name": "the windows begin one letter late",
        "old": 'windows = pd.read_csv(fetch_file("splice/splice.data"), header=None)',
        "new": 'windows = pd.read_csv(fetch_file("splice/splice.data"), header=None)\n    '
        'windows[2] = windows[2].str.strip().str[1:] + "A"',
        "kills": [
            "sites that break the rule, explained by a shift of one place",
            "sites that break the rule, explained by a shift of two places",
        ],
    },
    {
        "name": "the four letters stay hidden the second time",
        "old": "all_shown = [left_out(letter.flatten(1), ",
        "new": "all_shown = [left_out(shown_letters, ",
        "kills": [
            "suspected sites that stay so with all letters shown",
            "suspected windows without a site that stay so with all letters shown",
            "suspected sites for which another class stays likelier",
            "suspected windows without a site for which another class stays likelier",
            "with all letters shown: deals in which only the label of no site is disputed",
        ],
    },
    {
        "name": "one site in fifteen is labelled as none",
        "old": 'window, site = tables["splice sites"].x, tables["splice sites"].y',
        "new": 'window, site = tables["splice sites"].x, tables["splice sites"].y.clone()\n    '
        "site[:1535:15] = 2",
        "kills": [
            "suspected windows without a site: share with the two letters",
            "suspected windows without a site: share with the two letters over chance",
        ],
    },
    {
        "name": "the rule is a lottery",
        "old": "ruled = smallest[(toward * x[smallest, up]).argsort(descending=True)]",
        "new": "ruled = smallest[torch.randperm(len(smallest), generator=generator(0, 6))]",
        "kills": [
            "errors by a rule: share that is found",
            "errors by a rule: share that a model trained on them disputes",
        ],
    },
    {
        "name": "the model of the true labels has met the rule",
        "old": "believed_class = unseen(labels).argmax(1)",
        "new": "believed_class = unseen(given).argmax(1)",
        "kills": ["errors by a rule: share that a model of the true labels disputes"],
    },
    {
        "name": "the lottery is the rule",
        "old": "drawn = smallest[torch.randperm(len(smallest), generator=generator(seed, 6))]",
        "new": "drawn = ruled",
        "kills": ["as many errors at random in the same class: share that is found"],
    },
    {
        "name": "the shares are not corrected",
        "old": "score + asked.logit() - met.logit() > 0",
        "new": "score > 0",
        "kills": ["red wines: what correcting for the shares gives back, upper end"],
    },
    {
        "name": "the reds are not moved",
        "old": "moved = taste[test] + taste[white].mean(0) - taste[reds].mean(0)",
        "new": "moved = taste[test]",
        "kills": ["red wines: what centring the columns gives back, lower end"],
    },
    {
        "name": "no good wine is left out",
        "old": "fine[some[: int(len(poor) * asked / (1 - asked))]]",
        "new": "fine[some]",
        "kills": [
            "poor white wines called good: less by a model that has met fewer good ones",
            "the same, fewer good ones: less poor red wines by the model of red wines",
        ],
    },
    {
        "name": "no threshold: the most probable class is believed",
        "function": LABELS + "confident_class",
        "old": "above = p >= thresholds(p, y) - 1e-6",
        "new": "above = p >= 0 * thresholds(p, y)",
        "since": "hidden = [28, 29, 30, 31]",
        "kills": [
            "splice sites: windows with two labels that are suspects",
            "windows with two labels that are suspects with all letters shown",
        ],
    },
    {
        "name": "the penalty under which left-out labels are least likely",
        "old": "return min((0.003",
        "new": "return max((0.003",
        "kills": [
            "splice sites: inverse penalty under which left-out labels are likeliest",
            "splice sites: p of chance if sites were independent, middle of eleven deals",
        ],
    },
    {
        "name": "the witness is not hidden",
        "old": "hidden = [28, 29, 30, 31]",
        "new": "hidden = []",
        "kills": [
            "splice sites: suspected sites that break the rule",
        ],
    },
    {
        "name": "colours are dealt at random",
        "old": "torch.arange(len(taste)) < len(wines[0])",
        "new": "torch.randperm(len(taste)) < len(wines[0])",
        "kills": [
            "red wines: what training on white wines alone loses, upper end",
            "one model: poor white wines called good, less poor red ones",
            "one model: good red wines called poor, less good white ones",
            "one model: lead over always good on red wines",
            "one model: lead over always good on white wines",
        ],
    },
    {
        "name": "the model of white wines has met red ones only",
        "old": '"white wines": ~red}',
        "new": '"white wines": red}',
        "kills": [
            "red wines: share that the model of white wines calls good",
            "red wines: what is lost with one number learned from red wines",
            "red wines: what that one number gives back, lower end",
            "red wines: area under the ROC curve lost by training on white ones",
            "poor white wines called good: by the model of white wines, less by one model",
        ],
    },
    {
        "name": "all wines are the white ones",
        "old": '"all wines": red | ~red',
        "new": '"all wines": ~red',
        "kills": [
            "red wines: all wines against red ones alone, lower end",
            "one model: accuracy on red less that on white wines",
        ],
    },
    {
        "name": "the model of red wines has met white ones only",
        "old": '"red wines": red,',
        "new": '"red wines": ~red,',
        "kills": ["red wines: all wines against red ones alone, upper end"],
    },
    {
        "name": "long run: the untuned model in the place of the tuned",
        "old": 'row["unseen, tuned"] for row in ranks',
        "new": 'row["unseen"] for row in ranks',
        "kills": [
            "long run: sets in which the tuned model leads on average",
            "long run: tuned lead over neighbours, lower end",
            "long run: tuned, gain of having seen the labels",
            "long run: seen, untuned, level with unseen, tuned, within",
            "long run: gain by the tuned penalty for rows left out, lower end",
            "long run: gain by the tuned penalty, rows left out over rows seen, lower end",
        ],
    },
    {
        "name": "long run: the tuned model in the place of the untuned",
        "old": "[row[name] for row in ranks]",
        "new": '[row[{"unseen": "unseen, tuned"}.get(name, name)] for row in ranks]',
        "kills": ["long run: untuned model against neighbours, upper end"],
    },
    {
        "name": "long run: neighbours in the place of the untuned model that has seen the labels",
        "old": "[row[name] for row in ranks]",
        "new": '[row[{"seen": "neighbours"}.get(name, name)] for row in ranks]',
        "kills": ["long run: gain by the tuned penalty for rows seen, on average"],
    },
    {
        "name": "long run: the tuned model that has seen the labels in the place of neighbours",
        "old": "[row[name] for row in ranks]",
        "new": '[row[{"neighbours": "seen, tuned"}.get(name, name)] for row in ranks]',
        "kills": ["long run: untuned model against neighbours, lower end"],
    },
    {
        "name": "long run: votes alike in the place of weighed ones",
        "old": 'far.scores(split, by="model", part="copies")',
        "new": '{n.replace(", near ones count more", ""): s for n, s in '
        'far.scores(split, by="model", part="copies").items()} | {"9 neighbours, near ones count more": '
        'far.scores(split, by="model", part="copies")["9 neighbours"]}',
        "kills": [
            "long run: flattery of nine neighbours by giving near ones more weight, lower end"
        ],
    },
    {
        "name": "long run: logistic regression in the place of the forest",
        "old": 'far.scores(split, by="model", part="copies")',
        "new": 'far.scores(split, by="model", part="copies") | {"forest": '
        'far.scores(split, by="model", part="copies")["logistic regression"]}',
        "kills": [
            "long run: flattery of a forest",
            "long run, random split: lead of the forest over the best other, lower end",
            "long run, equal rows together: lead of the forest over the best other, lower end",
        ],
    },
    {
        "name": "long run: labels as given in the place of cleaned ones",
        "old": 'drawn_far(*case, "suspects removed")',
        "new": 'drawn_far(*case, "as given")',
        "kills": [
            "long run: one neighbour gains by removing suspects, smallest lower end",
            "long run: nine gain where errors are many or of one class, smallest lower end",
            "long run: errors of one class, nine as given over one cleaned",
            "long run, random errors: share of the loss that one neighbour gets back",
            "long run, errors of one class: the same share",
            "long run: logistic regression gains on average, smallest of three errors",
            "long run: logistic regression gains most where one class errs, lower end",
        ],
    },
    {
        "name": "long run: one neighbour in the place of nine",
        "old": '"learner": learner}',
        "new": '"learner": learner.replace("nine neighbours", "one neighbour")}',
        "kills": [
            "long run: nine gain at one label in ten, on average",
            "long run: at one in ten nine as given over one cleaned, on average",
        ],
    },
]
