import numpy as np
import pytest
import torch

from helpers.notebook import CheckFailed, check


def test_a_value_inside_the_band_prints_the_verdict_and_not_the_value(capsys):
    check("close", 0.123456, low=0, high=1)
    assert capsys.readouterr().out == "✓ close (between 0 and 1)\n"


@pytest.mark.parametrize("value", [2.0, -1.0, float("nan"), torch.tensor(3.0), np.float64(7)])
def test_a_value_outside_raises_with_what_was_measured(value):
    with pytest.raises(CheckFailed, match=r"claim: expected between 0 and 1, found"):
        check("claim", value, low=0, high=1)


@pytest.mark.parametrize("truth", [True, np.bool_(True), torch.tensor(True)])
def test_a_truth_stands_for_itself(truth, capsys):
    check("true", truth)
    assert capsys.readouterr().out == "✓ true\n"
    with pytest.raises(CheckFailed, match="expected to be true, found false"):
        check("false", not truth)


def test_a_number_without_a_band_could_not_fail():
    with pytest.raises(ValueError, match="needs low=, high= or both"):
        check("number", 3.0)
