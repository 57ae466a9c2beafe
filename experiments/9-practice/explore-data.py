"""Eight sets of twelve draws of wrong labels, three kinds of error at eighty draws, copies at twenty.

Three parts, told apart by `part`. "rank": average precision of planted labels by each way of the page
that is tuned or needs no tuning; a set is twelve draws, as on the page (which uses 100 to 111).
"clean": accuracy on true labels of three learners, trained on the labels as given, without the
suspects, and on the true labels. "copies": accuracy on the wines of methods that remember more or
less, in a random split and with equal rows together. All seeds are fresh; the functions are those
of the page.
"""

from functools import cache

import pandas as pd
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedKFold,
    cross_val_predict,
    train_test_split,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.data.cited import fetch_file
from helpers.data.datasheet import copies
from helpers.data.embedded import breast_cancer
from helpers.ground.random import generator
from helpers.methods.label_errors import suspects

SETS, DRAWS = 8, 12
SEEDS = range(400, 480)
ERRORS = {
    "one label in ten": {"share": 0.1},
    "one label in four": {"share": 0.25},
    "two in five of one class": {"share": 0.4, "only": 0},  # malignant, the smallest
}
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)
NEIGHBOURS = {"one neighbour": 1, "nine neighbours": 9}
DEALS = range(500, 520)
TREES = 60
VOTES = {
    "one neighbour": (1, "uniform"),
    "9 neighbours": (9, "uniform"),
    "31 neighbours": (31, "uniform"),
    "9 neighbours, near ones count more": (9, "distance"),
    "31 neighbours, near ones count more": (31, "distance"),
}
TASTERS = (*VOTES, "forest", "logistic regression")


def cases():
    """The rankings first."""
    ranks = [{"part": "rank", "set": s, "draw": d} for s in range(SETS) for d in range(DRAWS)]
    cleaned = [
        {"part": "clean", "error": error, "learner": learner, "seed": seed}
        for seed in SEEDS
        for error in ERRORS
        for learner in (*NEIGHBOURS, "logistic regression")
    ]
    tasted = [{"part": "copies", "model": m, "seed": s} for s in DEALS for m in TASTERS]
    return ranks + cleaned + tasted


def weighed(C=1.0):
    """The linear model of the page."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=1000))


@cache
def here():
    """Scaled columns, true labels, and the twenty nearest rows of each row."""
    data = breast_cancer()
    z = ((data.x.double() - data.x.double().mean(0)) / data.x.double().std(0)).float()
    return z, data.y, torch.cdist(z, z).fill_diagonal_(torch.inf).topk(20, largest=False)


def exchanged(y, share, seed, weights=None):
    """Some labels exchanged for the other class."""
    draws = generator(seed, 2)
    weights = torch.ones(len(y)) if weights is None else weights
    rows = weights.multinomial(round(share * len(y)), generator=draws)
    torch.randint(1, 2, (len(rows),), generator=draws)
    given = y.clone()
    given[rows] = 1 - y[rows]
    return given


def unseen(x, labels, seed, model):
    """Probabilities of each row from four fifths without it."""
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    p = cross_val_predict(model, x, labels, method="predict_proba", cv=folds)
    return torch.from_numpy(p).double()


def doubted(p, labels):
    """How little each row's own label is believed."""
    return 1 - p.gather(1, labels[:, None])[:, 0]


@cache
def penalty():
    """Chosen on draws 0 to 7, as on the page."""
    z, y, _ = here()

    def ranked(C):
        given = [exchanged(y, 0.05, seed) for seed in range(8)]
        ways = [doubted(unseen(z, g, seed, weighed(C)), g) for seed, g in enumerate(given)]
        return sum(average_precision_score(g != y, way) for g, way in zip(given, ways))

    return max(STRENGTHS, key=ranked)


def rank(set, draw):
    """Average precision of every way on one draw."""
    (z, y, near), seed = here(), 200 + DRAWS * set + draw
    given = exchanged(y, 0.05, seed)
    closeness = 1 / near.values.clamp(min=1e-6)
    fitted, tuned = weighed().fit(z, given), weighed(penalty()).fit(z, given)
    ways = {
        "unseen": doubted(unseen(z, given, seed, weighed()), given),
        "unseen, tuned": doubted(unseen(z, given, seed, weighed(penalty())), given),
        "neighbours": ((given[near.indices] != given[:, None]) * closeness).sum(1)
        / closeness.sum(1),
        "seen": doubted(torch.from_numpy(fitted.predict_proba(z)), given),
        "seen, tuned": doubted(torch.from_numpy(tuned.predict_proba(z)), given),
    }
    return {name: average_precision_score(given != y, way) for name, way in ways.items()}


@cache
def parted(error, seed):
    """Training rows, test rows, wrong labels of the training rows, and which are kept."""
    z, y, _ = here()
    train, test = train_test_split(
        torch.arange(len(y)), test_size=0.3, stratify=y, random_state=seed
    )
    share, only = ERRORS[error]["share"], ERRORS[error].get("only")
    weights = None if only is None else (y[train] == only).double()
    share = share if only is None else share * float(weights.mean())
    noisy = exchanged(y[train], share, seed, weights)
    return train, test, noisy, ~suspects(unseen(z[train], noisy, seed, weighed()), noisy)


def clean(error, learner, seed):
    """Accuracy on true labels after three ways of training."""
    z, y, _ = here()
    train, test, noisy, keep = parted(error, seed)
    model = weighed()
    if learner in NEIGHBOURS:
        model = make_pipeline(StandardScaler(), KNeighborsClassifier(NEIGHBOURS[learner]))
    sets = {"as given": (train, noisy), "suspects removed": (train[keep], noisy[keep])}
    sets["true labels"] = (train, y[train])
    return {
        name: model.fit(z[rows], labels).score(z[test], y[test])
        for name, (rows, labels) in sets.items()
    }


@cache
def wines():
    """Red and white wines, whether a grade is six or more, and which rows are equal."""
    files = [fetch_file(f"tables/winequality-{colour}.csv") for colour in ("red", "white")]
    table = pd.concat([pd.read_csv(file, header=None) for file in files])
    inputs = torch.tensor(table.iloc[:, :-1].to_numpy("float32"))
    return inputs, (table.iloc[:, -1].to_numpy() >= 6).astype(int), copies(inputs).numpy()


def taster(model, seed):
    """A method by name."""
    if model == "forest":
        return RandomForestClassifier(TREES, random_state=seed)
    if model == "logistic regression":
        return weighed()
    votes, weights = VOTES[model]
    vote = KNeighborsClassifier(votes, weights=weights, algorithm="brute")
    return make_pipeline(StandardScaler(), vote)


def two_splits(model, seed):
    """Accuracy in a random split, and with equal rows together."""
    inputs, good, same = wines()
    deal = {"n_splits": 5, "shuffle": True, "random_state": seed}
    splits = {"random split": KFold(**deal), "equal rows together": GroupKFold(**deal)}
    guesses = {
        name: cross_val_predict(taster(model, seed), inputs, good, groups=same, cv=split)
        for name, split in splits.items()
    }
    return {name: (guess == good).mean() for name, guess in guesses.items()}


def run(part, **case):
    """One case."""
    return {"rank": rank, "clean": clean, "copies": two_splits}[part](**case)
