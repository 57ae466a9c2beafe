"""Finding objects without a network: colour, threshold, and how to part what touches (survey 4.3.2; chapter 4-models/object-detection).

Each rival has two steps. Logistic regression learns from the training boxes how likely a pixel of
some colour belongs to each class. Then each class has a map of probabilities, and a splitter turns
the map into boxes: connected components, or a watershed of the distances inside.
"""

from itertools import combinations

import numpy as np
import torch
from scipy.ndimage import (
    binary_fill_holes,
    distance_transform_edt,
    find_objects,
    gaussian_filter,
    label,
    maximum_filter,
)
from skimage.segmentation import watershed
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from helpers.methods.detection import choose_bars, scaled
from helpers.metrics.boxes import Found

PIXELS = 20_000  # that the colours are learned from


def smooth_pixels(x):
    """Pixels of images, smoothed by one pixel, brightness and stain of the field evened out.

    Parameters
    ----------
    x : tensor (N, 3, H, W)

    Returns
    -------
    array (N, H, W, 3): each channel less its median in the image.
    """
    x = gaussian_filter(x.permute(0, 2, 3, 1).double().numpy(), (0, 0.7, 0.7, 0))
    return x - np.median(x, (1, 2), keepdims=True)


def learn_colours(x, boxes, labels, classes, seed=0):
    """Learn to tell the class of a pixel by its colour.

    Parameters
    ----------
    x, boxes, labels : tensors (N, 3, H, W), (N, M, 4), (N, M)
    classes, seed : int

    Returns
    -------
    callable, images -> array (N, classes, H, W) of probabilities. A pixel counts as part of a box
    if it lies in the ellipse that fills it; where two do, the smaller box has it.
    """
    pixels, kinds = smooth_pixels(x), np.append(labels.numpy(), np.full((len(x), 1), classes), 1)
    held = [box_of_pixels(b, y, x.shape[2:], 0.9) for b, y in zip(boxes.numpy(), labels)]
    y = np.stack([kind[which] for kind, which in zip(kinds, held)])
    rng = np.random.default_rng(seed)
    some = rng.choice(y.size, min(PIXELS, y.size), replace=False)
    model = make_pipeline(
        PolynomialFeatures(2),
        StandardScaler(),
        LogisticRegression(C=10, max_iter=1000, tol=1e-3, class_weight="balanced"),
    )
    model.fit(pixels.reshape(-1, 3)[some], y.ravel()[some])

    def maps(x):
        told = model.predict_proba(smooth_pixels(x).reshape(-1, 3))
        found = np.zeros((len(told), classes + 1))
        found[:, model.classes_] = told
        return found.reshape(len(x), *x.shape[2:], -1)[..., :classes].transpose(0, 3, 1, 2)

    return maps


def box_of_pixels(corners, labels, shape, share):
    """For each pixel the number of the box in whose ellipse it lies, -1 for none.

    Parameters
    ----------
    corners : array (M, 4)
    labels : tensor (M,), -1 where there is no box
    shape : (H, W)
    share : float in 0..1
        Area of the ellipse, of the one that fills the box. The smaller box wins.

    Returns
    -------
    int array (H, W)
    """
    found, (v, u) = np.full(shape, -1), np.indices(shape) + 0.5
    area = np.prod(corners[:, 2:] - corners[:, :2], axis=1)
    for k in sorted(np.flatnonzero(labels >= 0), key=lambda k: -area[k]):
        left, top, right, bottom = corners[k]
        across = (2 * u - left - right) / max(right - left, 1)
        down = (2 * v - top - bottom) / max(bottom - top, 1)
        found[across**2 + down**2 < share] = k
    return found


def components(chance, cut, side):
    """Boxes around the patches in which the probability is larger than `cut`.

    Parameters
    ----------
    chance : array (H, W)
    cut : float
    side : float
        Usual side of a box of this class; not used here.

    Returns
    -------
    list of (left, top, right, bottom)
    """
    return around(label(chance > cut)[0])


def parted(chance, cut, side):
    """The same patches, cut where they are narrow: a watershed of the distances inside.

    Holes are filled first, because a pale centre would look like an edge.

    Parameters
    ----------
    chance, cut, side
        As in `components`. Seeds are where it is deeper than anywhere within a third of `side`;
        neighbours that are equally deep are one seed.
    """
    mask = binary_fill_holes(chance > cut)
    depth = gaussian_filter(distance_transform_edt(mask), 1.0)
    apart = 2 * max(1, int(side / 3)) + 1
    seeds, _ = label(mask & (depth == maximum_filter(depth, apart)))
    return around(watershed(-depth, seeds, mask=mask))


def around(patches):
    """Boxes around numbered patches (H, W), as a list."""
    slices = [s for s in find_objects(patches) if s is not None]
    return [(u.start, v.start, u.stop, v.stop) for v, u in slices]


