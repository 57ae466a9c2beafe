"""Your own images with a mask each (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

from dataclasses import dataclass
from pathlib import Path

import torch

from helpers.data.own import IMAGES, square_image


@dataclass(frozen=True)
class Masked:
    """Images and a class number for each pixel.

    Attributes: ``x`` (N, 1 or 3, S, S) float32 0..1; ``y`` (N, S, S) int64 class numbers;
    ``values`` the grey value in the mask files of each class, in ascending order; ``names`` N
    file names without their endings.
    """

    x: torch.Tensor
    y: torch.Tensor
    values: list[int]
    names: list[str]


def image_masks(images, masks, size=128, *, grey=True, most_classes=20):
    """Read a folder of images and a folder of masks with the same names.

    Parameters
    ----------
    images, masks : folders
        ``images/a.png`` belongs to ``masks/a.png``; the endings may differ, the sides in pixels
        may not.
    size : side in pixels, 16 to 512: images and masks are cut to their central square, then
        resized, the masks without mixing classes.
    grey : one channel instead of three.
    most_classes : int
        More grey values than this are taken for a photograph or for JPEG noise.

    Returns
    -------
    Masked

    Raises
    ------
    FileNotFoundError, ValueError : a missing folder, an image without a mask or the reverse, sides
        that differ, too many grey values; each names the file.

    Notes
    -----
    Masks are read as 8-bit grey values or palette numbers. Store them as PNG: JPEG invents values.

    Examples
    --------
    >>> import tempfile; from PIL import Image; home = Path(tempfile.mkdtemp())
    >>> for folder, colour in (("images", 90), ("masks", 255)):
    ...     (home / folder).mkdir()
    ...     Image.new("L", (32, 32), colour).save(home / folder / "a.png")
    >>> data = image_masks(home / "images", home / "masks", 16)
    >>> data.x.shape, data.values
    (torch.Size([1, 1, 16, 16]), [255])
    """
    if not 16 <= size <= 512:
        raise ValueError(f"image_masks: size must be between 16 and 512 pixels, found {size}")
    pictures, drawn = _by_name(images), _by_name(masks)
    for one, other, what in ((pictures, drawn, "a mask"), (drawn, pictures, "an image")):
        lonely = sorted(set(one) - set(other))
        if lonely:
            raise ValueError(f"image_masks: expected {what} for {one[lonely[0]]}, found none")
    names = sorted(pictures)
    x = torch.stack([square_image("image_masks", pictures[name], size, grey) for name in names])
    raw = torch.stack([_mask(drawn[name], pictures[name], size) for name in names])
    values = raw.unique()
    if len(values) > most_classes:
        raise ValueError(
            f"image_masks: expected at most {most_classes} grey values in the masks in {masks}, "
            f"found {len(values)}; are they PNG files, one value a class?"
        )
    return Masked(x, torch.searchsorted(values, raw), values.tolist(), names)


def _by_name(folder):
    """Image files of a folder by their names without endings."""
    if not Path(folder).is_dir():
        raise FileNotFoundError(f"image_masks: there is no folder {folder}")
    files = [f for f in Path(folder).iterdir() if f.suffix.lower() in IMAGES and f.name[0] != "."]
    if not files:
        raise ValueError(
            f"image_masks: expected images ({', '.join(IMAGES)}) in {folder}, found none"
        )
    return {file.stem: file for file in files}


def _mask(file, picture, size):
    """Read one mask as (size, size) int64."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as mask, Image.open(picture) as image:
            if mask.size != image.size:
                raise ValueError(f"{mask.size} pixels, its image has {image.size}")
            mask = mask if mask.mode in ("L", "P", "1") else mask.convert("L")
            mask = mask.convert("L") if mask.mode == "1" else mask
            mask = ImageOps.fit(mask, (size, size), Image.Resampling.NEAREST)
    except (OSError, ValueError, SyntaxError) as error:
        raise ValueError(f"image_masks: {file} cannot be used as a mask ({error})") from None
    return torch.from_numpy(np.array(mask, dtype=np.int64))
