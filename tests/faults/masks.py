"""Images with a mask each. Wherever a class has one colour in the image, each pixel's label must
fit its colour after any turn, cut or change of size, or the pair must be refused."""

import gzip
import io
import math
import os
import random
import struct

import numpy as np
import torch
from PIL import Image

from helpers.data.masks import image_masks
from helpers.data.recipe import Recipe
from helpers.data.volumes import volumes
from tests.faults.judge import either, equal, refuse
from tests.faults.pictures import chunk, counted, exif, png, saved, store, turned

SIDE = 32
BRIGHT = np.array([30, 90, 150, 210, 250], np.uint8)  # the image's grey value of classes 0 to 4
ERRORS = (ValueError, FileNotFoundError)


def labels(height=SIDE, width=SIDE, classes=3, shift=0):
    """Blocks of 8 x 8 pixels in a pattern that no turn or reflection leaves unchanged."""
    rows, columns = np.mgrid[:height, :width] // 8
    found = (rows * 2 + columns + rows * columns + shift) % classes
    found.flat[: min(classes, found.size)] = np.arange(min(classes, found.size))
    return found


def pair(
    mask, image=None, name="b", endings=(".png", ".png"), size=SIDE, good=True, how=None, **more
):
    """A function that writes a good pair "a" and the pair in question, and reads both."""

    def do(folder):
        images, masks = folder / "images", folder / "masks"
        if good:
            store(images / "a.png", BRIGHT[labels()])
            store(masks / "a.png", np.asarray(more.get("like", labels())).astype(np.uint8))
        picture = BRIGHT[labels()] if image is None else image
        store(images / (name + endings[0]), picture, **(how or ({}, {}))[0])
        store(masks / (name + endings[1]), mask, **(how or ({}, {}))[1])
        rest = {k: v for k, v in more.items() if k != "like"}
        return image_masks(images, masks, size, **rest)

    return do


def partition(true, at=-1, n=None):
    """Check that two pixels share a label just where they share one in the written mask."""
    true = np.asarray(true)

    def check(found):
        y = found.y[at].numpy()
        if n is not None and len(found.y) != n:
            return f"{len(found.y)} masks, expected {n}"
        if y.shape != true.shape:
            return f"shape {y.shape}, expected {true.shape}"
        codes = np.unique(true, return_inverse=True)[1].reshape(true.shape)
        seen = {(int(a), int(b)) for a, b in zip(codes.flat, y.flat)}
        if len(seen) != len({a for a, _ in seen}) or len(seen) != len({b for _, b in seen}):
            return f"labels {sorted(seen)} for the written classes"
        return None

    return check


def numbered(true, values, at=-1):
    """Check class numbers and the list of mask values, both in ascending order."""

    def check(found):
        wrong = partition(true, at)(found)
        if wrong or list(map(float, found.values)) == list(map(float, values)):
            return wrong
        return f"values {found.values}, expected {list(values)}"

    return check


def fits(classes=3):
    """Check that each pixel's label fits its colour, and that no class is missing."""

    def check(found):
        x, y = found.x[-1].mean(0).numpy() * 255, found.y[-1].numpy()
        if len(np.unique(y)) != classes:
            return f"{len(np.unique(y))} classes in the mask, expected {classes}"
        for k in np.unique(y):
            spread = np.ptp(x[y == k])
            if spread > 3:
                return (
                    f"label {k} lies on grey values {x[y == k].min():.0f} to {x[y == k].max():.0f}"
                )
        return None

    return check


def alone(mask, wanted, *words, **more):
    """Arguments of a case with one pair only."""
    return pair(mask, good=False, **more), wanted, *words


def rgba(mask, colour=(0, 0, 0)):
    """A mask in the alpha channel over one colour."""
    full = np.zeros((*mask.shape, 4), np.uint8)
    full[..., :3], full[..., 3] = colour, mask
    return full


