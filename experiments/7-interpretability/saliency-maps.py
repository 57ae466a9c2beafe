"""What the page on saliency maps shows on five networks, on twenty others, and with the parts exchanged.

Each network learns from strokes, tiles and weights dealt anew. "outweighs: NAME" is the share of
tiles in which a map holds more in the cause than in the decoy; "decoy: NAME" is how well it ranks
their pixels, "rest: NAME" those of the cause above the rest of the tile; "stays K: NAME" is the rank
correlation with the map before, "still K: NAME" the cause above the decoy, with K layers random.
"""

import torch
from torch import nn

from helpers.data.embedded import tiles
from helpers.data.planted import plant
from helpers.ground.random import generator
from helpers.interpret.gradients import integrated_gradients
from helpers.interpret.lead import Lead
from helpers.interpret.occlusion import occlusion
from helpers.interpret.randomised import cascade
from helpers.interpret.saliency import saliency_maps
from helpers.metrics.maps import found, outweighed, rank_correlation
from helpers.models.plain_convnet import plain_convnet
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

GREY = torch.zeros(1)
SOBEL = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]


def cases():
    """What is run: the page's cause first, then the other."""
    return [
        {"cause": cause, "seed": seed}
        for cause, seeds in (("slanted", range(300, 320)), ("upright", range(400, 408)))
        for seed in seeds
    ]


def learned(seed, upright):
    """A network, its test tiles, their pixels about the mean, and what it says."""
    tissue = tiles(32, classes=("immunohistochemistry",))
    canvas = tissue.x.mean(1, keepdim=True)
    known = torch.isin(tissue.block, torch.randperm(16, generator=generator(seed))[:11])
    train = plant(canvas[known].repeat(6, 1, 1, 1), seed=2 * seed, upright=upright)
    test = plant(canvas[~known], seed=2 * seed + 1, upright=upright)
    torch.manual_seed(seed)
    net, mean = plain_convnet(1, 2), train.x.mean()
    fit(
        net, (train.x - mean, train.y), step=supervised(nn.functional.cross_entropy), epochs=12,
        lr=0.01, schedule=one_cycle(), seed=seed, progress=False,
    )  # fmt: skip
    x = test.x - mean
    return net.eval(), test, x, predict(net, x).argmax(1)


def edges(x):
    """Size of the Sobel gradient."""
    wide = nn.functional.pad(x, [1] * 4, mode="replicate")
    return sum(nn.functional.conv2d(wide, way).square() for way in (SOBEL, SOBEL.mT)).sqrt()


def run(cause, seed):
    """One case."""
    net, test, x, said = learned(seed, cause == "upright")
    f = Lead(net, said)
    seven = {name: one.abs() for name, one in saliency_maps(f, x, net[7], GREY).items()}
    local = nn.functional.avg_pool2d(nn.functional.pad(x, [4] * 4, mode="reflect"), 9, 1)
    maps = seven | {"integrated, from blurred": integrated_gradients(f, x, local).abs()}
    maps |= {f"occlusion, {side}": occlusion(f, x, side).abs() for side in (5, 7)}
    maps |= {"edges": edges(x), "random": torch.rand(x.shape, generator=generator(seed, 1))}
    result = {"accuracy": (said == test.y).double().mean()}
    rest = ~(test.cause | test.decoy)
    for name, one in maps.items():
        result[f"outweighs: {name}"] = outweighed(one, test.cause, test.decoy).mean()
        result[f"decoy: {name}"] = found(one, test.cause, test.decoy).mean()
        result[f"rest: {name}"] = found(one, test.cause, rest).mean()
    some = slice(0, 24)
    for layers, other in cascade(net, seed):
        now = saliency_maps(Lead(other, said[some]), x[some], other[7], GREY)
        for name, one in now.items():
            result[f"stays {layers}: {name}"] = rank_correlation(
                seven[name][some], one.abs()
            ).mean()
            result[f"still {layers}: {name}"] = found(
                one.abs(), test.cause[some], test.decoy[some]
            ).mean()
    return {name: float(value) for name, value in result.items()}
