import numpy as np
import pytest
import torch

from helpers.metrics.gate import as_score, binary_scores, class_numbers, examples, tables, tensor


def test_lists_keep_double_precision_and_tensors_their_type():
    assert tensor("f", "x", [0.1])[0].item() == 0.1
    assert tensor("f", "x", torch.ones(2, dtype=torch.float16, requires_grad=True)).grad_fn is None
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    assert tensor("f", "x", frozen).tolist() == [0, 1, 2]


@pytest.mark.parametrize("values", [["a"], [[1], [1, 2]], None, object(), [1j]])
def test_other_things_are_refused(values):
    with pytest.raises(ValueError, match="f: expected (real )?numbers as x, found"):
        tensor("f", "x", values)


def test_an_ignored_place_may_hold_any_prediction():
    guess, true = class_numbers("f", [9, 1, 0], [255, 1, 1], classes=2, ignore=255)
    assert (guess.tolist(), true.tolist()) == ([1, 0], [1, 1])
    with pytest.raises(ValueError, match="0 to 1 as prediction, found 9"):
        class_numbers("f", [9, 1, 0], [0, 1, 1], classes=2)


def test_ignored_rows_have_no_say_in_the_classes():
    score, true = binary_scores("f", [0.1, 0.2, 0.3], [0, -1, 1], ignore=-1)
    assert (score.tolist(), true.tolist()) == ([0.1, 0.3], [0, 1])
    with pytest.raises(ValueError, match="both classes 0 and 1 in target, found"):
        binary_scores("f", [0.1, 0.2, 0.3], [0, -1, 1])


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((torch.float16, torch.uint8), torch.float32),
        ((torch.float32, torch.float64), torch.float64),
        ((torch.bool, torch.bfloat16), torch.float32),
        ((torch.int32, torch.float32), torch.float64),
        ((torch.int64, torch.int64), torch.float64),
    ],
)
def test_tables_share_a_type_that_loses_nothing(kinds, expected):
    a, b = tables("f", *(torch.ones(2, 3).to(kind) for kind in kinds))
    assert a.dtype == b.dtype == expected


def test_examples_and_scores_are_double():
    assert examples("f", [1, 2]).dtype == as_score(np.float32(0.5)).dtype == torch.float64
