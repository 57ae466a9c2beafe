import numpy as np
import pytest
import torch

from helpers.data import own, sheet

GOOD = "id,mass,strain,ill\nm1,21.5,a,no\nm2,25,b,yes\nm3,23,a,no\n"


def test_table_equals_pandas(write):
    import pandas

    data = own.table(write(GOOD), "ill", drop=("id",))
    frame = pandas.get_dummies(pandas.read_csv(write(GOOD)).drop(columns=["id", "ill"]))
    assert np.allclose(data.x.numpy(), frame.to_numpy(dtype=float))
    assert data.features == ["mass", "strain=a", "strain=b"]
    assert (data.y.tolist(), data.classes) == ([0, 1, 0], ["no", "yes"])


def test_table_regresses_numbers_and_orders_given_classes(write):
    text = "a,b,grade\n1,2,2\n2,1,1\n3,5,2\n"
    data = own.table(write(text), "grade", task="regression")
    assert (data.y.tolist(), data.y.dtype, data.classes) == ([2, 1, 2], torch.float32, [])
    data = own.table(write(text), "grade", classes=["2", "1"])
    assert (data.y.tolist(), data.classes) == ([0, 1, 0], ["2", "1"])


def test_table_imputes_the_median_and_a_category(write):
    text = "mass,strain,y\n1,a,1\nNA,,2\n3,b,3\n7,a,4\n"
    data = own.table(write(text), "y", impute="median")
    assert data.x[:, 0].tolist() == [1, 3, 3, 7]
    assert data.x[1, data.features.index("strain=missing")] == 1


def test_numbers_that_are_names(write):
    data = own.table(write("ward,mass,y\n1,4,1\n2,5,2\n1,6,3\n"), "y", categorical=("ward",))
    assert data.features == ["ward=1", "ward=2", "mass"]


def test_a_byte_order_mark_blank_end_and_semicolons_are_read(write):
    text = "\ufeffmass;y\n1;2\n3;4\n\n\n"
    assert own.table(write(text), "y", separator=";").x.tolist() == [[1], [3]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,y\n1,2\n,3\n", "row 3, column 'a': expected a number, found a missing value"),
        ("a,y\n1,2\nhigh,3\n", "row 3, column 'a': expected a number, found 'high'"),
        ("a,y\n1,2\ninf,3\n", "row 3, column 'a': expected a finite number, found 'inf'"),
        ("a,y\n1,2\n2,NaN\n", r"row 3, column 'y' \(the target\): expected a value"),
        ("a,y\n1,2\n2,x\n", "row 3, column 'y': expected a number, found 'x'"),
        ("a,y\n1,2\n1,3\n", r"column 'a' holds '1' in every row .* pass drop=\('a',\)"),
        ("a,y\nu,2\n,3\n", "row 3, column 'a': expected a category, found a missing value"),
        ("a,y\n1,u\n2,u\n", r"column 'y' \(the target\) holds only 'u'"),
        ("a,y\n1,2.5\n2,2.5\n", r"column 'y' \(the target\) holds only '2.5'"),
        ("a,z\n1,2\n", "has no column 'y', its columns are a, z"),
        ("a,a,y\n1,2,3\n", "the column name 'a' more than once"),
        ("a,y\n1,2\n3\n", "row 3: expected 2 cells like the header, found 1"),
        ("a,y\n\n3,2\n", "row 2: expected 2 cells like the header, found 0"),
        ("a;y\n1;2\n", "looks separated by ';'; pass separator=';'"),
        ("a,y\n", "has 1 rows, expected a header and data"),
        ("", "has 0 rows, expected a header and data"),
        ("y\n1\n2\n", "no column besides the target"),
        (b"PK\x03\x04abc", "is an Excel workbook, save the sheet as CSV"),
        (b"a,y\n1,2\n\xff,3\n", "row 3 is not UTF-8 text"),
        ('a,y\n"1,2\n', "is not readable as CSV"),
        ("a,y\n" + "".join(f"n{i // 2},{i}\n" for i in range(120)), "60 different texts, expected"),
        ("a,y\n" + "".join(f"n{i},{i}\n" for i in range(6)), "another text in every row .*drop="),
        ("a,y\n1\x002,3\n", "row 2 holds a null byte"),
        ("1,2\n3,4\n", "row 1: expected names of columns, found only numbers"),
    ],
)
def test_table_errors(write, text, message):
    with pytest.raises(ValueError, match=message) as error:
        own.table(write(text), "y")
    assert "mice.csv" in str(error.value)


