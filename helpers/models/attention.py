"""Attention: every position looks at every other (survey 4.5.5 and 4.5.6; chapter 4-models/transformers).

Axes: B sequences, H heads, T positions that ask, S positions that are looked at, E width.
"""

import torch
from torch import nn
from torch.nn import functional as F


def attention(query, key, value, allowed=None):
    r"""Scaled dot-product attention (Vaswani et al. 2017, equation 1).

    .. math:: \operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{E}}\right) V

    Parameters
    ----------
    query : tensor (..., T, E)
    key, value : tensors (..., S, E)
    allowed : bool tensor broadcastable to (..., T, S), optional
        False hides a position. Every row must allow at least one.

    Returns
    -------
    mixed : tensor (..., T, E)
        A weighted mean of the values.
    weights : tensor (..., T, S)
        Each row sums to one.

    Raises
    ------
    ValueError : if query and key differ in width.

    Examples
    --------
    >>> q = torch.zeros(1, 2, 4)  # indifferent queries take the plain mean
    >>> mixed, weights = attention(q, torch.randn(1, 3, 4), torch.eye(3)[None])
    >>> weights[0, 0].tolist() == mixed[0, 0].tolist()
    True
    """
    if query.shape[-1] != key.shape[-1]:
        raise ValueError(
            f"attention: query and key must have one width, found {query.shape[-1]} and "
            f"{key.shape[-1]}"
        )
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    if allowed is not None:
        scores = scores.masked_fill(~allowed, -torch.inf)
    weights = scores.softmax(-1)
    return weights @ value, weights


def causal(length, device=None):
    """Which positions may be seen when reading from left to right: bool tensor (T, T).

    Parameters
    ----------
    length : int, T
    device : torch.device, optional

    Examples
    --------
    >>> causal(3).int().tolist()
    [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    """
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()


def for_heads(allowed, query, key):
    """A mask that broadcasts to (B, H, T, S): one mask a sequence is not one a head.

    Parameters
    ----------
    allowed : bool tensor (T, S), (B, T, S) or (B, H, T, S), or None
        Axes of length one stand for all.
    query, key : tensors (B, H, T, E) and (B, H, S, E)

    Raises
    ------
    ValueError : for another shape or type.
    """
    if allowed is None:
        return None
    wanted = (*query.shape[:3], key.shape[2])
    spread = allowed[:, None] if allowed.ndim == 3 else allowed
    try:
        spread.expand(wanted)
        fits = spread.dtype == torch.bool
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(
            "MultiHeadAttention: expected a bool mask (T, S), (B, T, S) or (B, H, T, S) for "
            f"{wanted}, found {allowed.dtype} {tuple(allowed.shape)}"
        )
    return spread


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each in its own projection (Vaswani et al. 2017, 3.2.2).

    Parameters
    ----------
    width : int E, divisible by `heads`
    heads : int H

    Notes
    -----
    ``forward(x (B, T, E), memory (B, S, E) or None, allowed)`` gives (B, T, E). Without memory a
    sequence looks at itself. ``allowed`` is a bool tensor, False hides: (T, S) for all, (B, T, S)
    a mask for each sequence, or (B, H, T, S) one for each head as well.
    ``weights`` gives what `forward` does not: the attention maps.
    The forward pass uses PyTorch's fused kernel, which computes `attention` without keeping the
    T x S weights. Parameters are named and shaped as in ``torch.nn.MultiheadAttention``.

    Raises
    ------
    ValueError : if the heads do not divide the width, or a mask is not bool or has another shape.
    """

    def __init__(self, width, heads):
        super().__init__()
        if width % heads:
            raise ValueError(
                f"MultiHeadAttention: heads must divide the width, found {heads} and {width}"
            )
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)
        nn.init.zeros_(self.out_proj.bias)

    def project(self, x, memory):
        """Queries (B, H, T, E/H), keys and values (B, H, S, E/H).

        Parameters
        ----------
        x : tensor (B, T, E)
        memory : tensor (B, S, E) or None
        """
        width = x.shape[-1]
        if memory is None:
            parts = F.linear(x, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        else:
            ask, look = self.in_proj_weight.split([width, 2 * width])
            ask_bias, look_bias = self.in_proj_bias.split([width, 2 * width])
            parts = (
                F.linear(x, ask, ask_bias),
                *F.linear(memory, look, look_bias).chunk(2, -1),
            )
        return [part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts]

    def forward(self, x, memory=None, allowed=None):
        """Mixed positions (B, T, E)."""
        query, key, value = self.project(x, memory)
        allowed = for_heads(allowed, query, key)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=allowed)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))

    def weights(self, x, memory=None, allowed=None):
        """Attention maps (B, H, T, S).

        Parameters
        ----------
        x, memory, allowed
            As for `forward`.
        """
        query, key, value = self.project(x, memory)
        return attention(query, key, value, for_heads(allowed, query, key))[1]
