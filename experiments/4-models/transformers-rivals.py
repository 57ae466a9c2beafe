"""The rivals that readers found against the transformers of the page, on the same seeds and folds.

What they are compared with stands in `transformers.json`. Parts, told apart by `part`. "splice"
and "shifted": one convolution with a maximum over the places, on the five folds by gene, with
windows whole and cut at random; its rate is the best of three in each fold. "gaps": a sum of all
entries times the own sample, the encoder without places, the encoder with equal weights, on the
logs of that run, and on logs of 128 entries; "longer": equal weights, three times the training;
"tried": rates of the sum, other logs. "prose": Kneser-Ney counting with a cache of what stood
earlier in the same module, and the transformer with windows that are cut anywhere, anew in each
pass, for the length of training that was best for each amount of text.
"""

from math import log2

import torch
from torch import nn
from torch.nn import functional as F

from helpers.data.logbook import logbook, nearest_twin
from helpers.data.readers import splice
from helpers.data.splits import group_folds
from helpers.data.text import Characters, cut_anywhere, prose_by_module, stretches
from helpers.ground.random import generator
from helpers.methods.sequences import bits_of, fill_in, next_token
from helpers.models.attention import MultiHeadAttention
from helpers.models.motifs import MotifScanner
from helpers.models.ngram import KneserNey, NGram
from helpers.models.transformer import Encoder, LanguageModel
from helpers.train.loop import fit, predict
from helpers.train.schedule import cosine
from helpers.train.steps import supervised

MOTIF_RATES = (0.003, 0.01, 0.03)
SUM_RATES = (0.005, 0.015, 0.03)  # part "tried": the middle one and the last are level
BEST = {9: 1, 3: 3, 1: 8}  # share of the text -> passes over the full text
CACHES = [(order, weight) for order in (4, 6) for weight in (0.1, 0.2, 0.3, 0.4)]
FAR = 32  # a cache knows only what stands farther back than this


def cases():
    """Cheap cases first."""
    dna = [
        {"part": part, "model": "convolution", "fold": fold}
        for part in ("splice", "shifted")
        for fold in range(5)
    ]
    tried = [{"part": "tried", "lr": lr, "seed": seed} for lr in SUM_RATES for seed in (11, 12)]
    logs = [{"part": "gaps", "model": n, "seed": seed} for seed in range(1, 6) for n in LOGS]
    longer = [
        {"part": "longer", "model": "encoder, all alike", "seed": seed} for seed in range(1, 6)
    ]
    counted = [{"part": "prose", "model": "Kneser-Ney and cache", "share": 1, "passes": 0}]
    trained = [
        {"part": "prose", "model": "transformer, cut anywhere", "share": share, "passes": passes}
        for share, passes in BEST.items()
    ]
    return dna + tried + logs + longer + counted + trained


def run(part, **case):
    """One case: a dict of numbers."""
    if part in ("splice", "shifted"):
        return dna(part, case["fold"])
    if part == "prose":
        return prose(**case)
    if part == "tried":
        return gaps("sum times own sample", **case)
    return gaps(**case, epochs=15 if part == "longer" else 5)


def trained(model, data, step, epochs, batch_size, lr, transform=None):
    """A model trained as on the page."""
    how = {"batch_size": batch_size, "lr": lr, "schedule": cosine(warmup=0.1)}
    fit(model, data, step=step, epochs=epochs, transform=transform, **how)
    return model


def cut(tokens, seed, length=50):
    """Windows of `length` letters, each from a place drawn at random."""
    begin = torch.randint(tokens.shape[1] - length + 1, (len(tokens), 1), generator=generator(seed))
    return tokens.gather(1, begin + torch.arange(length))


def dna(part, fold):
    """Accuracy of the convolution on the genes of one fold."""
    data = splice()
    tokens = torch.tensor([["ACGT".find(letter) % 5 for letter in text] for text in data.text])
    tokens = cut(tokens, fold) if part == "shifted" else tokens
    train, valid, test = group_folds(data.groups)[fold]
    fitted = [scanner((tokens[train], data.y[train]), fold, lr) for lr in MOTIF_RATES]
    best = max(fitted, key=lambda network: named(network, tokens[valid], data.y[valid]))
    return {"accuracy": named(best, tokens[test], data.y[test])}


