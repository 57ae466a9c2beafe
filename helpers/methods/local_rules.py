"""Two classes by brightness and place alone (survey 4.3.3; chapter 4-models/semantic-segmentation).

Both `learn_*` work on whole images as those of `helpers.methods.segmenters`, and need nothing but
two numbers; what is inside and what outside is named by what it mostly is in training.
"""

import numpy as np
import torch
from skimage.filters import sobel, threshold_local, threshold_otsu
from skimage.segmentation import watershed

from helpers.methods.segmenters import flattened, grey, most_frequent


def learn_local_threshold(x, y, classes, setting, seed=0):
    """What is brighter than its surroundings: scikit-image's ``threshold_local``.

    Parameters
    ----------
    x : tensor (N, C, H, W)
    y : integer tensor (N, H, W)
    classes : int
    setting : (int, float)
        Side of the surroundings in pixels, odd, and how much brighter, in spreads of the image.
    seed : int
        Not needed.

    Returns
    -------
    function from images to classes

    Raises
    ------
    ValueError
        For an even side.
    """
    side, more = setting
    if side % 2 == 0:
        raise ValueError(f"learn_local_threshold: expected an odd side, found {side}")

    def inside(image):
        smooth = flattened(image, 0)
        return smooth > threshold_local(smooth, side, offset=-more * image.std())

    return named(inside, x, y, classes)


def learn_watershed(x, y, classes, setting, seed=0):
    """Flood the edges from what is surely dark and surely bright (Beucher and Lantuejoul 1979).

    Parameters
    ----------
    x, y, classes, seed
        As in `learn_local_threshold`.
    setting : (float, float)
        Surely dark and surely bright: below and above these multiples of the way from the darkest
        pixel to Otsu's threshold.

    Returns
    -------
    function from images to classes

    Raises
    ------
    ValueError
        If the first multiple is above the second.
    """
    low, high = setting
    if low > high:
        raise ValueError(f"learn_watershed: expected low <= high, found {low} and {high}")

    def inside(image):
        smooth = flattened(image, 0)
        if np.ptp(smooth) == 0:
            return np.zeros(smooth.shape, dtype=bool)
        above = (smooth - smooth.min()) / (threshold_otsu(smooth) - smooth.min())
        return watershed(sobel(smooth), np.where(above > high, 2, above < low)) == 2

    return named(inside, x, y, classes)


def named(inside, x, y, classes):
    """A function from images to classes; in and out are named by what they mostly are.

    Parameters
    ----------
    inside : function from an image (H, W) to a bool array (H, W)
    x, y, classes
        As in `learn_local_threshold`.
    """

    def cut(x):
        return np.stack([inside(image) for image in grey(x)]).astype(int)

    names = most_frequent(cut(x), y.numpy(), 2, classes)
    return lambda x: torch.from_numpy(names[cut(x)])
