"""Ways to make new rows of a table, under one budget (survey 8.1.1; chapter 8-advanced/gans).

A way learns from training rows with one of its settings, and what it returns has
``draw(count, seed)``. Ways with a likelihood choose their setting by the log-likelihood of
validation rows (``score``), the others by the lower of precision and coverage. All networks make
the same number of updates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn

from helpers.methods.densities import (
    copies,
    gaussian,
    kernel_density,
    local_gaussians,
    mixture,
    smote,
)
from helpers.methods.flow_matching import carry, flow_matching
from helpers.methods.gan import non_saturating, wasserstein_gp
from helpers.metrics.generation import coverage, precision
from helpers.models.gan import spectral
from helpers.models.mlp import MLP
from helpers.train.loop import fit, predict

LATENT, HIDDEN, BATCH = 16, 96, 64


@dataclass(frozen=True)
class Way:
    """A way to make rows: ``learn``, callable (rows, setting, updates, seed) -> an object with
    ``draw(count, seed)``, and the settings that it may try, with their name."""

    learn: Callable
    name: str
    settings: tuple

    @property
    def budget(self):
        """The settings as text, for a table."""
        return f"{self.name} {', '.join(map(shown, self.settings))}"


def shown(setting):
    """One setting as text; a pair of rates is joined by a slash."""
    return " / ".join(map(str, setting)) if isinstance(setting, tuple) else str(setting)


@dataclass
class Network:
    """A trained generator, noise (B, E) to rows."""

    generator: nn.Module
    latent: int

    def draw(self, count, seed):
        """New rows (count, D).

        Parameters
        ----------
        count, seed : int
        """
        g = torch.Generator().manual_seed(seed)
        return predict(self.generator, torch.randn(count, self.latent, generator=g))


def adam(rate):
    """Adam as in WGAN-GP: no memory of the direction (Gulrajani et al. 2017, section 4)."""
    return partial(torch.optim.Adam, lr=rate, betas=(0.0, 0.9), fused=True)


def epochs_of(updates, rows):
    """So many passes make at least so many updates.

    Parameters
    ----------
    updates : int
    rows : tensor (N, D)
    """
    return -(-updates // -(-len(rows) // BATCH))


def unchanged(network):
    """The discriminator as it is."""
    return network


def game(rows, rates, updates, seed, *, step, judge=unchanged):
    """A generator against a discriminator; the setting is their two learning rates.

    Samples come from the mean of the generator's last hundred weights or so, since the
    players circle around each other.

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    rates : pair of floats, generator's and discriminator's
    updates, seed : int
    step : callable, length of the noise -> step for `fit`, such as `non_saturating`
    judge : callable, network -> network, such as `spectral`
    """
    torch.manual_seed(seed)
    width = rows.shape[1]
    players = nn.ModuleDict({
        "generator": MLP([LATENT, HIDDEN, HIDDEN, width]),
        "discriminator": judge(MLP([width, HIDDEN, HIDDEN, 1])),
    })  # fmt: skip
    history = fit(
        players, (rows,), step=step(LATENT), epochs=epochs_of(updates, rows), batch_size=BATCH,
        optimizer={name: adam(rate) for name, rate in zip(players, rates)},
        average=0.99, seed=seed, progress=False,
    )  # fmt: skip
    return Network(history.averaged["generator"], LATENT)


@dataclass
class Carried(Network):
    """A trained velocity; noise has the width of the rows."""

    def draw(self, count, seed):
        """New rows (count, D).

        Parameters
        ----------
        count, seed : int
        """
        g = torch.Generator().manual_seed(seed)
        noise = torch.randn(count, self.latent, generator=g)
        return carry(self.generator.eval(), noise)


def flow(rows, rate, updates, seed):
    """Flow matching with as many hidden units as a generator.

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    rate : float, of Adam
    updates, seed : int
    """
    torch.manual_seed(seed)
    width = rows.shape[1]
    history = fit(
        MLP([width + 1, HIDDEN, HIDDEN, width]), (rows,), step=flow_matching, lr=rate,
        epochs=epochs_of(updates, rows), batch_size=BATCH, average=0.99, seed=seed, progress=False,
    )  # fmt: skip
    return Carried(history.averaged, width)


RATES = ((0.001, 0.001), (0.003, 0.003), (0.003, 0.01))
WAYS = {
    "training rows with noise": Way(copies, "noise", (0.01,)),
    "one Gaussian": Way(gaussian, "directions", (20, 40, 60)),
    "mixture of Gaussians": Way(mixture, "components", (6, 12, 24)),
    "kernel density": Way(kernel_density, "width", (0.4, 0.5, 0.6)),
    "local Gaussians": Way(local_gaussians, "neighbours", (10, 20, 40)),
    "SMOTE": Way(smote, "neighbours", (3, 5, 10)),
    "plain game": Way(partial(game, step=non_saturating), "rates", RATES),
    "spectral norm": Way(partial(game, step=non_saturating, judge=spectral), "rates", RATES),
    "WGAN-GP": Way(partial(game, step=wasserstein_gp), "rates", RATES),
    "flow matching": Way(flow, "rate", (0.003, 0.006, 0.01)),
}


def choose(way, rows, valid, *, updates, seed=0):
    """Try the settings of a way, and say which one the validation rows prefer.

    Parameters
    ----------
    way : Way
    rows, valid : tensors (N, D) and (V, D), of spread about one
    updates : int, of each network
    seed : int

    Returns
    -------
    a setting; of several that are equally good the first.
    """
    if len(way.settings) == 1:
        return way.settings[0]

    def worth(setting):
        made = way.learn(rows, setting, updates, seed)
        if hasattr(made, "score"):
            return made.score(valid)
        drawn = made.draw(len(valid), seed)
        return float(min(precision(valid, drawn), coverage(valid, drawn)))

    return max(way.settings, key=worth)
