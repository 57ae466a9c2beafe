"""Folders of images, one subfolder a class, in every mode, format and state of decay."""

import gzip
import io
import os
import random
import struct
import zlib

import numpy as np
from PIL import Image

from helpers.data.own import image_folder
from tests.faults.judge import either, equal, refuse

SIDE = 16
ERRORS = (ValueError, FileNotFoundError)
ENDINGS = (".png", ".tif", ".bmp", ".jpg")


def grey(k=0, height=SIDE, width=SIDE):
    """Grey values 0..255 that no turn or reflection leaves unchanged."""
    rows, columns = np.mgrid[:height, :width]
    return ((rows * 11 + columns * 5 + rows * columns + 37 * k) % 256).astype(np.uint8)


def colours(k=0, height=SIDE, width=SIDE):
    """Three different channels."""
    return np.stack(
        [grey(k, height, width), grey(k + 1, height, width), grey(k + 2, height, width)], -1
    )


def flat(red, green, blue):
    """One colour."""
    return np.broadcast_to(np.array([red, green, blue], np.uint8), (SIDE, SIDE, 3)).copy()


def luminance(rgb):
    """Grey of a colour after ITU-R 601-2."""
    return (rgb.astype(float) @ [0.299, 0.587, 0.114]) / 255


def chunk(kind, content):
    """One chunk of a PNG file."""
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png(pixels, bits, kind, extra=b"", size=None):
    """A PNG file written here, without Pillow: pixels (H, W) or (H, W, C) of `bits` a sample."""
    height, width = pixels.shape[:2]
    rows = []
    for row in pixels.reshape(height, -1):
        if bits == 16:
            packed = row.astype(">u2").tobytes()
        elif bits == 8:
            packed = row.astype(np.uint8).tobytes()
        else:
            binary = "".join(format(int(v), f"0{bits}b") for v in row)
            binary += "0" * (-len(binary) % 8)
            packed = bytes(int(binary[i : i + 8], 2) for i in range(0, len(binary), 8))
        rows.append(b"\0" + packed)
    wide, high = size or (width, height)
    head = struct.pack(">IIBBBBB", wide, high, bits, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra
        + chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b"")
    )  # fmt: skip


