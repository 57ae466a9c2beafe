import pandas
import pytest

from helpers.data.cells import Reading
from helpers.data.meaning import check_meaning


@pytest.mark.parametrize(
    ("name", "cells", "sentence"),
    [
        ("ward", "01 02 07", "looks like a code"),
        ("id", "7 9 12 40 41", "like an identifier"),
        ("k", "0 1 2 3 4", "counts the rows"),
        ("day", "20210105 20210106", "may be dates"),
        ("well", "1E5 2E3", "a name with an E"),
        ("version", "1.1 1.10 1.2", "two versions"),
        ("price", "950 1.234 2.500", "thousands='.'"),
        ("mass", "7 9 12 40 41", None),
        ("dose", "0.5 1.25 3", None),
        ("dose", "0.123 1 0.5", None),
    ],
)
def test_numbers_that_may_be_no_measurements_are_asked_about(name, cells, sentence):
    cells = pandas.Series(cells.split(), name=name)
    if sentence is None:
        check_meaning("t", "a.csv", cells, cells.astype(float), Reading())
        return
    with pytest.raises(ValueError, match=sentence):
        check_meaning("t", "a.csv", cells, cells.astype(float), Reading())


def asked(name, texts, reading=None):
    """The sentence about a column, None where nothing is asked."""
    cells = pandas.Series(texts.split(), name=name, index=range(2, len(texts.split()) + 2))
    values = cells.str.replace(",", ".").astype(float)
    try:
        check_meaning("t", "a.csv", cells, values, reading or Reading())
    except ValueError as error:
        return str(error)
    return None


def test_each_question_says_where_what_and_what_to_pass():
    either = "pass numeric=('{0}',) if it measures something, {1}=('{0}',) if not"
    assert asked("ward", "12 7 +02") == (
        "t: a.csv, row 4, column 'ward': expected a number, found '+02', which looks like a code; "
        "pass categorical=('ward',) or numeric=('ward',)"
    )
    assert asked("well", "3 1E5 2E3") == (
        "t: a.csv, row 3, column 'well': expected a number, found '1E5', which may be a name with "
        "an E in it; " + either.format("well", "categorical")
    )
    assert asked("v", "1.2 1.10 1.1") == (
        "t: a.csv, row 3, column 'v': expected a number, found '1.10', and '1.1', which may be two "
        "versions; " + either.format("v", "categorical")
    )
    assert asked("p", "950 1.234 2.500") == (
        "t: a.csv, row 3, column 'p': expected a number, found '1.234', which may be thousands; pass "
        "thousands='.', decimal=',' if so; " + either.format("p", "categorical")
    )
    assert asked("id", "7 9 12 40 41") == (
        "t: a.csv, column 'id' has another number in every row (first 7), like an identifier; "
        + either.format("id", "drop")
    )
    assert asked("k", "1 2 3 4 5") == (
        "t: a.csv, column 'k' counts the rows (1, 2, ...), like the index that pandas writes; "
        + either.format("k", "drop")
    )
    assert asked("day", "20210105 20210106") == (
        "t: a.csv, column 'day' holds numbers like 20210105, which may be dates; pass "
        "dates={'day': '%Y%m%d'} or numeric=('day',)"
    )


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("id", "7 9 12 40"), ("id", "7 9 12 40 40"), ("id", "7 9 12 40 41.5"), ("k", "0 1 2 3"),
        ("k", "2 3 4 5 6"), ("k", "0 1 2 3 5"), ("k", "0 2 4 6 8"), ("day", "20210105 7"),
        ("day", "20211305 20211306"), ("day", "18991230 18991231"), ("a", "0 0.5 10"),
        ("a", "1.5E3 2"), ("a", "1.10 1.20"), ("a", "1 1.0"), ("a", "1.234 2.500"),
        ("a", "950 1.2345"), ("a", "0.123 7.5"), ("a", "1.50 1.51"),
    ],
)  # fmt: skip
def test_what_is_harmless_is_not_asked_about(name, texts):
    assert asked(name, texts) is None


def test_thousands_are_asked_about_only_where_nobody_has_said():
    assert asked("p", "950 1.234") is not None
    assert asked("p", "950 1.234", Reading(".", ",")) is None
    assert asked("p", "950 1.234", Reading(",", ".")) is None
