"""What does harm in a transfer, found one change at a time (survey 5.1; chapter 5-methods/transfer-learning)."""

import copy

from torch import nn
from torch.optim.swa_utils import update_bn

from helpers.methods.finetuning import RIVALS, WAYS, Way, deal, few, small_net, train

FROZEN = WAYS["source body, frozen"]
PIXELS = RIVALS["logistic regression, pixels"]


def unpooled(net):
    """The body of a network that ends in an average, without the average; all weights are kept.

    Parameters
    ----------
    net : network of `small_net` with ``pool=1``.
    """
    wide = copy.deepcopy(net[:3])
    wide[2][3] = nn.AdaptiveAvgPool2d(4)
    return wide


def averaged(task):
    """From random weights, with an average over the whole image before the head."""
    net = small_net(task.classes, task.seed + 50, pool=1)
    return train(net, task.x, task.y, task.setting, task.seed)


def digits_for_digits(x, y, groups, seed, *, controls=True):
    """Accuracy on new writers' digits 5 to 9, with and without digits 0 to 4 as the source.

    Parameters
    ----------
    x : (N, 1, H, W)
    y : (N,) int64 in 0..9
    groups : (N,) int64, forms of writers; half of them are the pool.
    seed : int
    controls : bool, whether to train three networks more: the source without its average, and from
        scratch with the average and without.

    Returns
    -------
    dict of str -> float. The random body has counted the same digits in its batch norm.
    """
    pool, test = deal(groups, seed)
    first, test = pool[y[pool] < 5], test[y[test] >= 5]
    rows = few(y, pool[y[pool] >= 5], 10, seed)
    source, nobody = small_net(5, seed, pool=1), small_net(5, seed + 50, pool=1)
    budget = {"rate": 0.01, "seed": seed, "steps": 100, "batch": 64}
    train(source, x[first], y[first], **budget)
    update_bn([x[first]], nobody)
    ways = {
        "digits 0 to 4, averaged": (FROZEN, source),
        "digits 0 to 4, not averaged": (FROZEN, unpooled(source)),
        "random, averaged": (FROZEN, nobody),
        "random, not averaged": (FROZEN, unpooled(nobody)),
        "bare pixels": (PIXELS, None),
    }
    if controls:
        never = train(small_net(5, seed), x[first], y[first], **budget)
        ways |= {
            "digits 0 to 4, never averaged": (FROZEN, never),
            "from scratch, averaged": (Way(averaged, (0.003, 0.01, 0.03), 0.01), None),
            "from scratch": (RIVALS["from scratch"], None),
        }
    found = {
        name: way.answers(body, x[rows], y[rows] - 5, x[test], 5, seed) + 5
        for name, (way, body) in ways.items()
    }
    return {name: float((guess == y[test]).float().mean()) for name, guess in found.items()}
