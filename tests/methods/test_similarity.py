import pytest
import torch
from monai.losses import LocalNormalizedCrossCorrelationLoss
from sklearn.metrics import mutual_info_score
from torch.nn.functional import avg_pool2d, avg_pool3d

from helpers.methods.similarity import (
    local_correlation,
    mean_squares,
    mutual_information,
    shares,
    window_mean,
)

DRAWS = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("pool", [avg_pool2d, avg_pool3d])
def test_a_mean_in_a_window_is_that_of_average_pooling(pool):
    sides = (9, 8, 7)[: 2 if pool is avg_pool2d else 3]
    image = torch.rand(2, 3, *sides, generator=DRAWS).double()
    theirs = pool(image, 5, stride=1, padding=2)
    assert torch.allclose(window_mean(image, 5), theirs, atol=1e-12)
    assert not torch.allclose(window_mean(image, 3), theirs, atol=1e-2)


@pytest.mark.parametrize("dims", [2, 3])
def test_local_correlation_is_monais(dims):
    one, other = torch.rand(2, 2, 1, *(12,) * dims, generator=DRAWS).double()
    theirs = LocalNormalizedCrossCorrelationLoss(dims, kernel_size=5, smooth_dr=5**dims * 3e-3)
    ours = local_correlation(one, other, window=5)
    assert ours.shape == (2,)
    assert abs(ours.mean() - theirs(one, other)) < 1e-9


def test_mutual_information_is_scikit_learns_on_levels():
    one, other = (torch.randint(4, (2, 1, 9, 9), generator=DRAWS) for _ in range(2))
    found = -mutual_information(one / 3.0, other / 3.0, bins=4)
    for number in range(2):
        expected = mutual_info_score(one[number].flatten(), other[number].flatten())
        assert abs(found[number] - expected) < 1e-4


def test_shares_sum_to_one():
    assert torch.allclose(shares(torch.rand(2, 1, 5, 5), 7).sum(1), torch.ones(2, 25))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("alike", "view", "low", "high"),
    [
        (mean_squares, "same", 1, 1),
        (mean_squares, "negative", -2, 0),  # worse than another image
        (local_correlation, "lamp", 0.9, 1),
        (local_correlation, "negative", 0.5, 0.8),
        (local_correlation, "other order", 0, 0.6),
        (mutual_information, "negative", 0.99, 1.001),
        (mutual_information, "other order", 0.99, 1.001),
        (mutual_information, "lamp", 0.5, 0.8),
    ],
)
def test_how_much_of_a_likeness_a_change_of_brightness_leaves(alike, view, low, high, seed):
    draws = torch.Generator().manual_seed(seed)
    levels = torch.randint(4, (1, 1, 9, 9), generator=draws).repeat_interleave(5, 2)
    levels = levels.repeat_interleave(5, 3)
    image, order = levels / 3, torch.tensor([0.0, 3.0, 1.0, 2.0]) / 3
    views = {
        "same": image,
        "negative": 1 - image,
        "lamp": image * torch.linspace(0.2, 1, 45),
        "other order": order[levels],
    }
    same, strange = alike(image, image), alike(image, image.flip(-1).roll(11, -2))
    kept = (strange - alike(image, views[view])) / (strange - same)
    assert low <= float(kept) <= high


def test_windows_of_nine_and_bins_of_twenty_four_if_nothing_is_said():
    g = torch.Generator().manual_seed(0)
    one, other = torch.rand(2, 2, 1, 24, 24, generator=g)
    assert torch.equal(local_correlation(one, other), local_correlation(one, other, 9, 0.003))
    assert not torch.allclose(local_correlation(one, other), local_correlation(one, other, 7))
    assert torch.equal(mutual_information(one, other), mutual_information(one, other, 24))
    assert not torch.allclose(mutual_information(one, other), mutual_information(one, other, 23))
    faint = 1e-3 * (one - 0.5)
    assert (
        local_correlation(faint, faint).abs().max() < 0.01
    )  # a spread below the least counts little
    assert mean_squares(one, one + 2).tolist() == pytest.approx([4, 4], rel=1e-5)


def test_light_outside_the_range_counts_as_its_end():
    from helpers.methods.similarity import shares

    found = shares(torch.tensor([[[[-3.0, 0.0, 0.25, 1.0, 9.0]]]]), 3)
    assert found[0].T.tolist() == [[1, 0, 0], [1, 0, 0], [0.5, 0.5, 0], [0, 0, 1], [0, 0, 1]]
