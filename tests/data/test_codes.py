import numpy as np
import pandas
import pytest

from helpers.data.codes import ask_about_summary, codes_among, listed, new_codes


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([-999, -998, 30, 57], [-999, -998]),
        ([-9, 0, 5, 12], [-9]),
        ([30, 40, 8888, 9999], [9999, 8888]),
        ([-99, -20, -10, 0, 10], [-99]),
        ([-999, -990, -980, -970], []),
        ([-1, 0, 1, 2], []),
        ([97, 98, 99, 100], []),
        ([3, 5, 99], [99]),
    ],
)
def test_codes_stand_at_an_end_and_apart(values, codes):
    assert codes_among(np.array(values, float)) == codes


def test_new_codes_lie_far_outside_the_first_file():
    assert new_codes(np.array([-999.0, 31.0, 9999.0]), 30.0, 57.0) == [-999, 9999]
    assert new_codes(np.array([-999.0]), -2000.0, 57.0) == []


def test_codes_are_listed_so_that_they_are_found_again():
    assert [float(code) for code in listed([-(2.0**31), 1e20])] == [-(2.0**31), 1e20]


def test_a_summary_is_named_once_at_the_end():
    rows = ["m1", "m2", "m3", "m4", "Mean"]
    with pytest.raises(ValueError, match="row 4, column 'id': .* 'Mean', which names a summary"):
        ask_about_summary("t", "a.csv", pandas.DataFrame({"id": rows}))
    ask_about_summary("t", "a.csv", pandas.DataFrame({"id": ["Mean", "SD"] * 4}))
