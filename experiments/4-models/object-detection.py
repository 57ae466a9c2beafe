"""What finds simulated blood cells, and what do pyramid and focal loss add? Five fresh seeds.

The functions and budgets are those of the page. A seed draws all fields anew, and starts the
networks anew. Seed 0 is the page's own and is left out.
"""

import torch

from helpers.data.smears import simulated_smears
from helpers.data.splits import group_folds
from helpers.methods import spots
from helpers.methods.detection import anchor_sizes, choose_detector, choose_two_stage
from helpers.metrics.boxes import reference
from helpers.metrics.detection import average_precision, f1_per_image
from helpers.models.detector import Detector
from helpers.models.pyramid import FPN, Alone, BiFPN
from helpers.models.two_stage import TwoStage

SEEDS = range(1, 6)
EPOCHS, RATES = 18, (0.01, 0.02)
CUTS = (0.3, 0.5, 0.7, 0.9)
PLAIN = {"gamma": 0.0, "alpha": None}
CLASSICAL = {
    "threshold and components": [spots.components],
    "best splitter a class": [spots.components, spots.parted, spots.blobs],
}
NETWORKS = {
    "FPN": (FPN, {}),
    "BiFPN": (BiFPN, {}),
    "no pyramid": (Alone, {}),
    "FPN, cross-entropy": (FPN, PLAIN),
}
NAMES = [*CLASSICAL, *NETWORKS, "Faster R-CNN"]


def cases():
    """All rivals on the same fields."""
    return [{"rival": name, "seed": seed} for seed in SEEDS for name in NAMES]


def run(rival, seed):
    """Mean F1 of the test images, and average precision of each class."""
    data = simulated_smears(160, seed=seed)
    x, drawn = data.x, reference(data.boxes, data.y)
    train, valid, test = group_folds(torch.arange(160), 4, seed=seed)[0]
    known = x[train], data.boxes[train], data.y[train]
    find = finder(rival, known, (x[valid], [drawn[k] for k in valid]), seed)
    found, truth = find(x[test]), [drawn[k] for k in test]
    each = [average_precision(found, truth, k) for k in range(3)]
    f1 = float(f1_per_image(found, truth, 3, 0.5).mean())
    return {"f1": f1} | dict(zip(("ap red", "ap white", "ap platelet"), each))


def finder(rival, train, valid, seed):
    """The method named, with its settings chosen."""
    if rival in CLASSICAL:
        colours = spots.learn_colours(*train, 3, seed)
        return spots.choose_splitter(CLASSICAL[rival], colours, CUTS, train, valid, 3)
    budget = {"classes": 3, "epochs": EPOCHS, "seed": seed}
    if rival == "Faster R-CNN":
        sizes, shape = anchor_sizes(*train[1:]), train[0].shape[2:]
        return choose_two_stage(lambda: TwoStage(3, sizes, shape), RATES, train, valid, **budget)
    pyramid, loss = NETWORKS[rival]
    return choose_detector(lambda: Detector(3, pyramid), RATES, train, valid, **budget, **loss)