def modes():
    true = labels()
    tables = {
        "0 1 2": [0, 1, 2], "0 127 255": [0, 127, 255], "1 2 3": [1, 2, 3], "0 1 255": [0, 1, 255],
        "7 40 41": [7, 40, 41], "253 254 255": [253, 254, 255],
    }  # fmt: skip
    for name, values in tables.items():
        mask = np.array(values, np.uint8)[true]
        for ending in (".png", ".tif", ".bmp"):
            yield equal(f"L {name} {ending}", pair(mask, good=False, endings=(".png", ending)),
                        numbered(true, values))  # fmt: skip
        image = Image.fromarray(mask, "P")
        image.putpalette([k for v in range(256) for k in (v, 255 - v, 7)])
        for ending in (".png", ".tif", ".bmp"):
            yield either(f"P {name} {ending}", *alone(image, numbered(true, values), "b" + ending,
                                                     endings=(".png", ending)))  # fmt: skip
        opaque = np.stack([mask, np.full_like(mask, 255)], -1)
        yield either(f"LA {name}", *alone(Image.fromarray(opaque, "LA"), partition(true), "b.png"))
        same = np.stack([mask] * 3, -1)
        for ending in (".png", ".tif", ".bmp"):
            yield either(f"RGB, equal channels {name} {ending}", *alone(
                same, partition(true), "b" + ending, endings=(".png", ending)))  # fmt: skip
        full = np.concatenate([same, np.full((*mask.shape, 1), 255, np.uint8)], -1)
        yield either(f"RGBA, opaque {name}", *alone(full, partition(true), "b.png"))
        yield either(f"RGBA, alpha {name}", *alone(rgba(mask), partition(true), "b.png"))
        yield either(f"LA, alpha {name}", *alone(Image.fromarray(
            np.stack([np.zeros_like(mask), mask], -1), "LA"), partition(true), "b.png"))  # fmt: skip
    for name, values in {
        "0 300 400": [0, 300, 400], "0 1 2": [0, 1, 2], "0 256 512": [0, 256, 512], "0 65534 65535": [0, 65534, 65535],
        "254 255 256": [254, 255, 256], "1000 2000 3000": [1000, 2000, 3000], "0 255 65535": [0, 255, 65535],
    }.items():  # fmt: skip
        deep = np.array(values, np.uint16)[true]
        for ending in (".png", ".tif"):
            yield either(f"I;16 {name} {ending}", *alone(deep, numbered(true, values), "b" + ending,
                                                        endings=(".png", ending)))  # fmt: skip
        yield either(
            f"PNG of 16 bits {name}", *alone(png(deep, 16, 0), numbered(true, values), "b.png")
        )
        yield either(f"I {name}", *alone(deep.astype(np.int32), numbered(true, values), "b.tif",
                                         endings=(".png", ".tif")))  # fmt: skip
        yield either(f"F {name}", *alone(deep.astype(np.float32), partition(true), "b.tif",
                                         endings=(".png", ".tif")))  # fmt: skip
    for name, values in {
        "70000": [0, 70000, 140000],
        "negative": [-1, 0, 1],
        "2**31": [0, 1, 2**31 - 1],
    }.items():
        yield either(f"I {name}", *alone(np.array(values, np.int32)[true], numbered(true, values), "b.tif",
                                         endings=(".png", ".tif")))  # fmt: skip
    for name, values in {"0 .3 .7": [0, 0.3, 0.7], "0 .5 1": [0, 0.5, 1], "1.1 1.2 1.3": [1.1, 1.2, 1.3],
                         "negative": [-1.5, 0, 1.5]}.items():  # fmt: skip
        yield either(f"F {name}", *alone(np.array(values, np.float32)[true], partition(true), "b.tif",
                                         endings=(".png", ".tif")))  # fmt: skip
    for bad in (np.nan, np.inf):
        yield either(f"F with {bad}", *alone(np.array([0, 1, bad], np.float32)[true], partition(true), "b.tif",
                                             endings=(".png", ".tif")))  # fmt: skip
    two = labels(classes=2)
    for ending in (".png", ".tif", ".bmp"):
        yield either(f"1 {ending}", *alone(Image.fromarray(two > 0), partition(two), "b" + ending,
                                           endings=(".png", ending)))  # fmt: skip
    for bits in (1, 2, 4):
        k = min(2**bits, 5)
        some = labels(classes=k)
        yield either(
            f"PNG grey of {bits} bits", *alone(png(some, bits, 0), partition(some), "b.png")
        )
        table = bytes(v for c in range(2**bits) for v in (c * 9, 200 - c, c))
        yield either(f"PNG palette of {bits} bits", *alone(
            png(some, bits, 3, chunk(b"PLTE", table)), numbered(some, range(k)), "b.png"))  # fmt: skip


