"""Ways to learn from a few labelled images, with and without a source (survey 5.1; chapter 5-methods/transfer-learning)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import nn
from torch.optim.swa_utils import update_bn
from torch.utils.data import TensorDataset

from helpers.ground.random import generator
from helpers.methods.patches import PatchFeatures
from helpers.methods.rivals import logistic_regression, nearest_neighbours, support_vectors
from helpers.methods.transfer import (
    Adapter,
    Group,
    LowRank,
    discriminative,
    freeze_to,
    slanted,
    warped,
)
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
    net = nn.Sequential(block(1, a), block(a, b, nn.MaxPool2d(2)), last, head)
    return net.to(memory_format=torch.channels_last)  # a sixth less time on a processor


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


@dataclass(frozen=True)
class Task:
    """What a way learns from.

    Attributes: ``source``, network of `small_net` that a source has trained, unused by some; ``x``
    (N, 1, H, W) and ``y`` (N,) int64; ``classes`` and ``seed``, ints; ``setting``, a rate, an
    inverse penalty or a number of neighbours; ``steps`` of a training.
    """

    source: nn.Module
    x: torch.Tensor
    y: torch.Tensor
    classes: int
    seed: int
    setting: float
    steps: int = STEPS


def learn(net, task, steps=None, optimizer=None, schedule=None):
    """Train a network on a task: its images, its steps and, if there is no optimiser, its rate.

    Parameters
    ----------
    net : nn.Module
    task : Task
    steps, optimizer, schedule : as for `train`, in place of the usual ones.
    """
    return train(
        net, task.x, task.y, task.setting, task.seed, steps=steps or task.steps,
        optimizer=optimizer, schedule=schedule,
    )  # fmt: skip


def scratch(task):
    """The same network from random weights."""
    return learn(small_net(task.classes, task.seed + 50), task)


def finetune(task):
    """All weights move, at one rate."""
    return learn(renewed(task.source, task.classes, task.seed), task)


def head_only(task):
    """The body is frozen, statistics and all; only the new head moves."""
    net = renewed(task.source, task.classes, task.seed)
    freeze_to(net, 3)
    return learn(net, task, optimizer=torch.optim.AdamW(discriminative(net, task.setting)))


def falling(task):
    """All weights move, each group 2.6 times more slowly than the one above it."""
    net = renewed(task.source, task.classes, task.seed)
    return learn(net, task, optimizer=torch.optim.AdamW(discriminative(net, task.setting)))


def gradual(task):
    """One group after the other is freed from the top, with falling and slanted rates (ULMFiT)."""
    net = renewed(task.source, task.classes, task.seed)
    for count in (3, 2, 1, 0):
        freeze_to(net, count)
        adamw = torch.optim.AdamW(discriminative(net, task.setting))
        learn(net, task, steps=task.steps / 4, optimizer=adamw, schedule=slanted())
    return net


def adapted(task):
    """The body is frozen; two adapters and the head move."""
    net = renewed(task.source, task.classes, task.seed)
    freeze_to(net, 3)
    adapters = Adapter(WIDTHS[0], 4), Adapter(WIDTHS[1], 4)
    net = nn.Sequential(net[0], adapters[0], net[1], adapters[1], net[2], net[3])
    free = [p for p in net.parameters() if p.requires_grad]
    return learn(net, task, optimizer=torch.optim.AdamW(free, task.setting))


def low_rank(task):
    """Changes of rank 4 beside the convolutions, and the head, move; batch norm goes on counting."""
    net = renewed(task.source, task.classes, task.seed)
    freeze_to(net, 3)
    for group in net[:3]:
        group[0] = LowRank(group[0], 4, alpha=4)
        group[1].requires_grad_(False)
    free = [p for p in net.parameters() if p.requires_grad]
    return learn(net, task, optimizer=torch.optim.AdamW(free, task.setting))


def by_fastai(task):
    """Half of the steps for the head alone, then all groups at spread rates: fastai's `fine_tune`."""
    from fastai.callback import progress, schedule  # noqa: F401  they add to Learner
    from fastai.data.core import DataLoaders
    from fastai.data.load import DataLoader
    from fastai.learner import Learner
    from fastai.torch_core import params

    net = renewed(task.source, task.classes, task.seed)
    loader = DataLoader(TensorDataset(task.x, task.y), bs=32, shuffle=True)
    learner = Learner(
        DataLoaders(loader, loader), net, loss_func=nn.functional.cross_entropy,
        splitter=lambda net: [params(part) for part in net],
    )  # fmt: skip
    epochs = max(1, round(task.steps / 2 / len(loader)))
    with learner.no_bar(), learner.no_logging():
        learner.fine_tune(epochs, task.setting, freeze_epochs=epochs)
    return learner.model


