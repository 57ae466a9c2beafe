"""Controls that readers of the page asked for, on fields and volumes of the same seeds.

What they are compared with stands in `semantic-segmentation.json`; a few of its rows are run again
here ("again"), to see that both tables speak of the same thing. "flat", "deep": new rivals, under
the same budget. With 0 steps a network is as it was drawn, but for its batch norm. "page": the
fields of the page, three starts at both rates.
"""

from functools import cache, partial

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from helpers.data.nuclei import simulated_nuclei
from helpers.data.splits import group_folds
from helpers.methods import segmenters as way
from helpers.methods.auto_context import learn_in_one_stage, learn_in_two_stages
from helpers.metrics.segmentation import dice, dice_per_image, soft_dice_loss
from helpers.models.dilated import Dilated
from helpers.models.fcn import FCN
from helpers.models.unet import UNet, two_convs

SEEDS, DEEP_SEEDS, STARTS = range(1, 5), range(1, 3), range(3)
STEPS, MANY, DEEP_STEPS, DEEP_MANY = 150, 450, 60, 240
RATES, LEAVES = (0.01, 0.03), (7, 31)
NOT_AT_ALL = 1e-9  # a rate at which weights stay as they are


def early_halving():
    """The FCN with two convolutions more behind its first pooling, thinner at its end.

    The layers of "FCN, full size first", in another order: there, these two come before the pooling.
    """
    net = FCN(8, 3, (16, 32, 60), skips=2)
    pool, *others = net.stages[0]
    net.stages[0] = nn.Sequential(pool, two_convs(1, 8, 8), *others)
    return net


NETWORKS = {
    "FCN": lambda: FCN(1, 3, (16, 32, 64), skips=2),
    "FCN, half size first": early_halving,
    "dilated": lambda: Dilated(1, 3),
    "U-Net": lambda: UNet(1, 3, (8, 16, 32)),
    "U-Net, weighted cross-entropy": lambda: UNet(1, 3, (8, 16, 32)),
}
TREES = {
    "trees in one stage": learn_in_one_stage,
    "trees in one stage, smoothed": partial(learn_in_one_stage, smooth=1),
}


def cases():
    """What the page needs first stands first."""
    flat = [*list(NETWORKS)[1:2], list(NETWORKS)[-1], *TREES]
    found = [case("flat", name, seed, STEPS) for name in flat for seed in SEEDS]
    found += [case("flat", name, seed, 0) for name in ("U-Net", "dilated") for seed in SEEDS]
    found += [case("deep", "trees in two stages", seed, DEEP_STEPS) for seed in DEEP_SEEDS]
    found += [case("deep", "U-Net, one slice", seed, DEEP_MANY) for seed in DEEP_SEEDS]
    found += [case("again", name, 1, STEPS) for name in ("FCN", "U-Net")]
    found += [case("again", "3-D U-Net", 1, DEEP_STEPS)]
    found += [
        case("page", name, seed, STEPS) | {"rate": rate}
        for name in ("U-Net", "dilated")
        for rate in RATES
        for seed in STARTS
    ]
    return [*found, case("flat", "FCN, half size first", 1, MANY)]


def case(task, rival, seed, steps):
    """A case; what takes no steps has those of the page."""
    return {"task": task, "rival": rival, "seed": seed, "steps": steps}


def run(task, rival, seed, steps, rate=None):
    """Mean Dice over the test images or volumes; of fields, also Dice of the rods, and the setting."""
    if task == "deep" or rival == "3-D U-Net":
        return {"dice": float(np.mean(deep(rival, seed, steps)))}
    if task == "page":
        return on_page(rival, seed, steps, rate)
    x, y, (train, valid, test) = fields(seed)
    if rival in TREES:
        learn, settings = TREES[rival], LEAVES
    else:
        weigh = rarity(y[train]) if "weighted" in rival else None
        loss = partial(cross_entropy, weight=weigh) if "weighted" in rival else soft_dice_loss
        learn = way.learn_network(NETWORKS[rival], steps=steps, loss=loss)
        settings = RATES if steps else (NOT_AT_ALL,)
    kept, told = way.choose(learn, settings, x, y, train, valid, classes=3, seed=seed)
    found, truth = told(x[test]), y[test]
    return scored(found, truth) | {"setting": kept}


@cache
def fields(seed):
    """Fields, classes, and the three parts."""
    data = simulated_nuclei(96, side=48, seed=seed)
    return data.x, data.y, group_folds(data.block, 4, seed=seed)[0]


def rarity(y):
    """One over the share of each class, as scikit-learn's "balanced"."""
    return y.numel() / (3 * y.flatten().bincount(minlength=3).float())


def scored(found, truth):
    """Mean Dice of an image, and Dice of the rods."""
    rare = float(dice(found, truth, 3)[2])
    return {"dice": float(np.mean(dice_per_image(found, truth, 3))), "rare": rare}


def on_page(rival, start, steps, rate):
    """Dice on the test and on the validation fields of the page."""
    data = simulated_nuclei(96, side=48)
    x = data.x - data.x.mean((1, 2, 3), keepdim=True)
    x = x / x.std((1, 2, 3), keepdim=True)
    train, valid, test = group_folds(torch.arange(len(x)), 4)[0]
    learn = way.learn_network(NETWORKS[rival], steps=steps)
    told = learn(x[train], data.y[train], 3, rate, start)
    chosen_by = np.mean(dice_per_image(told(x[valid]), data.y[valid], 3))
    return scored(told(x[test]), data.y[test]) | {"valid": chosen_by}


def deep(rival, seed, steps):
    """Dice of every test volume, nuclei against background."""
    known, new = (simulated_nuclei(n, 32, depth=8, seed=100 * seed + n) for n in (24, 16))
    inside, truth = (known.y > 0).long(), (new.y > 0).long()
    x, target = known.x, new.x
    if "one slice" in rival:
        x, target = (way.as_slices(part, 0) for part in (x, target))
        inside = inside.flatten(0, 1)
    if "U-Net" in rival:
        dims, batch = (3, 2) if "3-D" in rival else (2, 16)
        make = partial(UNet, 1, 2, (8, 16, 32), dims=dims)
        learn, setting = way.learn_network(make, steps=steps, batch=batch), 0.03
    else:
        learn, setting = learn_in_two_stages, 31
    found = learn(x, inside, 2, setting, seed)(target)
    return dice_per_image(found.view(truth.shape), truth, 2)
