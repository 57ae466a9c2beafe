from pathlib import Path

import pandas
import pytest
import torch

from helpers.data.own import table
from helpers.data.predictions import new_file, save_predictions

ROWS = "mass,ill\n21,no\n25,yes\n23,no\n"


@pytest.fixture
def data(write):
    return table(write(ROWS), "ill")


def test_one_row_an_example_with_its_place_in_the_file(data, tmp_path):
    scores = torch.tensor([[0.75, 0.25], [0.5, 0.75]])
    index = torch.tensor([0, 2])
    path = save_predictions(
        tmp_path / "out" / "p.csv", data, data.y[index], scores, [0, 1], index=index
    )
    frame = pandas.read_csv(path)
    assert frame.to_dict("list") == {
        "row": [2, 4], "truth": ["no", "no"], "prediction": ["no", "yes"], "fold": [0, 1],
        "score of no": [0.75, 0.5], "score of yes": [0.25, 0.75],
    }  # fmt: skip


def test_numbers_and_what_is_not_known(write, tmp_path):
    data = table(write("mass,size\n21,1.5\n25,2.5\n"), "size")
    truth = torch.tensor([1.5, float("nan")])
    path = save_predictions(tmp_path / "out" / "p.csv", data, truth, torch.tensor([1.0, 2.0]))
    assert path.read_text().splitlines()[1:] == ["2,1.5,1.0,0", "3,,2.0,0"]
    path = save_predictions(tmp_path / "out" / "q.csv", data, None, torch.tensor([1.0, 2.0]))
    assert path.read_text().splitlines()[1] == "2,,1.0,0"


def test_nothing_is_replaced_or_put_beside_the_data_unasked(data, tmp_path):
    with pytest.raises(ValueError, match="would lie beside the data .* pass beside=True"):
        save_predictions(tmp_path / "p.csv", data, data.y, data.y)
    assert save_predictions(tmp_path / "p.csv", data, data.y, data.y, beside=True).exists()
    with pytest.raises(ValueError, match="p.csv exists, pass overwrite=True"):
        save_predictions(tmp_path / "p.csv", data, data.y, data.y, beside=True)
    with pytest.raises(ValueError, match="is the file that was read"):
        save_predictions(data.path, data, data.y, data.y, overwrite=True, beside=True)
    assert Path(data.path).read_text() == ROWS


def test_lengths_and_numbers_must_fit(data, tmp_path):
    out = tmp_path / "out" / "p.csv"
    with pytest.raises(ValueError, match="expected 3 values of truth, found 2"):
        save_predictions(out, data, data.y[:2], data.y)
    with pytest.raises(ValueError, match="expected rows among the 3 of the data"):
        save_predictions(out, data, data.y, data.y, index=[0, 1, 3])
    with pytest.raises(ValueError, match="expected class numbers below 2, found 7"):
        save_predictions(out, data, data.y, torch.tensor([0, 7, 1]))
    assert not out.exists()


def test_a_file_appears_complete_or_not_at_all(tmp_path):
    path = tmp_path / "a.txt"
    with pytest.raises(ZeroDivisionError), new_file("t", path, None, False, False) as scratch:
        scratch.write_text(f"half {1 / 0}")
    assert list(tmp_path.iterdir()) == []
    with new_file("t", path, None, False, False) as scratch:
        scratch.write_text("whole")
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    inside = tmp_path / "pets" / "cat" / "a.csv"
    inside.parent.mkdir(parents=True)
    with (
        pytest.raises(ValueError, match="beside the data"),
        new_file("t", inside, tmp_path / "pets", 0, 0),
    ):
        pass


def refused(path, data, *given, **said):
    with pytest.raises(ValueError) as caught:
        save_predictions(path / "p.csv", data, *given, **said)
    return str(caught.value)


def test_predictions_that_do_not_fit_are_one_sentence(data, tmp_path):
    right = torch.tensor([0, 1, 0])
    start = "save_predictions: expected "
    for given, said in (
        ((right, torch.zeros(3, 3)), "2 scores an example as prediction, found shape (3, 3)"),
        ((right, torch.full((3, 2), torch.nan)), "numbers as scores, found NaN"),
        ((right, ["a", "b", "c"]), "numbers as prediction, found ['a', 'b', 'c']"),
        (
            (right, right[:2]),
            "3 values of prediction, found 2; pass index=, which examples of the data these are",
        ),
        (
            (right[:2], right),
            "3 values of truth, found 2; pass index=, which examples of the data these are",
        ),
        (
            (right, right, [0, 1]),
            "3 values of fold, found 2; pass index=, which examples of the data these are",
        ),
        ((right[:, None], right), "one number an example as truth, found shape (3, 1)"),
    ):
        assert refused(tmp_path, data, *given) == start + said
    rows = "rows among the 3 of the data as index, whole numbers from 0, found "
    for index in ([], [-1], [3], [0.0], [True, False, True], [[0]]):
        assert refused(tmp_path, data, right, right, index=index).startswith(start + rows)
    assert refused(tmp_path, data, right, right, index=[0]) == start + "1 values of truth, found 3"
    assert not (tmp_path / "p.csv").exists()


def test_without_a_truth_the_column_is_empty_and_one_fold_is_for_all(data, tmp_path):
    path = save_predictions(tmp_path / "out" / "p.csv", data, None, torch.tensor([0, 1, 1]), 4)
    frame = pandas.read_csv(path, keep_default_na=False)
    assert frame.to_dict("list") == {
        "row": [2, 3, 4], "truth": [""] * 3, "prediction": ["no", "yes", "yes"], "fold": [4] * 3,
    }  # fmt: skip
    path = save_predictions(
        tmp_path / "out" / "q.csv", data, torch.tensor([-1, 1, 0]), torch.tensor([0, 1, 1])
    )
    assert pandas.read_csv(path, keep_default_na=False)["truth"].tolist() == ["", "yes", "no"]
