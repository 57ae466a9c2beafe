"""Training when a group's share of the rows misleads: even cells, weights, the worst group (survey 9; chapter 9-practice/validate-thoroughly)."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

RATE = 0.1  # learning rate of the worst group's training


def cells(y, group):
    """Number each combination of class and group that may occur, from 0.

    Parameters
    ----------
    y, group : (N,) int64 tensors from 0

    Examples
    --------
    >>> cells(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 1])).tolist()
    [0, 1, 3]
    """
    if y.shape != group.shape:
        raise ValueError(
            f"cells: expected a group for each of {len(y)} rows, found {tuple(group.shape)}"
        )
    return y * (int(group.max()) + 1) + group


def even_weights(cell):
    """One weight a row, so that all cells weigh the same; the mean weight is 1.

    Parameters
    ----------
    cell : (N,) int64

    Examples
    --------
    >>> even_weights(torch.tensor([0, 0, 0, 1])).tolist()
    [0.6666666865348816, 0.6666666865348816, 0.6666666865348816, 2.0]
    """
    counts = cell.bincount()
    return len(cell) / ((counts > 0).sum() * counts[cell]).float()


def even_rows(cell, seed=0):
    """As many rows of each cell as the smallest cell has, drawn at random.

    Parameters
    ----------
    cell : (N,) int64
    seed : int

    Returns
    -------
    sorted int64 row numbers

    Examples
    --------
    >>> len(even_rows(torch.tensor([0, 0, 0, 1])))
    2
    """
    draws = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(cell), generator=draws)
    counts = cell.bincount()
    fewest = int(counts[counts > 0].min())
    kept = [order[cell[order] == k][:fewest] for k in range(len(counts))]
    return torch.cat(kept).sort().values


def worst_group(x, y, cell, penalty=1.0, *, step=0.05, steps=300):
    r"""Logistic regression that does well on its worst cell (group DRO).

    Minimises the weighted loss while the weights chase the losses, Sagawa et al. 2020, algorithm 1,
    on all rows at once:

    .. math:: q_c \propto q_c\, e^{\eta\, \ell_c(w)}, \qquad
              w \leftarrow w - \alpha \nabla \Big( \textstyle\sum_c q_c\, \ell_c(w)
              + \frac{\lambda}{2N} |w|^2 \Big)

    Parameters
    ----------
    x : (N, F) float32, standardised
    y : (N,) of 0 and 1
    cell : (N,) int64
    penalty : float >= 0, lambda
    step : float >= 0, eta; with 0 the cells keep equal weights
    steps : int

    Returns
    -------
    weights (F,), bias () : tensors; positive scores say class 1

    Raises
    ------
    ValueError : for a negative penalty or step.
    """
    if penalty < 0 or step < 0:
        raise ValueError(
            f"worst_group: penalty and step must not be negative, found {penalty}, {step}"
        )
    kinds = cell.unique()
    member = (cell[:, None] == kinds).float()
    member = member / member.sum(0)  # (N, C): a column averages over a cell
    w, b = torch.zeros(x.shape[1], requires_grad=True), torch.zeros((), requires_grad=True)
    q = torch.full((len(kinds),), 1 / len(kinds))
    optimizer = torch.optim.Adam([w, b], lr=RATE)
    for _ in range(steps):
        each = binary_cross_entropy_with_logits(x @ w + b, y.float(), reduction="none")
        losses = each @ member  # (C,)
        q = torch.softmax(q.log() + step * losses.detach(), 0)
        loss = (q * losses).sum() + penalty / (2 * len(y)) * w.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.detach(), b.detach()


def between(x, y, group):
    """How the second group differs from the first, class by class, on the mean of the classes.

    Parameters
    ----------
    x : (N, F) float tensor
    y : (N,) int64 classes
    group : (N,) of 0 and 1

    Returns
    -------
    (F,) : mean row of group 1 minus mean row of group 0 within a class, averaged over the classes
        that have both; rows whose share along it is taken out cannot tell the means apart

    Raises
    ------
    ValueError : if no class has rows of both groups.

    Examples
    --------
    >>> between(torch.tensor([[0.0], [2.0]]), torch.tensor([1, 1]), torch.tensor([0, 1])).tolist()
    [2.0]
    """
    gaps = []
    for k in y.unique():
        first, second = x[(y == k) & (group == 0)], x[(y == k) & (group == 1)]
        if len(first) and len(second):
            gaps.append(second.mean(0) - first.mean(0))
    if not gaps:
        raise ValueError("between: expected a class with rows of both groups, found none")
    return torch.stack(gaps).mean(0)


def without(x, direction):
    """Rows without their share along a direction: a projection onto all that is orthogonal to it.

    Parameters
    ----------
    x : (N, F)
    direction : (F,), not zero

    Examples
    --------
    >>> without(torch.tensor([[3.0, 4.0]]), torch.tensor([2.0, 0.0])).tolist()
    [[0.0, 4.0]]
    """
    unit = direction / direction.norm()
    return x - (x @ unit)[:, None] * unit
