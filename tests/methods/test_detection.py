"""Train and use a one-stage detector."""

import pytest
import torch
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou, sigmoid_focal_loss

from helpers.data.smears import simulated_smears
from helpers.methods import detection
from helpers.methods.detection import (
    DetectionLoss,
    anchor_sizes,
    assign,
    choose_bars,
    choose_detector,
    choose_torchvision,
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
from helpers.train.schedule import one_cycle

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
    two = choose_torchvision(
        lambda: TwoStage(3, sizes, (48, 48)), [0.01], train, valid, classes=3, epochs=1
    )
    for find in (one, two):
        found = find(data.x)
        assert len(found) == 8
        assert all(bool((f.scores >= 0).all()) and bool((f.scores < 1).all()) for f in found)


def test_the_last_overlap_that_is_enough_and_the_first_that_is_not():
    anchors = torch.tensor(
        [[0.0, 0, 10, 10], [0, 0, 10, 5], [0, 0, 10, 4], [0, 0, 10, 3.9], [50, 50, 60, 60]]
    )
    box, label = torch.tensor([[[0.0, 0, 10, 10]]]), torch.tensor([[2]])
    assert assign(anchors, box, label).tolist() == [[0, 0, -2, -1, -1]]
    assert assign(anchors, box, label, high=0.6).tolist() == [[0, -2, -2, -1, -1]]
    assert assign(anchors, box, label, low=0.45).tolist() == [[0, 0, -1, -1, -1]]
    # the best anchor of a box belongs to it however little they overlap
    assert assign(anchors[3:], box, label).tolist() == [[0, -1]]
    assert assign(anchors[4:], box, label).tolist() == [[-1]]


def test_the_loss_is_its_three_parts():
    data = simulated_smears(2, 48)
    whose = assign(ANCHORS, data.boxes, data.y)
    told = torch.randn(*whose.shape, 8, generator=torch.Generator().manual_seed(0))
    held = whose >= 0
    expected = torch.zeros(())
    for image in range(2):
        for place in range(len(ANCHORS)):
            box, one = whose[image, place], told[image, place]
            if box == -2:
                continue
            expected += sigmoid_focal_loss(one[4], (box >= 0).float(), 0.25, 2.0)
            if box >= 0:
                kind = torch.nn.functional.one_hot(data.y[image, box], 3).float()
                expected += torch.nn.functional.binary_cross_entropy_with_logits(
                    one[5:], kind, reduction="sum"
                )
                code = encode(data.boxes[image, box][None], ANCHORS[place][None])[0]
                gap = (one[:4] - code).abs()
                expected += torch.where(gap < 0.1, gap**2 / 0.2, gap - 0.05).sum()
    found = DetectionLoss(ANCHORS, 3)(lambda x: told, (data.x, data.boxes, data.y))
    assert torch.allclose(found, expected / held.sum(), rtol=1e-4)
    step = DetectionLoss(ANCHORS, 3)
    assert (step.gamma, step.alpha, step.classes) == (2.0, 0.25, 3)
    nothing = data.x, data.boxes, torch.full_like(data.y, -1)
    every = sigmoid_focal_loss(told[..., 4], torch.zeros_like(told[..., 4]), 0.25, 2.0).sum()
    assert torch.allclose(step(lambda x: told, nothing), every)


def an_answer(*rows):
    """Numbers of a network for anchors of ten pixels: (left, class 0, class 1) a row."""
    anchors = torch.tensor([[left, 0.0, left + 10.0, 10] for left, *_ in rows])
    told = torch.zeros(len(rows), 7)
    told[:, 4] = 30.0
    told[:, 5:] = torch.tensor([list(chances) for _, *chances in rows]).logit()
    return told, anchors


def test_answers_are_sure_enough_not_doubled_and_not_too_many():
    told, anchors = an_answer(
        (0, 0.9, 0.01), (1, 0.8, 0.01), (2, 0.02, 0.7), (40, 0.05001, 0.01), (80, 0.04, 0.04)
    )
    found = one_image(told, anchors, 0.05, 0.5, 100)
    assert found.labels.tolist() == [0, 1, 0]
    assert found.boxes[:, 0].tolist() == [0, 2, 40]
    assert one_image(told, anchors, 0.05, 0.9, 100).boxes[:, 0].tolist() == [0, 1, 2, 40]
    assert one_image(told, anchors, 0.05, 0.5, 2).boxes[:, 0].tolist() == [0, 2]
    assert len(one_image(told, anchors, 0.95, 0.5, 100).boxes) == 0

    class Fixed(torch.nn.Module):
        def forward(self, x):
            return told.expand(len(x), -1, -1)

    (same,) = detect(Fixed(), torch.zeros(1, 3, 4, 4), anchors)
    assert torch.equal(same.boxes, found.boxes)
    many, places = an_answer(*[(20 * k, 0.9, 0.1) for k in range(120)])
    told, anchors = many, places
    assert len(detect(Fixed(), torch.zeros(1, 3, 4, 4), anchors)[0].boxes) == 100
    assert len(one_image(many, places, 0.05, 0.5, 110).boxes) == 110


def test_half_of_the_images_turn_each_way():
    x = torch.arange(12.0).view(1, 1, 3, 4).expand(400, 1, 3, 4)
    boxes = torch.tensor([0.0, 0, 1, 2]).expand(400, 1, 4)
    _, found, _ = mirrored((x, boxes, None), torch.Generator().manual_seed(0))
    left, top = found[:, 0, 0], found[:, 0, 1]
    assert set(left.tolist()) == {0, 3}
    assert set(top.tolist()) == {0, 1}
    for moved in (left, top):
        assert float((moved > 0).double().mean()) == pytest.approx(0.5, abs=0.08)


def test_sizes_leave_out_the_smallest_and_largest_and_padding():
    sides = torch.linspace(1, 5, 101).exp()
    boxes = torch.stack([0 * sides, 0 * sides, sides, sides], 1)[None]
    found = anchor_sizes(boxes, torch.zeros(1, 101).long())
    ends = [1 + 4 * share for share in (0.03, 0.97)]
    assert torch.tensor(found).log().tolist() == pytest.approx([ends[0], 3, ends[1]], abs=1e-4)
    assert len(anchor_sizes(boxes, torch.zeros(1, 101).long(), count=5)) == 5
    padded = torch.where(torch.arange(101) < 51, 0, -1)[None]
    assert max(anchor_sizes(boxes, padded)) < 25
    flat = torch.tensor([[[0.0, 0, 0, 0], [0, 0, 9, 4]]])
    assert min(anchor_sizes(flat, torch.zeros(1, 2).long())) >= 1


def test_training_is_fit_with_these_arguments(monkeypatch):
    seen = []
    monkeypatch.setattr(detection, "fit", lambda *given, **options: seen.append((given, options)))
    data = simulated_smears(4, 48)
    model = Detector(3)
    anchors, _ = learn_detector(
        model, data.x, data.boxes, data.y, classes=3, lr=0.02, epochs=7, seed=5, gamma=1.0
    )
    (net, given), options = seen[-1]
    assert net is model
    assert [torch.equal(a, b) for a, b in zip(given, (data.x, data.boxes, data.y))] == [True] * 3
    names = ("epochs", "lr", "batch_size", "clip", "seed", "device")
    assert [options[name] for name in names] == [7, 0.02, 8, 10.0, 5, "cpu"]
    assert options["transform"] is mirrored
    assert options["schedule"](0.4) == one_cycle()(0.4)
    assert options["step"].gamma == 1.0
    sizes = anchor_sizes(data.boxes, data.y)
    assert torch.equal(anchors, anchor_grid((48, 48), model.strides, sizes))


def test_bars_and_f1_are_those_of_a_count():
    g = torch.Generator().manual_seed(0)
    box = torch.tensor([[0.0, 0, 10, 10]])
    truth = [Found(box, torch.tensor([0]), torch.ones(1))] * 30
    found = [
        Found(
            torch.cat([box, box + 40]),
            torch.tensor([0, 0]),
            torch.rand(2, generator=g).sqrt() ** torch.tensor([1.0, 3.0]),
        )
        for _ in range(30)
    ]
    (bar,), (best,) = choose_bars(found, truth, 1)
    tried = {}
    for level in torch.linspace(0.05, 0.9, 18).tolist():
        right = sum(float(f.scores[0]) >= level for f in found)
        wrong = sum(float(f.scores[1]) >= level for f in found)
        tried[level] = 2 * right / (right + wrong + 30)
    assert float(best) == pytest.approx(max(tried.values()))
    assert float(bar) == pytest.approx(max(tried, key=tried.get))
    nothing = [one._replace(labels=torch.ones(2).long()) for one in found]
    assert choose_bars(nothing, nothing[:0] * 30 or truth, 2)[1][1] == 0
    half = scaled([Found(box, torch.tensor([0]), torch.tensor([0.3]))], torch.tensor([0.3]))
    assert half[0].scores.item() == 0.5


@pytest.mark.parametrize("best", [0, 1, 2])
def test_of_several_rates_the_one_with_the_best_mean_is_kept(best, monkeypatch):
    """Two classes, so that a sum is no mean: the best one may come first, between or last."""
    rates, means = [0.1, 0.2, 0.3], [0.5, 0.5, 0.5]
    means[best] = 0.6
    taught = []

    class Model:
        def answers(self, x):
            return [(torch.zeros(1, 4), torch.zeros(1).long(), torch.full((1,), self.rate))]

    def learn_detector(model, *data, lr, **rest):
        model.rate = lr
        taught.append(
            (lr, torch.randint(10**6, ()).item(), rest["classes"], rest["epochs"], rest["seed"])
        )
        return "anchors", f"history of {lr}"

    def fit(model, train, *, lr, **rest):
        learn_detector(model, *train, lr=lr, classes=2, epochs=rest["epochs"], seed=rest["seed"])
        names = ("batch_size", "transform", "clip", "device")
        assert [rest[name] for name in names] == [8, mirrored, 10.0, "cpu"]

    def choose_bars(found, truth, classes):
        mean = means[
            rates.index(found if isinstance(found, float) else round(float(found[0].scores), 3))
        ]
        return torch.tensor([mean, mean]), torch.tensor([mean - 0.2, mean + 0.2])

    monkeypatch.setattr(detection, "learn_detector", learn_detector)
    monkeypatch.setattr(detection, "detect", lambda model, x, anchors, least: model.rate)
    monkeypatch.setattr(detection, "choose_bars", choose_bars)
    monkeypatch.setattr(detection, "fit", fit)
    one = choose_detector(Model, rates, (), (None, None), classes=2, epochs=4, seed=7)
    assert (one.model.rate, one.history) == (rates[best], f"history of {rates[best]}")
    assert one.bars.tolist() == pytest.approx([0.6, 0.6])
    two = choose_torchvision(Model, rates, (), (None, None), classes=2, epochs=4, seed=7)
    scaled_score = rates[best] / (rates[best] + 0.6)
    assert two(None)[0].scores.item() == pytest.approx(scaled_score)
    assert [row[0] for row in taught] == rates * 2
    assert len({row[1:] for row in taught}) == 1  # each begins at the same seed


def test_a_lower_floor_adds_answers_and_leaves_the_sure_ones_as_they_are():
    data = simulated_smears(8, 48)
    train, valid = (data.x, data.boxes, data.y), (data.x, reference(data.boxes, data.y))
    high, low = (
        choose_detector(lambda: Detector(3), [0.02], train, valid, classes=3, epochs=2, **floor)
        for floor in ({}, {"least": 0.005})
    )
    assert torch.equal(high.bars, low.bars)  # of 0.05 and more
    more = 0
    for few, many in zip(high(data.x), low(data.x)):
        assert len(few.boxes) <= len(many.boxes)
        assert torch.equal(few.boxes, many.boxes[: len(few.boxes)])
        more += len(many.boxes) - len(few.boxes)
    assert more > 0
