"""Does it hold with another source? Each draw has writers, labels and a source of its own.

On the page, and in transfer-learning.py, one trained body serves all draws. Here a seed draws other
letters, other first weights, another order, another merging and another shuffling as well. Beside
the accuracy stands that on each form of the test, so that a form, which is one writer, can be the
unit. Seeds begin at 400; the settings are those of the page. Written down before the run: a gain is
claimed where the interval of the paired difference excludes zero, over draws and over forms.
"""

import copy
from functools import lru_cache

import torch
from torch.optim.swa_utils import update_bn

from helpers.data.forms import digits_by_form
from helpers.data.glyphs import letters
from helpers.ground.random import generator
from helpers.methods.finetuning import RIVALS, WAYS, deal, few, small_net, train

CHEAP = (
    "support vectors, pixels",
    "patches of the images",
    "random body, frozen",
    "from scratch",
    "from scratch, warped copies",
)
FROZEN = "source body, frozen"
ALL = {name: (RIVALS[name], None) for name in CHEAP}
ALL |= {f"{FROZEN}, {kind} source": (WAYS[FROZEN], kind) for kind in ("rich", "narrow", "merged")}
ALL |= {
    f"{name}, rich source": (WAYS[name], "rich")
    for name in ("finetuned", "finetuned, warped copies")
}
ALL[f"{FROZEN}, the page's source"] = WAYS[FROZEN], "page"  # added when the rest was known
ALL["shuffled body, frozen"] = WAYS[FROZEN], "shuffled"
ALL["random body that counted letters, frozen"] = WAYS[FROZEN], "random"


@lru_cache(maxsize=1)
def drawn(seed):
    """Letters of this seed's own."""
    return letters(3000, seed=seed)


@lru_cache(maxsize=8)
def body(kind, seed):
    """The network that a source of this seed's own has trained."""
    if kind == "page":
        return train(small_net(52, 1), *letters(3000), 0.01, 0, steps=200, batch=64)
    x, y = letters(3000, classes=5, seed=seed) if kind == "narrow" else drawn(seed)
    if kind == "merged":
        y = (torch.randperm(52, generator=generator(seed, 5)) % 5)[y]
    if kind in ("rich", "narrow", "merged"):
        net = small_net(int(y.max()) + 1, seed + 1)
        return train(net, x, y, 0.01, seed, steps=200, batch=64)
    net = shuffled(body("rich", seed), seed) if kind == "shuffled" else small_net(52, seed + 50)
    update_bn([x], net)
    return net


def shuffled(net, seed):
    """The same body with the entries of every convolution in another order."""
    mixed = copy.deepcopy(net)
    for number, part in enumerate(mixed[:3]):
        weights = part[0].weight.data
        order = torch.randperm(weights.numel(), generator=generator(seed, 9, number))
        part[0].weight.data = weights.flatten()[order].view_as(weights)
    return mixed


def cases():
    """Every way with three labels of each class, on twenty seeds."""
    return [{"way": way, "seed": seed} for seed in range(400, 420) for way in ALL]


def run(way, seed):
    """Accuracy on new writers: of all test forms together, and of each."""
    data = digits_by_form()
    x, y = data.x.view(-1, 1, 8, 8), data.y
    pool, test = deal(data.groups, seed, y, 2)
    rows = few(y, pool, 3, seed)
    learn, kind = ALL[way]
    source = body(kind, seed) if kind else None
    right = (learn.answers(source, x[rows], y[rows], x[test], 10, seed) == y[test]).float()
    forms = {int(g): right[data.groups[test] == g] for g in data.groups[test].unique()}
    return {"accuracy": right.mean()} | {f"form {g}": part.mean() for g, part in forms.items()}
