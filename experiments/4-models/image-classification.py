"""What the page on image classification shows once, over several seeds.

Digits by form: five convolutional networks, a vision transformer and the strongest rivals, with
the pixels in their order or shuffled. Textures: rivals by tile and by block. Depth: batch norm and
shortcuts, each alone. Filters: likeness to Gabor functions, against blurred noise.
"""

import torch
from torch import nn

from helpers.data.embedded import tiles
from helpers.data.forms import digits_by_form
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.interpret.gabor import blurred_noise, gabor_bank, likeness
from helpers.methods.image_rivals import SMALL, convolutional, forest_on_a_handful
from helpers.methods.rivals import RIVALS, choose, out_of_fold
from helpers.models.deep_stack import deep_stack
from helpers.models.vision_transformer import VisionTransformer
from helpers.train.loop import fit, predict
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
    """All that read digits, under one budget; two of them also three times as long."""
    found = {name: convolutional(make, SHAPE) for name, make in SMALL.items()}
    found["transformer"] = convolutional(transformer, SHAPE, rates=(0.001, 0.003, 0.01))
    found["VGG, 24 epochs"] = convolutional(SMALL["VGG"], SHAPE, epochs=24)
    found["transformer, 24 epochs"] = convolutional(
        transformer, SHAPE, epochs=24, rates=(0.001, 0.003, 0.01)
    )
    return found | {name: RIVALS[name] for name in ("support vectors", "nearest neighbours")}


def cases():
    """What is compared, the first seeds first."""
    found = []
    for seed in range(1, 7):
        found += [{"task": "digits", "rival": name, "seed": seed} for name in digit_rivals()]
        found += [{"task": "shuffled pixels", "rival": "VGG", "seed": seed}]
        found += [{"task": "depth 30", "rival": name, "seed": seed} for name in STACKS]
        found += [{"task": "filters", "rival": "trained", "seed": seed}]
    for seed in range(1, 4):
        for depth in (10, 60):
            found += [
                {"task": f"depth {depth}", "rival": name, "seed": seed}
                for name in ("batch norm", "both")
            ]
        found += [
            {"task": "textures", "rival": name, "seed": seed}
            for name in ("nearest neighbours", "forest", "network")
        ]
    return found


def run(task, rival, seed):
    """One case."""
    if task.startswith("depth"):
        return depth(int(task.split()[1]), rival, seed)
    if task == "filters":
        return filters(seed)
    if task == "textures":
        return textures(rival, seed)
    return digits(rival, seed, task == "shuffled pixels")


def digits(rival, seed, shuffled):
    """Accuracy on the forms of one fold, forms dealt anew."""
    data = digits_by_form()
    x = data.x[:, torch.randperm(64, generator=generator(seed))] if shuffled else data.x
    x = x.repeat(1, 3)
    train, valid, test = group_folds(data.groups, seed=seed)[0]
    fitted = choose(digit_rivals()[rival], x, data.y, train, valid, classes=10, seed=seed)
    right = (fitted.predict(x[test]) == data.y[test]).double()
    forms = [right[data.groups[test] == form].mean() for form in data.groups[test].unique()]
    return {"accuracy": sum(forms) / len(forms)}


def depth(layers, name, seed):
    """Training loss and accuracy on new forms of a deep stack, the better of two rates."""
    data = digits_by_form()
    x = data.x.repeat(1, 3).reshape(-1, *SHAPE)
    train, _, test = group_folds(data.groups, seed=seed)[0]
    found = []
    for lr in (0.003, 0.01):
        torch.manual_seed(seed)
        net = deep_stack(layers, 10, **STACKS[name])
        history = fit(
            net, (x[train], data.y[train]), step=supervised(nn.functional.cross_entropy),
            epochs=8, lr=lr, schedule=one_cycle(), seed=seed, progress=False,
        )  # fmt: skip
        right = (predict(net, x[test]).argmax(1) == data.y[test]).double().mean()
        found.append((history.last("loss"), float(right)))
    loss, right = min(found)
    return {"loss": loss, "accuracy": right}


def normalised(x):
    """Each tile with mean zero and spread one, so that brightness tells nothing."""
    x = x - x.mean((1, 2, 3), keepdim=True)
    return x / x.std((1, 2, 3), keepdim=True).clamp(min=0.01)


def textures(rival, seed):
    """Mean accuracy of the blocks, split by tile and by block."""
    data = tiles(32, classes=("brick", "grass", "gravel"))
    x = nn.functional.avg_pool2d(normalised(data.x), 2)
    shape = tuple(x.shape[1:])
    rivals = {
        "nearest neighbours": RIVALS["nearest neighbours"],
        "forest": forest_on_a_handful(shape),
        "network": convolutional(SMALL["VGG"], shape, epochs=4, rates=(0.01,)),
    }
    mixed = torch.randperm(len(data.y), generator=generator(seed))
    scores = {}
    for way, groups in (("by tile", data.block[mixed]), ("by block", data.block)):
        folds = group_folds(groups, seed=seed)
        guess = out_of_fold(rivals[rival], x.flatten(1), data.y, folds, classes=3, seed=seed)
        scores[way] = (guess == data.y).double().mean()
    return scores


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
