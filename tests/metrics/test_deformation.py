import re

import numpy as np
import pytest
import torch

from helpers.metrics.deformation import endpoint_error, folding, stretch


def slope(factor, dims=2):
    """A field that enlarges along the first axis."""
    axis = torch.arange(6.0).view(6, *(1,) * (dims - 1)).expand(*(6,) * dims)
    field = torch.zeros(1, dims, *(6,) * dims)
    field[0, 0] = (factor - 1) * axis
    return field


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5, -0.5])
def test_stretch_is_the_factor_of_a_linear_map(dims, factor):
    found = stretch(slope(factor, dims))
    assert found.shape == (1, *(5,) * dims)
    assert torch.allclose(found, torch.full_like(found, factor), atol=1e-5)


def test_stretch_of_a_turn_is_one():
    angle = torch.tensor(0.7)
    row, column = torch.meshgrid(torch.arange(6.0), torch.arange(6.0), indexing="ij")
    turn = torch.stack(
        [angle.cos() * row - angle.sin() * column, angle.sin() * row + angle.cos() * column]
    )
    field = (turn - torch.stack([row, column]))[None]
    assert torch.allclose(stretch(field), torch.ones(1, 5, 5), atol=1e-5)


def test_folds_are_counted_inside_only():
    field = torch.zeros(1, 2, 6, 6)
    field[0, 0, 3] = -2.0  # row 3 comes from above row 2
    inside = torch.zeros(1, 6, 6, dtype=torch.bool)
    inside[:, :2] = True
    assert folding(field)[0] == pytest.approx(1 / 5)
    assert folding(field, inside)[0] == 0
    assert folding(0 * field)[0] == 0


def test_the_error_is_a_distance_and_counts_inside_only():
    truth = torch.zeros(2, 2, 4, 4)
    field = truth.clone()
    field[1, :, 0] = torch.tensor([3.0, 4.0]).view(2, 1)
    inside = torch.ones(2, 4, 4, dtype=torch.bool)
    assert endpoint_error(field, truth).tolist() == [0, 1.25]
    assert endpoint_error(field, truth, inside).tolist() == [0, 1.25]
    inside[:, 1:] = False
    assert endpoint_error(field, truth, inside).tolist() == [0, 5]


def test_a_field_without_a_displacement_for_each_axis_is_refused():
    with pytest.raises(ValueError, match="expected a field"):
        stretch(torch.zeros(1, 3, 4, 4))


def by_hand(field):
    """The determinant of every pixel's forward differences, one pixel after the other."""
    dims, sizes = len(field), [size - 1 for size in field.shape[1:]]
    found = np.zeros(sizes)
    for place in np.ndindex(*sizes):
        jacobian = np.eye(dims)
        for axis in range(dims):
            ahead = tuple(p + (a == axis) for a, p in enumerate(place))
            jacobian[:, axis] += field[(slice(None), *ahead)] - field[(slice(None), *place)]
        found[place] = np.linalg.det(jacobian)
    return found


@pytest.mark.parametrize("shape", [(5, 7), (4, 3, 5)])
def test_every_pixel_of_any_field_is_stretched_as_counted_by_hand(shape):
    draws = torch.Generator().manual_seed(0)
    field = torch.randn(2, len(shape), *shape, generator=draws, dtype=torch.float64)
    found = stretch(field)
    assert found.dtype == torch.float64
    inside = torch.rand(2, *shape, generator=draws) < 0.4
    parts = (slice(None), *(slice(size - 1) for size in shape))
    for one, ours, here, share, whole in zip(
        field, found, inside[parts], folding(field, inside), folding(field)
    ):
        expected = by_hand(one.numpy())
        assert np.allclose(ours, expected, atol=1e-12)
        assert whole == pytest.approx((expected <= 0).mean())
        assert share == pytest.approx((expected <= 0)[here.numpy()].mean())


def test_a_warp_that_lays_all_on_one_line_folds():
    assert folding(slope(0.0)).tolist() == [1]


def test_errors_are_of_the_field_s_type_and_of_each_image():
    draws = torch.Generator().manual_seed(1)
    field, truth = torch.randn(2, 3, 3, 4, 5, 6, generator=draws, dtype=torch.float64)
    inside = torch.rand(3, 4, 5, 6, generator=draws) < 0.5
    far = np.linalg.norm((field - truth).numpy(), axis=1)
    assert endpoint_error(field, truth).tolist() == pytest.approx(far.mean((1, 2, 3)).tolist())
    found = endpoint_error(field, truth, inside)
    assert found.dtype == torch.float64
    assert found.tolist() == pytest.approx([f[i].mean() for f, i in zip(far, inside.numpy())])


@pytest.mark.parametrize("shape", [(1, 1, 4), (1, 4, 3, 3, 3, 3), (1, 2, 4, 4, 4), (1, 3, 4, 4)])
def test_other_fields_are_named_by_their_shape(shape):
    sentence = f"stretch: expected a field (B, D, ...) of D 2 or 3, found {shape}"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        folding(torch.zeros(shape))
