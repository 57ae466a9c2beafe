import pytest
import torch

from helpers.data.atoms import atom_counts, numbered, scaffold_groups, six_descriptors


def test_ethanol_by_hand():
    atoms, ends, kinds, batch = numbered(["CCO"])
    assert atoms.tolist() == [[5, 0], [5, 0], [7, 0]]
    assert ends.T.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1], [0, 0], [1, 1], [2, 2]]
    assert kinds.tolist() == [[0, 0]] * 4 + [[4, 0]] * 3
    assert batch.tolist() == [0, 0, 0]


def test_bonds_directions_and_chirality_are_told_apart():
    kinds = numbered(["C/C=C/C", "C#N", "c1ccccc1"])[2]
    assert set(kinds[:, 0].tolist()) == {0, 1, 2, 3, 4}
    assert set(kinds[:, 1].tolist()) > {0}
    left, right = (numbered([text])[0][:, 1] for text in ("C[C@H](N)O", "C[C@@H](N)O"))
    assert not torch.equal(left, right)


def test_molecules_stay_apart():
    _, ends, _, batch = numbered(["CC", "CO", "N"])
    assert torch.equal(batch[ends[0]], batch[ends[1]])
    assert batch.tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("text", ["no molecule", ""])
def test_a_text_that_is_no_molecule_is_refused(text):
    with pytest.raises(ValueError, match="numbered: expected SMILES with atoms, found"):
        numbered(["C", text])


def test_counts_equal_rdkit_s_formula():
    from rdkit.Chem import MolFromSmiles
    from rdkit.Chem.rdMolDescriptors import CalcMolFormula

    found = atom_counts(["CC(=O)Oc1ccccc1C(=O)O"])[0]
    assert CalcMolFormula(MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O")) == "C9H8O4"
    assert found[:4].tolist() == [8, 9, 0, 4]
    assert found[4:].sum() == 0


def test_scaffolds_group_rings_and_leave_chains_alone():
    groups = scaffold_groups(["Cc1ccccc1", "CCCC", "Oc1ccccc1", "c1ccncc1", "CCO"])
    assert groups.tolist() == [0, 1, 0, 2, 3]


def test_descriptors_rise_with_size():
    small, large = six_descriptors(["C", "CCCCCCCCCC"])
    assert large[0] > small[0]
    assert large[1] > small[1]
    assert large[3] > small[3]


def test_every_number_of_a_small_molecule():
    atoms, ends, kinds, batch = numbered(["O", "C[C@H](F)/C=C/C#N"])
    assert atoms.tolist() == [[7, 0], [5, 0], [5, 2], [8, 0], [5, 0], [5, 0], [5, 0], [6, 0]]
    assert ends[:, :4].tolist() == [[1, 2, 2, 3], [2, 1, 3, 2]]
    assert ends[:, -8:].tolist() == [list(range(8))] * 2
    assert kinds[-8:].tolist() == [[4, 0]] * 8
    assert kinds[:-8:2].tolist() == kinds[1:-8:2].tolist()
    assert kinds[:-8:2, 0].tolist() == [0, 0, 0, 1, 0, 2]
    assert kinds[:-8:2, 1].tolist().count(1) == 2
    assert batch.tolist() == [0] + [1] * 7
    other = numbered(["C[C@@H](F)O", r"F/C=C\F"])
    assert other[0][1].tolist() == [5, 1]
    assert set(other[2][:, 1].tolist()) == {0, 1, 2}


def test_elements_are_counted_one_by_one():
    texts = ["[H]", "C", "N", "O", "F", "P", "S", "Cl", "Br", "I", "[Na+]"]
    found = atom_counts(texts)
    hydrogens = [1, 4, 3, 2, 1, 3, 2, 1, 1, 1, 0]
    assert found[:, 0].tolist() == hydrogens
    assert found[1:10, 1:].tolist() == torch.eye(9).tolist()
    assert found[10].sum() == 0
    assert found.dtype == torch.float32


def test_descriptors_are_those_of_rdkit_by_name():
    from rdkit.Chem import Descriptors, MolFromSmiles

    names = ["MolWt", "MolLogP", "TPSA", "NumRotatableBonds", "NumAromaticRings", "NumHDonors"]
    texts = ["CC(=O)Oc1ccccc1C(=O)O", "NCCc1ccc(O)c(O)c1"]
    expected = [[getattr(Descriptors, n)(MolFromSmiles(t)) for n in names] for t in texts]
    assert torch.allclose(six_descriptors(texts), torch.tensor(expected), rtol=1e-5)
