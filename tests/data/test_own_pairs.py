import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.own_pairs import image_pairs, split_pairs


@pytest.fixture
def folders(tmp_path):
    """Five pairs; what is bright in one is the number of the pair."""
    for name in ("moving", "fixed"):
        (tmp_path / name).mkdir()
    for number in range(5):
        pixels = np.full((40, 50, 3), 40 * number, np.uint8)
        Image.fromarray(pixels).save(tmp_path / "moving" / f"p{number // 2}_{number}.png")
        Image.fromarray(pixels[..., 0] + 9).save(
            tmp_path / "fixed" / f"p{number // 2}_{number}.jpg"
        )
    return tmp_path / "moving", tmp_path / "fixed"


def test_partners_are_found_by_name(folders):
    pairs = image_pairs(*folders, size=32, groups=r"(p\d)")
    assert pairs.fixed.shape == pairs.moving.shape == (5, 1, 32, 32)
    apart = (pairs.fixed - pairs.moving).mean((1, 2, 3)) * 255
    assert apart.tolist() == pytest.approx([9] * 5, abs=1.5)
    assert pairs.groups.tolist() == [0, 0, 1, 1, 2]
    assert pairs.rows[3] == "p1_3"
    assert pairs.truth is None
    assert pairs.inside.all()


def test_an_image_alone_is_named(folders):
    next(folders[1].iterdir()).unlink()
    with pytest.raises(ValueError, match="a partner for every image, found none for"):
        image_pairs(*folders, size=32)


@pytest.mark.parametrize("size", [24, 40, 528, "64"])
def test_sizes_that_the_network_cannot_halve_are_refused(folders, size):
    with pytest.raises(ValueError, match="multiple of 16 from 32 to 512"):
        image_pairs(*folders, size=size)


def test_parts_share_no_group_and_are_complete(folders):
    pairs = image_pairs(*folders, size=32, groups=r"(p\d)")
    doubled = pairs.take([0, 1, 2, 3, 4, 4])
    parts = split_pairs(doubled)
    assert sorted(name for part in parts for name in part.rows) == sorted(doubled.rows)
    groups = [set(part.groups.tolist()) for part in parts]
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
    assert all(len(part.fixed) == 2 for part in parts)


def test_one_test_pair_is_refused(folders):
    with pytest.raises(ValueError, match="at least 2 test pairs, found 1 of 5: bring ten pairs"):
        split_pairs(image_pairs(*folders, size=32))


def test_pairs_without_groups_and_their_decisions(folders):
    pairs = image_pairs(*folders)
    assert pairs.fixed.shape == (5, 1, 64, 64)
    assert (pairs.groups, pairs.block.tolist()) == (None, [0, 1, 2, 3, 4])
    assert pairs.decisions == {"reader": "image_pairs", "size": 64}
    assert pairs.path == str(folders[0])
    assert pairs.inside.shape == (5, 64, 64)
    assert pairs.inside.dtype == torch.bool
    assert image_pairs(*folders, size=512).fixed.shape[2] == 512
    turned = image_pairs(*folders[::-1], size=32)
    assert (turned.fixed - turned.moving).mean() < 0
    for size in (16, 528):
        with pytest.raises(
            ValueError,
            match=f"^image_pairs: size must be a multiple of 16 from 32 to 512, found {size}$",
        ):
            image_pairs(*folders, size=size)


def test_images_alone_are_counted(folders):
    for name in ("p0_1.jpg", "p1_2.jpg"):
        (folders[1] / name).unlink()
    with pytest.raises(ValueError) as caught:
        image_pairs(*folders, size=32)
    assert str(caught.value) == (
        "image_pairs: expected a partner for every image, found none for 'p0_1' (2 images of "
        f"{folders[0]} and {folders[1]})"
    )


def test_images_are_split_by_themselves_where_nothing_groups_them(folders):
    pairs = image_pairs(*folders, size=32).take([0, 1, 2, 3, 4] * 2)
    train, valid, test = split_pairs(pairs)
    assert [len(part.fixed) for part in (train, valid, test)] == [6, 2, 2]
    with pytest.raises(ValueError) as caught:
        split_pairs(image_pairs(*folders, size=32))
    assert str(caught.value) == (
        "split_pairs: expected at least 2 test pairs, found 1 of 5: bring ten pairs or more, or several "
        "of every group"
    )
