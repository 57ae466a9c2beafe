"""Which way to adapt gains, and over what? Fresh dealings, a second network, a second population.

The functions are those of the page. A seed deals forms to source, pool and test anew and starts
the networks anew; the fourteen forms stay the same. `brick` is where the settings were chosen.
"""

import torch

from helpers.data.embedded import tiles
from helpers.data.forms import digits_by_form
from helpers.data.readers import mnist_10k
from helpers.ground.random import generator
from helpers.methods.adaptation import WAYS
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


CONVOLUTIONAL = {  # chosen on brick too, with this network and two seeds
    "standardised": 0.05, "recoloured": 0.01, "augmented": 0.5, "augmented, own statistics": 0.5,
    "CORAL loss": 10, "MMD": 1, "gradient reversal": 0.1, "two players": 1e-4,
    "self-supervision": 1, "joint MMD": 1, "MMD, augmented": 0.3,
}  # fmt: skip


def cases():
    """Gravel with both networks, scikit-learn's digits to MNIST, and the settings on brick."""
    return [
        {"pair": pair, "net": net, "way": way, "setting": None, "seed": seed}
        for pair, net, seeds in (
            ("gravel", "dense", range(20, 40)),
            ("gravel", "convolutional", range(20, 25)),
            ("mnist", "dense", range(20, 25)),
        )
        for seed in seeds
        for way in WAYS
    ] + [
        {"pair": "brick", "net": "dense", "way": name, "setting": setting, "seed": seed}
        for seed in range(10, 12)
        for name, way in WAYS.items()
        if way.chosen is not None
        for setting in way.settings
    ]


def run(pair, net, way, setting, seed):
    """Accuracy on the test rows of the target."""
    data = digits_by_form()
    if net == "convolutional":
        setting = CONVOLUTIONAL.get(way)
    if pair == "mnist":
        sites = digits_to_mnist(data, seed)
    else:
        patches = tiles(8, classes=(pair,)).x[:, :1]
        seen = styled(data.x, patches)
        sites = by_groups(data.x, seen, data.y, data.groups, seed, NETWORKS[net])
    return {"accuracy": WAYS[way].accuracy(sites, seed, setting)}


def digits_to_mnist(data, seed):
    """scikit-learn's digits as the source; 500 and 1000 framed digits of MNIST, pool and test."""
    images, labels, _ = mnist_10k()
    rows = torch.randperm(len(images), generator=generator(seed))[:1500]
    z, y = framed(images[rows]), labels[rows]
    return Sites(data.x, data.y, z[:500], z[500:], y[500:], y[:500], 10, distort_images, dense)