def test_table_errors_of_arguments(write):
    with pytest.raises(ValueError, match="row 3, column 'ill'.*expected one of no, found 'yes'"):
        own.table(write(GOOD), "ill", classes=["no"])
    with pytest.raises(ValueError, match="impute must be None or 'median'"):
        own.table(write(GOOD), "ill", impute="mean")
    with pytest.raises(ValueError, match="no column 'ID'"):
        own.table(write(GOOD), "ill", drop=("ID",))
    with pytest.raises(FileNotFoundError, match="there is no file"):
        own.table("nowhere.csv", "ill")


def test_a_file_that_is_too_large(write, monkeypatch):
    monkeypatch.setattr(sheet, "LARGEST", 10)
    with pytest.raises(ValueError, match="is larger than"):
        own.table(write(GOOD), "ill")


# Each case: a column, what it must be refused with, what to pass instead, and the numbers that
# a person reads there.
AMBIGUOUS = {
    "decimal comma": ('"20,5" "21,0"', r"row 2, column 'a': .*'20,5'; pass decimal=','", {"decimal": ","}, [20.5, 21]),
    "thousands": ('"1,234" "12,345"', "'1,234'; pass decimal=',' .* thousands=','", {"thousands": ","}, [1234, 12345]),
    "points divide thousands": ('"1.234,5" "7,5"', "decimal=',', thousands='.'", {"decimal": ",", "thousands": "."}, [1234.5, 7.5]),
    "spaces divide thousands": ('"1 234" "5 678"', "thousands=' '", {"thousands": " "}, [1234, 5678]),
    "percent": ('10% "2.5 %"', r"'10%'; pass percent=\('a',\)", {"percent": "a"}, [0.1, 0.025]),
    "German date": ("31.01.2024 01.03.2024", "pass dates={'a': '%d.%m.%Y'}", {"dates": {"a": "%d.%m.%Y"}}, [0, 30]),
    "ISO date": ("2024-03-01 2023-03-01", "pass dates={'a': 'ISO8601'}", {"dates": {"a": "ISO8601"}}, [366, 0]),
    "US date": ("3/1/24 3/2/24", "dates=", {"dates": {"a": "%m/%d/%y"}}, [0, 1]),
    "month names": ('"Mar 1, 2024" "Mar 3, 2024"', "dates=", {"dates": {"a": "%b %d, %Y"}}, [0, 2]),
    "compact date": ("20240131 20240201", "may be dates", {"dates": {"a": "%Y%m%d"}}, [0, 1]),
    "epoch seconds": ("1700000000 1700086400 1700000001", "become 2 in float32; pass dates={'a': 's'}", {"dates": {"a": "s"}}, [0, 1, 1 / 86400]),
    "-999": ("20 -999 22 21", r"row 3, column 'a': .* found -999 \(1 times\), far from the rest", {"missing": "-999", "impute": "median"}, [20, 21, 22, 21]),
    "-999 that is one": ("20 -999 22 21", "numeric=", {"numeric": "a"}, [20, -999, 22, 21]),
    "9999": ("0.5 9999 0.7", "found 9999", {"missing": ["9999"], "impute": "median"}, [0.5, 0.6, 0.7]),
    "two sentinels": ("5 -99 -999 7 6", "found -999", {"missing": ["-99", "-999"], "impute": "median"}, [5, 6, 6, 7, 6]),
    "leading zeros": ("007 12", "looks like a code", {"numeric": "a"}, [7, 12]),
    "row numbers": ("1 2 3 4 5 6", "counts the rows", {"numeric": "a"}, [1, 2, 3, 4, 5, 6]),
    "sodium among numbers": ("1 Na 3", r"row 3, column 'a': expected a number, found 'Na'; pass missing=\('Na',\)", {"missing": "Na", "impute": "median"}, [1, 2, 3]),
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_reads_in_two_ways_is_asked_for_and_then_read_as_said(write, name):
    import shlex

    cells, sentence, decision, wanted = AMBIGUOUS[name]
    cells = shlex.split(cells)
    text = "a,y\n" + "".join(f'"{cell}",{k}\n' for k, cell in enumerate(cells))
    with pytest.raises(ValueError, match=sentence) as error:
        own.table(write(text), "y")
    assert "mice.csv" in str(error.value)
    found = own.table(write(text), "y", **decision).x[:, 0]
    assert torch.allclose(found, torch.tensor(wanted, dtype=torch.float32))


def test_the_typographic_minus_is_a_minus_and_said(write):
    data = own.table(write("a,y\n\u22125,1.5\n3,2.5\n"), "y")
    assert data.x.tolist() == [[-5], [3]]
    assert "U+2212" in str(data.report)


def test_a_sum_too_large_for_float32_is_refused(write):
    with pytest.raises(ValueError, match=r"row 3, column 'a': expected at most .* found 1e\+39"):
        own.table(write("a,y\n1,1.5\n1e39,2.5\n"), "y")
    with pytest.raises(ValueError, match="found 1e\\+39"):
        own.table(write("a,y\n1,1.5\n2,1e39\n"), "y")
    assert own.table(write("a,y\n1e38,1.5\n2,2.5\n"), "y").x.isfinite().all()


@pytest.mark.parametrize(
    ("cells", "kinds"), [("Na K Cl Na", ["a=Cl", "a=K", "a=Na"]), ("May Mark Maria Mark", ["a=Maria", "a=Mark", "a=May"])]
)  # fmt: skip
def test_sodium_and_names_are_categories(write, cells, kinds):
    text = "a,y\n" + "".join(f"{cell},{k}.5\n" for k, cell in enumerate(cells.split()))
    data = own.table(write(text), "y")
    assert data.features == kinds
    assert data.x.sum().item() == 4


def test_a_word_that_may_mean_missing_is_asked_about(write):
    text = "dose,y\nNone,1.5\nmild,2.5\nNone,3.5\n"
    with pytest.raises(ValueError, match="found 'None'; pass missing=.* missing=\\(\\) if it is"):
        own.table(write(text), "y")
    assert own.table(write(text), "y", missing=()).features == ["dose=None", "dose=mild"]
    data = own.table(write(text), "y", missing="None", impute="median")
    assert data.features == ["dose=mild", "dose=missing"]
    assert data.x.tolist() == [[0, 1], [1, 0], [0, 1]]


def test_the_index_that_pandas_writes_is_refused(write):
    import pandas

    frame = pandas.DataFrame({"mass": [5, 3, 9], "y": [0.5, 1.5, 2.5]}, index=[7, 3, 5])
    with pytest.raises(ValueError, match="column 1 has no name .* pass drop=\\('Unnamed: 0',\\)"):
        own.table(write(frame.to_csv()), "y")
    data = own.table(write(frame.to_csv()), "y", drop="Unnamed: 0")
    assert data.features == ["mass"]


def test_categories_that_differ_in_case_or_are_rare(write):
    text = "sex,y\nmale,1.5\nMale,2.5\nfemale,3.5\nmale,4.5\n"
    with pytest.raises(ValueError, match="holds 'male' and 'Male'; make them alike"):
        own.table(write(text), "y")
    assert len(own.table(write(text), "y", categorical="sex").features) == 3
    data = own.table(write(text), "y", categorical="sex", rare=2)
    assert data.features == ["sex=male", "sex=other"]
    assert data.x.tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("y", "settings", "wanted", "classes"),
    [
        ("0 1 0 1", {"task": "classification"}, [0, 1, 0, 1], ["0", "1"]),
        ("0 1 0 1", {"task": "regression"}, [0.0, 1.0, 0.0, 1.0], []),
        ("10 2 10 2", {"task": "classification"}, [1, 0, 1, 0], ["2", "10"]),
        ("1.0 0.0 1.0 0.0", {"classes": [0, 1]}, [1, 0, 1, 0], ["0", "1"]),
        ("2.5 1 3 1", {}, [2.5, 1, 3, 1], []),
        ("7 1 3 2", {}, [7, 1, 3, 2], []),
        ("no yes no no", {}, [0, 1, 0, 0], ["no", "yes"]),
        ('no "" yes no', {"unlabelled": "keep"}, [0, -1, 1, 0], ["no", "yes"]),
        ('no "" yes no', {"unlabelled": "drop"}, [0, 1, 0], ["no", "yes"]),
        ("1.5 NA 2 3", {"unlabelled": "drop"}, [1.5, 2, 3], []),
        ("10% 20% 15% 5%", {"percent": "y"}, [0.1, 0.2, 0.15, 0.05], []),
    ],
)  # fmt: skip
def test_targets_are_read_as_said_or_as_only_possible(write, y, settings, wanted, classes):
    import shlex

    text = "a,y\n" + "".join(f"{k}.5,{cell}\n" for k, cell in enumerate(shlex.split(y)))
    data = own.table(write(text), "y", **settings)
    assert torch.allclose(data.y.double(), torch.tensor(wanted).double())
    assert data.classes == classes
    assert data.task == ("classification" if classes else "regression")
    assert len(data.rows) == len(data.x) == len(data.y)


