import pickle

import numpy as np
import pytest
import torch
from PIL import Image

from helpers.data.embedded import wine
from helpers.data.images import image_folder
from helpers.data.own import table
from helpers.data.recipe import Recipe, load_model, save_model
from helpers.data.sequences import fasta, smiles_table, texts
from helpers.data.series import series

ROWS = "mass,strain,ill\n21,a,no\n25,b,yes\n23,a,no\n"


@pytest.fixture
def kept(write, tmp_path):
    data = table(write(ROWS), "ill")
    centre, spread = data.x.mean(0), data.x.std(0)
    model = torch.nn.Linear(3, 2)
    path = save_model(tmp_path / "out" / "mice.pt", model, data, centre=centre, spread=spread)
    return data, model, path, (data.x - centre) / spread


def test_a_model_predicts_for_the_same_rows_what_it_predicted(kept, write):
    data, model, path, z = kept
    other = torch.nn.Linear(3, 2)
    recipe = load_model(path, other)
    again = recipe.apply(data.path)
    assert torch.equal(again.x, z)
    assert torch.equal(other(again.x), model(z))
    assert not torch.equal(torch.nn.Linear(3, 2)(z), model(z))
    new = recipe.apply(write("strain,mass\nb,23\n", "new.csv"))
    assert torch.allclose(new.x, torch.tensor([[0, -1.1547, 1.1547]]), atol=1e-4)
    assert (new.y, new.classes, new.rows) == (None, ["no", "yes"], [2])


def test_rows_that_differ_are_refused(kept, write):
    recipe = load_model(kept[2], torch.nn.Linear(3, 2))
    with pytest.raises(ValueError, match="row 2, column 'strain': expected one of a, b, found 'c'"):
        recipe.apply(write("mass,strain\n23,c\n", "new.csv"))
    with pytest.raises(ValueError, match="no column 'mass'"):
        recipe.apply(write("weight,strain\n23,a\n", "new.csv"))


def test_another_model_or_file_is_refused(kept, tmp_path):
    path = kept[2]
    with pytest.raises(ValueError, match="belongs to another model: size mismatch for weight"):
        load_model(path, torch.nn.Linear(4, 2))
    with pytest.raises(FileNotFoundError, match="there is no file"):
        load_model(tmp_path / "none.pt", torch.nn.Linear(3, 2))
    for content in (b"", b"rubbish", path.read_bytes()[:300], pickle.dumps({"format": print})):
        (tmp_path / "bad.pt").write_bytes(content)
        with pytest.raises(ValueError, match="bad.pt: expected a file written by save_model"):
            load_model(tmp_path / "bad.pt", torch.nn.Linear(3, 2))
    with pytest.raises(ValueError, match="exists, pass overwrite=True"):
        save_model(path, kept[1], kept[0])
    with pytest.raises(ValueError, match="both centre and spread"):
        save_model(tmp_path / "x.pt", kept[1], kept[0], centre=torch.zeros(3))
    with pytest.raises(ValueError, match="spread must be positive"):
        save_model(
            tmp_path / "x.pt", kept[1], kept[0], centre=torch.zeros(3), spread=torch.zeros(3)
        )


def round_trip(data, tmp_path):
    path = save_model(tmp_path / "out" / "m.pt", torch.nn.Identity(), data, overwrite=True)
    return load_model(path, torch.nn.Identity())


def test_every_kind_of_file_is_read_again(write, tmp_path):
    file = write("m,y\nCCO,toxic\nC,safe\n")
    found = round_trip(smiles_table(file, "m", "y"), tmp_path).apply(write("m\nOCC\n", "new.csv"))
    assert (found.smiles, found.y, found.classes) == (["CCO"], None, ["safe", "toxic"])
    file = write("t,y\ngood news,a\nbad news,b\n")
    found = round_trip(texts(file, "t", "y"), tmp_path).apply(write("t\nno news\n", "new.csv"))
    assert found.text == ["no news"]
    recipe = round_trip(fasta(write(">a\nACGT\n"), alphabet="ACGT"), tmp_path)
    assert recipe.apply(write(">b\nGG\n", "new.fasta")).sequences == ["GG"]
    with pytest.raises(ValueError, match="expected a letter of ACGT, found 'N'"):
        recipe.apply(write(">b\nGN\n", "new.fasta"))
    recipe = round_trip(series(write("t,x\n1,5.5\n2,6.5\n"), "t"), tmp_path)
    assert recipe.apply(write("t,x\n3,7.5\n4,8.5\n", "new.csv")).x.tolist() == [[7.5], [8.5]]


