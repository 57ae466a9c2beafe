from random import Random

from rdkit import Chem

from helpers.methods.candidates import add, close, edited, evolve, exchange, remove

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
