import pytest
import torch

from helpers.data import molecules


def test_solubility_drops_exactly_the_leaking_training_rows():
    clean, raw = molecules.solubility(), molecules.solubility(deduplicate=False)

    def shared(data):
        held = {s for s, t in zip(data.smiles, data.test.tolist()) if t}
        return sum(s in held for s, t in zip(data.smiles, data.test.tolist()) if not t)

    assert shared(clean) == 0 < shared(raw)
    assert len(raw.smiles) - len(clean.smiles) == shared(raw)
    assert int(clean.test.sum()) == 257


def test_every_smiles_parses():
    from rdkit.Chem import MolFromSmiles

    for data in (molecules.solubility(), molecules.freesolv()):
        assert all(MolFromSmiles(text) is not None for text in data.smiles)
        assert len(data.smiles) == len(data.y) == len(data.test)


def test_freesolv_simulation_is_a_good_baseline_and_shuffled_it_is_not():
    data = molecules.freesolv()
    error = (data.y - data.calculated).square().mean().sqrt()
    shuffled = (data.y - data.calculated.roll(1)).square().mean().sqrt()
    assert error < 2 < shuffled
    assert isinstance(data.calculated, torch.Tensor)


TEXTS = ["CCO", "c1ccccc1C(=O)O", "CC(=O)Oc1ccccc1C(=O)O", "[Na+].[Cl-]"]


def test_descriptors_agree_with_rdkits_own_list():
    from rdkit.Chem.Descriptors import descList

    names = [name for name, _ in descList]
    every, seven = molecules.all_descriptors(TEXTS), molecules.seven_numbers(TEXTS)
    wanted = ["MolLogP", "ExactMolWt", "NumRotatableBonds", None, "TPSA", "NumHDonors", None]
    for column, name in enumerate(wanted):
        if name:
            assert torch.allclose(seven[:, column], every[:, names.index(name)], atol=1e-3)
    assert torch.equal(seven[:, :4], molecules.four_numbers(TEXTS))
    assert every.isfinite().all()


def test_fingerprints_tell_molecules_and_not_spellings_apart():
    bits = molecules.fingerprints(["CCO", "OCC", "CCN"])
    assert torch.equal(bits[0], bits[1])
    assert not torch.equal(bits[0], bits[2])
    assert set(bits.unique().tolist()) == {0, 1}


def test_scaffolds_agree_with_rdkit_and_ringless_molecules_stand_alone():
    found = molecules.scaffolds(["Cc1ccccc1", "CCO", "c1ccccc1", "C1CCCCC1", "CCN", "OCC"]).tolist()
    assert found == [0, 1, 0, 2, 3, 1]


def test_the_row_of_an_unreadable_molecule_is_named():
    for function in (molecules.four_numbers, molecules.fingerprints, molecules.scaffolds):
        with pytest.raises(ValueError, match="row 1: expected a SMILES .* found 'C1C'"):
            function(["CC", "C1C"])


def test_counts_agree_with_atoms_counted_by_hand_and_know_their_neighbours():
    found = molecules.counts(["CCO", "OCC", "CCCO", "COC"])
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[3])
    assert found.sum(1).tolist() == [6.0, 6.0, 8.0, 6.0]  # each atom alone, and with its neighbours
    with pytest.raises(ValueError, match="row 1.*found 'C1CC'"):
        molecules.counts(["C", "C1CC"])
