import pytest
import torch

from helpers.data.lags import blocks, in_time, lagged
from helpers.data.series import Series


def ramp(length=20, groups=None):
    x = torch.stack([torch.arange(length), -torch.arange(length)], 1).float()
    return Series(x, ["up", "down"], 1.0, time=torch.arange(length).double(), groups=groups)


def test_windows_end_at_their_origin_and_targets_lie_ahead():
    found = lagged(ramp(), lags=4, horizon=3)
    assert found.x.shape == (14, 4, 2)
    assert found.x[0, :, 0].tolist() == [0, 1, 2, 3]
    assert found.origin[0] == 3
    assert found.x[0, :, 1].tolist() == [0, -1, -2, -3]
    assert torch.equal(found.y, found.origin + 3.0)


def test_anchored_windows_do_not_know_the_level():
    plain, anchored = lagged(ramp(), lags=4), lagged(ramp(), lags=4, anchored=True)
    assert (anchored.x[:, :, 0] == anchored.x[:1, :, 0]).all()
    assert torch.equal(anchored.y + anchored.base, plain.y)
    assert torch.equal(anchored.x[..., 1], plain.x[..., 1])


def test_no_window_reaches_over_the_end_of_a_group():
    groups = torch.arange(20) // 10
    found = lagged(ramp(groups=groups), lags=4, horizon=2)
    assert torch.equal(groups[found.origin - 3], groups[found.origin + 2])
    assert len(found.y) == 10 < len(lagged(ramp(), lags=4, horizon=2).y)
    with pytest.raises(ValueError, match="series of at least 30 rows, found 20"):
        lagged(ramp(), lags=20, horizon=10)


def test_no_target_of_a_part_lies_in_a_later_one():
    found = lagged(ramp(60), lags=5, horizon=4)
    train, valid, test = in_time(found)
    ends = found.origin + found.horizon
    assert ends[train].max() <= found.origin[valid].min()
    assert ends[valid].max() <= found.origin[test].min()
    assert test[-1] == len(found.y) - 1
    with pytest.raises(ValueError, match="the series is too short"):
        in_time(found.part(torch.arange(3)))


def test_a_part_is_the_same_windows():
    found, rows = lagged(ramp(), lags=4), torch.tensor([2, 5])
    part = found.part(rows)
    assert part.horizon == found.horizon
    assert torch.equal(part.x, found.x[rows])
    assert torch.equal(part.origin, found.origin[rows])


def test_blocks_are_means_and_need_two():
    assert blocks(torch.arange(7.0), 3) == [1, 4]
    with pytest.raises(ValueError, match="at least two blocks, found 5 values"):
        blocks(torch.arange(5.0), 3)


def test_two_rows_and_one_ahead_are_the_least():
    series = Series(torch.arange(6.0)[:, None], ["x"], 1.0, time=torch.arange(6).double())
    found = lagged(series, lags=2)
    assert found.x[..., 0].tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert found.y.tolist() == [2, 3, 4, 5]
    assert (found.horizon, found.base.tolist()) == (1, [0] * 4)
    assert lagged(series, lags=5).y.tolist() == [5]
    for given in ({"lags": 1}, {"lags": 2, "horizon": 1.0}, {"lags": 2.5}):
        with pytest.raises(ValueError, match="lagged: "):
            lagged(series, **given)
    with pytest.raises(ValueError, match=r"at least 7 rows, found 6"):
        lagged(series, lags=5, horizon=2)


@pytest.mark.parametrize("horizon", [0, -1, True])
def test_a_target_lies_at_least_one_row_ahead(horizon):
    said = f"^lagged: horizon must be a whole number from 1, found horizon={horizon}$"
    with pytest.raises(ValueError, match=said):
        lagged(ramp(), lags=2, horizon=horizon)
    with pytest.raises(
        ValueError, match="^lagged: lags must be a whole number from 2, found lags=1$"
    ):
        lagged(ramp(), lags=1)


def test_parts_are_cut_at_their_shares_of_the_origins():
    found = lagged(ramp(102), lags=2)  # origins 1 to 100
    train, valid, test = in_time(found)
    assert (found.origin[train[0]], found.origin[train[-1]]) == (1, 50)
    assert (found.origin[valid[0]], found.origin[valid[-1]]) == (51, 70)
    assert (found.origin[test[0]], found.origin[test[-1]]) == (71, 100)
    train, valid, test = in_time(found, (0.2, 0.3))
    assert [len(part) for part in (train, valid, test)] == [20, 30, 50]
    said = "^in_time: expected windows for all three parts, found 99, 0 and 1 of 100; the series is"
    with pytest.raises(ValueError, match=said):
        in_time(found, (0.99, 0.0))


def test_blocks_have_a_length_and_leave_the_rest_out():
    with pytest.raises(
        ValueError, match="^blocks: length must be a whole number from 1, found length=0"
    ):
        blocks(torch.arange(5.0), 0)
    assert blocks(torch.arange(3.0), 1) == [0, 1, 2]
    assert blocks(torch.arange(4.0), 2) == [0.5, 2.5]
    with pytest.raises(
        ValueError, match=r"^blocks\(length=3\): expected at least two blocks, found 3"
    ):
        blocks(torch.arange(3.0), 3)
