"""Pixels named in two stages (survey 4.3.3; chapter 4-models/semantic-segmentation).

Tu and Bai (2010) call it auto-context: what a first classifier says of the surroundings is an input
of the second. Beside it stands its control, the same trees in one stage.
"""

import numpy as np
import torch
from skimage.filters import gaussian
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from helpers.methods.balanced_bins import BalancedBins
from helpers.methods.segmenters import filter_responses

PIXELS = 10_000  # that a stage learns from


def learn_in_two_stages(x, y, classes, setting, seed=0):
    """Boosted trees on filters, then again on the same filters and those of the first guess.

    The stages learn from different halves of the images, so that the second meets guesses as
    uncertain as those on new images.

    Parameters
    ----------
    x : tensor (N, C, [D,] H, W), N >= 2
    y : integer tensor (N, [D,] H, W)
    classes : int
    setting : int
        Leaves of a tree.
    seed : int

    Returns
    -------
    function from images to classes

    Raises
    ------
    ValueError
        For a single image.
    """
    if len(x) < 2:
        raise ValueError(f"learn_in_two_stages: expected two images or more, found {len(x)}")
    stages = []
    for half in (0, 1):
        rows = [seen(image, stages, classes) for image in x[half::2].double().numpy()]
        stages.append(boosted(np.concatenate(rows), y[half::2].numpy().ravel(), setting, seed))

    def named(image):
        found = stages[1].predict(seen(image, stages[:1], classes))
        return found.reshape(image.shape[1:])

    return lambda x: torch.from_numpy(np.stack([named(image) for image in x.double().numpy()]))


def learn_in_one_stage(x, y, classes, setting, seed=0, *, smooth=0):
    """Boosted trees on filters, from as many pixels as two stages have together.

    Parameters
    ----------
    x, y, classes, setting, seed
        As in `learn_in_two_stages`; one image is enough.
    smooth : float >= 0
        By so many pixels the probabilities are smoothed before the largest is taken.

    Returns
    -------
    function from images to classes
    """
    rows = np.concatenate([filter_responses(image) for image in x.double().numpy()])
    trees = boosted(rows, y.numpy().ravel(), setting, seed, 2 * PIXELS)

    def named(image):
        guess = guessed(trees, filter_responses(image), classes)
        maps = guess.reshape(classes, *image.shape[1:])
        return np.stack([gaussian(part, smooth) if smooth else part for part in maps]).argmax(0)

    return lambda x: torch.from_numpy(np.stack([named(image) for image in x.double().numpy()]))


def guessed(trees, features, classes):
    """Probability of every class, (classes, pixels); zero for a class that no pixel had.

    Parameters
    ----------
    trees : classifier
    features : array (pixels, features)
    classes : int
    """
    guess = np.zeros((classes, len(features)))
    guess[trees.classes_] = trees.predict_proba(features).T
    return guess


def seen(image, stages, classes):
    """Filters of an image, and beside them filters of what an earlier stage makes of it.

    Parameters
    ----------
    image : array (C, [D,] H, W)
    stages : list of at most one classifier
    classes : int

    Returns
    -------
    array (pixels, features)
    """
    features = filter_responses(image)
    found = [features]
    for trees in stages:
        guess = guessed(trees, features, classes)
        found.append(filter_responses(guess.reshape(classes, *image.shape[1:])[1:]))
    return np.concatenate(found, axis=1)


def boosted(features, y, leaves, seed, pixels=None):
    """Boosted trees on some of the pixels; rare classes weigh as much as others.

    Parameters
    ----------
    features : array (pixels, features)
    y : int array (pixels,)
    leaves : int
        Of a tree; 40 trees a class.
    seed : int
    pixels : int or None
        How many; None: as many as a stage has.

    Returns
    -------
    classifier; where these pixels have one class, one that always says it
    """
    some = np.random.default_rng(seed).permutation(len(y))[: pixels or PIXELS]
    if np.ptp(y[some]) == 0:
        return DummyClassifier().fit(features[some], y[some])
    trees = HistGradientBoostingClassifier(
        learning_rate=0.2, max_iter=40, max_leaf_nodes=leaves, class_weight="balanced",
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    return make_pipeline(BalancedBins(), trees).fit(features[some], y[some])