def store(path, what, **how):
    """Write an array, an image or bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(what, bytes):
        path.write_bytes(what)
    else:
        image = what if isinstance(what, Image.Image) else Image.fromarray(what)
        image.save(path, **how)


def home(folder):
    """Two classes with a good image each; returns the root."""
    root = folder / "pets"
    store(root / "cat" / "c1.png", grey(1))
    store(root / "dog" / "d1.png", grey(2))
    return root


def one(name, what, size=SIDE, grey_=False, **how):
    """A function that reads a folder with one image of interest, the second cat."""

    def do(folder):
        root = home(folder)
        store(root / "cat" / name, what, **how)
        return image_folder(root, size, grey=grey_)

    return do


def shows(pixels, tolerance=1e-6, count=3, at=1):
    """Check that image number `at` has these values in 0..1: (H, W) or (H, W, C)."""
    wanted = np.asarray(pixels, float)

    def check(found):
        if len(found.x) != count or list(found.classes) != ["cat", "dog"]:
            return f"{len(found.x)} images of {found.classes}, expected {count} of cat and dog"
        if found.y.tolist() != [0] * (count - 1) + [1]:
            return f"classes {found.y.tolist()}"
        image = found.x[at].numpy()
        full = wanted if wanted.ndim == 3 else np.repeat(wanted[..., None], image.shape[0], -1)
        full = full.transpose(2, 0, 1)
        if image.shape != full.shape:
            return f"shape {image.shape}, expected {full.shape}"
        gap = np.abs(image - full).max()
        return None if gap <= tolerance else f"differs by up to {gap:.3f}"

    return check


def any_of(*checks):
    """Any of several results is right."""
    return lambda found: None if any(c(found) is None for c in checks) else checks[0](found)


def ending_ok(ending, mode):
    """Formats that can hold a mode."""
    table = {
        ".bmp": ("1", "L", "P", "RGB"), ".jpg": ("L", "RGB", "CMYK"),
        ".png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
        ".tif": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK"),
    }  # fmt: skip
    return mode in table[ending]


def pictured(mode, k):
    """(Pillow image, its right values) for a mode."""
    g, rgb = grey(k), colours(k)
    opaque = np.full((SIDE, SIDE, 1), 255, np.uint8)
    if mode == "1":
        bits = g > 120
        return Image.fromarray(bits), bits.astype(float)
    if mode == "L":
        return Image.fromarray(g), g / 255
    if mode == "LA":
        return Image.fromarray(np.concatenate([g[..., None], opaque], -1), "LA"), g / 255
    if mode == "P":
        image = Image.fromarray(g % 4, "P")
        image.putpalette([10, 200, 30, 250, 0, 0, 0, 90, 250, 255, 255, 255])
        table = np.array([[10, 200, 30], [250, 0, 0], [0, 90, 250], [255, 255, 255]])
        return image, table[g % 4] / 255
    if mode == "RGB":
        return Image.fromarray(rgb), rgb / 255
    if mode == "RGBA":
        return Image.fromarray(np.concatenate([rgb, opaque], -1)), rgb / 255
    if mode == "I;16":
        deep = g.astype(np.uint16) * 257 - (g > 3)
        return Image.fromarray(deep), deep / 65535
    if mode == "I":
        deep = g.astype(np.int32) * 200
        return Image.fromarray(deep), deep / 65535
    if mode == "F":
        real = (g / 300).astype(np.float32)
        return Image.fromarray(real), real
    white = np.zeros((SIDE, SIDE, 4), np.uint8)  # CMYK: no ink but black in the left half
    white[:, : SIDE // 2, 3] = 255
    return Image.fromarray(white, "CMYK"), np.where(white[..., 3] > 0, 0.0, 1.0)


MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I", "F", "CMYK")


def as_grey(values):
    """Right values when one channel is asked for."""
    return luminance(values * 255) if values.ndim == 3 else values


def modes():
    for mode in MODES:
        for ending in ENDINGS:
            if not ending_ok(ending, mode):
                continue
            for k in range(3):
                for one_channel in (False, True):
                    image, values = pictured(mode, k)
                    if ending == ".jpg" and mode != "CMYK":
                        image = Image.fromarray(np.full((SIDE, SIDE), 40 * k + 20, np.uint8))
                        values = np.full((SIDE, SIDE), (40 * k + 20) / 255)
                        image = image.convert(mode)
                    wanted = as_grey(values) if one_channel else values
                    loose = 2.5 / 255 if ending == ".jpg" or one_channel else 1e-5
                    yield either(
                        f"{mode} {ending} {k} {'grey' if one_channel else 'colour'}",
                        one("x" + ending, image, grey_=one_channel), shows(wanted, loose), "x" + ending,
                    )  # fmt: skip
    g = grey(3)
    for bits in (1, 2, 4, 8, 16):
        values = g.astype(int) % 2**bits if bits < 16 else g.astype(int) * 256
        yield either(
            f"PNG grey of {bits} bits", one("x.png", png(values, bits, 0)),
            shows(values / (2**bits - 1), 1e-5), "x.png",
        )  # fmt: skip
    rgb = colours(3).astype(int)
    yield either("PNG colour of 16 bits", one("x.png", png(rgb * 257, 16, 2)),
                 shows(rgb / 255, 1.5 / 255), "x.png")  # fmt: skip
    opaque = np.concatenate([rgb * 257, np.full((SIDE, SIDE, 1), 65535)], -1)
    yield either("PNG colour and alpha of 16 bits", one("x.png", png(opaque, 16, 6)),
                 shows(rgb / 255, 1.5 / 255), "x.png")  # fmt: skip
    for k, table in enumerate(([0, 0, 0, 255, 0, 0], [9, 9, 9, 0, 0, 255])):
        values = np.array(table).reshape(2, 3)[g % 2]
        yield equal(f"PNG palette of 1 bit {k}", one("x.png", png(
            g % 2, 1, 3, chunk(b"PLTE", bytes(table)))), shows(values / 255))  # fmt: skip
    for name, real in {
        "beyond 1": g.astype(np.float32), "negative": -g.astype(np.float32) / 255, "NaN": np.where(
            g > 200, np.nan, 0.5).astype(np.float32), "inf": np.where(g > 200, np.inf, 0.5).astype(np.float32),
    }.items():  # fmt: skip
        yield refuse(f"float {name}", one("x.tif", real), "x.tif")
    for name, deep in {
        "beyond 65535": g.astype(np.int32) * 999,
        "negative": -g.astype(np.int32),
    }.items():
        yield refuse(f"32 bits {name}", one("x.tif", deep), "x.tif")
    for alpha in (0, 128):
        half = np.concatenate([colours(), np.full((SIDE, SIDE, 1), alpha, np.uint8)], -1)
        part = alpha / 255
        over = colours() / 255 * part
        yield either(f"alpha {alpha}", one("x.png", half), any_of(
            shows(colours() / 255), shows(over, 2 / 255), shows(over + 1 - part, 2 / 255)), "x.png")  # fmt: skip


def turned(pixels, orientation):
    """What a viewer shows for an EXIF orientation: the array as it lies in the file, turned."""
    ways = {
        1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, -1), 7: lambda a: np.rot90(
            a.swapaxes(0, 1), 2), 8: lambda a: np.rot90(a, 1),
    }  # fmt: skip
    return np.ascontiguousarray(ways[orientation](pixels))


def exif(orientation):
    """EXIF with an orientation alone."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def turns():
    for orientation in range(1, 9):
        for ending in (".png", ".tif", ".jpg"):
            for mode in ("L", "RGB", "I;16", "F"):
                if not ending_ok(ending, mode):
                    continue
                image, values = pictured(mode, 1)
                loose = 1e-5
                if ending == ".jpg":
                    big = np.zeros((SIDE, SIDE), np.uint8)
                    big[:8, :8], big[:8, 8:], big[8:, :8] = 60, 120, 200
                    image, values, loose = Image.fromarray(big).convert(mode), big / 255, 4 / 255
                yield either(
                    f"EXIF {orientation} {mode} {ending}",
                    one("x" + ending, image, exif=exif(orientation), **(
                        {"quality": 100} if ending == ".jpg" else {})),
                    shows(turned(values, orientation), loose), "x" + ending,
                )  # fmt: skip
        wide = grey(4, SIDE, 2 * SIDE)
        inside = turned(wide, orientation)
        a, b = ((n - SIDE) // 2 for n in inside.shape)
        yield either(
            f"EXIF {orientation}, not square", one("x.png", wide, exif=exif(orientation)),
            shows(inside[a : a + SIDE, b : b + SIDE] / 255, 1e-5), "x.png",
        )  # fmt: skip
    for wrong in (0, 9, 255):
        yield either(f"EXIF {wrong}", one("x.png", grey(4), exif=exif(wrong)),
                     shows(grey(4) / 255), "x.png")  # fmt: skip


def sizes():
    for height, width in ((16, 16), (16, 32), (32, 16), (16, 18), (48, 16), (16, 64)):
        pixels = grey(5, height, width)
        a, b = (height - SIDE) // 2, (width - SIDE) // 2
        yield equal(f"{height} x {width} cut to its middle", one("x.png", pixels),
                    shows(pixels[a : a + SIDE, b : b + SIDE] / 255))  # fmt: skip
    for factor in (2, 3, 4, 8):
        small = grey(6)
        yield equal(f"{factor} times larger", one("x.png", np.kron(small, np.ones(
            (factor, factor), np.uint8))), shows(small / 255, 1.5 / 255))  # fmt: skip
    for height, width in ((1, 1), (1, 2), (2, 1), (1, 400), (400, 1), (3, 5), (17, 31)):
        yield either(f"{height} x {width} of one grey", one("x.png", np.full(
            (height, width), 77, np.uint8)), shows(np.full((SIDE, SIDE), 77 / 255), 1 / 255), "x.png")  # fmt: skip
    for size in (7, 0, -1, 513, 10**6, "16", None, 16.5, (16, 16), True, float("nan"), [16]):
        yield refuse(f"size={size!r}", lambda f, s=size: image_folder(home(f), s), "size")
    yield either(
        "size=16.0",
        lambda f: image_folder(home(f), 16.0),
        shows(grey(1) / 255, count=2, at=0),
        "size",
    )
    for value in ("no", None, 2):
        yield either(f"grey={value!r}", lambda f, v=value: image_folder(home(f), SIDE, grey=v),
                     lambda t: None, "grey")  # fmt: skip
    zero = png(grey(), 8, 0, size=(0, 16))
    huge = png(grey(), 8, 0, size=(100_000, 100_000))
    large = png(grey(), 8, 0, size=(9_000, 11_200))
    wrong = png(grey(), 8, 0, size=(17, 16))
    for name, content in {"0 wide": zero, "100,000 wide": huge, "101 million pixels": large,
                          "a header that promises more": wrong}.items():  # fmt: skip
        yield refuse(name, one("x.png", content), "x.png")


def saved(ending, pixels, **how):
    """The bytes of an image file."""
    import io

    file = io.BytesIO()
    kinds = {
        ".png": "PNG",
        ".jpg": "JPEG",
        ".tif": "TIFF",
        ".bmp": "BMP",
        ".gif": "GIF",
        ".webp": "WEBP",
    }
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, kinds[ending], **how)
    return file.getvalue()


