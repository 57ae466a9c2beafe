"""Which way to adapt gains, and over what? Fresh dealings, a second network, a second population.

The functions are those of the page. A seed deals forms to source, pool and test anew and starts
the networks anew; the fourteen forms stay the same. Every way takes the setting that is best on
`brick`, whose labels we allow ourselves to see, with the same network.
"""

from functools import cache

import torch

from helpers.data.embedded import tiles
from helpers.data.forms import digits_by_form
from helpers.data.readers import mnist_10k
from helpers.ground.random import generator
from helpers.methods.adaptation import WAYS, choose
from helpers.methods.sites import (
    Sites,
    by_groups,
    convolutional,
    dense,
    distort_images,
    framed,
    styled,
)

NETWORKS = {"dense": dense, "convolutional": convolutional}


def on_brick(net):
    """Every setting of every way, two dealings."""
    return [
        {"pair": "brick", "net": net, "way": name, "setting": setting, "seed": seed}
        for seed in range(10, 12)
        for name, way in WAYS.items()
        for setting in way.settings
    ]


def cases():
    """The settings on brick; then gravel, and scikit-learn's digits to MNIST."""
    found = []
    for net, pairs in (
        ("dense", {"gravel": range(20, 40), "mnist": range(20, 25)}),
        ("convolutional", {"gravel": range(20, 25)}),
    ):
        found += on_brick(net) + [
            {"pair": pair, "net": net, "way": way, "setting": None, "seed": seed}
            for pair, seeds in pairs.items()
            for seed in seeds
            for way in WAYS
        ]
    return found


def run(pair, net, way, setting, seed):
    """Accuracy on the test rows of the target."""
    if pair != "brick":
        setting = chosen(net)[way].chosen
    return {"accuracy": accuracy(pair, net, way, setting, seed)}


@cache
def chosen(net):
    """The ways with their settings; what was run on brick in this process is not run again."""
    return choose([case | run(**case) for case in on_brick(net)])


@cache
def accuracy(pair, net, way, setting, seed):
    """Accuracy of one way with one setting."""
    data = digits_by_form()
    if pair == "mnist":
        sites = digits_to_mnist(data, seed)
    else:
        seen = styled(data.x, tiles(8, classes=(pair,)).x[:, :1])
        sites = by_groups(data.x, seen, data.y, data.groups, seed, NETWORKS[net])
    return WAYS[way].accuracy(sites, seed, setting)


def digits_to_mnist(data, seed):
    """scikit-learn's digits as the source; 500 and 1000 framed digits of MNIST, pool and test."""
    images, labels, _ = mnist_10k()
    rows = torch.randperm(len(images), generator=generator(seed))[:1500]
    z, y = framed(images[rows]), labels[rows]
    return Sites(data.x, data.y, z[:500], z[500:], y[500:], y[:500], 10, distort_images, dense)
