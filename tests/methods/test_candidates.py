from random import Random

import torch
from rdkit import Chem

from helpers.data.graphs import smiles_to_graph
from helpers.methods.candidates import (
    add,
    best,
    both_ways,
    close,
    edited,
    evolve,
    exchange,
    remove,
    sums,
)

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def test_edits_give_whole_molecules_that_rdkit_writes_the_same_way():
    found = {edited(ASPIRIN, Random(seed)) for seed in range(200)} - {None}
    assert len(found) > 30
    for text in found:
        molecule = Chem.MolFromSmiles(text)
        assert Chem.MolToSmiles(molecule) == text
        assert "." not in text
        assert not any(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms())
        assert abs(molecule.GetNumAtoms() - 13) <= 1


def sizes(edit, seed):
    """Atoms and bonds of butane after one edit of its first atom."""
    molecule = Chem.RWMol(Chem.MolFromSmiles("CCCC"))
    edit(molecule, 0, Random(seed))
    return molecule.GetNumAtoms(), molecule.GetNumBonds()


def test_each_edit_does_what_its_name_says():
    for edit, wanted in ((exchange, (4, 3)), (add, (5, 4)), (remove, (3, 2))):
        assert sizes(edit, 0) == wanted
    assert {sizes(close, seed) for seed in range(20)} == {(4, 3), (4, 4)}


def test_the_search_climbs_and_scores_nothing_twice():
    asked = []

    def length(smiles):
        asked.extend(smiles)
        return [float(len(text)) for text in smiles]

    known = evolve(length, ["CCO", "CCN"], rounds=5, keep=2, children=10, seed=1)
    assert len(asked) == len(set(asked)) == len(known) <= 52
    assert max(known.values()) > 6
    assert known == evolve(length, ["CCO", "CCN"], rounds=5, keep=2, children=10, seed=1)
    low = evolve(lambda s: [-len(t) for t in s], ["CCO"], rounds=5, keep=2, children=10, seed=1)
    assert max(low.values()) >= -3


def test_both_ways_hand_in_the_best_of_what_each_may_see():
    def length(smiles):
        return [float(len(text)) for text in smiles]

    library = ["C" * n for n in range(1, 31)]
    found = both_ways(length, ["CCO", "CCN"], library, rounds=3, seed=1, count=5)
    assert list(found["library, screened"]) == ["C" * n for n in range(30, 25, -1)]
    made = found["made up, searched"]
    assert len(made) == 5
    known = evolve(length, ["CCO", "CCN"], rounds=3, keep=5, children=30, seed=1)
    assert made == best(known, 5)
    assert set(made.values()) != set(best(known, 50).values())


def test_sums_agree_with_counting_by_hand_and_do_not_see_the_wiring():
    graphs = [smiles_to_graph(text) for text in ("CCO", "OCC", "COC", "CCOC")]
    found = sums(graphs)
    assert found.shape == (4, 32)
    assert found[0, :3].tolist() == [2, 0, 1]
    assert found[:, 26:30].sum(1).tolist() == [2, 2, 2, 3]
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])