def test_new_images_need_no_classes(tmp_path):
    for name, shade in (("cat", 0), ("dog", 255)):
        (tmp_path / "pets" / name).mkdir(parents=True)
        Image.fromarray(np.full((9, 9), shade, dtype=np.uint8)).save(
            tmp_path / "pets" / name / "a.png"
        )
    recipe = round_trip(image_folder(tmp_path / "pets", 8, grey=True), tmp_path)
    new = recipe.apply(tmp_path / "pets" / "dog")
    assert (new.x.shape, new.x.min().item(), new.classes) == ((1, 1, 8, 8), 1, ["cat", "dog"])


def test_a_bundled_set_has_no_file_to_read_like(tmp_path):
    with pytest.raises(ValueError, match="a set that the book ships"):
        round_trip(wine(), tmp_path).apply("new.csv")
    wrong = Recipe({"reader": "table"}, torch.zeros(2), torch.ones(2))
    assert wrong.path == ""


def test_examples_of_another_shape_and_sets_of_the_book_are_refused(kept, write, tmp_path):
    data, model, path, _ = kept
    wide = tmp_path / "out" / "wide.pt"
    save_model(wide, model, data, centre=torch.zeros(4), spread=torch.ones(4))
    with pytest.raises(
        ValueError, match=r"gives examples of shape \(3,\), .* was trained on \(4,\)"
    ):
        load_model(wide, torch.nn.Linear(3, 2)).apply(data.path)
    shipped = save_model(tmp_path / "out" / "wine.pt", torch.nn.Linear(13, 3), wine())
    with pytest.raises(
        ValueError, match="was trained on a set that the book ships, expected one that was read"
    ):
        load_model(shipped, torch.nn.Linear(13, 3)).apply(data.path)


def test_cells_and_volumes_are_read_as_those_of_the_training(tmp_path):
    import anndata
    import nibabel
    import pandas

    from helpers.data.expression import h5ad
    from helpers.data.volumes import volumes

    def cells(genes, name):
        counts = np.arange(12, dtype=np.float32).reshape(4, 3)
        obs = pandas.DataFrame({"kind": ["T", "B"] * 2}, index=[f"c{k}" for k in range(4)])
        anndata.AnnData(counts, obs, pandas.DataFrame(index=genes)).write_h5ad(tmp_path / name)
        return tmp_path / name

    data = h5ad(cells(["a", "b", "c"], "one.h5ad"), "kind")
    recipe = load_model(
        save_model(tmp_path / "out" / "c.pt", torch.nn.Linear(3, 2), data), torch.nn.Linear(3, 2)
    )
    again = recipe.apply(cells(["a", "b", "c"], "two.h5ad"))
    assert torch.equal(again.x, data.x)
    with pytest.raises(ValueError, match="has other genes, or in another order, than the 3 of"):
        recipe.apply(cells(["a", "c", "b"], "three.h5ad"))
    for name, side in (("one", 2), ("two", 2.01), ("three", 2.1)):
        (tmp_path / name).mkdir()
        grid = np.diag([side] * 3 + [1]).astype(float)
        image = nibabel.Nifti1Image(np.arange(24, dtype=np.float32).reshape(2, 3, 4), grid)
        nibabel.save(image, tmp_path / name / "a.nii")
    data = volumes(tmp_path / "one")
    net = torch.nn.Linear(1, 1)
    recipe = load_model(save_model(tmp_path / "out" / "v.pt", net, data), net)
    assert torch.equal(recipe.apply(tmp_path / "two").x, data.x)
    with pytest.raises(
        ValueError, match=r"has voxels of .* mm, .* was trained on \(2.0, 2.0, 2.0\)"
    ):
        recipe.apply(tmp_path / "three")


