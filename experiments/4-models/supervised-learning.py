"""Which classifier reads digits best, by writer and by row, over twenty fresh seeds?

The same functions as on the page (`helpers.methods.rivals`), at a length that a page cannot carry.
A seed deals the forms into folds anew, shuffles the rows anew and starts the network anew.
"""

import torch

from helpers.data.forms import digits_by_form
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.rivals import RIVALS, Rival, choose, network, out_of_fold

SEEDS = range(20)
SIZES = (60, 120, 240, 480, 960)


def longer(*args):
    """The network with twice the width, four times the epochs and a larger dropout."""
    return network(*args, hidden=256, dropout=0.5, epochs=120)


def cases():
    """Every run: both splits, the learning curve, and a network that is trained longer."""
    compared = [{"what": what, "seed": s} for s in SEEDS for what in ("writers", "rows", "labels")]
    return compared + [{"what": "longer", "seed": s} for s in SEEDS[:5]]


def run(case):
    """Accuracies of one case, by name."""
    data, seed = digits_by_form(), case["seed"]
    if case["what"] == "labels":
        return curve(data, seed)
    groups = data.groups
    if case["what"] == "rows":
        groups = groups[torch.randperm(len(groups), generator=generator(seed))]
    rivals = RIVALS
    if case["what"] == "longer":
        rivals = {"network, longer": Rival(longer, "rate", (0.003,))}
    found = {}
    for name, rival in rivals.items():
        folds = group_folds(groups, seed=seed)
        guess = out_of_fold(rival, data.x, data.y, folds, classes=10, seed=seed)
        right = (guess == data.y).double()
        forms = [right[data.groups == form].mean().item() for form in data.groups.unique()]
        found |= {name: sum(forms) / len(forms), f"{name}, worst": min(forms)}
    return found


def curve(data, seed):
    """Accuracy of each rival on new writers against the number of labels, one fold."""
    train, valid, test = group_folds(data.groups, seed=seed)[0]
    train = train[torch.randperm(len(train), generator=generator(seed))]
    found = {}
    for name, rival in RIVALS.items():
        for size in SIZES:
            fitted = choose(
                rival, data.x, data.y, train[:size], valid, classes=10, seed=seed
            )
            right = (fitted.predict(data.x[test]) == data.y[test]).double()
            found[f"{name}, {size} labels"] = right.mean().item()
    return found
