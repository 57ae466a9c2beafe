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
