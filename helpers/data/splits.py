"""Splits that do not leak: random, by group, by time, by scaffold, k-fold (survey 2.4 and 9; all chapters).

A split is a tuple of int64 index tensors, sorted, disjoint and together complete. Which split
is honest follows from the question: rows that share a patient, a photograph, a week or a
molecular scaffold must stand on the same side.
"""

import torch


def random_split(n, *, test=0.2, y=None, seed=0):
    """Split rows at random, in every class alike if labels are given.

    Parameters
    ----------
    n : number of rows. test : share of test rows, between 0 and 1.
    y : (n,) integer labels; with them the split is stratified: every class gives its share,
        rounded, but at least one row to either side. seed : of the shuffle.

    Returns
    -------
    train, test : int64 index tensors.

    Raises
    ------
    ValueError : for a share outside 0..1, an empty side, or a class with a single row.

    Examples
    --------
    >>> train, test = random_split(10, test=0.2)
    >>> len(train), len(test)
    (8, 2)
    """
    _share("random_split", test)
    generator = torch.Generator().manual_seed(seed)
    if y is None:
        order = torch.randperm(n, generator=generator)
        return _sides("random_split", order[_count(n, test) :], order[: _count(n, test)])
    y = _labels("random_split", y, n, "y")
    train, held = [], []
    for label in y.unique():
        rows = (y == label).nonzero()[:, 0]
        if len(rows) < 2:
            raise ValueError(
                f"random_split: class {label.item()} has one row, expected at least two to stratify"
            )
        rows = rows[torch.randperm(len(rows), generator=generator)]
        count = min(max(_count(len(rows), test), 1), len(rows) - 1)
        held.append(rows[:count])
        train.append(rows[count:])
    return _sides("random_split", torch.cat(train), torch.cat(held))


def group_split(groups, *, test=0.2, seed=0):
    """Split so that all rows of a group (a patient, an image block) stay together.

    Parameters
    ----------
    groups : (n,) group number or name of every row. test : share of the *groups* in the test
        side. seed : of the shuffle of groups.

    Returns
    -------
    train, test : int64 index tensors; no group stands in both.

    Raises
    ------
    ValueError : for a share outside 0..1 or fewer than two groups.

    Examples
    --------
    >>> group_split([0, 0, 1, 1], test=0.5)[0].tolist() in ([0, 1], [2, 3])
    True
    """
    _share("group_split", test)
    code, many = _codes(groups)
    if many < 2:
        raise ValueError(f"group_split: expected at least two groups, found {many}")
    count = min(max(_count(many, test), 1), many - 1)
    chosen = torch.randperm(many, generator=torch.Generator().manual_seed(seed))[:count]
    held = torch.isin(code, chosen)
    return _sides("group_split", (~held).nonzero()[:, 0], held.nonzero()[:, 0])


def time_split(times, *, test=0.2, gap=0):
    """Split by time: the past trains, the future tests.

    Parameters
    ----------
    times : (n,) numbers that grow with time, in any order and unit, ties allowed. test : share
        of the latest rows. gap : rows closer than this to the first test time are dropped from
        training (same unit as ``times``), for windows that overlap or effects that linger.

    Returns
    -------
    train, test : int64 index tensors; every train time is below every test time. With a gap
        the two are not complete.

    Raises
    ------
    ValueError : for a share outside 0..1, a NaN time, a negative gap or an empty training side.

    Examples
    --------
    >>> time_split([2001, 2003, 2002, 2004], test=0.25)[1].tolist()
    [3]
    """
    _share("time_split", test)
    times = torch.as_tensor(times)
    if times.ndim != 1 or (times.is_floating_point() and times.isnan().any()):
        raise ValueError("time_split: times must be one number per row without NaN")
    if gap < 0:
        raise ValueError(f"time_split: gap must not be negative, found {gap}")
    first = times.sort().values[len(times) - max(_count(len(times), test), 1)]
    held, past = times >= first, times < first
    past = past & (times <= first - gap) if gap else past
    return _sides("time_split", past.nonzero()[:, 0], held.nonzero()[:, 0])


