"""What the page on image classification shows once, over several seeds.

Digits by form, each form tested once: five convolutional networks, a vision transformer and the
strongest rivals, with the pixels in their order or shuffled. Thirty layers: batch norm, shortcuts
and a better start, after 8 and 24 passes. Filters: likeness to Gabor functions over twenty seeds,
against blurred noise.
"""

import torch
from torch import nn

from helpers.data.embedded import tiles
from helpers.data.forms import digits_by_form
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.interpret.gabor import blurred_noise, gabor_bank, likeness
from helpers.methods.image_rivals import SMALL, convolutional, with_shifts
from helpers.methods.rivals import RIVALS, choose
from helpers.models.deep_stack import deep_stack
from helpers.models.vision_transformer import VisionTransformer
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

SHAPE = (3, 8, 8)
STACKS = {
    "neither": {},
    "He's start": {"he": True},
    "shortcuts": {"shortcut": True},
    "batch norm": {"norm": True},
    "both": {"norm": True, "shortcut": True},
}


def transformer(k):
    """A vision transformer about as large as the small networks; patches of 2 x 2 pixels."""
    return VisionTransformer(8, 2, classes=k, width=32, depth=3, heads=4)


def digit_rivals():
    """All that read digits, each with three settings; the transformer trains twice as long."""
    found = {name: convolutional(make, SHAPE) for name, make in SMALL.items()}
    slower = (0.001, 0.003, 0.01)
    found["transformer, 16 passes"] = convolutional(transformer, SHAPE, epochs=16, rates=slower)
    found["plain network"] = RIVALS["network"]
    found |= {name: RIVALS[name] for name in ("nearest neighbours", "support vectors")}
    found["support vectors, shifted copies"] = with_shifts(RIVALS["support vectors"], SHAPE)
    few = convolutional(SMALL["VGG"], SHAPE, epochs=2)  # five times the rows: as many steps
    return found | {"VGG, shifted copies": with_shifts(few, SHAPE)}


def cases():
    """What is compared: filters, digits fold by fold, thirty layers seed by seed."""
    found = [{"task": "filters", "rival": "trained", "seed": seed} for seed in range(1, 21)]
    for fold in range(5):
        found += [{"task": "digits", "rival": name, "seed": fold} for name in digit_rivals()]
        found += [{"task": "shuffled pixels", "rival": "VGG", "seed": fold}]
    for seed in range(1, 4):
        found += [{"task": "depth, 8 passes", "rival": name, "seed": seed} for name in STACKS]
        longer = [name for name in STACKS if name != "neither"]
        found += [{"task": "depth, 24 passes", "rival": name, "seed": seed} for name in longer]
    return found


def run(task, rival, seed):
    """One case."""
    if task.startswith("depth"):
        return depth(int(task.split()[1]), rival, seed)
    return filters(seed) if task == "filters" else digits(rival, seed, task == "shuffled pixels")


def digits(rival, fold, shuffled):
    """Accuracy on each form of one of five folds; the start, and the shuffling, go with the fold."""
    data = digits_by_form()
    x = data.x[:, torch.randperm(64, generator=generator(fold))] if shuffled else data.x
    x = x.repeat(1, 3)
    train, valid, test = group_folds(data.groups, seed=1)[fold]
    fitted = choose(digit_rivals()[rival], x, data.y, train, valid, classes=10, seed=fold)
    right = (fitted.predict(x[test]) == data.y[test]).double()
    forms = data.groups[test]
    return {f"form {form}": right[forms == form].mean() for form in forms.unique()}


def depth(passes, name, seed):
    """Last training loss of thirty layers, the best of three rates, and which rate that was."""
    data = digits_by_form()
    train = group_folds(data.groups, seed=seed)[0][0][::2]
    x = data.x[train].repeat(1, 3).reshape(-1, *SHAPE)
    found = []
    for rate in (0.001, 0.003, 0.01):
        torch.manual_seed(seed)
        history = fit(
            deep_stack(30, 10, **STACKS[name]), (x, data.y[train]), epochs=passes, lr=rate,
            step=supervised(nn.functional.cross_entropy), batch_size=32, schedule=one_cycle(),
            seed=seed, progress=False,
        )  # fmt: skip
        found.append((history.last("loss"), rate))
    return dict(zip(("loss", "rate"), min(found)))


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


def filters(seed):
    """Mean likeness to Gabor functions before and after training, and of blurred noise."""
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
    null = blurred_noise(after, 500, generator(seed))
    scores = {"before": before, "after": after, "noise": null.flatten(0, 1)}
    return {name: likeness(found, bank).mean() for name, found in scores.items()}
