"""ULMFiT: a language model is trained, moved to the target's texts, and given classes (survey 4.5.6; chapter 5-methods/transfer-learning)."""

import copy

import torch
from torch import nn

from helpers.methods.transfer import discriminative, freeze_to, slanted
from helpers.models.language_model import TextClassifier, concat_pool
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

BATCH = 32
DROP = 0.5  # of a classifier's body, times the shares of a language model


def next_words(model, batch):
    """Step of a language model: how surprised it is by the word after each, and its penalty.

    Parameters
    ----------
    model : helpers.models.language_model.LanguageModel
    batch : tokens and following, int64 tensors (B, T); an overlap as `cut_anywhere` makes it
    """
    tokens, following = batch
    return (
        nn.functional.cross_entropy(model(tokens).flatten(0, 1), following.flatten())
        + model.penalty
    )


def read(model, stretches, cut, epochs, rate, seed, *, lower=1.0):
    """Train a language model; returns it.

    Parameters
    ----------
    model : helpers.models.language_model.LanguageModel, changed in place
    stretches : int64 tensor (N, 2 L), of `helpers.data.text.stretches`
    cut : callable, (batch, generator) -> tokens, following; `helpers.data.text.cut_anywhere`
    epochs, seed : int
    rate : float, of the last LSTM at its highest
    lower : float >= 1
        Each layer learns so many times more slowly than the one above it: 2.6 in the second stage
        of ULMFiT, with slanted rates; 1 in its first, here along one cycle.
    """
    groups = [model.table, *model.layers, nn.ParameterList([model.bias])]
    fit(
        model, (stretches,), step=next_words, epochs=epochs, seed=seed, batch_size=BATCH, clip=1.0,
        optimizer=torch.optim.AdamW(discriminative(groups, rate, lower)), transform=cut,
        schedule=slanted() if lower > 1 else one_cycle(), progress=False,
    )  # fmt: skip
    model.penalty = torch.zeros(())  # of the last batch: a graph, which cannot be copied
    return model


def surprise(model, tokens, following):
    """Mean surprise by the next word, in nats; its exponential is the perplexity.

    Parameters
    ----------
    model : helpers.models.language_model.LanguageModel
    tokens, following : int64 tensors (N, T)
    """
    model.eval()
    with torch.no_grad():
        losses = [
            nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
            for x, y in zip(tokens.split(BATCH), following.split(BATCH))
        ]
    return torch.stack(losses).mean().item()


def balanced(y):
    """Step of a classifier that counts every class alike, whatever its share of the labels.

    Parameters
    ----------
    y : (N,) int64, the labels that are learned from
    """
    weights = len(y) / y.bincount().clamp(min=1) / len(y.unique())
    return supervised(lambda scores, labels: nn.functional.cross_entropy(scores, labels, weights))


def classifier(source, classes, seed, drop=DROP):
    """A copy of a language model's body under a new head.

    Parameters
    ----------
    source : helpers.models.language_model.LanguageModel
    classes, seed : int
    drop : float, for the body's regularisers.
    """
    body = copy.deepcopy(source)
    body.drop = drop
    torch.manual_seed(seed)
    return TextClassifier(body, classes)


def passes(count, steps):
    """Passes over so many labels that come nearest to so many steps; at least one.

    Parameters
    ----------
    count, steps : int

    Examples
    --------
    >>> passes(300, 160), passes(1000, 160)
    (16, 5)
    """
    return max(1, round(steps / -(-count // BATCH)))


def plan(total, groups, equal=False):
    """Passes of each stage of gradual unfreezing, the first of which trains the head alone.

    Parameters
    ----------
    total : int >= groups
    groups : int >= 1, of layers
    equal : bool
        Stages of one length, as nearly as whole passes allow. Otherwise one pass for every stage
        and all that is left for the last, in which all groups are free (Howard and Ruder 2018,
        section 3.3).

    Raises
    ------
    ValueError : for fewer passes than groups.

    Examples
    --------
    >>> plan(16, 4), plan(16, 4, equal=True), plan(5, 4, equal=True)
    ([1, 1, 1, 13], [4, 4, 4, 4], [1, 1, 2, 1])
    """
    if total < groups:
        raise ValueError(f"plan(total={total}): expected a pass for each group, {groups} or more")
    if not equal:
        return [1] * (groups - 1) + [total - groups + 1]
    ends = [round(total * k / groups) for k in range(groups + 1)]
    return [after - before for before, after in zip(ends, ends[1:])]


def learn(net, x, y, epochs, seed, optimizer, schedule):
    """Train a classifier; returns it.

    Parameters
    ----------
    net : TextClassifier
    x, y : int64 tensors (N, T) and (N,)
    epochs, seed : int
    optimizer, schedule : as for `helpers.train.loop.fit`
    """
    fit(
        net, (x, y), step=balanced(y), epochs=epochs, seed=seed, batch_size=BATCH, clip=1.0,
        optimizer=optimizer, schedule=schedule, progress=False,
    )  # fmt: skip
    return net


def ulmfit(source, x, y, classes, rate, steps, seed, *, equal=False):
    """The third stage: freed from the top, one group after the other, at falling, slanted rates.

    Parameters
    ----------
    source : helpers.models.language_model.LanguageModel that has read the target's texts
    x, y : int64 tensors (N, T) and (N,)
    classes, steps, seed : int
    rate : float, of the head at its highest
    equal : bool, as for `plan`
    """
    net = classifier(source, classes, seed)
    stages = plan(passes(len(x), steps), len(net.groups), equal)
    for count, epochs in zip(reversed(range(len(net.groups))), stages):
        freeze_to(net.groups, count)
        adamw = torch.optim.AdamW(discriminative(net.groups, rate))
        learn(net, x, y, epochs, seed + count, adamw, slanted())
    return net


def at_once(source, x, y, classes, rate, steps, seed):
    """The same network and as many steps, with all weights free at one rate from the beginning.

    Parameters
    ----------
    source : helpers.models.language_model.LanguageModel, trained or not
    x, y, classes, rate, steps, seed : as for `ulmfit`
    """
    net = classifier(source, classes, seed)
    adamw = torch.optim.AdamW(net.parameters(), rate)
    return learn(net, x, y, passes(len(x), steps), seed, adamw, one_cycle())


def pooled(source, x):
    """Pooled states of a frozen body: (N, 3 E).

    Parameters
    ----------
    source : helpers.models.language_model.LanguageModel
    x : int64 tensor (N, T)
    """
    source.eval()
    with torch.no_grad():
        return torch.cat([concat_pool(source.states(part), part > 0) for part in x.split(64)])
