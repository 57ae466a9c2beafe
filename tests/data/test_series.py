import pytest
import torch

from helpers.data.series import series, series_again


def test_rows_are_sorted_by_time_and_numbered_as_in_the_file(write):
    data = series(write("day,co2,t\n3,410.5,1.5\n1,400.5,2.5\n2,405.5,9.5\n"), "day")
    assert data.time.tolist() == [1, 2, 3]
    assert data.x.tolist() == [[400.5, 2.5], [405.5, 9.5], [410.5, 1.5]]
    assert (data.rows, data.step, data.features) == ([3, 4, 2], 1, ["co2", "t"])
    assert "sorted by time" in str(data.report)


def test_dates_and_several_series(write):
    text = "site,when,x\nb,2024-01-02,4.5\na,2024-01-01,1.5\nb,2024-01-01,3.5\na,2024-01-02,2.5\n"
    with pytest.raises(ValueError, match="pass groups='site'"):
        series(write(text), "when")
    data = series(write(text), "when", groups="site")
    assert data.x[:, 0].tolist() == [1.5, 2.5, 3.5, 4.5]
    assert (data.groups.tolist(), data.step) == ([0, 0, 1, 1], 1)
    again = series_again(write("site,when,x\nc,2024-01-02,7.5\nc,2024-01-03,8.5\n"), data.decisions)
    assert again.x[:, 0].tolist() == [7.5, 8.5]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("t,x\n1,5.5\n2,6.5\n4,7.5\n5,8.5\n", "expected equal steps of 1, found 2 between rows 3 and 4"),
        ("t,x\n1,5.5\n2,6.5\n2,7.5\n", "rows 3 and 4 have one time"),
        ("t,x\n1,5.5\n2,low\n", "row 3, column 'x': expected a number, found 'low'"),
        ("t,x\n1,low\n2,high\n", "column 'x' holds text .'low'., expected numbers"),
        ("t,x\n1,5.5\n,6.5\n", "row 3, column 't': expected a time, found none"),
        ("t,x\n1,5.5\n2,-999\n3,5.6\n", "found -999"),
        ("t\n1\n2\n", "no column besides the time"),
        ("t,x\n1.1.24,5.5\n2.1.24,6.5\n", "expected a number or an ISO date"),
    ],
)  # fmt: skip
def test_what_is_no_series(write, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        series(write(text), "t")


def test_gaps_may_be_allowed(write):
    data = series(write("t,x\n1,5.5\n2,6.5\n4,7.5\n"), "t", gaps=True)
    assert torch.equal(data.time, torch.tensor([1.0, 2, 4]).double())
