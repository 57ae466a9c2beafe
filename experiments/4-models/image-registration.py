"""Which way finds the warp of new slices, and what do patience, the truth and a first field give? Five fresh draws.

The functions are those of the page. A draw gives new warps and noise to all slices, and starts the
networks anew; draw 0 is the page's and is left out. Settings of the searches are those that the
page chose; the twenty steps, from nothing, from optical flow and from the network, choose one of
three rates on six slices of the middle of each draw. On two draws the network takes four times the steps, on four times the
pairs, once as it is and once with the true fields in its loss; and on two draws a network sees
volumes.
"""

from functools import lru_cache, partial

import torch

from helpers.data.warped import simulated_pairs, simulated_volumes
from helpers.methods import registering as way
from helpers.methods.similarity import mean_squares
from helpers.metrics.deformation import endpoint_error, folding
from helpers.models.registration import VoxelMorph
from helpers.models.spatial_transformer import compose, warp
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle

DRAWS, PATIENT, DEEP = range(1, 6), range(1, 3), range(1, 3)
SHORT = [((8, 10, rate), (4, 10, 0.5)) for rate in (0.5, 1.0, 2.0)]
SEARCHES = {
    "no warp": [lambda moving, fixed: 0 * moving.expand(-1, 2, -1, -1)],
    "affine": [way.affine_search],
    "optical flow": [way.optical_flow],
    "pair by pair, squares": [partial(way.pair_by_pair, alike=mean_squares, weight=0.03)],
    "pair by pair": [way.pair_by_pair],
    "20 steps": [partial(way.pair_by_pair, levels=levels) for levels in SHORT],
}
NETWORKS = ["network", "network, three times", "network, 20 steps", "network, 80 steps"]
LONG = [
    "four times the steps",
    "four times the steps, 20 steps",
    "with the truth, four times the steps",
]
VOLUMES = ["no warp", "pair by pair", "network"]


def from_flow(moving, fixed, levels):
    """Twenty steps from the field of optical flow."""
    return way.pair_by_pair(moving, fixed, begin=way.optical_flow(moving, fixed), levels=levels)


SEARCHES["optical flow, 20 steps"] = [partial(from_flow, levels=levels) for levels in SHORT]


def cases():
    """All rivals on the same draws; on some also the networks that train longer, and volumes."""
    names = {seed: [*SEARCHES, *NETWORKS, *(LONG if seed in PATIENT else [])] for seed in DRAWS}
    slices = [{"task": "slices", "rival": r, "seed": seed} for seed in DRAWS for r in names[seed]]
    return slices + [
        {"task": "volumes", "rival": r, "seed": seed} for seed in DEEP for r in VOLUMES
    ]


def run(task, rival, seed):
    """Mean error over 24 new pairs of slices, or 6 of volumes, in pixels, and the share of folds."""
    if task == "volumes":
        test = simulated_volumes(6, seed=100 + seed)
        field = deep(rival, seed, test.moving, test.fixed)
    else:
        test = simulated_pairs(24, part="upper", seed=seed)
        field = chosen(rival, seed)(test.moving, test.fixed)
    error = endpoint_error(field, test.truth, test.inside).mean()
    return {"error": float(error), "folds": float(folding(field, test.inside).mean())}


def chosen(rival, seed):
    """The setting with the smallest error on the middle slices of this draw."""
    valid, tried = simulated_pairs(6, part="middle", seed=seed), ways(rival, seed)

    def error(way):
        return endpoint_error(way(valid.moving, valid.fixed), valid.truth, valid.inside).mean()

    return min(tried, key=error) if len(tried) > 1 else tried[0]


def ways(rival, seed):
    """A rival with each of its settings."""
    if rival in SEARCHES:
        return SEARCHES[rival]
    taught = rival.startswith("with the truth")
    net = trained("four times" in rival, taught, seed)

    def drawn(moving, fixed):
        with torch.no_grad():
            return net(moving, fixed)

    def thrice(moving, fixed):
        field = drawn(moving, fixed)
        for _ in range(2):
            field = compose(field, drawn(warp(moving, field), fixed))
        return field

    if rival.endswith("three times"):
        return [thrice]
    if rival.endswith(" 20 steps"):
        return [
            lambda m, f, at=at: way.pair_by_pair(m, f, begin=drawn(m, f), levels=at) for at in SHORT
        ]
    if rival.endswith("80 steps"):
        return [lambda m, f: way.pair_by_pair(m, f, begin=drawn(m, f))]
    return [drawn]


@lru_cache(maxsize=1)
def trained(longer, taught, seed):
    """A network after 300 steps on 160 pairs, or after 1200 on 640."""
    pairs = simulated_pairs(640 if longer else 160, part="lower", seed=seed)
    torch.manual_seed(seed)
    net = VoxelMorph()
    data = (pairs.moving, pairs.fixed) + ((pairs.truth, pairs.inside) if taught else ())
    fit(
        net, data, step=with_truth if taught else way.unlabelled(), epochs=15,
        lr=0.01, batch_size=8, transform=mirrored_truth if taught else way.mirrored, schedule=one_cycle(),
        seed=seed, progress=False,
    )  # fmt: skip
    return net.eval()


def with_truth(model, batch):
    """The distance from the true field, as a loss."""
    moving, fixed, truth, inside = batch
    return endpoint_error(model(moving, fixed), truth, inside).mean()


def mirrored_truth(batch, draws):
    """`mirrored`, with the arrows: what points right points left in a mirror."""
    if torch.rand((), generator=draws) < 0.5:
        return batch
    moving, fixed, truth, inside = (part.flip(-1) for part in batch)
    return moving, fixed, truth * torch.tensor([1.0, -1.0]).view(1, 2, 1, 1), inside


def deep(rival, seed, moving, fixed):
    """What a rival answers for volumes; the network takes 320 steps on 32 of them."""
    if rival == "no warp":
        return 0 * moving.expand(-1, 3, -1, -1, -1)
    if rival == "pair by pair":
        levels = (4, 30, 0.5), (2, 30, 0.3)
        return way.pair_by_pair(moving, fixed, alike=mean_squares, weight=0.03, levels=levels)
    known = simulated_volumes(32, seed=seed)
    torch.manual_seed(seed)
    net = VoxelMorph((16, 32), dims=3)
    fit(
        net, (known.moving, known.fixed), step=way.unlabelled(mean_squares, 0.01), epochs=40, lr=0.02,
        batch_size=4, schedule=one_cycle(), seed=seed, progress=False,
    )  # fmt: skip
    with torch.no_grad():
        return net.eval()(moving, fixed)
