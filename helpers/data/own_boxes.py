"""Your own images with boxes, from Pascal VOC files or one table (survey 4.3.2; chapter 4-models/object-detection)."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import torch

from .arguments import names_of, path_of, shown
from .boxes import Boxed, padded
from .images import few, listing, one_stem, open_picture
from .keys import codes_of, named_parts
from .origin import Report, count_of

WHERE = "image_boxes"
COLUMNS = ("image", "label", "xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class OwnBoxes(Boxed):
    """As `Boxed`, with ``scale`` (N, 4) float32: times this, boxes are in pixels of the files."""

    scale: torch.Tensor = None


def image_boxes(images, boxes, size=(96, 96), *, empty=(), groups=None, skip=()):
    """Read a folder of images, and the boxes in them.

    Parameters
    ----------
    images : folder
    boxes : folder or file
        A folder with one Pascal VOC file (``a.xml`` for ``a.jpg``) an image, or a CSV table with
        the columns image, label, xmin, ymin, xmax, ymax, one box a row, in pixels of the files.
    size : (height, width)
        Multiples of 16 from 32 to 512, to which every image is resized, its sides each by itself.
    empty : names of images
        Those that hold no object. Others without a box are refused.
    groups, skip : as in `own.image_folder`.

    Returns
    -------
    OwnBoxes, classes in alphabetical order

    Raises
    ------
    FileNotFoundError, ValueError : an image without boxes or the reverse, a box of no area, outside
        its image or drawn twice, shares of the sides in place of pixels, less than two pixels left
        after resizing, class names that differ only in case or blanks, a number that cannot be
        read, sides that differ from those the VOC file names, an image that is to be turned by its
        EXIF entry; each names the file or the class.
    """
    height, width = _size(size)
    skip, empty = names_of(WHERE, "skip", skip), set(names_of(WHERE, "empty", empty))
    files, folders, others = listing(WHERE, images, skip)
    if folders or not files:
        found = f"the folder {folders[0].name!r}" if folders else "none"
        raise ValueError(f"{WHERE}: expected images only in {shown(Path(images))}, found {found}")
    one_stem(WHERE, files)
    drawn, sides = _drawn(path_of(WHERE, boxes), files)
    x, corners, kinds, scale, names = [], [], [], [], [file.name for file in files]
    if lost := sorted(drawn.keys() - set(names)):
        raise ValueError(f"{WHERE}: {lost[0]!r} has boxes, but no image of that name")
    classes = _spelled_once(sorted({label for rows in drawn.values() for label, *_ in rows}))
    for file in files:
        rows = drawn.get(file.name, [])
        _presence(file, rows, empty)
        image = _upright(file)
        if sides.get(file.name, image.size) != image.size:
            raise ValueError(
                f"{WHERE}: {file.name} has {image.size} pixels, its VOC file says {sides[file.name]}"
            )
        _in_pixels(file, rows, image.size)
        for number, row in enumerate(rows):
            _fits(file, row, image.size, rows[:number])
            _large_enough(file, row, image.size, (width, height))
        x.append(_pixels(image, width, height))
        across, down = image.width / width, image.height / height
        corners.append([(a / across, b / down, c / across, d / down) for _, a, b, c, d in rows])
        kinds.append([classes.index(row[0]) for row in rows])
        scale.append([across, down, across, down])
    if not classes:
        raise ValueError(f"{WHERE}: expected boxes in {shown(Path(boxes))}, found none")
    found, y = padded(corners, kinds)
    block = codes_of(named_parts(WHERE, names, groups, "a group"))[0] if groups else None
    return OwnBoxes(
        torch.stack(x), found, y, classes, scale=torch.tensor(scale), groups=block, rows=names,
        path=str(images), report=_report(Path(images).name, classes, y, groups, others),
        decisions={"reader": WHERE, "size": (height, width), "classes": classes},
    )  # fmt: skip


def _size(size):
    """Height and width, each a multiple of 16."""
    sides = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2 or any(side not in range(32, 513, 16) for side in sides):
        raise ValueError(
            f"{WHERE}: size must be height and width, multiples of 16 from 32 to 512, found {size!r}"
        )
    return sides


def _drawn(path, files):
    """{image name: [(label, left, top, right, bottom)]} of VOC files or a table, and sides told."""
    if path.is_dir():
        by_stem, found, sides = {file.stem: file.name for file in files}, {}, {}
        for file in sorted(path.glob("*.xml")):
            name = by_stem.get(file.stem, file.name)
            found[name], side = _voc(file)
            sides |= {name: side} if side else {}
        return found, sides
    if not path.is_file():
        raise FileNotFoundError(f"{WHERE}: there is no file or folder {shown(path)}")
    return _table(path), {}


def _voc(path):
    """The boxes of one Pascal VOC file, and the (width, height) it names, or None."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{WHERE}: {shown(path)} is no XML file ({error})") from error
    corners = ("bndbox/xmin", "bndbox/ymin", "bndbox/xmax", "bndbox/ymax")
    rows = [
        _row(path.name, [item.findtext(tag) for tag in ("name", *corners)])
        for item in root.iter("object")
    ]
    told = [root.findtext(f"size/{side}") or "" for side in ("width", "height")]
    known = all(number.isdigit() and int(number) for number in told)  # some tools write 0
    return rows, tuple(map(int, told)) if known else None


