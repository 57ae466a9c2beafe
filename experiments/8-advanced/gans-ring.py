"""What decides how a game on the ring of eight clouds ends? Eight games, twelve fresh seeds.

The functions are those of the page: the same ring, the same players, four hundred rounds with Adam.
Two parts, told apart by `part`. "rates": a judge, plain or spectrally normalised, at a pair of
learning rates, the generator's first; beside the page's six games both judges at 0.002 for both
players. "sure judge": the plain judge is trained alone for two hundred rounds, then the game goes on
with one of the two forms of the generator's loss, at 0.002 and 0.004. What is kept is the share of
clouds that get at least a fifth of their share of 2000 samples, and the share of samples that lie in
a cloud. The page plays with seed 0.
"""

import math
from functools import partial

import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods.gan import discriminator_loss, minimax, non_saturating
from helpers.metrics.generation import modes_found
from helpers.models.gan import spectral
from helpers.models.mlp import MLP
from helpers.train.loop import fit, predict

SEEDS = range(100, 112)
GAMES = {
    "spectral norm, 0.002 / 0.0002": (spectral, (2e-3, 2e-4)),
    "plain, 0.002 / 0.0002": (nn.Identity(), (2e-3, 2e-4)),
    "plain, 0.001 / 0.0002": (nn.Identity(), (1e-3, 2e-4)),
    "plain, 0.002 / 0.004": (nn.Identity(), (2e-3, 4e-3)),
    "plain, 0.004 / 0.004": (nn.Identity(), (4e-3, 4e-3)),
    "spectral norm, 0.002 / 0.004": (spectral, (2e-3, 4e-3)),
    "plain, 0.002 / 0.002": (nn.Identity(), (2e-3, 2e-3)),
    "spectral norm, 0.002 / 0.002": (spectral, (2e-3, 2e-3)),
}
FORMS = {"first": minimax, "second": non_saturating}


def cases():
    """Every game with every seed; then both forms after a sure judge."""
    games = [{"part": "rates", "game": game, "seed": seed} for seed in SEEDS for game in GAMES]
    forms = [{"part": "sure judge", "game": form, "seed": seed} for seed in SEEDS for form in FORMS]
    return games + forms


def ring():
    """The centres of the eight clouds, and the points of the page."""
    angle = torch.arange(8) * 2 * math.pi / 8
    centres = 2 * torch.stack([angle.cos(), angle.sin()], 1)
    draws = generator(0)
    points = centres[torch.randint(8, (6400,), generator=draws)]
    return centres, points + 0.15 * torch.randn(points.shape, generator=draws)


def players(judge, seed):
    """The generator and the discriminator of the page."""
    torch.manual_seed(seed)
    make, tell = MLP([4, 64, 64, 2]), MLP([2, 64, 64, 1])
    return nn.ModuleDict({"generator": make, "discriminator": judge(tell)})


def sure_judge(seed, points):
    """Players of whom the discriminator has played alone for two hundred rounds."""
    model = players(nn.Identity(), seed)

    def alone(judge, batch):
        made = model["generator"](torch.randn(len(batch[0]), 4)).detach()
        return discriminator_loss(judge(batch[0]), judge(made))

    how = {"epochs": 4, "batch_size": 128, "lr": 4e-3, "seed": seed, "progress": False}
    fit(model["discriminator"], (points,), step=alone, **how)
    return model


def run(part, game, seed):
    """How many clouds are found, and how many samples lie in one."""
    centres, points = ring()
    if part == "rates":
        judge, rates = GAMES[game]
        model, form = players(judge, seed), non_saturating
    else:
        model, form, rates = sure_judge(seed, points), FORMS[game], (2e-3, 4e-3)
    adam = partial(torch.optim.Adam, betas=(0.5, 0.9), fused=True)
    optimizer = {name: partial(adam, lr=rate) for name, rate in zip(model, rates)}
    fit(
        model, (points,), step=form(4), epochs=8, batch_size=128, seed=seed,
        optimizer=optimizer, progress=False,
    )  # fmt: skip
    samples = predict(model["generator"], torch.randn(2000, 4, generator=generator(9, seed)))
    found, good = modes_found(samples, centres, 0.45)
    return {"clouds": found, "in a cloud": good}
