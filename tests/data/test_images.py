import os

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data import images
from helpers.data.images import image_folder, listing, one_stem, open_picture, span, square_image

ARROW = np.zeros((32, 32), dtype=np.uint8)
ARROW[:8, :] = 200  # a bar along the top
ARROW[:, :4] = 100  # and one along the left


@pytest.fixture
def pets(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
    grid = np.arange(40 * 30 * 3, dtype=np.uint8).reshape(40, 30, 3)
    Image.fromarray(grid).save(tmp_path / "pets/cat/colour.png")
    Image.fromarray(grid[..., 0]).save(tmp_path / "pets/cat/grey.png")
    deep = np.full((20, 20), 32768, dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "pets/dog/deep.tif")
    (tmp_path / "pets/dog/notes.txt").write_text("ignored")
    return tmp_path / "pets"


def test_image_folder_reads_mixed_sizes_and_depths(pets):
    data = image_folder(pets, 16)
    assert data.x.shape == (3, 3, 16, 16)
    assert (data.y.tolist(), data.classes) == ([0, 0, 1], ["cat", "dog"])
    assert torch.equal(data.x[1, 0], data.x[1, 2])  # the grey one
    assert not torch.equal(data.x[0, 0], data.x[0, 2])
    assert torch.allclose(data.x[2], torch.tensor(32768 / 65535))  # 16 bits
    assert image_folder(pets, 16, grey=True).x.shape == (3, 1, 16, 16)


def test_image_folder_equals_torchvision(pets):
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import functional

    image, label = ImageFolder(pets)[0]
    wanted = functional.to_tensor(functional.center_crop(image, [30, 30]))
    ours = image_folder(pets, 30)
    assert torch.allclose(ours.x[0], wanted)
    assert label == ours.y[0]


def test_image_folder_errors(pets, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="size must be a whole number from 8 to 512, found size=4"):
        image_folder(pets, 4)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        image_folder(tmp_path / "none")
    with pytest.raises(ValueError, match="a subfolder for each class in .*, found 0"):
        image_folder(pets / "cat")
    (pets / "fox").mkdir()
    with pytest.raises(ValueError, match="in .*fox, found none"):
        image_folder(pets)
    (pets / "fox" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with pytest.raises(ValueError, match="broken.png cannot be read as an image"):
        image_folder(pets)
    (pets / "fox" / "broken.png").write_bytes((pets / "cat/colour.png").read_bytes()[:200])
    with pytest.raises(ValueError, match="broken.png cannot be read as an image"):
        image_folder(pets)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match="colour.png cannot be read .*decompression bomb"):
        image_folder(pets)
    monkeypatch.setattr(images, "MOST_VALUES", 100)
    with pytest.raises(ValueError, match="exceed 2 GB, lower size"):
        image_folder(pets)


def turned(image, orientation, path):
    """Save an image with an EXIF entry that says how to turn it."""
    exif = Image.Exif()
    exif[images.ORIENTATION] = orientation
    Image.fromarray(image).save(path, exif=exif)


@pytest.mark.parametrize(("orientation", "turn"), [(3, lambda a: a[::-1, ::-1]), (6, lambda a: np.rot90(a, -1)), (8, np.rot90), (2, lambda a: a[:, ::-1])])  # fmt: skip
@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_photographs_are_turned_as_exif_says(tmp_path, orientation, turn, deep, ending):
    pixels = ARROW.astype(np.uint16) * 257 if deep else ARROW
    turned(pixels, orientation, tmp_path / f"a.{ending}")
    found = image_folder(tmp_path, 32, grey=True, labelled=False)
    assert torch.allclose(found.x[0, 0], torch.from_numpy(turn(ARROW / 255).copy()).float())
    assert "1 image turned as EXIF says" in str(found.report)


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("ending", ["png", "jpg", "tif"])
def test_both_ways_agree_with_pillow(tmp_path, orientation, ending):
    from PIL import ImageOps

    tall = np.repeat(np.arange(48, dtype=np.uint8)[:, None] * 5, 32, 1)
    turned(tall, orientation, tmp_path / f"a.{ending}")
    found = open_picture("t", tmp_path / f"a.{ending}")
    assert np.allclose(np.array(found.raw), tall, atol=2)
    if ending == "tif":  # Pillow 13 scrambles these, so the same pixels are turned as PNG
        turned(tall, orientation, tmp_path / "a.png")
    with Image.open(tmp_path / f"a.{'jpg' if ending == 'jpg' else 'png'}") as image:
        assert np.array_equal(np.array(found.image), np.array(ImageOps.exif_transpose(image)))


def test_a_folder_without_classes(pets):
    data = image_folder(pets / "cat", 16, labelled=False)
    assert (data.y, data.classes, data.task) == (None, [], None)
    assert data.rows == ["colour.png", "grey.png"]
    with pytest.raises(ValueError, match="holds 2 folders beside the images .cat."):
        image_folder(pets, 16, labelled=False)


def test_webp_and_gif_are_read_and_other_files_reported(pets):
    for ending in ("webp", "gif"):
        Image.fromarray(ARROW).save(pets / "cat" / f"more-{ending}.{ending}")
    data = image_folder(pets, 16)
    assert data.y.tolist() == [0, 0, 0, 0, 1]
    line = str(data.report).splitlines()[-1].split()
    assert line == ["dog", "1", "20", "x", "20", "I;16", "1", "notes.txt"]
    assert data.rows[:2] == ["cat/colour.png", "cat/grey.png"]


def test_loose_files_inner_folders_and_twins_are_refused_or_skipped(pets):
    Image.fromarray(ARROW).save(pets / "loose.png")
    with pytest.raises(ValueError, match="holds 1 image beside the class folders .loose.png"):
        image_folder(pets)
    assert len(image_folder(pets, skip="loose.png").x) == 3
    with pytest.raises(ValueError, match="skip must be a text or several, found skip=3"):
        image_folder(pets, skip=3)
    (pets / "loose.png").unlink()
    Image.fromarray(ARROW).save(pets / "cat" / "grey.jpg")
    with pytest.raises(ValueError, match="grey.jpg and grey.png have one name.*skip="):
        image_folder(pets)
    assert len(image_folder(pets, skip="*.jpg").x) == 3
    (pets / "dog" / "old").mkdir()
    with pytest.raises(ValueError, match="dog holds the folder 'old', expected images only"):
        image_folder(pets, skip="*.jpg")


def test_a_pipe_an_empty_file_and_a_film_are_named(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.fromarray(ARROW).save(tmp_path / name / "fine.png")
    trap = tmp_path / "cat" / "trap.png"
    os.mkfifo(trap)
    with pytest.raises(ValueError, match="trap.png cannot be read .*not an ordinary file"):
        image_folder(tmp_path)
    trap.unlink()
    trap.write_bytes(b"")
    with pytest.raises(ValueError, match="trap.png cannot be read .*0 bytes"):
        image_folder(tmp_path)
    trap.unlink()
    frames = [Image.fromarray(ARROW), Image.fromarray(255 - ARROW)]
    frames[0].save(tmp_path / "cat" / "film.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match="film.gif cannot be read .*2 frames, expected one"):
        image_folder(tmp_path)


def test_transparent_pixels_are_refused_and_opaque_ones_are_not(tmp_path):
    pixels = np.full((16, 16, 4), 255, dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert image_folder(tmp_path, 16, labelled=False).x.min() == 1
    pixels[0, 0, 3] = 0
    Image.fromarray(pixels).save(tmp_path / "a.png")
    with pytest.raises(ValueError, match="a.png has transparent pixels"):
        image_folder(tmp_path, 16, labelled=False)


def test_groups_come_from_names(tmp_path):
    for name in ("p2_1", "p1_1", "p2_2"):
        Image.fromarray(ARROW).save(tmp_path / f"{name}.png")
    data = image_folder(tmp_path, 16, labelled=False, groups="(p[0-9])_")
    assert data.groups.tolist() == data.block.tolist() == [0, 1, 1]
    assert "2 images equal to another one" in str(data.report)
    with pytest.raises(ValueError, match="expected a group as '.q.' in the name 'p1_1.png'"):
        image_folder(tmp_path, 16, labelled=False, groups="(q)")


def test_the_parts(tmp_path):
    Image.fromarray(ARROW).save(tmp_path / "a.png")
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "b.txt").write_bytes(b"")
    files, folders, others = listing("t", tmp_path)
    assert [p.name for p in (*files, *others)] == ["a.png", "b.txt"]
    assert folders == []
    one_stem("t", files)
    picture = open_picture("t", files[0])
    assert (picture.turn, picture.mode, picture.format) == (1, "L", "PNG")
    assert (
        square_image("t", files[0], 32, True, picture).mul(255).round()[0].tolist()
        == ARROW.tolist()
    )
    assert span([(1, 2)]) == "1 x 2"


def test_a_png_file_whose_check_sum_is_wrong_is_refused(tmp_path):
    file = tmp_path / "a.png"
    Image.fromarray(ARROW).save(file)
    content = bytearray(file.read_bytes())
    assert open_picture("t", file).image.size == (32, 32)
    content[content.index(b"IEND") - 6] ^= 1  # in the check sum of the pixels
    file.write_bytes(content)
    with pytest.raises(ValueError, match="a.png cannot be read as an image"):
        open_picture("t", file)


@pytest.mark.parametrize("wrong", [1.5, -0.5])
def test_one_pixel_out_of_range_is_enough(tmp_path, wrong):
    pixels = np.full((16, 16), 0.5, dtype=np.float32)
    Image.fromarray(pixels).save(tmp_path / "a.tif")
    assert image_folder(tmp_path, 16, labelled=False).x.unique().tolist() == [0.5]
    pixels[3, 4] = wrong
    Image.fromarray(pixels).save(tmp_path / "a.tif")
    with pytest.raises(
        ValueError, match="expected pixel values in range .integers up to 65535, floats 0"
    ):
        image_folder(tmp_path, 16, labelled=False)


def sentence_of(call, home):
    with pytest.raises(ValueError) as caught:
        call()
    return str(caught.value).replace(str(home), "HOME")


def test_what_was_read_is_reported_line_by_line(pets):
    data = image_folder(pets, 16)
    assert data.report.head == ("folder", "images", "pixels", "modes", "skipped")
    assert data.report.lines[0][:2] == ("cat", "2")
    assert data.report.lines[0][2:4] == ("30 x 40", "L 1, RGB 1")
    assert data.report.lines[1] == ("dog", "1", "20 x 20", "I;16 1", "notes.txt")
    assert data.report.notes == ["3 images", "groups: none named, a file stands for itself"]
    assert data.decisions == {
        "reader": "image_folder", "size": 16, "grey": False, "classes": ["cat", "dog"],
    }  # fmt: skip
    assert (data.groups, data.block.tolist()) == (None, [0, 1, 2])
    assert data.rows == ["cat/colour.png", "cat/grey.png", "dog/deep.tif"]
    assert image_folder(pets).x.shape == (3, 3, 32, 32)
    (pets / "readme.txt").write_text("x")
    assert "skipped beside the folders: readme.txt" in image_folder(pets, 16).report.notes
    (pets / "cat" / "readme.txt").write_text("x")
    alone = image_folder(pets / "cat", 16, labelled=False)
    assert "skipped beside" not in str(alone.report)
    assert alone.report.lines[0][0] == "cat"


def test_dark_and_equal_images_are_noted(tmp_path):
    for name, value in (("a", 25), ("b", 26), ("c", 26)):
        Image.fromarray(np.full((16, 16), value, dtype=np.uint8)).save(tmp_path / f"{name}.png")
    notes = image_folder(tmp_path, 16, labelled=False).report.notes
    assert "1 image darker than 0.1 everywhere (12-bit camera in 16 bits?)" in notes
    assert "1 image equal to another one" in notes
    (tmp_path / "a.png").unlink()
    (tmp_path / "c.png").unlink()
    assert len(image_folder(tmp_path, 16, labelled=False).report.notes) == 2


def test_each_refusal_is_told_word_by_word(pets, tmp_path):
    Image.fromarray(ARROW).save(pets / "loose.png")
    assert sentence_of(lambda: image_folder(pets), pets) == (
        "image_folder: HOME holds 1 image beside the class folders (loose.png); move them, or pass "
        "skip=('loose.png',)"
    )
    assert sentence_of(lambda: image_folder(pets, labelled=False), pets) == (
        "image_folder: HOME holds 2 folders beside the images (cat); move them, or pass skip=('cat',)"
    )
    (pets / "loose.png").unlink()
    assert sentence_of(lambda: image_folder(pets, skip="dog"), pets) == (
        "image_folder: expected a subfolder for each class in HOME, found 1"
    )
    (pets / "Cat").mkdir()
    assert sentence_of(lambda: image_folder(pets), pets) == (
        "image_folder: HOME holds the folders 'Cat' and 'cat', expected one for each class"
    )
    (pets / "Cat").rmdir()
    (pets / "dog" / "deep.png").write_bytes((pets / "cat" / "grey.png").read_bytes())
    assert sentence_of(lambda: image_folder(pets), pets) == (
        "image_folder: HOME/dog/deep.png and deep.tif have one name, expected one file each; remove one, "
        "or pass skip=('deep.tif',)"
    )
    (pets / "dog" / "deep.png").unlink()
    (pets / "dog" / "old").mkdir()
    assert sentence_of(lambda: image_folder(pets), pets) == (
        "image_folder: HOME/dog holds the folder 'old', expected images only; move its images, or pass "
        "skip=('old',)"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    endings = ".png, .jpg, .jpeg, .tif, .tiff, .bmp, .webp, .gif"
    assert sentence_of(lambda: image_folder(empty, labelled=False), empty) == (
        f"image_folder: expected images ({endings}) in HOME, found none"
    )
    for size in (7, 513):
        assert sentence_of(lambda size=size: image_folder(pets, size), pets).startswith(
            "image_folder: size must be a whole number from 8 to 512"
        )
    for size in (8, 512):
        assert image_folder(pets, size, skip="old").x.shape[2] == size


@pytest.mark.parametrize("name", [".a.png", "_a.png", "Thumbs.db", "desktop.ini"])
def test_hidden_files_do_not_count(tmp_path, name):
    (tmp_path / name).write_bytes(b"x")
    assert listing("t", tmp_path) == ([], [], [])
    (tmp_path / "A.PNG").write_bytes(b"x")
    assert [file.name for file in listing("t", tmp_path)[0]] == ["A.PNG"]
    assert [file.name for file in listing("t", tmp_path, ("A*",))[2]] == ["A.PNG"]


def test_the_largest_file_and_tensor(tmp_path, monkeypatch):
    Image.fromarray(ARROW).save(tmp_path / "a.png")
    size = (tmp_path / "a.png").stat().st_size
    monkeypatch.setattr(images, "LARGEST", size + 1)
    assert open_picture("t", tmp_path / "a.png").mode == "L"
    monkeypatch.setattr(images, "LARGEST", size)
    with pytest.raises(ValueError, match=f"a.png cannot be read as an image .it has {size} bytes."):
        open_picture("t", tmp_path / "a.png")
    monkeypatch.undo()
    monkeypatch.setattr(images, "MOST_VALUES", 16 * 16)
    assert len(image_folder(tmp_path, 16, grey=True, labelled=False).x) == 1
    with pytest.raises(
        ValueError, match="^image_folder: 1 images at size 16 exceed 2 GB, lower size$"
    ):
        image_folder(tmp_path, 16, labelled=False)


def test_white_is_zero_and_sixteen_bits_a_colour(tmp_path):
    deep = np.full((16, 16), 1000, dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "a.tif", tiffinfo={262: 0})
    with pytest.raises(ValueError, match="its zero is white, in 16 bits; save it as PNG"):
        open_picture("t", tmp_path / "a.tif")
    Image.fromarray(deep).save(tmp_path / "b.tif")
    picture = open_picture("t", tmp_path / "b.tif")
    assert (picture.deep, picture.turn) == (False, 1)
    assert square_image("t", tmp_path / "b.tif", 16, True).unique().item() == pytest.approx(
        1000 / 65535
    )
    Image.fromarray(ARROW).save(tmp_path / "c.png")
    assert not open_picture("t", tmp_path / "c.png").deep


def test_a_turn_that_no_camera_writes_is_none(tmp_path):
    for orientation in (0, 9):
        turned(ARROW, orientation, tmp_path / "a.png")
        assert open_picture("t", tmp_path / "a.png").turn == 1
    turned(ARROW, 8, tmp_path / "a.png")
    picture = open_picture("t", tmp_path / "a.png")
    assert picture.turn == 8
    stored = square_image("t", tmp_path / "a.png", 32, True, upright=False)
    assert torch.allclose(stored[0] * 255, torch.from_numpy(ARROW).float())
    assert not torch.allclose(square_image("t", tmp_path / "a.png", 32, True), stored)


def test_floats_are_taken_as_they_are(tmp_path):
    values = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)
    Image.fromarray(values).save(tmp_path / "a.tif")
    found = square_image("t", tmp_path / "a.tif", 16, False)
    assert found.shape == (3, 16, 16)
    assert torch.allclose(found[1], torch.from_numpy(values), atol=1e-6)
    assert found.is_contiguous()
