import numpy as np
import pytest
import torch
from PIL import Image

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


def test_palette_and_black_and_white_masks_are_read_as_numbers(home):
    palette = Image.fromarray(np.full((32, 32), 3, np.uint8), mode="P")
    palette.putpalette([0, 0, 0] * 3 + [255, 0, 0])
    palette.save(home / "masks" / "a.png")
    Image.fromarray(np.eye(32, dtype=bool)).save(home / "masks" / "b.png")
    data = read(home, size=32)
    assert data.values == [0, 3, 255]
    assert torch.equal(data.y[1] == 2, torch.eye(32, dtype=torch.bool))


def test_bad_input_is_named(home):
    with pytest.raises(ValueError, match="size must be between 16 and 512 pixels, found 8"):
        read(home, size=8)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        image_masks(home / "nowhere", home / "masks")
    (home / "empty").mkdir()
    with pytest.raises(ValueError, match="expected images .* found none"):
        image_masks(home / "images", home / "empty")
    with pytest.raises(ValueError, match="at most 1 grey values .* found 2; are they PNG"):
        read(home, most_classes=1)
    Image.new("L", (32, 30)).save(home / "masks" / "b.png")
    with pytest.raises(ValueError, match=r"b.png cannot be used .*\(32, 30\) pixels, its image"):
        read(home)
    (home / "masks" / "b.png").write_bytes(b"no image")
    with pytest.raises(ValueError, match=r"b.png cannot be used as a mask"):
        read(home)
    (home / "masks" / "b.png").unlink()
    with pytest.raises(ValueError, match=r"expected a mask for .*images.b.png, found none"):
        read(home)
    (home / "images" / "b.png").rename(home / "masks" / "b.png")
    with pytest.raises(ValueError, match=r"expected an image for .*masks.b.png, found none"):
        read(home)
