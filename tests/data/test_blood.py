import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.blood import blood_smears, boxes
from helpers.data.readers import blood_cells

BOX = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>2</ymin><xmax>{}</xmax><ymax>9</ymax></bndbox></object>"


@pytest.fixture
def cells(cited_data):
    return blood_cells(8)


def test_boxes_without_an_area_are_left_out(tmp_path):
    file = tmp_path / "a.xml"
    file.write_text(f"<annotation>{BOX.format('RBC', 1, 5)}{BOX.format('WBC', 4, 4)}</annotation>")
    assert boxes(file) == [("RBC", 1, 2, 5, 9)]


def test_one_cell_of_a_kind_from_each_photograph(cells):
    data, split = cells
    assert data.x.shape[1:] == (3, 8, 8)
    assert float(data.x.min()) >= 0
    assert float(data.x.max()) <= 1
    assert data.y.bincount().tolist() == [349, 358, 201]
    pairs = set(zip(data.block.tolist(), data.y.tolist()))
    assert len(pairs) == len(data.y) == len(split)
    assert {part: split.count(part) for part in split} == {"train": 518, "val": 214, "test": 176}


def test_a_photograph_stands_in_one_part(cells):
    data, split = cells
    parts = {}
    for number, part in zip(data.block.tolist(), split):
        parts.setdefault(number, set()).add(part)
    assert {len(found) for found in parts.values()} == {1}


def test_a_crop_is_the_box_of_its_photograph(cells, cited_data):
    data, _ = cells
    kinds = {
        name: box for name, *box in reversed(boxes(cited_data / f"blood-cells/{data.rows[0]}.xml"))
    }
    corners = kinds[("RBC", "WBC", "Platelets")[data.y[0]]]
    with Image.open(cited_data / f"blood-cells/{data.rows[0]}.jpg") as photograph:
        crop = photograph.convert("RGB").crop(corners)
    mean = np.asarray(crop).mean((0, 1)) / 255
    assert np.allclose(data.x[0].mean((1, 2)), mean, atol=0.01)
    assert not torch.allclose(data.x[0], data.x[1])


def test_smears_are_the_photographs_made_smaller_with_their_boxes(cited_data):
    data, split = blood_smears(10)
    assert data.x.shape == (364, 3, 48, 64)
    assert data.classes == ["red cell", "white cell", "platelet"]
    assert {part: split.count(part) for part in split} == {"train": 205, "val": 87, "test": 72}
    assert len(set(data.rows)) == 364
    name, kinds = data.rows[3], ["RBC", "WBC", "Platelets"]
    with Image.open(cited_data / f"blood-cells/{name}.jpg") as photograph:
        small = np.asarray(photograph.convert("RGB").reduce(10)) / 255
    assert np.allclose(data.x[3].permute(1, 2, 0), small)
    drawn = boxes(cited_data / f"blood-cells/{name}.xml")
    assert data.y[3][: len(drawn)].tolist() == [kinds.index(kind) for kind, *_ in drawn]
    assert (data.y[3][len(drawn) :] == -1).all()
    assert torch.allclose(
        10 * data.boxes[3][: len(drawn)], torch.tensor([b[1:] for b in drawn]).float()
    )
    assert [list(split)[0], split[-1]] == ["train", "test"]


@pytest.mark.parametrize("smaller", [1, 2, 6, "5"])
def test_smears_are_made_five_or_ten_times_smaller(smaller):
    with pytest.raises(
        ValueError, match=f"^blood_smears: smaller must be 5 or 10, found {smaller!r}$"
    ):
        blood_smears(smaller)


def test_boxes_have_a_width_and_a_height(tmp_path):
    file = tmp_path / "a.xml"
    flat = BOX.format("WBC", 1, 5).replace("<ymin>2", "<ymin>9")
    thin = BOX.format("RBC", 4, 5)
    file.write_text(f"<annotation>{flat}{BOX.format('RBC', 6, 5)}{thin}</annotation>")
    assert boxes(file) == [("RBC", 4, 2, 5, 9)]


def test_crops_are_named_and_numbered_by_their_photograph(cells):
    data, split = cells
    assert data.block[0] == 0
    assert data.rows[0] != data.rows[-1]
    names = list(dict.fromkeys(data.rows))
    assert [names[number] for number in data.block.tolist()] == data.rows
    assert torch.equal(data.groups, data.block)
    assert data.time is None
    assert data.classes == ["red cell", "white cell", "platelet"]
    assert (split[0], split[-1]) == ("train", "test")


def test_crops_are_the_pixels_of_their_boxes(cells, cited_data):
    data, _ = cells
    for row in (0, 1, 2, len(data.y) - 1):
        name, kind = data.rows[row], ("RBC", "WBC", "Platelets")[data.y[row]]
        first = next(box for box in boxes(cited_data / f"blood-cells/{name}.xml") if box[0] == kind)
        with Image.open(cited_data / f"blood-cells/{name}.jpg") as photograph:
            crop = photograph.convert("RGB").resize((8, 8), Image.Resampling.BOX, first[1:])
        assert np.allclose(data.x[row].permute(1, 2, 0), np.asarray(crop) / 255, atol=1e-6)
    assert blood_cells()[0].x.shape[2:] == (16, 16)
