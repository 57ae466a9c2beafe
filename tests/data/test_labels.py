import pandas
import pytest

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
