"""Your own images with a mask each (survey 4.3.3; chapter 4-models/semantic-segmentation)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .arguments import distinct_of, names_of, path_of, shown, whole_of
from .drawn import ask_about_values, soft_edges
from .images import IMAGES, listing, one_stem, open_picture, square_image
from .keys import named_codes, named_parts
from .origin import Origin, Report, count_of, few, span

KINDS = {"1": "black and white", "L": "grey", "P": "palette", "F": "float", "RGB": "colour"}
LOSSY = ("JPEG", "MPO", "WEBP")


@dataclass(frozen=True)
class Masked(Origin):
    """Images and a class number for each pixel.

    Attributes: ``x`` (N, 1 or 3, S, S) float32 0..1; ``y`` (N, S, S) int64 class numbers, -1 for void;
    ``values`` what stands in the mask files for each class, in order: a number, or a colour
    (red, green, blue); ``names`` N file names without their endings; ``classes`` the values as
    text; ``block`` (N,) int64, images of one number belong together.
    """

    x: torch.Tensor
    y: torch.Tensor
    values: list
    names: list[str]
    classes: list[str]
    block: torch.Tensor


def image_masks(
    images,
    masks,
    size=128,
    *,
    grey=True,
    most_classes=20,
    values=None,
    void=None,
    channel=None,
    exif=None,
    groups=None,
    skip=(),
):
    """Read a folder of images and a folder of masks with the same names.

    Parameters
    ----------
    images, masks : folders
        ``images/a.png`` belongs to ``masks/a.png``; the endings may differ, the sides in pixels
        may not.
    size : int, 16 to 512
        Images and masks are cut to their central square, then resized, the masks without mixing
        classes.
    grey : bool
        One channel instead of three.
    most_classes : int
        More values than this are taken for a photograph.
    values : list or None
        What stands in the masks for each class, in order, such as [0, 255] or, needed for
        coloured masks, [(0, 0, 0), (255, 0, 0)]. None: the numbers that occur.
    void : number, colour or None
        What stands in the masks, beside ``values``, for pixels that do not count, such as 255; they
        are -1 in ``y``. None: every value is a class.
    channel : None, "alpha" or "colour"
        Where the classes are, in masks with transparent pixels.
    exif : None, "apply" or "ignore"
        Files are turned upright, each as its own EXIF entry says. If only one of a pair has the
        entry and both ways fit, it must be said.
    groups, skip : as in `own.image_folder`.

    Returns
    -------
    Masked

    Raises
    ------
    FileNotFoundError, ValueError : a missing folder, an image without a mask or the reverse, sides
        that differ, too many values, masks in a lossy format or of several kinds, one folder for both; each names the file.

    Notes
    -----
    Masks hold 8-, 16- or 32-bit numbers, floats, palette numbers or colours, none of them changed.

    Examples
    --------
    >>> import tempfile; from PIL import Image; home = Path(tempfile.mkdtemp())
    >>> for folder in ("images", "masks"):
    ...     (home / folder).mkdir()
    ...     Image.linear_gradient("L").point(lambda v: 255 * (v > 99)).save(home / folder / "a.png")
    >>> data = image_masks(home / "images", home / "masks", 16)
    >>> data.x.shape, data.values
    (torch.Size([1, 1, 16, 16]), [0, 255])
    """
    size, values = (
        whole_of("image_masks", "size", size, 16, 512),
        distinct_of("image_masks", "values", values),
    )
    void = tuple(void) if np.ndim(void) else void
    if values is not None and void in values:
        raise ValueError(
            f"image_masks: void={void} stands among values={shown(values)}, expected another value"
        )
    if most_classes not in range(1, 10_001):
        raise ValueError(f"image_masks: most_classes must be 1 to 10000, found {most_classes!r}")
    for word, known in ((channel, ("alpha", "colour")), (exif, ("apply", "ignore"))):
        if word not in (None, *known):
            raise ValueError(f"image_masks: expected one of {known}, found {word!r}")
    skip = names_of("image_masks", "skip", skip)
    if path_of("image_masks", images).resolve() == path_of("image_masks", masks).resolve():
        raise ValueError(
            f"image_masks: expected a folder of images and one of masks, found {shown(Path(images))} for both"
        )
    (pictures, passed), (drawn, also) = _by_name(images, skip), _by_name(masks, skip)
    for one, other, what in ((pictures, drawn, "a mask"), (drawn, pictures, "an image")):
        lonely = sorted(set(one) - set(other))
        if lonely:
            raise ValueError(
                f"image_masks: expected {what} for {shown(one[lonely[0]])}, found none"
            )
    names = sorted(pictures)
    x, found = [], _Found(values, channel, most_classes, size, void)
    for name in names:
        image, mask = (open_picture("image_masks", f[name]) for f in (pictures, drawn))
        _fit(pictures[name], drawn[name], image, mask, exif)
        upright = exif != "ignore"
        x.append(square_image("image_masks", pictures[name], size, grey, image, upright))
        found.add(drawn[name], mask, upright)
    known, y = found.classes(masks)
    block = torch.arange(len(names))
    if groups:
        block = named_codes(
            f"image_masks: {images}, groups", named_parts("image_masks", names, groups, "a group")
        )[0]
    return Masked(
        torch.stack(x), y, known, names, [str(v) for v in known], block,
        groups=block if groups else None, rows=[pictures[n].name for n in names], path=str(images),
        report=found.report(Path(masks).name, known, y, groups, passed + also),
        decisions={
            "reader": "image_masks", "size": size, "grey": grey, "values": known,
            "classes": [str(v) for v in known],
        },
    )  # fmt: skip


def _by_name(folder, skip):
    """Image files of a folder by their names without endings, and what is passed over."""
    files, folders, others = listing("image_masks", folder, skip)
    if folders:
        raise ValueError(
            f"image_masks: {folder} holds the folder {folders[0].name!r}, expected images only; "
            f"move its images, or pass skip=({folders[0].name!r},)"
        )
    if not files:
        raise ValueError(
            f"image_masks: expected images ({', '.join(IMAGES)}) in {folder}, found none"
        )
    one_stem("image_masks", files)
    return {file.stem: file for file in files}, others


def _fit(picture, file, image, mask, exif):
    """Refuse a pair that has different sides, or that fits in two ways."""
    upright, stored = image.image.size == mask.image.size, image.raw.size == mask.raw.size
    if not (stored if exif == "ignore" else upright):
        ours, theirs = (mask.raw, image.raw) if exif == "ignore" else (mask.image, image.image)
        advice = "; pass exif='ignore' if the mask was drawn on the stored pixels" if stored else ""
        raise ValueError(
            f"image_masks: {file} cannot be used as a mask ({ours.size} pixels, its image has "
            f"{theirs.size}{', turned as EXIF says' if image.turn != 1 else ''}{advice})"
        )
    if exif is None and image.turn != mask.turn and stored:
        raise ValueError(
            f"image_masks: EXIF turns {picture} ({image.turn}) and not {file} ({mask.turn}), and both ways fit; "
            "pass exif='apply' if the mask was drawn on the upright image, exif='ignore' if on the stored pixels"
        )


class _Found:
    """The masks read so far, their kinds and values."""

    def __init__(self, values, channel, most, size, void):
        self.void, self.each, self.soft = void, {}, None
        self.wanted, self.channel, self.most, self.size = values, channel, most, size
        self.masks, self.kinds, self.palette, self.seen, self.sizes = [], {}, {}, {}, []

    def add(self, file, picture, upright):
        """Read one mask without changing a value."""
        from PIL import Image, ImageOps

        image = picture.image if upright else picture.raw
        if picture.format in LOSSY or picture.deep:
            what = "16 bits a colour" if picture.deep else f"the lossy format {picture.format}"
            raise ValueError(
                f"image_masks: {file} has {what}, which changes values; store masks as PNG"
            )
        kind, raw = self._numbers(file, image)
        self.kinds.setdefault(kind, file)
        if len(self.kinds) > 1 and self.wanted is None:
            (one, first), (other, second) = self.kinds.items()
            raise ValueError(
                f"image_masks: {first} is a {one} mask and {second} a {other} one; make them alike, or "
                "pass values=[...], what stands for each class"
            )
        for value in np.unique(raw).tolist():
            if value != value:
                raise ValueError(f"image_masks: {file} holds NaN, expected a number in every pixel")
            self.seen.setdefault(_value(value, kind), []).append(file)
        self.each[file] = {_value(v, kind) for v in np.unique(raw).tolist()} - {self.void}
        if kind == "grey" and self.soft is not False:
            edges = soft_edges(raw)
            self.soft = self.soft if edges is None else edges and file
        if len(self.seen) > self.most and self.wanted is None:
            raise ValueError(
                f"image_masks: expected at most {self.most} values in the masks in {file.parent}, found "
                f"{len(self.seen)} or more; are they masks, one value a class? If so raise most_classes"
            )
        small = ImageOps.fit(Image.fromarray(raw), (self.size,) * 2, Image.Resampling.NEAREST)
        self.masks.append((kind, np.array(small)))
        self.sizes.append(image.size)

    def _numbers(self, file, image):
        """The kind of a mask, and (H, W) int32 or float32, a colour as one number."""
        mode = image.mode
        if mode in ("LA", "RGBA", "PA"):
            alpha = image.getchannel("A")
            if self.channel is None and alpha.getextrema() != (255, 255):
                raise ValueError(
                    f"image_masks: {file} has transparent pixels; pass channel='alpha' if the classes are "
                    "in its alpha channel, channel='colour' to read the colours beneath"
                )
            if self.channel == "alpha":
                return "alpha", np.array(alpha, dtype=np.int32)
            image, mode = (
                (image.convert("L"), "L") if mode == "LA" else (image.convert("RGB"), "RGB")
            )
        if mode == "RGB":
            pixels = np.array(image, dtype=np.int32)
            return "colour", pixels @ np.array([65536, 256, 1], dtype=np.int32)
        if mode == "P":
            self._same_palette(file, image)
        if mode == "F":
            return "float", np.array(image, dtype=np.float32)
        if mode not in KINDS and not mode.startswith("I"):
            raise ValueError(
                f"image_masks: {file} has the mode {mode}, expected numbers, colours or a palette"
            )
        factor = 255 if mode == "1" else 1
        raw = np.array(image).astype(np.int64) * factor
        return KINDS.get(mode, "16- or 32-bit"), raw.astype(np.int32)

    def _same_palette(self, file, image):
        """Refuse palettes that mean different colours by one number."""
        colours = np.array(image.getpalette()).reshape(-1, 3).tolist()
        for _, index in image.getcolors():
            colour = colours[index] if index < len(colours) else None
            if self.palette.setdefault(index, colour) != colour:
                raise ValueError(
                    f"image_masks: {file} means {colour} by the palette number {index}, another mask "
                    f"{self.palette[index]}; store masks with one palette, or as grey values"
                )

    def classes(self, folder):
        """What stands for each class, and the masks as class numbers (N, S, S) int64."""
        greys = all(
            isinstance(v, tuple) and len(set(v)) == 1 for v in self.seen
        )  # red = green = blue
        if greys:
            self.seen = {v[0]: files for v, files in self.seen.items()}
        if self.wanted is None:
            ask_about_values(self.each, self.soft)
        found = sorted(
            set(self.seen) - {self.void}, key=lambda v: v if isinstance(v, tuple) else (v,)
        )
        if self.wanted is None and any(isinstance(v, tuple) for v in found):
            raise ValueError(
                f"image_masks: the masks in {folder} are coloured, pass values={found} in the order of the classes"
            )
        known = found if self.wanted is None else self.wanted
        for value in found:
            if value not in known:
                raise ValueError(
                    f"image_masks: {self.seen[value][0]} holds {value}, expected one of {known}"
                )
        if len(found) < 2:
            raise ValueError(
                f"image_masks: the masks in {folder} hold only {found[0]}, nothing can be learned"
            )
        codes = []
        for kind, mask in self.masks:
            numbers, place = np.unique(mask, return_inverse=True)
            values = [_value(number, kind, greys) for number in numbers.tolist()]
            places = [-1 if v == self.void else known.index(v) for v in values]
            codes.append(np.array(places)[place.reshape(mask.shape)])
        return known, torch.from_numpy(np.stack(codes)).long()

    def report(self, source, known, y, groups, passed):
        """A line a value: the class, its share of the pixels, in how many masks it stands."""
        share = torch.bincount(y.flatten() + 1, minlength=len(known) + 1) / y.numel()
        away, share = float(share[0]), share[1:]
        lines = [
            (str(v), str(k), f"{100 * share[k]:.3g} %", str(len(self.seen.get(v, []))))
            for k, v in enumerate(known)
        ]
        notes = [count_of(len(y), "mask"), ", ".join(self.kinds), f"{span(self.sizes)} pixels"]
        notes += [f"{self.void} does not count, {100 * away:.3g} % of the pixels"] * (
            self.void is not None
        )
        notes.append(f"groups: {groups or 'none named, a file stands for itself'}")
        notes += [f"passed over: {few(passed)}"] * (len(passed) > 0)
        lost = [str(v) for k, v in enumerate(known) if share[k] == 0 and v in self.seen]
        notes += [f"lost in resizing: {', '.join(lost)}"] * (len(lost) > 0)
        return Report(source, ("value", "class", "pixels", "masks"), lines, notes)


def _value(number, kind, greys=False):
    """A value of a mask as a caller writes it: a number, or red, green and blue."""
    if kind != "colour":
        return number
    colour = (number >> 16, number >> 8 & 255, number & 255)
    return colour[0] if greys else colour