@pytest.mark.parametrize(
    ("y", "settings", "sentence"),
    [
        ("0 1 0 1", {}, "whole numbers .0, 1.: pass task='classification' .* task='regression'"),
        ('no "" yes no', {}, "row 3, column 'y' .the target.: expected a value"),
        ("1.5 2.5 -999 3", {}, "found -999"),
        ("20,5 21,5 22,5 23,5", {}, "pass decimal=','"),
        ("no None no yes", {}, "found 'None'; pass missing="),
        ("a b a b", {"task": "regression"}, "row 2, column 'y': expected a number, found 'a'"),
        ("a b a b", {"task": "guess"}, "task must be"),
        ("a b a b", {"unlabelled": "guess"}, "unlabelled must be"),
    ],
)
def test_targets_are_refused(write, y, settings, sentence):
    text = "a;y\n" + "".join(f"{k}.5;{c}\n" for k, c in enumerate(y.replace('""', "|").split()))
    with pytest.raises(ValueError, match=sentence):
        own.table(write(text.replace("|", "")), "y", separator=";", **settings)


def test_free_text_is_no_class(write):
    text = "a,y\n" + "".join(f"{k}.5,note {k}\n" for k in range(30))
    with pytest.raises(ValueError, match="30 different texts in 30 rows, expected classes"):
        own.table(write(text), "y")


