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


def told(call):
    with pytest.raises(ValueError) as caught:
        call()
    return str(caught.value)


def test_what_was_read_is_reported(write):
    text = "site,day,x,y,z\na,1,0.5,2.5,p\na,2,1.5,3.5,q\nb,1,4.5,5.5,p\nb,2,6.5,7.5,q\n"
    data = series(write(text), "day", groups="site", drop="z")
    assert data.report.head == ("column", "read as", "sample")
    assert data.report.lines == [
        ("site", "groups", "a"), ("day", "time", "1"), ("x", "number", "0.5"), ("y", "number", "2.5"),
        ("z", "ignored", "p"),
    ]  # fmt: skip
    assert data.report.notes == ["4 rows", "step 1"]
    assert data.decisions["drop"] == ("z",)
    assert (data.decisions["gaps"], data.decisions["separator"], data.decisions["step"]) == (
        False,
        ",",
        1,
    )
    assert (data.rows, data.groups.tolist()) == ([2, 3, 4, 5], [0, 0, 1, 1])
    assert data.path.endswith("mice.csv")
    plain = series(write("day,x\n1,0.5\n3,1.5\n"), "day")
    assert (plain.groups, plain.step, plain.report.notes) == (None, 2, ["2 rows", "step 2"])
    assert plain.x.dtype == torch.float32


def test_new_files_are_read_as_the_first(write):
    data = series(
        write("day;x;y\n1;0,5;9\n2;1,5;8\n"),
        "day",
        decimal=",",
        separator=";",
        drop="y",
        numeric="x",
    )
    again = series_again(write("day;x\n5;2,5\n6;3,5\n"), data.decisions)
    assert again.x[:, 0].tolist() == [2.5, 3.5]
    assert told(
        lambda: series_again(write("day;x;new\n5;2,5;1\n6;3,5;1\n"), data.decisions)
    ).endswith("has a column 'new' that the first file had not, expected day, x")
    assert told(lambda: series_again(write("day;x\n5;2,5\n7;3,5\n"), data.decisions)).endswith(
        "column 'day': expected steps of 1 as in the first file, found 2"
    )
    near = series_again(write("day;x\n5;2,5\n6.0009;3,5\n".replace(".", ",")), data.decisions)
    assert near.step == pytest.approx(1.0009)
    loose = series(write("day,x\n1,0.5\n2,1.5\n"), "day", gaps=True)
    assert series_again(write("day,x\n1,0.5\n4,1.5\n"), loose.decisions).step == 3
    bare = {k: v for k, v in data.decisions.items() if k != "step"}
    assert series_again(write("day;x\n5;2,5\n9;3,5\n"), bare).step == 4
    assert "no column 'x'" in told(lambda: series_again(write("day\n1\n2\n"), data.decisions))


def test_steps_and_times_that_stand_twice_are_told_word_by_word(write):
    assert told(lambda: series(write("t,x\n1,5.5\n2,6.5\n2,7.5\n"), "t")).endswith(
        "column 't': rows 3 and 4 have one time; name the column that tells series apart with groups=, "
        "remove one if it is a copy, or write the zone if the clock was set back"
    )
    assert told(lambda: series(write("t,x\n1,5.5\n2,6.5\n4,7.5\n5,8.5\n"), "t")).endswith(
        "column 't': expected equal steps of 1, found 2 between rows 3 and 4; fill the gap, or pass gaps=True"
    )
    assert told(lambda: series(write("s,t,x\na,1,5.5\nb,1,6.5\n"), "t", groups="s")).endswith(
        "has one row a series, expected at least two"
    )
    assert series(write("t,x\n1,5.5\n2,6.5\n3.0009,7.5\n"), "t").step == pytest.approx(1, abs=1e-3)
    assert "found 1.0021" in told(
        lambda: series(write("t,x\n1,5.5\n2,6.5\n3,7\n4.0021,7.5\n"), "t")
    )
    both = "s,t,x\na,1,5.5\na,2,6.5\nb,2,1.5\nb,3,2.5\n"  # one time in two series
    assert series(write(both), "t", groups="s").x[:, 0].tolist() == [5.5, 6.5, 1.5, 2.5]
    assert told(lambda: series(write("t,x\n1,low\n2,high\n"), "t")).endswith(
        "column 'x' holds text ('low'), expected numbers; pass drop=('x',) or groups='x'"
    )


def test_missing_values_are_filled_or_refused(write):
    text = "t,x\n1,5.5\n2,\n3,9.5\n"
    assert series(write(text), "t", impute="median").x[:, 0].tolist() == [5.5, 7.5, 9.5]
    assert "a missing value" in told(lambda: series(write(text), "t"))
    gone = series(write("t,x\n1,5.5\n2,gone\n3,9.5\n"), "t", impute="median", missing="gone")
    assert gone.x[1, 0] == 7.5
    dated = series(write("d,x\n03.01.1970,5.5\n04.01.1970,6.5\n"), "d", dates={"d": "%d.%m.%Y"})
    assert dated.time.tolist() == [2, 3]
    for name in ("drop", "numeric"):
        assert "no column 'q'" in told(lambda name=name: series(write(text), "t", **{name: "q"}))
        assert told(lambda name=name: series(write(text), "t", **{name: 3})).startswith(
            f"series: {name} must be a text or several"
        )
    assert told(lambda: series(write(text), "t", missing=[None])).startswith(
        "series: missing must be"
    )


def test_sentences_begin_with_the_reader_and_the_file(write):
    def sentence(text, **said):
        path = write(text)
        return told(lambda: series(path, "t", **said)).replace(str(path), "FILE")

    assert (
        sentence("t,x\n1,5.5\n,6.5\n")
        == "series: FILE, row 3, column 't': expected a time, found none"
    )
    assert sentence("s,t,x\na,1,5.5\n,2,6.5\n", groups="s") == (
        "series: FILE, row 3, column 's': expected a group, found ''"
    )
    assert sentence("t,x\n1,5.5\n2,low\n").startswith(
        "series: FILE, row 3, column 'x': expected a number, found 'low'"
    )
    assert (
        sentence("t\n1\n2\n") == "series: FILE has no column besides the time and the dropped ones"
    )
    assert sentence("q,x\n1,5.5\n2,6.5\n") == "series: FILE has no column 't', its columns are q, x"
