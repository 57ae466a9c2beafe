import pandas
import pytest

from helpers.data.cells import (
    Reading,
    _all_plain,
    hint,
    is_missing,
    is_number,
    numbers,
    read_values,
    refuse,
)


def cells(*texts, name="a"):
    return pandas.Series(texts, index=range(2, len(texts) + 2), name=name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-1.5", -1.5), ("+2e3", 2000), (".5", 0.5), ("5.", 5), ("\u22123", -3),
        ("1,5", None), ("1_000", None), ("0x10", None), ("٣", None), ("1 ", None), ("e5", None),
    ],
)  # fmt: skip
def test_what_is_a_number(text, value):
    found = numbers(cells(text), Reading()).iloc[0]
    assert is_number(cells(text), Reading()).iloc[0] == (value is not None)
    assert found == value or (value is None and found != found)


@pytest.mark.parametrize(
    ("text", "value"), [("1.234,5", 1234.5), ("12,5", 12.5), ("1.23,5", None), ("1.5", None), ("1234", 1234)]
)  # fmt: skip
def test_thousands_stand_in_threes(text, value):
    found = numbers(cells(text), Reading(",", ".")).iloc[0]
    assert found == value or (value is None and found != found)


def test_what_is_missing_depends_on_the_kind():
    texts = cells("", "NA", "Na", "0", "-999.0")
    assert is_missing(texts, Reading(), "number").tolist() == [True, True, False, False, False]
    assert is_missing(texts, Reading(), "category").tolist() == [True, False, False, False, False]
    said = Reading(missing=("-999",))
    assert is_missing(texts, said, "number").tolist() == [True, False, False, False, True]


def test_values_of_each_kind_and_their_errors():
    assert read_values("t", "f", cells("10%", "5 %"), "percent", Reading()).tolist() == [0.1, 0.05]
    with pytest.raises(ValueError, match="row 3, column 'a': expected a share with %, found '0.1'"):
        read_values("t", "f", cells("10%", "0.1"), "percent", Reading())
    days = Reading(dates={"a": "%d/%m/%Y"})
    assert read_values("t", "f", cells("02/01/1970"), "date", days).tolist() == [1]
    with pytest.raises(ValueError, match="row 2, column 'a': expected a date as '%d/%m/%Y'"):
        read_values("t", "f", cells("01/13/1970"), "date", days)
    assert read_values("t", "f", cells("43200"), "date", Reading(dates={"a": "s"})).tolist() == [
        0.5
    ]
    with pytest.raises(ValueError, match="dates={'a': '%'} is no format of dates"):
        read_values("t", "f", cells("1"), "date", Reading(dates={"a": "%"}))
    with pytest.raises(ValueError, match="expected a finite number, found 'inf'"):
        read_values("t", "f", cells("inf"), "number", Reading())
    with pytest.raises(ValueError, match="f, row 2, column 'a': expected x, found y"):
        refuse("t", "f", cells("1"), 2, "x", "y")


def test_hints_fit_what_was_found():
    assert "decimal=','" in hint("a", "1,5")
    assert "percent=('a',)" in hint("a", "5%")
    assert "'ISO8601'" in hint("a", "2024-01-31 12:00")
    assert "dates=" in hint("a", "31.1.24")
    assert hint("a", "Maria 1") is None
    assert hint("a", "high") is None


def test_words_of_the_caller_are_checked():
    with pytest.raises(ValueError, match="decimal must be '.' or ',' and differ from thousands"):
        Reading(decimal=",", thousands=",")
    with pytest.raises(ValueError, match="differ from thousands, a text or None, found .*=3"):
        Reading(thousands=3)
    with pytest.raises(ValueError, match="impute must be None or 'median', found 'mean'"):
        Reading(impute="mean")
    for rare in ("x", 0, 2.5, True):
        with pytest.raises(
            ValueError, match="rare must be a number of rows, 1 or more, or None, found"
        ):
            Reading(rare=rare)
    for dates in (3, ["day"], {"day": 3}, {1: "%Y"}):
        with pytest.raises(ValueError, match="dates must be a dict from a column to its format"):
            Reading(dates=dates)


def test_plain_columns_are_read_as_all_others(monkeypatch):
    """One pattern for a whole column is a short cut: with it and without, the same numbers."""
    cells = [
        "1",
        "-2.5",
        "1e3",
        "0.10",
        "007",
        "",
        "1\n2",
        " 1",
        "+1",
        "1_0",
        "nan",
        "٣",
        "1.",
        ".5",
    ]
    columns = [[a, b] for a in cells for b in cells]
    quick = [numbers(pandas.Series(column), Reading()).tolist() for column in columns]
    taken = sum(_all_plain(pandas.Series(column), Reading()) for column in columns)
    monkeypatch.setattr("helpers.data.cells._all_plain", lambda cells, reading: False)
    slow = [numbers(pandas.Series(column), Reading()).tolist() for column in columns]
    assert str(quick) == str(slow)
    assert taken == 25, "five cells are plain"
    assert not _all_plain(pandas.Series(["1"]), Reading(",", "."))
