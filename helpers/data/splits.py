"""Splits that do not leak: random, by group, by time, by scaffold (survey 2.4 and 9; all chapters).

A split is a pair of int64 index tensors, sorted, disjoint and together complete. Which split is
honest follows from the question: rows that share a patient, a photograph, a week or a molecular
scaffold must stand on the same side. A share of test rows that cannot be kept to one row or one
hundredth of all is refused, with the share that it would be. For folds take scikit-learn's KFold and its
siblings.
"""

import warnings
from numbers import Integral, Real

import numpy as np
import torch

from .alike import twins
from .arguments import shown, whole_of


def random_split(n, *, test=0.2, y=None, seed=0):
    """Split rows at random, in every class alike if labels are given.

    Parameters
    ----------
    n : int >= 2
        Number of rows.
    test : float in (0, 1)
        Share of test rows.
    y : (n,) labels, optional
        Numbers or names; with them the split is stratified: every class gives its share, rounded,
        but at least one row to either side.
    seed : int

    Returns
    -------
    train, test : int64 index tensors

    Raises
    ------
    ValueError : for a share outside 0..1, an empty side, a missing label, a class with a single
        row, or so many small classes that the share of all rows cannot be kept.

    Examples
    --------
    >>> train, test = random_split(10, test=0.2)
    >>> len(train), len(test)
    (8, 2)
    """
    _share("random_split", test)
    if not isinstance(n, Integral) or n < 2:
        raise ValueError(f"random_split: expected a whole number n of at least 2, found {n!r}")
    generator = torch.Generator().manual_seed(whole_of("random_split", "seed", seed))
    if y is None:
        held = torch.randperm(n, generator=generator)[: _count(n, test)]
        return _sides("random_split", np.isin(range(n), held))
    code, classes = _codes("random_split", "y", y, n, sort=True)
    held = []
    for k, label in enumerate(classes):
        rows = np.flatnonzero(code == k)
        if len(rows) < 2:
            raise ValueError(
                f"random_split: class {label} has one row, expected at least two to stratify"
            )
        order = torch.randperm(len(rows), generator=generator).numpy()
        held.append(rows[order[: min(max(_count(len(rows), test), 1), len(rows) - 1)]])
    held = np.isin(range(n), np.concatenate(held))
    return _sides("random_split", held, test, "every class on both sides")


def group_split(groups, *, test=0.2, seed=0):
    """Split so that all rows of a group (a patient, an image block) stay together.

    Parameters
    ----------
    groups : (n,) number or name of every row's group
    test : float in (0, 1)
        Share of the *groups* in the test side.
    seed : int

    Returns
    -------
    train, test : int64 index tensors
        No group stands in both.

    Raises
    ------
    ValueError : for a share outside 0..1, a missing group, or fewer than two groups.

    Warns
    -----
    UserWarning : when few or uneven groups put less than half or more than twice `test` of the
        rows, and a tenth of them off it, into the test side.

    Examples
    --------
    >>> group_split([0, 0, 1, 1], test=0.5)[0].tolist() in ([0, 1], [2, 3])
    True
    """
    _share("group_split", test)
    code, names = _codes("group_split", "groups", groups)
    if len(names) < 2:
        raise ValueError(f"group_split: expected at least two groups, found {len(names)}")
    generator = torch.Generator().manual_seed(whole_of("group_split", "seed", seed))
    order = torch.randperm(len(names), generator=generator)
    count = min(max(_count(len(names), test), 1), len(names) - 1)
    held = np.isin(code, order[:count])
    share = held.mean()
    if abs(share - test) > 0.1 and not test / 2 <= share <= 2 * test:
        warnings.warn(
            f"group_split: test={test} of {len(names)} groups holds {share:.2f} of the rows; expect "
            "another seed, another share or more groups to do better",
            stacklevel=2,
        )
    return _sides("group_split", held)


