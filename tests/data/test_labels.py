import pandas
import pytest
import torch

from helpers.data.cells import Reading
from helpers.data.labels import label_of, read_labels


def cells(*texts):
    return pandas.Series(texts, index=range(2, len(texts) + 2), name="y")


def test_labels_agree_with_scikit_learn():
    from sklearn.preprocessing import LabelEncoder

    texts = ["wild", "mutant", "wild", "heterozygous"]
    y, classes, keep = read_labels("t", "f", cells(*texts), Reading())
    encoder = LabelEncoder().fit(texts)
    assert y.tolist() == encoder.transform(texts).tolist()
    assert classes == encoder.classes_.tolist()
    assert keep.all()


def test_numbers_are_ordered_by_size_and_named_plainly():
    y, classes, _ = read_labels(
        "t", "f", cells("10.0", "9", "10"), Reading(), task="classification"
    )
    assert (y.tolist(), classes) == ([1, 0, 1], ["9", "10"])
    assert label_of(2.5) == "2.5"


def test_a_word_may_be_a_class_if_listed():
    y, _, _ = read_labels("t", "f", cells("none", "mild"), Reading(), classes=["none", "mild"])
    assert y.tolist() == [0, 1]
    with pytest.raises(ValueError, match="found 'none'; pass missing="):
        read_labels("t", "f", cells("none", "mild"), Reading())


def test_one_class_is_refused_but_not_in_new_rows():
    with pytest.raises(ValueError, match="holds only 'a', nothing can be learned"):
        read_labels("t", "f", cells("a", "a"), Reading(), classes=["a", "b"])
    y, _, _ = read_labels("t", "f", cells("a", "a"), Reading(), classes=["a", "b"], again=True)
    assert y.tolist() == [0, 0]


@pytest.mark.parametrize("classes", [("no", "yes", "no"), (), "noyes", 3])
def test_classes_are_different_labels(classes):
    with pytest.raises(ValueError, match="t: classes must be a list of different labels, found"):
        read_labels("t", "f", cells("no", "yes"), Reading(), classes=classes)


def refused(*texts, reading=None, **said):
    with pytest.raises(ValueError) as caught:
        read_labels("t", "f", cells(*texts), reading or Reading(), **said)
    return str(caught.value)


def test_each_refusal_names_row_column_and_what_to_pass():
    assert refused("a", "b", task="guess") == (
        "t: task must be 'classification' or 'regression', found 'guess'"
    )
    assert (
        refused("a", "b", unlabelled="no")
        == "t: unlabelled must be None, 'keep' or 'drop', found 'no'"
    )
    assert refused("a", "b", task="regression", classes=["a", "b"]) == (
        "t: classes= belongs to task='classification', found task='regression'"
    )
    assert refused("a", "") == (
        "t: f, row 3, column 'y' (the target): expected a value, found a missing one (''); pass "
        "unlabelled='drop' or 'keep', or list it in classes="
    )
    assert (
        refused("1", "1") == "t: f, column 'y' (the target) holds only '1', nothing can be learned"
    )
    assert refused("1E5", "2E7") == (
        "t: f, row 2, column 'y': expected a number or a name, found '1E5', which may be both; pass "
        "task='classification' if it is a name, task='regression' if it is a number"
    )
    assert refused("1", "2", "1") == (
        "t: f, column 'y' (the target) holds whole numbers (1, 2): pass task='classification' if they "
        "name classes, task='regression' if they measure something"
    )
    assert "(1, 2, 3, 4, ...)" in refused("1", "2", "3", "4", "5", "5")
    assert refused("a", "q", classes=["a", "b"]) == (
        "t: f, row 3, column 'y' (the target): expected one of a, b, found 'q'"
    )
    assert refused("Wild", "wild", "x") == (
        "t: f, column 'y' (the target) holds 'Wild' and 'wild'; make them alike, or list both in "
        "classes= if they are two classes"
    )
    many = [f"name {chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(120)]
    assert "(the target) has 120 different texts in 120 rows, expected classes" in refused(*many)


def test_numbers_are_regressed_where_only_that_is_possible():
    for texts in (("1.5", "2", "2"), ("1", "2", "3")):
        y, classes, keep = read_labels("t", "f", cells(*texts), Reading())
        assert (y.tolist(), classes, y.dtype) == ([float(v) for v in texts], [], torch.float32)
    y, _, _ = read_labels("t", "f", cells("1", "2", "1"), Reading(), unit="mg")
    assert y.tolist() == [1, 2, 1]
    y, _, _ = read_labels("t", "f", cells("50%", "20%", "20%"), Reading(percent=("y",)))
    assert y.tolist() == pytest.approx([0.5, 0.2, 0.2])
    y, classes, _ = read_labels(
        "t", "f", cells("1E5", "2E7", "1E5"), Reading(), task="classification"
    )
    assert classes == ["1E5", "2E7"]
    y, classes, _ = read_labels("t", "f", cells("2", "1.0", "1"), Reading(), classes=["2.0", 1])
    assert (y.tolist(), classes) == ([0, 1, 1], ["2", "1"])


@pytest.mark.parametrize(
    ("unlabelled", "y", "keep"),
    [("drop", [0, 1], [True, False, True]), ("keep", [0, -1, 1], [True] * 3)],
)
def test_rows_without_a_label_are_dropped_or_kept(unlabelled, y, keep):
    found = read_labels("t", "f", cells("a", "", "b"), Reading(), unlabelled=unlabelled)
    assert (found[0].tolist(), found[1], found[2].tolist()) == (y, ["a", "b"], keep)
