import pytest

from helpers.notebook.band import CheckFailed, describe_band, promise_results, promised, require


@pytest.fixture(autouse=True)
def _bundled():
    yield
    promise_results(True)


@pytest.mark.parametrize(
    ("value", "low", "high", "inside"),
    [(1, 1, 2, True), (2, 1, 2, True), (0.999, 1, 2, False), (2.001, 1, 2, False)]
    + [
        (5, None, 4, False),
        (5, 6, None, False),
        (5, 5, None, True),
        (float("nan"), None, 4, False),
    ],
)
def test_both_ends_belong_to_the_band_and_nan_to_none(value, low, high, inside):
    if inside:
        assert require("claim", value, low, high) is None
    else:
        with pytest.raises(CheckFailed, match="claim: expected .* found"):
            require("claim", value, low, high)


def test_only_results_lose_their_band_on_a_readers_own_data():
    assert [promised(kind) for kind in ("agrees", "holds", "result")] == [True, True, True]
    promise_results(False)
    assert [promised(kind) for kind in ("agrees", "holds", "result")] == [True, True, False]


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="expected one of agrees, holds, result"):
        promised("proves")


def test_a_band_in_words():
    assert describe_band(None, 0.5) == "at most 0.5"
    assert describe_band(3, None) == "at least 3"
    assert describe_band(0, 1e-6) == "between 0 and 1e-06"