def time_split(times, *, test=0.2, gap=0):
    """Split by time: the past trains, the future tests. Rows of one time stay together.

    Parameters
    ----------
    times : (n,) finite numbers that grow with time
        In any order and unit; ties allowed.
    test : float in (0, 1)
        Share of the latest rows.
    gap : number >= 0, in the unit of `times`
        Rows closer than this to the first test time are dropped from training, for windows that
        overlap or effects that linger.

    Returns
    -------
    train, test : int64 index tensors
        Every train time is below every test time. With a gap the two are not complete.

    Raises
    ------
    ValueError : for a share outside 0..1 or one that ties do not allow, times that are missing or
        no numbers, a negative gap, or an empty side.

    Examples
    --------
    >>> time_split([2001, 2003, 2002, 2004], test=0.25)[1].tolist()
    [3]
    """
    _share("time_split", test)
    times = _column("time_split", "times", times)
    if times.dtype.kind not in "iuf" or not np.isfinite(times).all():
        raise ValueError(f"time_split: expected finite numbers as times, found {times.dtype}")
    if not isinstance(gap, Real) or not gap >= 0:
        raise ValueError(
            f"time_split: gap must not be negative, found {shown(gap)}, expected a number"
        )
    times = times.astype("float64" if times.dtype.kind == "f" else object)  # int8 would wrap
    rows_from = times.value_counts().sort_index().iloc[::-1].cumsum().iloc[::-1].iloc[1:]
    if rows_from.empty:
        raise ValueError("time_split: expected at least two different times, found one")
    first = (rows_from - len(times) * test).abs().idxmin()
    held = (times >= first).to_numpy()
    past = (times < first).to_numpy() & ((first - times) >= gap).to_numpy()
    return _sides("time_split", held, test, "rows of one time together", past)


def scaffold_split(smiles, *, test=0.2):
    """Split molecules so that a Bemis-Murcko scaffold stands on one side only.

    Scaffolds are dealt from the most frequent to the rarest: to training while they fit, else to
    the test side, as in MoleculeNet (Wu et al. 2018). On real sets training holds the common
    scaffolds, the test side the rare ones. Molecules without a ring share the empty scaffold.

    Parameters
    ----------
    smiles : sequence of n SMILES
    test : float in (0, 1)
        Share of test rows.

    Returns
    -------
    train, test : int64 index tensors

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read; for a share that whole
        scaffolds do not allow; or if one side is empty.

    Examples
    --------
    >>> scaffold_split(["CCO", "CC", "CCN", "c1ccccc1"], test=0.25)[1].tolist()
    [3]
    """
    _share("scaffold_split", test)
    smiles = [smiles] if isinstance(smiles, str) else list(smiles)
    code, names = _codes(
        "scaffold_split", "smiles", [_scaffold(*pair) for pair in enumerate(smiles)]
    )
    sizes = np.bincount(code, minlength=len(names))
    room, kept = len(smiles) - _count(len(smiles), test), []
    for group in np.argsort(-sizes, kind="stable"):
        if sizes[group] <= room:
            kept.append(group)
            room -= sizes[group]
    return _sides("scaffold_split", ~np.isin(code, kept), test, "whole scaffolds")


def group_folds(groups, k=5, *, seed=0):
    """Cut groups into k folds, each the test side once and the validation side once.

    Parameters
    ----------
    groups : (n,) number or name of every row's group
        With a number of its own for every row the folds are random.
    k : int >= 3
        Most folds; fewer where there are fewer groups.
    seed : int
        Shuffles the groups.

    Returns
    -------
    list of k triples (train, valid, test) of int64 index tensors, disjoint and together complete;
    no group stands in two of them, and every row is tested once.

    Raises
    ------
    ValueError : for a missing group, fewer than three groups, or k below 3.

    Examples
    --------
    >>> [len(part) for part in group_folds([0, 0, 1, 1, 2, 2])[0]]
    [2, 2, 2]
    """
    from sklearn.model_selection import GroupKFold

    code, names = _codes("group_folds", "groups", groups)
    k = min(whole_of("group_folds", "k", k), len(names))
    if k < 3:
        raise ValueError(
            f"group_folds: expected at least 3 groups and folds, one to learn from, one to choose "
            f"by and one to test, found {len(names)} groups and k={k}"
        )
    seed = whole_of("group_folds", "seed", seed, 0)
    dealt = GroupKFold(k, shuffle=True, random_state=seed).split(code, groups=code)
    tests = [torch.from_numpy(rows) for _, rows in dealt]
    return [
        (
            torch.cat([tests[(i + j) % k] for j in range(2, k)]).sort().values,
            tests[i - k + 1],
            tests[i],
        )
        for i in range(k)
    ]


