import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates
from scipy.spatial.transform import Rotation

from helpers.models.spatial_transformer import (
    affine_field,
    compose,
    exponential,
    pixels,
    rigid,
    rotation,
    warp,
)

DRAWS = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("sides", [(9, 12), (6, 7, 5)])
def test_warp_is_scipys_interpolation_on_every_axis(sides):
    image = torch.rand(2, 1, *sides, generator=DRAWS).double()
    field = 4 * torch.rand(2, len(sides), *sides, generator=DRAWS).double() - 2
    for number in range(2):
        place = np.indices(sides) + field[number].numpy()
        expected = map_coordinates(image[number, 0].numpy(), place, order=1, mode="nearest")
        assert np.allclose(warp(image, field)[number, 0], expected, atol=1e-12)
    assert not torch.allclose(warp(image, field), warp(image, field.flip(1)))


def test_a_field_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"expected a field of shape \(1, 2, 4, 5\), found"):
        warp(torch.zeros(1, 1, 4, 5), torch.zeros(1, 2, 5, 4))


def test_affine_fields_compose_as_matrices_do():
    one = torch.tensor([[[1.1, 0.2, 1.0], [-0.1, 0.9, -2.0]]]).double()
    two = torch.tensor([[[0.9, 0.0, -1.0], [0.2, 1.0, 0.5]]]).double()
    product = torch.cat(
        [one[..., :2] @ two[..., :2], one[..., :2] @ two[..., 2:] + one[..., 2:]], 2
    )
    first, then, both = (affine_field(m, (31, 31)) for m in (one, two, product))
    inner = (..., slice(10, 21), slice(10, 21))
    assert torch.allclose(compose(first, then)[inner], both[inner], atol=1e-9)
    assert not torch.allclose(compose(then, first)[inner], both[inner], atol=1e-2)


def test_following_a_linear_stream_ends_at_the_matrix_exponential():
    stream = torch.tensor([[[0.1, -0.3, 0.0], [0.3, 0.0, 0.0]]]).double()
    still = torch.eye(2, 3).double()
    ends = torch.cat([torch.matrix_exp(stream[..., :2]), stream[..., 2:]], 2)
    inner = (..., slice(24, 41), slice(24, 41))
    expected = affine_field(ends, (65, 65))[inner]
    gaps = [
        (exponential(affine_field(stream + still, (65, 65)), n)[inner] - expected).abs().max()
        for n in (0, 4, 10)
    ]
    assert gaps[0] > 5 * gaps[1] > 25 * gaps[2]
    assert gaps[2] < 1e-2


def test_rotation_is_scipys_and_has_a_gradient_at_zero():
    turns = torch.randn(20, 3, generator=DRAWS).double()
    expected = torch.from_numpy(Rotation.from_rotvec(turns.numpy()).as_matrix())
    assert torch.allclose(rotation(turns), expected, atol=1e-9)
    assert not torch.allclose(rotation(-turns), expected, atol=1e-2)
    still = torch.zeros(1, 3, dtype=torch.double, requires_grad=True)
    slope = torch.autograd.grad(rotation(still)[0, 2, 1], still)[0]
    assert torch.allclose(slope, torch.tensor([[1.0, 0.0, 0.0]]).double(), atol=1e-6)


def test_rigid_motions_keep_distances():
    motion = torch.tensor([[0.3, -0.2, 0.5, 1.0, 2.0, -1.0]]).double()
    before = pixels((5, 6, 7), motion)
    after = before + affine_field(rigid(motion), (5, 6, 7))[0]
    before, after = before.flatten(1).T, after.flatten(1).T
    assert torch.allclose(torch.cdist(after, after), torch.cdist(before, before), atol=1e-6)
    assert torch.allclose(after.mean(0) - before.mean(0), motion[0, 3:])
    assert (after - before).std(0).min() > 0.1


def test_places_are_counted_in_the_type_and_on_the_device_of_what_is_warped():
    assert pixels((2, 3)).tolist() == [[[0, 0, 0], [1, 1, 1]], [[0, 1, 2], [0, 1, 2]]]
    like = torch.zeros(1, dtype=torch.double, device="meta")
    assert (pixels((2, 3), like).dtype, pixels((2, 3), like).device.type) == (torch.double, "meta")
    still = affine_field(torch.eye(2, 3).double()[None].to("meta"), (4, 5))
    assert (still.shape, still.device.type, still.dtype) == ((1, 2, 4, 5), "meta", torch.double)
    turned = rotation(torch.zeros(2, 3, device="meta", dtype=torch.double))
    assert (turned.device.type, turned.dtype) == ("meta", torch.double)


def test_six_halvings_if_nothing_is_said_and_none_is_the_velocity():
    velocity = torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    assert torch.equal(exponential(velocity), exponential(velocity, 6))
    assert not torch.allclose(exponential(velocity), exponential(velocity, 5), atol=1e-5)
    assert torch.equal(exponential(velocity, 0), velocity)
    half = velocity / 2
    assert torch.allclose(exponential(velocity, 1), half + warp(half, half), atol=1e-6)


def test_a_rotation_is_about_the_middle_and_a_shift_is_added():
    quarter = torch.tensor([[[0.0, -1.0, 2.0], [1.0, 0.0, 0.0]]])
    field = affine_field(quarter, (3, 3))
    assert torch.allclose(field[0, :, 1, 1], torch.tensor([2.0, 0.0]))  # the middle only shifts
    assert torch.allclose(
        field[0, :, 0, 0], torch.tensor([1.0 + 1 + 2 - 0.0, -1.0 + 1.0]), atol=1e-6
    )


@pytest.mark.parametrize("field", [torch.zeros(1, 3, 4, 5), torch.zeros(1, 2, 4, 4)])
def test_fields_of_other_axes_or_sides_are_refused(field):
    with pytest.raises(ValueError, match=r"expected a field of shape \(1, 2, 4, 5\), found"):
        warp(torch.zeros(1, 1, 4, 5), field)


def test_a_quarter_turn_about_each_axis():
    half = torch.pi / 2
    found = rotation(half * torch.eye(3).double())
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        wanted = torch.zeros(3, 3).double()
        wanted[axis, axis], wanted[b, a], wanted[a, b] = 1, 1, -1
        assert torch.allclose(found[axis], wanted, atol=1e-9)
    tiny = rotation(torch.full((1, 3), 1e-5).double())
    expected = torch.from_numpy(Rotation.from_rotvec(np.full((1, 3), 1e-5)).as_matrix())
    assert torch.allclose(tiny, expected, atol=1e-10)
