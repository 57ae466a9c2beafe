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


def test_each_number_that_people_write_for_no_value_is_known():
    """One by one, above and below a column of ages; two that only look like codes are not."""
    ages = [30.0, 41, 52, 57]
    repeated = [777, 7777, 77777, 777777, 7777777, 888, 8888, 999, 9999, 99999, 999999, 9999999]
    for code in (99, *repeated, 998, 997, 9998, 9997, 99.9, 99.99, 999.25, 999.9, 999.99, 9999.9):
        assert codes_among(np.array([*ages, code])) == [code]
        assert codes_among(np.array([-code, *ages])) == [-code]
    for code in (1e20, 1e30, 65535, 2.0**31 - 1, 9.96921e36, 9.969209968386869e36):
        assert codes_among(np.array([*ages, code])) == [code]
    for code in (-1.0, -9, -77, -88, -32768, -(2.0**31), -1e20, -1e30):
        assert codes_among(np.array([code, *ages])) == [code]
    for number in (77.0, 88, 98, 97, 996, 666, 9996, 1e19, 998.9):
        assert codes_among(np.array([*ages, number])) == []
    for number in (-7.0, -8, -97, -98, -78, -996):
        assert codes_among(np.array([number, *ages])) == []


def test_some_numbers_are_codes_only_beside_another():
    ages = [30.0, 41, 52, 57]
    for pack in ([-9, -8, -7], [-99, -98, -97]):
        assert codes_among(np.array([*map(float, pack), *ages])) == pack
    for pack in ([97.0, 98, 99], [77.0, 88, 99]):
        assert codes_among(np.array([1.0, 2, 3, *pack])) == pack[::-1]
    assert codes_among(np.array([1.0, 2, 77, 88])) == []


def test_how_far_is_apart():
    assert codes_among(np.array([99.0, 100])) == []
    assert codes_among(np.array([1.0, 99])) == []  # one other value has no spread
    assert codes_among(np.array([0.0, 49, 99])) == [99]
    assert codes_among(np.array([0.0, 50, 99])) == []
    assert codes_among(np.array([-9.0, 0.0])) == [-9]
    assert codes_among(np.array([-9.0, -1.0])) == []
    assert codes_among(np.array([-99.0, -60, -50, -40, 90])) == [-99]
    assert codes_among(np.array([-99.0, -80, -70, -60, 90])) == []
    assert new_codes(np.array([999.0, 99, 5]), 1.0, 9.0) == [99, 999]
    assert new_codes(np.array([99.0]), 1.0, 99.0) == []


@pytest.mark.parametrize(
    "word",
    [
        "Mean",
        "average",
        "MEDIAN",
        "Total:",
        " sum ",
        "SD",
        "std",
        "stdev",
        "SEM",
        "se",
        "min",
        "Max.",
        "minimum",
        "maximum",
        "count",
        "n",
    ],
)
def test_each_summary_is_known_in_the_last_eight_rows_of_more_than_four(word):
    rows = [f"m{k}" for k in range(4)]

    def asked(names):
        ask_about_summary("t", "a.csv", pandas.DataFrame({"id": names}))

    with pytest.raises(ValueError, match="which names a summary of the rows above"):
        asked([*rows, word])
    assert asked([*rows[:3], word]) is None
    assert asked([word, *(f"m{k}" for k in range(8))]) is None
    with pytest.raises(ValueError, match="row 0, column 'id'"):
        asked([word, *(f"m{k}" for k in range(7))])
    assert asked([*rows, word, word]) is None  # a word that comes twice is a value