def _scaffold(row, text):
    """Return the canonical SMILES of the Murcko scaffold; row counts from 0."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.SaltRemover import SaltRemover
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text) if isinstance(text, str) and text else None
    if mol is None:
        raise ValueError(
            f"scaffold_split: row {row} is not a readable SMILES string, found {text!r}"
        )
    if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()):
        raise ValueError(
            f"scaffold_split: row {row}: expected a molecule, found {text!r} with a wildcard"
        )
    return MurckoScaffoldSmiles(mol=SaltRemover().StripMol(mol, dontRemoveEverything=True))


def _column(where, name, values):
    """One value a row, none missing, as a pandas Series; lists keep double precision."""
    import pandas as pd

    values = values.detach().cpu().numpy() if isinstance(values, torch.Tensor) else values
    try:
        column = pd.Series(values).reset_index(drop=True)
    except (TypeError, ValueError):
        raise ValueError(f"{where}: expected one value a row as {name}") from None
    if column.isna().any():
        raise ValueError(f"{where}: {name} has no value in row {int(column.isna().argmax())}")
    return column


def _codes(where, name, values, n=None, *, sort=False):
    """Number values 0, 1, ... in order of appearance (or sorted): codes (n,) and the values."""
    column = _column(where, name, values)
    if n is not None and len(column) != n:
        raise ValueError(f"{where}: {name} must have shape ({n},), found {column.shape}")
    if name == "groups":
        _check_names(where, column)
    try:
        return column.factorize(sort=sort)
    except TypeError:
        raise ValueError(f"{where}: expected numbers or names as {name}") from None


def _check_names(where, groups):
    """Refuse an empty name, and two that look alike; capitals may tell groups (SMILES) apart."""
    names = [name for name in groups.drop_duplicates() if isinstance(name, str)]
    if any(not name.strip() for name in names):
        row = next(k for k, name in enumerate(groups) if isinstance(name, str) and not name.strip())
        raise ValueError(f"{where}: groups has no value in row {row}, expected a name or number")
    pair = twins(names, capitals=False)
    if pair:
        raise ValueError(f"{where}: groups holds {pair[0]!r} and {pair[1]!r}, make them alike")


def _count(n, share):
    """Return the number of test rows, rounded half up."""
    return int(n * share + 0.5)


def _share(where, test):
    """Complain about a share that is not between 0 and 1."""
    if not isinstance(test, Real) or not 0 < test < 1:
        raise ValueError(f"{where}: test must be a share between 0 and 1, found {test!r}")


def _sides(where, held, test=None, rule=None, train=None):
    """Rows outside and inside `held`; refuse an empty side and a share that `rule` has moved."""
    train = ~held if train is None else train
    if not train.any() or not held.any():
        raise ValueError(
            f"{where}: {train.sum()} train and {held.sum()} test rows, expected both sides non-empty"
        )
    if test is not None and abs(held.sum() - len(held) * test) > max(1, len(held) / 100):
        raise ValueError(
            f"{where}: test={test} cannot be kept with {rule}: it would be test={held.mean():.3f}"
        )
    return torch.from_numpy(np.flatnonzero(train)), torch.from_numpy(np.flatnonzero(held))
