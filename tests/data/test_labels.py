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


def test_where_numbers_become_measurements():
    def task_of(*texts, **said):
        return (
            "classes" if read_labels("t", "f", cells(*texts), Reading(), **said)[1] else "numbers"
        )

    assert task_of(*map(str, range(21)), *"012345") == "numbers"  # 21 values in 27 rows
    assert "whole numbers (0, 1, 2, 3, ...)" in refused(*map(str, range(20)), *"012345")
    assert "whole numbers" in refused(*map(str, range(21)), *map(str, range(21)))  # half of them
    assert task_of(*map(str, range(22)), *map(str, range(21))) == "numbers"
    assert "whole numbers (1, 2, 3, 4):" in refused(*"12341234")
    letters = [f"x{chr(97 + k)}" for k in range(22)]
    assert task_of(*letters[:21], *letters[:21]) == "classes"
    assert task_of(*letters[:20]) == "classes"
    assert (
        "has 21 different texts in 21 rows, expected classes; pass task='classification' if"
        in refused(*letters[:21])
    )
    assert "has 22 different texts in 43 rows" in refused(*letters, *letters[:21])
    assert task_of(*letters[:21], task="classification") == "classes"


def test_targets_without_a_value_say_so():
    assert refused("", "", task="classification", unlabelled="keep") == (
        "t: f, column 'y' (the target) holds only no value, nothing can be learned"
    )
    assert refused("1.0", "1", task="classification").endswith(
        "holds only '1.0', nothing can be learned"
    )
    found = read_labels("t", "f", cells("1.5", "", "2.5"), Reading(), unlabelled="keep")
    assert found[0].isnan().tolist() == [False, True, False]
    found = read_labels("t", "f", cells("1.5", "", "2.5"), Reading(), unlabelled="drop")
    assert (found[0].tolist(), found[2].tolist()) == ([1.5, 2.5], [True, False, True])
    found = read_labels(
        "t", "f", cells("2", "NA", "1"), Reading(), task="classification", unlabelled="keep"
    )
    assert (found[0].tolist(), found[1]) == ([1, -1, 0], ["1", "2"])
    found = read_labels("t", "f", cells("a", "NA", "b"), Reading(), classes=["a", "NA", "b"])
    assert found[0].tolist() == [0, 1, 2]
    found = read_labels("t", "f", cells("a", "q", "b"), Reading(missing=("q",)), unlabelled="keep")
    assert found[0].tolist() == [0, -1, 1]


def test_labels_that_are_numbers_are_named_plainly_in_errors():
    assert refused("1", "3", classes=[1, 2.0]) == (
        "t: f, row 3, column 'y' (the target): expected one of 1, 2, found '3'"
    )
    assert refused("1", "2.5", classes=[1, 2]).endswith("expected one of 1, 2, found '2.5'")
    assert read_labels("t", "f", cells("1", "0.5"), Reading(), classes=["0.5", "one", 1])[1] == [
        "0.5",
        "one",
        "1",
    ]
    found = read_labels("t", "f", cells("10", "9", "2.5"), Reading(), task="classification")
    assert found[1] == ["2.5", "9", "10"]
    assert read_labels("t", "f", cells("b10", "b9"), Reading())[1] == ["b10", "b9"]
    both = read_labels("t", "f", cells("A", "a"), Reading(), classes=["A", "a"])
    assert both[0].tolist() == [0, 1]


def test_wells_are_names_if_they_are_classes():
    assert read_labels("t", "f", cells("1E5", "2"), Reading(), task="regression")[0].tolist() == [
        1e5,
        2,
    ]
    assert read_labels("t", "f", cells("1E5", "2"), Reading(), classes=["2", "1E5"])[
        0
    ].tolist() == [1, 0]
    assert (
        read_labels("t", "f", cells("1.5", "1e39"), Reading(), task="classification")[1][0] == "1.5"
    )
    assert "expected at most" in refused("1.5", "1e39")
