import math

import pytest
import torch

from helpers.train.history import History, epoch_row, numbers
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


ROWS = [{"epoch": e, "loss": e / 3, "n": e, "seconds": 0.5} for e in range(1, 15)]


def test_a_new_history_is_empty_and_keeps_rows_of_its_own():
    new = History()
    assert (new.rows, new.best_epoch, new.averaged, new.interrupted) == ([], None, None, False)
    rows = [{"epoch": 1}]
    kept = History(rows)
    rows[0]["epoch"] = 2
    assert kept.rows == [{"epoch": 1}]
    with pytest.raises(ValueError, match=r"^History has no column 'a'; found no rows at all$"):
        new.last("a")


def test_columns_and_last_values():
    history = History(ROWS[:3])
    assert history.column("n") == [1, 2, 3]
    assert history.last("n") == 3
    frame = history.frame()
    assert frame.index.tolist() == [1, 2, 3]
    assert frame.columns.tolist() == ["loss", "n", "seconds"]


def test_it_prints_as_a_table_of_two_digits_without_seconds():
    assert str(History()) == "no epoch was trained"
    lines = str(History(ROWS[:12])).splitlines()
    assert len(lines) == 13
    assert lines[0] == "     epoch       loss          n"
    assert lines[1] == "         1       0.33          1"
    lines = str(History(ROWS[:13])).splitlines()
    assert len(lines) == 12
    first = [line.split()[0] for line in lines]
    assert first == ["epoch", "1", "2", "3", "4", "5", "...", "9", "10", "11", "12", "13"]
    late = History([ROWS[0], ROWS[1] | {"late": 123.456}])
    assert str(late).splitlines()[1:] == [
        "         1       0.33          1           ",
        "         2       0.67          2    1.2e+02",
    ]


def test_it_draws_on_the_axes_that_are_given():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    assert History(ROWS).plot(ax) is ax
    assert ax.lines
    plt.close("all")


def test_tensorboard_gets_every_column_but_the_epoch(monkeypatch, tmp_path):
    pytest.importorskip("tensorboard")
    from torch.utils import tensorboard

    written = []

    class Writer:
        def __init__(self, folder):
            written.append(folder)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def add_scalar(self, *given):
            written.append(given)

    monkeypatch.setattr(tensorboard, "SummaryWriter", Writer)
    History(ROWS[1:2]).tensorboard(tmp_path)
    assert written[0] == str(tmp_path)
    assert sorted(written[1:]) == [("loss", 2 / 3, 2), ("n", 2, 2), ("seconds", 0.5, 2)]


@pytest.mark.parametrize("name", ["epoch", "loss", "valid_loss", "lr", "seconds"])
def test_columns_of_the_engine_are_taken(name):
    with pytest.raises(ValueError, match=f"^the step logs '{name}': expected another name, "):
        epoch_row(1, [(2, 1.0, {name: 1.0})], Alone())


@pytest.mark.parametrize(
    ("entry", "found"),
    [("text", "str"), (None, "NoneType"), (torch.ones(2, 3), r"torch.Size\(\[2, 3\]\)")],
)
def test_logged_entries_are_numbers(entry, found):
    with pytest.raises(ValueError, match=f"^the step logs 'a': expected a number, found {found}$"):
        epoch_row(1, [(2, 1.0, {"a": entry})], Alone())


def test_columns_that_only_another_process_logs_are_asked_for():
    class Both(Alone):
        asked = ()

        def gather(self, value):
            return [value, ["b", "a"]]

        def mean(self, total, weight):
            self.asked += ((total, weight),)
            return 7.0

    together = Both()
    row = epoch_row(4, [(2, 1.5, {"a": 2.0}), (3, 1.0, None)], together)
    assert list(row.items()) == [("epoch", 4), ("loss", 7.0), ("a", 7.0), ("b", 7.0)]
    assert together.asked == ((6.0, 5.0), (4.0, 2.0), (0.0, 0.0))


def test_numbers_of_tensors_carry_no_graph():
    found = numbers([torch.ones(1, requires_grad=True), 2])
    assert found.tolist() == [1, 2]
    assert not found.requires_grad
    assert numbers([]).tolist() == []
