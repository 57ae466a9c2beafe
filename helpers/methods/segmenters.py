"""Rivals that give every pixel a class, and one budget for all (survey 4.3.3; chapter 4-models/semantic-segmentation).

Every `learn_*` takes images x (N, C, H, W) or volumes (N, C, D, H, W), classes y (N, [D,] H, W), the
number of classes, a setting and a seed, and returns a function from x to classes like y.
"""

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt, label
from skimage.feature import multiscale_basic_features, peak_local_max
from skimage.filters import gaussian, threshold_multiotsu, threshold_otsu
from skimage.measure import regionprops
from skimage.segmentation import watershed
from sklearn.ensemble import RandomForestClassifier

from helpers.metrics.segmentation import dice_per_image, soft_dice_loss
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

PIXELS = 10_000  # that a forest learns from
SHAPE = ("area", "eccentricity", "perimeter", "extent", "axis_minor_length")


def choose(learn, settings, x, y, train, valid, *, classes, seed=0):
    """Learn with each setting on the training images; keep the best on the validation images.

    With a single setting there is nothing to choose, and the validation images are not looked at.

    Parameters
    ----------
    learn : callable
        One of `learn_*`.
    settings : sequence
    x, y : tensors
        All images and their classes.
    train, valid : int64 tensors
        Numbers of images.
    classes, seed : int

    Returns
    -------
    (setting, function from images to classes)
    """
    tried = {s: learn(x[train], y[train], classes, s, seed) for s in settings}
    if len(tried) == 1:
        return next(iter(tried.items()))
    score = {s: np.mean(dice_per_image(f(x[valid]), y[valid], classes)) for s, f in tried.items()}
    best = max(score, key=score.get)
    return best, tried[best]


def grey(x):
    """Images as an array (N, [D,] H, W): the mean of the channels.

    Parameters
    ----------
    x : tensor (N, C, [D,] H, W)
    """
    return x.mean(1).double().numpy()


def most_frequent(groups, y, count, classes):
    """The most frequent class of each group of pixels.

    Parameters
    ----------
    groups, y : integer arrays of one shape
        The group, 0 to `count` - 1, and the class of each pixel.
    count, classes : int

    Returns
    -------
    int array (count,)

    Examples
    --------
    >>> most_frequent(np.array([0, 0, 0, 1]), np.array([2, 2, 1, 0]), 2, 3)
    array([2, 0])
    """
    table = np.bincount(groups.ravel() * classes + y.ravel(), minlength=count * classes)
    return table.reshape(count, classes).argmax(1)


def flattened(image, background):
    """Smooth by one pixel, and take away what remains after smoothing by `background` pixels.

    Parameters
    ----------
    image : array ([D,] H, W)
    background : float
        0 takes nothing away.
    """
    smooth = gaussian(image, 1)
    return smooth - gaussian(image, background) if background else smooth


def learn_threshold(x, y, classes, setting, seed=0):
    """Cut brightness into levels by Otsu's thresholds, and name each by what it mostly is.

    There are as many levels as classes, but at most four: more take minutes to find.

    Parameters
    ----------
    x, y, classes, seed
        As at the top of this file.
    setting : float
        The background to take away, in pixels, as in `flattened`.
    """

    most = min(classes, 4)

    def cut(image):
        image = flattened(image, setting)
        if np.ptp(image) == 0:
            return np.zeros(image.shape, dtype=int)
        return np.digitize(image, threshold_multiotsu(image, most))

    def levels(x):
        return np.stack([cut(image) for image in grey(x)])

    names = most_frequent(levels(x), y.numpy(), most, classes)
    return lambda x: torch.from_numpy(names[levels(x)])


def objects(image, background):
    """Objects of an image: Otsu's threshold, cut apart by a watershed of the distances inside.

    Parameters
    ----------
    image : array ([D,] H, W)
    background : float
        As in `flattened`.

    Returns
    -------
    int array like the image, 0 outside, 1, 2, ... the objects
    """
    image = flattened(image, background)
    inside = image > threshold_otsu(image)
    distance = gaussian(distance_transform_edt(inside), 1)
    peaks = peak_local_max(distance, min_distance=3, labels=label(inside)[0])
    seeds = np.zeros(image.shape, dtype=int)
    seeds[tuple(peaks.T)] = 1 + np.arange(len(peaks))
    return watershed(-distance, seeds, mask=inside)


def described(image, found):
    """Shape and brightness of each object, a row each; brightness in units of the image's spread.

    Parameters
    ----------
    image : array (H, W)
    found : int array (H, W)
        From `objects`.
    """
    image = (image - image.mean()) / (image.std() + 1e-9)
    rows = []
    for part in regionprops(found, image):
        light = part.image_intensity[part.image]
        rows.append([*(getattr(part, name) for name in SHAPE), light.mean(), light.std()])
    return np.array(rows).reshape(-1, len(SHAPE) + 2)


