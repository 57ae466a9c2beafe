"""Which classifier reads the digits of new writers best? Eight fresh seeds.

The functions are those of the page. A seed deals forms to folds and starts the network
and the forest anew; the fourteen forms stay the same. Seed 0 is the page's own, on which
the rivals were looked at first, and is left out; so are seeds 1 to 8, on which a reader
saw the last three rivals lead.
"""

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from torch import nn

from helpers.data.forms import digits_by_form, upright
from helpers.data.splits import group_folds
from helpers.methods.rivals import RIVALS, Rival, by_library, network, out_of_fold
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


def untrained_layer(setting, seed):
    """Logistic regression on 500 hidden units whose weights are drawn and never trained."""
    draws = np.random.default_rng(seed)
    weight, shift = draws.standard_normal((64, 500)) / 2, draws.uniform(-1, 1, 500)
    units = FunctionTransformer(lambda x: np.maximum(0, x @ weight + shift))
    last = LogisticRegression(C=setting, max_iter=1000)
    return make_pipeline(StandardScaler(with_std=False), units, last)


def extra_trees(setting, seed):
    """A hundred trees that draw their thresholds at random (Geurts et al. 2006)."""
    return ExtraTreesClassifier(100, min_samples_leaf=setting, random_state=seed)


def linear_support_vectors(setting, seed):
    """A support vector machine without a kernel, one for each pair of classes."""
    return SVC(C=setting, kernel="linear")


RATES = RIVALS["network"].settings
CONTROLS = {
    "network, longer": Rival(longer, "rate", RATES[:1]),
    "network, linear": Rival(linear, "rate", RATES),
    "logistic regression, upright": RIVALS["logistic regression"],
    "untrained hidden layer": Rival(by_library(untrained_layer), "C", (0.1, 1, 10)),
    "extra trees": Rival(by_library(extra_trees), "leaf", (1, 2, 4)),
    "support vectors, linear": Rival(by_library(linear_support_vectors), "C", (0.01, 0.1, 1)),
}


def cases():
    """All rivals of the page but the majority, and the controls, on the same deals of forms."""
    names = [name for name in RIVALS if name != "majority"]
    return [{"rival": name, "seed": seed} for seed in range(9, 17) for name in [*names, *CONTROLS]]


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