def scaffold_split(smiles, *, test=0.2):
    """Split molecules so that a Bemis-Murcko scaffold stands on one side only.

    Scaffolds are dealt from the most frequent to the rarest: to training while they fit, else to
    the test side, as in MoleculeNet (Wu et al. 2018). On real sets training holds the common
    scaffolds, the test side the rare ones. Molecules without a ring share the empty scaffold.

    Parameters
    ----------
    smiles : list of SMILES. test : wanted share of test rows; the real one can be a little
        larger, because a scaffold is not cut.

    Returns
    -------
    train, test : int64 index tensors.

    Raises
    ------
    ValueError : naming the row of a SMILES that RDKit cannot read, or if one side is empty.

    Examples
    --------
    >>> scaffold_split(["CCO", "CC", "CCN", "c1ccccc1"], test=0.25)[1].tolist()
    [3]
    """
    _share("scaffold_split", test)
    code, many = _codes([_scaffold(text, row) for row, text in enumerate(smiles)])
    sizes = code.bincount(minlength=many)
    room = len(smiles) - _count(len(smiles), test)
    train, used = [], 0
    for group in sizes.argsort(descending=True, stable=True).tolist():
        if used + int(sizes[group]) <= room:
            train.append(group)
            used += int(sizes[group])
    kept = torch.isin(code, torch.tensor(train, dtype=torch.int64))
    return _sides("scaffold_split", kept.nonzero()[:, 0], (~kept).nonzero()[:, 0])


def kfold(n, k=5, *, y=None, seed=0):
    """Cut rows into k folds, each the test side once.

    Parameters
    ----------
    n : number of rows. k : number of folds, 2 to n. y : (n,) integer labels to stratify by:
        then fold sizes of a class differ by at most one. seed : of the shuffle.

    Returns
    -------
    list of k pairs (train, test) of int64 index tensors; the tests are disjoint and complete.

    Raises
    ------
    ValueError : for k outside 2..n.

    Examples
    --------
    >>> [len(test) for train, test in kfold(10, 3)]
    [4, 3, 3]
    """
    if not 2 <= k <= n:
        raise ValueError(f"kfold: k must be between 2 and the {n} rows, found {k}")
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    if y is not None:
        y = _labels("kfold", y, n, "y")
        order = order[y[order].argsort(stable=True)]  # shuffled within each class
    fold = torch.empty(n, dtype=torch.int64)
    fold[order] = torch.arange(n) % k  # dealt like cards, class after class
    return [((fold != i).nonzero()[:, 0], (fold == i).nonzero()[:, 0]) for i in range(k)]


def group_folds(groups, k=7, *, seed=0):
    """Cut groups into k folds, each the test side once and the validation side once.

    Parameters
    ----------
    groups : (n,) group number or name of every row; with a number of its own for every row the
        folds are random. k : most folds; fewer where there are fewer groups. seed : of the shuffle
        of groups.

    Returns
    -------
    list of triples (train, valid, test) of int64 index tensors, disjoint and together complete; no
    group stands in two of them, and the tests of all folds are disjoint and complete.

    Raises
    ------
    ValueError : for fewer than three groups, or k below 3.

    Examples
    --------
    >>> [len(part) for part in group_folds([0, 0, 1, 1, 2, 2])[0]]
    [2, 2, 2]
    """
    code, many = _codes(groups)
    if many < 3 or k < 3:
        raise ValueError(
            f"group_folds: expected at least 3 groups and k of at least 3, found {many} and {k}"
        )
    k = min(k, many)
    fold = torch.empty(many, dtype=torch.int64)
    fold[torch.randperm(many, generator=torch.Generator().manual_seed(seed))] = (
        torch.arange(many) % k
    )
    part = (fold[code][None] - torch.arange(k)[:, None]) % k  # (k, n): 0 tests, 1 validates
    return [tuple(rows.nonzero()[:, 0] for rows in (p > 1, p == 1, p == 0)) for p in part]


def _scaffold(text, row):
    """Return the canonical SMILES of the Murcko scaffold; row counts from 0."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.Scaffolds.MurckoScaffold import MurckoScaffoldSmiles

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(text)
    if mol is None or not text:
        raise ValueError(
            f"scaffold_split: row {row} is not a readable SMILES string, found {text!r}"
        )
    return MurckoScaffoldSmiles(mol=mol)


def _codes(groups):
    """Number groups 0, 1, ... in order of first appearance: codes (n,) and their number."""
    groups = groups.tolist() if hasattr(groups, "tolist") else list(groups)
    number = {}
    return torch.tensor([number.setdefault(g, len(number)) for g in groups]), len(number)


def _count(n, share):
    """Return the number of test rows, rounded half up."""
    return int(n * share + 0.5)


def _share(where, test):
    """Complain about a share that is not between 0 and 1."""
    if not 0 < test < 1:
        raise ValueError(f"{where}: test must be a share between 0 and 1, found {test}")


def _labels(where, values, n, name):
    """Check that there is one label per row."""
    values = torch.as_tensor(values)
    if values.shape != (n,):
        raise ValueError(f"{where}: {name} must have shape ({n},), found {tuple(values.shape)}")
    return values


def _sides(where, train, test):
    """Sort both sides and refuse an empty one."""
    if not len(train) or not len(test):
        raise ValueError(
            f"{where}: {len(train)} train and {len(test)} test rows, expected both sides non-empty"
        )
    return train.sort().values, test.sort().values
