"""Counting against a transformer, attention against a recurrent network, an encoder on DNA.

Four parts, told apart by `part`. "rate": three learning rates of the language model, judged on
the validation module. "prose": bits per character of five modules of SciPy that were not seen,
for three amounts of text and three lengths of training (passes over the full text). "gaps": lost
readings of a simulated log, fresh seeds; "tried": learning rates of the recurrent network, other
logs. "splice": borders of exons, five folds by gene; "shifted": the same windows, each cut short
at random, so that no letter stands at a fixed place.
"""

import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
from torch import nn
from torch.nn import functional as F

from helpers.data.logbook import logbook, nearest_twin
from helpers.data.readers import splice
from helpers.data.splits import group_folds
from helpers.data.text import Characters, prose_by_module, windows
from helpers.ground.random import generator
from helpers.methods.sequences import bits_of, fill_in, next_token
from helpers.models.ngram import KneserNey, NGram
from helpers.models.recurrent import GRUTagger
from helpers.models.transformer import Encoder, LanguageModel, SequenceClassifier, Stack
from helpers.train.loop import fit, predict
from helpers.train.schedule import cosine
from helpers.train.steps import supervised

FLAT = {
    "logistic regression": [LogisticRegression(C=c, max_iter=1000) for c in (0.03, 0.1, 0.3)],
    "forest": [RandomForestClassifier(200, min_samples_leaf=n, random_state=0) for n in (1, 3, 9)],
    "support vectors": [SVC(C=c) for c in (1, 3, 10)],
}
RATES = (0.005, 0.015, 0.03)  # of the recurrent network
SHARES = (9, 3, 1)  # a ninth of the text, a third, all of it
ORDERS = (4, 5, 6, 7, 8)


def cases():
    """Cheap cases first."""
    rates = [{"part": "rate", "lr": lr} for lr in (0.004, 0.008, 0.016)]
    counted = [
        {"part": "prose", "model": name, "share": share, "passes": 0}
        for name in ("Witten-Bell", "Kneser-Ney")
        for share in SHARES
    ]
    trained = [
        {"part": "prose", "model": "transformer", "share": share, "passes": passes}
        for passes in (1, 3, 8)
        for share in SHARES
    ]
    gaps = [
        {"part": "gaps", "model": name, "seed": seed}
        for seed in range(1, 6)
        for name in ("encoder", "recurrent")
    ]
    tried = [{"part": "tried", "lr": lr, "seed": seed} for lr in RATES for seed in (11, 12)]
    longer = [{"part": "longer", "model": "recurrent", "seed": seed} for seed in (1, 2)]
    dna = [
        {"part": part, "model": name, "fold": fold}
        for part in ("splice", "shifted")
        for fold in range(5)
        for name in (*FLAT, "encoder", "encoder, by place")
    ]
    return rates + counted + gaps + tried + longer + dna + trained


def run(part, **case):
    """One case: a dict of numbers."""
    if part in ("splice", "shifted"):
        return dna(part, **case)
    parts = {"rate": rate, "prose": prose, "gaps": gaps, "longer": longer, "tried": tried}
    return parts[part](**case)


def speaker(numbers, vocabulary, epochs, lr=0.008):
    """The language model of the page, trained."""
    torch.manual_seed(0)
    model = LanguageModel(vocabulary, width=64, heads=4, layers=2)
    return trained(model, windows(numbers), next_token, epochs, 8, lr)


def trained(model, data, step, epochs, batch_size, lr):
    """A model trained as on the page."""
    how = {"batch_size": batch_size, "lr": lr, "schedule": cosine(warmup=0.1)}
    fit(model, data, step=step, epochs=epochs, **how)
    return model


