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
