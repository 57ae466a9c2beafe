import pytest
import torch
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from helpers.metrics.maps import found, outweighed, rank_correlation


def squares():
    """Maps with ties, and two places that do not overlap."""
    draws = torch.Generator().manual_seed(0)
    maps = torch.randint(6, (3, 1, 8, 8), generator=draws).float()
    inside, outside = torch.zeros(2, 3, 1, 8, 8, dtype=torch.bool)
    inside[..., :3, :3], outside[..., 4:, 4:] = True, True
    return maps, inside, outside


def test_found_agrees_with_scikit_learn():
    maps, inside, outside = squares()
    for one, here, there, ours in zip(maps, inside, outside, found(maps, inside, outside)):
        either = here | there
        assert abs(ours - roc_auc_score(here[either], one[either])) < 1e-12


def test_found_knows_only_the_order():
    maps, inside, outside = squares()
    assert torch.equal(found(maps.exp(), inside, outside), found(maps, inside, outside))
    assert found(inside.float(), inside, outside).tolist() == [1, 1, 1]
    assert found(outside.float(), inside, outside).tolist() == [0, 0, 0]
    assert found(torch.ones(3, 1, 8, 8), inside, outside).tolist() == [0.5, 0.5, 0.5]


def test_outweighed_compares_sums():
    _, inside, outside = squares()
    outside = torch.zeros_like(inside)
    outside[..., 5:, 5:] = True
    maps = 2.0 * inside + outside
    assert outweighed(maps, inside, outside).tolist() == [1, 1, 1]
    assert outweighed(maps, outside, inside).tolist() == [0, 0, 0]
    assert outweighed(torch.ones(3, 1, 8, 8), inside, outside).tolist() == [0.5, 0.5, 0.5]
    assert outweighed(-maps, inside, outside).tolist() == [0, 0, 0]


def test_one_bright_pixel_outweighs_a_place_that_it_does_not_fill():
    _, inside, _ = squares()
    outside = torch.zeros_like(inside)
    outside[..., 5:, 5:] = True
    maps = 0.1 * outside
    maps[..., 1, 1] = 5.0
    assert outweighed(maps, inside, outside).tolist() == [1, 1, 1]
    assert (found(maps, inside, outside) < 0.2).all()


def test_rank_correlation_agrees_with_scipy():
    maps, others = squares()[0], torch.rand(3, 1, 8, 8)
    for a, b, ours in zip(maps, others, rank_correlation(maps, others)):
        assert abs(ours - spearmanr(a.flatten(), b.flatten())[0]) < 1e-12
    assert torch.allclose(rank_correlation(maps, -maps), -torch.ones(3).double())
    assert rank_correlation(torch.ones(3, 1, 8, 8), maps).tolist() == [0, 0, 0]


def test_small_maps_correlate_like_large_ones():
    """Two pixels have ranks half a step about their mean: nothing is lost to the clamp."""
    a = torch.tensor([[[[1.0, 2.0]]]])
    assert rank_correlation(a, 1e-30 * a).item() == pytest.approx(1, abs=1e-12)
    assert rank_correlation(a, -a).item() == pytest.approx(-1, abs=1e-12)
