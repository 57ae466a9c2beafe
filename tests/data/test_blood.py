import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.blood import boxes
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