def test_what_is_kept_in_a_file(kept):
    data, model, path, _ = kept
    state = torch.load(path, weights_only=True)
    assert sorted(state) == ["centre", "decisions", "format", "spread", "weights"]
    assert state["format"] == "executable survey, model 1"
    assert torch.equal(state["weights"]["weight"], model.weight)
    assert torch.equal(state["centre"], data.x.mean(0))
    recipe = load_model(path, torch.nn.Linear(3, 2))
    assert recipe.path == str(path)
    assert recipe.decisions["target"] == "ill"
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout())
    plain = save_model(path.parent / "plain.pt", net, data)
    state = torch.load(plain, weights_only=True)
    assert (state["centre"], state["spread"]) == (None, None)
    load_model(plain, net.train())
    assert not net.training
    assert torch.equal(load_model(plain, net).apply(data.path).x, data.x)


def test_another_format_or_decisions_are_refused(kept):
    _, model, path, _ = kept
    state = torch.load(path, weights_only=True)
    for change, kind in (
        ({"format": "model 0"}, "KeyError"),
        ({"decisions": "{"}, "JSONDecodeError"),
    ):
        torch.save(state | change, path)
        with pytest.raises(ValueError) as caught:
            load_model(path, model)
        assert str(caught.value) == (
            f"load_model: {path}: expected a file written by save_model, found one that cannot be read ({kind})"
        )
    with pytest.raises(FileNotFoundError) as missing:
        load_model(path.parent / "none.pt", model)
    assert str(missing.value) == f"load_model: there is no file {path.parent / 'none.pt'}"


def test_scales_may_be_numbers_and_must_fit(kept, write, tmp_path):
    data, model, path, _ = kept
    one = save_model(tmp_path / "out" / "one.pt", model, data, centre=1.0, spread=2.0)
    assert torch.allclose(load_model(one, model).apply(data.path).x, (data.x - 1) / 2)
    for centre, spread in ((torch.zeros(3), torch.ones(4)), (torch.zeros(1, 1, 3), torch.ones(3))):
        odd = save_model(
            tmp_path / "out" / "odd.pt", model, data, centre=centre, spread=spread, overwrite=True
        )
        with pytest.raises(ValueError, match=r"^apply: .* gives examples of shape \(3,\), "):
            load_model(odd, model).apply(data.path)
    for centre, spread in ((None, torch.ones(3)), (torch.zeros(3), None)):
        with pytest.raises(
            ValueError, match="^save_model: expected both centre and spread, or neither$"
        ):
            save_model(tmp_path / "out" / "x.pt", model, data, centre=centre, spread=spread)
    with pytest.raises(ValueError, match="^save_model: spread must be positive everywhere$"):
        save_model(
            tmp_path / "out" / "x.pt",
            model,
            data,
            centre=torch.zeros(3),
            spread=torch.tensor([1.0, 0, 1]),
        )
    with pytest.raises(ValueError, match="would lie beside the data"):
        save_model(tmp_path / "x.pt", model, data)
    assert save_model(tmp_path / "x.pt", model, data, beside=True).exists()


def test_images_of_masks_and_unreadable_molecules_are_read_again(write, tmp_path):
    from helpers.data.masks import image_masks

    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
        pixels = np.tile(np.arange(16, dtype=np.uint8) // 8 * 9, (16, 1))
        Image.fromarray(pixels).save(tmp_path / folder / "a.png")
    recipe = round_trip(image_masks(tmp_path / "images", tmp_path / "masks", 16), tmp_path)
    new = recipe.apply(tmp_path / "images")
    assert (new.x.shape, new.classes) == ((1, 1, 16, 16), ["0", "9"])
    file = write("m;y\nCCO;1.5\nC1;2\nC;3\n")
    data = smiles_table(file, "m", "y", separator=";", unreadable="drop", unit="mol")
    new = round_trip(data, tmp_path).apply(write("m;n\nCC;1\nC2;2\n", "new.csv"))
    assert (new.smiles, new.unit) == (["CC"], "mol")
