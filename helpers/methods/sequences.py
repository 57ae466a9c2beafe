"""Training steps for sequences, and how a language model is judged (survey 4.5.1, 4.5.2 and 4.5.6; chapter 4-models/transformers)."""

import math

import torch
from torch.nn import functional as F

from helpers.train.loop import predict


def next_token(model, batch):
    """Step of a decoder: the loss of each token given those before it.

    Parameters
    ----------
    model : callable, tokens (B, T) -> scores (B, T, V)
    batch : (tokens, following), int64 tensors (B, T); following = what comes one later
    """
    tokens, following = batch
    return F.cross_entropy(model(tokens).flatten(0, 1), following.flatten())


def fill_in(model, batch):
    """Step of an encoder: the loss at the positions that are asked for, -100 marks the others.

    Parameters
    ----------
    model : callable, tokens (B, T) -> scores (B, T, K)
    batch : (tokens, answers), int64 tensors (B, T)
    """
    tokens, answers = batch
    return F.cross_entropy(model(tokens).flatten(0, 1), answers.flatten())


def write_on(model, batch):
    """Step of an encoder-decoder: the next target token, from the source and the true ones before.

    Parameters
    ----------
    model : callable, source (B, S), target (B, T) -> scores (B, T, V)
    batch : (source, target), int64 tensors; the first target token only begins
    """
    source, target = batch
    return F.cross_entropy(model(source, target[:, :-1]).flatten(0, 1), target[:, 1:].flatten())


def surprise(model, numbers, context=64):
    """Bits of each character of a text, each with at least half a window before it.

    Windows overlap by half, and only their second half is scored, so that a model is not judged
    on characters before which it has seen nothing.

    Parameters
    ----------
    model : module, tokens (B, T) -> scores (B, T, V)
    numbers : int64 tensor (T,), T > context
    context : int, even, the length of a window

    Returns
    -------
    tensor (M, context / 2), -log2 of the probability that the model gave; the characters before
    the first scored one and after the last full window are left out.

    Raises
    ------
    ValueError : for a text that is shorter.
    """
    if len(numbers) <= context:
        raise ValueError(
            f"surprise(context={context}): expected more than {context} characters, found {len(numbers)}"
        )
    cut = numbers.unfold(0, context + 1, context // 2)
    scores = predict(model, cut[:, :-1].contiguous())[:, context // 2 :]
    later = cut[:, 1 + context // 2 :]
    return F.cross_entropy(scores.transpose(1, 2), later, reduction="none") / math.log(2)


def bits_of(model, text, context=64):
    """Mean bits per character of a text, for a counting model or a network.

    Parameters
    ----------
    model : `NGram` or module
    text : int64 tensor (T,)
    context : int
        See `surprise`; both kinds of model are scored on the same characters.
    """
    if isinstance(model, torch.nn.Module):
        return surprise(model, text, context).mean().item()
    half = context // 2
    last = half + (len(text) - 1 - half) // half * half
    bits = model.bits(text[: last + 1].tolist())[half + 1 :]
    return sum(bits) / len(bits)
