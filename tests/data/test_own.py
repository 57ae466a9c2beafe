import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data import own, sheet


@pytest.fixture
def write(tmp_path):
    def put(text, name="mice.csv"):
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return tmp_path / name

    return put


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
    assert own.table(write(text), "grade").y.dtype == torch.float32
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
        ("a,y\n" + "".join(f"n{i},{i}\n" for i in range(60)), "60 different texts, expected"),
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


@pytest.fixture
def pets(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
    grid = np.arange(40 * 30 * 3, dtype=np.uint8).reshape(40, 30, 3)
    Image.fromarray(grid).save(tmp_path / "pets/cat/colour.png")
    Image.fromarray(grid[..., 0]).save(tmp_path / "pets/cat/grey.png")
    deep = np.full((20, 20), 32768, dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "pets/dog/deep.tif")
    (tmp_path / "pets/dog/notes.txt").write_text("ignored")
    return tmp_path / "pets"


def test_image_folder_reads_mixed_sizes_and_depths(pets):
    data = own.image_folder(pets, 16)
    assert data.x.shape == (3, 3, 16, 16)
    assert (data.y.tolist(), data.classes) == ([0, 0, 1], ["cat", "dog"])
    assert torch.equal(data.x[1, 0], data.x[1, 2])  # the grey one
    assert not torch.equal(data.x[0, 0], data.x[0, 2])
    assert torch.allclose(data.x[2], torch.tensor(32768 / 65535))  # 16 bits
    assert own.image_folder(pets, 16, grey=True).x.shape == (3, 1, 16, 16)


def test_image_folder_equals_torchvision(pets):
    from torchvision.datasets import ImageFolder
    from torchvision.transforms import functional

    image, label = ImageFolder(pets)[0]
    wanted = functional.to_tensor(functional.center_crop(image, [30, 30]))
    ours = own.image_folder(pets, 30)
    assert torch.allclose(ours.x[0], wanted)
    assert label == ours.y[0]


def test_image_folder_errors(pets, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="size must be between 8 and 512 pixels, found 4"):
        own.image_folder(pets, 4)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        own.image_folder(tmp_path / "none")
    with pytest.raises(ValueError, match="a subfolder for each class in .*, found 0"):
        own.image_folder(pets / "cat")
    (pets / "fox").mkdir()
    with pytest.raises(ValueError, match="in .*fox, found none"):
        own.image_folder(pets)
    (pets / "fox" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with pytest.raises(ValueError, match="broken.png cannot be read as an image"):
        own.image_folder(pets)
    (pets / "fox" / "broken.png").write_bytes((pets / "cat/colour.png").read_bytes()[:200])
    with pytest.raises(ValueError, match="broken.png cannot be read as an image"):
        own.image_folder(pets)
    monkeypatch.setattr(own, "LARGEST_IMAGE", 100)
    with pytest.raises(ValueError, match="colour.png cannot be read .*too many"):
        own.image_folder(pets)
    monkeypatch.setattr(own, "MOST_VALUES", 100)
    with pytest.raises(ValueError, match="exceed 2 GB, lower size"):
        own.image_folder(pets)


def test_smiles_table(write):
    data = own.smiles_table(write("m,y\nOCC,1\nC1=CC=CC=C1,2.5\n"), "m", "y", unit="log mol/L")
    assert (data.smiles, data.y.tolist(), data.unit) == (["CCO", "c1ccccc1"], [1, 2.5], "log mol/L")
    with pytest.raises(ValueError, match="row 3, column 'm': expected a SMILES .* found 'C1C'"):
        own.smiles_table(write("m,y\nCC,1\nC1C,2\n"), "m", "y")
    with pytest.raises(ValueError, match="row 2, column 'y': expected a number, found 'big'"):
        own.smiles_table(write("m,y\nCC,big\n"), "m", "y")
    with pytest.raises(ValueError, match="no column 'SMILES', its columns are m, y"):
        own.smiles_table(write("m,y\nCC,1\n"), "SMILES", "y")


def test_fasta(write):
    data = own.fasta(write(">a human\nacg\n\nT\n>b\nGG\n"), alphabet="ACGT")
    assert (data.names, data.sequences) == (["a human", "b"], ["ACGT", "GG"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ACGT\n", "line 1: expected a line that starts with '>', found 'ACGT'"),
        ("", "holds no sequence"),
        (">a\n>b\nA\n", "line 1: record 'a' has no sequence"),
        (">\nA\n", "line 1: expected a name after '>'"),
        (">a\nAC\nA5\n", "line 3, position 2: expected a letter of ACGT, found '5'"),
    ],
)
def test_fasta_errors(write, text, message):
    with pytest.raises(ValueError, match=message):
        own.fasta(write(text), alphabet="ACGT")
