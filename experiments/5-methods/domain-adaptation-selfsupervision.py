"""What does self-supervision itself add to batch norm statistics? Twenty fresh seeds, three pairs.

Self-supervised adaptation ends with the batch norm statistics of the target, and these alone gain
much. So four networks that all end with them are compared: one that saw the labels of the source
and nothing else, one that also learned to tell turned images in both domains, and, as controls of
the cause, one that learned to tell turned images of the source alone and one of the target alone.
In the controls the terms of the other domain are left out, and each term that stays keeps the
weight that it has beside the others; they are run with the dense network. The weight is the one
that the first long run chose on brick.
"""

from functools import cache

import torch
from torch.nn import functional as F

from helpers.data.embedded import tiles
from helpers.data.forms import digits_by_form
from helpers.data.long_run import long_run
from helpers.data.readers import mnist_10k
from helpers.ground.random import generator
from helpers.methods.adaptation import PLAIN, choose, train, turning
from helpers.methods.discrepancy import renormalise
from helpers.methods.gradient_reversal import domain_loss
from helpers.methods.sites import (
    Sites,
    by_groups,
    convolutional,
    dense,
    distort_images,
    framed,
    styled,
)
from helpers.train.loop import predict

PAIRS = (("gravel", "dense"), ("mnist", "dense"), ("gravel", "convolutional"))
WAYS = ("own statistics", "self-supervision", "turned source only", "turned target only")


def cases():
    """The ways on twenty seeds of each pair of sites, seeds that no other table has seen."""
    return [
        {"pair": pair, "net": net, "way": way, "seed": seed}
        for pair, net in PAIRS
        for seed in range(40, 60)
        for way in (WAYS if net == "dense" else WAYS[:2])
    ]


def run(pair, net, way, seed):
    """Accuracy on the test rows of the target."""
    sites = sites_of(pair, net, seed)
    step, data = PLAIN, (sites.x, sites.y)
    if way == "self-supervision":
        step, data = turning(weight(net)), sites.both
    elif way != "own statistics":
        step, data = turning_one(weight(net), way), sites.both
    network = renormalise(train(step, data, sites, seed), sites.pool)
    return {"accuracy": (predict(network, sites.test).argmax(1) == sites.truth).double().mean()}


def turning_one(weight, way):
    """The step of `turning` without the terms of one domain; what is left keeps its weight."""

    def step(model, batch):
        source, labels, target = batch
        upright = model.features(source)
        loss = F.cross_entropy(model.classifier(upright), labels)
        rows = source if way == "turned source only" else target
        features = upright if way == "turned source only" else model.features(rows)
        told = domain_loss(model.critic(features), 0)
        told = told + domain_loss(model.critic(model.features(rows.flip(1))), 1)
        return loss + 0.25 * weight * told

    return step


@cache
def weight(net):
    """The weight that was best on brick, whose labels may choose."""
    rows = [row for row in long_run("5-methods/domain-adaptation").rows if row["net"] == net]
    return choose([row for row in rows if row["pair"] == "brick"])["self-supervision"].chosen


@cache
def sites_of(pair, net, seed):
    """The sites of the page: digits to digits on gravel, or to framed digits of MNIST."""
    data = digits_by_form()
    if pair == "gravel":
        seen = styled(data.x, tiles(8, classes=("gravel",)).x[:, :1])
        make = {"dense": dense, "convolutional": convolutional}[net]
        return by_groups(data.x, seen, data.y, data.groups, seed, make)
    images, labels, _ = mnist_10k()
    rows = torch.randperm(len(images), generator=generator(seed))[:1500]
    z, y = framed(images[rows]), labels[rows]
    return Sites(data.x, data.y, z[:500], z[500:], y[500:], y[:500], 10, distort_images, dense)
