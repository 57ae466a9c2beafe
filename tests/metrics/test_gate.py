import numpy as np
import pytest
import torch

from helpers.metrics.calibration import calibration_error
from helpers.metrics.classification import accuracy, balanced_accuracy, confusion_matrix, roc_auc
from helpers.metrics.gate import (
    MOST_CLASSES,
    are_probabilities,
    as_score,
    binary_scores,
    class_numbers,
    examples,
    finite,
    ignored_label,
    number_of_classes,
    tables,
    tensor,
)
from helpers.metrics.generation import coverage, precision
from helpers.metrics.segmentation import dice, iou
from helpers.metrics.uncertainty import bootstrap_interval


def test_lists_keep_double_precision_and_tensors_their_type():
    assert tensor("f", "x", [0.1])[0].item() == 0.1
    half = torch.ones(2, dtype=torch.float16, requires_grad=True) * 1
    assert tensor("f", "x", half).dtype == torch.float16
    assert not tensor("f", "x", half).requires_grad
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    assert tensor("f", "x", frozen).tolist() == [0, 1, 2]


@pytest.mark.parametrize("values", [["a"], [[1], [1, 2]], None, object(), [1j]])
def test_other_things_are_refused(values):
    with pytest.raises(ValueError, match="^f: expected (real )?numbers as x, found"):
        tensor("f", "x", values)


SCORES = torch.tensor([[0.1, 0.7, 0.2], [0.9, 0.0, 0.1]])


def test_scores_become_the_class_of_the_largest():
    for classes in (None, 3):
        guess, true = class_numbers("f", SCORES, [1, 2], classes=classes)
        assert (guess.tolist(), true.tolist()) == ([1, 0], [1, 2])
    images = torch.stack([SCORES, SCORES.flip(1)], 2)  # (N, K, H)
    guess, true = class_numbers("f", images, [[1, 1], [0, 2]])
    assert (guess.tolist(), true.tolist()) == ([1, 1, 0, 2], [1, 1, 0, 2])
    guess, _ = class_numbers("f", [True, False], torch.tensor([0, 5], dtype=torch.uint8))
    assert guess.tolist() == [1, 0]
    assert guess.dtype == np.int64


def test_an_ignored_place_may_hold_any_prediction():
    guess, true = class_numbers("f", [9, 1, 0], [255, 1, 1], classes=2, ignore=255)
    assert (guess.tolist(), true.tolist()) == ([1, 0], [1, 1])
    with pytest.raises(ValueError, match="0 to 1 as prediction, found 9"):
        class_numbers("f", [9, 1, 0], [0, 1, 1], classes=2)


@pytest.mark.parametrize(
    ("prediction", "target", "classes", "sentence"),
    [
        (["a"], [0], None, "^f: expected numbers as prediction, found"),
        ([0], ["a"], None, "^f: expected numbers as target, found"),
        (SCORES, [0, 1], 2, "^f: expected 2 scores, found 3"),
        (SCORES[:, :1], [0, 1], None, r"^f: .* target's \(2,\), or at least two .* \(2, 1\)"),
        (SCORES * torch.nan, [0, 1], None, "^f: expected no NaN as scores, found 6"),
        ([0.0], [0], None, "^f: expected whole class numbers as prediction, found torch.float64"),
        ([0], [0.0], None, "^f: expected whole class numbers as target, found torch.float64"),
        ([-1, 1], [0, 1], None, "^f: expected class numbers 0 or more as prediction, found -1$"),
        ([0, 1], [-1, 1], None, "^f: .* 0 or more as target, found -1; a label .* ignore=$"),
        ([0, 2], [0, 1], 2, "^f: expected class numbers 0 to 1 as prediction, found 2$"),
        (SCORES, [0, 3], None, "^f: expected class numbers 0 to 2 as target, found 3; "),
        ([], [], None, "^f: expected whole class numbers as prediction, found"),
    ],
)
def test_class_numbers_outside_the_rules_are_one_sentence(prediction, target, classes, sentence):
    with pytest.raises(ValueError, match=sentence):
        class_numbers("f", prediction, target, classes=classes)


def test_the_highest_class_and_many_classes_pass():
    guess, true = class_numbers("f", [0, 2], [2, 0], classes=3)
    assert (guess.tolist(), true.tolist()) == ([0, 2], [2, 0])
    assert class_numbers("f", [10**12], [3])[0].tolist() == [10**12]
    scores = torch.zeros(1, 200).index_fill(1, torch.tensor([199]), 1.0)
    assert class_numbers("f", scores, torch.tensor([199], dtype=torch.uint8))[0].tolist() == [199]


