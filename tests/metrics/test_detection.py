"""How good a detector is."""

import math

import pytest
import torch
from torchmetrics.detection import MeanAveragePrecision

from helpers.metrics.boxes import Found
from helpers.metrics.detection import (
    average_precision,
    counts,
    error_types,
    f1_per_image,
    kinds_of,
    match,
    of_class,
    ranked,
)


def random_case(seed, images=6, classes=3):
    """References, and answers that are shaken, lost, doubled and invented."""
    rng = torch.Generator().manual_seed(seed)
    found, truth = [], []
    for _ in range(images):
        low = torch.rand(9, 2, generator=rng) * 60
        boxes = torch.cat([low, low + 5 + 10 * torch.rand(9, 2, generator=rng)], 1)
        labels = torch.randint(classes, (9,), generator=rng)
        truth.append(Found(boxes, labels, torch.ones(9)))
        moved = torch.cat([boxes, boxes[:4]]) + 1.5 * torch.randn(13, 4, generator=rng)
        kinds = torch.cat([labels, labels[:3], torch.randint(classes, (1,), generator=rng)])
        found.append(Found(moved, kinds, torch.rand(13, generator=rng)))
    return found, truth


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("overlap", [0.5, 0.75])
def test_average_precision_is_that_of_the_benchmark(seed, overlap):
    found, truth = random_case(seed)
    points = torch.linspace(0, 1, 101, dtype=torch.double).tolist()  # theirs are rounded
    judge = MeanAveragePrecision(
        iou_thresholds=[overlap], rec_thresholds=points, class_metrics=True
    )
    judge.update([f._asdict() for f in found], [t._asdict() for t in truth])
    told = judge.compute()
    for label, expected in zip(told["classes"].tolist(), told["map_per_class"].tolist()):
        assert average_precision(found, truth, label, overlap) == pytest.approx(expected, abs=1e-6)


def test_perfect_answers_have_one_and_no_answers_zero():
    _, truth = random_case(0)
    none = [of_class(one, 99) for one in truth]
    assert average_precision(truth, truth, 0) == 1
    assert average_precision(none, truth, 0) == 0
    assert math.isnan(average_precision(truth, none, 0))
    assert f1_per_image(truth, truth, 3).tolist() == [1] * 6
    assert f1_per_image(none, truth, 3).tolist() == [0] * 6
    assert f1_per_image(none, none, 3).tolist() == [1] * 6


def test_a_box_is_found_once():
    box, label = torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([0])
    truth = Found(box, label, torch.ones(1))
    twice = Found(torch.cat([box + 1, box]), torch.tensor([0, 0]), torch.tensor([0.4, 0.9]))
    order, taken = match(twice, truth)
    assert order.tolist() == [1, 0]
    assert taken.tolist() == [0, -1]
    assert kinds_of(twice, truth) == ["doubled", "right"]
    scores, right, boxes = ranked([twice], [truth], 0)
    assert (right.tolist(), boxes) == ([True, False], 1)
    assert counts([twice], [truth], 1).tolist() == [[[1, 2, 1]]]
    assert counts([twice], [truth], 1, least=0.5).tolist() == [[[1, 1, 1]]]


def test_every_kind_of_error_is_recognised():
    truth = Found(
        torch.tensor([[0.0, 0, 10, 10], [30, 30, 40, 40]]), torch.tensor([0, 1]), torch.ones(2)
    )
    boxes = [[0, 0, 10, 10], [0, 0, 10, 9], [6, 0, 16, 10], [30, 30, 40, 40], [60, 60, 70, 70]]
    labels = torch.tensor([0, 0, 0, 0, 0])
    found = Found(torch.tensor(boxes).float(), labels, torch.linspace(0.9, 0.5, 5))
    expected = ["right", "doubled", "misplaced", "wrong class", "background"]
    assert kinds_of(found, truth) == expected
    assert error_types([found], [truth]) == dict.fromkeys(expected, 1) | {"missed": 1}
    assert error_types([found], [truth], least=0.85)["doubled"] == 0


def test_kinds_add_up_on_random_cases():
    found, truth = random_case(1)
    total = error_types(found, truth)
    assert sum(total.values()) - total["missed"] == sum(len(f.boxes) for f in found)
    assert total["right"] == counts(found, truth, 3)[..., 0].sum()
    assert total["right"] + total["missed"] == sum(len(t.boxes) for t in truth)


def test_f1_is_two_thirds_for_one_right_of_two_answers():
    box, label = torch.tensor([[0.0, 0, 10, 10]]), torch.tensor([0])
    truth = Found(box, label, torch.ones(1))
    found = Found(torch.cat([box, box + 40]), torch.tensor([0, 0]), torch.tensor([0.9, 0.8]))
    assert f1_per_image([found], [truth], 2).item() == pytest.approx(2 / 3)
