"""What finds simulated blood cells, and what do pyramid and focal loss add? Eight fresh seeds.

The functions and budgets are those of the page. A seed draws all fields anew, and starts the
networks anew. Seed 0 is the page's own and is left out.
"""

from functools import partial

import torch

from helpers.data.smears import simulated_smears
from helpers.data.splits import group_folds
from helpers.methods.detection import anchor_sizes, choose_detector, choose_torchvision
from helpers.methods.pixel_forest import TREES, choose_forest
from helpers.methods.spots import choose_splitters, learn_colours, parted
from helpers.metrics.boxes import reference
from helpers.metrics.detection import average_precision, error_types, f1_per_image, of_class
from helpers.models.detector import Detector
from helpers.models.pyramid import FPN, Alone, BiFPN
from helpers.models.retinanet import OneStage
from helpers.models.two_stage import TwoStage

SEEDS = range(1, 9)
EPOCHS, RATES = 18, (0.01, 0.02)
CUTS = (0.3, 0.5, 0.7, 0.9)
PLAIN = {"gamma": 0.0, "alpha": None}
CLASSICAL = {"threshold and components": [], "best splitter": [parted]}
LOW = {"least": 0.005}  # answers of a score from here on are read, not from 0.05 on
FORESTS = {"pixel forest": TREES, "pixel forest, 60 trees": 2 * TREES}
NETWORKS = {
    "FPN": (FPN, {}),
    "BiFPN": (BiFPN, {}),
    "no pyramid": (Alone, {}),
    "FPN, cross-entropy": (FPN, PLAIN),
}
FLOORS = {
    "FPN, cross-entropy, low floor": (FPN, PLAIN | LOW),
    "FPN, low floor": (FPN, LOW),
}
LONG = "FPN, 54 passes"
RETINANETS = {
    "RetinaNet of torchvision": (OneStage, RATES, EPOCHS),
    "RetinaNet, one hidden layer": (partial(OneStage, hidden=1), RATES[:1], EPOCHS),
}
TORCHVISION = {
    "Faster R-CNN": (TwoStage, RATES, EPOCHS),
    "Faster R-CNN, five passes": (TwoStage, RATES[:1], 5),
} | RETINANETS
NAMES = [*CLASSICAL, *FORESTS, *NETWORKS, LONG, *TORCHVISION]


def cases():
    """All rivals on the same fields; RetinaNets and low floors on those of the first five seeds."""
    some, rest = SEEDS[:5], [name for name in NAMES if name not in RETINANETS]
    pairs = [(name, seed) for name in NAMES for seed in some]
    pairs += [(name, seed) for name in rest for seed in SEEDS[5:]]
    pairs += [(name, seed) for name in FLOORS for seed in some]
    return [{"rival": name, "seed": seed} for name, seed in pairs]


def run(rival, seed):
    """Of the test images: mean F1, of red cells too, objects missed, average precision by class."""
    data = simulated_smears(160, seed=seed)
    x, drawn = data.x, reference(data.boxes, data.y)
    train, valid, test = group_folds(torch.arange(160), 4, seed=seed)[0]
    known = x[train], data.boxes[train], data.y[train]
    find = finder(rival, known, (x[valid], [drawn[k] for k in valid]), seed)
    found, truth = find(x[test]), [drawn[k] for k in test]
    each = [average_precision(found, truth, k) for k in range(3)]
    reds = [[of_class(one, 0) for one in boxes] for boxes in (found, truth)]
    return {
        "f1": float(f1_per_image(found, truth, 3, 0.5).mean()),
        "f1 red": float(f1_per_image(*reds, 3, 0.5).mean()),
        "missed": error_types(found, truth, 0.5)["missed"],
        "ap": sum(each) / 3,
    } | dict(zip(("ap red", "ap white", "ap platelet"), each))


def finder(rival, train, valid, seed):
    """The method named, with its settings chosen."""
    if rival in CLASSICAL:
        colours = learn_colours(*train, 3, seed)
        return choose_splitters(CLASSICAL[rival], colours, CUTS, train, valid, 3)[-1]
    if rival in FORESTS:
        return choose_forest(train, valid, 3, seed, FORESTS[rival])
    budget = {"classes": 3, "seed": seed}
    if rival in TORCHVISION:
        kind, rates, epochs = TORCHVISION[rival]
        sizes, shape = anchor_sizes(*train[1:]), train[0].shape[2:]
        make = lambda: kind(3, sizes, shape)  # noqa: E731
        return choose_torchvision(make, rates, train, valid, epochs=epochs, **budget)
    rates, epochs = (RATES[:1], 3 * EPOCHS) if rival == LONG else (RATES, EPOCHS)
    pyramid, changed = (NETWORKS | FLOORS).get(rival, NETWORKS["FPN"])
    make = lambda: Detector(3, pyramid)  # noqa: E731
    return choose_detector(make, rates, train, valid, epochs=epochs, **budget, **changed)
