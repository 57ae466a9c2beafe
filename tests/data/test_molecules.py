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
