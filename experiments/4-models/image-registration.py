"""Which way finds the warp of new slices, and does patience, or the truth, help the network? Five fresh draws.

The functions are those of the page. A draw gives new warps and noise to all slices, and starts the
networks anew; draw 0 is the page's and is left out. The settings are those that the page chose on
the slices of the middle. On two draws the network takes six times the steps, on four times the
pairs, once as it is and once with the true fields in its loss.
"""

from functools import lru_cache, partial

import torch

from helpers.data.warped import simulated_pairs
from helpers.methods import registering as way
from helpers.methods.similarity import mean_squares
from helpers.metrics.deformation import endpoint_error, folding
from helpers.models.registration import VoxelMorph
from helpers.models.spatial_transformer import exponential
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle

DRAWS, PATIENT = range(1, 6), range(1, 3)
LATE, EARLY = ((4, 20, 0.3),), ((8, 10, 0.5), (4, 10, 0.5))
SEARCHES = {
    "no warp": lambda moving, fixed: 0 * moving.expand(-1, 2, -1, -1),
    "affine": partial(way.affine_search, alike=mean_squares),
    "optical flow": way.optical_flow,
    "pair by pair, squares": partial(way.pair_by_pair, alike=mean_squares, weight=0.03),
    "pair by pair": way.pair_by_pair,
    "pair by pair, velocity": partial(way.pair_by_pair, flow=partial(exponential, halvings=5)),
    "20 steps": partial(way.pair_by_pair, levels=EARLY),
}
NETWORKS = ["network", "network, 20 steps", "network, velocity"]
LONG = [
    "network, six times the steps", "network, six times the steps, 20 steps",
    "network, six times the steps, with the truth",
]  # fmt: skip


def cases():
    """All rivals on the same draws; on the first two also the networks that train longer."""
    names = {seed: [*SEARCHES, *NETWORKS, *(LONG if seed in PATIENT else [])] for seed in DRAWS}
    return [{"task": "slices", "rival": r, "seed": seed} for seed in DRAWS for r in names[seed]]


def run(task, rival, seed):
    """Mean error over 24 new pairs in pixels, and the share of folds."""
    test = simulated_pairs(24, part="upper", seed=seed)
    field = fields(rival, seed, test.moving, test.fixed)
    error = endpoint_error(field, test.truth, test.inside).mean()
    return {"error": float(error), "folds": float(folding(field, test.inside).mean())}


def fields(rival, seed, moving, fixed):
    """What a rival answers."""
    if rival in SEARCHES:
        return SEARCHES[rival](moving, fixed)
    net = trained(rival.removesuffix(", 20 steps"), seed)
    with torch.no_grad():
        field = net(moving, fixed)
    if rival.endswith("20 steps"):
        field = way.pair_by_pair(moving, fixed, begin=field, levels=LATE)
    return field


@lru_cache(maxsize=1)
def trained(rival, seed):
    """A network after 350 steps on 200 pairs, or after 2100 on 800."""
    longer, taught = "six times" in rival, rival.endswith("truth")
    pairs = simulated_pairs(800 if longer else 200, part="lower", seed=seed)
    torch.manual_seed(seed)
    net = VoxelMorph(halvings=5 if rival.endswith("velocity") else None)
    data = (pairs.moving, pairs.fixed) + ((pairs.truth, pairs.inside) if taught else ())
    fit(
        net, data, step=with_truth if taught else way.unlabelled(), epochs=21 if longer else 14,
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