def texts(share):
    """Numbers to learn from, to choose by, and to test on, and how many letters there are."""
    learn, valid, tested = prose_by_module()
    letters = Characters.of(learn)
    learn = learn[: len(learn) // share]
    tested = {name: letters.encode(text) for name, text in tested.items()}
    return letters.encode(learn), letters.encode(valid), tested, len(letters)


def rate(lr):
    """Bits on the validation module after three passes over a third of the text."""
    learn, valid, _, vocabulary = texts(3)
    return {"bits": bits_of(speaker(learn, vocabulary, 3, lr), valid)}


def prose(model, share, passes):
    """Bits per character of each module, and of what was learned from."""
    learn, valid, tested, vocabulary = texts(share)
    if model == "transformer":
        fitted = speaker(learn, vocabulary, passes * share)
    else:
        kind = {"Witten-Bell": NGram, "Kneser-Ney": KneserNey}[model]
        tried = [kind(order, vocabulary).fit(learn.tolist()) for order in ORDERS]
        fitted = min(tried, key=lambda counts: bits_of(counts, valid))
    found = {name: bits_of(fitted, text) for name, text in tested.items()}
    order = getattr(fitted, "order", 0)
    return found | {
        "learned": bits_of(fitted, learn[:5000]),
        "characters": len(learn),
        "order": order,
    }


def gaps(model, seed, epochs=5, lr=None):
    """Share of the lost readings that are found, all and by distance of the nearest twin."""
    torch.manual_seed(seed)
    network = Encoder(40, 4, 32, 4, 1) if model == "encoder" else GRUTagger(40, 4, 48)
    data = logbook(2500, seed=seed)
    own = lr or (0.005 if model == "encoder" else 0.015)
    trained(network, data, fill_in, epochs, 32, own)
    tokens, answers = logbook(500, seed=100 + seed)
    _, far = nearest_twin(tokens)
    right = (predict(network, tokens).argmax(-1) == answers).float()
    asked = (answers >= 0) & (far > 0)
    near, distant = asked & (far <= 2), asked & (far >= 8)
    shares = {"right": asked, "near": near, "far": distant}
    return {name: right[rows].mean().item() for name, rows in shares.items()}


def longer(model, seed):
    """Three times the training."""
    return gaps(model, seed, epochs=15)


def tried(lr, seed):
    """Another learning rate for the recurrent network."""
    return gaps("recurrent", seed, lr=lr)


class ByPlace(nn.Module):
    """The encoder, with a weight of its own for each entry of its last map at each place."""

    def __init__(self, places):
        super().__init__()
        self.body, self.head = Stack(5, 32, 4, 2), nn.Linear(32 * places, 3)

    def forward(self, tokens):
        """Scores (B, 3) of windows (B, places)."""
        return self.head(self.body(tokens).flatten(1))


def cut(tokens, seed, length=50):
    """Windows of `length` letters, each from a place drawn at random."""
    begin = torch.randint(tokens.shape[1] - length + 1, (len(tokens), 1), generator=generator(seed))
    return tokens.gather(1, begin + torch.arange(length))


def dna(part, model, fold):
    """Accuracy on the genes of one fold."""
    data = splice()
    tokens = torch.tensor([["ACGT".find(letter) % 5 for letter in text] for text in data.text])
    tokens = cut(tokens, fold) if part == "shifted" else tokens
    train, valid, test = group_folds(data.groups)[fold]
    if model in FLAT:
        onehot = F.one_hot(tokens, 5)[..., :4].flatten(1).float()
        fitted = [rival.fit(onehot[train], data.y[train]) for rival in FLAT[model]]
        best = max(fitted, key=lambda rival: rival.score(onehot[valid], data.y[valid]))
        guess = torch.from_numpy(best.predict(onehot[test]))
    else:
        torch.manual_seed(fold)
        places = tokens.shape[1]
        network = ByPlace(places) if "place" in model else SequenceClassifier(5, 3, 32, 4, 2)
        pair = tokens[train], data.y[train]
        trained(network, pair, supervised(F.cross_entropy), 8, 32, 0.005)
        guess = predict(network, tokens[test]).argmax(1)
    return {"accuracy": (guess == data.y[test]).double().mean().item()}
