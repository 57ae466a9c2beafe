"""Decision trees, and two ways to add them: forest and boosting (survey 2.3; chapter 2-considerations/simple-models).

Targets are (N, K): one column of numbers, or one 0/1 column a class. The sum of squared errors of
0/1 columns is the Gini impurity times the number of rows, so that one search serves both tasks.
"""

from dataclasses import dataclass

import torch


def best_split(x, y, leaf=1):
    r"""The question "is column j below t?" that lowers the squared error most.

    With n rows of which a side has :math:`n_s`, and :math:`S_s` the sum of its targets, the squared
    error falls by :math:`\sum_s \lVert S_s \rVert^2 / n_s - \lVert S \rVert^2 / n`; running sums over
    the sorted rows give it for all thresholds of a column at once (Breiman et al. 1984).

    Parameters
    ----------
    x : tensor (N, F)
    y : tensor (N, K)
    leaf : int >= 1
        Fewest rows on a side.

    Returns
    -------
    (gain, column, threshold), or None if no threshold divides the rows

    Examples
    --------
    >>> x, y = torch.tensor([[1.0], [2.0], [5.0]]), torch.tensor([[0.0], [0.0], [3.0]])
    >>> best_split(x, y)
    (6.0, 0, 3.5)
    """
    n, (value, order) = len(x), x.sort(0)
    below = y[order].cumsum(0)[:-1]  # (N - 1, F, K), sums of the lower side
    count = torch.arange(1, n, dtype=y.dtype)[:, None]
    total = y.sum(0)
    gain = (below**2).sum(2) / count + ((total - below) ** 2).sum(2) / (n - count)
    gain = gain - (total**2).sum() / n
    gain[value[1:] == value[:-1]] = -torch.inf  # equal values cannot be parted
    gain[: leaf - 1] = -torch.inf
    gain[n - leaf :] = -torch.inf
    if n < 2 * leaf or not bool((gain > 1e-12).any()):
        return None
    row, column = divmod(int(gain.argmax()), x.shape[1])
    threshold = (value[row, column] + value[row + 1, column]) / 2
    return float(gain[row, column]), column, float(threshold)


@dataclass(frozen=True)
class Tree:
    """A question with two trees behind it, or a leaf: ``value`` (K,), the mean of its rows."""

    value: torch.Tensor
    column: int | None = None
    threshold: float = 0.0
    below: "Tree | None" = None
    above: "Tree | None" = None

    def __call__(self, x):
        """Predictions (N, K) of rows (N, F)."""
        if self.column is None:
            return self.value.expand(len(x), -1)
        answer = torch.empty(len(x), len(self.value), dtype=self.value.dtype)
        low = x[:, self.column] <= self.threshold
        answer[low], answer[~low] = self.below(x[low]), self.above(x[~low])
        return answer


def grow(x, y, depth, leaf=1):
    """Split, and split the parts again.

    Parameters
    ----------
    x : tensor (N, F)
    y : tensor (N, K)
    depth : int >= 0
        Most questions one after another.
    leaf : int >= 1
        Fewest rows of a leaf.

    Returns
    -------
    Tree
    """
    if depth < 0 or leaf < 1:
        raise ValueError(f"grow(depth={depth}, leaf={leaf}): expected at least 0 and 1")
    found = best_split(x, y, leaf) if depth else None
    if found is None:
        return Tree(y.mean(0))
    _, column, threshold = found
    low = x[:, column] <= threshold
    parts = (grow(x[side], y[side], depth - 1, leaf) for side in (low, ~low))
    return Tree(y.mean(0), column, threshold, *parts)


def forest(x, y, samples, depth, leaf=1):
    """One tree for each resampling of the rows; the answer is their mean (Breiman 2001).

    Breiman's forest also draws a few columns for each question; here all are open.

    Parameters
    ----------
    x : tensor (N, F)
    y : tensor (N, K)
    samples : sequence of index tensors
        The rows of each tree, drawn with replacement.
    depth, leaf : as for `grow`

    Returns
    -------
    callable, rows (M, F) -> (M, K)
    """
    trees = [grow(x[rows], y[rows], depth, leaf) for rows in samples]
    return lambda new: torch.stack([tree(new) for tree in trees]).mean(0)


def boost(x, y, rounds, rate, depth, leaf=1):
    """Each tree is grown on what the sum of those before it left over (Friedman 2001).

    For squared error the residual is the negative gradient of the loss, whence the name gradient
    boosting.

    Parameters
    ----------
    x : tensor (N, F)
    y : tensor (N, K)
    rounds : int
        Number of trees.
    rate : float in (0, 1]
        Share of each tree that is added.
    depth, leaf : as for `grow`

    Returns
    -------
    callable, rows (M, F) -> (M, K)
    """
    start, trees = y.mean(0), []
    left = y - start
    for _ in range(rounds):
        trees.append(grow(x, left, depth, leaf))
        left = left - rate * trees[-1](x)
    return lambda new: start + rate * sum(tree(new) for tree in trees)
