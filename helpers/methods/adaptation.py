"""Ways to carry a classifier to another site, under one budget (survey 5.2; chapter 5-methods/domain-adaptation).

Every way gets the same labelled source rows, the same unlabelled rows of the target, one small
network, the same number of steps and three settings. None sees a label of the target, the ceiling
excepted. A way is called as ``way(sites, setting, seed)`` and gives scores of the test rows.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean

import torch
from torch import nn

from helpers.methods.adversarial_adaptation import adda, adda_players
from helpers.methods.discrepancy import coral, discrepancy, joint_mmd, mmd, recolour, renormalise
from helpers.methods.gradient_reversal import Adaptable, both_features, dann, domain_loss
from helpers.methods.sites import critic, fade_images
from helpers.train.loop import fit, predict
from helpers.train.steps import supervised

PLAIN = supervised(nn.functional.cross_entropy)


def _adam(parameters, lr=1e-3):
    """The optimiser of every way."""
    return torch.optim.Adam(parameters, lr, betas=(0.5, 0.99), fused=True)


def train(step, data, sites, seed, **options):
    """A new network after ``sites.steps`` steps, in whole epochs, with batches of 64.

    Parameters
    ----------
    step : of the training engine, see `helpers.train.steps`
    data : tuple of tensors that the step takes
    sites : Sites, for the size of the network and the number of steps
    seed : int, of the starting weights and of the order
    options : further ones of `helpers.train.loop.fit`
    """
    torch.manual_seed(seed)
    net = sites.make(sites.x.shape[1], sites.classes)
    fit(net, data, step=step, optimizer=_adam, **_length(sites, data, seed), **options)
    return net


def _length(sites, data, seed):
    """How long, how loud and in which order `fit` trains."""
    epochs = math.ceil(sites.steps / math.ceil(len(data[0]) / 64))
    return {"epochs": epochs, "seed": seed, "progress": False}


def _source_only(sites, setting, seed):
    """Do nothing about the target."""
    return predict(train(PLAIN, (sites.x, sites.y), sites, seed), sites.test)


def _standardised(sites, setting, seed):
    """Give every column of each site mean 0 and spread 1, by the site's own rows."""

    def own(rows, site):
        return (rows - site.mean(0)) / (site.std(0) + setting)

    net = train(PLAIN, (own(sites.x, sites.x), sites.y), sites, seed)
    return predict(net, own(sites.test, sites.pool))


def _recoloured(sites, setting, seed):
    """CORAL in closed form: give the source rows the target's mean and covariance."""
    net = train(PLAIN, (recolour(sites.x, sites.pool, ridge=setting), sites.y), sites, seed)
    return predict(net, sites.test)


def _own_statistics(sites, setting, seed):
    """Keep the weights, take the batch norm statistics of the target (AdaBN)."""
    net = train(PLAIN, (sites.x, sites.y), sites, seed)
    return predict(renormalise(net, sites.pool), sites.test)


def _distorting(sites, strength):
    """A transform for `fit`: distort the source rows of a batch, leave the rest."""

    def transform(batch, draws):
        source, *rest = batch
        return sites.distort(source, strength, draws), *rest

    return transform


def _augmented(sites, setting, seed):
    """Distort the source at random while training; the target is not looked at."""
    net = train(PLAIN, (sites.x, sites.y), sites, seed, transform=_distorting(sites, setting))
    return predict(net, sites.test)


def _augmented_own(sites, setting, seed):
    """Both cheap repairs: a distorted source, then the target's batch norm statistics."""
    net = train(PLAIN, (sites.x, sites.y), sites, seed, transform=_distorting(sites, setting))
    return predict(renormalise(net, sites.pool), sites.test)


def _faded_own(sites, setting, seed):
    """Both cheap repairs, with images that are neither blurred nor shifted."""
    return _augmented_own(replace(sites, distort=fade_images), setting, seed)


def _by_step(make_step, sites, setting, seed, **options):
    """Train with a step that sees both domains, then take the target's statistics."""
    net = train(make_step(setting), sites.both, sites, seed, **options)
    return predict(renormalise(net, sites.pool), sites.test)


def _coral_loss(sites, setting, seed):
    """Pull the covariances of the features together (deep CORAL)."""
    return _by_step(partial(discrepancy, coral), sites, setting, seed)


def _mmd_loss(sites, setting, seed):
    """Pull the distributions of the features together by a kernel (DAN, one layer)."""
    return _by_step(partial(discrepancy, mmd), sites, setting, seed)


def _mmd_augmented(sites, setting, seed):
    """MMD with a distorted source; the setting is the weight, the strength is a half."""
    options = {"transform": _distorting(sites, 0.5)}
    return _by_step(partial(discrepancy, mmd), sites, setting, seed, **options)


def joint(weight):
    """A step: classify the source, keep features and predicted probabilities jointly close (JAN)."""

    def step(model, batch):
        source, labels, target = batch
        features = both_features(model, source, target)
        scores = [model.classifier(part) for part in features]
        layers = [(part, score.softmax(1)) for part, score in zip(features, scores)]
        return nn.functional.cross_entropy(scores[0], labels) + weight * joint_mmd(*layers)

    return step


