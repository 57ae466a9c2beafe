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


def sentence_of(call):
    with pytest.raises(ValueError) as caught:
        call()
    return str(caught.value)


def told(texts, **said):
    """The sentence with which a column of these texts is refused."""
    return sentence_of(lambda: decide("t", "f", cells(*texts), Reading(**said)))


def test_each_refusal_names_row_column_and_what_to_pass():
    assert sentence_of(lambda: kind_of("t", "f", cells("", ""), Reading())) == (
        "t: f, column 'a' has no value at all, pass drop=('a',)"
    )
    assert "row 2, column 'a'" in told(("mg", "1", "2"))
    assert "remove this row if it holds units" in told(("mg", "1", "2"))
    assert "row 3, column 'a'" in told(("1", "about 5", "2"))
    assert "write a number without signs and units" in told(("1", "about 5", "2"))
    assert "pass missing=('high',) if it means that there is no value" in told(("1", "high", "2"))
    assert "write days or hours as a number" in sentence_of(
        lambda: kind_of("t", "f", cells("2024-01-01", "2024-01-02"), Reading(), True)
    )
    assert "task='classification'" in sentence_of(
        lambda: kind_of("t", "f", cells("5 mg", "7 mg"), Reading(), True)
    )
    assert ask_about_words("t", "f", cells("-", "+", "-"), Reading()) is None
    assert told(("x", "x", "x")) == (
        "t: f, column 'a' holds 'x' in every row and tells nothing, pass drop=('a',)"
    )
    assert "holds only the value 7, pass drop=" in told(("7", "7.0"))
    assert "named both in dates and numeric" in told(("1", "2"), dates={"a": "s"}, numeric=("a",))