def scores(chance, boxes, side):
    """How likely boxes are: the mean probability inside, less where the size is unusual.

    Parameters
    ----------
    chance : array (H, W)
    boxes : array (M, 4)
    side : float or array (K, 1)
        Usual side of a box of this class, or of each of K classes.

    Returns
    -------
    array (M,) or (K, M) in 0..1
    """
    height, width = chance.shape
    sums = np.pad(chance.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    left, right = (boxes[:, k].round().clip(0, width).astype(int) for k in (0, 2))
    top, bottom = (boxes[:, k].round().clip(0, height).astype(int) for k in (1, 3))
    inside = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    mean = inside / ((bottom - top) * (right - left)).clip(1)
    size = ((boxes[:, 2:] - boxes[:, :2]).prod(1).clip(1)) ** 0.5
    return mean * np.minimum(size / side, side / size) ** 2


def boxes_of(splits, maps, cuts, sides, least=0.05):
    """The boxes of all classes in images.

    Parameters
    ----------
    splits : sequence of classes callables
        `components` or `parted`.
    maps : array (N, classes, H, W)
    cuts, sides : sequences of classes floats
    least : float
        Boxes with smaller scores are dropped.

    Returns
    -------
    list of N Found
    """
    found = []
    for image in maps:
        rows = []
        for kind, (split, chance, cut, side) in enumerate(zip(splits, image, cuts, sides)):
            boxes = np.array(split(chance, cut, side), dtype=float).reshape(-1, 4)
            rated = scores(chance, boxes, side)
            rows.append(np.column_stack([boxes, np.full(len(boxes), kind), rated]))
        found.append(likely(rows, least))
    return found


def same_for_all(maps, cut, sides, least=0.05):
    """The patches of one map as boxes of every class: `boxes_of` of `components`, found once.

    Parameters
    ----------
    maps : array (N, H, W)
    cut, least : floats
    sides : sequence of classes floats

    Returns
    -------
    list of N Found
    """
    found, usual = [], np.array(sides)[:, None]
    for chance in maps:
        boxes = np.array(components(chance, cut, None), dtype=float).reshape(-1, 4)
        rated = enumerate(scores(chance, boxes, usual))
        rows = [np.column_stack([boxes, np.full(len(boxes), kind), one]) for kind, one in rated]
        found.append(likely(rows, least))
    return found


def likely(rows, least):
    """The boxes of one image, best first, without the unlikely.

    Parameters
    ----------
    rows : list of arrays (M, 6)
        Corners, class and score.
    least : float
        Boxes with smaller scores are dropped.

    Returns
    -------
    Found
    """
    table = torch.tensor(np.concatenate(rows)).float()
    table = table[table[:, 5] >= least]
    table = table[table[:, 5].argsort(descending=True, stable=True)]
    return Found(table[:, :4], table[:, 4].long(), table[:, 5])


def choose_splitters(further, colours, cuts, train, valid, classes):
    """For each class choose splitter, threshold and least score on the validation images.

    Components are tried on every map; each further splitter on the map that served a class best.

    Parameters
    ----------
    further : sequence of callables
        Splitters that may be chosen in place of `components`; as in `boxes_of`.
    colours : callable
        What `learn_colours` returns.
    cuts : sequence of float
        Thresholds to try.
    train, valid : (x, boxes, labels) and (x, list of Found)
        The first gives the usual sides, the median of each class.
    classes : int

    Returns
    -------
    list of 1 + len(further) callables, images -> list of Found; scores from a half on count. The
    first knows components alone, the next also the first of `further`, and so on; ``chosen``
    names the splitter of each class.
    """
    sides = [usual_side(*train[1:], k) for k in range(classes)]
    mixes = torch.eye(classes).tolist()
    if 2 < classes <= 4:
        mixes += [
            (torch.eye(classes)[[a, b]].sum(0)).tolist() for a, b in combinations(range(classes), 2)
        ]
    maps, best = colours(valid[0]), [(-1.0,)] * classes

    def judge(found, split, cut, mix):
        bars, f1 = choose_bars(found, valid[1], classes)
        for k in range(classes):
            if f1[k] > best[k][0]:
                best[k] = (float(f1[k]), split, cut, mix[k], float(bars[k]))

    for mix in mixes:
        mixed = np.einsum("k,nkhw->nhw", mix, maps)
        for cut in cuts:
            judge(same_for_all(mixed, cut, sides), components, cut, [mix] * classes)
    mix = [row[3] for row in best]
    mixed = np.einsum("ck,nkhw->nchw", mix, maps)
    finders = [finder(best, colours, sides)]
    for split in further:
        for cut in cuts:
            found = boxes_of([split] * classes, mixed, [cut] * classes, sides)
            judge(found, split, cut, mix)
        finders.append(finder(best, colours, sides))
    return finders


def finder(chosen, colours, sides):
    """Images -> list of Found, with what was chosen for each class.

    Parameters
    ----------
    chosen : list of (F1, splitter, threshold, weights of the maps, least score), one a class
    colours, sides
        As in `choose_splitters` and `boxes_of`.
    """
    _, split, cut, mix, bars = zip(*chosen)

    def find(x):
        mixed = np.einsum("ck,nkhw->nchw", mix, colours(x))
        return scaled(boxes_of(split, mixed, cut, sides), torch.tensor(bars))

    find.chosen = [one.__name__ for one in split]
    return find


def usual_side(boxes, labels, kind):
    """Median root of the area of a class's boxes, at least 2 pixels.

    Parameters
    ----------
    boxes, labels : tensors (N, M, 4), (N, M)
    kind : int
    """
    sides = (boxes[..., 2:] - boxes[..., :2])[labels == kind]
    return float(sides.prod(1).sqrt().median().clamp(min=2)) if len(sides) else 2.0
