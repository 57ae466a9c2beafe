import pandas
import pytest

from helpers.data.cells import Reading
from helpers.data.columns import Column, ask_about_words, check_range, decide, encode, kind_of


def cells(*texts):
    return pandas.Series(texts, index=range(2, len(texts) + 2), name="a")


def test_a_column_is_decided_once_and_encoded_again():
    reading = Reading(impute="median", rare=2)
    column = decide("t", "f", cells("x", "y", "x", "", "z"), reading)
    assert column.categories == ("missing", "other", "x")
    again = encode("t", "f", cells("q", "x"), column, reading)
    assert {name: values.tolist() for name, values in again.items()} == {
        "a=missing": [0, 0], "a=other": [1, 0], "a=x": [0, 1],
    }  # fmt: skip
    column = decide("t", "f", cells("1", "2", "9"), reading)
    assert column == Column("a", "number", fill=2.0, low=1.0, high=9.0)
    assert encode("t", "f", cells("", "4"), column, reading)["a"].tolist() == [2, 4]


def test_a_new_date_counts_from_the_first_file():
    reading = Reading(dates={"a": "ISO8601"})
    column = decide("t", "f", cells("2024-01-11", "2024-01-01"), reading)
    assert encode("t", "f", cells("2024-02-01"), column, reading)["a"].tolist() == [31]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (("1", "2", "-999"), -999), (("0", "5000", "-999"), -999), (("5", "5", "-9999"), -9999),
        (("0", "4", "-1"), None), (("30", "41", "-1"), -1), (("-500", "700", "-999"), None),
        (("98", "99", "97"), None), (("1", "3", "2"), None), (("0.1", "0.2", "1e20"), 1e20),
        (("-3", "12", "32767", "-32768"), None),
    ],
)  # fmt: skip
def test_codes_far_from_the_rest(texts, code):
    values = cells(*texts).astype(float)
    if code is None:
        assert check_range("t", "f", values, Reading()) is None
        return
    with pytest.raises(ValueError, match=f"found {code:g} ".replace("+", r"\+")):
        check_range("t", "f", values, Reading())


def test_digits_lost_in_float32():
    near = cells(*(f"{k}e-60" for k in range(4))).astype(float)
    with pytest.raises(ValueError, match="4 different values from 0 to 3e-60 become 1 in float32"):
        check_range("t", "f", near, Reading())
    assert check_range("t", "f", near, Reading(numeric=("a",))) is None


def test_kinds_and_words():
    assert kind_of("t", "f", cells("1", "NA"), Reading()) == "number"
    assert kind_of("t", "f", cells("3T3", "HeLa"), Reading()) == "category"
    with pytest.raises(ValueError, match="found '5 mg', which looks like both"):
        kind_of("t", "f", cells("5 mg", "7 mg"), Reading())
    with pytest.raises(ValueError, match="row 3, column 'a': expected a category, found 'none'"):
        ask_about_words("t", "f", cells("x", "none"), Reading())
    assert ask_about_words("t", "f", cells("x", "none"), Reading(missing=())) is None
    with pytest.raises(ValueError, match="named both in dates and numeric"):
        decide("t", "f", cells("1", "2"), Reading(dates={"a": "s"}, numeric=("a",)))
