import pytest

from helpers.data import sheet


def test_read_cells_equals_the_csv_module_on_quotes_and_line_breaks(tmp_path):
    import csv

    file = tmp_path / "a.csv"
    file.write_text('name,note\n"Smith, J.","two\nlines"\nLee,"said ""yes"""\n')
    with open(file, newline="") as handle:
        wanted = list(csv.DictReader(handle))
    assert sheet.read_cells("t", file).to_dict("records") == wanted


def test_row_numbers_are_those_of_a_spreadsheet(write):
    frame = sheet.read_cells("t", write("a,b\r\n1,2\r\n3, 4 \r\n\r\n"))
    assert frame.index.tolist() == [2, 3]
    assert frame.loc[3].tolist() == ["3", "4"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n3,4,5\n", "row 3: expected 2 cells like the header, found 3"),
        ("a,b\n1,2,\n3,4,\n", "row 2: expected 2 cells like the header, found 3"),
        ("a,b\n1,2\n3\n", "row 3: expected 2 cells like the header, found 1"),
        ("a,b\n" + "x" * 200_000 + ",2\n", "not readable as CSV .field larger"),
        ("a|b\n1|2\n", "pass separator='|'"),
    ],
)
def test_rows_that_do_not_fit(write, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        sheet.read_cells("t", write(text))


def test_size_is_bounded_and_columns_are_named(write, monkeypatch):
    frame = sheet.read_cells("t", write("a,\n1,2\n"))
    assert frame.columns.tolist() == ["a", "Unnamed: 1"]
    with pytest.raises(ValueError, match="no column 'b', its columns are a, Unnamed: 1"):
        sheet.column("t", "a.csv", frame, "b")
    with pytest.raises(ValueError, match="separator must be one character"):
        sheet.read_cells("t", write("a\n1\n"), "||")
    monkeypatch.setattr(sheet, "MOST_CELLS", 3)
    with pytest.raises(ValueError, match="4 cells, expected at most 3"):
        sheet.read_cells("t", write("a,b\n1,2\n"))
    assert sheet.read_text("t", write("a")) == "a"


@pytest.mark.parametrize("name", [None, 3, ["a"], "A"])
def test_a_column_is_named_by_a_text_of_the_header(write, name):
    with pytest.raises(ValueError, match="has no column .*, its columns are a, b"):
        sheet.column("t", "f", sheet.read_cells("t", write("a,b\n1,2\n")), name)
