"""The rivals that readers found with few rows and much noise, and eight more seeds for all.

The first eight seeds of ridge, forest, Gaussian process and one network stand in
`simple-models.json`, whose functions these are. Here they have seeds 9 to 16, and the others seeds
1 to 16: nothing; five networks averaged, whose rate is chosen for the average; with few rows least
squares without a penalty; with noise a single tree, and ridge with stronger penalties.
"""

import torch
from sklearn.datasets import make_friedman1
from sklearn.linear_model import LinearRegression

from helpers.data.embedded import diabetes
from helpers.methods.rivals import Rival
from helpers.methods.tabular import RIVALS, by_library, choose, network

ROWS = (20, 40, 80, 160, 300)
NOISES = (0.1, 0.3, 1.0, 3.0, 10.0)  # variance of the noise over that of the function
KNOWN = ("ridge", "forest", "Gaussian process", "network")
LATER, ALL = range(9, 17), range(1, 17)


def least(setting, seed):
    """Least squares, which has nothing to set."""
    return LinearRegression()


def five(train, valid, classes, lr, seed):
    """The mean of five networks that differ in their random start and order."""
    nets = [network(train, valid, classes, lr, seed + 1000 * k) for k in range(5)]
    return lambda x: torch.stack([net(x) for net in nets]).mean(0)


WAYS = {name: RIVALS[name] for name in (*KNOWN, "nothing", "tree")}
WAYS["least squares"] = Rival(by_library(least, None), "nothing to set", (None,))
WAYS["ridge, penalty to 300"] = Rival(RIVALS["ridge"].learn, "penalty", (3, 30, 300))
WAYS["five networks"] = Rival(five, "rate", RIVALS["network"].settings)


def cases():
    """Part by part; the five networks, which take longest, come last."""
    plan = [
        ("rows", ROWS, ("nothing", "least squares"), ALL),
        ("noise", NOISES, ("nothing", "tree", "ridge, penalty to 300"), ALL),
        ("rows", ROWS, KNOWN, LATER),
        ("noise", NOISES, KNOWN, LATER),
        ("rows", ROWS, ("five networks",), ALL),
        ("noise", NOISES, ("five networks",), ALL),
    ]
    return [
        {"part": part, part: value, "rival": rival, "seed": seed}
        for part, values, rivals, seeds in plan
        for seed in seeds
        for value in values
        for rival in rivals
    ]


def shuffled(count, seed):
    """A random order."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def rows(rows, rival, seed):
    """The same score on 142 patients, learned from some of the others; a quarter of them choose."""
    data = diabetes()
    order = shuffled(len(data.y), seed)
    test, known = order[:142], order[142 : 142 + rows]
    valid, train = known[: rows // 4], known[rows // 4 :]
    fitted = choose(WAYS[rival], data.x, data.y, train, valid, seed=seed)
    errors = (fitted.predict(data.x[test])[:, 0] - data.y[test]).square().mean()
    return errors / data.y.double().var()


def noise(noise, rival, seed):
    """Squared error against the noise-free function over its variance, learned from 200 rows."""
    x, y = map(torch.from_numpy, make_friedman1(1200, random_state=seed))
    spread = y.std() * noise**0.5
    heard = y + spread * torch.randn(1200, generator=torch.Generator().manual_seed(seed)).double()
    train, valid, test = torch.arange(1200).split([150, 50, 1000])
    fitted = choose(WAYS[rival], x, heard, train, valid, seed=seed)
    return (fitted.predict(x[test])[:, 0] - y[test]).square().mean() / y.var()


def run(part, **case):
    """One case of one part."""
    return {"error": rows(**case) if part == "rows" else noise(**case)}