def _joint_mmd_loss(sites, setting, seed):
    """Pull features and predictions together, jointly (JAN)."""
    return _by_step(joint, sites, setting, seed)


def _reversal(sites, setting, seed):
    """Turn the gradient of a critic round (DANN)."""
    return _by_step(lambda strength: dann(sites.steps, strength=strength), sites, setting, seed)


def _two_players(sites, setting, seed):
    """Freeze a source encoder and let a copy deceive a critic (ADDA): twice the steps."""
    plain = train(PLAIN, (sites.x, sites.y), sites, seed)
    players = adda_players(plain.features, critic())
    rates = {"critic": _adam, "target": partial(_adam, lr=setting)}
    source, _, target = sites.both
    data = source, target
    fit(players, data, step=adda(plain.features), optimizer=rates, **_length(sites, data, seed))
    adapted = renormalise(Adaptable(players["target"], plain.classifier), sites.pool)
    return predict(adapted, sites.test)


def turning(weight):
    """A step: classify the source and, in both domains, tell rows from the same rows reversed.

    Of an image the reversed row is the image turned by half a circle.
    """

    def step(model, batch):
        source, labels, target = batch
        upright = both_features(model, source, target)
        loss = nn.functional.cross_entropy(model.classifier(upright[0]), labels)
        turned = both_features(model, source.flip(1), target.flip(1))
        for side, features in ((0, upright), (1, turned)):
            told = sum(domain_loss(model.critic(part), side) for part in features)
            loss = loss + 0.25 * weight * told
        return loss

    return step


def _self_supervision(sites, setting, seed):
    """Share a task that needs no labels (Sun et al. 2019)."""
    return _by_step(turning, sites, setting, seed)


def _target_labels(sites, setting, seed):
    """The ceiling: train on the pool with its hidden labels."""
    return predict(train(PLAIN, (sites.pool, sites.hidden), sites, seed), sites.test)


@dataclass(frozen=True)
class Way:
    """One way: ``scores``, callable (sites, setting, seed) -> (T, K); ``name`` and ``settings`` of
    what is tried on another pair of sites; the one ``chosen`` there, see `choose`.
    """

    scores: Callable
    name: str = ""
    settings: tuple = (None,)
    chosen: float | None = None

    @property
    def budget(self):
        """What was tried, as text for a table."""
        if not self.name:
            return "nothing to set"
        return f"{self.name} {self.chosen:g} of {', '.join(f'{s:g}' for s in self.settings)}"

    def accuracy(self, sites, seed, setting=None):
        """Share of the test rows that are right.

        Parameters
        ----------
        sites : Sites
        seed : int, of the starting weights and of the order of batches
        setting : float, the one that was chosen if left out

        Raises
        ------
        ValueError
            If the way has settings, and none is given or chosen.
        """
        setting = self.chosen if setting is None else setting
        if setting is None and self.name:
            raise ValueError(f"Way.accuracy: expected a {self.name} or choose(rows), found none")
        scores = self.scores(sites, setting, seed)
        return (scores.argmax(1) == sites.truth).double().mean().item()


WAYS = {
    "source only": Way(_source_only),
    "standardised": Way(_standardised, "floor", (0.02, 0.05, 0.2)),
    "recoloured": Way(_recoloured, "ridge", (0.003, 0.01, 0.1)),
    "own statistics": Way(_own_statistics),
    "augmented": Way(_augmented, "strength", (0.25, 0.5, 1)),
    "augmented, own statistics": Way(_augmented_own, "strength", (0.25, 0.5, 1)),
    "augmented without blur and shift": Way(_faded_own, "strength", (0.25, 0.5, 1)),
    "CORAL loss": Way(_coral_loss, "weight", (10, 100, 1000)),
    "MMD": Way(_mmd_loss, "weight", (0.3, 1, 3)),
    "gradient reversal": Way(_reversal, "strength", (0.1, 0.3, 1)),
    "two players": Way(_two_players, "rate", (3e-5, 1e-4, 3e-4)),
    "self-supervision": Way(_self_supervision, "weight", (0.1, 0.3, 1)),
    "joint MMD": Way(_joint_mmd_loss, "weight", (0.3, 1, 3)),
    "MMD, augmented": Way(_mmd_augmented, "weight", (0.3, 1, 3)),
    "target labels": Way(_target_labels),
}


def choose(rows):
    """`WAYS`, each with the setting of the highest mean accuracy; of equals the first.

    Parameters
    ----------
    rows : list of dict
        With ``way``, ``setting`` and ``accuracy``: what every setting reached on a pair of sites
        whose labels may choose. The sites that are to be scored must not be among them.

    Raises
    ------
    ValueError
        If a setting was not tried.
    """
    found = {}
    for name, way in WAYS.items():
        tried = {
            s: [row["accuracy"] for row in rows if (row["way"], row["setting"]) == (name, s)]
            for s in way.settings
        }
        if not all(tried.values()):
            raise ValueError(f"choose: expected rows for each setting of {name!r}, found {tried}")
        found[name] = replace(way, chosen=max(tried, key=lambda s: fmean(tried[s])))
    return found
