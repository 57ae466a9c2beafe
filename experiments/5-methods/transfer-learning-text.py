"""ULMFiT in small: does a language model help to sort citing sentences, with 100, 300 and 1000 labels?

A language model of words reads abstracts of PubMed, then SciCite's training sentences without
their labels. Labels come from those sentences as well, the test is SciCite's own. What each network
may set was chosen on SciCite's validation sentences with other labels (seeds 100 and 101, 300
labels); what scikit-learn fits chooses inside its own labels.
"""

from functools import lru_cache
from math import log

import torch
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.data.readers import scicite
from helpers.data.text import cut_anywhere, stretches, windows
from helpers.data.words import Vocabulary, abstracts
from helpers.ground.random import generator
from helpers.methods.ulmfit import at_once, pooled, read, surprise, ulmfit
from helpers.models.language_model import LanguageModel
from helpers.models.ngram import KneserNey, NGram
from helpers.train.loop import predict

WORDS, WIDTH, LENGTH, STEPS = 2500, 64, 64, 160
PASSES = {"source": 2, "target": 2}
RATE = {"language": 0.01, "ulmfit": 0.03, "quarters": 0.01, "at once": 0.01, "scratch": 0.003}
PENALTIES = {"counts": (0.1, 1, 10, 100), "states": (0.001, 0.01, 0.1, 1)}
CHEAP = (
    "TF-IDF",
    "TF-IDF, the network's 2,500 words",
    "TF-IDF, directions of all texts",
    "frozen",
    "frozen, no target texts",
    "frozen, untrained",
    "word vectors, averaged",
    "random vectors, averaged",
)
NETS = ("from scratch", "finetuned at one rate", "ULMFiT")
CONTROLS = (
    "from scratch, three times the steps",
    "ULMFiT, equal quarters",
    "frozen, shuffled words",
    "ULMFiT, shuffled words",
)
COUNTED = {
    "counts of words": (NGram, 1),
    "counts of pairs": (KneserNey, 2),
    "counts of three in a row": (KneserNey, 3),
}


@lru_cache
def corpus():
    """SciCite, the abstracts, the vocabulary of both, and SciCite's sentences as rows of words."""
    data, source = scicite(), abstracts()
    known = Vocabulary.of(source + sentences(data.train), WORDS)
    return data, source, known, known.rows(data.text, LENGTH)


def sentences(rows):
    """The texts of some rows of SciCite."""
    text = scicite().text
    return [text[row] for row in rows.tolist()]


@lru_cache
def language_model(shuffled, target):
    """Read the abstracts, then the target's training sentences; in random order, if shuffled."""
    data, source, known, _ = corpus()
    torch.manual_seed(1)
    model, texts, stage = LanguageModel(len(known), WIDTH, drop=0.3), source, ("source", 1.0)
    if target:
        model.load_state_dict(language_model(shuffled, False).state_dict())
        texts, stage = sentences(data.train), ("target", 2.6)
    wide = stretches(known.stream(texts, shuffled), LENGTH)
    return read(model, wide, cut_anywhere, PASSES[stage[0]], RATE["language"], 1, lower=stage[1])


def numbered_words(rows):
    """What the network sees of some rows, as a text in which each known word is its number."""
    return [" ".join(str(k) for k in row if k > 2) for row in corpus()[3][rows].tolist()]


def untrained():
    """The same network, which has read nothing."""
    torch.manual_seed(1)
    return LanguageModel(len(corpus()[2]), WIDTH)


def labelled(count, seed):
    """Rows whose labels are known: drawn from the training sentences."""
    rows = corpus()[0].train
    return rows[torch.randperm(len(rows), generator=generator(seed, 3))[:count]]


def logistic(first, kind, **settings):
    """Logistic regression, classes counted alike; its penalty is chosen inside its labels."""
    model = make_pipeline(*first, LogisticRegression(class_weight="balanced", max_iter=500))
    grid = {"logisticregression__C": PENALTIES[kind]} | settings
    return GridSearchCV(model, grid, scoring="f1_macro", cv=3)


def counts(pattern=r"[A-Za-z]+|[0-9]+"):
    """TF-IDF of words, which its rivals here share."""
    return TfidfVectorizer(sublinear_tf=True, token_pattern=pattern)