def test_groups_must_be_said_where_a_column_asks_for_it(write):
    text = "patientID,mass,y\np2,1.5,0.5\np1,2.5,1.5\np2,3.5,2.5\n"
    with pytest.raises(
        ValueError, match="'patientID' has 2 different values in 3 rows; pass groups="
    ):
        own.table(write(text), "y")
    data = own.table(write(text), "y", groups="patientID")
    assert (data.groups.tolist(), data.features) == ([1, 0, 1], ["mass"])
    loose = own.table(write(text), "y", groups=None)
    assert loose.groups is None
    assert "groups: none named" in str(loose.report)
    quiet = "mouse weight,weekday,y\n1.5,Mo,0.5\n1.5,Tu,1.5\n2.5,Mo,2.5\n"
    assert own.table(write(quiet), "y").groups is None  # no nagging


def test_time_is_kept_apart_and_exact(write):
    text = "when,mass,y\n1700000000,1.5,0.5\n1700000001,2.5,1.5\n"
    data = own.table(write(text), "y", time="when")
    assert data.time.tolist() == [1700000000, 1700000001]
    assert data.features == ["mass"]
    text = "when,mass,y\n1970-01-02,1.5,0.5\n1970-01-01T12:00,2.5,1.5\n"
    assert own.table(write(text), "y", time="when").time.tolist() == [1.0, 0.5]
    with pytest.raises(ValueError, match="row 2, column 'when': expected a number or an ISO date"):
        own.table(write("when,m,y\n1.2.24,1.5,0.5\n2.2.24,2.5,1.5\n"), "y", time="when")
    with pytest.raises(ValueError, match="row 3, column 'when': expected a time, found none"):
        own.table(write("when,m,y\n1,1.5,0.5\n,2.5,1.5\n"), "y", time="when")


