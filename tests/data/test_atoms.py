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
