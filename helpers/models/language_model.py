"""A language model of words, and a classifier on top of it (survey 4.5.6; chapter 5-methods/transfer-learning)."""

import torch
from torch import nn
from torch.func import functional_call

from helpers.models.awd import drop_locked, drop_weights, drop_words, fast_states, large_states

DROPS = {"word": 0.02, "input": 0.25, "weight": 0.2, "hidden": 0.15, "output": 0.1}


class LanguageModel(nn.Module):
    """AWD-LSTM: word vectors, LSTMs, and the word vectors once more to score the next word.

    Merity, Keskar and Socher 2017. The last LSTM is as wide as a word vector, so that the table
    of words can be used at both ends (tied weights).

    Parameters
    ----------
    words : int V, size of the vocabulary; word 0 fills up.
    width, hidden : int E and H, of word vectors and of the states between.
    depth : int >= 1, LSTMs.
    drop : float, times fastai's five shares of a language model (``DROPS``); 0 drops nothing.
    large, fast : float >= 0, weights of the two penalties; ``model.penalty`` holds their sum.

    Notes
    -----
    ``forward(tokens (B, T))`` gives the scores of the word after each, (B, T, V). States begin at
    zero in every call.
    """

    def __init__(self, words, width=96, hidden=128, depth=2, *, drop=1.0, large=2.0, fast=1.0):
        super().__init__()
        sizes = [width] + [hidden] * (depth - 1) + [width]
        self.table = nn.Embedding(words, width, padding_idx=0)
        nn.init.uniform_(self.table.weight, -0.1, 0.1)
        pairs = zip(sizes, sizes[1:])
        self.layers = nn.ModuleList(nn.LSTM(a, b, batch_first=True) for a, b in pairs)
        self.bias = nn.Parameter(torch.zeros(words))
        self.drop, self.large, self.fast = drop, large, fast
        self.penalty = torch.zeros(())

    def share(self, name):
        """What is left out of one kind; nothing outside training."""
        return min(self.drop * DROPS[name], 0.9) if self.training else 0.0

    def states(self, tokens):
        """The states of the last LSTM (B, T, E), none of them left out."""
        x = nn.functional.embedding(tokens, drop_words(self.table.weight, self.share("word")))
        x = drop_locked(x, self.share("input"))
        for layer in self.layers:
            x = drop_locked(x, self.share("hidden")) if layer is not self.layers[0] else x
            x = recurrent(layer, x, self.share("weight"))
        return x

    def forward(self, tokens):
        """Scores (B, T, V)."""
        states = self.states(tokens)
        kept = drop_locked(states, self.share("output"))
        self.penalty = self.large * large_states(kept) + self.fast * fast_states(states)
        return kept @ self.table.weight.T + self.bias


def recurrent(layer, x, share):
    """One LSTM, of whose recurrent weights a share is left out.

    Parameters
    ----------
    layer : nn.LSTM of one layer, batch first
    x : tensor (B, T, F)
    share : float in [0, 1)
    """
    if not share:
        return layer(x)[0]
    named = dict(layer.named_parameters())
    named["weight_hh_l0"] = drop_weights(named["weight_hh_l0"], share)
    return functional_call(layer, named, x)[0]


def concat_pool(states, kept):
    """The last state of each text, the largest and the mean, side by side (Howard and Ruder 2018, section 3.3).

    Parameters
    ----------
    states : tensor (B, T, E)
    kept : bool tensor (B, T)
        True where there is a word; texts are filled up at their end.

    Returns
    -------
    tensor (B, 3 E)

    Examples
    --------
    >>> states = torch.tensor([[[1.0], [3.0], [9.0]]])
    >>> concat_pool(states, torch.tensor([[True, True, False]])).tolist()
    [[3.0, 3.0, 2.0]]
    """
    count = kept.sum(1, keepdim=True)
    last = states[torch.arange(len(states)), count[:, 0] - 1]
    largest = states.masked_fill(~kept[..., None], -torch.inf).amax(1)
    mean = states.masked_fill(~kept[..., None], 0).sum(1) / count
    return torch.cat([last, largest, mean], 1)


class TextClassifier(nn.Module):
    """The body of a language model under a new head, which sees its pooled states.

    Parameters
    ----------
    body : LanguageModel, whose scores of words are no longer asked for
    classes : int K
    between : int, units of the layer between pooled states and classes.

    Notes
    -----
    ``forward(tokens (B, T))`` gives (B, K). ``groups`` are the table, the LSTMs and the head,
    in this order, for `helpers.methods.transfer.freeze_to`.
    """

    def __init__(self, body, classes, between=32):
        super().__init__()
        self.body = body
        body.bias.requires_grad_(False)  # it scored words
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(3 * body.table.embedding_dim, between), nn.ReLU(),
            nn.Dropout(0.1), nn.Linear(between, classes),
        )  # fmt: skip

    @property
    def groups(self):
        """From input to output."""
        return [self.body.table, *self.body.layers, self.head]

    def forward(self, tokens):
        """Scores (B, K)."""
        return self.head(concat_pool(self.body.states(tokens), tokens > 0))
