"""Transformers: encoder, decoder, and both (survey 4.5.6; chapter 4-models/transformers).

Axes: B sequences, T positions, S positions of the source, E width, V tokens of the vocabulary.
Layers normalise before they compute ("pre-norm", as GPT-2 does), which trains without warm-up;
they equal torch's layers with ``norm_first=True``.
"""

import torch
from torch import nn
from torch.nn import functional as F

from helpers.models.attention import MultiHeadAttention, causal


def sinusoids(length, width, device=None):
    r"""Fixed position codes (Vaswani et al. 2017, section 3.5), tensor (length, width).

    .. math:: p_{t, 2i} = \sin(t / 10000^{2i/E}), \qquad p_{t, 2i+1} = \cos(t / 10000^{2i/E})

    Parameters
    ----------
    length : int, T
    width : int, E, even
    device : torch.device, optional

    Raises
    ------
    ValueError : for an odd width.

    Examples
    --------
    >>> sinusoids(2, 4)[0].tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    if width % 2:
        raise ValueError(f"sinusoids: the width must be even, found {width}")
    rate = 10000 ** (-torch.arange(0, width, 2, device=device) / width)
    angle = torch.arange(length, device=device)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)


class Layer(nn.Module):
    """One layer: look around, then think at each position; both added to what was there.

    Parameters
    ----------
    width, heads : int
    cross : bool
        Also look at a memory, between the two (a decoder layer of the full transformer).
    hidden : int, optional
        Width of the two-layer network at each position; 4 E if None.

    Notes
    -----
    ``forward(x (B, T, E), memory (B, S, E), allowed (T, T))`` gives (B, T, E).
    """

    def __init__(self, width, heads, *, cross=False, hidden=None):
        super().__init__()
        hidden = hidden or 4 * width
        self.self_attn = MultiHeadAttention(width, heads)
        self.multihead_attn = MultiHeadAttention(width, heads) if cross else None
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width) if cross else None

    def forward(self, x, memory=None, allowed=None):
        """The sequence after one layer."""
        x = x + self.self_attn(self.norm1(x), allowed=allowed)
        last = self.norm2
        if self.multihead_attn is not None:
            x, last = x + self.multihead_attn(self.norm2(x), memory), self.norm3
        return x + self.linear2(F.relu(self.linear1(last(x))))


class Stack(nn.Module):
    """Embed tokens and positions, apply layers, normalise.

    Parameters
    ----------
    vocabulary : int V
    width, heads, layers : int
    cross : bool
        See `Layer`.
    positions : bool
        Add position codes. Without them an encoder cannot tell one order from another.

    Notes
    -----
    ``forward(tokens (B, T) int64, memory, allowed)`` gives (B, T, E).
    """

    def __init__(self, vocabulary, width, heads, layers, *, cross=False, positions=True):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embed.weight, std=0.5)
        self.positions = positions
        self.layers = nn.ModuleList(Layer(width, heads, cross=cross) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def begin(self, tokens):
        """Tokens with their positions, before the first layer (B, T, E)."""
        x = self.embed(tokens)
        if self.positions:
            x = x + sinusoids(*x.shape[1:], device=x.device)
        return x

    def forward(self, tokens, memory=None, allowed=None):
        """The sequence after all layers."""
        x = self.begin(tokens)
        for layer in self.layers:
            x = layer(x, memory, allowed)
        return self.norm(x)


class LanguageModel(nn.Module):
    """Decoder alone: at each position, scores for the token that follows.

    Parameters
    ----------
    vocabulary, width, heads, layers : int

    Notes
    -----
    ``forward(tokens (B, T))`` gives scores (B, T, V). Position t sees tokens 0 to t only.
    """

    def __init__(self, vocabulary, width, heads, layers):
        super().__init__()
        self.body = Stack(vocabulary, width, heads, layers)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        """Scores of the next token (B, T, V)."""
        allowed = causal(tokens.shape[1], tokens.device)
        return self.head(self.body(tokens, allowed=allowed))


class Encoder(nn.Module):
    """Encoder alone: at each position, scores for a class, in the light of all positions.

    Parameters
    ----------
    vocabulary, classes, width, heads, layers : int K is `classes`
    positions : bool
        See `Stack`.

    Notes
    -----
    ``forward(tokens (B, T))`` gives scores (B, T, K).
    """

    def __init__(self, vocabulary, classes, width, heads, layers, *, positions=True):
        super().__init__()
        self.body = Stack(vocabulary, width, heads, layers, positions=positions)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens):
        """Scores of the classes at each position (B, T, K)."""
        return self.head(self.body(tokens))


class SequenceClassifier(Encoder):
    """Encoder alone, one answer for the whole sequence: the mean of the positions' scores.

    Notes
    -----
    ``forward(tokens (B, T))`` gives scores (B, K). Parameters as for `Encoder`.
    """

    def forward(self, tokens):
        """Scores of the classes (B, K)."""
        return super().forward(tokens).mean(1)


class EncoderDecoder(nn.Module):
    """The whole transformer: one sequence in, another out.

    Parameters
    ----------
    source, target : int
        Sizes of the two vocabularies.
    width, heads, layers : int
        `layers` in the encoder, and as many in the decoder.
    positions : bool
        See `Stack`.

    Notes
    -----
    ``forward(source (B, S), target (B, T))`` gives scores (B, T, V): at position t for the
    target's token t + 1, from the whole source and target tokens 0 to t.
    """

    def __init__(self, source, target, width, heads, layers, *, positions=True):
        super().__init__()
        self.encoder = Stack(source, width, heads, layers, positions=positions)
        self.decoder = Stack(target, width, heads, layers, cross=True, positions=positions)
        self.head = nn.Linear(width, target)

    def forward(self, source, target):
        """Scores of the target's next token (B, T, V)."""
        allowed = causal(target.shape[1], target.device)
        return self.head(self.decoder(target, self.encoder(source), allowed))

    def cross_maps(self, source, target):
        """Where each target position looks in the source: (layers, B, H, T, S).

        Parameters
        ----------
        source, target : int64 tensors (B, S) and (B, T)
        """
        memory, x, found = self.encoder(source), self.decoder.begin(target), []
        allowed = causal(target.shape[1], target.device)
        for layer in self.decoder.layers:
            inside = x + layer.self_attn(layer.norm1(x), allowed=allowed)
            found.append(layer.multihead_attn.weights(layer.norm2(inside), memory))
            x = layer(x, memory, allowed)
        return torch.stack(found)
