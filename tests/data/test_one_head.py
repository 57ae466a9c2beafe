import pytest
import torch

from helpers.data.cited import DataUnavailable
from helpers.data.one_head import STRUCTURES, carry, mirrored_head
from helpers.models.spatial_transformer import warp


def test_labels_are_carried_by_the_largest_share():
    labels = torch.tensor([[[0, 0, 2, 2], [0, 0, 2, 2]]])
    field = torch.zeros(1, 2, 2, 4)
    field[:, 1] = 0.9
    assert carry(labels, warp, field, 3)[0, 0].tolist() == [0, 2, 2, 2]
    assert torch.equal(carry(labels, warp, 0 * field, 3), labels)


def test_a_mirror_image_has_its_labels_on_the_other_side():
    try:
        head = mirrored_head(range(28, 36, 4))
    except DataUnavailable:
        pytest.skip("brain-mri is not at hand")
    assert head.fixed.shape == (2, 1, 80, 64)
    assert torch.equal(head.moving, head.fixed.flip(-1))
    half = len(STRUCTURES)
    assert len(head.names) == 2 * half
    left = (head.fixed_labels >= 1) & (head.fixed_labels <= half)
    assert torch.equal(
        head.moving_labels[left.flip(-1)], (head.fixed_labels.flip(-1) + half)[left.flip(-1)]
    )
    assert (head.fixed_labels == 0).sum() == (head.moving_labels == 0).sum()
    sides = [(head.moving_labels[..., cut] == 1).sum() for cut in (slice(0, 32), slice(32, 64))]
    fixed = [(head.fixed_labels[..., cut] == 1).sum() for cut in (slice(0, 32), slice(32, 64))]
    assert (sides[0] > sides[1]) == (fixed[0] > fixed[1])  # left structures lie on one side of both


def test_slices_are_those_that_the_stored_page_rests_on(told):
    try:
        head = mirrored_head()
    except DataUnavailable:
        pytest.skip("brain-mri is not at hand")
    assert told(head.fixed) == [0.11761, 0.15093, 0.05414]
    assert told(head.fixed_labels) == [1.35848, 2.71859, 0.55549]
    assert told(head.moving_labels) == [1.39949, 2.77404, 0.58024]
    assert len(head.fixed) == 10
    assert list(STRUCTURES.values()) == [(2, 41), (3, 42), (4, 43), (10, 49), (11, 50), (12, 51)]
