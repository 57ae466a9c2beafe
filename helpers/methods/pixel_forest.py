"""Finding objects with a forest that reads filtered pixels (survey 4.3.2; chapter 4-models/object-detection).

One forest says for each pixel whether it lies in the middle of an object, and of which class. A
second says how far away the four sides of the box are, as FCOS asks a network (Tian et al. 2019,
equation 1). Where the first is surest there is a box, and suppression keeps one of many.
"""

from functools import cache

import numpy as np
import torch
from scipy.ndimage import correlate1d, gaussian_filter, gaussian_filter1d
from skimage.feature import hessian_matrix_eigvals, peak_local_max
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

from helpers.methods.detection import choose_bars, scaled
from helpers.methods.spots import PIXELS, box_of_pixels
from helpers.metrics.boxes import Found, nms_by_class

SCALES = (1, 2, 4, 8)  # pixels
MIDDLE = 0.25  # share of the area of a box that counts as its middle
TREES = 30  # of each forest
LEAVES = {"min_samples_leaf": 3, "max_features": 0.3}


def filtered(image):
    """Brightness, edges and curvature around each pixel at scales of 1 to 8 pixels.

    The numbers of scikit-image's ``multiscale_basic_features``, up to rounding. All scales are
    smoothed by one product with the matrices of `blurs`, in a quarter of its time.

    Parameters
    ----------
    image : tensor (3, H, W)

    Returns
    -------
    array (H, W, features); the median of each channel is taken off first.
    """
    pixels = image.numpy()
    pixels = pixels - np.median(pixels, (1, 2), keepdims=True)
    down, across = (blurs(side)[:, None] for side in pixels.shape[1:])
    smooth = (down @ pixels @ across.swapaxes(2, 3)).swapaxes(0, 1)  # (3, scales, H, W)
    edges = [sobel_along(smooth, axis) ** 2 for axis in (2, 3)]
    slope = np.gradient(smooth, axis=(2, 3))
    bends = *np.gradient(slope[0], axis=(2, 3)), np.gradient(slope[1], axis=3)
    kinds = smooth, np.sqrt(sum(edges) / 2), *hessian_matrix_eigvals(bends)
    return np.stack(kinds, 2).reshape(-1, *pixels.shape[1:]).transpose(1, 2, 0)


@cache
def blurs(side):
    """Matrices (scales, side, side) that smooth a column of pixels: what filters make of the identity.

    Parameters
    ----------
    side : int
    """
    one = np.eye(side, dtype=np.float32)
    return np.stack([gaussian_filter1d(one, scale, 0, mode="nearest") for scale in SCALES])


def sobel_along(maps, axis):
    """Differences along one of the last two axes, smoothed along the other (Sobel's filter).

    Parameters
    ----------
    maps : array (..., H, W)
    axis : 2 or 3
    """
    return correlate1d(correlate1d(maps, (-1, 0, 1), axis), (0.25, 0.5, 0.25), 5 - axis)


def sampled(y, classes, rng):
    """Numbers of pixels: half background, half objects, as many of each class.

    Parameters
    ----------
    y : int array (N, H, W), `classes` for background
    classes : int
    rng : numpy.random.Generator

    Returns
    -------
    int array, rising; fewer than `PIXELS` where a class has few.
    """
    chosen = []
    for kind in range(classes + 1):
        places = np.flatnonzero(y == kind)
        wanted = PIXELS // 2 if kind == classes else PIXELS // (2 * classes)
        chosen.append(rng.choice(places, min(wanted, len(places)), replace=False))
    return np.sort(np.concatenate(chosen))


def learn_forest(x, boxes, labels, classes, seed=0, trees=TREES):
    """Learn from boxes to tell, pixel by pixel, middles of objects, and how far their sides are.

    Parameters
    ----------
    x, boxes, labels : tensors (N, 3, H, W), (N, M, 4), (N, M)
    classes, seed : int
    trees : int
        In each of the two forests.

    Returns
    -------
    callable, image (3, H, W) -> Found

    Raises
    ------
    ValueError : if no pixel lies in the middle of a box.
    """
    corners, kinds = boxes.numpy(), np.append(labels.numpy(), np.full((len(x), 1), classes), 1)
    which = np.stack([box_of_pixels(b, y, x.shape[2:], MIDDLE) for b, y in zip(corners, labels)])
    y = np.take_along_axis(kinds, which.reshape(len(x), -1), 1)
    some = sampled(y, classes, np.random.default_rng(seed))
    number, place = np.divmod(some, y.shape[1])
    features = np.concatenate(
        [filtered(x[n]).reshape(y.shape[1], -1)[place[number == n]] for n in np.unique(number)]
    )
    of_objects = y.ravel()[some] < classes
    if not of_objects.any():
        raise ValueError(
            f"learn_forest: expected boxes of three pixels or more, found none among {len(x)} images"
        )
    box = corners[number, which.ravel()[some].clip(0)][of_objects]
    v, u = np.divmod(place[of_objects], x.shape[3]) + np.array([[0.5], [0.5]])
    away = np.stack([u - box[:, 0], v - box[:, 1], box[:, 2] - u, box[:, 3] - v], 1)
    size = LEAVES | {"n_estimators": trees, "random_state": seed}
    kind = ExtraTreesClassifier(**size).fit(features, y.ravel()[some])
    sides = ExtraTreesRegressor(**size).fit(features[of_objects], away)
    return lambda image: boxes_at_peaks(filtered(image), kind, sides, classes)


def boxes_at_peaks(features, kind, sides, classes, least=0.05, overlap=0.4):
    """A box at each place where the first forest is surest, less those that suppression drops.

    Parameters
    ----------
    features : array (H, W, F)
    kind, sides : forests with ``predict_proba`` and ``predict``
    classes : int
    least : float
        Lower maxima of the probability, smoothed by one pixel, give no box.
    overlap : float
        For `nms`, class by class.

    Returns
    -------
    Found
    """
    height, width, count = features.shape
    chance = kind.predict_proba(features.reshape(-1, count)).reshape(height, width, -1)
    peaks = []
    for column, label in enumerate(kind.classes_[kind.classes_ < classes]):
        smooth = gaussian_filter(chance[..., column], 1.0)
        v, u = peak_local_max(smooth, threshold_abs=least, exclude_border=False).T
        peaks.append(np.column_stack([v, u, np.full(len(v), label), smooth[v, u]]))
    v, u, label, sure = np.concatenate(peaks).T
    at = features[v.astype(int), u.astype(int)]
    left, top, right, bottom = sides.predict(at).T if len(at) else np.zeros((4, 0))
    box = np.stack([u + 0.5 - left, v + 0.5 - top, u + 0.5 + right, v + 0.5 + bottom], 1)
    box = torch.tensor(box.clip(0, (width, height, width, height))).float()
    found = Found(box, torch.tensor(label).long(), torch.tensor(sure).float())
    kept = nms_by_class(found, overlap)
    return Found(*(part[kept] for part in found))


def choose_forest(train, valid, classes, seed=0, trees=TREES):
    """Learn, and choose each class's least score on the validation images.

    Parameters
    ----------
    train, valid : (x, boxes, labels) and (x, list of Found)
    classes, seed, trees : int
        As in `learn_forest`.

    Returns
    -------
    callable, images -> list of Found; scores from a half on count.
    """
    one = learn_forest(*train, classes, seed, trees)
    bars, _ = choose_bars([one(image) for image in valid[0]], valid[1], classes)
    return lambda x: scaled([one(image) for image in x], bars)
