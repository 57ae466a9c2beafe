"""Which classifier reads the digits of new writers best? Eight fresh seeds.

The functions are those of the page. A seed deals forms to folds and starts the network
and the forest anew; the fourteen forms stay the same. Seed 0 is the page's own, on which
the rivals were looked at first, and is left out.
"""

from torch import nn

from helpers.data.forms import digits_by_form, upright
from helpers.data.splits import group_folds
from helpers.methods.rivals import RIVALS, Rival, network, out_of_fold
from helpers.models.mlp import MLP


class WithoutMaximum(MLP):
    """The same layers and dropout, but nothing is set to zero: a linear map."""

    def __init__(self, sizes, dropout):
        super().__init__(sizes, dropout)
        for place, layer in enumerate(self):
            if isinstance(layer, nn.ReLU):
                self[place] = nn.Identity()


def linear(*args):
    """The network without its maximum."""
    return network(*args, model=WithoutMaximum)


def longer(*args):
    """The network with twice the width, four times the epochs and more dropout."""
    return network(*args, hidden=256, dropout=0.5, epochs=120)


RATES = RIVALS["network"].settings
CONTROLS = {
    "network, longer": Rival(longer, "rate", RATES[:1]),
    "network, linear": Rival(linear, "rate", RATES),
    "logistic regression, upright": RIVALS["logistic regression"],
}


def cases():
    """All rivals of the page but the majority, and the controls, on the same deals of forms."""
    names = [name for name in RIVALS if name != "majority"]
    return [{"rival": name, "seed": seed} for seed in range(1, 9) for name in [*names, *CONTROLS]]


def run(rival, seed):
    """Mean and lowest accuracy of the forms, each read by a model that has not seen it."""
    data = digits_by_form()
    x = data.x
    if rival.endswith("upright"):
        x = upright(x.reshape(-1, 8, 8)).flatten(1)
    learner = RIVALS.get(rival) or CONTROLS[rival]
    folds = group_folds(data.groups, seed=seed)
    guess = out_of_fold(learner, x, data.y, folds, classes=10, seed=seed)
    right = (guess == data.y).double()
    forms = [right[data.groups == form].mean().item() for form in data.groups.unique()]
    return {"accuracy": sum(forms) / len(forms), "worst": min(forms)}
