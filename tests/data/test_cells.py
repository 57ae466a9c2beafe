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


def sentence_of(call):
    with pytest.raises(ValueError) as caught:
        call()
    return str(caught.value)


def test_dates_are_read_in_every_form():
    for form, text, days in [
        ("s", "86400", 1), ("ms", "86400000", 1), ("%d.%m.%Y", "03.01.1970", 2),
        ("ISO8601", "1970-01-02T12:00", 1.5), ("ISO8601", "1970-01-02T12:00+12:00", 1),
        ("%Y-%m-%d", "1969-12-31", -1), ("%d.%m.%y", "02.01.70", 1),
    ]:  # fmt: skip
        reading = Reading(dates={"a": form})
        assert read_values("t", "f", cells(text), "date", reading).tolist() == [days]
    gone = read_values(
        "t", "f", cells("1970-01-02", "", "NA"), "date", Reading(dates={"a": "ISO8601"})
    )
    assert gone.isna().tolist() == [False, True, True]


def test_dates_that_could_be_read_in_two_ways_are_refused():
    def told(form, *texts):
        return sentence_of(
            lambda: read_values("t", "f", cells(*texts), "date", Reading(dates={"a": form}))
        )

    assert told("mixed", "1.2.2020") == (
        "table: dates={'a': 'mixed'} would guess day and month, expected a format such as '%d.%m.%Y'"
    )
    assert told("ISO8601", "2020-01-01T10:00Z", "", "2020-01-01T11:00") == (
        "table: row 4, column 'a': expected a date with a time zone like '2020-01-01T10:00Z', found "
        "'2020-01-01T11:00'; write all with one, or all without"
    )
    assert told("%d.%m.%y", "02.01.70", "02.01.68") == (
        "table: row 3, column 'a': expected a year of four digits, found '02.01.68', which "
        "'%d.%m.%y' reads as 2068; write the century, and '%Y'"
    )
    assert told("%", "1").startswith("table: dates={'a': '%'} is no format of dates (")
    assert told("%", "1").endswith("), expected one such as '%d.%m.%Y', 'ISO8601', 's' or 'ms'")
    future = Reading(dates={"a": "%Y"})
    assert read_values("t", "f", cells("2100"), "date", future).iloc[0] > 0
    assert told("%d.%m.%Y", "1.1.2020", "x") == (
        "t: f, row 3, column 'a': expected a date as '%d.%m.%Y', found 'x'"
    )


def test_numbers_and_shares_that_are_none_are_refused_with_what_to_pass():
    def told(kind, *texts, **said):
        return sentence_of(lambda: read_values("t", "f", cells(*texts), kind, Reading(**said)))

    assert told("number", "1", "1,5").startswith(
        "t: f, row 3, column 'a': expected a number, found '1,5'; pass dec"
    )
    assert told("number", "1", "x") == "t: f, row 3, column 'a': expected a number, found 'x'"
    assert told("percent", "1%", "1,5") == (
        "t: f, row 3, column 'a': expected a share with %, found '1,5'"
    )
    assert told("number", "1", "-inf") == (
        "t: f, row 3, column 'a': expected a finite number, found '-inf'"
    )
    found = read_values("t", "f", cells("1", "NA", "-7"), "number", Reading(missing=("-7", "NA")))
    assert found.isna().tolist() == [False, True, True]
    shares = read_values("t", "f", cells("50 %", ""), "percent", Reading())
    assert shares.iloc[0] == 0.5
    assert shares.isna().iloc[1]


@pytest.mark.parametrize(
    ("cell", "advice"),
    [
        ("1.234", "decimal=',', thousands='.' if the points divide thousands"),
        ("1.234,5", "decimal=',', thousands='.' if the points divide thousands"),
        ("-1,5", "decimal=',' if the comma is a decimal one, thousands=',' if it divides thousands"),
        ("1,234.5", "decimal=',' if the comma is a decimal one, thousands=',' if it divides thousands"),
        ("1'234", 'thousands="\'" if "\'" divides thousands'),
        ("1_234.5", "thousands='_' if '_' divides thousands"),
        ("5 %", "percent=('a',) to read 10 % as 0.1"),
        ("2024-01-31", "dates={'a': 'ISO8601'} if it is a date"),
        ("12:30", "dates={'a': '%d.%m.%Y'}, or the format that it has, if it is a date, categorical=('a',) if it is a name"),
        ("3 MAR", "dates={'a': '%d.%m.%Y'}, or the format that it has, if it is a date, categorical=('a',) if it is a name"),
        ("mar 2024", "dates={'a': '%d.%m.%Y'}, or the format that it has, if it is a date, categorical=('a',) if it is a name"),
        ("march", None), ("1.23.4", "dates="), ("x5", None),
    ],
)  # fmt: skip
def test_advice_for_each_kind_of_text(cell, advice):
    found = hint("a", cell)
    assert found == advice or (advice == "dates=" and found.startswith(advice))


def test_blanks_divide_thousands_whichever_they_are():
    for blank in " \u00a0\u202f\u2009":
        assert numbers(cells("1\u00a0234", "12\u2009345"), Reading(thousands=blank)).tolist() == [
            1234,
            12345,
        ]
    assert numbers(cells("1'234'567"), Reading(thousands="'")).tolist() == [1234567]
    assert numbers(cells("1.234"), Reading(",", ".")).tolist() == [1234]
    assert is_number(cells("inf", "-Infinity", "INF"), Reading(",")).tolist() == [True, True, False]


def test_missing_words_of_the_caller_replace_the_usual_ones():
    texts = cells("", "NA", "-9", "-9.0", "x")
    for missing, kind, gone in [
        (None, "number", [1, 1, 0, 0, 0]), (None, "percent", [1, 1, 0, 0, 0]), (None, "date", [1, 1, 0, 0, 0]),
        (None, "category", [1, 0, 0, 0, 0]), ((), "number", [1, 0, 0, 0, 0]),
        ((-9,), "number", [1, 0, 1, 1, 0]), ((-9,), "category", [1, 0, 1, 0, 0]),
        (("x", -9), "number", [1, 0, 1, 1, 1]),
    ]:  # fmt: skip
        found = is_missing(texts, Reading(missing=missing), kind)
        assert found.astype(int).tolist() == gone


def test_a_reading_as_it_is_without_a_word():
    usual = Reading()
    assert (usual.decimal, usual.thousands, usual.missing, usual.impute, usual.rare) == (
        ".",
        None,
        None,
        None,
        None,
    )
    assert (usual.numeric, usual.categorical, usual.percent, usual.dates) == ((), (), (), {})
    assert Reading(rare=1).rare == 1
    with pytest.raises(
        ValueError,
        match="^table: decimal must be '.' or ',' and differ from thousands, a text or None, found decimal=';', thousands=None$",
    ):
        Reading(decimal=";")
