"""Your own images, one folder a class (survey 4.3; every "Your own data"). Pillow reads them."""

import io
import warnings
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import torch

from .alike import twins
from .arguments import names_of, path_of, shown, whole_of
from .embedded import Tiles
from .keys import named_codes, named_parts
from .origin import Report, count_of, few, span

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif")
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
LARGEST = 500_000_000  # bytes of a file
MOST_VALUES = 500_000_000  # numbers in one tensor, 2 GB
WHITE = 262  # the TIFF entry that says whether 0 is white
DIM = 0.1  # of the range of a file's numbers
ORIENTATION = 0x0112  # the EXIF entry that says how a camera was held


@dataclass(frozen=True)
class Picture:
    """One decoded image file.

    Attributes: ``image`` of Pillow, upright; ``raw`` as its pixels are stored; ``turn`` the EXIF
    orientation, 1 for none; ``format`` and ``mode`` of the file; ``deep`` True if the file has
    16 bits a colour, of which Pillow keeps 8.
    """

    image: object
    raw: object
    turn: int
    format: str
    mode: str
    deep: bool


def image_folder(path, size=32, *, grey=False, labelled=True, groups=None, skip=()):
    """Read a folder with one subfolder of images a class.

    Parameters
    ----------
    path : str or Path
        Its subfolders are the classes, in alphabetical order; names with "." or "_" in front
        do not count.
    size : int, 8 to 512
        Side in pixels: each image is cut to its central square, then resized.
    grey : bool
        One channel instead of three. Grey and colour images may be mixed.
    labelled : bool
        False: the images lie in ``path`` itself, there are no classes and ``y`` is None.
    groups : str or None
        A regular expression; what its first brackets find in a file name is the patient or slide
        it belongs to. None: every file stands for itself.
    skip : patterns of names that are left out, such as "*.gif"

    Returns
    -------
    Tiles, x (N, 3 or 1, size, size) float32 0..1 (16-bit images divided by 65535), upright;
    ``block`` and ``groups`` number the groups, ``rows`` are file names.

    Raises
    ------
    FileNotFoundError, ValueError : a folder without classes, a class without images, images
        beside the class folders, two files with one stem, an image that cannot be read, with
        several frames or transparent pixels (named), or more than fits in 2 GB.

    Examples
    --------
    >>> import tempfile; from PIL import Image; pets = Path(tempfile.mkdtemp())
    >>> for name in ("cat", "dog"):
    ...     (pets / name).mkdir()
    ...     Image.new("L", (20, 30)).save(pets / name / "1.png")
    >>> image_folder(pets, 16).x.shape
    torch.Size([2, 3, 16, 16])
    """
    where = "image_folder"
    size = whole_of(where, "size", size, 8, 512)
    skip = names_of(where, "skip", skip)
    files, folders, others = listing(where, path, skip)
    wrong = (files, "images") if labelled else (folders, "folders")
    if wrong[0] and (folders or not labelled):
        raise ValueError(
            f"{where}: {path} holds {count_of(len(wrong[0]), wrong[1][:-1])} beside the "
            f"{'class folders' if labelled else 'images'} ({wrong[0][0].name}); move them, or pass "
            f"skip=({wrong[0][0].name!r},)"
        )
    if labelled and len(folders) < 2:
        raise ValueError(
            f"{where}: expected a subfolder for each class in {path}, found {len(folders)}"
        )
    classes = [folder.name for folder in folders] if labelled else []
    pair = twins(classes)
    if pair:
        raise ValueError(
            f"{where}: {path} holds the folders {pair[0]!r} and {pair[1]!r}, expected one for each class"
        )
    groups_of = (
        [_class(where, folder, skip) for folder in folders] if labelled else [(files, others)]
    )
    if not labelled:
        one_stem(where, files)
    if not sum(len(found) for found, _ in groups_of):
        raise ValueError(f"{where}: expected images ({', '.join(IMAGES)}) in {path}, found none")
    return _tiles(Path(path), size, grey, groups, classes, groups_of, others)


