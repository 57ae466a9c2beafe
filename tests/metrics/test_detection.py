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


def one_box(*boxes, labels=None, scores=None):
    """Found boxes, each [left, top, right, bottom]."""
    count = len(boxes)
    labels = torch.zeros(count).long() if labels is None else torch.tensor(labels)
    scores = torch.linspace(0.9, 0.5, count) if scores is None else torch.tensor(scores)
    return Found(torch.tensor(boxes).float().view(count, 4), labels, scores)


TENTH, HALF, WHOLE = [0, 0, 10, 1], [0, 0, 10, 5], [0, 0, 10, 10]


def test_bounds_belong_to_what_they_bound():
    """An overlap of exactly one half is a match, of exactly a tenth a touch, without a word."""
    truth = one_box(WHOLE)
    assert match(one_box(HALF), truth)[1].tolist() == [0]
    assert kinds_of(one_box(HALF), truth) == ["right"]
    assert kinds_of(one_box(TENTH), truth) == ["misplaced"]
    assert kinds_of(one_box(HALF, labels=[1]), truth) == ["wrong class"]
    assert kinds_of(one_box([0, 0, 10, 4.9], labels=[1]), truth) == ["misplaced"]
    assert kinds_of(one_box([0, 0, 10, 0.9]), truth) == ["background"]
    assert kinds_of(one_box(WHOLE, HALF), truth) == ["right", "doubled"]
    assert average_precision([one_box(HALF)], [truth], 0) == 1
    for score in (match, kinds_of):
        assert str(score(one_box(HALF), truth, overlap=0.51)) != str(score(one_box(HALF), truth))
    assert average_precision([one_box(HALF)], [truth], 0, overlap=0.51) == 0
    assert ranked([one_box(HALF)], [truth], 0)[1].tolist() == [True]
    assert f1_per_image([one_box(HALF)], [truth], 1).item() == 1
    assert error_types([one_box(HALF)], [truth])["right"] == 1
    assert error_types([one_box(TENTH)], [truth])["misplaced"] == 1
    assert error_types([one_box(TENTH)], [truth], touch=0.11)["background"] == 1
    assert error_types([one_box(HALF)], [truth], overlap=0.51)["misplaced"] == 1


def test_answers_at_the_least_score_count_and_without_a_word_all_do():
    truth, found = one_box(WHOLE), one_box(WHOLE, [40, 40, 50, 50], scores=[0.5, 0.0])
    assert counts([found], [truth], 1).tolist() == [[[1, 2, 1]]]
    assert counts([found], [truth], 1, least=0.5).tolist() == [[[1, 1, 1]]]
    assert f1_per_image([found], [truth], 1).item() == pytest.approx(2 / 3)
    assert f1_per_image([found], [truth], 1, least=0.5).item() == 1
    assert error_types([found], [truth])["background"] == 1
    assert error_types([found], [truth], least=0.5) | {"right": 0} == dict.fromkeys(
        ["right", "doubled", "misplaced", "wrong class", "background", "missed"], 0
    )


def test_f1_is_a_mean_over_the_classes_that_occur():
    truth = one_box(WHOLE, [40, 40, 50, 50], labels=[0, 2])
    found = one_box(WHOLE, [60, 60, 70, 70], labels=[0, 3])
    assert f1_per_image([found], [truth], 4).item() == pytest.approx(1 / 3)
    assert f1_per_image([found, found], [truth, found], 5).tolist() == pytest.approx([1 / 3, 1])


def test_each_answer_gets_the_free_box_that_it_overlaps_most():
    truth = one_box([0, 0, 10, 10], [4, 0, 14, 10])
    found = one_box([3, 0, 13, 10], [3, 0, 13, 10], [3, 0, 13, 10])
    order, taken = match(found, truth, overlap=0.4)
    assert (order.tolist(), taken.tolist()) == ([0, 1, 2], [1, 0, -1])


def test_equal_scores_keep_the_order_of_answers_and_images():
    found = [one_box(WHOLE, scores=[0.5]) for _ in range(20)]
    truth = [one_box(WHOLE) if number < 10 else one_box() for number in range(20)]
    assert ranked(found, truth, 0)[1].tolist() == [True] * 10 + [False] * 10
    assert average_precision(found, truth, 0) == 1
    twice = one_box(*[WHOLE] * 20, scores=[0.5] * 20)
    assert match(twice, one_box(WHOLE))[1].tolist() == [0] + [-1] * 19


def test_nothing_found_and_nothing_there_have_their_kinds():
    assert kinds_of(one_box(WHOLE), one_box()) == ["background"]
    assert kinds_of(one_box(), one_box(WHOLE)) == []
    assert error_types([one_box()], [one_box(WHOLE, HALF)])["missed"] == 2
