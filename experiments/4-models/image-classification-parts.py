"""What the page on image classification takes apart, over several deals and starts.

Copies: what support vectors and nearest neighbours gain from shifted copies of each digit, and
from copies that are not shifted, over eight deals of the forms. Grey cells: blood cells without
their colours, with shuffled pixels and with turned copies. Filters: likeness to Gabor functions
over twenty starts, against blurred noise and against noise of their own spectrum. Thirty layers:
batch norm, shortcuts and a better start, after 8 passes and after 24.
"""

from dataclasses import replace

import torch
from torch import nn

from helpers.data.embedded import tiles
from helpers.data.forms import digits_by_form
from helpers.data.readers import blood_cells
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.interpret.gabor import blurred_noise, gabor_bank, likeness, random_phases, roughness
from helpers.methods.image_rivals import (
    SMALL,
    convolutional,
    forest_on_a_handful,
    with_shifts,
    with_turns,
)
from helpers.methods.rivals import RIVALS, choose, out_of_fold
from helpers.models.deep_stack import deep_stack
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

STACKS = {
    "neither": {},
    "He's start": {"he": True},
    "shortcuts": {"shortcut": True},
    "batch norm": {"norm": True},
    "both": {"norm": True, "shortcut": True},
}
RATES = (0.003, 0.01, 0.03)
VECTORS, NEIGHBOURS = RIVALS["support vectors"], RIVALS["nearest neighbours"]
COPIES = {
    "nearest neighbours": NEIGHBOURS,
    "nearest neighbours, shifted copies": with_shifts(NEIGHBOURS, (1, 8, 8)),
    "support vectors": VECTORS,
    "support vectors, C to 100": replace(VECTORS, settings=(10, 30, 100)),
    "support vectors, copies not shifted": with_shifts(VECTORS, (1, 8, 8), pixels=0),
    "support vectors, shifted copies": with_shifts(VECTORS, (1, 8, 8)),
}
GREY = {
    "VGG": convolutional(SMALL["VGG"], (3, 16, 16)),
    "forest, 11 numbers": forest_on_a_handful((3, 16, 16)),
    "nearest neighbours": NEIGHBOURS,
    "support vectors": VECTORS,
    "support vectors, C to 100": replace(VECTORS, settings=(10, 30, 100)),
    "support vectors, turned copies": with_turns(VECTORS, (1, 16, 16)),
    "brightness": RIVALS["logistic regression"],
    "majority": RIVALS["majority"],
}
DRAWN = ("VGG", "forest, 11 numbers")  # a start changes them


def cases():
    """What is compared: filters, copies deal by deal, grey cells and thirty layers by start."""
    found = [{"task": "filters", "rival": "trained", "seed": seed} for seed in range(1, 21)]
    for seed in range(1, 9):
        found += [{"task": "copies", "rival": name, "seed": seed} for name in COPIES]
    for seed in range(1, 4):
        found += [{"task": "grey cells", "rival": n, "seed": seed} for n in GREY if n in DRAWN]
        found += [{"task": "shuffled grey cells", "rival": "VGG", "seed": seed}]
    found += [{"task": "grey cells", "rival": n, "seed": 1} for n in GREY if n not in DRAWN]
    for seed in range(1, 4):
        found += [{"task": "depth", "rival": name, "seed": seed} for name in STACKS]
    return found


def run(task, rival, seed):
    """One case."""
    if task in ("filters", "depth", "copies"):
        return {"filters": filters, "depth": depth, "copies": copies}[task](rival, seed)
    return grey(rival, seed, task.startswith("shuffled"))


def copies(rival, deal):
    """Accuracy on each form, each in the test once, under one deal of the forms into five folds."""
    data = digits_by_form()
    folds = group_folds(data.groups, seed=deal)
    guess = out_of_fold(COPIES[rival], data.x, data.y, folds, classes=10)
    right = (guess == data.y).double()
    return {f"form {form}": right[data.groups == form].mean() for form in data.groups.unique()}


