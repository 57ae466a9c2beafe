"""Finding objects with a forest that reads filtered pixels (survey 4.3.2; chapter 4-models/object-detection).

One forest says for each pixel whether it lies in the middle of an object, and of which class. A
second says how far away the four sides of the box are, as FCOS asks a network (Tian et al. 2019,
equation 1). Where the first is surest there is a box, and suppression keeps one of many.
"""

import numpy as np
import torch
from scipy.ndimage import gaussian_filter
from skimage.feature import multiscale_basic_features, peak_local_max
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

from helpers.methods.detection import choose_bars, scaled
from helpers.methods.spots import PIXELS, box_of_pixels
from helpers.metrics.boxes import Found, nms

MIDDLE = 0.25  # share of the area of a box that counts as its middle
TREES = {"n_estimators": 30, "min_samples_leaf": 3, "max_features": 0.3}


def filtered(image):
    """Brightness, edges and curvature around each pixel at scales of 1 to 8 pixels.

    Parameters
    ----------
    image : tensor (3, H, W)

    Returns
    -------
    array (H, W, features); the median of each channel is taken off first.
    """
    pixels = image.permute(1, 2, 0).numpy()
    pixels = pixels - np.median(pixels, (0, 1))
    return multiscale_basic_features(pixels, sigma_min=1, sigma_max=8, channel_axis=-1, workers=1)


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


def learn_forest(x, boxes, labels, classes, seed=0):
    """Learn from boxes to tell, pixel by pixel, middles of objects, and how far their sides are.

    Parameters
    ----------
    x, boxes, labels : tensors (N, 3, H, W), (N, M, 4), (N, M)
    classes, seed : int

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
    kind = ExtraTreesClassifier(**TREES, random_state=seed).fit(features, y.ravel()[some])
    sides = ExtraTreesRegressor(**TREES, random_state=seed).fit(features[of_objects], away)
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
    rows = [torch.zeros(0, 6)]
    for column, label in enumerate(kind.classes_[kind.classes_ < classes]):
        smooth = gaussian_filter(chance[..., column], 1.0)
        v, u = peak_local_max(smooth, threshold_abs=least, exclude_border=False).T
        if len(v):
            left, top, right, bottom = sides.predict(features[v, u]).T
            box = [u + 0.5 - left, v + 0.5 - top, u + 0.5 + right, v + 0.5 + bottom]
            box = np.stack(box, 1).clip(0, (width, height, width, height))
            table = torch.tensor(np.column_stack([box, np.full(len(v), label), smooth[v, u]]))
            table = table.float()
            rows.append(table[nms(table[:, :4], table[:, 5], overlap)])
    table = torch.cat(rows)
    return Found(table[:, :4], table[:, 4].long(), table[:, 5])


def choose_forest(train, valid, classes, seed=0):
    """Learn, and choose each class's least score on the validation images.

    Parameters
    ----------
    train, valid : (x, boxes, labels) and (x, list of Found)
    classes, seed : int

    Returns
    -------
    callable, images -> list of Found; scores from a half on count.
    """
    one = learn_forest(*train, classes, seed)
    bars, _ = choose_bars([one(image) for image in valid[0]], valid[1], classes)
    return lambda x: scaled([one(image) for image in x], bars)
