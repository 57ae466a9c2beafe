"""Molecules as the numbers that published weights expect (survey 5.1; chapter 5-methods/transfer-learning)."""

import torch

BONDS = {"SINGLE": 0, "DOUBLE": 1, "TRIPLE": 2, "AROMATIC": 3}
DIRECTIONS = {"NONE": 0, "ENDUPRIGHT": 1, "ENDDOWNRIGHT": 2}
CHIRAL = {"CHI_UNSPECIFIED": 0, "CHI_TETRAHEDRAL_CW": 1, "CHI_TETRAHEDRAL_CCW": 2}
LOOP = (4, 0)  # an atom's edge to itself


def numbered(smiles):
    """Atoms and bonds of many molecules as one graph, numbered as by Hu et al. 2020.

    Parameters
    ----------
    smiles : list of str

    Returns
    -------
    atoms : (N, 2) int64, atomic number less one, and chirality 0..2
    ends : (2, E) int64, from and to; each bond in both directions, then each atom to itself
    kinds : (E, 2) int64, bond type 0..3, 4 for an atom's edge to itself; direction 0..2
    batch : (N,) int64, whose atom it is

    Raises
    ------
    ValueError : for a text that is no molecule, or one without atoms.

    Examples
    --------
    >>> atoms, ends, kinds, batch = numbered(["CO", "C"])
    >>> atoms[:, 0].tolist(), ends.shape, batch.tolist()
    ([5, 7, 5], torch.Size([2, 5]), [0, 0, 1])
    """
    from rdkit.Chem import MolFromSmiles

    atoms, ends, kinds, batch = [], [], [], []
    for number, text in enumerate(smiles):
        molecule, first = MolFromSmiles(text), len(atoms)
        if molecule is None or not molecule.GetNumAtoms():
            raise ValueError(f"numbered: expected SMILES with atoms, found {text!r}")
        for atom in molecule.GetAtoms():
            atoms.append((atom.GetAtomicNum() - 1, CHIRAL.get(str(atom.GetChiralTag()), 0)))
        for bond in molecule.GetBonds():
            pair = bond.GetBeginAtomIdx() + first, bond.GetEndAtomIdx() + first
            kind = BONDS.get(str(bond.GetBondType()), 0), DIRECTIONS.get(str(bond.GetBondDir()), 0)
            ends += [pair, pair[::-1]]
            kinds += [kind, kind]
        batch += [number] * molecule.GetNumAtoms()
    ends += [(k, k) for k in range(len(atoms))]
    kinds += [LOOP] * len(atoms)
    return torch.tensor(atoms), torch.tensor(ends).T, torch.tensor(kinds), torch.tensor(batch)


def scaffold_groups(smiles):
    """A number for each molecule's Bemis-Murcko scaffold; one without rings is its own group.

    Parameters
    ----------
    smiles : list of str

    Returns
    -------
    Tensor (N,) int64

    Examples
    --------
    >>> scaffold_groups(["Cc1ccccc1", "Oc1ccccc1", "CC", "CO"]).tolist()
    [0, 0, 1, 2]
    """
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    scaffolds = [MurckoScaffoldSmiles(text) or text for text in smiles]
    place = {name: k for k, name in enumerate(dict.fromkeys(scaffolds))}
    return torch.tensor([place[name] for name in scaffolds])


ELEMENTS = (1, 6, 7, 8, 9, 15, 16, 17, 35, 53)


def atom_counts(smiles):
    """How many atoms of ten elements each molecule has, hydrogen included.

    Parameters
    ----------
    smiles : list of str

    Returns
    -------
    Tensor (N, 10) float32, in the order of `ELEMENTS`.

    Examples
    --------
    >>> atom_counts(["CO"])[0, :4].tolist()
    [4.0, 1.0, 0.0, 1.0]
    """
    from rdkit.Chem import AddHs, MolFromSmiles

    rows = []
    for text in smiles:
        found = [atom.GetAtomicNum() for atom in AddHs(MolFromSmiles(text)).GetAtoms()]
        rows.append([found.count(element) for element in ELEMENTS])
    return torch.tensor(rows, dtype=torch.float32)


def six_descriptors(smiles):
    """Weight, logP, polar surface, rotatable bonds, aromatic rings and hydrogen-bond donors.

    Parameters
    ----------
    smiles : list of str

    Returns
    -------
    Tensor (N, 6) float32; the units are those of RDKit (g/mol, none, square angstrom, counts).

    Examples
    --------
    >>> [round(value, 1) for value in six_descriptors(["CO"])[0].tolist()]
    [32.0, -0.4, 20.2, 0.0, 0.0, 1.0]
    """
    from rdkit.Chem import Crippen, Descriptors, MolFromSmiles
    from rdkit.Chem import rdMolDescriptors as of

    parts = (
        Descriptors.MolWt, Crippen.MolLogP, of.CalcTPSA,
        of.CalcNumRotatableBonds, of.CalcNumAromaticRings, of.CalcNumHBD,
    )  # fmt: skip
    return torch.tensor([[part(MolFromSmiles(text)) for part in parts] for text in smiles])
