"""Does the pool help, and what would thirty better chosen labels do? Twenty fresh dealings.

The functions are those of the page. A seed deals the fourteen forms to pool and test anew, draws
the labels anew and starts the networks anew. Settings were chosen on dealings 100 to 103, with more
labels than a laboratory would have; every way could try three.
"""

from dataclasses import replace

import torch

from helpers.data.forms import digits_by_form
from helpers.data.splits import group_split
from helpers.methods.few_labels import WAYS, deal, moved, typical_rows

SEEDS = range(25, 45)  # those of the page are 20 to 24
CHOOSING = range(100, 104)
CHEAP = (
    "logistic regression", "support vectors, copies", "label spreading",
    "spectral, support vectors",
)  # fmt: skip
CHOSEN_TOO = (*CHEAP, "network, labels only", "self-training")
WEIGHTED = ("pseudo-label", "temporal ensembling", "mean teacher", "MixMatch")


def cases():
    """The settings of every way, three and ten labels a class, no weight, typical rows."""
    at_random = [
        {"way": way, "per_class": count, "rows": "random", "setting": None, "seed": seed}
        for count, seeds in ((3, SEEDS), (10, SEEDS[:10]))
        for seed in seeds
        for way in WAYS
    ]
    typical = [
        {"way": way, "per_class": 3, "rows": "typical", "setting": None, "seed": seed}
        for seed in SEEDS
        for way in CHOSEN_TOO
    ]
    silent = [
        {"way": way, "per_class": 3, "rows": "random", "setting": 0, "seed": seed}
        for seed in SEEDS
        for way in WEIGHTED
    ]
    choosing = [
        {"way": name, "per_class": 3, "rows": "random", "setting": setting, "seed": seed}
        for seed in CHOOSING
        for name, way in WAYS.items()
        for setting in way.settings
    ]
    return choosing + at_random + silent + typical


def run(way, per_class, rows, setting, seed):
    """Accuracy on the forms that are not in the pool."""
    data = digits_by_form()
    split = {"split": group_split, "per_class": per_class, "perturb": moved}
    dealt = deal(data.x, data.y, data.groups, seed, **split)
    if rows == "typical":
        labels = torch.full_like(dealt.labels, -1)
        chosen = typical_rows(dealt.x, int((dealt.labels >= 0).sum()), seed)
        labels[chosen] = dealt.hidden[chosen]
        dealt = replace(dealt, labels=labels)
    return {"accuracy": WAYS[way].accuracy(dealt, setting)}
