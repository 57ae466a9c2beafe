"""Your own images with boxes."""

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.own import image_boxes

HEAD = "image,label,xmin,ymin,xmax,ymax\n"
VOC = """<annotation><size><width>{w}</width><height>{h}</height></size><object><name>mite</name>
<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>30</xmax><ymax>50</ymax></bndbox></object></annotation>"""


@pytest.fixture
def home(tmp_path):
    """Two images of 80 x 64 pixels, and a table with a box in each."""
    (tmp_path / "images").mkdir()
    for name in ("p1_a.png", "p2_b.png"):
        Image.fromarray(np.full((64, 80, 3), 90, np.uint8)).save(tmp_path / "images" / name)
    rows = "p1_a.png,mite,10,20,30,50\np2_b.png,egg,0,0,80,64\n"
    (tmp_path / "boxes.csv").write_text(HEAD + rows)
    return tmp_path


def read(home, boxes="boxes.csv", **options):
    """The reader on the folder."""
    return image_boxes(home / "images", home / boxes, size=(32, 64), **options)


def test_a_table_is_read_in_pixels_of_the_smaller_image(home):
    data = read(home, groups=r"(p\d)")
    assert data.x.shape == (2, 3, 32, 64)
    assert data.classes == ["egg", "mite"]
    assert data.boxes[0, 0].tolist() == [8, 10, 24, 25]
    assert (data.boxes * data.scale[:, None])[0, 0].tolist() == pytest.approx([10, 20, 30, 50])
    assert data.groups.tolist() == [0, 1]
    assert "mite" in str(data.report)


def test_voc_files_say_the_same(home):
    (home / "voc").mkdir()
    for name in ("p1_a", "p2_b"):
        (home / "voc" / f"{name}.xml").write_text(VOC.format(w=80, h=64))
    assert torch.equal(read(home, "voc").boxes[0, 0], read(home).boxes[0, 0])
    (home / "voc" / "p1_a.xml").write_text(VOC.format(w=64, h=80))
    with pytest.raises(ValueError, match=r"p1_a.png has \(80, 64\) pixels, its VOC file says"):
        read(home, "voc")
    (home / "voc" / "p1_a.xml").write_text("<annotation>")
    with pytest.raises(ValueError, match="is no XML file"):
        read(home, "voc")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("p1_a.png,mite,10,20,10,50", "has no area"),
        (
            "p1_a.png,mite,10,20,90,50",
            r"leaves the image of 80 x 64 pixels \(drawn on a larger copy\?\)",
        ),
        ("p1_a.png,mite,10,20,30,50", "stands there twice"),
        ("p1_a.png,mite,10,20,30,", "cannot be read"),
        ("p1_a.png,,10,20,30,40", "cannot be read"),
        ("c.png,mite,10,20,30,50", "'c.png' has boxes, but no image"),
        ("images/p1_a.png,mite,10,20,30,50", "'images/p1_a.png' has boxes, but no image"),
        ("p1_a.png,Mite ,40,20,60,50", "the classes 'Mite' and 'mite' look like one; spell it in"),
        ("p1_a.png,mite,40,20,42,50", r"is 1.6 x 15 pixels after resizing to 64 x 32; expected 2"),
    ],
)
def test_a_box_in_doubt_is_refused(home, row, sentence):
    with open(home / "boxes.csv", "a") as file:
        file.write(row + "\n")
    with pytest.raises(ValueError, match=sentence):
        read(home)


@pytest.mark.parametrize("name", ["p1_a.png", "p2_b.png"])
def test_shares_in_place_of_pixels_are_refused(home, name):
    """In all of the table, or in one image of it."""
    other = "p2_b.png,egg,0,0,80,64" if name == "p1_a.png" else "p1_a.png,egg,0.5,0,0.9,0.4"
    row = f"{name},mite,0.1,0.2,0.4,1\n"
    (home / "boxes.csv").write_text(HEAD + row + other + "\n")
    with pytest.raises(ValueError, match=r"of p1_a.png lie between 0 and 1; .* sides, 80 x 64$"):
        read(home)