COLOURS = {
    "red and dark green of one grey": [(255, 0, 0), (0, 130, 0), (0, 0, 0)],
    "red, green, blue": [(255, 0, 0), (0, 255, 0), (0, 0, 255)],
    "equal luminance": [(0, 0, 255), (97, 0, 0), (0, 50, 0)],
    "Cityscapes": [(128, 64, 128), (244, 35, 232), (70, 70, 70)],
    "one apart": [(10, 20, 30), (10, 20, 31), (10, 21, 30)],
    "blue 1, 2": [(0, 0, 0), (0, 0, 1), (0, 0, 2)],
    "black, white, red": [(0, 0, 0), (255, 255, 255), (255, 0, 0)],
}


def coloured():
    true = labels()
    for name, table in COLOURS.items():
        mask = np.array(table, np.uint8)[true]
        for ending in (".png", ".tif", ".bmp"):
            yield either(f"RGB {name} {ending}", *alone(mask, partition(true), "masks",
                                                       endings=(".png", ending)))  # fmt: skip
        full = np.concatenate([mask, np.full((SIDE, SIDE, 1), 255, np.uint8)], -1)
        yield either(f"RGBA {name}", *alone(full, partition(true), "masks"))
        part = np.concatenate([mask, np.where(true[..., None] == 2, 0, 255).astype(np.uint8)], -1)
        yield either(f"RGBA, one class transparent, {name}", *alone(part, partition(true), "masks"))
        flat = Image.fromarray(true.astype(np.uint8), "P")
        flat.putpalette([v for colour in table for v in colour])
        yield either(f"P {name}", *alone(flat, numbered(true, [0, 1, 2]), "masks"))
        half = Image.fromarray(mask).convert("CMYK")
        yield either(
            f"CMYK {name}", *alone(half, partition(true), "b.tif", endings=(".png", ".tif"))
        )
        yield either(f"beside a mask of grey values, {name}", pair(mask), lambda t: partition(
            labels(), at=0)(t) or partition(true)(t), "masks")  # fmt: skip
        bare = BRIGHT[true]
        shown = np.concatenate(
            [np.stack([bare] * 3, -1), np.full((SIDE, SIDE, 1), 255, np.uint8)], -1
        )
        yield either(
            f"an RGBA image, {name}", *alone(true.astype(np.uint8), fits(), "masks", image=shown)
        )
    double = Image.fromarray(true.astype(np.uint8), "P")
    double.putpalette([9, 9, 9, 9, 9, 9, 200, 0, 0])
    yield either("P, two classes in one colour", *alone(double, numbered(true, [0, 1, 2]), "masks"))
    for k in range(4):
        noise = np.random.default_rng(k).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        yield refuse(
            f"a photograph for a mask {k}", pair(noise, good=False), "mask", "colour", "value"
        )
        yield refuse(
            f"a grey photograph for a mask {k}", pair(noise[..., 0], good=False), "mask", "value"
        )
    for quality in (50, 75, 90, 95):
        values = np.array([0, 100, 255], np.uint8)[true]
        yield either(f"JPEG of quality {quality}", *alone(
            values, partition(true), "mask", endings=(".png", ".jpg"), how=({}, {"quality": quality})))  # fmt: skip
    binary = Image.fromarray(np.array([0, 255], np.uint8)[labels(classes=2)])
    smooth = np.array(binary.resize((97, 97), Image.Resampling.BICUBIC))
    bright = np.array(Image.fromarray(BRIGHT[labels(classes=2)]).resize((97, 97)))
    yield refuse(
        "a mask resized with smoothing", pair(smooth, bright, good=False, size=64), "mask", "value"
    )
    for n in (20, 21, 30):
        steps = (np.arange(SIDE * SIDE) % n).reshape(SIDE, SIDE).astype(np.uint8)
        do = pair(steps, good=False)
        if n > 20:
            yield refuse(f"{n} values", do, "value", "mask")
            yield equal(
                f"{n} values, more allowed",
                pair(steps, good=False, most_classes=n),
                partition(steps),
            )
        else:
            yield equal(f"{n} values", do, partition(steps))


