"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

GROUPS = "helpers.methods.groups."
CALIBRATE = "helpers.methods.calibrate."
SCANNER = "helpers.data.scanner."

MUTANTS = [
    {
        "name": "the scanners have no habit",
        "old": "through(rows, scanners(sick[rows], agreement, 10 * seed + k), seed)",
        "new": "through(rows, scanners(sick[rows], 0.5, 10 * seed + k), seed)",
        "kills": [
            "accuracy on new tiles of the same hospital",
            "worst cell of the superb model",
            "the scanner's own number as diagnosis",
            "its cost over that of the next column",
            "diagnoses that change with the scanner alone",
            "even rows: mean lead over the model as it comes",
            "accuracy at home: even rows below the model as it comes by",
            "calibrated at home: calibration error elsewhere",
        ],
    },
    {
        "name": "the scanner leaves no mark",
        "old": "x, sick, mark, groups = here.x, here.sick, here.mark, here.groups",
        "new": "x, sick, mark, groups = here.x, here.sick, 0 * here.mark, here.groups",
        "kills": [
            "adding the mark to the columns agrees with stamping the pixels",
            "accuracy on the same tiles, each from both scanners",
            "accuracy in telling the scanner",
            "the column that costs most is where the mark is",
        ],
    },
    {
        "name": "even rows keep all rows",
        "function": GROUPS + "even_rows",
        "old": "order[cell[order] == k][:fewest]",
        "new": "order[cell[order] == k]",
        "kills": [
            "the best other way over even rows",
            "diagnoses that still change, even rows",
            "deals of ten in which the model as it comes is ahead of even rows",
        ],
    },
    {
        "name": "every column that the mark has touched is covered",
        "function": "helpers.methods.shortcut._masked",
        "old": "hot = seen.mark.abs() > seen.mark.abs().max() / 2",
        "new": "hot = seen.mark.abs() >= 0",
        "kills": ["diagnoses that still change, mark covered"],
    },
    {
        "name": "naive Bayes is replaced by logistic regression",
        "old": '"naive Bayes": GaussianNB(var_smoothing=1e-6)',
        "new": '"naive Bayes": make_pipeline(StandardScaler(), LogisticRegression(C=0.01))',
        "kills": [
            "naive Bayes: temperature it needs",
            "naive Bayes: calibration error as it comes",
            "share of calls with more than 0.95",
            "what the temperature takes off it",
            "naive Bayes: Brier score saved by a temperature, mean",
        ],
    },
    {
        "name": "the outcome does not depend on what is seen",
        "function": SCANNER + "_clinic",
        "old": "return Clinic(data.x, sick,",
        "new": "return Clinic(data.x, sick[torch.randperm(len(sick))],",
        "kills": ["share of those that are wrong"],
    },
    {
        "name": "the temperature is ten times too cold",
        "function": CALIBRATE + "temperature",
        "old": 'bounds=(-5, 7), method="bounded").x)',
        "new": 'bounds=(-5, 7), method="bounded").x) / 10',
        "kills": [
            "the temperature agrees with scikit-learn",
            "logistic regression: Brier score saved by a temperature, mean",
            "calibrated at home: calibration error at home",
        ],
    },
    {
        "name": "calibration errors cancel",
        "function": "helpers.metrics.calibration.calibration_error",
        "system": "expected calibration error",
        "old": "(share * (said - seen).abs()).sum()",
        "new": "(share * (said - seen)).sum().abs()",
        "kills": ["the calibration error agrees with torchmetrics"],
    },
    {
        "name": "the margin has too low a rank",
        "function": CALIBRATE + "margin",
        "old": "rank = math.ceil((len(errors) + 1) * confidence)",
        "new": "rank = math.ceil((len(errors) + 1) * confidence * 0.95)",
        "kills": [
            "the margin agrees with MAPIE",
            "mean coverage less what the derivation says",
            "draws of 200 that cover less than nine in ten",
            "fewest held rows for an interval of 95 %",
        ],
    },
    {
        "name": "quarters are dealt at random",
        "old": "return torch.bucketize(torch.from_numpy(model.predict(inputs[rows])).double(), borders)",
        "new": "return torch.arange(len(rows)) % 4",
        "kills": [
            "one margin: coverage of the worst quarter",
            "one margin: coverage of the best quarter",
        ],
    },
    {
        "name": "each quarter gets the margin of all",
        "old": "margin(E[kind == k], 0.9)",
        "new": "margin(E, 0.9)",
        "kills": ["a margin for each quarter: coverage of the worst"],
    },
    {
        "name": "quantiles for a wider interval",
        "old": "for q in (0.05, 0.95):",
        "new": "for q in (0.01, 0.99):",
        "kills": ["quantile regression: coverage below split conformal"],
    },
    {
        "name": "the normal interval takes 2.5 deviations",
        "old": "wide = 1.645 * float(",
        "new": "wide = 2.5 * float(",
        "kills": ["normal interval: width over that of split conformal"],
    },
    {
        "name": "ridge regression may learn nothing",
        "old": "ridge = make_pipeline(StandardScaler(), Ridge(10.0))",
        "new": "ridge = make_pipeline(StandardScaler(), Ridge(1e7))",
        "kills": ["no model: width over that of split conformal"],
    },
    {
        "name": "Wilson's interval is not moved to the middle",
        "old": "(p + z**2 / (2 * n) - z * root)",
        "new": "(p - z * root)",
        "kills": ["Wilson's interval agrees with statsmodels", "and with SciPy"],
    },
    {
        "name": "true accuracies near a half",
        "old": "truths = torch.linspace(0.8, 0.99, 39)",
        "new": "truths = torch.linspace(0.4, 0.59, 39)",
        "kills": ["fifty cases: worst coverage of the textbook interval"],
    },
    {
        "name": "intervals end too early",
        "old": "if low <= p <= high)",
        "new": "if low <= p <= high - 0.03)",
        "kills": [
            "fifty cases: worst coverage of Wilson's",
            "fifty cases: worst coverage of Clopper and Pearson's",
        ],
    },
    {
        "name": "the two models are equally good",
        "old": "[(d + delta) / 2, (d - delta) / 2, 1 - d]",
        "new": "[d / 2, d / 2, 1 - d]",
        "kills": ["power with as many, simulated"],
    },
    {
        "name": "any difference counts",
        "old": "> 3.841459 * (first + second)",
        "new": "> 0.3 * (first + second)",
        "kills": ["power of the same difference with a hundred cases"],
    },
    {
        "name": "the formula asks for certainty",
        "old": "0.84 * (d - delta**2)",
        "new": "3.84 * (d - delta**2)",
        "kills": [
            "cases for each model if they are not paired, over paired",
            "paired rows that one point needs",
            "rows that one point needs, eight from each patient",
        ],
    },
    {
        "name": "all patients are alike",
        "old": "rng.binomial(m, rng.beta(a, b, size=(5000, 16)))",
        "new": "rng.binomial(m, 0.9, size=(5000, 16))",
        "kills": ["variance over that of independent rows, against the formula"],
    },
    {
        "name": "tiles are dealt to blocks at random",
        "old": "hit = torch.from_numpy(guess == sick.numpy()).double()",
        "new": "hit = torch.from_numpy(guess == sick.numpy()).double()[torch.randperm(len(sick))]",
        "kills": [
            "design effect of the real blocks",
            "width of the honest interval over the naive one",
        ],
    },
    {
        "name": "the forest asks two questions",
        "old": "RandomForestRegressor(30, random_state=0)",
        "new": "RandomForestRegressor(30, random_state=0, max_depth=2)",
        "kills": ["forest in the random split: error below that of the line, lower end (ppm)"],
    },
    {
        "name": "the random split knows only the past as well",
        "old": "others, past = np.setdiff1d(np.arange(len(ppm)), weeks), np.flatnonzero(when < year)",
        "new": "others, past = np.flatnonzero(when < year), np.flatnonzero(when < year)",
        "kills": ["forest: error in the future over that in the random split"],
    },
    {
        "name": "two years ago",
        "old": "np.abs(when - when[k] + 1).argmin()",
        "new": "np.abs(when - when[k] + 2).argmin()",
        "kills": ["forest in the future: mean gain over what it was a year ago (ppm)"],
    },
    {
        "name": "the lamp does not age",
        "function": SCANNER + "clinic",
        "old": "data.amount, -dimming)",
        "new": "data.amount, 0 * dimming)",
        "kills": ["coverage under a lamp that has aged"],
    },
    {
        "name": "a margin for 99 percent on new blocks",
        "old": "by_block.append((miss(ridge, new) <= margin(miss(ridge, held), 0.9)).double().mean())",
        "new": "by_block.append((miss(ridge, new) <= margin(miss(ridge, held), 0.99)).double().mean())",
        "kills": ["new blocks: coverage of the worst of them", "new blocks: mean coverage"],
    },
    {
        "name": "used where it was tried",
        "old": "(near[:size], new), (others, new)",
        "new": "(near[:size], near[size:]), (others, new)",
        "kills": [
            "what the random split promised and the future does not keep, lower end",
            "what training there would give back, lower end",
        ],
    },
    {
        "name": "the control is trained on the same variants",
        "old": "(near[:size], new), (others, new)",
        "new": "(near[:size], new), (near[:size], new)",
        "kills": ["share of the fall that training there gives back"],
    },
    {
        "name": "the scanners keep their habit whatever is asked",
        "function": SCANNER + "scanners",
        "old": "agree = torch.rand(len(sick), generator=draws) < agreement",
        "new": "agree = torch.rand(len(sick), generator=draws) < 0.95",
        "kills": ["mean gain elsewhere with an agreement of 0.75"],
    },
    {
        "name": "the file leaves out its first row",
        "function": "helpers.data.predictions.save_predictions",
        "old": "pandas.DataFrame(columns).to_csv",
        "new": "pandas.DataFrame(columns).iloc[1:].to_csv",
        "kills": ["the file holds every row once"],
    },
]
