"""Cells of stained blood smears, cut out of 364 photographs (survey 4.3.1; chapters 4-models/image-classification, 4-models/object-detection)."""

from xml.etree import ElementTree

import torch

from .boxes import Boxed, padded
from .cited import fetch
from .embedded import Tiles

CELLS = {"RBC": "red cell", "WBC": "white cell", "Platelets": "platelet"}
SPLITS = ("train", "val", "test")


def boxes(path):
    """The boxes of one annotated photograph.

    Parameters
    ----------
    path : of a file in the format of Pascal VOC

    Returns
    -------
    list of (name, left, top, right, bottom) in pixels, without those of no area
    """
    found = []
    for item in ElementTree.parse(path).getroot().iter("object"):
        corners = [
            int(item.find(f"bndbox/{name}").text) for name in ("xmin", "ymin", "xmax", "ymax")
        ]
        if corners[2] > corners[0] and corners[3] > corners[1]:
            found.append((item.find("name").text, *corners))
    return found


def blood_cells(size=16):
    """One cell of each kind from each photograph, cut out and brought to one size.

    Parameters
    ----------
    size : side of a crop in pixels. Every box is stretched to it, so that how large a cell is
        shows only in how sharp the crop is.

    Returns
    -------
    Tiles, x (N, 3, size, size) float32 in 0..1; classes red cell, white cell, platelet; ``block``
    and ``groups`` number the photograph; ``rows`` names it; ``time`` is None.
    split : list of N "train", "val" or "test", as the makers of the set divide photographs.

    Notes
    -----
    BCCD, MIT (repository). Of each photograph the first box of a kind is taken: nearly every one
    holds many red cells and one white one. Traps: who the photographs are from is not told, so a
    patient may stand on both sides of the split; white cells are stained violet, which colour
    alone shows; some boxes are missing or doubled.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    from PIL import Image

    folder = fetch("blood-cells")
    names = {part: (folder / f"{part}.txt").read_text().split() for part in SPLITS}
    x, y, rows, split = [], [], [], []
    for part in SPLITS:
        for name in names[part]:
            first = {kind: corners for kind, *corners in reversed(boxes(folder / f"{name}.xml"))}
            with Image.open(folder / f"{name}.jpg") as photograph:
                photograph = photograph.convert("RGB")
            for number, kind in enumerate(CELLS):
                if kind in first:
                    crop = photograph.resize((size, size), Image.Resampling.BOX, first[kind])
                    x.append(torch.frombuffer(bytearray(crop.tobytes()), dtype=torch.uint8))
                    y.append(number)
                    rows.append(name)
                    split.append(part)
    x = torch.stack(x).reshape(-1, size, size, 3).permute(0, 3, 1, 2).float() / 255
    order = {name: place for place, name in enumerate(dict.fromkeys(rows))}
    block = torch.tensor([order[name] for name in rows])
    cells = Tiles(x, torch.tensor(y), list(CELLS.values()), block, groups=block, rows=rows)
    return cells, split


def blood_smears(smaller=5):
    """The photographs themselves, made smaller, with the boxes that people drew.

    Parameters
    ----------
    smaller : 5 or 10
        The 640 x 480 pixels are divided by it.

    Returns
    -------
    Boxed, x (364, 3, 480 / smaller, 640 / smaller), classes red cell, white cell, platelet;
    ``rows`` names the photograph.
    split : list of 364 "train", "val" or "test", as the makers of the set divide photographs.

    Notes
    -----
    BCCD, MIT (repository). Boxes of no area are left out; those drawn twice, and cells without a
    box, are left as they are. Trap: a patient may stand on both sides of the split.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    ValueError : for another factor.
    """
    from PIL import Image

    if smaller not in (5, 10):
        raise ValueError(f"blood_smears: smaller must be 5 or 10, found {smaller!r}")
    folder, kinds = fetch("blood-cells"), list(CELLS)
    named = [(n, p) for p in SPLITS for n in (folder / f"{p}.txt").read_text().split()]
    x, corners, labels = [], [], []
    for name, _ in named:
        with Image.open(folder / f"{name}.jpg") as photograph:
            small = photograph.convert("RGB").reduce(smaller)
        pixels = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
        x.append(pixels.view(small.height, small.width, 3).permute(2, 0, 1))
        found = boxes(folder / f"{name}.xml")
        corners.append([[c / smaller for c in box[1:]] for box in found])
        labels.append([kinds.index(box[0]) for box in found])
    drawn, y = padded(corners, labels)
    names, split = zip(*named)
    x = torch.stack(x).float() / 255
    return Boxed(x, drawn, y, list(CELLS.values()), rows=list(names)), list(split)
