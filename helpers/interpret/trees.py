"""Shapley values of a tree, leaf by leaf (survey 7.1.2; chapter 7-interpretability/shapley-values).

A tree needs no enumeration. Against one background example, a leaf is reached by the coalitions
that hold certain features and lack certain others; its share of the credit has a closed form.
"""

from math import factorial

import numpy as np


def leaves(tree, x, other, node=0, held=frozenset(), lacked=frozenset()):
    """The leaves that a mixture of two examples can reach.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The ``tree_`` of a fitted decision tree.
    x, other : arrays (D,)
        The example, and the background example that lends what is not known.
    node, held, lacked
        Where the walk stands; leave them out.

    Yields
    ------
    leaf, held, lacked : int, frozenset, frozenset
        A mixture ends in this leaf if its coalition holds all features of the second, and none
        of the third.
    """
    feature = tree.feature[node]
    if tree.children_left[node] < 0:
        yield node, held, lacked
        return
    below = [
        tree.children_left[node] if row[feature] <= tree.threshold[node] else tree.children_right[node]
        for row in (x, other)
    ]  # fmt: skip
    if below[0] == below[1]:
        yield from leaves(tree, x, other, below[0], held, lacked)
        return
    if feature not in lacked:
        yield from leaves(tree, x, other, below[0], held | {feature}, lacked)
    if feature not in held:
        yield from leaves(tree, x, other, below[1], held, lacked | {feature})


def tree_shap(tree, x, background, output=0):
    r"""Interventional Shapley values of one tree (Lundberg et al. 2020, TreeSHAP).

    A leaf of value v that needs a features of the example and b of the background is a game in
    which the a must be there and the b must not. Its values are

    .. math:: \phi_i = v\,\frac{(a-1)!\,b!}{(a+b)!}\ \text{for the } a, \qquad
              \phi_i = -v\,\frac{a!\,(b-1)!}{(a+b)!}\ \text{for the } b .

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The ``tree_`` of a fitted decision tree.
    x : array (D,)
        The example, rounded to float32 as scikit-learn does.
    background : array (M, D), M >= 1
    output : int
        Which class, or which output of a regression.

    Returns
    -------
    array (D,)
        In units of the leaf's value; the sum is the tree's answer for x minus its mean over the
        background.

    Raises
    ------
    ValueError
        If x and background differ in their number of columns.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> fitted = DecisionTreeRegressor().fit([[0, 5], [1, 5]], [10, 30])
    >>> tree_shap(fitted.tree_, [1, 5], [[0, 5]]).tolist()
    [20.0, 0.0]
    """
    x, background = np.asarray(x, np.float32), np.asarray(background, np.float32)
    if x.ndim != 1 or background.ndim != 2 or background.shape[1] != len(x):
        raise ValueError(
            f"tree_shap: expected x (D,) and background (M, D), found {x.shape} and {background.shape}"
        )
    phi = np.zeros(len(x))
    for other in background:
        for leaf, held, lacked in leaves(tree, x, other):
            value, a, b = tree.value[leaf].ravel()[output], len(held), len(lacked)
            for feature in held:
                phi[feature] += value * factorial(a - 1) * factorial(b) / factorial(a + b)
            for feature in lacked:
                phi[feature] -= value * factorial(a) * factorial(b - 1) / factorial(a + b)
    return phi / len(background)
