import pytest
import torch
from sklearn.decomposition import PCA

from helpers.models.rows import RowCodec


def table(n=200, columns=6, seed=0):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, columns, generator=g) * torch.arange(1.0, columns + 1) + 10
    return x, torch.randint(3, (n,), generator=g)


def test_the_way_back_undoes_the_way_there():
    x, y = table()
    codec = RowCodec.of(x, y, 3)
    back, again = codec(codec.encode(x, y))
    assert torch.allclose(back, x, atol=1e-4)
    assert torch.equal(again, y)


def test_points_have_a_spread_of_about_one():
    x, y = table()
    z = RowCodec.of(x, y, 3).encode(x, y)
    assert z.shape == (200, 9)
    assert torch.allclose(z.mean(0), torch.zeros(9), atol=1e-4)
    assert abs(z[:, :6].square().mean() - 1) < 1e-4
    assert abs(z[:, 6:].square().mean() - 1) < 1e-4


def test_without_classes_there_is_nothing_behind_the_columns():
    x, _ = table()
    codec = RowCodec.of(x)
    assert codec.encode(x).shape == (200, 6)
    assert codec(codec.encode(x))[1] is None


def test_made_up_rows_stay_in_range_and_on_the_grid_of_a_column():
    x, _ = table()
    x[:, 2] = (x[:, 2] > 10).float() * 7
    codec = RowCodec.of(x)
    made, _ = codec(5 * torch.randn(100, 6, generator=torch.Generator().manual_seed(1)))
    assert (made >= x.amin(0)).all()
    assert (made <= x.amax(0)).all()
    assert set(made[:, 2].tolist()) == {0.0, 7.0}
    assert len(set(made[:, 1].tolist())) > 20


def test_many_columns_are_turned_onto_scikit_learns_principal_axes():
    x = torch.randn(60, 100, generator=torch.Generator().manual_seed(2)) * torch.linspace(9, 1, 100)
    x = (x - x.mean(0)) / x.std(0) * torch.linspace(2, 1, 100)
    x[:, 0] += 3 * x[:, 1]
    codec = RowCodec.of(x, most=5)
    z = (x - x.mean(0)) / x.std(0)
    theirs = PCA(5, svd_solver="full").fit(z.double().numpy())
    alike = (codec.axes.double() @ torch.from_numpy(theirs.components_).T).abs()
    assert torch.allclose(alike, torch.eye(5, dtype=torch.float64), atol=1e-3)
    assert codec.encode(x).shape == (60, 5)


def test_columns_in_one_unit_keep_it_and_others_are_scaled():
    shared = RowCodec.of(torch.rand(50, 3) * torch.tensor([0.1, 1.0, 0.5]))
    assert torch.equal(shared.spread, torch.ones(3))
    x, _ = table()
    assert torch.allclose(RowCodec.of(x).spread, x.std(0))


def test_a_saved_codec_is_the_same():
    x, y = table()
    codec = RowCodec.of(x, y, 3)
    other = RowCodec(6, 3)
    z = codec.encode(x, y)
    assert not torch.equal(other(z)[0], codec(z)[0])
    other.load_state_dict(codec.state_dict())
    assert torch.equal(other(z)[0], codec(z)[0])


def test_one_class_and_missing_values_are_refused():
    x, y = table()
    with pytest.raises(ValueError, match="at least two classes, found one; pass the table without"):
        RowCodec.of(x, torch.ones_like(y), 3)
    assert RowCodec.of(x, None, 0).encode(x).isfinite().all()
    x[3, 1] = torch.nan
    with pytest.raises(ValueError, match="a number in every column of every row, found missing"):
        RowCodec.of(x, y, 3)
