"""What the page on image classification shows once, over several seeds.

Digits by form, each form tested once: five convolutional networks, a vision transformer and the
strongest rivals, with the pixels in their order or shuffled. What the page takes apart stands in
`image-classification-parts.py`.
"""

import torch

from helpers.data.forms import digits_by_form
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.image_rivals import SMALL, convolutional, with_shifts
from helpers.methods.rivals import RIVALS, choose
from helpers.models.vision_transformer import VisionTransformer

SHAPE = (3, 8, 8)


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
    """What is compared, fold by fold."""
    found = []
    for fold in range(5):
        found += [{"task": "digits", "rival": name, "seed": fold} for name in digit_rivals()]
        found += [{"task": "shuffled pixels", "rival": "VGG", "seed": fold}]
    return found


def run(task, rival, seed):
    """One case."""
    return digits(rival, seed, task == "shuffled pixels")


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
