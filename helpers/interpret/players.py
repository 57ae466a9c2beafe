"""Players of a Shapley game: columns that belong together (survey 7.1.2; chapter 7-interpretability/shapley-values)."""

import numpy as np


def correlated_columns(x, most=10):
    """Divide columns into groups whose members are correlated, by average linkage.

    Parameters
    ----------
    x : tensor or array (N, D), N >= 2
        Examples; a constant column counts as correlated with nothing.
    most : int >= 1
        The largest number of groups. With as few columns each is a group of its own.

    Returns
    -------
    list of lists of column numbers
        Every column once; groups in the order of their first column.

    Raises
    ------
    ValueError
        If x is no table of at least two rows.

    Examples
    --------
    >>> correlated_columns(np.array([[1, 9, 2], [2, 7, 4], [3, 8, 6.5]]), most=2)
    [[0, 2], [1]]
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    x = np.asarray(x, dtype=float)
    if x.ndim != 2 or len(x) < 2:
        raise ValueError(f"correlated_columns: expected a table (N >= 2, D), found {x.shape}")
    columns = x.shape[1]
    if columns <= most:
        return [[column] for column in range(columns)]
    moved = x - x.mean(0)
    length = np.linalg.norm(moved, axis=0)
    unit = moved / np.where(length > 0, length, 1)
    apart = np.clip(1 - np.abs(unit.T @ unit), 0, 1)
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), "average")
    label = fcluster(tree, most, criterion="maxclust")
    return [np.flatnonzero(label == one).tolist() for one in dict.fromkeys(label.tolist())]
