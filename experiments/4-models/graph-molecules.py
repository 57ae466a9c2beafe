"""Which predictor errs least on molecules with a new ring system? Fresh seeds, three sets, controls.

The functions are those of the page. A seed deals scaffolds to folds and starts forests and networks
anew; the molecules stay the same. Seed 0 is the page's own, on which the rivals were looked at
first, and is left out. "At random" shuffles the scaffold numbers among the molecules.
"""

from functools import cache, partial

import torch

from helpers.data.graphs import GraphBatches, misplaced, smiles_to_graph
from helpers.data.molecules import (
    all_descriptors,
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
from helpers.methods.molecule_rivals import (
    FOREST,
    RIVALS,
    Rival,
    by_group,
    by_network,
    error,
    mpnn,
    out_of_fold,
)

RATES = RIVALS["MPNN"].settings
CONTROLS = {
    "forest, all descriptors": Rival("all descriptors", FOREST, "leaf", (1,)),
    "MPNN, longer": Rival("graphs", by_network(mpnn, epochs=48), "rate", (0.002,)),
    "MPNN, no messages": Rival("graphs", by_network(partial(mpnn, steps=0)), "rate", RATES),
    "MPNN, atoms misplaced": Rival("misplaced", by_network(mpnn), "rate", RATES),
    "MPNN, bonds alike": Rival("bonds alike", by_network(mpnn), "rate", RATES),
}
BOTH = "mean of forest and MPNN"
SHORT = ["forest, seven numbers", "forest, all descriptors", "MPNN", BOTH]
NAMES = [name for name in RIVALS if name != "mean"]


def cases():
    """All seeds of the shorter comparisons first; the controls on one set."""
    found = []
    for seed in range(1, 6):
        found += [case("solubility", "scaffolds", r, seed) for r in [*NAMES, *CONTROLS, BOTH]]
        for data in ("esol", "freesolv"):
            names = ["forest, four numbers", *SHORT[:2], "forest, fingerprints", *SHORT[2:]]
            found += [case(data, "scaffolds", rival, seed) for rival in names]
        names = ["forest, four numbers", "forest, seven numbers", "forest, fingerprints", "MPNN"]
        found += [case("solubility", "at random", rival, seed) for rival in names]
    return found


def case(data, way, rival, seed):
    """One case."""
    return {"data": data, "way": way, "rival": rival, "seed": seed}


def run(data, way, rival, seed):
    """Error of a molecule's prediction: mean over scaffolds, over molecules, root mean square."""
    smiles, y = molecules(data)
    groups = scaffolds(smiles)
    dealt = groups
    if way == "at random":
        dealt = groups[torch.randperm(len(groups), generator=generator(seed))]
    folds = group_folds(dealt, seed=seed)
    names = [rival] if rival != BOTH else ["forest, seven numbers", "MPNN"]
    guesses = []
    for name in names:
        one = RIVALS.get(name) or CONTROLS[name]
        inputs = {one.reads: read_as(one.reads, data)}
        guesses.append(out_of_fold(one, inputs, y, folds, seed=seed))
    wrong = error(torch.stack(guesses).mean(0), y)
    each = by_group(wrong, groups)
    return {
        "error": sum(each) / len(each),
        "by molecule": wrong.mean().item(),
        "rmse": wrong.square().mean().sqrt().item(),
    }


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