def truncated():
    for ending in ENDINGS:
        pixels = np.kron(np.array([[60, 120], [200, 20]], np.uint8), np.ones((8, 8), np.uint8))
        if ending != ".jpg":
            pixels = colours(7)
        content = saved(ending, pixels, **({"quality": 100} if ending == ".jpg" else {}))
        n = len(content)
        cuts = {
            0,
            1,
            2,
            4,
            8,
            12,
            16,
            24,
            30,
            33,
            40,
            n - 1,
            n - 2,
            n - 4,
            n - 8,
            n - 12,
            n - 13,
            n - 20,
        }
        cuts |= {n * k // 24 for k in range(1, 24)}
        for cut in sorted(c for c in cuts if 0 <= c < n):
            yield either(
                f"{ending} cut to {cut} of {n}", one("x" + ending, content[:cut]),
                shows(pixels / 255, 4 / 255), "x" + ending,
            )  # fmt: skip
    content, draws = saved(".png", colours(8)), random.Random(5)
    for _ in range(60):
        place, bit = draws.randrange(len(content)), draws.randrange(8)
        changed = bytearray(content)
        changed[place] ^= 1 << bit
        yield either(f"PNG, bit {bit} of byte {place} flipped", one("x.png", bytes(changed)),
                     shows(colours(8) / 255), "x.png")  # fmt: skip
    for ending in ENDINGS:
        for k in range(4):
            noise = bytearray(saved(ending, colours(k)))
            start = draws.randrange(len(noise) // 8)
            noise[start : start + 24] = draws.randbytes(24)
            yield either(
                f"{ending} with noise at {start}",
                one("x" + ending, bytes(noise)),
                lambda t: None,
                "x" + ending,
            )


def foreign():
    pixels = colours(9)
    for inside in (".png", ".tif", ".bmp"):
        for outside in (".png", ".tif", ".bmp", ".jpg", ".jpeg", ".tiff"):
            if inside != outside:
                yield either(f"{inside} named {outside}", one("x" + outside, saved(inside, pixels)),
                             shows(pixels / 255), "x" + outside)  # fmt: skip
    for ending in (".PNG", ".Png", ".TIF", ".TIFF", ".BMP", ".tiff"):
        kind = {".TIFF": ".tif", ".tiff": ".tif"}.get(ending, ending.lower())
        yield equal(f"ending {ending}", one("x" + ending, saved(kind, pixels)), shows(pixels / 255))
    for ending in (".JPG", ".JPEG", ".jpeg", ".Jpg"):
        plain = np.full((SIDE, SIDE, 3), 90, np.uint8)
        yield equal(
            f"ending {ending}", one("x" + ending, saved(".jpg", plain)), shows(plain / 255, 2 / 255)
        )
    contents = {
        "empty": b"", "text": b"not an image", "HTML": b"<html><body>404</body></html>", "zeros": bytes(999),
        "PDF": b"%PDF-1.7\n" + bytes(99), "DICOM": bytes(128) + b"DICM" + bytes(64), "zip": b"PK\x03\x04" + bytes(99),
        "gzip": gzip.compress(saved(".png", pixels)), "NIfTI": struct.pack("<i", 348) + bytes(344), "SVG": b"<svg/>",
        "npy": b"\x93NUMPY\x01\0" + bytes(99), "git-lfs": b"version https://git-lfs.github.com/spec/v1\n",
        "signature only": b"\x89PNG\r\n\x1a\n", "JPEG start only": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        "TIFF header only": b"II*\0\x08\0\0\0", "BMP header only": b"BM" + bytes(20), "random": random.Random(1).randbytes(500),
        "mp4": b"\0\0\0\x18ftypmp42" + bytes(64), "HEIC": b"\0\0\0\x18ftypheic" + bytes(64),
    }  # fmt: skip
    for name, content in contents.items():
        for ending in (".png", ".jpg", ".tif"):
            yield refuse(f"{name} named {ending}", one("x" + ending, content), "x" + ending)


def counted(n, *words):
    """Check that no file vanished: n images, or a report that names the file that was left out."""

    def check(found):
        if len(found.x) == n:
            return None
        said = str(getattr(found, "report", "")) + str(getattr(found, "ignored", ""))
        if words and any(word in said for word in words):
            return None
        return f"{len(found.x)} images of {n}, nothing said"

    return check


def folders():
    def build(*files, size=SIDE):
        def do(folder):
            root = home(folder)
            for name, what in files:
                path = root / name
                if isinstance(what, str) and what == "dir":
                    path.mkdir(parents=True)
                elif isinstance(what, str):
                    os.mkfifo(path)
                elif isinstance(what, tuple):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.symlink_to(what[0])
                else:
                    store(path, what)
            return image_folder(root, size)

        return do

    stacked = [Image.fromarray(grey(k)) for k in range(4)]
    frames = {
        ".tif": saved(".tif", stacked[0], save_all=True, append_images=stacked[1:]),
        ".gif": saved(".gif", stacked[0], save_all=True, append_images=stacked[1:], duration=90),
        ".png": saved(".png", stacked[0], save_all=True, append_images=stacked[1:], duration=90),
        ".webp": saved(".webp", stacked[0], save_all=True, append_images=stacked[1:], duration=90, lossless=True),
    }  # fmt: skip
    for ending, content in frames.items():
        for name in ("x" + ending, "X" + ending.upper()):
            yield refuse(
                f"four frames in {name}", build((f"cat/{name}", content)), name, warning=name
            )
    for ending in (".gif", ".webp"):
        content = saved(
            ending, Image.fromarray(grey(3)), **({"lossless": True} if ending == ".webp" else {})
        )
        for k in (1, 3):
            files = [(f"cat/x{i}{ending}", content) for i in range(k)]
            yield either(f"{k} {ending} beside .png", build(*files), counted(2 + k, ending), ending,
                         "x0", warning="x0")  # fmt: skip
    for ending in (
        ".ppm",
        ".tga",
        ".ico",
        ".jp2",
        ".heic",
        ".dcm",
        ".svs",
        ".nii.gz",
        ".npy",
        ".psd",
        ".avif",
        ".jfif",
    ):
        yield either(f"{ending} beside .png", build((f"cat/x{ending}", saved(".png", grey(3)))),
                     counted(3, "x" + ending), "x" + ending, warning="x" + ending)  # fmt: skip
    for name in ("cat/notes.txt", "cat/Thumbs.db", "cat/.DS_Store", "cat/._c1.png", "cat/.hidden.png", "labels.csv",
                 "cat/desktop.ini", ".git/x.png", "__MACOSX/x.png", "README.md", ".ipynb_checkpoints/c1.png"):  # fmt: skip
        yield either(
            f"{name} is passed over", build((name, b"text")), counted(2), name.split("/")[-1]
        )
    for name in ("loose.png", "loose.jpg", "LOOSE.PNG"):
        yield either(f"a loose image {name}", build((name, saved(".png", grey(3)))), counted(3, name), name,
                     warning=name)  # fmt: skip
    yield either("an image a folder deeper", build(("cat/more/x.png", grey(3))), counted(3, "more"), "more",
                 "x.png", warning="more")  # fmt: skip
    yield either("all images a folder deeper", build(("owl/2021/x.png", grey(3))), lambda t: "classes without images" if len(
        t.x) != 3 else None, "owl")  # fmt: skip
    yield refuse("a class without images", build(("owl", "dir")), "owl")
    yield refuse("a class with a text only", build(("owl/a.txt", b"x")), "owl")
    yield refuse("a folder named like an image", build(("cat/x.png", "dir")), "x.png")
    yield refuse("a pipe named like an image", build(("cat/x.png", "fifo")), "x.png")
    yield refuse("a broken link", build(("cat/x.png", ("gone.png",))), "x.png")
    yield refuse("a link to itself", build(("cat/x.png", ("x.png",))), "x.png")
    yield refuse("a link to /dev/zero", build(("cat/x.png", ("/dev/zero",))), "x.png")
    yield refuse("a link to /dev/null", build(("cat/x.png", ("/dev/null",))), "x.png")
    yield either(
        "a link to an image", build(("cat/x.png", ("c1.png",))), shows(grey(1) / 255), "x.png"
    )
    yield either("a.png and a.jpg in one class", build(
        ("cat/c1.tif", saved(".tif", grey(3)))), counted(3), "c1")  # fmt: skip
    yield either("one name in two classes", build(("dog/c1.png", grey(3))), counted(3), "c1")
    yield either(
        "the same image in two classes",
        build(("dog/c1.png", grey(1))),
        counted(3),
        "c1",
        warning="c1",
    )
    for name in (
        "ä µ.png",
        "a b.png",
        "a,b.png",
        "a'b.png",
        "#1.png",
        "-x.png",
        "a\nb.png",
        "x.y.png",
        "%s.png",
        "{}.png",
    ):
        yield equal(f"a file named {name!r}", build((f"cat/{name}", grey(3))), counted(3))
        yield refuse(
            f"a damaged file named {name!r}", build((f"cat/{name}", b"x")), name.split("\n")[0]
        )

    def empty(folder):
        return image_folder(folder, SIDE)

    def one_class(folder):
        store(folder / "pets" / "cat" / "a.png", grey())
        return image_folder(folder / "pets", SIDE)

    def flat_folder(folder):
        for k in range(3):
            store(folder / "pets" / f"{k}.png", grey(k))
        return image_folder(folder / "pets", SIDE)

    def a_file(folder):
        store(folder / "pets", saved(".png", grey()))
        return image_folder(folder / "pets", SIDE)

    def a_zip(folder):
        (folder / "pets.zip").write_bytes(b"PK\x03\x04")
        return image_folder(folder / "pets.zip", SIDE)

    yield refuse("an empty folder", empty, "class", "folder")
    yield refuse("one class", one_class, "class", "pets")
    yield refuse("no classes, images only", flat_folder, "class", "pets")
    yield refuse("a file for a folder", a_file, "pets", errors=(*ERRORS, NotADirectoryError))
    yield refuse("a zip for a folder", a_zip, "pets", errors=(*ERRORS, NotADirectoryError))
    yield refuse("no folder", lambda f: image_folder(f / "pets", SIDE), "pets", errors=ERRORS)
    for value in (None, 3, "", "a\0b", ["pets"]):
        yield refuse(
            f"path={value!r}",
            lambda f, v=value: image_folder(v, SIDE),
            "image_folder",
            "path",
            errors=ERRORS,
        )


def outsider():
    """What an outsider's pictures did without a word."""

    def folders(*names, groups=None):
        def do(folder):
            for k, name in enumerate(names):
                store(folder / "pets" / name / "a1.png", grey(k))
                store(folder / "pets" / name / "b2.png", grey(k + 9))
            return image_folder(folder / "pets", SIDE, groups=groups)

        return do

    yield refuse("folders Cat and cat", folders("Cat", "cat", "dog"), "Cat")
    yield refuse("groups that no name has", folders("cat", "dog", groups="(p)?x?"), "group")
    yield equal("groups of size 16 in NumPy", lambda f: image_folder(home(f), np.int64(16)), lambda d: (
        None if type(d.decisions["size"]) is int else "not a plain number"))  # fmt: skip
    dim = (grey().astype(np.uint16) * 16).astype(np.uint16)
    yield equal(
        "12 bits in 16",
        one("b.png", dim),
        lambda d: None if "darker" in str(d.report) else "no word",
    )
    white = io.BytesIO()
    Image.fromarray(dim).save(white, "TIFF", tiffinfo={262: 0})
    yield refuse("16-bit TIFF, white is zero", one("b.tif", white.getvalue()), "white")
    zero = Image.Exif()
    zero[0x0112] = 0
    turned_ = io.BytesIO()
    Image.fromarray(grey()).save(turned_, "JPEG", exif=zero)
    yield equal("EXIF 0 is no turn", one("b.jpg", turned_.getvalue()), lambda d: (
        "turned" if "turned" in str(d.report) else None))  # fmt: skip


FAMILIES = {
    "pictures: an outsider's files": outsider,
    "pictures: modes": modes,
    "pictures: turns": turns,
    "pictures: sizes": sizes,
    "pictures: truncated": truncated,
    "pictures: foreign files": foreign,
    "pictures: folders": folders,
}