def turns():
    """An EXIF turn on the image, on the mask, on both; square and not."""
    for shape in ((SIDE, SIDE), (SIDE, 48)):
        true = labels(*shape)
        bright = BRIGHT[true]
        for ending in (".png", ".tif"):
            for first in range(1, 9):
                for second in range(1, 9):
                    name = f"{shape[0]} x {shape[1]} {ending}: image {first}, mask {second}"
                    how = ({"exif": exif(first)}, {"exif": exif(second)})
                    do = pair(
                        true.astype(np.uint8), bright, good=False, endings=(ending, ending), how=how
                    )
                    if first == second == 1:
                        yield equal(name, do, fits())
                    elif first == second:  # both lie alike and are turned alike
                        yield either(name, do, fits(), "b", "EXIF", "orientation")
                    else:
                        yield refuse(name, do, "b" + ending, "EXIF", "orientation")
    for shape in ((SIDE, SIDE), (SIDE, 48)):
        for k in range(2, 9):  # the mask was drawn on the photograph as a viewer shows it
            true = labels(*shape)
            drawn = turned(true, k).astype(np.uint8)
            yield either(
                f"{shape[0]} x {shape[1]}: mask drawn upright on a photograph with EXIF {k}",
                pair(drawn, BRIGHT[true], good=False, how=({"exif": exif(k)}, {})), fits(),
                "b.png", "EXIF", "orientation",
            )  # fmt: skip
            yield refuse(
                f"{shape[0]} x {shape[1]}: mask drawn as the pixels lie, photograph with EXIF {k}",
                pair(true.astype(np.uint8), BRIGHT[true], good=False, how=({"exif": exif(k)}, {})),
                "b.png", "EXIF", "orientation",
            )  # fmt: skip


def sizes():
    for height, width in ((32, 32), (32, 48), (48, 32), (32, 64), (80, 32), (32, 40)):
        true = labels(height, width)
        yield equal(
            f"{height} x {width}", pair(true.astype(np.uint8), BRIGHT[true], good=False), fits()
        )
    for factor in (2, 3, 4):
        true = labels(SIDE * factor, SIDE * factor)
        blocks = np.kron(labels(), np.ones((factor, factor), int))
        yield equal(f"{factor} times larger", pair(
            blocks.astype(np.uint8), BRIGHT[blocks], good=False), fits())  # fmt: skip
        yield equal(f"{factor} times larger, other classes", pair(
            true.astype(np.uint8), BRIGHT[true], good=False, size=SIDE * factor), fits())  # fmt: skip
    small = labels(16, 16)
    yield equal("half as large", pair(
        small.astype(np.uint8), BRIGHT[small], good=False, size=16), fits())  # fmt: skip
    for height, width in (
        (33, 32),
        (32, 33),
        (31, 32),
        (16, 16),
        (64, 64),
        (32, 31),
        (1, 1),
        (48, 32),
    ):
        mask = labels(height, width)
        yield refuse(
            f"mask {height} x {width} for an image 32 x 32", pair(mask.astype(np.uint8)), "b.png"
        )
    for size in (15, 0, -1, 513, "32", None, 32.5, (32, 32), float("nan"), [32]):
        yield refuse(f"size={size!r}", pair(labels().astype(np.uint8), size=size), "size")
    for n in (0, -1, "20", None, 2.5, float("nan")):
        yield refuse(f"most_classes={n!r}", pair(labels().astype(np.uint8), most_classes=n), "most_classes",
                     "values", "classes")  # fmt: skip
    mask = labels().astype(np.uint8)
    yield equal("colour images", pair(mask, good=False, grey=False), fits())
    yield either("an empty mask", pair(mask * 0), lambda t: None if t.y[-1].unique().numel() == 1
                 else "more than one class", "b.png", "mask")  # fmt: skip
    yield either(
        "all masks empty", pair(mask * 0, good=False), lambda t: None, "mask", "class", "value"
    )
    yield equal("a class in one mask only", pair(mask * 3, like=mask), lambda t: None if sorted(
        t.y.unique().tolist()) == list(range(5)) and list(t.values) == [0, 1, 2, 3, 6] else f"{t.values}")  # fmt: skip
    yield either("one mask 0/1, the other 0/255", pair(
        np.array([0, 255], np.uint8)[labels(classes=2)], like=labels(classes=2)), lambda t: (
        None if list(t.values) == [0, 1, 255] else f"{t.values}"), "mask", "value")  # fmt: skip
    huge = png(mask, 8, 0, size=(100_000, 100_000))
    for name, content in {"0 wide": png(mask, 8, 0, size=(0, 32)), "100,000 wide": huge}.items():
        yield refuse(f"mask {name}", pair(content), "b.png")
        yield refuse(f"image {name}", pair(mask, content), "b.png")
        yield refuse(f"both {name}", pair(content, content), "b.png")