def first_columns(count):
    """What keeps the leading directions."""
    return [("leading", "passthrough", slice(0, count))]


@lru_cache
def features(way):
    """What a cheap way says about every sentence of SciCite, without its labels."""
    data, _, _, x = corpus()
    if way.startswith("TF-IDF"):
        known = counts().fit(sentences(data.train))
        basis = TruncatedSVD(300, random_state=0).fit(known.transform(sentences(data.train)))
        return basis.transform(known.transform(data.text))
    nothing = "untrained" in way or "random" in way
    body = untrained() if nothing else language_model("shuffled" in way, "no target" not in way)
    if "vectors" in way:
        with torch.no_grad():
            vectors, kept = body.table(x), (x > 0)[..., None]
            return ((vectors * kept).sum(1) / kept.sum(1)).numpy()
    return pooled(body, x).numpy()


def answers(way, rows, tested, seed):
    """Predicted classes of the tested rows."""
    data, _, _, x = corpus()
    if way in CHEAP[:2]:
        search = logistic(
            [counts() if way == "TF-IDF" else counts(r"\S+")],
            "counts",
            tfidfvectorizer__ngram_range=[(1, 1), (1, 2)],
        )
        texts = sentences if way == "TF-IDF" else numbered_words
        return search.fit(texts(rows), data.y[rows]).predict(texts(tested))
    if way == "TF-IDF, directions of all texts":
        known, leading = features(way), [first_columns(count) for count in (100, 300)]
        kept = ColumnTransformer(leading[0])
        search = logistic([kept], "counts", columntransformer__transformers=leading)
        return search.fit(known[rows], data.y[rows]).predict(known[tested])
    if way in CHEAP or way.startswith("frozen"):
        known = features(way)
        return (
            logistic([StandardScaler()], "states")
            .fit(known[rows], data.y[rows])
            .predict(known[tested])
        )
    told = x[rows], data.y[rows], len(data.classes)
    if way.startswith("ULMFiT"):
        body, equal = language_model("shuffled" in way, True), "quarters" in way
        net = ulmfit(body, *told, RATE["quarters" if equal else "ulmfit"], STEPS, seed, equal=equal)
    elif way.startswith("from scratch"):
        steps = 3 * STEPS if "three times" in way else STEPS
        net = at_once(untrained(), *told, RATE["scratch"], steps, seed)
    else:
        net = at_once(language_model(False, True), *told, RATE["at once"], STEPS, seed)
    return predict(net, x[tested]).argmax(1).numpy()


def cases():
    """What the language models know, then all ways with three numbers of labels."""
    known = [
        {"task": "language", "labels": 0, "way": way, "seed": 1}
        for way in (*COUNTED, "abstracts only", "abstracts, then sentences", "shuffled words")
    ]
    ways = [
        {"task": task, "labels": labels, "way": way, "seed": seed}
        for task, labels, seeds, those in (
            ("intent", 300, range(200, 205), CHEAP + NETS + CONTROLS),
            ("intent", 1000, range(200, 205), CHEAP + NETS),
            ("other draws", 300, range(205, 215), CHEAP[:3]),
            ("other draws", 1000, range(205, 215), CHEAP[:3]),
            ("intent", 100, range(200, 205), CHEAP + NETS),
        )
        for seed in seeds
        for way in those
    ]
    return known + ways


def surprised(way):
    """Nats a word of SciCite's validation sentences; counts have read the training sentences."""
    data, _, known, _ = corpus()
    text = known.stream(sentences(data.valid))
    tokens, following = windows(text, LENGTH)
    if way not in COUNTED:
        model = language_model("shuffled" in way, "only" not in way)
        return surprise(model, tokens, following)
    kind, order = COUNTED[way]
    model = kind(order, len(known)).fit(known.stream(sentences(data.train)).tolist())
    bits = model.bits(text.tolist())[1 : following.numel() + 1]
    return sum(bits) / len(bits) * log(2)


def run(task, labels, way, seed):
    """Macro F1 and accuracy on SciCite's test sentences; for language the surprise in nats a word."""
    if task == "language":
        return {"surprise": surprised(way)}
    data = corpus()[0]
    guess = answers(way, labelled(labels, seed), data.test, seed)
    true = data.y[data.test].numpy()
    return {"f1": f1_score(true, guess, average="macro"), "accuracy": accuracy_score(true, guess)}
