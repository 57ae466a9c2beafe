"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

LINES = "helpers.models.linear_models."
TABULAR = "helpers.methods.tabular."
DESIGN = "helpers.methods.design."
LEARNED = "smallest lead of a rival over nothing, diabetes, lower end"
LUMPS = "smallest lead of a rival over nothing, tumours, lower end"

MUTANTS = [
    {
        "name": "the soft threshold only shrinks halfway",
        "function": LINES + "soft_threshold",
        "old": "(value.abs() - threshold)",
        "new": "(value.abs() - threshold / 2)",
        "kills": [
            "lasso by hand agrees with scikit-learn",
            "largest breach of the lasso's optimality conditions",
        ],
    },
    {
        "name": "the lasso never reaches zero",
        "function": LINES + "soft_threshold",
        "old": ".clamp(min=0)",
        "new": ".clamp(min=1e-9)",
        "kills": ["columns that the lasso sets to exactly zero"],
    },
    {
        "name": "ridge without its penalty",
        "function": LINES + "ridge",
        "old": "penalty * torch.eye",
        "new": "0 * torch.eye",
        "kills": ["ridge by hand agrees with scikit-learn"],
    },
    {
        "name": "leave one out forgets how much a row pulls",
        "function": LINES + "leave_one_out",
        "old": "/ (1 - own)",
        "new": "/ 1",
        "kills": ["leave one out in one fit agrees with 442 fits"],
    },
    {
        "name": "Newton takes half steps",
        "function": LINES + "logistic",
        "old": "weights = weights - move",
        "new": "weights = weights - move / 2",
        "kills": ["Newton steps to the bottom"],
    },
    {
        "name": "Newton without the curvature of the probabilities",
        "function": LINES + "logistic",
        "old": "(p * (1 - p))[:, None]",
        "new": "0.25",
        "kills": ["standard errors agree with automatic differentiation"],
    },
    {
        "name": "a tree divides at the worst threshold",
        "function": "helpers.models.tree.grow",
        "old": "_, column, threshold = found",
        "new": "_, column, threshold = found[0], found[1], float(x[:, found[1]].min())",
        "kills": [
            "regression tree by hand agrees with scikit-learn",
            "forest by hand agrees with scikit-learn",
        ],
    },
    {
        "name": "the search for a question counts the lower rows on both sides",
        "function": "helpers.models.tree.best_split",
        "old": "((total - below) ** 2).sum(2) / (n - count)",
        "new": "((total - below) ** 2).sum(2) / count",
        "kills": ["each question of scikit-learn's tree gains what the best by hand gains"],
    },
    {
        "name": "a forest of equal trees",
        "function": "helpers.models.tree.forest",
        "old": "grow(x[rows], y[rows], depth, leaf)",
        "new": "grow(x, y, depth, leaf)",
        "kills": ["forest by hand agrees with scikit-learn"],
    },
    {
        "name": "boosting forgets what was left over",
        "function": "helpers.models.tree.boost",
        "old": "left = left - rate * trees[-1](x)",
        "new": "left = left - 0 * trees[-1](x)",
        "kills": ["boosting by hand agrees with scikit-learn"],
    },
    {
        "name": "boosting in the exercise grows stumps only",
        "function": "helpers.models.tree.boost",
        "old": "grow(x, left, depth, leaf)",
        "new": "grow(x, left, 1, leaf)",
        "since": "signs = torch.randn",
        "kills": [
            "depth two: error over the variance of the target",
            "depth three: error over the variance of the target",
        ],
    },
    {
        "name": "boosting in the exercise grows deeper trees than it says",
        "function": "helpers.models.tree.boost",
        "old": "grow(x, left, depth, leaf)",
        "new": "grow(x, left, depth + 3, leaf)",
        "since": "signs = torch.randn",
        "kills": ["stumps: error over the variance of the target"],
    },
    {
        "name": "the doubt of the process is half of what it should be",
        "function": "helpers.models.gaussian_process.GaussianProcess.leave_one_out",
        "old": "own.rsqrt()",
        "new": "own.rsqrt() / 2",
        "kills": ["share within two deviations, noise as large as the function"],
    },
    {
        "name": "no measurement lowers the doubt",
        "function": "helpers.models.gaussian_process.GaussianProcess.__call__",
        "old": "variance = self.amplitude - (solved**2).sum(0)",
        "new": "variance = self.amplitude - 0 * (solved**2).sum(0)",
        "kills": [
            "its standard deviation agrees with scikit-learn",
            "doubt of the Gaussian process beyond the range over inside",
        ],
    },
    {
        "name": "the process that was told of noise was told of none, and the other way round",
        "old": "told(1.0), told(0.001)",
        "new": "told(0.001), told(1.0)",
        "kills": [
            "share within two deviations, noise as large as the function",
            "share within two deviations, told that there is no noise",
            "squared error then, over that with noise",
            "width of the band then, over that with noise",
        ],
    },
    {
        "name": "the height is held, and the noise is told",
        "old": "told(0.001, amplitude=",
        "new": "told(1.0, amplitude=",
        "kills": ["share within two deviations, no noise and the height held"],
    },
    {
        "name": "the forest may ask no question",
        "function": TABULAR + "forest",
        "old": "min_samples_leaf=leaf",
        "new": "max_leaf_nodes=2, min_samples_leaf=200",
        "kills": [LEARNED],
    },
    {
        "name": "explainable boosting hardly learns",
        "function": TABULAR + "explainable",
        "old": "max_rounds=ROUNDS",
        "new": "max_rounds=1",
        "kills": [LEARNED],
    },
    {
        "name": "the Gaussian process sees rows from far away only",
        "function": TABULAR + "process",
        "old": "scale * x.shape[1] ** 0.5",
        "new": "0.02 * scale * x.shape[1] ** 0.5",
        "kills": [LEARNED, "lead of the Gaussian process over the forest, diabetes, lower end"],
    },
    {
        "name": "ridge whose penalty forbids to learn",
        "function": TABULAR + "ridge",
        "old": "Ridge(penalty)",
        "new": "Ridge(1e7 * penalty)",
        "kills": [
            LEARNED,
            "mean lead of ridge over the forest, diabetes",
            "mean lead of ridge over the network, diabetes",
        ],
    },
    {
        "name": "logistic regression whose penalty forbids to learn",
        "function": TABULAR + "logistic",
        "old": "C=1 / penalty",
        "new": "C=1e-5 / penalty",
        "kills": [
            LUMPS,
            "lead of logistic regression over the forest, tumours, lower end",
            "lead of logistic regression over a single tree, tumours, lower end",
        ],
    },
    {
        "name": "every resampling is the table itself",
        "old": "torch.randint(len(z), (len(z),), generator=generator(1, k))",
        "new": "torch.arange(len(z))",
        "kills": [
            "columns whose weight had the rarer sign in a tenth of the resamplings",
            "different sets of columns chosen in fifty resamplings",
            "columns chosen in all fifty resamplings",
        ],
    },
    {
        "name": "s2 is measured in another patient",
        "old": "z = scaled(rows)",
        "new": "z = scaled(rows.roll(1, 0).where(torch.arange(10) == 5, rows))",
        "kills": ["correlation of the serum columns s1 and s2"],
    },
    {
        "name": "ridge with no more penalty than least squares",
        "old": "weights(0.001), weights(30.0)",
        "new": "weights(0.001), weights(0.003)",
        "kills": ["spread of the weight of s1, least squares over ridge", "and under ridge"],
    },
    {
        "name": "least squares with the penalty of ridge",
        "old": "weights(0.001), weights(30.0)",
        "new": "weights(30.0), weights(30.0)",
        "kills": ["resamplings in which s2 has a weight above zero, least squares"],
    },
    {
        "name": "what is held out is not beyond the range",
        "old": "return rows[:, column] > min(limit, rows[:, column].unique()[-2])",
        "new": "return torch.arange(len(z)) % 7 == 0",
        "kills": [
            "the forest is too low beyond the range by, spreads",
            "and by this much more than ridge, spreads",
            "lead of ridge over the forest beyond the range, lower end",
            "doubt of the Gaussian process beyond the range over inside",
        ],
    },
    {
        "name": "patients in range are beyond it",
        "old": "too_low(deal != k, deal == k)",
        "new": "too_low(deal < 0, deal == k)",
        "kills": [
            "and in range by, spreads",
            "and of the same patients in range, lower end",
        ],
    },
    {
        "name": "the end of s5 is the end of the body mass index",
        "old": 'largest(data.features.index("s5"))',
        "new": 'largest(data.features.index("bmi"))',
        "kills": ["and beyond the range of s5, mean"],
    },
    {
        "name": "expected improvement looks for the worst",
        "function": DESIGN + "expected_improvement",
        "old": "z = (mean - best)",
        "new": "z = (best - mean)",
        "kills": [
            "expected improvement agrees with a simulation",
            "made-up function: share after nine",
        ],
    },
    {
        "name": "the first measurements of the made-up function hit its peak",
        "old": "torch.tensor([[1.0], [3.0], [5.0], [9.0]])",
        "new": "torch.tensor([[1.0], [3.0], [5.0], [7.8]])",
        "kills": ["made-up function: share of its maximum after four measurements"],
    },
    {
        "name": "improvement without doubt",
        "old": "expected_improvement(middle, doubt, float(hidden",
        "new": "expected_improvement(middle, 0.001 * doubt, float(hidden",
        "kills": ["made-up function: share after nine"],
    },
    {
        "name": "the stored searches of chance and of expected improvement exchanged",
        "old": 'runs.setdefault(row["rival"], {})',
        "new": 'runs.setdefault({"process, improvement": "at random", "at random": '
        '"process, improvement"}.get(row["rival"], row["rival"]), {})',
        "kills": [
            "smallest lead of a strategy over chance, whole landscape, lower end",
            "lead of expected improvement over products, whole landscape, lower end",
        ],
    },
    {
        "name": "a model that multiplies searches the landscape in the place of the process",
        "old": "    done = sorted(",
        "new": '    if "process, mean" in runs:\n        runs["process, mean"] = runs["products of effects"]\n'
        "    done = sorted(",
        "kills": [
            "lead of the process by its mean over the line, whole landscape, lower end",
        ],
    },
    {
        "name": "expected improvement ranks the pool at random",
        "function": DESIGN + "improvement",
        "old": "return expected_improvement(mean, deviation, float(y.max()))",
        "new": "return torch.rand(len(pool), generator=generator)",
        "kills": ["expected improvement beats chance by, fitness"],
    },
    {
        "name": "the body mass index keeps its unit",
        "old": "torch.arange(10) == 2, factor, 1.0",
        "new": "torch.arange(10) == 2, 1.0, 1.0",
        "kills": ["and one of ridge by, score", "lasso: and in t/m²"],
    },
    {
        "name": "grams and tonnes exchanged",
        "old": '("grams", 1000.0), ("tonnes", 0.001)',
        "new": '("grams", 0.001), ("tonnes", 1000.0)',
        "kills": ["lasso: what a spread of the index in g/m² adds, score", "lasso: and in t/m²"],
    },
    {
        "name": "ridge adds a penalty of its own",
        "function": LINES + "ridge",
        "old": "penalty * torch.eye",
        "new": "(penalty + 3000) * torch.eye",
        "since": "def in_units(factor)",
        "kills": ["a new unit moves a prediction of least squares by, score"],
    },
    {
        "name": "Newton is never left without a penalty",
        "function": LINES + "logistic",
        "old": "shrink = penalty * torch.eye",
        "new": "shrink = (penalty + 1) * torch.eye",
        "since": "grown = [logistic(",
        "kills": [
            "growth of the weights from Newton step 8 to 20, no penalty",
            "log loss on new tumours without penalty over that with one",
        ],
    },
    {
        "name": "partial correlations without the others",
        "old": "x[:, j] - ridge(x[:, given], x[:, j], 0.0)(x[:, given])",
        "new": "x[:, j]",
        "kills": ["partial correlations from the inverse agree with residuals"],
    },
    {
        "name": "the graphical lasso without its penalty",
        "old": "alpha=0.15",
        "new": "alpha=0.005",
        "kills": ["edges of the graphical lasso, of 45"],
    },
    {
        "name": "plain correlations",
        "old": "precision = torch.linalg.inv(torch.cov(x.T))",
        "new": "precision = -torch.cov(x.T) * (1 - 2 * torch.eye(10))",
        "kills": ["partial correlation of s1 and s2, given the rest"],
    },
    {
        "name": "few rows and noise: the five networks are one",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"five networks": "network"}.get(rival, rival)] for scores in each]',
        "kills": [
            "twenty patients: smallest lead of five networks over the others, lower end",
            "forty and eighty patients: ridge and five networks differ by at most, ends",
        ],
    },
    {
        "name": "few rows and noise: five networks learned nothing",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"five networks": "nothing"}.get(rival, rival)] for scores in each]',
        "kills": ["much noise: lead of five networks over one, lower end"],
    },
    {
        "name": "few rows and noise: one network learned nothing",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"network": "nothing"}.get(rival, rival)] for scores in each]',
        "kills": [
            "twenty patients: smallest lead over nothing, lower end",
            "forty patients: lead of one network over least squares, lower end",
            "300 patients: mean lead of ridge over one network",
            "little noise: smallest mean lead of the others over the forest",
        ],
    },
    {
        "name": "few rows and noise: the process learned nothing",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"Gaussian process": "nothing"}.get(rival, rival)] for scores in each]',
        "kills": [
            "300 patients: lead of the Gaussian process over ridge, lower end",
            "little noise: lead of the Gaussian process over one network, lower end",
        ],
    },
    {
        "name": "few rows and noise: ridge learned nothing",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"ridge": "nothing"}.get(rival, rival)] for scores in each]',
        "kills": [
            "forty and eighty patients: smaller lead of ridge over one network, lower end",
            "noise of three: smallest lead of ridge over the others, lower end",
            "much noise: smallest lead of ridge over all but five networks, lower end",
        ],
    },
    {
        "name": "few rows and noise: a line in the place of the forest",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"forest": "ridge"}.get(rival, rival)] for scores in each]',
        "kills": ["much noise: lead of the forest over one network, lower end"],
    },
    {
        "name": "few rows and noise: a forest in the place of the single tree",
        "old": "[scores[rival] for scores in each]",
        "new": '[scores[{"tree": "forest"}.get(rival, rival)] for scores in each]',
        "kills": ["much noise: lead of nothing over a single tree, lower end"],
    },
]
