"""Do convolutional and style generators cover new images better than densities do? Two kinds, five deals.

The images are 16 by 16 pixels: digits of MNIST (its test part), and galaxies of one deep photograph.
A galaxy has no up and no left, so its training images are used in all eight positions, by every
way: cut one pixel wider, turned about the pixel on which the galaxy was found, and cropped as the
images to choose by and the new ones are. Ways that know nothing of neighbouring pixels work on the
64 leading principal axes of the training images, and all are judged there. Every setting is chosen
once, on the validation images of deal 0, which no table shows. Each network makes 400 updates, as
on the page, and each game tries two pairs of rates; with the better one the plain and the
convolutional game play once more, for 2000 updates (the style generator would need six minutes).
The mark to aim at are other real images, those of validation. Nobody is told the digit.
"""

from functools import cache, partial

import torch
from torch import nn
from torch.nn import functional as F

from helpers.data.galaxies import eight_positions, galaxies
from helpers.data.readers import mnist_10k
from helpers.ground.random import generator
from helpers.methods.gan import non_saturating
from helpers.methods.generators import LATENT, RATES, WAYS, Network, Way, adam, choose, epochs_of
from helpers.metrics.generation import copied, coverage, density, precision, recall, told_apart
from helpers.models.gan import ConvDiscriminator, ConvGenerator
from helpers.models.rows import RowCodec
from helpers.models.style import StyleGenerator
from helpers.train.loop import fit

UPDATES, LONG, SIZE = 400, 2000, 16
MAKERS = {
    "convolutional": partial(ConvGenerator, LATENT, 32, SIZE),
    "style": partial(StyleGenerator, LATENT, channels=16, size=SIZE),
}
REAL = "other real pictures"
ROWS = (
    "training rows with noise",
    "one Gaussian",
    "mixture of Gaussians",
    "local Gaussians",
    "SMOTE",
)
GAMES = ("plain game", *MAKERS)
SEEN = ("local Gaussians", *GAMES)  # of these the first deal keeps twenty pictures


def cases():
    """All ways on the same five deals of each kind; two games once more, longer, at the end."""
    ways = [(way, UPDATES) for way in (REAL, *ROWS, *GAMES)] + [(game, LONG) for game in GAMES[:2]]
    return [
        {"kind": kind, "way": way, "updates": updates, "deal": deal}
        for way, updates in ways
        for kind in ("galaxies", "digits")
        for deal in range(1, 6)
    ]


@cache
def deal_of(kind, deal):
    """Images to learn from, to choose by, and new ones."""
    if kind == "digits":
        images = F.avg_pool2d(F.pad(mnist_10k()[0], (2, 2, 2, 2)), 2)
        order = torch.randperm(len(images), generator=generator(deal))[:3000]
        return images[order].tensor_split([2000, 2500])
    images = galaxies(SIZE + 1)
    order = torch.randperm(len(images), generator=generator(deal))
    train, *others = images[order].tensor_split([len(order) // 2, 3 * len(order) // 4])
    return [part[..., :SIZE, :SIZE] for part in (eight_positions(train), *others)]


class Painted(Network):
    """A trained generator of images; its draws are points of a codec."""

    def __init__(self, network, codec):
        super().__init__(network, LATENT)
        self.codec = codec

    def paint(self, count, seed):
        """New images (count, 1, SIZE, SIZE), as the network makes them."""
        return super().draw(count, seed)

    def draw(self, count, seed):
        """New images as points (count, W)."""
        return self.codec.encode(self.paint(count, seed).flatten(1))


def paint(points, rates, updates, seed, *, make, images, codec):
    """The game of images; it learns from `images`, of which `points` are the rows."""
    torch.manual_seed(seed)
    players = nn.ModuleDict({"generator": make(), "discriminator": ConvDiscriminator(16, SIZE)})
    history = fit(
        players, (images,), step=non_saturating(LATENT), epochs=epochs_of(updates, points),
        optimizer={name: adam(rate) for name, rate in zip(players, rates)},
        average=0.99, seed=seed, progress=False,
    )  # fmt: skip
    return Painted(history.averaged["generator"], codec)


def prepared(kind, deal, way):
    """The codec of a deal, its three parts as points, and the way."""
    parts = deal_of(kind, deal)
    codec = RowCodec.of(parts[0].flatten(1))
    points = [codec.encode(part.flatten(1)) for part in parts]
    if way == "plain game":
        return codec, points, Way(WAYS[way].learn, "rates", RATES[1:])
    if way in MAKERS:
        learn = partial(paint, make=MAKERS[way], images=parts[0], codec=codec)
        return codec, points, Way(learn, "rates", RATES[1:])
    return codec, points, WAYS[way]


@cache
def chosen(kind, way):
    """The setting that the validation images of deal 0 prefer, after 400 updates."""
    _, (train, valid, _), made = prepared(kind, 0, way)
    return choose(made, train, valid, updates=UPDATES)


def run(kind, way, updates, deal):
    """Six measures of as many made-up images as there are new ones; of some, twenty pictures."""
    if way == REAL:
        codec, (train, valid, new), _ = prepared(kind, deal, ROWS[0])
        return judged(codec, train, new, valid[: len(new)])
    setting = chosen(kind, way)
    codec, (train, _, new), ways = prepared(kind, deal, way)
    made = ways.learn(train, setting, updates, deal)
    found = judged(codec, train, new, made.draw(len(new), 100 + deal))
    if way in SEEN and deal == 1:
        found["pictures"] = pictures(made, codec, 100 + deal)
    return found | {"setting": ways.settings.index(setting)}


def judged(codec, train, new, fake):
    """The measures; grey values of the made-up images stay in the range of the training images."""
    fake = codec.encode(codec(fake)[0])
    return {
        "coverage": coverage(new, fake), "precision": precision(new, fake),
        "recall": recall(new, fake), "density": density(new, fake),
        "copies": copied(train, new, fake), "told apart": told_apart(new, fake),
    }  # fmt: skip


def pictures(made, codec, seed):
    """Twenty pictures as hexadecimal grey values, SIZE times SIZE bytes each, the first drawn."""
    drawn = made.paint(20, seed) if isinstance(made, Painted) else codec(made.draw(20, seed))[0]
    return bytes((255 * drawn.clamp(0, 1)).round().byte().flatten().tolist()).hex()
