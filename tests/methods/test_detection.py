"""Train and use a one-stage detector."""

import torch
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou, sigmoid_focal_loss

from helpers.data.smears import simulated_smears
from helpers.methods.detection import (
    DetectionLoss,
    anchor_sizes,
    assign,
    choose_bars,
    choose_detector,
    choose_two_stage,
    detect,
    focal_loss,
    learn_detector,
    mirrored,
    one_image,
    scaled,
)
from helpers.metrics.boxes import Found, reference
from helpers.metrics.detection import average_precision
from helpers.models.anchors import anchor_grid, encode
from helpers.models.detector import Detector
from helpers.models.two_stage import TwoStage

ANCHORS = anchor_grid((48, 48), (4, 8, 16), (6, 12, 24))


def test_anchors_are_given_as_torchvision_gives_them():
    data = simulated_smears(6, 48)
    rule = Matcher(0.5, 0.4, allow_low_quality_matches=True)
    ours = assign(ANCHORS, data.boxes, data.y)
    for row, b, y in zip(ours, data.boxes, data.y):
        if (y >= 0).any():
            assert torch.equal(row, rule(box_iou(b[y >= 0], ANCHORS)))
    assert (assign(ANCHORS, data.boxes, torch.full_like(data.y, -1)) == -1).all()


def test_focal_loss_is_torchvisions_and_without_focus_cross_entropy():
    x, y = torch.randn(200), (torch.rand(200) < 0.3).float()
    torch.testing.assert_close(focal_loss(x, y), sigmoid_focal_loss(x, y))
    plain = torch.nn.functional.binary_cross_entropy_with_logits(x, y, reduction="none")
    torch.testing.assert_close(focal_loss(x, y, 0.0, None), plain)
    assert (focal_loss(x, y, 2.0, None) < plain).all()


def test_the_loss_of_the_truth_is_small():
    data = simulated_smears(2, 48)
    whose = assign(ANCHORS, data.boxes, data.y)
    held, step = whose >= 0, DetectionLoss(ANCHORS, 3)
    told = torch.full((*whose.shape, 8), -12.0)
    image, place = held.nonzero(as_tuple=True)
    told[image, place, :4] = encode(data.boxes[image, whose[held]], ANCHORS[place])
    told[image, place, 4] = 12.0
    told[image, place, 5 + data.y[image, whose[held]]] = 12.0
    batch = data.x, data.boxes, data.y
    assert step(lambda x: told, batch) < 1e-3
    assert step(lambda x: told + 0.5, batch) > step(lambda x: told, batch)
    answers = [one_image(one, ANCHORS, 0.5, 0.7, 100) for one in told]
    assert average_precision(answers, reference(data.boxes, data.y), 0) > 0.95


def test_mirroring_moves_boxes_with_their_pixels():
    x = torch.zeros(64, 3, 32, 32)
    x[:, :, 4:10, 2:8] = 1
    boxes = torch.tensor([2.0, 4, 8, 10]).expand(64, 1, 4)
    x2, boxes2, _ = mirrored((x, boxes, None), torch.Generator().manual_seed(0))
    for image, (left, top, right, bottom) in zip(x2, boxes2[:, 0].int().tolist()):
        assert image[:, top:bottom, left:right].mean() == 1
        assert image.sum() == x[0].sum()
    assert len(boxes2.unique(dim=0)) == 4


def test_anchor_sizes_span_the_boxes():
    sides = torch.tensor([6.0] * 10 + [24.0] * 10)
    boxes = torch.stack([0 * sides, 0 * sides, sides, sides], 1)[None]
    assert anchor_sizes(boxes, torch.zeros(1, 20).long()) == [
        torch.tensor(v).item() for v in anchor_sizes(boxes, torch.zeros(1, 20).long())
    ]
    small, middle, large = anchor_sizes(boxes, torch.zeros(1, 20).long())
    assert abs(small - 6) < 0.1
    assert abs(middle - 12) < 0.1
    assert abs(large - 24) < 0.1


def test_bars_are_where_f1_is_best_and_scaling_puts_them_at_a_half():
    box = torch.tensor([[0.0, 0, 10, 10]])
    truth = [Found(box, torch.tensor([0]), torch.ones(1))] * 4
    found = [Found(torch.cat([box, box + 40]), torch.tensor([0, 0]), torch.tensor([0.7, 0.32]))] * 4
    bars, f1 = choose_bars(found, truth, 1)
    assert 0.32 < bars[0] <= 0.7
    assert f1[0] == 1
    assert (scaled(found, bars)[0].scores >= 0.5).tolist() == [True, False]


def test_a_detector_learns_a_few_fields():
    data = simulated_smears(32, 48)
    train, truth = (data.x, data.boxes, data.y), reference(data.boxes, data.y)
    torch.manual_seed(0)
    model = Detector(3)
    anchors, history = learn_detector(model, *train, classes=3, lr=0.02, epochs=20, batch=4)
    assert history.last("loss") < 0.5 * history.column("loss")[0]
    assert average_precision(detect(model, data.x, anchors), truth, 0) > 0.5


def test_the_chosen_ones_find_boxes():
    data = simulated_smears(8, 48)
    train, valid = (data.x, data.boxes, data.y), (data.x, reference(data.boxes, data.y))
    one = choose_detector(lambda: Detector(3), [0.02], train, valid, classes=3, epochs=2)
    sizes = anchor_sizes(data.boxes, data.y)
    two = choose_two_stage(
        lambda: TwoStage(3, sizes, (48, 48)), [0.01], train, valid, classes=3, epochs=1
    )
    for find in (one, two):
        found = find(data.x)
        assert len(found) == 8
        assert all(bool((f.scores >= 0).all()) and bool((f.scores < 1).all()) for f in found)
