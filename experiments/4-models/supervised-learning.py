"""Which classifier reads the digits of new writers best? Twenty seeds, by writer and by row.

The functions are those of the page. A seed deals forms to folds, shuffles rows and starts the
network and the forest anew; the fourteen forms stay the same.
"""

import torch

from helpers.data.forms import digits_by_form
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.rivals import RIVALS, Rival, choose, network, out_of_fold

SIZES = (60, 120, 240, 480, 960)


def longer(*args):
    """The network with twice the width, four times the epochs and more dropout."""
    return network(*args, hidden=256, dropout=0.5, epochs=120)


LONGER = Rival(longer, "rate", (0.003,))


def cases():
    """Both splits and the learning curve for all rivals; a longer training for the network."""
    names = [name for name in RIVALS if name != "majority"]
    found = [
        {"rival": name, "way": way, "seed": seed}
        for way in ("writers", "rows", "labels")
        for seed in range(20)
        for name in names
    ]
    return found + [{"rival": "longer", "way": "longer", "seed": seed} for seed in range(5)]


def run(rival, way, seed):
    """Mean and lowest accuracy of the forms; or the accuracy at each number of labels."""
    data = digits_by_form()
    learner = RIVALS.get(rival, LONGER)
    groups = data.groups
    if way == "labels":
        return curve(learner, data, seed)
    if way == "rows":
        groups = groups[torch.randperm(len(groups), generator=generator(seed))]
    folds = group_folds(groups, seed=seed)
    guess = out_of_fold(learner, data.x, data.y, folds, classes=10, seed=seed)
    right = (guess == data.y).double()
    forms = [right[data.groups == form].mean().item() for form in data.groups.unique()]
    return {"accuracy": sum(forms) / len(forms), "worst": min(forms)}


def curve(learner, data, seed):
    """Accuracy on the first fold's writers, learned from the first labels of a shuffled file."""
    train, valid, test = group_folds(data.groups, seed=seed)[0]
    train = train[torch.randperm(len(train), generator=generator(seed))]
    found = {}
    for size in SIZES:
        fitted = choose(learner, data.x, data.y, train[:size], valid, classes=10, seed=seed)
        right = (fitted.predict(data.x[test]) == data.y[test]).double()
        found[f"with {size}"] = right.mean().item()
    return found