def test_what_just_suffices_is_read(home):
    rows = "p1_a.png,mite,0,0,2.5,4\np2_b.png,egg 1,0,0,80,64\np2_b.png,egg 2,0,0,80,64\n"
    (home / "boxes.csv").write_text(HEAD + rows)
    data = read(home)
    assert data.classes == ["egg 1", "egg 2", "mite"]
    assert data.boxes[0, 0].tolist() == [0, 0, 2, 2]


def test_an_image_without_boxes_must_be_named(home):
    (home / "boxes.csv").write_text(HEAD + "p1_a.png,mite,10,20,30,50\n")
    with pytest.raises(ValueError, match="p2_b.png has no box; name in empty="):
        read(home)
    assert read(home, empty=["p2_b.png"]).y.tolist() == [[0], [-1]]
    with pytest.raises(ValueError, match="p1_a.png is named in empty= and has boxes"):
        read(home, empty=["p1_a.png", "p2_b.png"])


def test_columns_sizes_and_places_are_checked(home):
    with pytest.raises(ValueError, match="multiples of 16 from 32 to 512, found 40"):
        image_boxes(home / "images", home / "boxes.csv", size=40)
    (home / "boxes.csv").write_text("image,label,x,y\n")
    with pytest.raises(ValueError, match="found no 'xmin'"):
        read(home)
    (home / "boxes.csv").write_text(HEAD.replace(",", ";"))
    with pytest.raises(ValueError, match="by commas, found no 'image' in 'image;label;xmin"):
        read(home)
    with pytest.raises(FileNotFoundError, match="no file or folder"):
        read(home, "nothing.csv")


def test_what_was_read_is_said(home):
    Image.fromarray(np.full((64, 80, 3), 90, np.uint8)).save(home / "images" / "p3_c.png")
    (home / "images" / "notes.txt").write_text("x")
    data = read(home, empty="p3_c.png", skip="none*")
    text = str(data.report)
    assert "3 images" in text
    assert "groups: none named, an image stands for itself" in text
    assert "passed over: notes.txt" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["egg", "1", "1"] in rows
    assert ["mite", "1", "1"] in rows
    assert data.groups is None
    assert data.rows == ["p1_a.png", "p2_b.png", "p3_c.png"]
    assert data.decisions == {"reader": "image_boxes", "size": (32, 64), "classes": ["egg", "mite"]}
    assert data.y[2].tolist() == [-1] * data.y.shape[1]
    assert data.scale[0].tolist() == pytest.approx([80 / 64, 2, 80 / 64, 2])
    assert data.x.max() == data.x.min() == torch.tensor(90 / 255)
    whole = image_boxes(home / "images", home / "boxes.csv", empty="p3_c.png")
    assert whole.x.shape[2:] == (96, 96)
    square = image_boxes(home / "images", home / "boxes.csv", 48, empty="p3_c.png")
    assert square.x.shape[2:] == (48, 48)


@pytest.mark.parametrize("size", [(32,), (31, 32), (16, 32), (528, 32), (40, 32), 33])
def test_sides_are_multiples_of_sixteen_from_32_to_512(home, size):
    with pytest.raises(ValueError, match="multiples of 16 from 32 to 512, found"):
        image_boxes(home / "images", home / "boxes.csv", size)
    assert image_boxes(home / "images", home / "boxes.csv", (32, 512)).x.shape[2:] == (32, 512)


@pytest.mark.parametrize("row", [(-1, 0, 5, 5), (0, -1, 5, 5), (70, 0, 81, 9), (0, 60, 9, 65)])
def test_a_box_lies_in_its_image(home, row):
    text = HEAD + f"p1_a.png,mite,{','.join(map(str, row))}\np2_b.png,egg,0,0,80,64\n"
    (home / "boxes.csv").write_text(text)
    with pytest.raises(ValueError, match="leaves the image of 80 x 64 pixels"):
        read(home)


@pytest.mark.parametrize("row", [(5, 5, 5, 9), (5, 9, 9, 9), (9, 5, 5, 9)])
def test_a_box_has_an_area(home, row):
    text = HEAD + f"p1_a.png,mite,{','.join(map(str, row))}\np2_b.png,egg,0,0,80,64\n"
    (home / "boxes.csv").write_text(text)
    with pytest.raises(ValueError, match="has no area"):
        read(home)