def scanner(pair, seed, lr):
    """One convolution, trained for as many passes as the encoders."""
    torch.manual_seed(seed)
    return trained(MotifScanner(5, 3), pair, supervised(F.cross_entropy), 8, 32, lr)


def named(network, tokens, classes):
    """Accuracy of a network."""
    return (predict(network, tokens).argmax(1) == classes).double().mean().item()


class Alike(MultiHeadAttention):
    """Attention that does not look: all positions have the same weight."""

    def project(self, x, memory):
        """Queries of zero, keys and values."""
        query, key, value = super().project(x, memory)
        return 0 * query, key, value


class SumTimesOwn(nn.Module):
    """The sum of all entries, multiplied by the own sample: it matches without attention."""

    def __init__(self, width=128):
        super().__init__()
        self.own, self.entry = nn.Embedding(8, width), nn.Embedding(40, width)
        self.head = nn.Linear(width, 4)

    def forward(self, logs):
        """Scores (B, T, 4) of logs (B, T)."""
        everything = self.entry(logs).sum(1, keepdim=True)
        return self.head(self.own(logs // 5) * everything)


def alike():
    """The encoder with equal weights."""
    network = Encoder(40, 4, 32, 4, 1)
    network.body.layers[0].self_attn = Alike(32, 4)
    return network


LOGS = {
    "encoder": lambda: Encoder(40, 4, 32, 4, 1),
    "encoder without places": lambda: Encoder(40, 4, 32, 4, 1, positions=False),
    "encoder, all alike": alike,
    "sum times own sample": SumTimesOwn,
}


def gaps(model, seed, epochs=5, lr=None):
    """Share of the lost readings that are found, in logs of the learned length and of 128 entries."""
    torch.manual_seed(seed)
    network, data = LOGS[model](), logbook(2500, seed=seed)
    own = lr or (0.015 if "sum" in model else 0.005)
    trained(network, data, fill_in, epochs, 32, own)
    found = filled(network, *logbook(500, seed=100 + seed))
    return {
        "right": found,
        "entries 128": filled(network, *logbook(200, seed=200 + seed, length=128)),
    }


def filled(network, tokens, answers):
    """Share of the gaps with a twin that are filled rightly."""
    asked = (answers >= 0) & (nearest_twin(tokens)[1] > 0)
    right = predict(network, tokens).argmax(-1) == answers
    return right[asked].double().mean().item()


def texts(share):
    """Numbers to learn from, to choose by, and to test on, and how many letters there are."""
    learn, valid, tested = prose_by_module()
    letters = Characters.of(learn)
    learn = learn[: len(learn) // share]
    tested = {name: letters.encode(text) for name, text in tested.items()}
    return letters.encode(learn), letters.encode(valid), tested, len(letters)


def prose(model, share, passes):
    """Bits per character of each module, and of the one to choose by."""
    learn, valid, tested, vocabulary = texts(share)
    if passes:
        torch.manual_seed(0)
        network = LanguageModel(vocabulary, width=64, heads=4, layers=2)
        data, epochs = stretches(learn), passes * share
        trained(network, (data,), next_token, epochs, 8, 0.008, cut_anywhere)
        judge = lambda text: bits_of(network, text)  # noqa: E731
    else:
        tried = [KneserNey(order, vocabulary).fit(learn.tolist()) for order in (6, 7, 8)]
        counts = min(tried, key=lambda model: bits_of(model, valid))
        bits = {how: with_cache(counts, valid, *how) for how in CACHES}
        judge = lambda text: with_cache(counts, text, *min(bits, key=bits.get))  # noqa: E731
    found = {name: judge(text) for name, text in tested.items()}
    return found | {"valid": judge(valid)}


def with_cache(counts, text, order, weight):
    """Bits per character where a part of the probability comes from earlier in the same text."""
    text, cache, bits = text.tolist(), NGram(order, counts.vocabulary), []
    last = FAR + (len(text) - 1 - FAR) // FAR * FAR  # the characters that `bits_of` scores
    for k in range(last + 1):
        end = k - FAR - 1
        for length in range(min(order, end + 1)):
            cache.counts[length][tuple(text[end - length : end])][text[end]] += 1
        if k > FAR:
            before = tuple(text[max(0, k - 8) : k])
            p = (1 - weight) * counts.probability(before, text[k])
            bits.append(-log2(p + weight * cache.probability(before, text[k])))
    return sum(bits) / len(bits)
