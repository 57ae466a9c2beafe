"""What the page on saliency maps shows on five networks, on twenty others, and with the parts exchanged.

Each network learns from strokes, tiles and weights dealt anew. "outweighs: NAME" is the share of
tiles in which a map holds more in the cause than in the decoy, as sums of absolute values; "signed:
NAME" the same with the sign kept; "rest: NAME" is how well a map ranks the pixels of the cause above
the rest of the tile. "stays K: NAME" is the rank correlation with the map before, "still K: NAME" the
cause outweighing the decoy, "empty K: NAME" the share of maps that are zero everywhere, with K layers
random; "turned: NAME" is the rank correlation after the last layer's sign was turned. "empty: NAME"
is the share of all test tiles. The rows of pair products know no network: they were fitted to the
training tiles and their labels, and "shuffled: NAME" is the same from shuffled labels.
"""

import copy

import torch
from torch import nn

from helpers.data.embedded import tiles
from helpers.data.planted import plant
from helpers.ground.random import generator
from helpers.interpret.class_maps import grad_cam
from helpers.interpret.gradients import integrated_gradients, smooth_grad
from helpers.interpret.lead import Lead
from helpers.interpret.occlusion import occlusion
from helpers.interpret.pair_products import fit_pairs, pair_products, pairs_map
from helpers.interpret.randomised import cascade
from helpers.interpret.saliency import saliency_maps
from helpers.metrics.maps import found, outweighed, rank_correlation
from helpers.models.plain_convnet import plain_convnet
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

GREY = torch.zeros(1)
SOBEL = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])[None, None]
SOME = slice(0, 24)  # tiles that the maps of random networks are drawn for
PAIRS = "pair products, told the labels"


def cases():
    """What is run: the page's cause first, then the other."""
    return [
        {"cause": cause, "seed": seed}
        for cause, seeds in (("slanted", range(500, 520)), ("upright", range(600, 612)))
        for seed in seeds
    ]


def learned(seed, upright):
    """A network, what it learned from, its test tiles, their pixels about the mean, and what it says."""
    tissue = tiles(32, classes=("immunohistochemistry",))
    canvas = tissue.x.mean(1, keepdim=True)
    trained = torch.isin(tissue.block, torch.randperm(16, generator=generator(seed))[:11])
    train = plant(canvas[trained].repeat(6, 1, 1, 1), seed=2 * seed, upright=upright)
    test = plant(canvas[~trained], seed=2 * seed + 1, upright=upright)
    torch.manual_seed(seed)
    net, mean = plain_convnet(1, 2), train.x.mean()
    known = train.x - mean
    fit(
        net, (known, train.y), step=supervised(nn.functional.cross_entropy), epochs=12,
        lr=0.01, schedule=one_cycle(), seed=seed, progress=False,
    )  # fmt: skip
    x = test.x - mean
    return net.eval(), (known, train.y), test, x, predict(net, x).argmax(1)


def edges(x, upright):
    """Size of the Sobel gradient; and the energy of edges along the cause's two slants."""
    wide = nn.functional.pad(x, [1] * 4, mode="replicate")
    across, down = (nn.functional.conv2d(wide, way) for way in (SOBEL, SOBEL.mT))
    told = across.square() - down.square() if upright else 2 * across * down
    told = nn.functional.avg_pool2d(told, 5, 1, 2).abs()
    return {"edges": (across.square() + down.square()).sqrt(), "edges, told the slant": told}


def from_pairs(known, y, x, truth):
    """The map of a linear model on products of pixel pairs, and the share of labels that it reads."""
    model = fit_pairs(known, y)
    smooth = nn.functional.avg_pool2d(pairs_map(model, x), 5, 1, 2)
    return smooth, model.score(pair_products(x), truth)


def from_network(net, x, said):
    """The seven maps, and Grad-CAM without its ReLU."""
    f = Lead(net, said)
    return saliency_maps(f, x, net[7], GREY) | {
        "Grad-CAM without ReLU": grad_cam(f, x, net[7], rectified=False)
    }


def all_maps(net, x, said, upright, seed):
    """Every row of the table, with its sign."""
    f, maps = Lead(net, said), from_network(net, x, said)
    local = nn.functional.avg_pool2d(nn.functional.pad(x, [4] * 4, mode="reflect"), 9, 1)
    maps["integrated, from blurred"] = integrated_gradients(f, x, local)
    maps["SmoothGrad, noise of 0.1"] = smooth_grad(f, x, 0.1)
    for side in (7, 9):
        maps[f"occlusion, {side}"] = occlusion(f, x, side)
        maps[f"occlusion, {side}, local mean"] = occlusion(f, x, side, fill=local)
    return maps | edges(x, upright) | {"random": torch.rand(x.shape, generator=generator(seed, 1))}


def changed(net, x, said, seed):
    """The network with its last layer's sign turned, and with more and more layers random."""
    turned = copy.deepcopy(net)
    for parameter in turned[-1].parameters():
        parameter.data.neg_()
    yield "turned", from_network(turned, x, said)
    for layers, other in cascade(net, seed):
        f = Lead(other, predict(other, x).argmax(1))
        named = {"Grad-CAM of the class then named": grad_cam(f, x, other[7])}
        yield layers, from_network(other, x, said) | named


def empty(maps):
    """Share of maps that are zero everywhere."""
    return (maps == 0).flatten(1).all(1).double().mean()


def run(cause, seed):
    """One case."""
    upright = cause == "upright"
    net, (known, y), test, x, said = learned(seed, upright)
    maps, result = all_maps(net, x, said, upright, seed), {}
    maps[PAIRS], result[f"accuracy: {PAIRS}"] = from_pairs(known, y, x, test.y)
    luck, _ = from_pairs(known, y[torch.randperm(len(y), generator=generator(seed, 2))], x, test.y)
    result[f"shuffled: {PAIRS}"] = outweighed(luck.abs(), test.cause, test.decoy).mean()
    result["accuracy"] = (said == test.y).double().mean()
    result["empty: gradient"] = empty(maps["gradient"])
    rest = ~(test.cause | test.decoy)
    for name, one in maps.items():
        result[f"outweighs: {name}"] = outweighed(one.abs(), test.cause, test.decoy).mean()
        result[f"signed: {name}"] = outweighed(one, test.cause, test.decoy).mean()
        result[f"rest: {name}"] = found(one.abs(), test.cause, rest).mean()
    before = from_network(net, x[SOME], said[SOME])  # SmoothGrad's noise is dealt by the batch
    before["Grad-CAM of the class then named"] = before["Grad-CAM"]
    for which, others in changed(net, x[SOME], said[SOME], seed):
        for name, one in others.items():
            stays = rank_correlation(before[name].abs(), one.abs()).mean()
            if which == "turned":
                result[f"turned: {name}"] = stays
                continue
            result[f"stays {which}: {name}"] = stays
            still = outweighed(one.abs(), test.cause[SOME], test.decoy[SOME])
            result[f"still {which}: {name}"] = still.mean()
            if "CAM" in name:
                result[f"empty {which}: {name}"] = empty(one)
    return {name: float(value) for name, value in result.items()}