def test_no_target_is_needed(write):
    data = own.table(write("a,b\n1.5,2\n3,4\n"))
    assert (data.y, data.classes, data.task) == (None, [], None)


def test_the_report_says_how_each_column_was_read(write):
    data = own.table(write(GOOD + "m4,,a,no\n"), "ill", drop="id", impute="median")
    lines = str(data.report).splitlines()
    assert lines[0].startswith("mice.csv: 4 rows; groups: none named; missing numbers take")
    assert lines[2].split() == ["id", "ignored", "m1", "4", "values", "0"]
    assert lines[3].split() == ["mass", "number", "21.5", "21.5", "to", "25", "1"]
    assert lines[4].split() == ["strain", "category", "a", "a", "3,", "b", "1", "0"]
    assert lines[5].split()[:3] == ["ill", "target,", "classification"]
    assert data.rows == [2, 3, 4, 5]


def test_tsv_and_parquet_are_read_like_csv(write, tmp_path):
    import pandas

    frame = pandas.DataFrame(
        {"mass": [1.5, 2.0, 3.25], "strain": ["a", "b", "a"], "y": [0.5, 1.5, 2.5]}
    )
    wanted = own.table(write(frame.to_csv(index=False)), "y")
    assert torch.equal(
        own.table(write(frame.to_csv(index=False, sep="\t"), "a.tsv"), "y").x, wanted.x
    )
    frame.to_parquet(tmp_path / "a.parquet")
    assert torch.equal(own.table(tmp_path / "a.parquet", "y").x, wanted.x)
    (tmp_path / "b.parquet").write_bytes(b"PAR1 no parquet")
    with pytest.raises(ValueError, match="b.parquet cannot be read as Parquet"):
        own.table(tmp_path / "b.parquet", "y")


def test_twenty_thousand_rows(write):
    draws = np.random.default_rng(0).normal(size=(20_000, 3))
    text = "a,b,y\n" + "".join(f"{a!r},{b!r},{y!r}\n" for a, b, y in draws.tolist())
    data = own.table(write(text), "y")
    assert np.array_equal(data.x.numpy(), draws[:, :2].astype(np.float32))
    assert data.rows[-1] == 20_001


def test_a_pipe_does_not_hang(tmp_path):
    import os

    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(ValueError, match="not an ordinary file"):
        own.table(tmp_path / "a.csv", "y")


