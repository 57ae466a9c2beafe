import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.images import ORIENTATION
from helpers.data.masks import image_masks


@pytest.fixture
def home(tmp_path):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    draws = np.random.default_rng(0)
    for name in ("a", "b"):
        picture = draws.integers(0, 256, (32, 32), dtype=np.uint8)
        Image.fromarray(picture).save(tmp_path / "images" / f"{name}.png")
        Image.fromarray((picture > 127).astype(np.uint8) * 200).save(
            tmp_path / "masks" / f"{name}.png"
        )
    return tmp_path


def read(home, **settings):
    return image_masks(home / "images", home / "masks", **settings)


def test_pixels_and_their_classes_stay_together(home):
    data = read(home, size=32)
    assert data.names == ["a", "b"]
    assert data.values == [0, 200]
    assert torch.equal(data.y.bool(), data.x[:, 0] > 127.5 / 255)


def test_resizing_never_invents_a_class(home):
    smaller = read(home, size=16)
    assert smaller.x.shape == (2, 1, 16, 16)
    assert smaller.y.shape == (2, 16, 16)
    assert smaller.y.unique().tolist() == [0, 1]
    assert read(home, size=16, grey=False).x.shape == (2, 3, 16, 16)


def put(home, name, mask, folder="masks"):
    """Save an array or an image; the other side keeps what it has."""
    image = mask if isinstance(mask, Image.Image) else Image.fromarray(mask)
    image.save(home / folder / name)


def both(home, make):
    """The same kind of mask for a and b; the second is turned."""
    for name, turn in (("a", False), ("b", True)):
        for old in (home / "masks").glob(f"{name}.*"):
            old.unlink()
        make(name, GRID.T.copy() if turn else GRID)


GRID = np.zeros((32, 32), dtype=np.int64)  # class 0, 1 to the right, 2 at the bottom right
GRID[:, 16:] = 1
GRID[16:, 24:] = 2


@pytest.mark.parametrize(
    ("numbers", "dtype", "ending"),
    [
        ([0, 1, 2], np.uint8, "png"),
        ([0, 128, 255], np.uint8, "gif"),
        ([0, 300, 400], np.uint16, "png"),
        ([0, 300, 400], np.uint16, "tif"),
        ([0, 70000, 80000], np.int32, "tif"),
        ([0.0, 0.3, 0.7], np.float32, "tif"),
        ([-1.0, 0.0, 1.0], np.float32, "tif"),
    ],
)
def test_numbers_of_every_depth_are_kept_apart(home, numbers, dtype, ending):
    table = np.array(numbers, dtype=dtype)
    both(home, lambda name, grid: put(home, f"{name}.{ending}", table[grid]))
    data = read(home, size=32)
    if ending != "gif":  # a palette may be stored instead of greys
        assert np.allclose(data.values, numbers)
    assert torch.equal(data.y[0], torch.from_numpy(GRID))
    assert torch.equal(data.y[1], torch.from_numpy(GRID.T.copy()))


def test_colours_are_classes_once_they_are_named(home):
    table = np.array([(0, 0, 0), (76, 0, 0), (0, 39, 0)], dtype=np.uint8)  # alike in grey
    both(home, lambda name, grid: put(home, f"{name}.png", table[grid]))
    with pytest.raises(
        ValueError, match=r"are coloured, pass values=\[\(0, 0, 0\), \(0, 39, 0\), "
    ):
        read(home, size=32)
    data = read(home, size=32, values=[(0, 0, 0), (76, 0, 0), (0, 39, 0)])
    assert torch.equal(data.y[0], torch.from_numpy(GRID))
    with pytest.raises(ValueError, match=r"holds \(0, 39, 0\), expected one of"):
        read(home, size=32, values=[(0, 0, 0), (76, 0, 0)])
    both(
        home, lambda name, grid: put(home, f"{name}.png", np.stack([grid.astype(np.uint8)] * 3, 2))
    )
    assert read(home, size=32).values == [0, 1, 2]  # grey, stored as colour


