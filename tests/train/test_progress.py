import pytest
import torch

from helpers.train import progress
from helpers.train.progress import Progress


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until it is moved, and progress that is not silenced."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.setenv("HELPERS_PROGRESS", "1")

    def move(seconds):
        now[0] += seconds

    return move


def test_the_line_says_where_how_fast_and_how_long_still(clock, capsys):
    line = Progress(total=100)
    for step in range(1, 11):
        clock(0.5)
        line.update(step, 2, 5, torch.tensor(0.123456))
    out, err = capsys.readouterr()
    assert out == ""
    assert err.split("\r")[1].rstrip() == "epoch 2/5  loss 0.1235  2 steps/s, 50 s left"
    last = err.split("\r")[-1]
    assert last.rstrip() == "epoch 2/5  loss 0.1235  2 steps/s, 45 s left"
    assert len(last) == 70
    assert err.count("\r") == 10


def test_the_rate_of_a_resumed_run_counts_what_this_run_did(clock, capsys):
    line = Progress(total=1010)
    for step in (1001, 1002):
        clock(1.0)
        line.update(step, 9, 9, 1.0)
    assert capsys.readouterr().err.split("\r")[-1].rstrip().endswith("1 steps/s, 8 s left")


def test_it_is_rewritten_at_most_four_times_a_second(clock, capsys):
    line = Progress(total=None)
    for step in range(1, 101):
        clock(0.0625)
        line.update(step, 1, 1, 0.0)
    shown = capsys.readouterr().err.split("\r")[1:]
    assert len(shown) == 25
    assert not any("left" in text for text in shown)
    assert shown[-1].rstrip() == "epoch 1/1  loss 0  16 steps/s"


def test_closing_clears_a_line_that_was_drawn_and_only_such_a_line(clock, capsys):
    line = Progress(total=2)
    line.close()
    assert capsys.readouterr().err == ""
    line.update(1, 1, 1, 1.0)
    capsys.readouterr()
    line.close()
    assert capsys.readouterr().err == "\r" + " " * 70 + "\r"


def test_no_time_gone_by_is_no_division_by_zero(clock, capsys):
    Progress(total=2).update(1, 1, 1, 1.0)
    assert "loss 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "wanted", "on"),
    [("1", True, True), ("1", False, False), ("0", True, False), (None, True, True)],
)
def test_it_is_silent_where_that_is_asked(variable, wanted, on, monkeypatch, capsys):
    monkeypatch.delenv("HELPERS_PROGRESS", raising=False)
    if variable is not None:
        monkeypatch.setenv("HELPERS_PROGRESS", variable)
    line = Progress(3, wanted) if wanted is False else Progress(3)
    assert line.on is on
    line.update(1, 1, 1, 1.0)
    capsys.readouterr()
    line.close()
    assert bool(capsys.readouterr().err) is on
