"""Adversarial adaptation with two players, ADDA (survey 5.2; chapter 5-methods/domain-adaptation).

The source encoder is trained and frozen. A copy of it, the target encoder, then learns to
produce features that a critic takes for source features: a generative adversarial game whose
generator is an encoder.
"""

import copy

from torch import nn

from helpers.methods.gradient_reversal import domain_loss
from helpers.train.steps import Step


def adda_players(features, critic):
    """The two players: a target encoder that starts as a copy of the source's, and a critic.

    Parameters
    ----------
    features : nn.Module, (B, ...) -> (B, D), trained on the source; it is not changed.
    critic : nn.Module, (B, D) -> (B, 1)

    Returns
    -------
    nn.ModuleDict with "critic" and "target", as `helpers.train.loop.fit` takes players.

    Examples
    --------
    >>> sorted(adda_players(nn.Linear(4, 3), nn.Linear(3, 1)))
    ['critic', 'target']
    """
    target = copy.deepcopy(features)
    target.requires_grad_(True)
    return nn.ModuleDict({"critic": critic, "target": target})


class Adda(Step):
    """The step for two players (see `adda`); the frozen source encoder goes where they go."""

    memory = ("source",)

    def __init__(self, source):
        self.source = source.eval().requires_grad_(False)

    def __call__(self, players, batch):
        """The critic tells the domains apart, then the target encoder makes it fail."""
        if not {"critic", "target"} <= set(players):
            raise ValueError(
                "adda: expected the players 'critic' and 'target' (see adda_players), "
                f"found {sorted(players)}"
            )
        source, target = batch
        critic, encoder = players["critic"], players["target"]
        real, moved = self.source(source), encoder(target).detach()
        yield "critic", 0.5 * (domain_loss(critic(real), 0) + domain_loss(critic(moved), 1))
        yield "target", domain_loss(critic(encoder(target)), 0)


def adda(source_features):
    """A step for two players (Tzeng et al. 2017, eq. 9).

    Parameters
    ----------
    source_features : nn.Module, (B, ...) -> (B, D)
        The trained source encoder. It is put into eval mode and frozen for good.

    Returns
    -------
    Adda, a step(players, batch) that is a generator of (player, loss)
        First "critic": tell source features (0) from target features (1). Then "target": have
        target features taken for source ones, the labels inverted. A batch is (source, target):
        no labels at all.

    Raises
    ------
    ValueError : if a player is missing.

    Examples
    --------
    >>> import torch
    >>> source = nn.Linear(4, 3)
    >>> players = adda_players(source, nn.Linear(3, 1))
    >>> [name for name, _ in adda(source)(players, (torch.randn(8, 4), torch.randn(8, 4)))]
    ['critic', 'target']
    """
    return Adda(source_features)