def grey(rival, seed, shuffled):
    """Share of the cells of each photograph that are read rightly without their colours."""
    cells, split = blood_cells(16)
    x = cells.x.mean(1).flatten(1)
    if shuffled:
        x = x[:, torch.randperm(x.shape[1], generator=generator(seed))]
    if rival == "brightness":
        x = x.mean(1, keepdim=True)
    if rival in DRAWN:
        x = x.repeat(1, 3)
    of = [
        torch.tensor([k for k, s in enumerate(split) if s == p]) for p in ("train", "val", "test")
    ]
    fitted = choose(GREY[rival], x, cells.y, *of[:2], classes=3, seed=seed)
    right = (fitted.predict(x[of[2]]) == cells.y[of[2]]).double()
    photographs = cells.block[of[2]]
    return {f"photograph {p}": right[photographs == p].mean() for p in photographs.unique()}


def depth(name, seed):
    """Last training loss of thirty layers: the best of three rates after 8 passes, and after 24
    that of the two rates which were best after 8; the entropy of the labels beside them.
    """
    data = digits_by_form()
    train = group_folds(data.groups, seed=seed)[0][0]
    half = train[torch.randperm(len(train), generator=generator(seed))[: len(train) // 2]]
    x, y = data.x[half].repeat(1, 3).reshape(-1, 3, 8, 8), data.y[half]

    def trained(passes, rate):
        torch.manual_seed(seed)
        history = fit(
            deep_stack(30, 10, **STACKS[name]), (x, y), epochs=passes, lr=rate, batch_size=32,
            step=supervised(nn.functional.cross_entropy), schedule=one_cycle(), seed=seed,
            progress=False,
        )  # fmt: skip
        return history.last("loss"), rate

    short = sorted(trained(8, rate) for rate in RATES)
    long = min(trained(24, rate) for _, rate in short[:2])
    share = y.bincount().double() / len(y)
    found = dict(zip(("loss 8", "rate 8", "loss 24", "rate 24"), (*short[0], *long)))
    return found | {"entropy": -(share * share.log()).sum()}


def normalised(x):
    """Each tile with mean zero and spread one, so that brightness tells nothing."""
    x = x - x.mean((1, 2, 3), keepdim=True)
    return x / x.std((1, 2, 3), keepdim=True).clamp(min=0.01)


class Wide(nn.Module):
    """Sixteen first filters of 7 x 7 weights, then a small rest."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 16, 7, padding=3, bias=False)
        self.first.weight.data.mul_(0.02)  # a faint start, so that noise hides nothing
        rest = [nn.Conv2d(16, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU()]
        head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 3)]
        self.rest = nn.Sequential(nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2), *rest, *head)

    def forward(self, x):
        """Scores of grey images whose channels are equal."""
        return self.rest(self.first(x[:, :1]))


def filters(_, seed):
    """Mean likeness to Gabor functions before and after training, and of two kinds of noise.

    Once more for those filters alone that are no rougher than white noise, since no blur can
    match the others.
    """
    data = tiles(16, classes=("brick", "grass", "gravel"))
    x, bank = normalised(data.x), gabor_bank()
    torch.manual_seed(seed)
    net = Wide()
    before = net.first.weight.detach().clone()[:, 0]
    fit(
        net, (x, data.y), step=supervised(nn.functional.cross_entropy), epochs=4, lr=0.003,
        schedule=one_cycle(), seed=seed, progress=False,
    )  # fmt: skip
    after = net.first.weight.detach().cpu()[:, 0]
    blurred = blurred_noise(after, 500, generator(seed))
    phases = random_phases(after, 500, generator(seed))
    smooth = torch.tensor([roughness(one[None]) <= 2 for one in after])
    found = {"before": before, "after": after, "blurred": blurred, "phases": phases}
    found |= {f"{name}, smooth": found[name][smooth] for name in ("after", "blurred", "phases")}
    scores = {name: likeness(f.reshape(-1, 7, 7), bank).mean() for name, f in found.items()}
    return scores | {"rougher": (~smooth).sum()}
