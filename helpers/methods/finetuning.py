"""Ways to learn from a few labelled images, with and without a source (survey 5.1; chapter 5-methods/transfer-learning)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods.rivals import logistic_regression, nearest_neighbours, support_vectors
from helpers.methods.transfer import Adapter, Group, LowRank, discriminative, freeze_to, slanted
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

STEP = supervised(nn.functional.cross_entropy)
STEPS = 60  # of every network that sees the target
WIDTHS = (16, 32, 32)


def block(inputs, outputs, *after):
    """A convolution, batch norm, the positive part, and what comes after, as one group.

    Parameters
    ----------
    inputs, outputs : int, channels.
    after : further layers.
    """
    parts = nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()
    return Group(*parts, *after)


def small_net(classes, seed, pool=4):
    """Three blocks and a linear head, for grey images of at least 8 by 8 pixels.

    Parameters
    ----------
    classes, seed : int
    pool : int, fields a side that are left of the image before the head; 1 forgets every place.

    Returns
    -------
    nn.Sequential of three `Group` and a Linear; (B, 1, H, W) -> (B, classes)
    """
    torch.manual_seed(seed)
    a, b, c = WIDTHS
    last = block(b, c, nn.AdaptiveAvgPool2d(pool), nn.Flatten())
    head = nn.Linear(c * pool**2, classes)
    return nn.Sequential(block(1, a), block(a, b, nn.MaxPool2d(2)), last, head)


def train(net, x, y, rate, seed, *, steps=STEPS, optimizer=None, schedule=None, batch=32):
    """Train for so many steps, whatever the number of images; returns the network.

    Parameters
    ----------
    net : nn.Module
    x, y : images and int64 classes.
    rate : float, of AdamW at its highest.
    seed : int
    steps : int, in all; at least one pass over the images is made.
    optimizer : with rates of its own, in place of `rate`.
    schedule : callable, one cycle if left out.
    batch : int, images a step, at most all of them.
    """
    batch = min(batch, len(x))
    fit(
        net, (x, y), step=STEP, epochs=max(1, round(steps / -(-len(x) // batch))), seed=seed,
        lr=None if optimizer else rate, optimizer=optimizer, batch_size=batch,
        schedule=schedule or one_cycle(), progress=False,
    )  # fmt: skip
    return net


def renewed(source, classes, seed):
    """A copy of a trained network with a new head.

    Parameters
    ----------
    source : network of `small_net`
    classes, seed : int
    """
    net = copy.deepcopy(source)
    torch.manual_seed(seed)
    net[3] = nn.Linear(source[3].in_features, classes)
    return net


def scratch(source, x, y, classes, rate, seed):
    """The same network from random weights.

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    """
    return train(small_net(classes, seed + 50), x, y, rate, seed)


def finetune(source, x, y, classes, rate, seed):
    """All weights move, at one rate.

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    """
    return train(renewed(source, classes, seed), x, y, rate, seed)


def head_only(source, x, y, classes, rate, seed):
    """The body is frozen, statistics and all; only the new head moves.

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    """
    net = renewed(source, classes, seed)
    freeze_to(net, 3)
    return train(net, x, y, rate, seed, optimizer=torch.optim.AdamW(discriminative(net, rate)))


def falling(source, x, y, classes, rate, seed):
    """All weights move, each group 2.6 times more slowly than the one above it.

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    """
    net = renewed(source, classes, seed)
    return train(net, x, y, rate, seed, optimizer=torch.optim.AdamW(discriminative(net, rate)))


def gradual(source, x, y, classes, rate, seed):
    """One group after the other is freed from the top, with falling and slanted rates (ULMFiT).

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    """
    net = renewed(source, classes, seed)
    for count in (3, 2, 1, 0):
        freeze_to(net, count)
        adamw = torch.optim.AdamW(discriminative(net, rate))
        train(net, x, y, rate, seed, steps=STEPS / 4, optimizer=adamw, schedule=slanted())
    return net


def adapted(source, x, y, classes, rate, seed):
    """The body is frozen; two adapters and the head move.

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    """
    net = renewed(source, classes, seed)
    freeze_to(net, 3)
    adapters = Adapter(WIDTHS[0], 4), Adapter(WIDTHS[1], 4)
    net = nn.Sequential(net[0], adapters[0], net[1], adapters[1], net[2], net[3])
    free = [p for p in net.parameters() if p.requires_grad]
    return train(net, x, y, rate, seed, optimizer=torch.optim.AdamW(free, rate))


def low_rank(source, x, y, classes, rate, seed, rank=4):
    """Changes of low rank beside the convolutions, and the head, move; batch norm goes on counting.

    Parameters
    ----------
    source, x, y, classes, rate, seed : as for `Way.answers`; the rate is the setting.
    rank : int, of the changes.
    """
    net = renewed(source, classes, seed)
    freeze_to(net, 3)
    for group in net[:3]:
        group[0] = LowRank(group[0], rank, alpha=rank)
        group[1].requires_grad_(False)
    free = [p for p in net.parameters() if p.requires_grad]
    return train(net, x, y, rate, seed, optimizer=torch.optim.AdamW(free, rate))


def by_library(make):
    """A classifier of scikit-learn on bare pixels; ``make(setting, seed)`` is the estimator."""

    def learn(source, x, y, classes, setting, seed):
        return make(setting, seed).fit(x.flatten(1).numpy(), y.numpy())

    return learn


def on_features(source, x, y, classes, setting, seed):
    """Logistic regression on the features of a frozen body.

    Parameters
    ----------
    source, x, y, classes, setting, seed : as for `Way.answers`; the setting is the inverse penalty.
    """
    features = predict(source[:3], x).numpy()
    return source[:3], logistic_regression(setting, seed).fit(features, y.numpy())


def on_random_features(source, x, y, classes, setting, seed):
    """The same on a body of random weights.

    Parameters
    ----------
    source, x, y, classes, setting, seed : as for `Way.answers`; the setting is the inverse penalty.
    """
    return on_features(small_net(classes, seed + 50), x, y, classes, setting, seed)


@dataclass(frozen=True)
class Way:
    """A way to learn from a few labels.

    Attributes: ``learn``, callable (source, x, y, classes, setting, seed) -> model; ``settings``
    that were tried on draws of their own (seeds 100 to 104, two labels a class), and which of
    them was ``chosen`` there; ``name`` of the setting.
    """

    learn: Callable
    settings: tuple
    chosen: float
    name: str = "rate"

    @property
    def budget(self):
        """For a table."""
        return f"{self.name} {self.chosen:g} of {', '.join(f'{s:g}' for s in self.settings)}"

    def answers(self, source, x, y, test, classes, seed, setting=None):
        """Predicted classes of `test` after learning from images x with classes y.

        Parameters
        ----------
        source : network of `small_net` that a source has trained; unused by some.
        x, y, test : (N, 1, H, W), (N,) int64, (T, 1, H, W)
        classes, seed : int
        setting : the chosen one, if left out.

        Returns
        -------
        Tensor (T,) int64
        """
        setting = self.chosen if setting is None else setting
        model = self.learn(source, x, y, classes, setting, seed)
        if isinstance(model, nn.Module):
            return predict(model, test).argmax(1)
        body, model = model if isinstance(model, tuple) else (nn.Flatten(), model)
        return torch.from_numpy(model.predict(predict(body, test).numpy()))


RATES = (0.001, 0.003, 0.01)
C = (1, 10, 100)
RIVALS = {
    "nearest neighbour, pixels": Way(by_library(nearest_neighbours), (1, 3, 5), 1, "k"),
    "support vectors, pixels": Way(by_library(support_vectors), C, 10, "C"),
    "logistic regression, pixels": Way(by_library(logistic_regression), C, 1, "C"),
    "random body, frozen": Way(on_random_features, (10, 100, 1000), 100, "C"),
    "from scratch": Way(scratch, RATES, 0.003),
}
WAYS = {
    "source body, frozen": Way(on_features, C, 10, "C"),
    "finetuned": Way(finetune, RATES, 0.003),
    "head only": Way(head_only, RATES, 0.003),
    "falling rates": Way(falling, RATES, 0.003),
    "gradual unfreezing": Way(gradual, RATES, 0.003),
    "adapters": Way(adapted, RATES, 0.003),
    "low rank": Way(low_rank, RATES, 0.003),
}


def deal(groups, seed):
    """Deal whole groups, half to a pool of labels and half to the test.

    Parameters
    ----------
    groups : (N,) int64
    seed : int

    Returns
    -------
    pool, test : index tensors
    """
    names = groups.unique()
    dealt = names[torch.randperm(len(names), generator=generator(seed, 7))]
    half = len(names) // 2
    pool, test = (torch.isin(groups, part).nonzero()[:, 0] for part in (dealt[:half], dealt[half:]))
    return pool, test


def few(y, pool, count, seed):
    """Draw so many rows of each class from a pool, in random order.

    Parameters
    ----------
    y : (N,) int64
    pool : index tensor
    count, seed : int

    Returns
    -------
    index tensor; fewer rows of a class that has fewer. The first ones of a larger count.
    """
    order = pool[torch.randperm(len(pool), generator=generator(seed, 3))]
    return torch.cat([order[y[order] == label][:count] for label in y.unique()])
