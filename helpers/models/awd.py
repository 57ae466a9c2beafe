"""The regularisers of the AWD-LSTM (survey 4.5.4; chapter 4-models/recurrent-networks).

Merity, Keskar and Socher (2017) add small things to an LSTM. Five are functions here;
another, averaging the weights at the end, is ``average=`` of `helpers.train.loop.fit`.
"""

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F


def mask(like, shape, share):
    """Zeros in a share of the places, and 1 / (1 - share) elsewhere, so that the mean stays.

    Parameters
    ----------
    like : tensor
        Gives type and device.
    shape : tuple of int
    share : float in [0, 1)

    Raises
    ------
    ValueError
        For a share outside.
    """
    if not 0 <= share < 1:
        raise ValueError(f"mask(share={share}): expected a share in [0, 1)")
    return like.new_empty(shape).bernoulli_(1 - share).div_(1 - share)


def drop_weights(weight, share):
    """Weight drop: leave connections between states out, the same ones at every step.

    Parameters
    ----------
    weight : tensor (R, H), recurrent weights
    share : float in [0, 1)
    """
    return F.dropout(weight, share)


def drop_locked(x, share):
    """Variational dropout: leave features out, the same ones at all steps of a sequence (Gal and Ghahramani 2016).

    Parameters
    ----------
    x : tensor (B, T, F)
    share : float in [0, 1)
    """
    return x * mask(x, (len(x), 1, x.shape[2]), share)


def drop_words(table, share):
    """Embedding dropout: leave whole tokens out, wherever they stand in the batch.

    Parameters
    ----------
    table : tensor (V, E), embedding
    share : float in [0, 1)
    """
    return table * mask(table, (len(table), 1), share)


def large_states(states):
    """Activation regularisation: the mean square of the states.

    Parameters
    ----------
    states : tensor (B, T, H)
    """
    return states.square().mean()


def fast_states(states):
    """Temporal activation regularisation: the mean square of their change from step to step.

    Parameters
    ----------
    states : tensor (B, T, H)
    """
    return states.diff(dim=1).square().mean()


class AWDLSTM(nn.Module):
    """An LSTM with the regularisers, each a number that may be zero.

    Parameters
    ----------
    inputs, hidden, outputs : int F, H and K
    weights, features : float in [0, 1)
        Shares that `drop_weights` and `drop_locked` leave out, in training only.
    large, fast : float >= 0
        Weights of the two penalties; ``model.penalty`` holds their sum after each call.

    Notes
    -----
    ``forward(x (B, T, F))`` gives (B, K) from the last state.
    """

    def __init__(self, inputs, hidden, outputs, *, weights=0.0, features=0.0, large=0.0, fast=0.0):
        super().__init__()
        self.body = nn.LSTM(inputs, hidden, batch_first=True)
        self.head = nn.Linear(hidden, outputs)
        self.weights, self.features, self.large, self.fast = weights, features, large, fast
        self.penalty = torch.zeros(())

    def forward(self, x):
        """Answers (B, K)."""
        states = self.states(x)
        kept = drop_locked(states, self.features) if self.training else states
        self.penalty = self.large * large_states(kept) + self.fast * fast_states(states)
        return self.head(kept[:, -1])

    def states(self, x):
        """The states that are shown (B, T, H)."""
        if not (self.training and self.weights):
            return self.body(x)[0]
        named = dict(self.body.named_parameters())
        named["weight_hh_l0"] = drop_weights(named["weight_hh_l0"], self.weights)
        return functional_call(self.body, named, x)[0]


def with_penalty(loss):
    """Step of an `AWDLSTM`: the loss plus its penalty.

    Parameters
    ----------
    loss : callable, (prediction, target) -> 0-d tensor
    """

    def step(model, batch):
        x, y = batch
        return loss(model(x), y) + model.penalty

    return step