def test_categories_are_refused_where_they_say_nothing_or_too_much():
    missing = told(("x", "", "y"))
    assert missing.startswith("t: f, row 3, column 'a': expected a category, found a missing value")
    assert missing.endswith("pass impute='median' to make 'missing' a category")
    assert "has another text in every row (first 'v')" in told(("v", "w", "x", "y", "z"))
    assert decide("t", "f", cells("v", "w", "x", "y"), Reading()).categories == ("v", "w", "x", "y")
    alike = told(("Red", "red", "blue"))
    assert alike == (
        "t: f, column 'a' holds 'Red' and 'red'; make them alike, or pass categorical=('a',) if "
        "they are two categories"
    )
    assert "they are two categories" not in told(("red", "red ", "blue"), categorical=("a",))
    assert "rare=3 joins all its texts, pass drop=('a',)" in told(("x", "y", "x", "y"), rare=3)
    many = [f"text {chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(300)]
    assert "different texts, expected at most" in told((*many, *many))


def test_new_rows_are_refused_with_what_the_first_file_knew():
    reading = Reading()
    column = decide("t", "f", cells("x", "y", "x"), reading)
    assert sentence_of(lambda: encode("t", "g", cells("x", "q"), column, reading)) == (
        "t: g, row 3, column 'a': expected one of x, y, found 'q'"
    )
    column = decide("t", "f", cells("1", "2", "9"), reading)
    assert encode("t", "g", cells("50"), column, reading)["a"].tolist() == [50]
    found = sentence_of(lambda: encode("t", "g", cells("3", "-999"), column, reading))
    assert found == (
        "t: g, row 3, column 'a': expected a number like those of the first file (1 to 9), found "
        "'-999'; leave the row out if there is no value"
    )
    found = sentence_of(lambda: encode("t", "g", cells("3", ""), column, reading))
    assert found.startswith(
        "t: g, row 3, column 'a': expected a number, found a missing value ('')"
    )
    huge = sentence_of(lambda: check_range("t", "f", cells("1", "1e39").astype(float), reading))
    assert huge.startswith("t: f, row 3, column 'a': expected at most ")
    assert "(float32), found 1e+39" in huge


def test_dates_and_numbers_keep_their_first_day_and_their_ends():
    reading = Reading(dates={"a": "ISO8601"}, impute="median")
    column = decide("t", "f", cells("2024-01-11", "2024-01-01", ""), reading)
    assert (column.kind, column.high - column.low, column.fill) == ("date", 10, 5)
    assert encode("t", "f", cells("", "2024-01-03"), column, reading)["a"].tolist() == [5, 2]
    plain = decide("t", "f", cells("4", "8", "6"), Reading())
    assert plain == Column("a", "number", low=4.0, high=8.0)
    assert (plain.fill, plain.first) == (None, 0.0)


def test_the_largest_number_of_float32_is_still_a_number():
    from helpers.data.columns import LARGEST

    values = cells("1", "2", "3").astype(float)
    values.iloc[2] = LARGEST
    assert check_range("t", "f", values, Reading(numeric=("a",))) is None
    values.iloc[2] = -1.01 * LARGEST
    with pytest.raises(ValueError, match="row 4, column 'a': expected at most"):
        check_range("t", "f", values, Reading(numeric=("a",)))


def test_each_refusal_is_told_word_by_word():
    index = pandas.Series(["0", "1", "2"], index=[2, 3, 4], name="Unnamed: 3")
    assert sentence_of(lambda: decide("t", "f", index, Reading())) == (
        "t: f, column 4 has no name in the header (first value '0'), like the index that pandas "
        "writes; pass drop=('Unnamed: 3',) or name it"
    )
    named = decide("t", "f", index, Reading(numeric=("Unnamed: 3",)))
    assert named.kind == "number"
    assert told(("5 mg", "7 mg")) == (
        "t: f, row 2, column 'a': expected a number with a decimal '.', or a name, found '5 mg', "
        "which looks like both; pass categorical=('a',) or drop=('a',)"
    )
    assert told(("x", "none", "y")) == (
        "t: f, row 3, column 'a': expected a category, found 'none'; pass missing=('none',) if it "
        "means that there is no value, missing=() if it is a category"
    )
    assert told(("x", "NA", "none", "q"), missing=("q",), impute="median") == (
        "t: f, row 3, column 'a': expected a category, found 'NA'; pass missing=('q', 'NA', 'none') "
        "if it means that there is no value, categorical=('a',) (or classes=, of a target) if it is "
        "a category"
    )
    assert told(("1", "high", "2")) == (
        "t: f, row 3, column 'a': expected a number, found 'high'; pass missing=('high',) if it "
        "means that there is no value"
    )
    assert told(("1", "about 5", "2")).endswith(
        "found 'about 5'; write a number without signs and units, or pass categorical=('a',)"
    )
    assert told(("x", "x2", "1")).endswith("pass missing=('x',) if it means that there is no value")
    assert told(("1,5", "2,5")).endswith("thousands=',' if it divides thousands")
    assert told(("NA", ""), numeric=("a",)).endswith("column 'a' holds no value, pass drop=('a',)")
    assert told(("3", "4", "-999", "5", "-999")) == (
        "t: f, row 4, column 'a': expected a measurement, found -999 (2 times), far from the rest; "
        "pass missing=('-999',) if it means that there is no value, numeric=('a',) if it is one"
    )
    assert "pass missing=('NA', '-999')" in told(("3", "4", "-999", "5"), missing=("NA",))


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("1", "2"), "number"), (("1.5", "-2e3"), "number"), (("a", "b"), "category"),
        (("a1", "b2"), "category"), (("", "1", "2"), "number"), (("NaN", "1"), "number"),
    ],
)  # fmt: skip
def test_the_kind_of_a_column(texts, kind):
    assert kind_of("t", "f", cells(*texts), Reading()) == kind


def test_a_date_to_be_predicted_is_written_as_a_number():
    texts = cells("2024-01-01", "2024-01-02")
    plain = sentence_of(lambda: kind_of("t", "f", texts, Reading()))
    assert plain.endswith("found '2024-01-01'; pass dates={'a': 'ISO8601'} if it is a date")
    target = sentence_of(lambda: kind_of("t", "f", texts, Reading(), target=True))
    assert target.endswith(
        "found '2024-01-01'; write days or hours as a number if it is a date or time, pass "
        "task='classification' if it names a class"
    )


def test_words_are_asked_about_unless_somebody_said():
    words = cells("x", "none")
    assert ask_about_words("t", "f", words, Reading(missing=("none",))) is None
    assert ask_about_words("t", "f", words, Reading(missing=("NA",)), said=True) is None
    assert "expected a category" in sentence_of(
        lambda: ask_about_words("t", "f", words, Reading(missing=("NA",)))
    )
    assert "expected a category" in sentence_of(
        lambda: ask_about_words("t", "f", words, Reading(), said=True)
    )
    assert "'-'" in sentence_of(lambda: ask_about_words("t", "f", cells("-", "x"), Reading()))
    many = ("NA", "nan", "null", "none", "?", "nd")
    asked = sentence_of(lambda: ask_about_words("t", "f", cells("x", *many), Reading()))
    assert "pass missing=('NA', 'nan', 'null', 'none', '?') if" in asked