def test_new_rows_are_read_with_the_same_decisions(write):
    first = own.table(write(GOOD), "ill", drop="id")
    again = own.table_again(write("strain,mass\nb,30\na,-2\n", "new.csv"), first.decisions)
    assert again.x.tolist() == [[30, 0, 1], [-2, 1, 0]]  # decided: this column is numbers
    assert (again.y, again.features) == (None, first.features)
    assert "'mass' goes from -2 to 30, in the first file from 21.5 to 25" in str(again.report)
    assert "goes from" not in str(first.report)
    labelled = own.table_again(write("mass,strain,ill\n1,a,yes\n2,a,\n"), first.decisions)
    assert labelled.y.tolist() == [1, -1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("mass\n1\n", "no column 'strain'"),
        ("mass,strain,age\n1,a,2\n", "a column 'age' that the first file had not"),
        ("mass,strain\n1,c\n", "row 2, column 'strain': expected one of a, b, found 'c'"),
        ("mass,strain\n-999,a\n", "row 2, column 'mass': expected a number like those .* '-999'"),
        ("mass,strain\n1e39,a\n", "row 2, column 'mass': expected a number like those .* '1e39'"),
        ("mass,strain\nhigh,a\n", "row 2, column 'mass': expected a number, found 'high'"),
        ("mass,strain\n,a\n", "row 2, column 'mass': expected a number, found a missing value"),
        ('mass,strain\n"1,5",a\n', "expected a number, found '1,5'"),
        ("mass,strain,ill\n1,a,maybe\n", "expected one of no, yes, found 'maybe'"),
    ],
)
def test_new_rows_that_differ_are_refused(write, text, sentence):
    first = own.table(write(GOOD), "ill", drop="id")
    with pytest.raises(ValueError, match=sentence):
        own.table_again(write(text, "new.csv"), first.decisions)


def test_nothing_is_written_beside_the_data(write, tmp_path):
    path = write(GOOD)
    own.table(path, "ill", drop="id")
    assert [p.name for p in tmp_path.iterdir()] == ["mice.csv"]


def test_rows_that_come_twice_are_counted_and_two_features_need_two_names(write):
    assert "1 row equal to an earlier one" in str(
        own.table(write("a,y\n1,2\n1,2\n3,4\n"), "y", task="regression").report
    )
    assert "earlier" not in str(
        own.table(write("a,y\n1,2\n2,2\n3,4\n"), "y", task="regression").report
    )
    with pytest.raises(ValueError, match="gives two features the name 's=x'"):
        own.table(write("s,s=x,y\nx,1,1.5\nz,2,2\nx,3,3\n"), "y")


def test_the_report_of_each_kind_of_column(write):
    text = (
        "when,site,day,size,kind,many,y,old\n"
        + "".join(f"{k},s{k % 2},0{k + 1}.01.1970,{k}.5,{'ab'[k % 2]},m{k % 7},{k % 2}.25,z\n" for k in range(8))
    )  # fmt: skip
    data = own.table(write(text), "y", groups="site", time="when", drop="old", dates={"day": "%d.%m.%Y"},
                     missing="q")  # fmt: skip
    assert data.report.head == ("column", "read as", "sample", "range or values", "missing")
    assert data.report.lines == [
        ("when", "time", "0", "0 ... 7", "0"), ("site", "groups", "s0", "2 values", "0"),
        ("day", "date", "01.01.1970", "01.01.1970 ... 08.01.1970", "0"),
        ("size", "number", "0.5", "0.5 to 7.5", "0"), ("kind", "category", "a", "a 4, b 4", "0"),
        ("many", "category", "m0", "7 values", "0"),
        ("y", "target, regression", "0.25", "0.25 to 1.25", "0"), ("old", "ignored", "z", "1 values", "0"),
    ]  # fmt: skip
    assert data.report.notes == ["8 rows", "groups: site"]
    assert data.decisions["drop"] == ("old",)
    assert (data.decisions["task"], data.decisions["classes"], data.decisions["unlabelled"]) == (
        "regression",
        [],
        None,
    )
    assert data.x.dtype == torch.float32


def test_gaps_and_lonely_classes_are_noted(write):
    text = "a,k,y\n1,x,p\n,x,p\n3,,q\n9,x,p\n-9,x,r\n4,x,s\n5,x,t\n"
    data = own.table(write(text), "y", impute="median", missing=("", "-9"))
    assert [line[-1] for line in data.report.lines] == ["2", "1", "0"]
    assert data.report.lines[0][3] == "1 to 9"
    assert data.report.notes[2] == "missing numbers take the median of all rows"
    assert len([note for note in data.report.notes if note.endswith("has one row")]) == 3
    whole = own.table(write("a,y\n1,p\n2,p\n4,q\n3,q\n"), "y")
    assert whole.report.notes == ["4 rows", "groups: none named"]


