"""Overlap of boxes, and keeping one of many."""

import torch
from torchvision import ops

from helpers.metrics.boxes import Found, area, iou, nms, nms_by_class, reference


def some_boxes(count, seed=0):
    """Random boxes (count, 4) in a field of 60 pixels."""
    rng = torch.Generator().manual_seed(seed)
    low = torch.rand(count, 2, generator=rng) * 50
    return torch.cat([low, low + 2 + 15 * torch.rand(count, 2, generator=rng)], 1)


def test_overlap_is_torchvisions():
    a, b = some_boxes(40), some_boxes(30, 1)
    torch.testing.assert_close(iou(a, b), ops.box_iou(a, b))
    torch.testing.assert_close(area(a), ops.box_area(a))


def test_overlap_counts_pixels_of_whole_boxes():
    a, b = torch.tensor([[0.0, 0, 4, 3]]), torch.tensor([[2.0, 1, 6, 5]])
    one, two = torch.zeros(8, 8, dtype=torch.bool), torch.zeros(8, 8, dtype=torch.bool)
    one[0:3, 0:4], two[1:5, 2:6] = True, True
    assert iou(a, b).item() == (one & two).sum() / (one | two).sum()


def test_equal_boxes_overlap_fully_and_distant_or_empty_ones_not():
    a = some_boxes(5)
    assert torch.allclose(iou(a, a).diagonal(), torch.ones(5))
    assert iou(a, a + 100).max() == 0
    assert iou(torch.zeros(1, 4), torch.zeros(1, 4)).item() == 0


def test_suppression_keeps_what_torchvision_keeps():
    boxes = some_boxes(150)
    scores = torch.rand(150, generator=torch.Generator().manual_seed(2))
    for overlap in (0.1, 0.5, 0.9):
        assert torch.equal(nms(boxes, scores, overlap), ops.nms(boxes, scores, overlap))
    assert len(nms(boxes, scores, 0.1)) < len(nms(boxes, scores, 0.9))


def test_suppression_of_nothing_is_nothing():
    assert len(nms(torch.zeros(0, 4), torch.zeros(0))) == 0


def test_a_reference_drops_the_padding():
    found = reference(some_boxes(6).view(2, 3, 4), torch.tensor([[0, 1, -1], [-1, -1, -1]]))
    assert [len(one.boxes) for one in found] == [2, 0]
    assert isinstance(found[0], Found)
    assert found[0].scores.tolist() == [1, 1]


def test_boxes_of_any_size_and_many_images_at_once_overlap_alike():
    a, b = some_boxes(6).view(2, 3, 4), some_boxes(8, 1).view(2, 4, 4)
    both = iou(a, b)
    assert both.shape == (2, 3, 4)
    for image in (0, 1):
        torch.testing.assert_close(both[image], ops.box_iou(a[image], b[image]))
    torch.testing.assert_close(iou(a / 1000, b / 1000), both)  # in shares of a side, say
    small = torch.tensor([[0, 0, 4e-5, 4e-5]])
    assert iou(small, small).item() == 1


def test_a_box_turned_inside_out_has_no_area():
    assert area(torch.tensor([[3.0, 3, 1, 1], [3, 1, 1, 3]])).tolist() == [0, 0]


def test_boxes_without_area_do_not_suppress_themselves_for_ever():
    boxes = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 4, 4], [0, 0, 4, 4]])
    scores = torch.tensor([0.9, 0.8, 0.7, 0.6])
    assert nms(boxes, scores).tolist() == ops.nms(boxes, scores, 0.5).tolist() == [0, 1, 2]
    assert nms(boxes, scores, 1.0).tolist() == ops.nms(boxes, scores, 1.0).tolist() == [0, 1, 2, 3]


def test_an_overlap_at_the_bound_is_kept_and_one_half_is_the_bound_if_nothing_is_said():
    boxes = torch.tensor([[0.0, 0, 2, 2], [0, 0, 2, 1], [0, 0, 2, 1.1]])
    scores = torch.tensor([0.9, 0.8, 0.7])
    assert nms(boxes, scores).tolist() == nms(boxes, scores, 0.5).tolist() == [0, 1]
    assert (
        nms(boxes[[0, 2]], scores[:2]).tolist() == ops.nms(boxes[[0, 2]], scores[:2], 0.5).tolist()
    )


def test_equal_scores_keep_the_order_of_the_boxes():
    boxes = some_boxes(40).round()
    assert torch.equal(nms(boxes, torch.ones(40)), ops.nms(boxes, torch.ones(40), 0.5))


def test_each_class_is_suppressed_by_itself():
    boxes, scores = some_boxes(60), torch.rand(60, generator=torch.Generator().manual_seed(3))
    labels = torch.arange(60) % 3
    kept = nms_by_class(Found(boxes, labels, scores), 0.4)
    assert set(kept.tolist()) == set(ops.batched_nms(boxes, scores, labels, 0.4).tolist())
    assert set(kept.tolist()) != set(nms(boxes, scores, 0.4).tolist())
    assert labels[kept].tolist() == sorted(labels[kept].tolist())
    empty = torch.zeros(0, dtype=torch.long)
    assert nms_by_class(Found(boxes[:0], empty, scores[:0])).tolist() == []