def test_two_columns_are_a_difference_and_of_probabilities_the_second():
    wide = torch.tensor([[1.0, 3.0], [0.5, -2.0], [4.0, 4.0]])
    score, true = binary_scores("f", wide, [1, 0, 1])
    assert (score.tolist(), true.tolist()) == ([2.0, -2.5, 0.0], [1, 0, 1])
    p = torch.tensor([[0.25, 0.75], [1.0, 0.0]], dtype=torch.float64)
    assert binary_scores("f", p, [1, 0])[0].tolist() == [0.75, 0.0]
    assert binary_scores("f", [True, False], [1, 0])[0].tolist() == [1.0, 0.0]


def test_ignored_rows_have_no_say_in_the_classes():
    score, true = binary_scores("f", [0.1, 0.2, 0.3], [0, -1, 1], ignore=-1)
    assert (score.tolist(), true.tolist()) == ([0.1, 0.3], [0, 1])
    with pytest.raises(ValueError, match=r"^f: .* 0 and 1 in target, found \[-1, 0, 1\]$"):
        binary_scores("f", [0.1, 0.2, 0.3], [0, -1, 1])


@pytest.mark.parametrize(
    ("score", "target", "sentence"),
    [
        (["a"], [0], "^f: expected numbers as score"),
        ([0.1], ["a"], "^f: expected numbers as target"),
        ([[0.1], [0.2]], [0, 1], r"^f: expected scores \(N,\) or \(N, 2\) .* \(2, 1\) and \(2,\)"),
        ([0.1, 0.2], [[0], [1]], r"^f: expected scores .* found \(2,\) and \(2, 1\)"),
        ([0.1, 0.2], [0, 1, 1], r"^f: expected scores .* found \(2,\) and \(3,\)"),
        ([0.1, np.inf], [0, 1], "^f: expected finite numbers as score, found 1 that are not"),
        ([0.1, 0.2], [0.0, 1.0], "^f: expected whole class numbers as target"),
        (np.arange(9.0), np.arange(9), r"found \[0, 1, 2, 3, 4\]$"),
    ],
)
def test_binary_scores_outside_the_rules_are_one_sentence(score, target, sentence):
    with pytest.raises(ValueError, match=sentence):
        binary_scores("f", score, target)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[0.3, 0.7], [0.0, 1.0]], True),
        ([[0.3, 0.7005]], True),
        ([[0.3, 0.7015]], False),
        ([[1.2, -0.2]], False),
        ([[0.3, 0.7], [0.3, 0.6]], False),
        ([[0.3, 0.7], [-0.3, 1.3]], False),
    ],
)
def test_probabilities_are_known_by_their_sum_and_sign(rows, expected):
    assert are_probabilities(torch.tensor(rows)) is expected


def test_infinite_scores_pass_only_where_nothing_is_summed():
    values = torch.tensor([1.0, -torch.inf])
    assert finite("f", "x", values, bounded=False) is values
    with pytest.raises(ValueError, match="^f: expected finite numbers as x, found 1 that are not"):
        finite("f", "x", values)
    with pytest.raises(ValueError, match="^f: expected no NaN as x, found 2 that are not"):
        finite("f", "x", values * torch.nan, bounded=False)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((torch.float16, torch.uint8), torch.float32),
        ((torch.float32, torch.float64), torch.float64),
        ((torch.bool, torch.bfloat16), torch.float32),
        ((torch.int32, torch.float32), torch.float64),
        ((torch.int64, torch.int64), torch.float64),
        ((torch.float32, torch.float32), torch.float32),
    ],
)
def test_tables_share_a_type_that_loses_nothing(kinds, expected):
    a, b = tables("f", *(torch.ones(2, 3).to(kind) for kind in kinds))
    assert a.dtype == b.dtype == expected
    assert a.tolist() == b.tolist() == [[1.0] * 3] * 2


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        ([np.ones((2, 3)), np.ones((2, 2))], r"^f: expected tables .* \(2, 3\) and \(2, 2\)$"),
        ([np.ones((2, 3)), np.ones(3)], r"found \(2, 3\) and \(3,\)$"),
        ([np.ones((2, 3)), np.ones((0, 3))], r"found \(2, 3\) and \(0, 3\)$"),
        ([np.ones(3)], r"found \(3,\)$"),
        ([np.ones((2, 0))], r"found \(2, 0\)$"),
        ([[[0.0, np.inf]]], "^f: expected finite numbers as points, found 1"),
        ([["a"]], "^f: expected numbers as points"),
    ],
)
def test_tables_outside_the_rules_are_one_sentence(samples, sentence):
    with pytest.raises(ValueError, match=sentence):
        tables("f", *samples)


