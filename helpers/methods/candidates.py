"""Candidate molecules: small edits, and a search that keeps what a model likes (survey 4.4; chapter 4-models/graph-molecules)."""

from random import Random

import torch

ELEMENTS = ("C", "N", "O", "F", "S", "Cl")


def edited(smiles, random):
    """One random edit of a molecule: exchange, add or remove an atom, or close a ring.

    Parameters
    ----------
    smiles : str
    random : random.Random

    Returns
    -------
    str or None
        Canonical SMILES of one connected molecule, or None where the edit breaks a valence.

    Examples
    --------
    >>> sorted({edited("CCO", Random(seed)) for seed in range(60)} - {None})[:3]
    ['C1CO1', 'C=CCO', 'CC']
    """
    from rdkit import Chem, rdBase

    molecule = Chem.RWMol(Chem.MolFromSmiles(smiles))
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    atom = random.randrange(molecule.GetNumAtoms())
    EDITS[random.randrange(len(EDITS))](molecule, atom, random)
    with rdBase.BlockLogs():
        try:
            Chem.SanitizeMol(molecule)
        except (Chem.AtomValenceException, Chem.KekulizeException):
            return None
        found = Chem.MolToSmiles(molecule)
        whole = found and "." not in found and Chem.MolFromSmiles(found) is not None
    radical = any(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms())
    return found if whole and not radical else None


def exchange(molecule, atom, random):
    """Make an atom another element.

    Parameters
    ----------
    molecule : rdkit.Chem.RWMol, changed in place
    atom : int, its number
    random : random.Random
    """
    from rdkit.Chem import Atom

    molecule.ReplaceAtom(atom, Atom(random.choice(ELEMENTS)))


def add(molecule, atom, random):
    """Hang a new atom on an atom.

    Parameters
    ----------
    molecule : rdkit.Chem.RWMol, changed in place
    atom : int, its number
    random : random.Random
    """
    from rdkit.Chem import Atom, BondType

    new = molecule.AddAtom(Atom(random.choice(ELEMENTS)))
    kind = random.choice((BondType.SINGLE, BondType.SINGLE, BondType.DOUBLE))
    molecule.AddBond(atom, new, kind)


def remove(molecule, atom, random):
    """Take an atom away, with its bonds.

    Parameters
    ----------
    molecule : rdkit.Chem.RWMol, changed in place
    atom : int, its number
    random : random.Random
    """
    molecule.RemoveAtom(atom)


def close(molecule, atom, random):
    """Bind two atoms that are not bound yet.

    Parameters
    ----------
    molecule : rdkit.Chem.RWMol, changed in place
    atom : int, its number
    random : random.Random
    """
    from rdkit.Chem import BondType

    other = random.randrange(molecule.GetNumAtoms())
    if other != atom and molecule.GetBondBetweenAtoms(atom, other) is None:
        molecule.AddBond(atom, other, BondType.SINGLE)


EDITS = (exchange, add, remove, close)


def evolve(score, start, *, rounds, keep, children, seed=0):
    """Edit the best molecules again and again: a search that only asks a model.

    Parameters
    ----------
    score : callable, list of SMILES -> one number each, higher is better
    start : list of SMILES, the first parents
    rounds, keep, children : int
        How often the `keep` best get `children` new molecules together, each an edit of one of them.
    seed : int

    Returns
    -------
    dict from SMILES to its score: all molecules that were scored, ``len(start) + rounds * children``
    of them at most; no molecule is scored twice.
    """
    random = Random(seed)
    known = dict(zip(start, score(start)))
    for _ in range(rounds):
        parents = sorted(known, key=known.get, reverse=True)[:keep]
        fresh = set()
        for _ in range(50 * children):
            child = edited(random.choice(parents), random)
            if child and child not in known:
                fresh.add(child)
            if len(fresh) == children:
                break
        fresh = sorted(fresh)
        known |= dict(zip(fresh, score(fresh))) if fresh else {}
    return known


def best(scored, count=20):
    """The `count` entries of a dict with the highest scores, best first.

    Parameters
    ----------
    scored : dict from SMILES to float
    count : int

    Examples
    --------
    >>> best({"C": 0.1, "CC": 0.3, "CO": 0.2}, 2)
    {'CC': 0.3, 'CO': 0.2}
    """
    return dict(sorted(scored.items(), key=lambda pair: -pair[1])[:count])


def made_up(ask, start, *, measured=(), rounds=10, seed=0, count=20):
    """The best of what a search made up itself, thirty molecules a round.

    Parameters
    ----------
    ask : callable, list of SMILES -> one prediction each, higher is better
    start : list of SMILES, where the search begins
    measured : collection of SMILES
        Not handed in, and neither is the start: nobody made them up.
    rounds, seed, count : int

    Returns
    -------
    dict from SMILES to prediction, best first, `count` entries at most
    """
    asked = evolve(ask, start, rounds=rounds, keep=count, children=30, seed=seed)
    old = {*start, *measured}
    return best({text: said for text, said in asked.items() if text not in old}, count)


def both_ways(ask, start, library, *, rounds=10, seed=0, count=20):
    """Screen a library, and make molecules up, with the same model: the best of each.

    Parameters
    ----------
    ask : callable, list of SMILES -> one prediction each, higher is better
    start : list of SMILES, where the search begins
    library : list of SMILES
    rounds : int
        Of thirty made-up molecules each.
    seed, count : int

    Returns
    -------
    dict with "library, screened" and "made up, searched": dicts from SMILES to prediction
    """
    screened = best(dict(zip(library, ask(library))), count)
    made = made_up(ask, start, rounds=rounds, seed=seed, count=count)
    return {"library, screened": screened, "made up, searched": made}


def nearest_in_size(sizes, values, new, near=25):
    """Predict a molecule by those most like it in one number: how many atoms it has.

    Parameters
    ----------
    sizes : tensor (N,), heavy atoms of the measured molecules
    values : tensor (N,), what was measured
    new : tensor (M,), heavy atoms of the others
    near : int
        The mean of so many is the prediction; of those equally near the first ones count.

    Returns
    -------
    tensor (M,)

    Examples
    --------
    >>> sizes, values = torch.tensor([5, 6, 20]), torch.tensor([1.0, 3.0, 9.0])
    >>> nearest_in_size(sizes, values, torch.tensor([7, 30]), near=2).tolist()
    [2.0, 6.0]
    """
    gaps = (new[:, None] - sizes).abs()  # (M, N)
    return values[gaps.sort(dim=1, stable=True).indices[:, :near]].mean(1)


def sums(graphs):
    """The features of each molecule's atoms and bonds, added up: what a simple model can read.

    Parameters
    ----------
    graphs : sequence of N `helpers.data.graphs.Graph`, F node and K edge features

    Returns
    -------
    tensor (N, F + K), float32; each bond counts once

    Examples
    --------
    >>> from helpers.data.graphs import smiles_to_graph
    >>> sums([smiles_to_graph("CCO")])[0, :3].tolist()
    [2.0, 0.0, 1.0]
    """
    return torch.stack([torch.cat([g.x.sum(0), g.edge_attr.sum(0) / 2]) for g in graphs])
