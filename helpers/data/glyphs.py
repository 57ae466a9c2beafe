"""Letters drawn by a program, in many fonts and slants: simulated (survey 5.1; chapter 5-methods/transfer-learning)."""

import importlib.util
import string
from pathlib import Path

import numpy as np
import torch

FONTS = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Italic",
    "DejaVuSansMono",
    "STIXGeneral",
    "STIXGeneralItalic",
)
CANVAS = 96  # pixels a side, on which a letter is drawn before it is cut out


def letters(count, size=8, *, classes=52, seed=0, spread=0.25):
    """Small images of Latin letters, each in a random font, sheared and stretched at random.

    Every letter is cut out, stretched to a frame of 32 by 32 black or white pixels, and counted in
    fields, which is nearly how the digits of scikit-learn were made.

    Parameters
    ----------
    count : int >= classes, images
    size : int, one of 8, 16, 32; pixels a side
    classes : int in 2..52, the first of a-z, A-Z
    seed : int
    spread : float >= 0, standard deviation of the four numbers that shear and stretch; 0 for none

    Returns
    -------
    x : Tensor (count, 1, size, size) float32 in 0..1, the share of ink
    y : Tensor (count,) int64; classes take turns

    Raises
    ------
    ValueError : for other sizes or numbers of classes, or fewer images than classes.

    Notes
    -----
    The fonts travel with matplotlib (DejaVu and STIX licences). Trap: some capitals look like their
    small letters once they are stretched to one frame (C and c), so no network can be always right.

    Examples
    --------
    >>> x, y = letters(104)
    >>> x.shape, y[:3].tolist()
    (torch.Size([104, 1, 8, 8]), [0, 1, 2])
    """
    if size not in (8, 16, 32) or not 2 <= classes <= 52 or count < classes:
        raise ValueError(
            "letters: expected a size of 8, 16 or 32, 2 to 52 classes and no fewer images, found "
            f"size {size}, {classes} classes, {count} images"
        )
    draws, fonts = np.random.default_rng(seed), _fonts()
    y = torch.arange(count) % classes
    images = [_drawn(string.ascii_letters[k], fonts, draws, size, spread) for k in y.tolist()]
    return torch.from_numpy(np.stack(images))[:, None], y


def _fonts():
    """The fonts that matplotlib ships, found without importing it."""
    from PIL import ImageFont

    home = Path(importlib.util.find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf"
    return [ImageFont.truetype(home / f"{name}.ttf", 40) for name in FONTS]


def _drawn(letter, fonts, draws, size, spread):
    """One letter as fields of ink."""
    from PIL import Image, ImageDraw

    image, middle = Image.new("L", (CANVAS, CANVAS)), (CANVAS / 2, CANVAS / 2)
    font = fonts[draws.integers(len(fonts))]
    ImageDraw.Draw(image).text(middle, letter, fill=255, font=font, anchor="mm")
    (a, b), (c, d) = np.eye(2) + draws.normal(0, spread, (2, 2))
    shift = middle[0] * (1 - a - b), middle[1] * (1 - c - d)
    image = image.transform(
        image.size,
        Image.Transform.AFFINE,
        (a, b, shift[0], c, d, shift[1]),
        Image.Resampling.BILINEAR,
    )
    framed = image.crop(image.getbbox()).resize((32, 32), Image.Resampling.NEAREST)
    black = (np.asarray(framed) > 102).astype(np.float32)
    fields = 32 // size
    return black.reshape(size, fields, size, fields).mean((1, 3))
