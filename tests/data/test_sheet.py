import pytest

from helpers.data import sheet


def test_read_csv_equals_pandas_on_quotes_and_line_breaks(tmp_path):
    import pandas

    file = tmp_path / "a.csv"
    file.write_text('name,note\n"Smith, J.","two\nlines"\nLee,"said ""yes"""\n')
    assert sheet.read_csv("t", file) == pandas.read_csv(file).to_dict("list")


def test_numbers_median_of_an_even_count_and_no_value_at_all():
    found = sheet.numbers("t", "a.csv", "c", ["1", "4", "", "2", "9"], impute="median")
    assert found.tolist() == [1, 4, 3, 2, 9]
    with pytest.raises(ValueError, match="column 'c' has no value at all"):
        sheet.numbers("t", "a.csv", "c", ["", "NA"], impute="median")
