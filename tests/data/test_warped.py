import numpy as np
import pytest
import torch

from helpers.data.warped import (
    head_slices,
    pull,
    require_pairs,
    simulated_pairs,
    simulated_volumes,
    smallest_stretch,
    smooth_field,
)
from helpers.models.spatial_transformer import warp


def test_fields_have_the_size_that_was_asked_for_and_do_not_fold():
    rng = np.random.default_rng(0)
    field = smooth_field((40, 30), rng, width=6.0, size=1.5)
    assert field.shape == (2, 40, 30)
    assert np.sqrt((field**2).mean()) == pytest.approx(1.5, rel=1e-6)
    wild = smooth_field((40, 30), rng, width=3.0, size=8.0)
    assert smallest_stretch(wild) >= 0.1


def test_stretch_of_a_linear_field_is_its_determinant():
    row, column = np.indices((5, 5))
    assert smallest_stretch(np.stack([0.5 * row, -0.2 * column])) == pytest.approx(1.5 * 0.8)


def test_pulling_looks_where_the_field_points():
    image = np.arange(12.0).reshape(3, 4)
    field = np.zeros((2, 3, 4))
    field[1] = 1
    assert (pull(image, field)[:, :-1] == image[:, 1:]).all()


@pytest.mark.parametrize(
    "make", [lambda: simulated_pairs(3, noise=0.0), lambda: simulated_volumes(2, noise=0.0)]
)
def test_the_true_field_lays_the_images_on_each_other(make):
    pairs = make()
    gap = (warp(pairs.moving, pairs.truth) - pairs.fixed).abs()[:, 0][pairs.inside].mean()
    apart = (pairs.moving - pairs.fixed).abs()[:, 0][pairs.inside].mean()
    assert gap < 0.25 * apart
    assert (warp(pairs.moving, -pairs.truth) - pairs.fixed).abs()[:, 0][
        pairs.inside
    ].mean() > 0.9 * apart


def test_parts_of_the_head_share_no_slice():
    heights = {part: head_slices(*limits)[1] for part, limits in
               {"lower": (-30, 24), "middle": (27, 36), "upper": (39, 54)}.items()}  # fmt: skip
    assert not set(heights["lower"]) & set(heights["middle"]) & set(heights["upper"])
    assert (
        max(heights["lower"])
        < min(heights["middle"])
        < max(heights["middle"])
        < min(heights["upper"])
    )
    with pytest.raises(ValueError, match="part must be one of"):
        simulated_pairs(1, part="left")


def test_some_pairs_can_be_taken():
    pairs = simulated_pairs(4, part="middle")
    two = pairs.take([2, 0])
    assert torch.equal(two.fixed[0], pairs.fixed[2])
    assert torch.equal(two.truth[1], pairs.truth[0])
    assert two.groups is None


def test_other_data_are_refused():
    assert require_pairs(None) is None
    with pytest.raises(ValueError, match="expected pairs, found list"):
        require_pairs([1])


def test_pairs_are_those_that_the_stored_pages_rest_on(told):
    field = smooth_field((20, 16), np.random.default_rng(0))
    assert told(field) == [-1.97277, 1.53684, -1.15536]
    assert np.array_equal(
        field, smooth_field((20, 16), np.random.default_rng(0), width=8.0, size=2.5)
    )
    pairs = simulated_pairs(3)
    assert told(pairs.fixed) == [0.19564, 0.29007, 0.10025]
    assert told(pairs.moving) == [0.19641, 0.29289, 0.09877]
    assert told(pairs.truth) == [-0.14466, 2.49585, -0.18641]
    assert (int(pairs.inside.sum()), pairs.block.tolist()) == (4677, [2, 0, 1])
    pairs = simulated_pairs(3, part="middle", seed=2)
    assert told(pairs.fixed) == [0.30928, 0.37091, 0.15357]
    assert told(pairs.moving) == [0.30095, 0.37032, 0.14978]
    assert told(pairs.truth) == [-0.04232, 2.16469, -0.07789]
    assert int(pairs.inside.sum()) == 6292
    slices, heights = head_slices()
    assert told(slices) == [0.26125, 0.34984, 0.12681]
    assert told(heights) == [15.0, 27.27636, 15.5]


def test_volumes_are_those_that_the_stored_pages_rest_on(told):
    pairs = simulated_volumes(2)
    assert told(pairs.fixed) == [0.11288, 0.24528, 0.0534]
    assert told(pairs.moving) == [0.11406, 0.25044, 0.05658]
    assert told(pairs.truth) == [0.27674, 1.16766, 0.11196]


def test_slices_are_cut_and_padded_to_eighty_by_sixty_four():
    slices, heights = head_slices(0, 0)
    assert slices.shape == (1, 80, 64)
    assert heights.tolist() == [0]
    assert head_slices(-30, 60)[0].shape == (31, 80, 64)


def test_parts_of_pairs_keep_their_rows():
    from dataclasses import replace

    pairs = replace(
        simulated_pairs(3, part="middle"), rows=["a", "b", "c"], groups=torch.tensor([4, 5, 6])
    )
    two = pairs.take([2, 0])
    assert (two.rows, two.groups.tolist()) == (["c", "a"], [6, 4])
    assert two.block.tolist() == pairs.block[[2, 0]].tolist()
    assert replace(pairs, truth=None).take([1]).truth is None
    assert simulated_pairs(2).take([0]).rows == []


def test_an_unknown_part_and_other_data_are_told_word_by_word():
    with pytest.raises(ValueError) as caught:
        simulated_pairs(1, part="left")
    assert str(caught.value) == (
        "simulated_pairs: part must be one of ['lower', 'middle', 'upper'], found 'left'"
    )
    with pytest.raises(ValueError) as caught:
        require_pairs(3)
    assert str(caught.value) == (
        "This chapter lays images on each other: expected pairs, found int; read two folders with "
        "helpers.data.own_pairs.image_pairs"
    )


def test_pulling_is_that_of_scipy_with_the_nearest_edge():
    image, field = np.arange(12.0).reshape(3, 4), np.zeros((2, 3, 4))
    field[0] = 0.5
    assert pull(image, field)[:2].tolist() == (image[:2] + 2).tolist()
    assert pull(image, field)[2].tolist() == image[2].tolist()
    assert pull(image, field, 3)[0, 0] != pull(image, field)[0, 0]


def test_a_field_is_halved_only_where_it_would_nearly_fold():
    """A stretch of a tenth is the least that is put up with."""
    kept, halved = [], []
    for seed in range(60):
        field = smooth_field((16, 12), np.random.default_rng(seed), width=3.0, size=1.1)
        size = np.sqrt((field**2).mean())
        whole = smallest_stretch(field * (1.1 / size))
        (kept if size > 1 else halved).append(whole)
    assert min(kept) >= 0.1 > max(halved)
    assert min(kept) < 0.2
    assert max(halved) > 0