def listing(where, folder, skip=()):
    """List what lies in a folder: images, folders, other files; hidden ones do not count.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    folder : str or Path
    skip : tuple of str
        Patterns of names that are put among the others.

    Returns
    -------
    files, folders, others : sorted lists of Path

    Raises
    ------
    FileNotFoundError : if there is no such folder.
    """
    folder, files, folders, others = path_of(where, folder), [], [], []
    if not folder.is_dir():
        raise FileNotFoundError(f"{where}: there is no folder {shown(folder)}")
    for path in sorted(folder.iterdir()):
        if path.name[0] in "._" or path.name in ("Thumbs.db", "desktop.ini"):
            continue
        if any(fnmatch(path.name, pattern) for pattern in skip):
            others.append(path)
        elif path.is_dir():
            folders.append(path)
        else:
            (files if path.suffix.lower() in IMAGES else others).append(path)
    return files, folders, others


def _class(where, folder, skip):
    """List the images of one class, and what was skipped."""
    files, folders, others = listing(where, folder, skip)
    if folders:
        raise ValueError(
            f"{where}: {folder} holds the folder {folders[0].name!r}, expected images only; move its "
            f"images, or pass skip=({folders[0].name!r},)"
        )
    if not files:
        raise ValueError(f"{where}: expected images ({', '.join(IMAGES)}) in {folder}, found none")
    one_stem(where, files)
    return files, others


def one_stem(where, files):
    """Refuse two files that differ only in their endings, such as a.png and a.jpg.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    files : list of Path, in one folder

    Raises
    ------
    ValueError : naming both.
    """
    seen = {}
    for file in files:
        twin = seen.setdefault(file.stem, file)
        if twin is not file:
            raise ValueError(
                f"{where}: {twin} and {file.name} have one name, expected one file each; remove one, or "
                f"pass skip=({file.name!r},)"
            )


def open_picture(where, file):
    """Read one image file.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    file : Path

    Returns
    -------
    Picture

    Raises
    ------
    ValueError : naming the file: no ordinary file, empty, damaged, too large, several frames.
    """
    from PIL import Image

    try:
        if not file.is_file():  # a pipe would never end
            raise ValueError("it is not an ordinary file")
        if not 0 < file.stat().st_size < LARGEST:
            raise ValueError(f"it has {file.stat().st_size} bytes")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # from memory, because Pillow 13 scrambles turned TIFF files that it maps
            content = file.read_bytes()
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                image.verify()  # the check sums of a PNG file, which decoding passes over
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                frames = getattr(image, "n_frames", 1)
                if frames > 1 and image.format != "MPO":  # a phone's JPEG with a preview
                    raise ValueError(f"it has {frames} frames, expected one")
                deep = len(image.getbands()) > 1 and "16" in str(image.tile)
                tags = getattr(image, "tag_v2", {})
                if image.mode[0] == "I" and tags.get(WHITE, 1) == 0:
                    raise ValueError("its zero is white, in 16 bits; save it as PNG")
                turn = image.getexif().get(ORIENTATION, 1)
                turn = turn if turn in range(1, 9) else 1
                raw, upright = _both_ways(image.copy(), turn, image.format)
                return Picture(upright, raw, turn, image.format, image.mode, deep)
    except Exception as error:  # decoders of damaged files raise whatever they like
        reason = str(error).split("<")[0].strip() or type(error).__name__
        raise ValueError(f"{where}: {shown(file)} cannot be read as an image ({reason})") from None


def _both_ways(image, turn, kind):
    """The image as stored and as EXIF wants it seen; Pillow turns a TIFF file by itself."""
    from PIL.Image import Transpose as T

    turns = {
        2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE,
        6: T.ROTATE_270, 7: T.TRANSVERSE, 8: T.ROTATE_90,
    }  # fmt: skip
    if turn not in turns:
        return image, image
    if kind == "TIFF":
        return image.transpose(turns[{6: 8, 8: 6}.get(turn, turn)]), image
    return image, image.transpose(turns[turn])