def test_fifty_categories_are_the_most_and_rare_ones_are_joined():
    letters = [f"w{chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(51)]
    assert len(decide("t", "f", cells(*letters[:50], *letters[:50]), Reading()).categories) == 50
    assert told((*letters, *letters)) == (
        "t: f, column 'a' has 51 different texts, expected at most 50; if it identifies rows, pass "
        "drop=('a',) or groups='a', or rare=5 to join those in fewer than 5 rows"
    )
    column = decide("t", "f", cells(*"xxxyyyzz"), Reading(rare=3))
    assert column.categories == ("other", "x", "y")
    assert decide("t", "f", cells(*"xxxyyyzz"), Reading(rare=2)).categories == ("x", "y", "z")
    assert decide("t", "f", cells(*"xy"), Reading(categorical=("a",))).categories == ("x", "y")
    assert decide("t", "f", cells(*"vwxyz"), Reading(categorical=("a",))).categories == tuple(
        "vwxyz"
    )
    missing = decide("t", "f", cells("x", "y", ""), Reading(impute="median"))
    assert (missing.categories, missing.fill) == (("missing", "x", "y"), "missing")
    assert decide("t", "f", cells("x", "y"), Reading(impute="median")).fill == "missing"


def test_new_cells_of_a_category():
    reading = Reading()
    column = decide("t", "f", cells("x", "other", "x"), reading)
    with pytest.raises(ValueError, match="row 2, column 'a': expected one of other, x, found 'q'"):
        encode("t", "g", cells("q"), column, reading)  # a word of the file, and nothing was joined
    with pytest.raises(ValueError, match="expected one of other, x, found ''"):
        encode("t", "g", cells(""), column, reading)
    wide = Column("a", "category", tuple(f"w{k}" for k in range(12)))
    known = ", ".join(f"w{k}" for k in range(10))
    with pytest.raises(ValueError, match=f"expected one of {known}, found 'q'"):
        encode("t", "g", cells("q"), wide, reading)
    found = encode("t", "g", cells("x", "other"), column, reading)
    assert {name: (v.tolist(), str(v.dtype)) for name, v in found.items()} == {
        "a=other": ([0, 1], "float64"), "a=x": ([1, 0], "float64"),
    }  # fmt: skip


def test_new_numbers_are_like_those_of_the_first_file():
    column = decide("t", "f", cells("1", "2", "9"), Reading())
    for bad in ("4e38", "-4e38", "9999"):
        with pytest.raises(
            ValueError, match=f"like those of the first file .1 to 9., found '{bad}'"
        ):
            encode("t", "g", cells("3", bad), column, Reading())
    free = Reading(numeric=("a",))
    assert encode("t", "g", cells("3", "9999"), column, free)["a"].tolist() == [3, 9999]
    with pytest.raises(ValueError, match="like those of the first file"):
        encode("t", "g", cells("3", "4e38"), column, free)
    unknown = Column("a", "number")
    assert encode("t", "g", cells("9999"), unknown, Reading())["a"].tolist() == [9999]


def test_a_constant_with_gaps_says_nothing_only_if_gaps_are_filled():
    gaps = Reading(impute="median")
    assert told(("7", "", "7"), impute="median").endswith(
        "holds only the value 7, pass drop=('a',)"
    )
    with pytest.raises(ValueError, match="a missing value"):
        encode(
            "t",
            "f",
            cells("7", "", "7"),
            decide("t", "f", cells("7", "", "7"), Reading()),
            Reading(),
        )
    assert decide("t", "f", cells("7", "", "9"), gaps).fill == 8


def test_nearly_all_digits_are_kept():
    values = pandas.Series([float(k) for k in range(200)], name="a", index=range(2, 202))
    values.iloc[:2] = [2.0**24 + 1, 2.0**24]
    assert check_range("t", "f", values, Reading()) is None  # one of 200 is lost
    values.iloc[2:4] = [2.0**24 + 3, 2.0**24 + 4]
    values.iloc[4:6] = [2.0**24 + 5, 2.0**24 + 6]
    with pytest.raises(ValueError, match="200 different values from 6 to 16777222 become 197 in"):
        check_range("t", "f", values, Reading())