def test_alpha_is_asked_about(home):
    def make(name, grid):
        pixels = np.zeros((32, 32, 4), dtype=np.uint8)
        pixels[..., 0], pixels[..., 3] = 9 * (grid == 1), 100 * grid
        put(home, f"{name}.png", pixels)

    both(home, make)
    with pytest.raises(
        ValueError, match="transparent pixels; pass channel='alpha' .* channel='colour'"
    ):
        read(home, size=32)
    data = read(home, size=32, channel="alpha")
    assert data.values == [0, 100, 200]
    assert torch.equal(data.y[1], torch.from_numpy(GRID.T.copy()))
    data = read(home, size=32, channel="colour", values=[(0, 0, 0), (9, 0, 0)])
    assert torch.equal(data.y[0], torch.from_numpy(GRID == 1).long())


def test_palettes_are_numbers_and_must_agree(home):
    def palette(name, grid, colours):
        image = Image.fromarray(grid.astype(np.uint8), mode="P")
        image.putpalette(colours)
        put(home, f"{name}.png", image)

    red, blue = [0, 0, 0, 255, 0, 0, 9, 9, 9], [0, 0, 0, 0, 0, 255, 9, 9, 9]
    both(home, lambda name, grid: palette(name, grid, red))
    assert torch.equal(read(home, size=32).y[0], torch.from_numpy(GRID))
    palette("b", GRID, blue)
    with pytest.raises(
        ValueError, match=r"means \[0, 0, 255\] by the palette number 1, another mask"
    ):
        read(home, size=32)


def test_masks_of_two_kinds_are_refused_unless_values_are_named(home):
    put(home, "b.png", np.eye(32, dtype=bool))
    with pytest.raises(ValueError, match="a.png is a grey mask and .*b.png a black and white one"):
        read(home, size=32)
    data = read(home, size=32, values=[0, 200, 255])
    assert torch.equal(data.y[1] == 2, torch.eye(32, dtype=torch.bool))


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_lossy_masks_are_refused(home, name):
    (home / "masks" / "a.png").unlink()
    put(home, name, (255 * (GRID == 1)).astype(np.uint8))
    with pytest.raises(ValueError, match=f"{name} has the lossy format .* store masks as PNG"):
        read(home)