def test_examples_are_rows_of_finite_numbers():
    assert examples("f", [1, 2]).dtype == torch.float64
    assert examples("f", torch.ones(2, 3)).dtype == torch.float32
    for values, sentence in (
        (3.0, r"^f: expected two values or more, found shape \(\)"),
        ([1.0], r"^f: expected two values or more, found shape \(1,\)"),
        ([1.0, np.nan], "^f: expected finite numbers as values, found 1"),
        (["a", "b"], "^f: expected numbers as values"),
    ):
        with pytest.raises(ValueError, match=sentence):
            examples("f", values)


def test_scores_are_double_and_on_the_cpu():
    assert as_score(np.float32(0.5)).dtype == torch.float64
    assert as_score(0.1).item() == 0.1


class Apple(torch.Tensor):
    """Knows no double precision and no NumPy before it is on the CPU, as on Apple's GPU."""

    is_mps = True

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        given = [*args, *(kwargs or {}).values()]
        if function is torch.Tensor.cpu or any(g == "cpu" for g in given if isinstance(g, str)):
            given[0] = given[0].as_subclass(torch.Tensor)
            return given[0] if function is torch.Tensor.cpu else given[0].to(*given[1:])
        if function in (torch.Tensor.double, torch.Tensor.numpy) or torch.float64 in [
            g for g in given if isinstance(g, torch.dtype)
        ]:
            raise TypeError("MPS: no float64, no NumPy")
        return super().__torch_function__(function, types, args, kwargs or {})


@pytest.mark.parametrize(
    "score",
    [
        accuracy,
        balanced_accuracy,
        roc_auc,
        lambda p, y: confusion_matrix(p, y, 2),
        lambda p, y: dice(p, y, 2),
        lambda p, y: iou(p, y, 2),
        lambda p, y: calibration_error(p[:, 1], y),
        lambda p, y: precision(p, p.flip(0), 3),
        lambda p, y: coverage(p.int(), p.int(), 3),
        lambda p, y: bootstrap_interval(y)[0],
    ],
)
def test_what_knows_no_double_precision_is_scored_alike(score):
    p = torch.rand(40, 2, generator=torch.Generator().manual_seed(0)).softmax(1)
    y = torch.arange(40) % 2
    with pytest.raises(TypeError, match="no float64"):
        y.as_subclass(Apple).double()
    found = torch.as_tensor(score(p.as_subclass(Apple), y.as_subclass(Apple)))
    assert torch.equal(found.as_subclass(torch.Tensor), torch.as_tensor(score(p, y)))


@pytest.mark.parametrize("classes", [0, -1, 1.0, "3", None, MOST_CLASSES + 1])
def test_a_number_of_classes_is_whole_at_least_one_and_fits_a_table(classes):
    assert number_of_classes("f", 1) is number_of_classes("f", MOST_CLASSES) is None
    assert number_of_classes("f", np.int64(3)) is None
    sentence = (
        f"^f: expected a whole number of classes, at least 1 and at most 10000, found {classes!r}$"
    )
    with pytest.raises(ValueError, match=sentence):
        number_of_classes("f", classes)
    with pytest.raises(ValueError, match="^confusion_matrix: expected a whole number of classes"):
        confusion_matrix([0], [0], classes)


@pytest.mark.parametrize("ignore", [True, 1.0, "x", [255]])
def test_a_label_that_does_not_count_is_one_whole_number(ignore):
    for call in (
        lambda: class_numbers("f", [0, 1], [0, 1], ignore=ignore),
        lambda: binary_scores("f", [0.1, 0.2], [0, 1], ignore=ignore),
        lambda: ignored_label("f", ignore),
    ):
        with pytest.raises(ValueError, match=r"^f: expected one whole number as ignore, found"):
            call()
    assert [ignored_label("f", label) for label in (None, 0, np.int64(255))] == [None, 0, 255]


def test_one_number_is_no_row_of_targets():
    with pytest.raises(
        ValueError, match=r"^f: expected a target \(N, ...\), found a single number"
    ):
        class_numbers("f", 1, 1)


def test_probabilities_may_miss_one_by_a_thousandth():
    exact = torch.tensor([[0.5, 0.5 + 2**-10], [0.5, 0.5 - 2**-10]], dtype=torch.float64)
    assert are_probabilities(exact)
    assert not are_probabilities(
        exact
        + torch.tensor(
            [
                0.0,
                2**-12,
            ],
            dtype=torch.float64,
        )
    )
    assert are_probabilities(torch.tensor([[0.0, 1.0]]))


@pytest.mark.parametrize("given", ["x" * 500, [["a"] * 100]])
def test_a_sentence_stays_a_sentence_however_long_the_argument(given):
    with pytest.raises(ValueError, match="^f: expected numbers as x") as caught:
        tensor("f", "x", given)
    assert len(str(caught.value)) < 100
    assert caught.value.__cause__ is None
