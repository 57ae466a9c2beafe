"""Do I need a network? Fresh deals of the page's tables, fewer rows, more noise, and a whole landscape.

The functions are those of the page. Seed 0 is the page's own, and is left out. Four parts:
`table` deals the folds anew; `rows` trains on fewer patients; `noise` raises the noise of a
simulated function (Friedman 1991) and scores against its noise-free values; `design` searches all
149,361 variants of a protein from fresh first rounds.
"""

from functools import cache

import torch
from sklearn.datasets import make_friedman1

from helpers.data.embedded import breast_cancer, diabetes
from helpers.data.landscape import gb1, one_hot
from helpers.data.splits import group_folds
from helpers.methods.design import STRATEGIES, campaign, one_step_first
from helpers.methods.tabular import RIVALS, choose, out_of_fold, targets

SETS = {"diabetes": diabetes, "tumours": breast_cancer}
NAMES = [name for name in RIVALS if name != "nothing"]
FEW = ["ridge", "forest", "Gaussian process", "network"]
ROWS = (20, 40, 80, 160, 300)
NOISES = (0.1, 0.3, 1.0, 3.0, 10.0)  # variance of the noise over that of the function
SINGLES = {"singles first, products": "products of effects"}
SINGLES["singles first, improvement"] = "process, improvement"


def cases():
    """All parts, seed by seed."""
    deals = {
        "table": (6, [{"set": name} for name in SETS], NAMES),
        "rows": (9, [{"rows": count} for count in ROWS], FEW),
        "noise": (9, [{"noise": share} for share in NOISES], FEW),
        "design": (21, [{}], [*STRATEGIES, *SINGLES]),
    }
    return [
        {"part": part, **setting, "rival": name, "seed": seed}
        for part, (end, settings, names) in deals.items()
        for seed in range(1, end)
        for setting in settings
        for name in names
    ]


def table(set, rival, seed):
    """Squared error on new patients over that of the mean; for classes the Brier score."""
    data = SETS[set]()
    classes = len(data.classes)
    folds = group_folds(torch.arange(len(data.y)), seed=seed)
    guess = out_of_fold(RIVALS[rival], data.x, data.y, folds, classes=classes, seed=seed)
    errors = (guess - targets(data.y, classes)).square().sum(1)
    return errors.mean() if classes else errors.mean() / data.y.double().var()


def shuffled(count, seed):
    """A random order."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def rows(rows, rival, seed):
    """The same score on 142 patients, learned from some of the others; a quarter of them choose."""
    data = diabetes()
    order = shuffled(len(data.y), seed)
    test, known = order[:142], order[142 : 142 + rows]
    valid, train = known[: rows // 4], known[rows // 4 :]
    fitted = choose(RIVALS[rival], data.x, data.y, train, valid, seed=seed)
    errors = (fitted.predict(data.x[test])[:, 0] - data.y[test]).square().mean()
    return errors / data.y.double().var()


def noise(noise, rival, seed):
    """Squared error against the noise-free function over its variance, learned from 200 rows."""
    x, y = map(torch.from_numpy, make_friedman1(1200, random_state=seed))
    spread = y.std() * noise**0.5
    heard = y + spread * torch.randn(1200, generator=torch.Generator().manual_seed(seed)).double()
    train, valid, test = torch.arange(1200).split([150, 50, 1000])
    fitted = choose(RIVALS[rival], x, heard, train, valid, seed=seed)
    return (fitted.predict(x[test])[:, 0] - y[test]).square().mean() / y.var()


@cache
def landscape():
    """Variants as columns, their fitness, and as numbers."""
    variants, y = gb1()
    x = one_hot(variants)
    return x, y, x.reshape(len(y), -1, 20).argmax(2)


def design(rival, seed):
    """The highest fitness that was measured, after each of four rounds of 96."""
    x, y, sites = landscape()
    first = one_step_first(sites, 96, seed) if rival in SINGLES else shuffled(len(y), seed)[:96]
    chosen = campaign(STRATEGIES[SINGLES.get(rival, rival)], x, y, first, seed=seed)
    return {f"round {k}": y[chosen[: 96 * k]].max() for k in (1, 2, 3, 4)}


PARTS = {"table": table, "rows": rows, "noise": noise}


def run(part, **case):
    """One case of one part."""
    return design(**case) if part == "design" else {"error": PARTS[part](**case)}
