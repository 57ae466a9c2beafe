r"""Train on probabilities instead of labels (survey 5.4; chapter 5-methods/weak-supervision).

The expected loss of data programming (Ratner et al. 2016, section 4): for an example with the
probability q_k of class k, the loss is the mean over the classes,

.. math:: \sum_k q_k\, \ell(f(x), k),

which for the cross-entropy is the cross-entropy with q. Most of scikit-learn takes weights and no
probabilities; a row that stands there once for each class, weighted with q_k, is the same.
"""

import numpy as np


def weighted_rows(q, balanced=True, least=1e-3):
    """Rows, labels and weights that stand for soft labels.

    Parameters
    ----------
    q : Tensor (N, K), each row with the sum 1
    balanced : bool
        True: every class weighs the same in all. False: each row does.
    least : float
        Smaller probabilities are left out.

    Returns
    -------
    rows, labels : arrays (M,) of int; weights : array (M,), with the sum of the rows kept.

    Raises
    ------
    ValueError : if rows do not sum to one.

    Examples
    --------
    >>> import torch
    >>> weighted_rows(torch.tensor([[1.0, 0.0], [0.5, 0.5]]), balanced=False)
    (array([0, 1, 1]), array([0, 0, 1]), array([1. , 0.5, 0.5]))
    """
    q = np.asarray(q, dtype=float)
    if q.ndim != 2 or abs(q.sum(1) - 1).max() > 1e-4:
        raise ValueError(
            f"weighted_rows: expected probabilities (N, K), each row with the sum 1, found {q.shape}"
        )
    rows, labels = np.nonzero(q > least)
    weights = q[rows, labels]
    if balanced:
        total = np.bincount(labels, weights, minlength=q.shape[1])
        weights = weights * (weights.sum() / (total > 0).sum() / total[labels])
    return rows, labels, weights
