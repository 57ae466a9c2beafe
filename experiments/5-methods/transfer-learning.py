"""Does a source help? Fresh draws of writers and labels, with longer training and other sources.

The functions are those of the page. Seeds 100 to 104 chose the settings and 0 to 4 are the
page's; here they begin at 200. The forms stay the same fourteen. Then frozen features of
molecules on fresh splits by scaffold, with fingerprints and heads that are not linear.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.svm import SVR

from helpers.data.atoms import atom_counts, numbered, scaffold_groups, six_descriptors
from helpers.data.cited import fetch
from helpers.data.forms import digits_by_form
from helpers.data.glyphs import letters
from helpers.data.readers import esol
from helpers.data.splits import group_split
from helpers.ground.random import generator
from helpers.methods.blame import digits_for_digits
from helpers.methods.finetuning import (
    RIVALS,
    WAYS,
    Way,
    deal,
    few,
    scratch,
    small_net,
    train,
)
from helpers.models.published import PublishedGCN

RICH, NARROW, SMALL = "rich source", "five letters", "300 images of 52 letters"
MERGED = [f"52 letters merged into five, {k}" for k in range(3)]
OTHERS = [f"five other letters, {k}" for k in range(3)]
STARTS = [f"rich source, another start, {k}" for k in range(2)]
UPRIGHT = [f"letters neither sheared nor stretched, {k}" for k in range(3)]
BLAMED = ("digits 0 to 4, never averaged", "digits 0 to 4, averaged", "digits 0 to 4, not averaged", "random, averaged",
          "random, not averaged", "bare pixels", "from scratch, averaged", "from scratch")  # fmt: skip


def longer(way):
    """The same way with four times the steps, on the images as they are."""
    return Way(lambda task: way(replace(task, steps=4 * task.steps)), (0.003,), 0.003)


FIGURE = {name: (way, RICH) for name, way in RIVALS.items()}
FIGURE |= {
    f"source body, frozen, {body}": (WAYS["source body, frozen"], body) for body in (RICH, NARROW)
}
FIGURE |= {
    f"{name}, {RICH}": (WAYS[name], RICH) for name in ("finetuned", "finetuned, warped copies")
}
ALL = FIGURE | {f"{name}, {RICH}": (way, RICH) for name, way in WAYS.items()}
ALL |= {
    f"{name}, {body}": (WAYS[name], body)
    for body in (NARROW, SMALL)
    for name in ("source body, frozen", "finetuned")
}
ALL |= {
    f"source body, frozen, {body}": (WAYS["source body, frozen"], body)
    for body in MERGED + OTHERS + STARTS + UPRIGHT
}
ALL["from scratch, four times the steps"] = longer(scratch), RICH
GENTLE = Way(WAYS["finetuned, warped copies"].learn, (0.003,), 0.003)  # a tie among the settings
ALL[f"finetuned, warped copies, rate 0.003, {RICH}"] = GENTLE, RICH
many = lru_cache(letters)


def images(source):
    """Letters and their classes."""
    if source == NARROW:
        return letters(3000, classes=5)
    if source == SMALL:
        return letters(300)
    if source in OTHERS:  # 600 images of each letter, of which five letters are kept
        x, y = many(31_200)
        five = torch.randperm(52, generator=generator(int(source[-1]), 5))[:5].sort().values
        rows = torch.isin(y, five)
        return x[rows], torch.searchsorted(five, y[rows])
    if source in UPRIGHT:
        return letters(3000, spread=0)
    x, y = letters(3000)
    if source in MERGED:
        y = (torch.randperm(52, generator=generator(int(source[-1]), 5)) % 5)[y]
    return x, y


@lru_cache
def body(source):
    """The network that a source has trained; one for all seeds, as on the page."""
    x, y = images(source)
    start = {name: 2 + k for k, name in enumerate(STARTS)} | dict(zip(UPRIGHT, (1, 2, 3)))
    net = small_net(int(y.max()) + 1, start.get(source, 1))
    return train(net, x, y, 0.01, 0, steps=200, batch=64)


@lru_cache
def blamed(seed):
    """All cases of digits for digits."""
    data = digits_by_form()
    return digits_for_digits(data.x.view(-1, 1, 8, 8), data.y, data.groups, seed)


@lru_cache
def molecules():
    """Descriptions of every second molecule of ESOL, their solubility and their scaffolds."""
    from rdkit.Chem import MolFromSmiles
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    smiles, solubility = esol()
    smiles, solubility = smiles[::2], solubility[::2].numpy()
    graph, home, morgan = numbered(smiles), fetch("pretrained-gnn"), GetMorganGenerator(fpSize=1024)

    def features(name, start=0):
        torch.manual_seed(start)
        net = PublishedGCN().requires_grad_(False)
        if name is None:  # random weights take the statistics of all molecules
            return net.train()(*graph).numpy()
        weights = torch.load(home / f"{name}.pth", weights_only=True, map_location="cpu")
        net.load_state_dict(weights)
        return net.eval()(*graph).numpy()

    six = six_descriptors(smiles).numpy()
    prints = [morgan.GetCountFingerprintAsNumPy(MolFromSmiles(text)) for text in smiles]
    found = {f"random weights, {start}": features(None, start) for start in range(3)}
    found |= {
        "context weights": features("gcn_contextpred"),
        "supervised weights": features("gcn_supervised_contextpred"),
        "counts of atoms": atom_counts(smiles).numpy(),
        "Morgan fingerprint": np.stack(prints).astype(np.float32),
        "six descriptors": six,
        "five descriptors, no logP": np.delete(six, 1, axis=1),
    }
    return found, solubility, scaffold_groups(smiles)


def ranks():
    """Every column through its ranks to a normal distribution."""
    return QuantileTransformer(output_distribution="normal", n_quantiles=200)


def gaussian(first):
    """Support vectors with a Gaussian kernel; the penalty is chosen inside the training rows."""
    search = GridSearchCV(SVR(), {"C": (1, 10, 100)}, scoring="neg_mean_squared_error", cv=3)
    return make_pipeline(first, search) if first else search


HEADS = {
    "ridge": lambda seed: make_pipeline(ranks(), RidgeCV(np.logspace(-1, 5, 13))),
    "forest": lambda seed: RandomForestRegressor(50, random_state=seed),
    "Gaussian": lambda seed: gaussian(ranks()),
    "Gaussian on counts": lambda seed: gaussian(None),
}
LEARNED = ["context weights", "supervised weights", *(f"random weights, {k}" for k in range(3))]
MOLECULES = [(rows, head) for rows in LEARNED for head in ("ridge", "Gaussian")]
MOLECULES += [
    (rows, head)
    for rows in ("six descriptors", "five descriptors, no logP")
    for head in ("ridge", "forest", "Gaussian")
]
MOLECULES += [
    ("counts of atoms", "ridge"),
    ("Morgan fingerprint", "forest"),
    ("Morgan fingerprint", "Gaussian on counts"),
]


def error(rows, head, seed):
    """Root of the mean square error on scaffolds that were held out, in log mol/L."""
    found, measured, scaffolds = molecules()
    first, held = (part.numpy() for part in group_split(scaffolds, test=0.3, seed=seed))
    model = HEADS[head](seed).fit(found[rows][first], measured[first])
    return float(np.sqrt(np.mean((model.predict(found[rows][held]) - measured[held]) ** 2)))


def cases():
    """All ways with three labels of each class, those of the figure with one and ten as well."""
    splits = [
        {"task": "molecules", "labels": 0, "way": f"{rows}; {head}", "seed": seed}
        for seed in range(200, 212)
        for rows, head in MOLECULES
    ]
    three = [
        {"task": "digits", "labels": 3, "way": way, "seed": seed}
        for seed in range(200, 220)
        for way in ALL
    ]
    ends = [
        {"task": "digits", "labels": labels, "way": way, "seed": seed}
        for labels in (1, 10)
        for seed in range(200, 210)
        for way in FIGURE
    ]
    harm = [
        {"task": "digits for digits", "labels": 10, "way": way, "seed": seed}
        for seed in range(200, 220)
        for way in BLAMED
    ]
    half = len(three) // 2
    return three[:half] + ends + harm + splits + three[half:]


def run(task, labels, way, seed):
    """Accuracy on new writers; for molecules the error."""
    if task == "molecules":
        return {"error": error(*way.split("; "), seed)}
    if task == "digits for digits":
        return {"accuracy": blamed(seed)[way]}
    data = digits_by_form()
    x, y = data.x.view(-1, 1, 8, 8), data.y
    pool, test = deal(data.groups, seed)
    rows = few(y, pool, labels, seed)
    learn, source = ALL[way]
    guess = learn.answers(body(source), x[rows], y[rows], x[test], 10, seed)
    return {"accuracy": (guess == y[test]).float().mean().item()}