def learn_objects(x, y, classes, setting, seed=0):
    """Find objects, measure shape and brightness of each, and let a forest name it.

    Parameters
    ----------
    x, y, classes, seed
        As at the top of this file; flat images only.
    setting : float
        The background to take away, in pixels, as in `flattened`.
    """
    images, rows, names = grey(x), [], []
    for image, true in zip(images, y.numpy()):
        found = objects(image, setting)
        rows.append(described(image, found))
        names.append(most_frequent(found, true, found.max() + 1, classes)[1:])
    rows, names = np.concatenate(rows), np.concatenate(names)
    if not len(rows):
        return lambda x: torch.zeros(x.shape[:1] + x.shape[2:], dtype=torch.int64)
    forest = RandomForestClassifier(100, random_state=seed).fit(rows, names)

    def named(image):
        found = objects(image, setting)
        told = forest.predict(described(image, found)) if found.any() else []
        return np.concatenate([[0], told]).astype(int)[found]

    return lambda x: torch.from_numpy(np.stack([named(image) for image in grey(x)]))


def filter_responses(image):
    """Brightness, edges and curvature around each pixel, at scales of 1 to 8 pixels.

    Parameters
    ----------
    image : array (C, [D,] H, W)

    Returns
    -------
    array (pixels, features)
    """
    found = [multiscale_basic_features(part, sigma_min=1, sigma_max=8) for part in image]
    return np.concatenate([part.reshape(-1, part.shape[-1]) for part in found], axis=1)


def learn_forest(x, y, classes, setting, seed=0):
    """A random forest on filter responses, pixel by pixel; rare classes weigh as much as others.

    Parameters
    ----------
    x, y, classes, seed
        As at the top of this file.
    setting : int
        Pixels in the smallest leaf.
    """
    features = np.concatenate([filter_responses(image) for image in x.double().numpy()])
    some = np.random.default_rng(seed).permutation(len(features))[:PIXELS]
    forest = RandomForestClassifier(
        50, min_samples_leaf=setting, class_weight="balanced", random_state=seed
    ).fit(features[some], y.numpy().ravel()[some])

    def named(image):
        return forest.predict(filter_responses(image)).reshape(image.shape[1:])

    return lambda x: torch.from_numpy(np.stack([named(image) for image in x.double().numpy()]))


def turned(batch, generator):
    """Turn and mirror a batch with its classes, in one of eight ways.

    Parameters
    ----------
    batch : (x, y)
        Images or volumes of square layers, and classes.
    generator : torch.Generator
    """
    quarter, mirror = torch.randint(4, (2,), generator=generator).tolist()
    x, y = (torch.rot90(part, quarter, (-2, -1)) for part in batch)
    return (x.flip(-1), y.flip(-1)) if mirror < 2 else (x, y)


def learn_network(make, *, steps=150, batch=8, loss=soft_dice_loss):
    """A `learn` for a network: so many steps of AdamW, images turned and mirrored.

    Parameters
    ----------
    make : callable
        Makes the network with its starting weights.
    steps, batch : int
        Steps, rounded to whole epochs, and images in each.
    loss : callable of scores and classes

    Returns
    -------
    callable like the others; its setting is the highest learning rate of a one-cycle schedule,
    and what it learns has the trained network as ``model``
    """

    def learn(x, y, classes, setting, seed=0):
        torch.manual_seed(seed)
        model = make()
        epochs = max(1, round(steps * batch / (-(-len(x) // batch) * batch)))
        fit(
            model, (x, y), step=supervised(loss), epochs=epochs, lr=setting, batch_size=batch,
            schedule=one_cycle(), transform=turned, seed=seed,
        )  # fmt: skip

        def found(x):
            return predict(model, x).argmax(1)

        found.model = model
        return found

    return learn


def as_slices(volumes, beside=0):
    """Layers of volumes as flat images, each with its neighbours above and below as channels.

    Parameters
    ----------
    volumes : tensor (N, 1, D, H, W)
    beside : int
        Neighbours on each side; beyond the ends the last layer repeats.

    Returns
    -------
    tensor (N * D, 2 * beside + 1, H, W)

    Examples
    --------
    >>> as_slices(torch.arange(3.0).view(1, 1, 3, 1, 1), 1).flatten(1)
    tensor([[0., 0., 1.],
            [0., 1., 2.],
            [1., 2., 2.]])
    """
    layer = torch.arange(volumes.shape[2])
    near = [(layer + by).clamp(0, len(layer) - 1) for by in range(-beside, beside + 1)]
    return torch.stack([volumes[:, 0, at] for at in near], 2).flatten(0, 1)