def _table(path):
    """The boxes of a table, by image."""
    import csv

    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        lacking = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if lacking:
            raise ValueError(
                f"{WHERE}: expected the columns {', '.join(COLUMNS)} in {shown(path)}, "
                f"separated by commas, found no {lacking[0]!r} in {','.join(reader.fieldnames or [])!r}"
            )
        found = {}
        for number, row in enumerate(reader, 2):
            values = [row[name] for name in COLUMNS[1:]]
            found.setdefault(row["image"], []).append(_row(f"{path.name}, row {number}", values))
    return found


def _row(place, values):
    """One box: label and four finite numbers."""
    label, *numbers = values
    try:
        corners = [float(value) for value in numbers]
    except (TypeError, ValueError):
        corners = [math.nan]
    if not (label or "").strip() or not all(map(math.isfinite, corners)):
        raise ValueError(f"{WHERE}: {place} has a box that cannot be read: {values}")
    return label.strip(), *corners


def _presence(file, rows, empty):
    """An image has boxes, or is named as empty, and not both."""
    if bool(rows) == (file.name in empty):
        said = "is named in empty= and has boxes" if rows else "has no box"
        raise ValueError(
            f"{WHERE}: {file.name} {said}; name in empty= the images that hold no object, and only these"
        )


def _upright(file):
    """The image, if its pixels are stored upright: boxes would turn with it otherwise."""
    picture = open_picture(WHERE, file)
    if picture.turn != 1:
        raise ValueError(
            f"{WHERE}: EXIF turns {file.name} ({picture.turn}), and whether its boxes are turned "
            "nobody can tell; store it upright"
        )
    return picture.image.convert("RGB")


def _spelled_once(classes):
    """The names of classes, if no two differ only in case, blanks or dashes."""
    seen = {}
    for name in classes:
        first = seen.setdefault(re.sub(r"[\s_-]+", " ", name).casefold(), name)
        if first != name:
            raise ValueError(
                f"{WHERE}: the classes {first!r} and {name!r} look like one; spell it in one way"
            )
    return classes


def _in_pixels(file, rows, size):
    """Corners are pixels, and not shares of the sides."""
    if rows and max(max(corners) for _, *corners in rows) <= 1:
        raise ValueError(
            f"{WHERE}: the boxes of {file.name} lie between 0 and 1; expected pixels of the file, "
            f"so multiply by its sides, {size[0]} x {size[1]}"
        )


def _large_enough(file, row, size, target):
    """Two pixels of a box or more are left after resizing.

    Parameters
    ----------
    file : path
    row : (label, left, top, right, bottom)
    size, target : (width, height) before and after
    """
    label, left, top, right, bottom = row
    wide, high = (right - left) / size[0] * target[0], (bottom - top) / size[1] * target[1]
    if min(wide, high) < 2:
        raise ValueError(
            f"{WHERE}: in {file.name} the box {label} ({left:g}, {top:g}, {right:g}, {bottom:g}) "
            f"is {wide:.2g} x {high:.2g} pixels after resizing to {target[0]} x {target[1]}; "
            "expected 2 or more: choose a larger size= or leave it out"
        )


def _fits(file, row, size, earlier):
    """A box has an area, lies in the image, and stands there once."""
    label, left, top, right, bottom = row
    if not (left < right and top < bottom):
        why = "has no area"
    elif left < 0 or top < 0 or right > size[0] or bottom > size[1]:
        why = f"leaves the image of {size[0]} x {size[1]} pixels (drawn on a larger copy?)"
    elif row in earlier:
        why = "stands there twice"
    else:
        return
    raise ValueError(
        f"{WHERE}: in {file.name} the box {label} ({left:g}, {top:g}, {right:g}, {bottom:g}) {why}; correct it"
    )


def _pixels(image, width, height):
    """(3, height, width) float32 in 0..1."""
    from PIL import Image

    small = image.resize((width, height), Image.Resampling.BOX)
    values = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
    return values.view(height, width, 3).permute(2, 0, 1).float() / 255


def _report(source, classes, y, groups, others):
    """A line a class: boxes, and images that hold one."""
    lines = [
        (name, str(int((y == k).sum())), str(int((y == k).any(1).sum())))
        for k, name in enumerate(classes)
    ]
    notes = [
        count_of(len(y), "image"),
        f"groups: {groups or 'none named, an image stands for itself'}",
    ]
    notes += [f"passed over: {few(others)}"] * (len(others) > 0)
    return Report(source, ("class", "boxes", "images"), lines, notes)
