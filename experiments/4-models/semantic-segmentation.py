"""Which rival draws the best maps of simulated nuclei, and does patience change the order?

The functions and budgets are those of the page. A seed draws all fields and volumes anew, and starts
networks and forests anew. Seed 0 is the page's own and is left out. Four seeds; on the first of
them the networks for fields are trained again with three times the steps, U-Net and cross-entropy on
the second, too; volumes have two seeds, and their networks four times the steps as well.

The design asked for five seeds, three and five once; it was cut to what the page quotes on 23
November 2026, when these rows were known: about ten processor minutes in place of 25.
"""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, interpolate

from helpers.data.nuclei import simulated_nuclei
from helpers.data.splits import group_folds
from helpers.methods import segmenters as way
from helpers.methods.auto_context import learn_in_two_stages
from helpers.metrics.segmentation import dice, dice_per_image, soft_dice_loss
from helpers.models.dilated import Dilated
from helpers.models.fcn import FCN
from helpers.models.object_context import ObjectContext
from helpers.models.segnet import SegNet
from helpers.models.unet import InTiles, UNet, two_convs, without_place

SEEDS, DEEP_SEEDS = range(1, 5), range(1, 3)
STEPS, MANY = 150, 450
DEEP_STEPS, DEEP_MANY = 60, 240
RATES = (0.01, 0.03)


class Context(nn.Module):
    """Features at half the size, the object-contextual head, and enlargement."""

    def __init__(self):
        super().__init__()
        layers = two_convs(1, 16, 16), nn.MaxPool2d(2), two_convs(16, 32, 32)
        self.features = nn.Sequential(*layers)
        self.head = ObjectContext(32, 3, 16)

    def forward(self, x):
        """Scores and the first guess while it learns, afterwards the scores."""
        both = torch.cat(self.head(self.features(x)), 1)
        both = interpolate(both, scale_factor=2, mode="bilinear")
        return both if self.training else both[:, :3]


def with_guess(both, labels):
    """The Dice loss of the scores, and the paper's 0.4 times that of the first guess."""
    if both.shape[1] == 3:
        return soft_dice_loss(both, labels)
    scores, guess = both.chunk(2, 1)
    return soft_dice_loss(scores, labels) + 0.4 * soft_dice_loss(guess, labels)


def unet():
    """The U-Net of the page."""
    return UNet(1, 3, (8, 16, 32))


def late_halving():
    """The FCN behind two convolutions at full size, thinner at its end: fewer weights in all."""
    return nn.Sequential(two_convs(1, 8, 8), FCN(8, 3, (16, 32, 60), skips=2))


BY_RULE = {
    "threshold": (way.learn_threshold, (0, 6)),
    "watershed and shape": (way.learn_objects, (0, 6)),
    "forest of filters": (way.learn_forest, (1, 10)),
    "trees in two stages": (learn_in_two_stages, (7, 31)),
}
NETWORKS = {
    "FCN": (lambda: FCN(1, 3, (16, 32, 64), skips=2), soft_dice_loss),
    "FCN, full size first": (late_halving, soft_dice_loss),
    "dilated": (lambda: Dilated(1, 3), soft_dice_loss),
    "SegNet": (lambda: SegNet(1, 3, ((16,), (32,), (32,))), soft_dice_loss),
    "U-Net": (unet, soft_dice_loss),
    "U-Net, shortcuts erased": (lambda: without_place(unet()), soft_dice_loss),
    "U-Net, tiles of 16 pixels": (lambda: InTiles(unet()), soft_dice_loss),
    "U-Net, cross-entropy": (unet, cross_entropy),
    "object context": (Context, with_guess),
}
AGAIN = [(1, name) for name in NETWORKS if name != "object context"]
AGAIN += [(2, "U-Net"), (2, "U-Net, cross-entropy")]
DEEP = ["threshold", "forest, deep filters", "U-Net, three slices", "3-D U-Net"]


def cases():
    """All rivals on the same fields, on the same volumes, and the networks with more steps."""
    names = [*BY_RULE, *NETWORKS]
    found = [case("flat", name, seed, STEPS) for seed in SEEDS for name in names]
    found += [case("deep", name, seed, DEEP_STEPS) for seed in DEEP_SEEDS for name in DEEP]
    nets = [name for name in DEEP if "U-Net" in name]
    found += [case("deep", name, seed, DEEP_MANY) for seed in DEEP_SEEDS for name in nets]
    return found + [case("flat", name, seed, MANY) for seed, name in AGAIN]


def case(task, rival, seed, steps):
    """A case; what takes no steps has those of the page."""
    return {"task": task, "rival": rival, "seed": seed, "steps": steps}


def run(task, rival, seed, steps):
    """Mean Dice over the test images or volumes; of fields, also Dice of the rods, and the setting."""
    if task == "deep":
        return {"dice": float(np.mean(deep(rival, seed, steps)))}
    setting, found, truth = flat(rival, seed, steps)
    rare = float(dice(found, truth, 3)[2])
    return {
        "dice": float(np.mean(dice_per_image(found, truth, 3))),
        "rare": rare,
        "setting": setting,
    }


def flat(rival, seed, steps):
    """The chosen setting, the maps of the test fields, and the truth."""
    data = simulated_nuclei(96, side=48, seed=seed)
    train, valid, test = group_folds(data.block, 4, seed=seed)[0]
    if rival in BY_RULE:
        learn, settings = BY_RULE[rival]
    else:
        make, loss = NETWORKS[rival]
        learn, settings = way.learn_network(make, steps=steps, loss=loss), RATES
    kept, told = way.choose(learn, settings, data.x, data.y, train, valid, classes=3, seed=seed)
    return kept, told(data.x[test]), data.y[test]


def deep(rival, seed, steps):
    """Dice of every test volume, nuclei against background."""
    known, new = (simulated_nuclei(n, 32, depth=8, seed=100 * seed + n) for n in (24, 16))
    inside, truth = (known.y > 0).long(), (new.y > 0).long()
    x, target = known.x, new.x
    layers = "slice" in rival
    if layers:
        x, target = (way.as_slices(part, 1) for part in (x, target))
        inside = inside.flatten(0, 1)
    if "U-Net" in rival:
        make = lambda: UNet(x.shape[1], 2, (8, 16, 32), dims=2 if layers else 3)  # noqa: E731
        learn, setting = way.learn_network(make, steps=steps, batch=16 if layers else 2), 0.03
    else:
        learn, setting = (way.learn_forest, 3) if "forest" in rival else (way.learn_threshold, 6)
    found = learn(x, inside, 2, setting, seed)(target)
    return dice_per_image(found.view(truth.shape), truth, 2)
