"""Tables of votes: what is read, and each sentence of refusal."""

import pandas as pd
import pytest

from helpers.data.own_votes import votes_table


def written(tmp_path, text, name="votes.csv"):
    """A file with this text."""
    path = tmp_path / name
    path.write_text(text)
    return path


def test_agrees_with_pandas(tmp_path):
    path = written(tmp_path, "id,a,b,c,truth\n1,x,,y,x\n2,y,y,NA,\n3,z,x,x,z\n")
    data = votes_table(path, ["a", "b", "c"], "truth")
    frame = pd.read_csv(path).set_index("id")
    for j, name in enumerate("abc"):
        said = [data.classes[k] if k >= 0 else None for k in data.votes[:, j].tolist()]
        assert said == [None if pd.isna(v) else v for v in frame[name]]
    assert data.y.tolist() == [0, -1, 2]
    assert data.rows == [2, 3, 4]
    assert data.report is not None


def test_rows_of_one_patient_belong_together(tmp_path):
    path = written(tmp_path, "who,a,b,c\nq,x,y,x\np,x,x,y\nq,y,y,x\n")
    data = votes_table(path, ["a", "b", "c"], groups="who")
    assert data.groups.tolist() == pd.read_csv(path).who.astype("category").cat.codes.tolist()
    assert data.decisions["groups"] == "who"
    assert votes_table(path, ["a", "b", "c"]).groups is None


def test_without_truth_and_with_classes_in_order(tmp_path):
    path = written(tmp_path, "a\tb\tc\nno\tyes\tno\n", "votes.tsv")
    data = votes_table(path, ["a", "b", "c"], classes=["yes", "no", "maybe"])
    assert data.votes.tolist() == [[1, 0, 1]]
    assert data.y.tolist() == [-1]
    assert votes_table(path, ["a", "b", "c"]).votes.tolist() == [[0, 1, 0]]


@pytest.mark.parametrize(
    ("text", "voters", "how", "says"),
    [
        ("a,b,c\nx,y,x\n", ["a", "b"], {}, "expected three voters or more"),
        ("a,b,c\nx,y,x\n", ["a", "b", "b"], {}, "each once"),
        ("a,b,c\nx,y,x\n", ["a", "b", "d"], {}, "has no column 'd'"),
        ("a,b,c\nx,x,x\n", ["a", "b", "c"], {}, "expected 2 to 30 classes"),
        ("a,b,c\nx,y,\nx,x,\n", ["a", "b", "c"], {}, "column 'c' holds no vote"),
        ("a,b,c\nx,y,x\n", ["a", "b", "c"], {"groups": "who"}, "has no column 'who'"),
        ("a,b,c,d\nx,y,x,\n", ["a", "b", "c"], {"groups": "d"}, "expected a group"),
        ("a,b,c\nx,y,q\n", ["a", "b", "c"], {"classes": ["x", "y"]}, "holds 'q', which is none of"),
    ],
)
def test_says_what_is_refused(tmp_path, text, voters, how, says):
    with pytest.raises(ValueError, match=says):
        votes_table(written(tmp_path, text), voters, **how)


def test_what_was_read_is_reported_and_decided(tmp_path):
    path = written(tmp_path, "a,b,c,t\nx,,y,x\ny,y,NA,\nx,x,-1,y\n")
    data = votes_table(path, ("a", "b", "c"), "t")
    assert data.report.head == ("voter", "silent", "votes")
    assert data.report.lines == [
        ("a", "0", "x 2, y 1"),
        ("b", "1", "x 1, y 1"),
        ("c", "2", "x 0, y 1"),
    ]
    assert data.decisions == {
        "reader": "votes_table", "voters": ["a", "b", "c"], "truth": "t", "groups": None,
        "classes": ["x", "y"],
    }  # fmt: skip
    assert (data.path, data.voters) == (str(path), ["a", "b", "c"])
    assert data.votes.is_contiguous()
    own = votes_table(path, ["a", "b", "c"], missing="y")
    assert own.classes == ["-1", "NA", "x"]
    assert own.votes[:, 1].tolist() == [-1, -1, 2]
    half = votes_table(written(tmp_path, "a;b;c\nx;y;x\n"), ["a", "b", "c"], separator=";")
    assert half.votes.tolist() == [[0, 1, 0]]


@pytest.mark.parametrize("count", [1, 2, 30, 31])
def test_two_to_thirty_classes(tmp_path, count):
    rows = "".join(f"k{k},k{k},k{k}\n" for k in range(count))
    path = written(tmp_path, "a,b,c\n" + rows)
    if 2 <= count <= 30:
        assert len(votes_table(path, ["a", "b", "c"]).classes) == count
    else:
        with pytest.raises(ValueError) as caught:
            votes_table(path, ["a", "b", "c"])
        assert str(caught.value) == (
            f"votes_table: expected 2 to 30 classes in {path}, found {count}"
        )


def test_refusals_word_by_word(tmp_path):
    def told(text, voters, **how):
        path = written(tmp_path, text)
        with pytest.raises(ValueError) as caught:
            votes_table(path, voters, **how)
        return str(caught.value).replace(str(path), "F")

    assert told("a,b\nx,y\n", ["a", "b"]) == (
        "votes_table: expected three voters or more, each once, found ['a', 'b']"
    )
    assert told("a,b,c\nx,y,q\n", list("abc"), classes=("x", "y")) == (
        "votes_table: F holds 'q', which is none of ['x', 'y']"
    )
    assert told("a,b,c\nx,y,\n", list("abc")) == "votes_table: F, column 'c' holds no vote"
