import math

import pytest

from helpers.train.history import History, epoch_row
from helpers.train.processes import Alone


def test_an_entry_logged_now_and_then_is_the_mean_over_its_batches():
    losses = [
        (4, 1.0, {"d": 2.0}),
        (2, 4.0, {"d": 5.0, "g": 7.0}),
        (2, 1.0, None),
        (6, 1.0, {"g": 3.0}),
    ]
    row = epoch_row(1, losses, Alone())
    assert row["d"] == pytest.approx((4 * 2 + 2 * 5) / 6)
    assert row["g"] == pytest.approx((2 * 7 + 6 * 3) / 8)
    assert row["loss"] == pytest.approx((4 + 8 + 2 + 6) / 14)


def test_a_column_that_an_epoch_lacks_is_nan_there():
    history = History([{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": 1.0, "g": 3.0}])
    first, second = history.column("g")
    assert math.isnan(first)
    assert second == 3.0
    with pytest.raises(ValueError, match="no column 'h'; found epoch, loss, g"):
        history.column("h")


def test_no_epoch_gives_an_empty_frame_and_a_sentence_for_a_plot():
    assert len(History().frame()) == 0
    with pytest.raises(ValueError, match="expected at least one epoch, found none"):
        History().plot()