def test_new_rows_at_the_ends_of_the_first_are_not_noted(write):
    first = own.table(write(GOOD), "ill", drop="id")
    inside = own.table_again(write("mass,strain\n21.5,a\n25,b\n", "new.csv"), first.decisions)
    assert "goes from" not in str(inside.report)
    for mass, said in (("21.4", "from 21.4 to 21.4"), ("25.1", "from 25.1 to 25.1")):
        again = own.table_again(write(f"mass,strain\n{mass},a\n", "new.csv"), first.decisions)
        assert f"'mass' goes {said}, in the first file from 21.5 to 25" in again.report.notes
    with_id = own.table_again(write("id,mass,strain\nm9,22,a\n", "new.csv"), first.decisions)
    assert with_id.x.shape == (1, 3)
    with pytest.raises(ValueError) as caught:
        own.table_again(write("mass,strain,age\n1,a,2\n", "new.csv"), first.decisions)
    assert str(caught.value).endswith(
        "new.csv has a column 'age' that the first file had not, expected mass, strain"
    )


def test_groups_and_time_of_new_rows_are_read_if_they_are_there(write):
    text = "who,when,a,y\np,1,1.5,0.5\nq,2,2.5,1.5\np,3,3.5,2.5\n"
    first = own.table(write(text), "y", groups="who", time="when")
    again = own.table_again(write("who,a,when\nz,1.5,7\n", "new.csv"), first.decisions)
    assert (again.groups.tolist(), again.time.tolist(), again.y) == ([0], [7], None)
    bare = own.table_again(write("a\n1.5\n", "new.csv"), first.decisions)
    assert (bare.groups, bare.time) == (None, None)
    with pytest.raises(ValueError, match="'P' and 'p'"):
        own.table(write(text.replace("p,3", "P,3")), "y", groups="who", time="when")
    both = own.table(
        write(text.replace("p,3", "P,3")), "y", groups="who", time="when", categorical="who"
    )
    assert both.groups.tolist() == [1, 2, 0]


def test_sentences_begin_with_the_reader_and_the_file(write):
    def told(text, *given, **said):
        path = write(text)
        with pytest.raises(ValueError) as caught:
            own.table(path, *given, **said)
        return str(caught.value).replace(str(path), "FILE")

    rows = "who,when,a,y\np,1,1.5,0.5\n"
    assert told(rows + "q,,2.5,1.5\n", "y", time="when") == (
        "table: FILE, row 3, column 'when': expected a time, found none"
    )
    assert told(rows + ",2,2.5,1.5\n", "y", groups="who", time="when") == (
        "table: FILE, row 3, column 'who': expected a group, found ''"
    )
    assert told(rows + "q,2,low,1.5\n", "y", groups="who", time="when").startswith(
        "table: FILE, row 3, column 'a': expected a number, found 'low'"
    )
    assert told(rows + "q,2,2.5,\n", "y", groups="who", time="when").startswith(
        "table: FILE, row 3, column 'y' (the target): expected a value, found a missing one"
    )
    assert told("y,id\n1,a\n2,b\n", "y", drop="id", task="regression") == (
        "table: FILE has no column besides the target and the dropped ones"
    )
    assert told("s,s=x,y\nx,1,1.5\nz,2,2\nx,3,3\n", "y") == (
        "table: FILE gives two features the name 's=x'"
    )
    more = rows + "q,2,2.5,1.5\np,3,3.5,2.5\nq,4,4.5,2.5\nTotal,5,9.5,9.5\n"
    assert told(more, "y", groups="who", time="when").startswith(
        "table: FILE, row 6, column 'who': exp"
    )
