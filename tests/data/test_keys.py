import pandas
import pytest
import torch

from helpers.data.cells import Reading
from helpers.data.keys import (
    ask_groups,
    codes_of,
    group_codes,
    identifies,
    named_codes,
    named_parts,
    timestamps,
)


def frame(name):
    return pandas.DataFrame({name: ["p1", "p1", "p2"]}, index=[2, 3, 4])


@pytest.mark.parametrize("name", ["patient", "PatientID", "patient_id", "id", "Mouse no", "batch"])
def test_identifiers_that_repeat_are_asked_about(name):
    with pytest.raises(ValueError, match="has 2 different values in 3 rows; pass groups="):
        ask_groups("t", "f", frame(name), "y", ...)
    assert ask_groups("t", "f", frame(name), "y", None) is None
    assert ask_groups("t", "f", frame(name), name, ...) is None
    assert ask_groups("t", "f", frame(name).iloc[1:], "y", ...) is None  # nothing repeats


@pytest.mark.parametrize("name", ["mouse weight", "batch size", "grid", "patients treated", "sex"])
def test_other_columns_are_not(name):
    assert ask_groups("t", "f", frame(name), "y", ...) is None


def test_codes_agree_with_pandas():
    cells = pandas.Series(["b", "a", "b"], index=[2, 3, 4], name="g")
    assert group_codes("t", "f", cells).tolist() == pandas.factorize(cells, sort=True)[0].tolist()
    assert codes_of(["b", "a", "b"])[1] == ["a", "b"]
    with pytest.raises(ValueError, match="row 3, column 'g': expected a group, found ''"):
        group_codes("t", "f", cells.replace("a", ""))


def test_times_agree_with_pandas():
    cells = pandas.Series(["2024-02-29T06:00", "1969-12-31T12:00"], index=[2, 3], name="t")
    wanted = pandas.to_datetime(cells).astype("datetime64[s]").astype("int64") / 86400
    assert timestamps("t", "f", cells, Reading()).tolist() == wanted.tolist()


def test_named_parts():
    assert named_parts("t", ["a_1", "b_2"], "_(.)", "x") == ["1", "2"]
    with pytest.raises(ValueError, match="regular expression with a group"):
        named_parts("t", ["a"], "(", "x")


def times(*texts, **said):
    cells = pandas.Series(texts, index=range(2, len(texts) + 2), name="t")
    return timestamps("r", "f", cells, Reading(**said))


def test_each_time_that_is_none_is_refused_with_its_row():
    for texts, sentence in (
        (("1", ""), "r: f, row 3, column 't': expected a time, found none"),
        (("20240101", "20240102"), "r: f, column 't' holds numbers like 20240101, which may be dates; "
         "pass dates={'t': '%Y%m%d'} or numeric=('t',)"),
        (("1", "soon"), "r: f, row 3, column 't': expected a number or an ISO date, found 'soon'; pass "
         "dates={...} with its format"),
        (("1", "2", "3", "-999"), "r: f, row 5, column 't': expected a time like the others, found '-999', "
         "which may be a code for no value, or in another unit; remove the row, or pass numeric=('t',) if "
         "it is right"),
    ):  # fmt: skip
        with pytest.raises(ValueError) as caught:
            times(*texts)
        assert str(caught.value) == sentence
    with pytest.raises(ValueError, match="row 3, .* in another unit"):
        times("1700000000", "1700000000000")  # seconds, then thousandths
    assert times("1", "2", "3", "-999", numeric=("t",)).tolist() == [1, 2, 3, -999]
    assert times("20240101", "20240102", numeric=("t",)).tolist() == [20240101, 20240102]
    assert times("3", "1.5").tolist() == [3, 1.5]
    assert times("01.02.1970", dates={"t": "%d.%m.%Y"}).tolist() == [31]


def test_names_without_the_part_are_named():
    with pytest.raises(
        ValueError, match=r"t: expected a group as '\(x\+\)' in the name 'b', found none"
    ):
        named_parts("t", ["xa", "b"], "(x+)", "a group")
    with pytest.raises(ValueError, match=r"as '\(x\*\)' in the name 'b', found none"):
        named_parts("t", ["xa", "b"], "(x*)", "a group")
    with pytest.raises(ValueError, match="such as '.p.0-9.\\+._', found 'x' "):
        named_parts("t", ["xa"], "x", "a group")
    with pytest.raises(
        ValueError, match="^here holds 'A' and 'a', expected one spelling; make them alike$"
    ):
        named_codes("here", ["a", "A"])
    assert named_codes("here", ["a", "A"], capitals=False)[0].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("patient", True), ("Patient (study no.)", True), ("PatientNr", True), ("subject_code", True),
        ("the id", True), ("mouse name", True), ("centre", True), ("center", True), ("samples", False),
        ("mouse age", False), ("study site", False), ("index", True), ("no", False), ("number", False),
        ("code", False), ("grid", False), ("ID of scan time", True), ("", False), ("7", False),
    ],
)  # fmt: skip
def test_names_of_identifiers(name, is_one):
    assert identifies(name) is is_one


def test_groups_are_asked_about_with_what_to_pass():
    with pytest.raises(ValueError) as caught:
        ask_groups("t", "f", frame("patient"), None, ...)
    assert str(caught.value) == (
        "t: f, column 'patient' has 2 different values in 3 rows; pass groups='patient' to keep rows of "
        "one value on one side of a split, groups=None if rows are independent"
    )
    assert ask_groups("t", "f", frame("patient"), None, "patient") == "patient"
    assert ask_groups("t", "f", frame("patient").iloc[:2], None, ...) is None  # one value only
    for word in ("", "NA", "none", "-"):
        cells = pandas.Series(["a", word], index=[2, 3], name="g")
        with pytest.raises(
            ValueError, match=f"^t: f, row 3, column 'g': expected a group, found '{word}'$"
        ):
            group_codes("t", "f", cells)
    cells = pandas.Series(["a", "A"], index=[2, 3], name="g")
    with pytest.raises(
        ValueError, match="^t: f, column 'g' holds 'A' and 'a', expected one spelling"
    ):
        group_codes("t", "f", cells)
    assert group_codes("t", "f", cells, capitals=False).tolist() == [1, 0]


def test_units_of_time_are_not_mixed():
    for texts in (("200000000", "100000000001"), ("9999999999", "100000000001", "2e11")):
        with pytest.raises(ValueError, match="row 3, column 't': expected a time like the others"):
            times(*texts)
    assert len(times("100000000", "100000000001")) == 2  # too small to be seconds of our days
    assert len(times("10000000000", "100000000001")) == 2
    assert len(times("200000000", "100000000000")) == 2
    assert times("9", "9", "9").tolist() == [9, 9, 9]
    assert times("2024-01-01", "2024-01-03").diff().tolist() == [2]
    with pytest.raises(
        ValueError,
        match="row 3, column 't': expected a number or an ISO date, found '2024-01-01'; pass",
    ):
        times("1", "2024-01-01")
    assert times("2024-01-01", "2024-01-02").dtype == times("1", "2").dtype == torch.float64


def test_parts_of_names():
    assert named_parts("t", ["a1b22"], "([0-9]+)b([0-9]+)", "x") == ["1"]
    for pattern in ("a", "(", 3):
        with pytest.raises(
            ValueError,
            match="^t: expected a regular expression with a group in brackets for x, such as",
        ):
            named_parts("t", ["a"], pattern, "x")
    assert codes_of(["b", "a", "b"])[0].dtype == torch.int64
    assert codes_of([])[0].tolist() == []
    assert named_codes("t", ["b", "a"])[1] == ["a", "b"]
