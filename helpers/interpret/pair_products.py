"""A linear model on products of neighbouring pixels, and its map (survey 7.1.1; chapter 7-interpretability/saliency-maps).

A stroke that may lie anywhere gives no pixel a weight of its own, but along a bright stroke
neighbours are bright together. Their mean products, the local autocorrelation of the image, do not
ask where it lies; a model of them has one weight a pair, and can be laid back on the pixels.
"""

import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

SIDE = 3  # pixels of the window whose pixels are multiplied


def pair_products(x):
    """Mean products of all pairs of pixels in a window of 3 by 3, over all places of the window.

    Parameters
    ----------
    x : tensor (N, 1, H, W), brightness about a fixed mean, H and W at least 3

    Returns
    -------
    tensor (N, 81), a pair of places twice and the squares once

    Raises
    ------
    ValueError
        If the images are not grey or smaller than the window.
    """
    if x.ndim != 4 or x.shape[1] != 1 or min(x.shape[2:]) < SIDE:
        raise ValueError(
            f"pair_products(x): expected grey images of at least {SIDE} pixels a side, (N, 1, H, W), "
            f"found {tuple(x.shape)}"
        )
    windows = nn.functional.unfold(x, SIDE)
    return (windows @ windows.mT / windows.shape[2]).flatten(1)


def fit_pairs(x, y):
    """Logistic regression on `pair_products`, told the labels and nothing else.

    Parameters
    ----------
    x : tensor (N, 1, H, W)
    y : int64 tensor (N,), 0 or 1

    Returns
    -------
    sklearn Pipeline: each product in units of its spread, then 81 weights, hardly penalised
    """
    steps = StandardScaler(), LogisticRegression(C=100, max_iter=1000)
    return make_pipeline(*steps).fit(pair_products(x), y)


def pairs_map(model, x):
    """How much the window around each pixel spoke for the class that the model says.

    Parameters
    ----------
    model : Pipeline from `fit_pairs`
    x : tensor (N, 1, H, W)

    Returns
    -------
    tensor (N, 1, H, W), signed; 0 at the border, around which no window fits
        The mean over the other pixels is the part of the decision that the products make.
    """
    scaler, linear = (step for _, step in model.steps)
    weights = torch.from_numpy(linear.coef_[0] / scaler.scale_).to(x).reshape(SIDE**2, SIDE**2)
    windows = nn.functional.unfold(x, SIDE)
    inside = (
        (windows * (weights @ windows)).sum(1).reshape(len(x), 1, *(s - 2 for s in x.shape[2:]))
    )
    said = torch.from_numpy(model.predict(pair_products(x))).to(x) * 2 - 1
    return nn.functional.pad(said[:, None, None, None] * inside, [SIDE // 2] * 4)
