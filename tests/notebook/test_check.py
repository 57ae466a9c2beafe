import numpy as np
import pytest
import torch

from helpers.notebook import CheckFailed, check
from helpers.notebook.band import promise_results


@pytest.fixture
def own_data():
    promise_results(False)
    yield
    promise_results(True)


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.123456, "0.12"), (7, "7"), (torch.tensor(12.43), "12"), (np.int64(575), "575")]
    + [(1.2e-9, "1.2e-09"), (123.4, "123"), (torch.tensor(0.0), "0"), (-0.5, "-0.5")],
)
def test_what_was_measured_is_printed_beside_the_band(value, printed, capsys):
    check("close", value, low=-1, high=1000)
    assert capsys.readouterr().out == f"✓ close: {printed} (between -1 and 1000)\n"


def test_a_printed_value_never_seems_to_lie_outside_its_band(capsys):
    check("near", 0.98401, low=0.984)
    check("below", 0.01449, high=0.0145)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "✓ near: 0.984 (at least 0.984)"
    assert second == "✓ below: 0.014 (at most 0.0145)"


def test_large_counts_and_the_last_digit_are_printed_in_full(capsys):
    check("count", 12345678, low=0)
    check("exact", 0.1 + 0.2, low=0.1 + 0.2)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "✓ count: 12345678 (at least 0)"
    assert second == f"✓ exact: {0.1 + 0.2!r} (at least {0.1 + 0.2:g})"


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


def test_on_own_data_a_result_is_shown_without_a_verdict(own_data, capsys):
    check("gains", -0.25, low=0.01)
    check("every class gains", False)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "○ gains: -0.25 (your data; no promise is made)"
    assert said[1] == "○ every class gains: no (your data)"


@pytest.mark.parametrize("kind", ["agrees", "holds"])
def test_on_own_data_agreements_and_properties_keep_their_band(kind, own_data):
    with pytest.raises(CheckFailed):
        check("sums to one", 2.0, high=1.0, kind=kind)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind='proof'"):
        check("claim", 1.0, low=0, kind="proof")