def by_library(make):
    """A classifier of scikit-learn on bare pixels; ``make(setting, seed)`` is the estimator."""

    def fitted(task):
        return make(task.setting, task.seed).fit(task.x.flatten(1).numpy(), task.y.numpy())

    return fitted


def on_features(task):
    """Logistic regression on the features of a frozen body."""
    return on_body(task.source[:3], task)


def on_body(body, task):
    """Logistic regression on what a body, of whatever kind, says about the images.

    Parameters
    ----------
    body : nn.Module, (N, 1, H, W) -> (N, F)
    task : Task

    Returns
    -------
    the body, and the fitted classifier
    """
    features = predict(body, task.x).numpy()
    return body, logistic_regression(task.setting, task.seed).fit(features, task.y.numpy())


def on_random_features(task):
    """The same on a body of random weights, whose batch norm has counted the labelled images."""
    net = small_net(task.classes, task.seed + 50)
    update_bn([task.x], net)
    return on_features(replace(task, source=net))


def on_patches(task):
    """The same on likeness to patches of the labelled images, without any network."""
    return on_body(PatchFeatures(task.x, task.seed), task)


def on_copies(way):
    """The same way on twenty warped copies of each image, for four times the steps."""

    def learned(task):
        x, y = warped(task.x, task.y, seed=task.seed)
        return way(replace(task, x=x, y=y, steps=4 * task.steps))

    return learned


@dataclass(frozen=True)
class Way:
    """A way to learn from a few labels.

    Attributes: ``learn``, callable Task -> model; ``settings`` that were tried on draws of their
    own (seeds 100 to 104, two labels a class), and which of them was ``chosen`` there; ``name`` of
    the setting.
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
        source, x, y, classes, seed, setting : as for `Task`; the chosen setting, if left out.
        test : (T, 1, H, W)

        Returns
        -------
        Tensor (T,) int64
        """
        setting = self.chosen if setting is None else setting
        model = self.learn(Task(source, x, y, classes, seed, setting))
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
    "patches of the images": Way(on_patches, C, 100, "C"),
    "random body, frozen": Way(on_random_features, C, 10, "C"),
    "from scratch": Way(scratch, RATES, 0.003),
    "from scratch, warped copies": Way(on_copies(scratch), RATES, 0.003),
}
WAYS = {
    "source body, frozen": Way(on_features, C, 10, "C"),
    "source body, frozen, warped copies": Way(on_copies(on_features), (0.1, 1, 10), 0.1, "C"),
    "finetuned": Way(finetune, RATES, 0.003),
    "finetuned, warped copies": Way(on_copies(finetune), RATES, 0.01),
    "head only": Way(head_only, RATES, 0.003),
    "falling rates": Way(falling, RATES, 0.003),
    "gradual unfreezing": Way(gradual, RATES, 0.003),
    "adapters": Way(adapted, RATES, 0.003),
    "low rank": Way(low_rank, RATES, 0.003),
    "fastai fine_tune": Way(by_fastai, RATES, 0.01),
}


def deal(groups, seed, y=None, least=1):
    """Deal whole groups, half to a pool of labels and half to the test.

    Parameters
    ----------
    groups : (N,) int64
    seed : int
    y : (N,) int64, classes; if given, groups are dealt again until both halves hold all of them.
    least : int, groups of each class that both halves must hold.

    Returns
    -------
    pool, test : index tensors

    Raises
    ------
    ValueError : if a hundred deals leave a class out of one half.
    """
    names = groups.unique()
    for turn in range(100):
        dealt = names[torch.randperm(len(names), generator=generator(seed + 1000 * turn, 7))]
        halves = dealt[: len(names) // 2], dealt[len(names) // 2 :]
        pool, test = (torch.isin(groups, half).nonzero()[:, 0] for half in halves)
        kinds = [] if y is None else y.unique()
        held = [len(groups[p][y[p] == kind].unique()) for p in (pool, test) for kind in kinds]
        if min(held, default=least) >= least:
            return pool, test
    raise ValueError(
        f"deal: expected {least} or more groups of each class in both halves of the "
        f"{len(names)} groups, found no such deal in a hundred"
    )


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