def square_image(where, file, size, grey, picture=None, upright=True):
    """Read one image as a square.

    Parameters
    ----------
    where : str, the caller, for the error sentence
    file : Path
    size : int >= 1
        Side in pixels; the image is cut to its central square.
    grey : bool
        True: one channel. False: three.
    picture : Picture or None
        The file, opened already; None opens it.
    upright : bool
        True: turned as EXIF says. False: as stored.

    Returns
    -------
    Tensor (C, size, size), float32 in 0..1

    Raises
    ------
    ValueError : as in `open_picture`; transparent pixels, values out of range.
    """
    import numpy as np
    from PIL import Image, ImageOps

    picture = picture or open_picture(where, file)
    image = picture.image if upright else picture.raw
    if image.has_transparency_data and image.convert("RGBA").getextrema()[3][0] < 255:
        raise ValueError(f"{where}: {file} has transparent pixels, save it with a background")
    high = image.mode.startswith(("I", "F"))
    if high:  # 16 bits a pixel; Pillow would clip them at 255
        full = 65535 if image.mode[0] == "I" else 1
        image = Image.fromarray(np.asarray(image, dtype=np.float32) / full)
    else:
        image = image.convert("L" if grey else "RGB")
    image = ImageOps.fit(image, (size, size), Image.Resampling.BOX)
    x = torch.from_numpy(np.array(image, dtype=np.float32)).div(1 if high else 255)
    if not bool(((x >= 0) & (x <= 1)).all()):
        raise ValueError(
            f"{where}: {file}: expected pixel values in range (integers up to 65535, floats 0 to 1), found others"
        )
    x = x.unsqueeze(0) if x.ndim == 2 else x.permute(2, 0, 1)
    return x.expand(1 if grey else 3, -1, -1).contiguous()


def _tiles(path, size, grey, groups, classes, found, others):
    """Read all files and report."""
    where, count = "image_folder", sum(len(files) for files, _ in found)
    if count * size * size * (1 if grey else 3) > MOST_VALUES:
        raise ValueError(f"{where}: {count} images at size {size} exceed 2 GB, lower size")
    x, lines, turned = [], [], 0
    for name, (files, skipped) in zip(classes or [path.name], found):
        sizes, modes = [], Counter()
        for file in files:
            picture = open_picture(where, file)
            x.append(square_image(where, file, size, grey, picture))
            sizes.append(picture.image.size)
            modes[picture.mode] += 1
            turned += picture.turn != 1
        lines.append((name, str(len(files)), span(sizes), _counted(modes), few(skipped)))
    rows = [f.relative_to(path).as_posix() for files, _ in found for f in files]
    block = torch.arange(count)
    if groups:
        names = [row.rpartition("/")[2] for row in rows]
        block = named_codes(
            f"{where}: {path}, groups", named_parts(where, names, groups, "a group")
        )[0]
    same = count - len({hash(image.numpy().tobytes()) for image in x})
    notes = [
        count_of(count, "image"),
        f"groups: {groups or 'none named, a file stands for itself'}",
    ]
    notes += [f"{count_of(turned, 'image')} turned as EXIF says"] * (turned > 0)
    dim = sum(float(image.max()) < DIM for image in x)
    notes += [
        f"{count_of(dim, 'image')} darker than {DIM:g} everywhere (12-bit camera in 16 bits?)"
    ] * (dim > 0)
    notes += [f"{count_of(same, 'image')} equal to another one"] * (same > 0)
    notes += [f"skipped beside the folders: {few(others)}"] * (len(others) > 0 and len(classes) > 0)
    y = torch.tensor([k for k, (files, _) in enumerate(found) for _ in files]) if classes else None
    head = ("folder", "images", "pixels", "modes", "skipped")
    return Tiles(
        torch.stack(x), y, classes, block,
        groups=block if groups else None, rows=rows, path=str(path),
        report=Report(path.name, head, lines, notes),
        decisions={"reader": "image_folder", "size": size, "grey": grey, "classes": classes},
    )  # fmt: skip


def _counted(counter):
    """Words and how often each occurs."""
    return ", ".join(f"{word} {n}" for word, n in sorted(counter.items()))
