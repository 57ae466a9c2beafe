import pandas
import pytest

from helpers.data.cells import Reading
from helpers.data.keys import ask_groups, codes_of, group_codes, named_parts, timestamps


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