def damaged():
    true = labels()
    mask = true.astype(np.uint8) * 100
    for ending in (".png", ".tif", ".bmp"):
        for side in ("mask", "image"):
            content = saved(ending, mask if side == "mask" else BRIGHT[true])
            n = len(content)
            for cut in sorted(
                {
                    0,
                    1,
                    8,
                    20,
                    33,
                    40,
                    n - 1,
                    n - 4,
                    n - 12,
                    n - 16,
                    *(n * k // 16 for k in range(1, 16)),
                }
            ):
                part = content[:cut]
                do = (
                    pair(part, good=False, endings=(".png", ending)) if side == "mask"
                    else pair(mask, part, good=False, endings=(ending, ".png"))
                )  # fmt: skip
                yield either(
                    f"{side} {ending} cut to {cut} of {n}", do, fits(), "b" + ending, "b.png"
                )
    content, draws = saved(".png", mask), random.Random(6)
    for _ in range(50):
        place, bit = draws.randrange(len(content)), draws.randrange(8)
        changed = bytearray(content)
        changed[place] ^= 1 << bit
        yield either(f"mask, bit {bit} of byte {place} flipped", pair(bytes(changed), good=False),
                     partition(true), "b.png", "mask")  # fmt: skip
    contents = {
        "empty": b"", "text": b"no mask", "zeros": bytes(999), "HTML": b"<html/>", "zip": b"PK\x03\x04" + bytes(99),
        "gzip": gzip.compress(content), "NIfTI": struct.pack("<i", 348) + bytes(344), "npy": numpy_file(mask),
        "signature only": b"\x89PNG\r\n\x1a\n", "git-lfs": b"version https://git-lfs.github.com/spec/v1\n",
        "tensor": torch_file(mask), "SVG": b"<svg/>",
    }  # fmt: skip
    for name, what in contents.items():
        for ending in (".png", ".tif", ".jpg"):
            yield refuse(
                f"{name} named {ending} as mask", pair(what, endings=(".png", ending)), "b" + ending
            )
            yield refuse(
                f"{name} named {ending} as image",
                pair(mask, what, endings=(ending, ".png")),
                "b" + ending,
            )
    for inside in (".png", ".tif", ".bmp"):
        for outside in (".png", ".tif", ".bmp", ".jpg"):
            yield either(f"mask {inside} named {outside}", pair(
                saved(inside, mask), good=False, endings=(".png", outside)), fits(), "b" + outside)  # fmt: skip


def numpy_file(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def torch_file(array):
    file = io.BytesIO()
    torch.save(torch.from_numpy(array), file)
    return file.getvalue()


def folders():
    good = labels().astype(np.uint8)

    def build(*files, images=("a.png", "b.png"), masks=("a.png", "b.png")):
        """Pairs by name, and other files: (path below the home, content)."""

        def do(folder):
            for name in images:
                store(folder / "images" / name, BRIGHT[good])
            for name in masks:
                store(folder / "masks" / name, good)
            for name, what in files:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(what, str) and what == "fifo":
                    os.mkfifo(path)
                elif isinstance(what, str) and what == "dir":
                    path.mkdir()
                elif isinstance(what, tuple):
                    path.symlink_to(what[0])
                else:
                    store(path, what)
            return image_masks(folder / "images", folder / "masks", SIDE)

        return do

    two = counted(2)
    yield equal("two pairs", build(), fits())
    yield refuse("an image without a mask", build(images=("a.png", "b.png", "c.png")), "c.png")
    yield refuse("a mask without an image", build(masks=("a.png", "b.png", "c.png")), "c.png")
    yield refuse("masks named a_mask.png", build(masks=("a_mask.png", "b_mask.png")), "a")
    yield refuse("another case of letters", build(masks=("A.png", "B.png")), "a.png", "A.png")
    yield refuse("no masks", build(masks=()), "masks", errors=ERRORS)
    yield refuse("no images", build(images=()), "images", errors=ERRORS)
    for first, second in ((".png", ".jpg"), (".png", ".tif"), (".bmp", ".png"), (".png", ".PNG"), (".tif", ".tiff"),
                          (".jpg", ".jpeg")):  # fmt: skip
        for side in ("images", "masks"):
            other = (
                BRIGHT[labels(shift=1)] if side == "images" else labels(shift=1).astype(np.uint8)
            )
            kinds = {".jpeg": ".jpg", ".tiff": ".tif"}
            files = [
                (f"{side}/c{e}", saved(kinds.get(e.lower(), e.lower()), other))
                for e in (first, second)
            ]
            rest = "masks" if side == "images" else "images"
            alike = good if rest == "masks" else BRIGHT[good]
            yield refuse(
                f"{side}: c{first} and c{second}", build(*files, (f"{rest}/c.png", alike)), "c."
            )
    for ending in (".webp", ".gif"):
        for side in ("images", "masks", "both"):
            how = {"lossless": True} if ending == ".webp" else {}
            files = []
            if side != "masks":
                files.append(("images/c" + ending, saved(ending, BRIGHT[good], **how)))
            else:
                files.append(("images/c.png", BRIGHT[good]))
            files.append(
                ("masks/c.png", good)
                if side == "images"
                else ("masks/c" + ending, saved(ending, good, **how))
            )
            yield either(
                f"{ending} in {side}",
                build(*files),
                counted(3, "c" + ending),
                "c",
                warning="c" + ending,
            )
    frames = [Image.fromarray(labels(shift=k).astype(np.uint8)) for k in range(3)]
    for ending in (".tif", ".png", ".gif", ".webp"):
        how = {"lossless": True} if ending == ".webp" else {}
        if ending != ".tif":
            how["duration"] = 80
        content = saved(ending, frames[0], save_all=True, append_images=frames[1:], **how)
        for side in ("images", "masks"):
            rest = ("masks/c.png", good) if side == "images" else ("images/c.png", BRIGHT[good])
            yield refuse(f"three frames in {side}/c{ending}", build((f"{side}/c{ending}", content), rest), "c",
                         warning="c" + ending)  # fmt: skip
    for name in ("images/Thumbs.db", "masks/.DS_Store", "images/._a.png", "masks/.hidden.png", "masks/notes.txt",
                 "images/desktop.ini", "masks/classes.json"):  # fmt: skip
        yield either(f"{name} is passed over", build((name, b"text")), two, name.split("/")[1])
    for ending in (".npy", ".nii.gz", ".dcm", ".jp2", ".mat"):
        yield either(f"pair of {ending}", build((f"images/c{ending}", b"x"), (f"masks/c{ending}", b"x")), counted(
            3, "c" + ending), "c" + ending, warning="c" + ending)  # fmt: skip
        yield refuse(f"a mask {ending} for an image .png", build(
            ("images/c.png", BRIGHT[good]), (f"masks/c{ending}", b"x")), "c")  # fmt: skip
    yield either("pairs a folder deeper", build(("images/2021/c.png", BRIGHT[good]), ("masks/2021/c.png", good)),
                 counted(3, "2021"), "2021", warning="2021")  # fmt: skip
    for side in ("images", "masks"):
        rest = ("masks/c.png", good) if side == "images" else ("images/c.png", BRIGHT[good])
        yield refuse(f"a pipe in {side}", build((f"{side}/c.png", "fifo"), rest), "c.png")
        yield refuse(f"a folder c.png in {side}", build((f"{side}/c.png", "dir"), rest), "c.png")
        yield refuse(
            f"a broken link in {side}", build((f"{side}/c.png", ("gone.png",)), rest), "c.png"
        )
        yield refuse(
            f"a link to itself in {side}", build((f"{side}/c.png", ("c.png",)), rest), "c.png"
        )
        yield refuse(
            f"a link to /dev/zero in {side}",
            build((f"{side}/c.png", ("/dev/zero",)), rest),
            "c.png",
        )
        yield equal(
            f"a link to a good file in {side}",
            build((f"{side}/c.png", ("a.png",)), rest),
            counted(3),
        )
    for name in ("ä µ", "a b", "x.y", "-x", "#1", "a,b", "%s", "a\nb"):
        rest = ((f"images/{name}.png", BRIGHT[good]), (f"masks/{name}.png", good))
        yield equal(f"a pair named {name!r}", build(*rest), counted(3))
        yield refuse(f"a lonely image named {name!r}", build(rest[0]), name.split("\n")[0])

    def same_folder(folder):
        store(folder / "images" / "a.png", BRIGHT[good])
        return image_masks(folder / "images", folder / "images", SIDE)

    def swapped(folder):
        for name in "ab":
            photo = np.random.default_rng(ord(name)).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
            store(folder / "images" / f"{name}.png", photo)
            store(folder / "masks" / f"{name}.png", good)
        return image_masks(folder / "masks", folder / "images", SIDE)

    def below(folder):
        store(folder / "images" / "a.png", BRIGHT[good])
        store(folder / "images" / "masks" / "a.png", good)
        return image_masks(folder / "images", folder / "images" / "masks", SIDE)

    yield refuse("the same folder twice", same_folder, "folder", "images", "mask")
    yield refuse("images and masks swapped", swapped, "value", "mask")
    yield either("masks in a folder below the images", below, lambda t: None, "masks")
    for value in (None, 3, "", "a\0b", ["images"]):
        yield refuse(f"images={value!r}", lambda f, v=value: image_masks(v, f, SIDE), "image_masks", "images",
                     errors=ERRORS)  # fmt: skip
    yield refuse(
        "no folder", lambda f: image_masks(f / "images", f / "masks", SIDE), "images", errors=ERRORS
    )


def outsider():
    """What an outsider's masks and volumes did without a word."""
    two = labels(classes=2)
    void = np.where(labels(shift=1) == 2, 255, two).astype(np.uint8)
    yield refuse("0/1 beside 0/255", pair((two * 255).astype(np.uint8), like=two), "0 and 255")
    yield equal("0/1 beside 0/255, said", pair((two * 255).astype(np.uint8), like=two, values=[0, 1, 255]),
                lambda d: None if d.values == [0, 1, 255] else f"{d.values}")  # fmt: skip
    yield equal("255 does not count", pair(void, like=two, void=255), lambda d: (
        None if d.values == [0, 1] and np.array_equal(d.y[1], np.where(void == 255, -1, two)) else f"{d.values}"))  # fmt: skip
    yield equal("255 does not count, values said", pair(void, like=two, values=[0, 1], void=255), lambda d: (
        None if d.classes == ["0", "1"] and int(d.y.min()) == -1 else f"{d.classes}"))  # fmt: skip
    yield refuse(
        "void among the values", pair(void, like=two, values=[0, 1, 255], void=255), "void"
    )
    rows, columns = np.mgrid[:SIDE, :SIDE]
    soft = np.clip(255 * (10.4 - np.hypot(rows - 15.2, columns - 16.1)), 0, 255).astype(np.uint8)
    hard = ((soft > 127) * 255).astype(np.uint8)
    yield refuse("soft edges", pair(soft, like=hard, most_classes=256), "soft edges")
    yield equal(
        "hard edges",
        pair(hard, like=hard),
        lambda d: None if d.values == [0, 255] else f"{d.values}",
    )
    yield refuse("values doubled", pair(hard, like=hard, values=[0, 255, 0]), "different values")
    yield equal("values in an array", pair(hard, like=hard, values=np.array([0, 255])), lambda d: (
        None if d.values == [0, 255] else f"{d.values}"))  # fmt: skip
    yield from scans()


def scans():
    """Volumes: their masks, spacing and grids."""

    def at(angle=0.0, zoom=1.0):
        grid = np.diag([zoom] * 3 + [1.0])
        grid[:2, :2] = zoom * np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        return grid

    def write(folder, *grids, marks=(0, 1)):
        import nibabel

        draws = np.random.default_rng(0)
        for k, grid in enumerate(grids):
            for name, values in (
                ("i", draws.random((6, 6, 4), np.float32)),
                ("m", draws.choice(marks, (6, 6, 4))),
            ):
                (folder / name).mkdir(exist_ok=True, parents=True)
                nibabel.save(
                    nibabel.Nifti1Image(values.astype(np.float32), grid),
                    folder / name / f"s{k}.nii",
                )
        return folder

    def call(*grids, masks=True, marks=(0, 1), **more):
        def do(folder):
            write(folder, *grids, marks=marks)
            return volumes(folder / "i", folder / "m" if masks else None, **more)

        return do

    yield equal(
        "volumes", call(at(), at()), lambda d: None if d.values == [0, 1] else f"{d.values}"
    )
    yield refuse("volumes, a value twice", call(at(), values=[0, 1, 1]), "different values")
    yield equal("volumes, values in an array", call(at(), values=np.array([0, 1])), lambda d: (
        None if d.values == [0, 1] else f"{d.values}"))  # fmt: skip
    for spacing in (-1.0, 0, "1", math.nan):
        yield refuse(f"volumes, spacing={spacing!r}", call(at(), spacing=spacing), "spacing")
    yield refuse("volumes, one turned", call(at(), at(0.5)), "turned")

    def other(folder, zoom):
        first = volumes(write(folder / "a", at(), at()) / "i", folder / "a" / "m")
        return Recipe(first.decisions, path="v.pt").apply(write(folder / "b", at(zoom=zoom)) / "i")

    yield refuse("volumes of 2 mm for a model of 1 mm", lambda f: other(f, 2.0), "voxels")
    yield equal("volumes of 1 mm for a model of 1 mm", lambda f: other(f, 1.0), lambda d: (
        None if d.classes == ["0", "1"] and d.y is None else f"{d.classes}"))  # fmt: skip
    yield equal("slices without masks", lambda f: call(at(), masks=False)(f).slices(), lambda d: (
        None if d.y is None and d.task is None else f"{d.task}"))  # fmt: skip

    def beside(folder):
        write(folder, at())
        (folder / "i" / "x.mgz").write_bytes(b"1")
        return volumes(folder / "i", folder / "m")

    yield equal("a file of another kind beside volumes", beside, lambda d: (
        None if "x.mgz" in str(d.report) else "not named"))  # fmt: skip


FAMILIES = {
    "masks: an outsider's files": outsider,
    "masks: modes": modes,
    "masks: colours": coloured,
    "masks: turns": turns,
    "masks: sizes": sizes,
    "masks: damaged": damaged,
    "masks: folders": folders,
}
