from pathlib import Path

import numpy as np
import pytest

from helpers.data import arguments
from helpers.data.arguments import distinct_of, whole_of


def test_shown_is_the_representation_of_what_is_short():
    for value in ("mass", "it's", 3.5, None, ["a", 1], ("x",)):
        assert arguments.shown(value) == repr(value)
    assert arguments.shown(Path("in/a b.csv")) == "in/a b.csv"


@pytest.mark.parametrize("value", ["9" * 400, "a\nb" * 99, Path("a\nb.png"), object(), print])
def test_shown_is_one_short_line_without_an_address(value):
    text = arguments.shown(value)
    assert len(text) <= arguments.LONGEST
    assert text.isprintable()
    assert " at 0x" not in text


@pytest.mark.parametrize("path", [None, 0, "", ["a.csv"], "a\0b", "a" * 300, ">a\n" + "ACGT" * 99])
def test_what_is_no_path_is_named(path):
    with pytest.raises(ValueError, match="^demo: path must be the name of a file or folder, found"):
        arguments.path_of("demo", path)


def test_a_path_may_be_text_and_may_be_missing(tmp_path):
    assert arguments.path_of("demo", str(tmp_path / "a\nb")) == tmp_path / "a\nb"


@pytest.mark.parametrize("names", [3, True, (3,), (None,), {"mass": 1}, b"mass"])
def test_what_are_no_names_is_refused(names):
    with pytest.raises(ValueError, match="^demo: drop must be a text or several, found drop="):
        arguments.names_of("demo", "drop", names)


def test_names_and_missing_words_in_every_form():
    assert arguments.names_of("demo", "drop", None) == ()
    assert arguments.names_of("demo", "drop", (name for name in "ab")) == ("a", "b")
    assert arguments.missing_of("demo", ["NA", -999]) == ("NA", -999)
    with pytest.raises(ValueError, match="missing must be"):
        arguments.missing_of("demo", [None])


@pytest.mark.parametrize("separator", ["", ";;", None, 3, "\n", '"', b","])
def test_separators_of_another_kind_are_refused(separator):
    assert arguments.separator_of("demo", "|") == "|"
    with pytest.raises(ValueError, match="demo: separator must be one character"):
        arguments.separator_of("demo", separator)


@pytest.mark.parametrize("alphabet", ["", 3, True, [], ["A", None], ["AC"], b"ACGT"])
def test_alphabets_of_another_kind_are_refused(alphabet):
    assert arguments.alphabet_of("demo", None) is None
    with pytest.raises(ValueError, match="demo: alphabet must hold letters"):
        arguments.alphabet_of("demo", alphabet)


@pytest.mark.parametrize(
    ("value", "low", "high", "limits"),
    [
        (0, 1, None, " from 1"),
        (9, None, 8, " to 8"),
        (9, 1, 8, " from 1 to 8"),
        (1.0, None, None, ""),
    ],
)
def test_limits_are_said_as_they_are(value, low, high, limits):
    with pytest.raises(ValueError) as caught:
        whole_of("f", "k", value, low, high)
    assert str(caught.value) == f"f: k must be a whole number{limits}, found k={value}"
    assert [whole_of("f", "k", n, 1, 8) for n in (1, 8, np.int32(3))] == [1, 8, 3]
    for odd in (True, "3", None):
        with pytest.raises(ValueError, match="^f: k must be a whole number, found k="):
            whole_of("f", "k", odd)


@pytest.mark.parametrize("values", [(), (1, 1), "ab", 3, [[1], {}], [(0, 0), [0, 0]]])
def test_values_are_different_ones_in_a_list(values):
    with pytest.raises(
        ValueError, match="^f: values must be a list of different values, found values="
    ):
        distinct_of("f", "values", values)
    assert distinct_of("f", "values", None) is None
    assert distinct_of("f", "values", np.array([3, 4])) == [3, 4]
    assert distinct_of("f", "values", ([0, 0, 1], (2, 2, 2))) == [(0, 0, 1), (2, 2, 2)]
