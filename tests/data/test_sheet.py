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


def refused(path, separator=",", error=ValueError):
    with pytest.raises(error) as caught:
        sheet.read_cells("t", path, separator)
    return str(caught.value).replace(str(path), "FILE")


def test_files_that_are_no_text_are_named_for_what_they_are(tmp_path, write):
    for content, said in (
        (b"PK\x03\x04...xl/...", "is an Excel workbook, save the sheet as CSV (UTF-8)"),
        (b"PK\x03\x04...", "is a zip archive, unpack it, or is an Excel workbook, save the sheet as CSV (UTF-8)"),
        (b"\x1f\x8b...", "is compressed with gzip, unpack it"),
        (b"a,b\n1,\xff\n", "row 2 is not UTF-8 text, save the file as UTF-8 (a sheet as CSV)"),
        (b"a,b\n1,2\n3,\0\n", "row 3 holds a null byte, it is not a text file"),
    ):  # fmt: skip
        text = refused(write(content))
        assert text.startswith("t: FILE")
        assert text.endswith(said)
    assert refused(tmp_path / "none.csv", error=FileNotFoundError).startswith("t: there is no file")
    (tmp_path / "folder.csv").mkdir()
    assert refused(tmp_path / "folder.csv") == "t: FILE is not an ordinary file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "FILE has 0 rows, expected a header and data"),
        ("a,b\n", "FILE has 1 rows, expected a header and data"),
        ("a,b\n\n\n", "FILE has 1 rows, expected a header and data"),
        ("a;b\n1;2\n", "FILE has one column 'a;b', it looks separated by ';'; pass separator=';'"),
        ("a,b,a\n1,2,3\n", "FILE has the column name 'a' more than once"),
        ("1,2.5,-3e4\n1,2,3\n", "FILE, row 1: expected names of columns, found only numbers (1, 2.5, -3e4); "
         "write a header into the first row"),
        ("a,b\n1,2\na,b\n", "FILE, row 3 holds the names of the columns again, expected data; remove it "
         "(joined files?)"),
        ("# made by hand\na,b\n1,2\n", "FILE, row 1: expected names of columns, found '# made by hand'; "
         "remove the lines above the header"),
        ("a;b\n1;2,3\n", "FILE has the header 'a;b', it looks separated by ';'; pass separator=';'"),
    ],
)  # fmt: skip
def test_tables_that_are_none_are_one_sentence(write, text, said):
    assert refused(write(text)) == f"t: {said}"


def test_sizes_at_their_limit_pass(write, monkeypatch):
    path = write("a,b\n1,2\n")
    monkeypatch.setattr(sheet, "LARGEST", path.stat().st_size)
    monkeypatch.setattr(sheet, "MOST_CELLS", 4)
    assert sheet.read_cells("t", path).shape == (1, 2)
    monkeypatch.setattr(sheet, "MOST_CELLS", 3)
    assert refused(path) == "t: FILE has 4 cells, expected at most 3"
    monkeypatch.setattr(sheet, "LARGEST", path.stat().st_size - 1)
    assert refused(path) == "t: FILE is larger than 0 MB, cut it first"


def test_parquet_is_read_as_text_with_its_index(tmp_path, monkeypatch):
    import pandas

    path = tmp_path / "a.parquet"
    frame = pandas.DataFrame({"m": [1.5, None], "s": [" x ", "y"]})
    frame.to_parquet(path)
    found = sheet.read_cells("t", path)
    assert found.index.tolist() == [2, 3]
    assert found.to_dict("list") == {"m": ["1.5", ""], "s": ["x", "y"]}
    frame.set_axis(["p", "q"]).rename_axis("name").to_parquet(path)
    assert sheet.read_cells("t", path)["name"].tolist() == ["p", "q"]
    monkeypatch.setattr(sheet, "MOST_CELLS", 3)
    assert "cannot be read as Parquet (more than 3 cells)" in refused(path)
    monkeypatch.setattr(sheet, "MOST_CELLS", 10)
    frame.iloc[:0].to_parquet(path)
    assert refused(path) == "t: FILE has 0 rows, expected data"
    path.write_bytes(b"no parquet")
    assert "cannot be read as Parquet" in refused(path)
    assert "there is no file" in refused(tmp_path / "none.parquet", error=FileNotFoundError)


def test_tabs_belong_to_tsv_and_other_separators_are_said(write):
    assert sheet.read_cells("t", write("a\tb\n1\t2\n", "x.tsv")).columns.tolist() == ["a", "b"]
    assert sheet.read_cells("t", write("a|b\n1|2\n"), "|").loc[2].tolist() == ["1", "2"]
    frame = sheet.read_cells("t", write("a,b\n1,2\n"))
    assert sheet.column("t", "f", frame, "b").tolist() == ["2"]
    wide = frame.reindex(columns=[f"c{k}" for k in range(31)])
    with pytest.raises(ValueError, match=r"no column 3, its columns are c0, .*, c29, \.\.\.$"):
        sheet.column("t", "f", wide, 3)
    with pytest.raises(ValueError, match=r"c28, c29$"):
        sheet.column("t", "f", wide.iloc[:, :30], "d")
