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


def test_sixty_four_columns_stay_and_sixty_five_are_turned():
    g = torch.Generator().manual_seed(0)
    for columns, width in ((64, 64), (65, 64), (70, 64)):
        codec = RowCodec.of(torch.randn(200, columns, generator=g))
        assert codec.width == width
        assert torch.equal(codec.axes, torch.eye(64)) == (columns == 64)
    assert RowCodec.of(torch.randn(20, 70, generator=g)).width == 19  # rows less one


def test_thirty_two_values_are_levels_and_thirty_three_are_numbers():
    few, many = torch.arange(66.0) % 32, torch.arange(66.0) % 33
    codec = RowCodec.of(torch.stack([few, many], 1) * 3)
    assert codec.levels[0].tolist() == [3.0 * k for k in range(32)]
    assert codec.levels[1].isnan().all()
    assert codec.snap(torch.tensor([[4.0, 4.0], [5.0, 5.0]])).tolist() == [[3, 4], [6, 5]]
    single = RowCodec.of(torch.stack([torch.full((9,), 7.0), torch.randn(9)], 1))
    assert single.levels[0].tolist() == [7.0] * 32
    assert single(torch.randn(4, 2))[0][:, 0].tolist() == [7.0] * 4


def test_what_is_saved_is_what_numpy_counts():
    x, y = table()
    codec = RowCodec.of(x, y, 3)
    assert torch.allclose(codec.centre, x.mean(0))
    assert torch.equal(codec.range, torch.stack([x.amin(0), x.amax(0)]))
    z = (x - x.mean(0)) / x.std(0)
    assert float(codec.scale) == pytest.approx(float(z.square().mean().sqrt()))
    shares = torch.nn.functional.one_hot(y, 3).float()
    assert torch.allclose(codec.middle, shares.mean(0))
    assert float(codec.weight) == pytest.approx(
        float((shares - shares.mean(0)).square().mean().sqrt())
    )
    assert torch.allclose(codec.encode(x), codec.encode(x, y)[:, :6])
    for low, high, scaled in ((0.0, 1.0, False), (-0.01, 1.0, True), (0.0, 1.01, True)):
        two = torch.tensor([[low], [high], [0.5]])
        assert (RowCodec.of(two).spread.item() != 1) is scaled
