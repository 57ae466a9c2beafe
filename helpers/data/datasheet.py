"""What a table holds, before anything is trained on it (survey 9; chapter 9-practice/explore-data).

A short, computed part of a data sheet; who collected the rows, why and with what consent has to be
written by a person (Gebru et al. 2021, Datasheets for datasets, Communications of the ACM 64).
"""

import torch

from .origin import Report, count_of, shorten

TWINS = 0.99  # correlation above which two columns say nearly the same


def copies(x, within=0.0):
    """Number the rows so that copies of one row share a number.

    Parameters
    ----------
    x : Tensor (N, F), columns in one unit, without missing values.
    within : float >= 0
        Rows at most this far apart (Euclidean) are copies, and so are rows that a chain of copies
        joins. 0: only rows that are equal in every column.

    Returns
    -------
    Tensor (N,), int64, numbered in the order of first appearance.

    Raises
    ------
    ValueError : for another shape, a missing value, or a negative distance.

    Examples
    --------
    >>> copies(torch.tensor([[1.0], [2.0], [1.0]]))
    tensor([0, 1, 0])
    """
    if x.ndim != 2 or not len(x) or not torch.isfinite(x).all():
        raise ValueError(
            f"copies: expected rows of finite numbers (N, F), found {tuple(x.shape)} with "
            f"{count_of(int((~torch.isfinite(x)).sum()), 'missing or infinite value')}"
        )
    if not within >= 0:
        raise ValueError(f"copies: within must be a distance of 0 or more, found {within!r}")
    from sklearn.cluster import DBSCAN

    if within:
        found = torch.from_numpy(DBSCAN(eps=within, min_samples=1).fit_predict(x.numpy()))
    else:
        found = x.unique(dim=0, return_inverse=True)[1]
    first = torch.full((int(found.max()) + 1,), len(x)).scatter_reduce(
        0, found.long(), torch.arange(len(x)), "amin"
    )
    return first.argsort().argsort()[found.long()]


def contradictions(same, y):
    """Rows whose copies carry another label.

    Parameters
    ----------
    same : Tensor (N,), int64, from `copies`.
    y : Tensor (N,), the labels.

    Returns
    -------
    Tensor (N,), bool.

    Examples
    --------
    >>> contradictions(torch.tensor([0, 0, 1]), torch.tensor([1, 0, 0]))
    tensor([ True,  True, False])
    """
    y = y.double()
    groups = int(same.max()) + 1
    low = torch.full((groups,), torch.inf, dtype=y.dtype).scatter_reduce(0, same, y, "amin")
    high = torch.full((groups,), -torch.inf, dtype=y.dtype).scatter_reduce(0, same, y, "amax")
    return (low < high)[same]


def datasheet(data, name="this table"):
    """The computed part of a data sheet.

    Parameters
    ----------
    data : Table
    name : str, the heading.

    Returns
    -------
    Report, one line a question: rows, groups, classes and what guessing the largest is worth,
    missing values (NaN) and the share of each class's rows that has one, copies (a gap repeats
    only a gap), contradictions, columns that are constant or nearly the same.

    Examples
    --------
    >>> from helpers.data.embedded import wine
    >>> print(datasheet(wine()).lines[0])
    ('rows, columns', '178, 13')
    """
    x, gaps = data.x, data.x.isnan()
    same = copies(torch.cat([x.masked_fill(gaps, 0.0), gaps[:, gaps.any(0)].float()], 1))
    x = torch.where(gaps, x.nanmean(0), x)
    repeated = len(x) - int(same.max() + 1)
    lines = [("rows, columns", f"{len(x)}, {x.shape[1]}")]
    groups = "not named" if data.groups is None else f"{len(data.groups.unique())}"
    lines.append(("groups (patients, sites)", groups))
    if data.task == "classification":
        counts = data.y.bincount(minlength=len(data.classes))
        said = [f"{shorten(k, 16)} {n}" for k, n in zip(data.classes, counts.tolist())]
        lines.append(("classes", ", ".join(said)))
        lines.append(("always the largest", f"accuracy {counts.max() / counts.sum():.3f}"))
    elif data.task == "regression":
        lines.append(("target", f"{data.y.min():.4g} to {data.y.max():.4g}"))
    lines.append(("missing values", _missing(gaps, data)))
    lines.append(("copies of an earlier row", str(repeated)))
    lines.append(("most frequent row occurs", count_of(int(same.bincount().max()), "time")))
    if data.y is not None:
        other = int(contradictions(same, data.y).sum())
        lines.append(("rows whose copy has another label", str(other)))
    still = [f for f, column in zip(data.features, x.T) if column.min() == column.max()]
    lines.append(("constant columns", ", ".join(still) or "none"))
    lines.append(("columns that say nearly the same", _twins(x, data.features)))
    return Report(name, ("asked", "found"), lines)


def _missing(gaps, data):
    """How many values are missing, in how many rows, and in which share of each class."""
    if not gaps.any():
        return "none"
    lacking = gaps.any(1)
    told = f"{int(gaps.sum())} in {count_of(int(lacking.sum()), 'row')}"
    if data.task != "classification":
        return told
    shares = [lacking[data.y == k].double().mean() for k in range(len(data.classes))]
    said = [f"{shorten(k, 16)} {share:.1%}" for k, share in zip(data.classes, shares)]
    return f"{told}; of the rows: {', '.join(said)}"


def _twins(x, features):
    """Pairs of columns whose correlation is nearly one."""
    alike = torch.atleast_2d(torch.nan_to_num(torch.corrcoef(x.double().T).abs())).triu(1) > TWINS
    pairs = [f"{shorten(features[i])} and {shorten(features[j])}" for i, j in alike.nonzero()]
    rest = f", and {len(pairs) - 3} more pairs" if len(pairs) > 3 else ""
    return "; ".join(pairs[:3]) + rest if pairs else "none"