def test_masks_with_16_bits_a_colour_are_refused(home):
    import struct
    import zlib

    def part(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    pixels = np.zeros((32, 32, 3), dtype=">u2")
    pixels[8:, :, 0] = 1  # Pillow would read 0
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = part(b"IHDR", struct.pack(">IIBBBBB", 32, 32, 16, 2, 0, 0, 0))
    content = b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    (home / "masks" / "a.png").write_bytes(content)
    with pytest.raises(ValueError, match="a.png has 16 bits a colour"):
        read(home)


def test_masks_that_say_nothing_or_no_number(home):
    both(home, lambda name, grid: put(home, f"{name}.png", np.full((32, 32), 7, dtype=np.uint8)))
    with pytest.raises(ValueError, match="hold only 7, nothing can be learned"):
        read(home)
    both(
        home,
        lambda name, grid: put(home, f"{name}.tif", np.full((32, 32), np.nan, dtype=np.float32)),
    )
    with pytest.raises(ValueError, match="a.tif holds NaN"):
        read(home)


def exif(array, orientation, path):
    """Save with the EXIF entry of a turned camera."""
    entry = Image.Exif()
    entry[ORIENTATION] = orientation
    Image.fromarray(array).save(path, exif=entry)


TALL = np.arange(40, dtype=np.uint8)[:, None].repeat(32, 1)  # 32 wide, 40 high, brighter below


def test_exif_turns_photograph_and_mask_alike(tmp_path):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    exif(TALL, 6, tmp_path / "images" / "a.png")
    exif((TALL > 20).astype(np.uint8), 6, tmp_path / "masks" / "a.png")
    data = read(tmp_path, size=32)
    assert torch.equal(data.y[0].bool(), data.x[0, 0] > 20.5 / 255)
    upright = np.rot90(TALL, -1)  # what every viewer shows: brighter to the left
    assert torch.equal(data.y[0].bool(), torch.from_numpy(upright[:, 4:36] > 20))
    Image.fromarray((upright > 20).astype(np.uint8)).save(tmp_path / "masks" / "a.png")
    assert torch.equal(read(tmp_path, size=32).y, data.y)  # drawn on the upright photograph
    Image.fromarray((TALL > 20).astype(np.uint8)).save(tmp_path / "masks" / "a.png")
    with pytest.raises(ValueError, match="turned as EXIF says; pass exif='ignore'"):
        read(tmp_path, size=32)
    stored = read(tmp_path, size=32, exif="ignore")
    assert torch.equal(stored.y[0].bool(), torch.from_numpy(TALL[4:36] > 20))
    assert torch.equal(stored.y[0].bool(), stored.x[0, 0] > 20.5 / 255)


def test_a_turn_that_fits_both_ways_is_asked_about(tmp_path):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    exif(TALL[:32], 3, tmp_path / "images" / "a.png")
    Image.fromarray((TALL[:32] > 20).astype(np.uint8)).save(tmp_path / "masks" / "a.png")
    with pytest.raises(
        ValueError, match="EXIF turns .*both ways fit; pass exif='apply' .* exif='ignore'"
    ):
        read(tmp_path, size=32)
    data = read(tmp_path, size=32, exif="ignore")
    assert torch.equal(data.y[0].bool(), data.x[0, 0] > 20.5 / 255)
    data = read(tmp_path, size=32, exif="apply")
    assert torch.equal(data.y[0].flip(0).bool(), data.x[0, 0] > 20.5 / 255)


def test_two_files_with_one_stem_and_groups(home):
    assert read(home, size=32, groups="([ab])").groups.tolist() == [0, 1]
    Image.fromarray(TALL[:32]).save(home / "images" / "a.jpg")
    with pytest.raises(ValueError, match="a.jpg and a.png have one name"):
        read(home)
    assert read(home, size=32, skip="*.jpg").rows == ["a.png", "b.png"]


def test_a_class_lost_in_resizing_is_said(home):
    lone = np.zeros((32, 32), dtype=np.uint8)
    lone[1, 1] = 5
    both(home, lambda name, grid: put(home, f"{name}.png", lone))
    data = read(home, size=16)
    assert data.values == [0, 5]
    assert ("lost in resizing: 5" in str(data.report)) == (5 not in data.y * 5)
    assert str(read(home, size=32).report).splitlines()[2].split() == ["0", "0", "99.9", "%", "2"]


def test_bad_input_is_named(home):
    with pytest.raises(
        ValueError, match="size must be a whole number from 16 to 512, found size=8"
    ):
        read(home, size=8)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        image_masks(home / "nowhere", home / "masks")
    (home / "empty").mkdir()
    with pytest.raises(ValueError, match="expected images .* found none"):
        image_masks(home / "images", home / "empty")
    with pytest.raises(ValueError, match="at most 1 values .* found 2 or more; are they masks"):
        read(home, most_classes=1)
    Image.new("L", (32, 30)).save(home / "masks" / "b.png")
    with pytest.raises(ValueError, match=r"b.png cannot be used .*\(32, 30\) pixels, its image"):
        read(home)
    (home / "masks" / "b.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"b.png cannot be read as an image"):
        read(home)
    (home / "masks" / "b.png").unlink()
    with pytest.raises(ValueError, match=r"expected a mask for .*images.b.png, found none"):
        read(home)
    (home / "images" / "b.png").rename(home / "masks" / "b.png")
    with pytest.raises(ValueError, match=r"expected an image for .*masks.b.png, found none"):
        read(home)


def test_files_that_are_no_images_are_said_and_one_folder_for_both_is_refused(home):
    assert "passed over" not in str(read(home, size=32).report)
    (home / "masks" / "c.npy").write_bytes(b"x")
    assert "passed over: c.npy" in str(read(home, size=32).report)
    with pytest.raises(ValueError, match="a folder of images and one of masks, found .* for both"):
        image_masks(home / "masks", home / "images" / ".." / "masks")


def sentence_of(call, home):
    with pytest.raises(ValueError) as caught:
        call()
    return str(caught.value).replace(str(home), "HOME")


def test_what_was_read_is_reported_line_by_line(home):
    data = read(home, size=32)
    ones = [int((data.y == k).sum()) for k in (0, 1)]
    assert data.report.head == ("value", "class", "pixels", "masks")
    assert data.report.lines == [
        (str(v), str(k), f"{100 * ones[k] / 2048:.3g} %", "2") for k, v in enumerate((0, 200))
    ]
    assert data.report.notes == [
        "2 masks", "grey", "32 x 32 pixels", "groups: none named, a file stands for itself",
    ]  # fmt: skip
    assert data.decisions == {
        "reader": "image_masks", "size": 32, "grey": True, "values": [0, 200], "classes": ["0", "200"],
    }  # fmt: skip
    assert (data.groups, data.block.tolist(), data.rows) == (None, [0, 1], ["a.png", "b.png"])
    assert data.path.endswith("images")
    named = read(home, size=32, groups="(.)", values=[200, 0, 7])
    assert "groups: (.)" in named.report.notes
    assert named.values == [200, 0, 7]
    assert torch.equal(named.y, 1 - data.y)
    assert named.report.lines[2] == ("7", "2", "0 %", "0")
    assert image_masks(home / "images", home / "masks").x.shape == (2, 1, 128, 128)


def test_void_pixels_do_not_count(home):
    table = np.array([0, 9, 255], dtype=np.uint8)
    both(home, lambda name, grid: put(home, f"{name}.png", table[grid]))
    data = read(home, size=32, void=255)
    assert data.values == [0, 9]
    expected = np.array([0, 1, -1])[GRID]
    assert torch.equal(data.y[0], torch.from_numpy(expected))
    share = 100 * (GRID == 2).mean()
    assert f"255 does not count, {share:.3g} % of the pixels" in data.report.notes
    assert data.report.lines[1][2] == f"{100 * (GRID == 1).mean():.3g} %"
    assert "does not count" not in str(read(home, size=32).report)
    said = "image_masks: void=255 stands among values=[0, 255], expected another value"
    assert sentence_of(lambda: read(home, void=255, values=[0, 255]), home) == said
    colours = np.array([(0, 0, 0), (9, 0, 0), (1, 2, 3)], dtype=np.uint8)
    both(home, lambda name, grid: put(home, f"{name}.png", colours[grid]))
    known = [(0, 0, 0), (9, 0, 0)]
    for void in ((1, 2, 3), [1, 2, 3]):
        assert torch.equal(
            read(home, size=32, values=known, void=void).y[0], torch.from_numpy(expected)
        )


def test_words_of_the_caller_are_checked(home):
    for said in (
        {"most_classes": 0}, {"most_classes": 10_001}, {"most_classes": 2.5},
    ):  # fmt: skip
        found = said["most_classes"]
        assert sentence_of(lambda said=said: read(home, **said), home) == (
            f"image_masks: most_classes must be 1 to 10000, found {found!r}"
        )
    for most in (2, 10_000):
        assert len(read(home, size=32, most_classes=most).values) == 2
    assert sentence_of(lambda: read(home, channel="red"), home) == (
        "image_masks: expected one of ('alpha', 'colour'), found 'red'"
    )
    assert sentence_of(lambda: read(home, exif="turn"), home) == (
        "image_masks: expected one of ('apply', 'ignore'), found 'turn'"
    )
    for size in (16, 512):
        assert read(home, size=size).x.shape[2:] == (size, size)
    for size in (15, 513):
        assert sentence_of(lambda size=size: read(home, size=size), home).startswith(
            "image_masks: size must be a whole number from 16 to 512"
        )


def test_files_that_do_not_pair_are_told_word_by_word(home):
    (home / "images" / "old").mkdir()
    assert sentence_of(lambda: read(home), home) == (
        "image_masks: HOME/images holds the folder 'old', expected images only; move its images, or pass "
        "skip=('old',)"
    )
    assert len(read(home, size=32, skip="old").x) == 2
    (home / "images" / "old").rmdir()
    Image.fromarray(GRID.astype(np.uint8)).save(home / "images" / "c.png")
    assert sentence_of(lambda: read(home), home) == (
        "image_masks: expected a mask for HOME/images/c.png, found none"
    )
    (home / "images" / "c.png").unlink()
    put(home, "b.png", np.zeros((30, 32), dtype=np.uint8))
    assert sentence_of(lambda: read(home), home) == (
        "image_masks: HOME/masks/b.png cannot be used as a mask ((32, 30) pixels, its image has (32, 32))"
    )
    put(home, "b.png", GRID.astype(np.uint8) * 7)
    put(home, "a.png", GRID.astype(np.uint8) * 7)
    assert sentence_of(lambda: read(home, values=[0, 7]), home) == (
        "image_masks: HOME/masks/a.png holds 14, expected one of [0, 7]"
    )
    assert sentence_of(lambda: read(home, most_classes=2), home) == (
        "image_masks: expected at most 2 values in the masks in HOME/masks, found 3 or more; are they "
        "masks, one value a class? If so raise most_classes"
    )
    assert len(read(home, size=32, most_classes=3).values) == 3
    assert len(read(home, size=32, most_classes=1, values=[0, 7, 14]).values) == 3


def test_one_mask_of_ones_beside_one_of_255s_is_asked_about(home):
    put(home, "a.png", (GRID > 0).astype(np.uint8))
    put(home, "b.png", (GRID > 0).astype(np.uint8) * 255)
    said = sentence_of(lambda: read(home, size=32), home)
    assert said == (
        "image_masks: HOME/masks/a.png holds 0 and 1, HOME/masks/b.png 0 and 255; make them alike, or pass "
        "values=[0, 1, 255] if these are three classes"
    )
    assert read(home, size=32, values=[0, 1, 255]).values == [0, 1, 255]


def test_soft_edges_are_asked_about_if_all_masks_have_them(home):
    disc = np.hypot(*np.mgrid[-16:16, -16:16])
    soft = np.clip(255 * (10.4 - disc), 0, 255).astype(np.uint8)
    both(home, lambda name, grid: put(home, f"{name}.png", soft))
    assert "those between 0 and 255 only at edges" in sentence_of(lambda: read(home, size=32), home)
    steps = (np.mgrid[:32, :32][0] // 8 * 85).astype(np.uint8)
    put(home, "b.png", steps)
    assert "only at edges" not in str(read(home, size=32, most_classes=200).values)
    put(home, "a.png", steps)
    put(home, "b.png", soft)
    assert len(read(home, size=32, most_classes=200).values) > 4


def test_grey_stored_with_alpha_and_black_and_white(home):
    grey = np.stack([(9 * GRID).astype(np.uint8), np.full((32, 32), 255, np.uint8)], 2)
    both(home, lambda name, grid: put(home, f"{name}.png", Image.fromarray(grey, mode="LA")))
    data = read(home, size=32)
    assert data.values == [0, 9, 18]
    assert data.report.notes[1] == "grey"
    both(home, lambda name, grid: put(home, f"{name}.png", grid > 0))
    data = read(home, size=32)
    assert (data.values, data.report.notes[1]) == ([0, 255], "black and white")
    assert torch.equal(data.y[0], torch.from_numpy((GRID > 0).astype(np.int64)))
    both(
        home,
        lambda name, grid: put(
            home, f"{name}.tif", Image.fromarray(np.zeros((32, 32, 4), np.uint8), mode="CMYK")
        ),
    )
    assert sentence_of(lambda: read(home), home) == (
        "image_masks: HOME/masks/a.tif has the mode CMYK, expected numbers, colours or a palette"
    )
    both(home, lambda name, grid: put(home, f"{name}.tif", (300 * grid).astype(np.uint16)))
    assert read(home, size=32).report.notes[1] == "16- or 32-bit"
