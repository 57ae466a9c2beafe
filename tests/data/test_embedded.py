import pytest
import torch

from helpers.data import embedded
from helpers.data.embedded import breast_cancer, diabetes, digits, pbmc, tiles, wine


def test_digits_equal_scikit_learn_over_sixteen():
    from sklearn.datasets import load_digits

    x, y = embedded.digits()
    assert torch.equal(x[:, 0] * 16, torch.tensor(load_digits().images).float())
    assert (x.min(), x.max(), y.dtype) == (0, 1, torch.int64)


@pytest.mark.parametrize("name", ["breast_cancer", "wine"])
def test_tables_equal_scikit_learn(name):
    from sklearn import datasets

    data, bunch = getattr(embedded, name)(), getattr(datasets, f"load_{name}")()
    assert torch.equal(data.x, torch.tensor(bunch.data).float())
    assert data.y.tolist() == bunch.target.tolist()
    assert len(data.features) == data.x.shape[1]
    assert len(data.classes) == int(data.y.max()) + 1


def test_benign_is_class_one_and_has_the_smaller_radius():
    data = embedded.breast_cancer()
    radius = data.x[:, data.features.index("mean radius")]
    assert data.classes[1] == "benign"
    assert radius[data.y == 1].mean() < radius[data.y == 0].mean()


def test_diabetes_is_in_raw_units_not_scaled():
    data = embedded.diabetes()
    age = data.x[:, data.features.index("age")]
    assert 18 < age.min() < age.max() < 80
    assert data.y.dtype == torch.float32
    assert data.classes == []


def test_pbmc_counts_are_whole_and_give_back_the_log_values():
    cells = embedded.pbmc()
    assert cells.x.min() < 0 <= cells.log.min()
    assert torch.equal(cells.counts, cells.counts.round())
    scaled = cells.log.double().expm1()
    scale = scaled.sum(1) / cells.counts.double().sum(1)  # one size factor a cell
    again = (cells.counts.double() * scale[:, None]).log1p()
    assert (again - cells.log).abs().max() < 1e-2
    assert not torch.equal(cells.counts, cells.log.round())


def test_pbmc_size_factors_are_ten_thousand_over_the_cell_total():
    from scanpy.datasets import pbmc68k_reduced

    cells, total = embedded.pbmc(), torch.tensor(pbmc68k_reduced().obs["n_counts"].to_numpy())
    factor = cells.log.double().expm1().sum(1) / cells.counts.double().sum(1)
    assert (factor * total / 10_000 - 1).abs().max() < 2e-3


def test_pbmc_class_and_phase_numbers():
    cells = embedded.pbmc()
    assert cells.y.bincount().sort().values[[0, -1]].tolist() == [8, 240]
    counts = dict(zip(cells.phases, cells.phase.bincount().tolist()))
    assert counts == {"G1": 501, "S": 182, "G2M": 17}


def test_pbmc_label_agrees_with_a_marker_gene():
    cells = embedded.pbmc()
    level = cells.log[:, cells.genes.index("CD79A")]  # a marker of B cells
    b_cells = cells.y == cells.classes.index("CD19+ B")
    assert level[b_cells].mean() > 5 * level[~b_cells].mean()


def test_tiles_of_a_block_put_together_give_the_image():
    from skimage import data

    found = embedded.tiles(32, classes=("brick",))
    first = found.x[found.block == 0].reshape(4, 4, 3, 32, 32)
    whole = first.permute(2, 0, 3, 1, 4).reshape(3, 128, 128)
    assert torch.equal(whole[1] * 255, torch.tensor(data.brick()[:128, :128]).float())


def test_tiles_blocks_belong_to_one_class_each():
    found = embedded.tiles(48)
    assert found.x.shape == (5 * 16 * 4, 3, 48, 48)
    for block in found.block.unique():
        assert len(found.y[found.block == block].unique()) == 1


def test_tiles_complain():
    with pytest.raises(ValueError, match="size must be between 8 and 128 pixels, found 200"):
        embedded.tiles(200)
    with pytest.raises(ValueError, match="classes must be among"):
        embedded.tiles(classes=("moon",))


def test_loaders_give_what_the_stored_pages_rest_on(told):
    x, y = digits()
    assert (told(x), told(y)) == ([0.30526, 0.37605, 0.1523], [4.49082, 2.8653, 2.25096])
    for load, of_x, of_y in (
        (breast_cancer, [61.89071, 228.30409, 29.89362], [0.62742, 0.48392, 0.35336]),
        (wine, [69.13366, 215.79284, 30.1531], [0.9382, 0.77503, 0.67955]),
        (diabetes, [62.53489, 59.71443, 31.52509], [152.13348, 77.093, 77.40159]),
        (tiles, [0.50132, 0.20101, 0.26188], [2.0, 1.41477, 1.40031]),
    ):
        data = load()
        assert told(data.x) == of_x, load
        assert told(data.y) == of_y, load
    assert told(tiles().block) == [39.5, 23.10123, 26.42084]
    assert tiles().x.shape == (1280, 3, 32, 32)
    cells = pbmc()
    assert told(cells.x) == [-0.00046, 1.00123, 0.00033]
    assert told(cells.log) == [0.59579, 0.94097, 0.29772]
    assert told(cells.counts) == [0.90878, 3.46852, 0.45019]
    assert told(cells.y) == [5.84857, 2.93466, 2.90923]


def test_whole_numbers_are_int64_and_measurements_float32():
    cells = pbmc()
    assert [part.dtype for part in (cells.y, cells.phase)] == [torch.int64] * 2
    assert {part.dtype for part in (cells.x, cells.log, cells.counts, cells.scores)} == {
        torch.float32
    }
    for data in (breast_cancer(), wine(), tiles()):
        assert (data.x.dtype, data.y.dtype) == (torch.float32, torch.int64)
    assert diabetes().y.dtype == torch.float32
    assert [part.dtype for part in digits()[:2]] == [torch.float32, torch.int64]
    assert told_phases(cells) == ["G1", "G2M", "S"]


def told_phases(cells):
    return list(cells.phases)
