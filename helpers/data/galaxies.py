"""Galaxies cut from one deep photograph of the sky (survey 8.1.1; chapter 8-advanced/gans)."""

import torch

BLUR = 2  # pixels; finds the middle of a galaxy and not its brightest speckle


def galaxies(size=16, faintest=0.1):
    """Small grey pictures, each with a galaxy in its middle.

    Parameters
    ----------
    size : int, 8 to 64
        Pixels a side. No two pictures share a pixel. The galaxy's brightest place is pixel
        ``size // 2`` of both axes: the middle of an odd size. An even size has none, so turning
        such a picture moves the galaxy by a pixel; see `eight_positions`.
    faintest : float in (0, 1)
        Least brightness of the middle, after a blur of two pixels; white is 1.

    Returns
    -------
    tensor (N, 1, size, size), float32, 0..1, brightest middle first; N = 483 at size 16.

    Notes
    -----
    Source: scikit-image ``data.hubble_deep_field``, a picture of the Hubble eXtreme Deep Field,
    free of known copyright (NASA, ESA and others). The picture was stretched and compressed for
    the eye, so brightness is not flux, and colour is averaged away here. Traps: it is *one*
    photograph; a few stars and neighbours of a galaxy are among the pictures; nothing is standardised.

    Raises
    ------
    ValueError : for a size outside 8..64, or where nothing is as bright as `faintest`.

    Examples
    --------
    >>> galaxies(16).shape
    torch.Size([483, 1, 16, 16])
    """
    from skimage import data
    from skimage.feature import peak_local_max
    from skimage.filters import gaussian

    if not 8 <= size <= 64:
        raise ValueError(f"galaxies: size must be 8 to 64 pixels, found {size}")
    image = data.hubble_deep_field().mean(2) / 255
    places = peak_local_max(
        gaussian(image, BLUR), min_distance=size, threshold_abs=faintest, exclude_border=size
    )
    if not len(places):
        raise ValueError(
            f"galaxies: nothing is as bright as {faintest}; expected a value in 0..0.9"
        )
    corners = places - size // 2
    cut = [image[a : a + size, b : b + size] for a, b in corners]
    return torch.stack([torch.from_numpy(picture) for picture in cut])[:, None].float()


def eight_positions(images):
    """Images in the four turns by a right angle, and their mirror images in the four.

    Parameters
    ----------
    images : tensor (N, C, H, H), H odd
        The middle pixel stays where it is; an even side has none, and what stood on
        pixel H/2 would move to H/2 - 1.

    Returns
    -------
    tensor (8 N, C, H, H), the images as they were first

    Raises
    ------
    ValueError : for images that are not square, or whose side is even.

    Examples
    --------
    >>> eight_positions(torch.eye(3)[None, None])[:2, 0, 0].tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    high, wide = images.shape[-2:]
    if high != wide or high % 2 == 0:
        raise ValueError(
            f"eight_positions: expected square images of an odd side, found {high} by {wide}"
        )
    turned = [images.rot90(quarter, (-2, -1)) for quarter in range(4)]
    return torch.cat([*turned, *(image.flip(-1) for image in turned)])
